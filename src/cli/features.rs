//! `cleancopy features`: what the learned judge sees of each segment, for training.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use cleancopy::input::{Inputs, Options};
use cleancopy::{Cleaner, Config, Error, train};

use super::DONE;
use super::args::FeaturesArgs;

pub(super) fn run(args: &FeaturesArgs) -> Result<u8, Error> {
    let model = args.model()?;
    let cleaner = Cleaner::new(Config::default())?;
    let path = |suffix: &str| PathBuf::from(format!("{}.{suffix}", args.output.display()));
    let header = path("json");
    std::fs::write(&header, train::header()).map_err(|cause| Error::io("cannot write", &header, cause))?;
    let (about, rows) = (path("jsonl"), path("rows"));
    let (mut lines, mut values) = (create(&about)?, create(&rows)?);
    for document in Inputs::new(&args.inputs, Options::default())?.documents() {
        train::export(&cleaner, &model, &document, &mut lines, &mut values)
            .map_err(|cause| Error::io("cannot write", &about, cause))?;
    }
    lines.flush().map_err(|cause| Error::io("cannot write", &about, cause))?;
    values.flush().map_err(|cause| Error::io("cannot write", &rows, cause))?;
    Ok(DONE)
}

fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    File::create(path).map(BufWriter::new).map_err(|cause| Error::io("cannot write", path, cause))
}
