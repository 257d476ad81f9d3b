//! `cleancopy clean`: inputs, cleaner and outputs joined.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use cleancopy::batch::{clean_or_say, panic_is_caught};
use cleancopy::input::{Chunk, Inputs, Options};
use cleancopy::output::{Form, Layout, Origin, Page, SideFiles, Sink, Summary, Target};
use cleancopy::{Cleaner, Error, Status};

use super::args::CleanArgs;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::{DONE, FAULTS, INTERRUPTED, is_closed_pipe, say, table};

pub(super) fn run(args: CleanArgs) -> Result<u8, Error> {
    let started = Instant::now();
    let interrupt = Interrupt::listen();
    let cleaner = Cleaner::new(args.cleaning.config()?)?;
    let target = target(&args)?;
    let inputs = inputs(&args, &target)?;
    silence_caught_panics();

    let beside = SideFiles { report: args.report.as_deref(), summary: args.summary.as_deref() };
    let layout = Sink::layout(&target, beside, args.emit_text);
    let mut sink = interrupt.open(|| Sink::open(&target, beside))?;
    let meter = inputs.meter();
    let progress = Progress::start(args.progress, args.quiet, &inputs);

    let mut summary = Summary::default();
    let mut failure = None;
    let mut chunks = inputs.chunks();
    let work = |number, chunk: Chunk| render(&cleaner, &layout, number, &chunk, args.fail_fast);
    args.batch().run(
        std::iter::from_fn(|| if interrupt.requested() { None } else { chunks.next() }),
        Chunk::weight,
        work,
        |page: Page| {
            summary.merge(&page.summary);
            if args.verbose {
                page.summary.faults.iter().for_each(|fault| progress.say(table::fault(fault)));
            }
            progress.update(&summary, meter.bytes());
            let stop = args.fail_fast && page.has_error();
            match interrupt.write(|| sink.write(page)) {
                Ok(()) if stop || interrupt.requested() => ControlFlow::Break(()),
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    )?;
    progress.finish();
    if interrupt.requested() {
        interrupt.write(|| drop(sink));
        return Ok(INTERRUPTED);
    }
    if let Some(error) = failure {
        interrupt.write(|| drop(sink));
        return Err(error);
    }
    summary.skipped = chunks.skipped().clone();
    if args.verbose {
        summary.skipped.first.iter().for_each(|file| say(format_args!("skipped {file}")));
    }
    let faults = summary.status(Status::Error);
    if args.fail_fast && faults > 0 {
        interrupt.write(|| drop(sink));
        if let Some(fault) = summary.faults.first() {
            say(format_args!("cleancopy: stopped at the first error: {}", table::fault(fault)));
        }
        return Ok(FAULTS);
    }
    match interrupt.commit(sink, &summary) {
        Err(error) if is_closed_pipe(&error) => return Ok(DONE),
        other => other?,
    }
    if !args.quiet {
        table::print(&summary, meter.bytes(), started.elapsed());
    }
    Ok(if faults > 0 { FAULTS } else { DONE })
}

fn target(args: &CleanArgs) -> Result<Target, Error> {
    let target = Target::new(args.output.as_deref(), args.to.map(Form::from))?;
    let target = if args.dry_run { Target::Nowhere } else { target };
    let side = [&args.report, &args.summary].into_iter().flatten();
    let mut targets: Vec<_> = side.map(|path| Target::side_file(path)).collect();
    targets.push(target.clone());
    if targets.iter().filter(|target| matches!(target, Target::Stdout(_))).count() > 1 {
        let message = "only one of result, report and summary can go to standard output";
        return Err(Error::Usage(message.to_owned()));
    }
    Ok(target)
}

fn inputs(args: &CleanArgs, target: &Target) -> Result<Inputs, Error> {
    // What this run writes must not be read by it.
    let written = [&args.output, &args.report, &args.summary];
    let exclude: Vec<PathBuf> = written.into_iter().flatten().cloned().collect();
    let options = Options { from: args.from.map(Into::into), fields: args.fields(), exclude: exclude.clone() };
    let inputs = Inputs::new(&args.inputs, options)?;
    if *target != Target::Nowhere
        && let Some(path) = exclude.iter().find(|path| inputs.overlap(path))
    {
        let path = path.display();
        return Err(Error::Usage(format!("cannot write {path}: it is, or holds, an input")));
    }
    Ok(inputs)
}

/// Cleans a chunk's documents and renders their records: the work of one worker.
fn render(cleaner: &Cleaner, layout: &Layout, number: usize, chunk: &Chunk, fail_fast: bool) -> Page {
    let mut page = Page::new(layout, number);
    for index in 0..chunk.len() {
        let record =
            clean_or_say(cleaner, || chunk.document(index), || chunk.document(index), Page::wants_text(layout));
        let origin = Origin {
            place: chunk.place(index),
            record: chunk.record_number(index),
            byte: chunk.position(index).map(|(_, byte)| byte),
        };
        page.add(record, origin);
        if fail_fast && page.has_error() {
            break;
        }
    }
    page.finish()
}

/// A panic that becomes a document's error is said there, and only there.
pub(super) fn silence_caught_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_caught() {
            default(panic);
        }
    }));
}
