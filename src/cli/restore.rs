//! `cleancopy restore`: the source texts back from a run, checked against the law that what was
//! kept and what was removed make up the source.

use std::io::{BufWriter, Write, stdout};

use cleancopy::input::open_lines;
use cleancopy::restore::{self, Restored};
use cleancopy::{Error, Record};
use serde::Serialize;

use super::args::RestoreArgs;
use super::{DONE, FAULTS, say, stdout_failed};

#[derive(Serialize)]
struct Line<'l> {
    id: &'l str,
    text: Option<&'l str>,
}

pub(super) fn run(args: &RestoreArgs) -> Result<u8, Error> {
    let mut out = Texts { out: BufWriter::new(stdout().lock()), held: None, count: 0 };
    let (mut faults, mut rebuilt) = (0_u64, 0_u64);
    for line in open_lines(&args.file)? {
        let (number, line) = line?;
        let mut fault = |what: &str, why: &dyn std::fmt::Display| {
            faults += 1;
            say(format_args!("{}: line {number}: {what}{why}", args.file.display()));
        };
        let record: Record = match serde_json::from_slice(&line) {
            Ok(record) => record,
            Err(error) => {
                fault("not a record: ", &error);
                continue;
            }
        };
        match restore::source_text(&record) {
            Ok(restored) => {
                rebuilt += u64::from(matches!(restored, Restored::Visible(_)));
                out.write(record.id, restored.into_text())?;
            }
            Err(violation) => fault(&format!("record `{}`: ", record.id), &violation),
        }
    }
    out.finish()?;
    if rebuilt > 0 {
        say(format_args!(
            "cleancopy: {rebuilt} texts rebuilt from bodies and cuts: all visible characters are \
             there, the white space between them may differ"
        ));
    }
    Ok(if faults > 0 { FAULTS } else { DONE })
}

/// Prints one text as it is, several as JSONL.
struct Texts<W: Write> {
    out: W,
    /// The first, while it may be the only one.
    held: Option<(String, Option<String>)>,
    count: u64,
}

impl<W: Write> Texts<W> {
    fn write(&mut self, id: String, text: Option<String>) -> Result<(), Error> {
        self.count += 1;
        if self.count == 1 {
            self.held = Some((id, text));
            return Ok(());
        }
        if let Some((id, text)) = self.held.take() {
            self.line(&id, text.as_deref())?;
        }
        self.line(&id, text.as_deref())
    }

    fn line(&mut self, id: &str, text: Option<&str>) -> Result<(), Error> {
        serde_json::to_writer(&mut self.out, &Line { id, text })
            .map_err(Into::into)
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(stdout_failed)
    }

    fn finish(mut self) -> Result<(), Error> {
        if let Some((_, text)) = self.held.take() {
            self.out.write_all(text.unwrap_or_default().as_bytes()).map_err(stdout_failed)?;
        }
        self.out.flush().map_err(stdout_failed)
    }
}
