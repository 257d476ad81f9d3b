//! `cleancopy features`: what the learned judge sees of each segment, for training.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use cleancopy::document::Content;
use cleancopy::input::{Inputs, Options};
use cleancopy::{Cleaner, Config, Error, train};

use super::args::FeaturesArgs;
use super::{DONE, FAULTS, say};

pub(super) fn run(args: &FeaturesArgs) -> Result<u8, Error> {
    let model = args.model()?;
    let cleaner = Cleaner::new(Config::default())?;
    let path = |suffix: &str| PathBuf::from(format!("{}.{suffix}", args.output.display()));
    let header = path("json");
    std::fs::write(&header, train::header()).map_err(|cause| Error::io("cannot write", &header, cause))?;
    let (about, rows) = (path("jsonl"), path("rows"));
    let (mut lines, mut values) = (create(&about)?, create(&rows)?);
    let mut code = DONE;
    for document in Inputs::new(&args.inputs, Options::default())?.documents() {
        if let Content::Unreadable(reason) = &document.content {
            say(format_args!("cleancopy: {}: {reason}", document.id));
            code = FAULTS;
        }
        train::export(&cleaner, &model, &document, &mut lines, &mut values)
            .map_err(|cause| Error::io("cannot write", &about, cause))?;
    }
    lines.flush().map_err(|cause| Error::io("cannot write", &about, cause))?;
    values.flush().map_err(|cause| Error::io("cannot write", &rows, cause))?;
    Ok(code)
}

fn create(path: &Path) -> Result<BufWriter<File>, Error> {
    File::create(path).map(BufWriter::new).map_err(|cause| Error::io("cannot write", path, cause))
}
