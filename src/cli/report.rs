//! `cleancopy report`: a report for people, of records that `clean` wrote.

use cleancopy::input::open_lines;
use cleancopy::output::{Summary, check_writable, thousands, write_whole};
use cleancopy::report::{self, Sample};
use cleancopy::{Error, Record};

use super::args::ReportArgs;
use super::{DONE, FAULTS, say};

/// So many lines that are no records are named.
const SAID: u64 = 20;
/// So many records make a part.
const PART: u64 = 256;

pub(super) fn run(args: &ReportArgs) -> Result<u8, Error> {
    let there = args.output.canonicalize().ok();
    if let Some(file) = args.files.iter().find(|file| there.is_some() && file.canonicalize().ok() == there) {
        return Err(Error::Usage(format!("cannot write {}: it is an input", file.display())));
    }
    check_writable(&args.output)?;
    let (mut summary, mut sample) = (Summary::default(), Sample::default());
    // A part at a time, so that the faults of many lines do not pile up.
    let (mut part, mut shown) = (Summary::default(), Sample::default());
    let mut faults = 0_u64;
    for file in &args.files {
        let name = file.display();
        for line in open_lines(file)? {
            let (number, line) = line?;
            let record = serde_json::from_slice(&line).unwrap_or_else(|error| {
                faults += 1;
                if faults <= SAID {
                    say(format_args!("{name}: line {number}: not a record that `cleancopy clean` wrote: {error}"));
                }
                let error = format!("line {number} is not a record that `cleancopy clean` wrote: {error}");
                Record::unreadable(format!("{name}#{number}"), name.to_string(), error)
            });
            part.add(&record, None, None);
            shown.add(&record, &sample);
            if part.documents == PART {
                summary.merge(&std::mem::take(&mut part));
                sample.merge(&std::mem::take(&mut shown));
            }
        }
    }
    summary.merge(&part);
    sample.merge(&shown);
    if faults > SAID {
        say(format_args!("and {} more lines", thousands(faults - SAID)));
    }
    write_whole(&args.output, report::html(&summary, &sample).as_bytes())?;
    Ok(if faults > 0 { FAULTS } else { DONE })
}
