//! `cleancopy clean`: inputs, cleaner and outputs joined.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cleancopy::batch::{Turn, clean_or_say, panic_is_caught};
use cleancopy::input::{Chunk, Inputs, Options, Origin};
use cleancopy::output::{Form, Layout, Left, Page, SideFiles, Sink, Target, is_of_folder, thousands};
use cleancopy::{Cleaner, Document, Error, Status};

use super::args::CleanArgs;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::{DONE, FAULTS, INTERRUPTED, is_closed_pipe, say, table};

/// Some documents decompress to a thousand times their size. When a document or a page has more bytes than this, and far
/// more than the weight of its chunk tells, it waits for its turn, for such must not pile up.
const LARGE: usize = 8 << 20;

pub(super) fn run(args: CleanArgs) -> Result<u8, Error> {
    let started = Instant::now();
    let interrupt = Interrupt::listen();
    let cleaner = Cleaner::new(args.cleaning.config()?)?;
    let target = target(&args)?;
    let paths = args.inputs.paths()?;
    let mut inputs = inputs(&args, &paths, &target)?;
    silence_caught_panics();

    let (report, summary, html) = (args.report.as_deref(), args.summary.as_deref(), args.html.as_deref());
    let beside = SideFiles { report, summary, html };
    let settings = args.settings(&paths)?;
    let mut layout = Sink::layout(&target, beside, args.emit_text);
    let left = if args.resume { Left::look(&target, beside, &settings, &layout, &paths)? } else { Left::Nothing };
    let checkpoint = match left {
        Left::Nothing => None,
        Left::Part(checkpoint) => Some(*checkpoint),
        Left::Whole => {
            if !args.said.quiet {
                say("cleancopy: the output is whole already; without --resume it is made anew");
            }
            return Ok(DONE);
        }
    };
    if target.form() == Form::Parquet {
        layout.extra = inputs.typed_extra();
    }
    let meter = inputs.meter();
    let progress = Progress::start(args.said.progress, args.said.quiet, &inputs);
    let mut chunks = inputs.chunks();
    let mut pages = 0;
    if let Some(checkpoint) = &checkpoint {
        chunks.resume(checkpoint.cursor())?;
        pages = checkpoint.pages();
        if !args.said.quiet {
            let documents = thousands(checkpoint.summary().documents);
            progress.say(format_args!("cleancopy: going on after {documents} documents"));
        }
    }
    interrupt.open(|| Sink::open(&target, beside, &layout, &settings, checkpoint))?;

    let mut failure = None;
    let work = |number: usize, chunk: Chunk, turn: &Turn<'_, Page>| {
        render(&cleaner, &layout, pages + number, &chunk, args.fail_fast, turn)
    };
    args.threads.batch().run_in_parts(
        std::iter::from_fn(|| if interrupt.requested() { None } else { chunks.next() }),
        Chunk::weight,
        work,
        |page: Page| {
            if args.said.verbose {
                page.summary.faults.iter().for_each(|fault| progress.say(table::fault(fault)));
            }
            let stop = args.fail_fast && page.has_error();
            let written = interrupt.write(|sink| {
                let written = sink.write(page);
                progress.update(sink.summary(), meter.bytes());
                written
            });
            match written {
                Some(Ok(())) if stop => ControlFlow::Break(()),
                Some(Ok(())) => ControlFlow::Continue(()),
                None => ControlFlow::Break(()),
                Some(Err(error)) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    )?;
    progress.finish();
    if let Some(error) = failure {
        let kept = interrupt.end(Sink::give_up) == Some(true);
        return Err(if kept { resumable(&error) } else { error });
    }
    if interrupt.requested() {
        interrupt.suspend();
        return Ok(INTERRUPTED);
    }
    let skipped = chunks.skipped();
    if args.said.verbose {
        skipped.first.iter().for_each(|file| say(format_args!("skipped {file}")));
    }
    let mut summary = interrupt.write(|sink| sink.summary().clone()).unwrap_or_default();
    summary.skipped = skipped.clone();
    let faults = summary.status(Status::Error);
    if args.fail_fast && faults > 0 {
        interrupt.end(Sink::discard);
        if let Some(fault) = summary.faults.first() {
            say(format_args!("cleancopy: stopped at the first error: {}", table::fault(fault)));
        }
        return Ok(FAULTS);
    }
    match interrupt.end(|sink| (sink.is_saved(), sink.commit(&summary))) {
        None => return Ok(INTERRUPTED),
        Some((_, Err(error))) if is_closed_pipe(&error) => return Ok(DONE),
        Some((true, Err(error))) => return Err(resumable(&error)),
        Some((_, other)) => other?,
    }
    if !args.said.quiet {
        table::print(&summary, meter.bytes(), started.elapsed());
    }
    Ok(if faults > 0 { FAULTS } else { DONE })
}

/// The error of an output that can be gone on with. There is no checkpoint where a pipe could be closed.
fn resumable(error: &Error) -> Error {
    Error::Usage(format!("{error}; once that is mended, the same command with --resume goes on"))
}

fn target(args: &CleanArgs) -> Result<Target, Error> {
    let target = Target::new(args.output.as_deref(), args.form())?;
    let target = if args.dry_run { Target::Nowhere } else { target };
    let side = [&args.report, &args.summary, &args.html].into_iter().flatten();
    let mut targets: Vec<_> = side.map(|path| Target::side_file(path)).collect();
    targets.push(target.clone());
    let named = [&args.output, &args.report, &args.summary, &args.html].into_iter().flatten();
    let mut files: Vec<_> = named.filter(|path| !path.starts_with("/dev")).map(|path| real(path)).collect();
    files.sort();
    if let Some(pair) = files.windows(2).find(|pair| pair[0] == pair[1] && pair[0] != Path::new("-")) {
        let path = pair[0].display();
        return Err(Error::Usage(format!(
            "cannot write {path}: it is named for two of result, report, summary and HTML"
        )));
    }
    for path in [&args.report, &args.summary, &args.html].into_iter().flatten() {
        let refuse = |why: &str| Err(Error::Usage(format!("cannot write {}: {why}", path.display())));
        if path.is_dir() {
            return refuse("it is a folder");
        }
        if matches!((&target, &args.output), (Target::Folder(_), Some(out)) if is_of_folder(&real(out), &real(path))) {
            return refuse("the output folder has a file of its own there");
        }
    }
    if targets.iter().filter(|target| matches!(target, Target::Stdout(_))).count() > 1 {
        let message = "only one of result, report, summary and HTML can go to standard output";
        return Err(Error::Usage(message.to_owned()));
    }
    Ok(target)
}

/// A path by which a file is known, whether it is there or not.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let found = absolute.ancestors().filter(|_| path != Path::new("-")).find_map(|there| {
        let below = absolute.strip_prefix(there).ok()?.iter();
        Some(below.fold(there.canonicalize().ok()?, |real, name| real.join(name)))
    });
    found.unwrap_or_else(|| path.to_path_buf())
}

fn inputs(args: &CleanArgs, paths: &[PathBuf], target: &Target) -> Result<Inputs, Error> {
    // What this run writes must not be read by it.
    let written = [&args.output, &args.report, &args.summary, &args.html];
    let exclude: Vec<PathBuf> = written.into_iter().flatten().cloned().collect();
    let options = Options {
        exclude: exclude.clone(),
        // Only records have a place for fields that are not used.
        extra: matches!(target.form(), Form::Auto | Form::Records | Form::Parquet),
        ..args.reading()
    };
    let inputs = Inputs::new(paths, options)?;
    if *target != Target::Nowhere
        && let Some(path) = exclude.iter().find(|path| inputs.overlap(path))
    {
        let path = path.display();
        return Err(Error::Usage(format!("cannot write {path}: it is, or holds, an input")));
    }
    Ok(inputs)
}

/// Cleans a chunk's documents and renders their records: the work of one worker. What is larger than its chunk told, it
/// hands on in parts.
fn render(
    cleaner: &Cleaner,
    layout: &Layout,
    number: usize,
    chunk: &Chunk,
    fail_fast: bool,
    turn: &Turn<'_, Page>,
) -> Page {
    let begin = |number: usize| {
        let mut page = Page::new(layout, number);
        page.after = chunk.after().clone();
        page
    };
    let extra = chunk.extra();
    let large = LARGE.max(chunk.weight().saturating_mul(4));
    let mut page = begin(number);
    page.summary.skip(chunk.skipped());
    let mut first = 0;
    for index in 0..chunk.len() {
        if page.heft() >= large {
            page.goes_on = true;
            page.extra = extra.as_ref().map(|extra| extra.slice(first, index - first));
            let flow = turn.give(page.finish());
            (page, first) = (begin(number + 1), index);
            if flow.is_break() {
                return page;
            }
        }
        let origin = chunk.origin(index);
        let read = || {
            let document = chunk.document(index)?;
            if document.weight() >= large {
                // One such at a time is enough.
                let _ = turn.wait();
            }
            Ok(document)
        };
        match clean_or_say(cleaner, read, || identity(&origin), Page::wants_text(layout)) {
            Ok(record) => page.add(record, &origin),
            Err::<_, String>(what) => page.summary.skip([(&what, &1)]),
        }
        if fail_fast && page.has_error() {
            return page.finish();
        }
    }
    page.extra = extra.map(|extra| extra.slice(first, chunk.len() - first));
    if page.heft() >= large {
        let _ = turn.wait();
    }
    page.finish()
}

/// The document that stood there, if it cannot even be parsed.
fn identity(origin: &Origin) -> Document {
    let source = origin.place.source.to_string();
    let id = origin.record.map_or_else(|| source.clone(), |number| format!("{source}#{number}"));
    Document { id, source, ..Document::default() }
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use cleancopy::{Batch, Config};

    use super::*;

    /// Small files that are large documents come in one chunk, but their records not in one page.
    #[test]
    fn a_page_is_bounded_whatever_its_chunk_decompresses_to() {
        const EACH: usize = 3 << 20;
        let folder = tempfile::tempdir().expect("a folder");
        let text = zstd::encode_all(&vec![b'a'; EACH][..], 1).expect("zstd");
        for number in 0..9 {
            std::fs::write(folder.path().join(format!("{number}.txt.zst")), &text).expect("a file");
        }
        let cleaner = Cleaner::new(Config::default().with_max_doc_bytes(1000)).expect("built-in rules");
        let layout = Sink::layout(&Target::Stdout(Form::Records), SideFiles::default(), false);
        for threads in [1, 3] {
            let inputs = Inputs::new([folder.path()], Options::default()).expect("inputs");
            let batch = Batch::default().with_threads(NonZeroUsize::new(threads).expect("not zero"));
            let work =
                |number, chunk: Chunk, turn: &Turn<'_, Page>| render(&cleaner, &layout, number, &chunk, false, turn);
            let mut pages = Vec::new();
            let sink = |page: Page| {
                pages.push((page.heft(), page.summary.documents, page.goes_on));
                ControlFlow::Continue(())
            };
            batch.run_in_parts(inputs.chunks(), Chunk::weight, work, sink).expect("threads");
            assert!(pages.iter().all(|(heft, ..)| *heft <= LARGE + EACH), "{pages:?}");
            let told: Vec<_> = pages.iter().map(|(_, documents, goes_on)| (*documents, *goes_on)).collect();
            assert_eq!(told, [(3, true), (3, true), (3, false)], "{threads} threads");
        }
    }
}
