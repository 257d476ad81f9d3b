//! `cleancopy learn`: the lines that recur across the documents of each site, as a table.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cleancopy::input::{Chunk, Inputs, Options};
use cleancopy::output::{check_writable, thousands, write_whole};
use cleancopy::sites::{Learner, Shown, Tally};
use cleancopy::{Cleaner, Config, Error};

use super::args::LearnArgs;
use super::clean::silence_caught_panics;
use super::progress::Progress;
use super::{DONE, FAULTS, say};

/// How many unreadable documents are named without `--verbose`.
const NAMED: u64 = 5;

pub(super) fn run(args: &LearnArgs) -> Result<u8, Error> {
    let cleaner = Cleaner::new(Config::default())?;
    let paths = args.inputs.paths()?;
    let inputs = inputs(args, &paths)?;
    // Better now than when all is counted.
    check_writable(&args.output)?;
    silence_caught_panics();
    let meter = inputs.meter();
    let progress = Progress::start(args.said.progress, args.said.quiet, &inputs);

    let mut learner = Learner::default();
    let mut chunks = inputs.chunks();
    let work = |_, chunk: Chunk| {
        // A record that is no document shows nothing.
        let shown = |at| Shown::by(&cleaner, || chunk.document(at)).ok();
        (0..chunk.len()).filter_map(shown).collect::<Vec<_>>()
    };
    args.threads.batch().run(&mut chunks, Chunk::weight, work, |documents| {
        for shown in documents {
            let is_named = args.said.verbose || !args.said.quiet && learner.tally().unreadable < NAMED;
            if let Some(fault) = shown.fault().filter(|_| is_named) {
                progress.say(fault);
            }
            learner.add(shown);
        }
        progress.update_count(learner.tally().documents, meter.bytes());
        ControlFlow::Continue(())
    })?;
    progress.finish();

    let mut out = Vec::new();
    let written = learner.write(args.threshold(), &command(args, &paths), &mut out)?;
    write_whole(&args.output, &out)?;
    let tally = learner.tally();
    if !args.said.quiet {
        say(format_args!("cleancopy: {}", summary(tally, learner.sites(), written)));
        if chunks.skipped().count > 0 {
            say(format_args!("cleancopy: {} files of other kinds were skipped", thousands(chunks.skipped().count)));
        }
    }
    Ok(if tally.unreadable > 0 { FAULTS } else { DONE })
}

fn inputs(args: &LearnArgs, paths: &[PathBuf]) -> Result<Inputs, Error> {
    // What this run writes must not be read by it.
    let exclude = vec![args.output.clone()];
    let options = Options { exclude, ..args.inputs.options(&args.fields) };
    let inputs = Inputs::new(paths, options)?;
    if inputs.overlap(&args.output) {
        let path = args.output.display();
        return Err(Error::Usage(format!("cannot write {path}: it is, or holds, an input")));
    }
    Ok(inputs)
}

/// What made the table, as far as it matters to what is in it: not the threads.
fn command(args: &LearnArgs, paths: &[PathBuf]) -> String {
    let threshold = args.threshold();
    let mut words = vec!["cleancopy learn".to_owned()];
    words.extend(paths.iter().map(|path| path.display().to_string()));
    words.push(format!("--min-docs {} --min-share {}", threshold.documents, threshold.share));
    words.extend(args.fields.site_field.iter().map(|name| format!("--site-field {name}")));
    words.join(" ")
}

/// What was read and what came of it, in one line.
fn summary(tally: Tally, sites: usize, written: u64) -> String {
    let Tally { documents, unreadable, without_site, over_limit, copies, .. } = tally;
    let mut text = format!("{} documents of {} sites", thousands(documents), thousands(sites as u64));
    let but = [
        (unreadable, "could not be read"),
        (without_site, "without a site (--url-field or --site-field names the field that tells it)"),
        (over_limit, "over the limit of a document"),
        (copies, "with the text of another"),
    ];
    for (count, what) in but.into_iter().filter(|(count, _)| *count > 0) {
        text += &format!("; {} {what}", thousands(count));
    }
    text + &format!("; {} lines recur", thousands(written))
}
