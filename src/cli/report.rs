//! `cleancopy report`: a report for people, of records that `clean` wrote.

use cleancopy::input::open_lines;
use cleancopy::output::{Summary, check_writable, write_whole};
use cleancopy::report::{self, Sample};
use cleancopy::{Error, Record};

use super::args::ReportArgs;
use super::{DONE, FAULTS, say};

pub(super) fn run(args: &ReportArgs) -> Result<u8, Error> {
    let there = args.output.canonicalize().ok();
    if let Some(file) = args.files.iter().find(|file| there.is_some() && file.canonicalize().ok() == there) {
        return Err(Error::Usage(format!("cannot write {}: it is an input", file.display())));
    }
    check_writable(&args.output)?;
    let (mut summary, mut sample) = (Summary::default(), Sample::default());
    let mut is_faulty = false;
    for file in &args.files {
        let name = file.display();
        for line in open_lines(file)? {
            let (number, line) = line?;
            let record = serde_json::from_slice(&line).unwrap_or_else(|error| {
                is_faulty = true;
                say(format_args!("{name}: line {number}: not a record that `cleancopy clean` wrote: {error}"));
                let error = format!("line {number} is not a record that `cleancopy clean` wrote: {error}");
                Record::unreadable(format!("{name}#{number}"), name.to_string(), error)
            });
            summary.add(&record, Some(number), None);
            sample.add(&record);
        }
    }
    write_whole(&args.output, report::html(&summary, &sample).as_bytes())?;
    Ok(if is_faulty { FAULTS } else { DONE })
}
