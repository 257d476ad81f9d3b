//! Takes the pages of a run in their order and writes them out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::checkpoint::{self, Checkpoint, Settings, from_hex, to_hex};
use super::file::{self, Finished, Output, Saved, hidden, real};
use super::folder::{self, Folder};
use super::page::{Form, Layout, Page};
use super::parquet::ParquetFile;
use super::summary::Summary;
use super::target::{Compression, Target};
use super::whole;
use crate::Error;
use crate::input::Cursor;
use crate::report::{self, Shared};

/// How often a checkpoint is written, at the most.
const EVERY: Duration = Duration::from_secs(1);

/// After so many bytes of records, or so many pages, outputs come to rest that are not so after every page. It
/// may depend on nothing but the records: where a compressor rests shows in its bytes.
const REST_BYTES: usize = 4 << 20;
const REST_PAGES: usize = 8;

/// All outputs of a run. Files come to their names only by [`commit`](Self::commit).
pub struct Sink {
    main: Main,
    report: Option<Output>,
    summary_file: Option<Output>,
    html: Option<Output>,
    /// The first page, while its document may turn out to be the only one.
    held: Option<Page>,
    /// The state at the last rest.
    checkpoint: Checkpoint,
    /// Where checkpoints go; `None` if the output cannot be gone on with.
    checkpoint_path: Option<PathBuf>,
    /// Whether one stands there.
    is_saved: bool,
    saved_at: Option<Instant>,
    /// Bytes and pages since the last rest.
    since: (usize, usize),
    /// Pages written, the counts of all of them, and where reading went on after the last.
    pages: usize,
    summary: Summary,
    /// What the report shows; the workers look at it too.
    shown: Option<Shared>,
    after: Cursor,
    /// The last page is not the last of its chunk.
    goes_on: bool,
}

enum Main {
    Nothing,
    Bytes(Output, Form),
    Parquet(Output, Box<ParquetFile>),
    Folder(Folder),
}

/// The files beside the main output.
#[derive(Clone, Copy, Debug, Default)]
pub struct SideFiles<'p> {
    /// The removal report.
    pub report: Option<&'p Path>,
    /// The summary.
    pub summary: Option<&'p Path>,
    /// The report for people.
    pub html: Option<&'p Path>,
}

/// What an earlier run for the same outputs has left.
#[derive(Debug)]
pub enum Left {
    /// Nothing to go on with.
    Nothing,
    /// The output is whole.
    Whole,
    /// A part of it.
    Part(Box<Checkpoint>),
}

impl Left {
    /// Looks for what an earlier run has left. Of one that had written all but given no names, the names are given.
    ///
    /// # Errors
    /// [`Error::Usage`] if that run was begun with other settings, or what stands there is not the output of a run on
    /// `inputs`.
    pub fn look(
        target: &Target,
        beside: SideFiles<'_>,
        settings: &Settings,
        layout: &Layout,
        inputs: &[PathBuf],
    ) -> Result<Self, Error> {
        let Some(path) = checkpoint_path(target) else { return Ok(Self::Nothing) };
        let Some(checkpoint) = Checkpoint::read(&path)? else {
            let whole = match target {
                Target::Folder(out) => folder::is_whole(out),
                Target::File(out, _) => whole::is_whole(out, layout, inputs)?,
                _ => false,
            };
            return Ok(if whole { Self::Whole } else { Self::Nothing });
        };
        checkpoint.check(settings)?;
        if !checkpoint.finished {
            return Ok(Self::Part(Box::new(checkpoint)));
        }
        for path in [beside.report, beside.summary, beside.html].into_iter().flatten() {
            file::publish_left(path)?;
        }
        match target {
            Target::Folder(out) => folder::publish_left(out)?,
            Target::File(out, _) => file::publish_left(out)?,
            _ => {}
        }
        let _ = checkpoint::remove(&path);
        Ok(Self::Whole)
    }
}

/// A Parquet file at its beginning, or where an earlier run has left it.
fn parquet(mut output: Output, layout: &Layout, saved: Option<&Checkpoint>) -> Result<Main, Error> {
    let columns = layout.columns();
    let footer = saved.and_then(|saved| saved.footer.as_deref()).map(|hex| from_hex(hex).unwrap_or_default());
    let file = match &footer {
        Some(footer) => ParquetFile::resume(&columns, footer),
        None => ParquetFile::new(&columns),
    };
    let file = file.map_err(|cause| output.failed(cause))?;
    match saved {
        None => output.write(ParquetFile::head())?,
        Some(saved) if saved.main == Saved::of(file.position()) => {}
        Some(_) => return Err(output.failed(std::io::Error::other("the checkpoint is damaged; run without --resume"))),
    }
    Ok(Main::Parquet(output, Box::new(file)))
}

fn checkpoint_path(target: &Target) -> Option<PathBuf> {
    match target {
        Target::File(path, _) => Some(hidden(&real(path), ".checkpoint")),
        Target::Folder(out) => Some(folder::checkpoint_path(out)),
        _ => None,
    }
}

impl Sink {
    /// Opens all outputs, to go on from `checkpoint` if there is one.
    ///
    /// # Errors
    /// [`Error::Io`] when one cannot be opened or created.
    pub fn open(
        target: &Target,
        beside: SideFiles<'_>,
        layout: &Layout,
        settings: &Settings,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Self, Error> {
        let saved = checkpoint.as_ref();
        let main = match target {
            Target::Nowhere => Main::Nothing,
            Target::Folder(path) => Main::Folder(Folder::create(path, saved)?),
            other => {
                // The records of a gzip file come compressed from the workers.
                let compression = match other.compression() {
                    Compression::Gzip => Compression::None,
                    here => here,
                };
                let output = Output::open(other, compression, saved.map(|saved| &saved.main))?;
                match other.form() {
                    Form::Parquet => parquet(output, layout, saved)?,
                    form => Main::Bytes(output, form),
                }
            }
        };
        let side =
            |path: &Path, saved: Option<&Saved>| Output::open(&Target::side_file(path), Compression::of(path), saved);
        let summary_file = beside.summary.map(|path| side(path, None)).transpose()?;
        let html = beside.html.map(|path| side(path, None)).transpose()?;
        let report = beside.report.map(|path| side(path, saved.and_then(|saved| saved.report.as_ref()))).transpose()?;
        let checkpoint_path = checkpoint_path(target);
        let is_saved = checkpoint.is_some();
        if let (false, Some(path)) = (is_saved, &checkpoint_path) {
            let _ = checkpoint::remove(path);
        }
        let checkpoint = checkpoint.unwrap_or_else(|| Checkpoint::new(settings));
        let (pages, after) = (checkpoint.pages, checkpoint.cursor.clone());
        let (summary, shown) = (checkpoint.summary.clone(), layout.shown.clone());
        if let Some(shown) = &shown {
            shown.set(checkpoint.sample.clone());
        }
        Ok(Self {
            main,
            report,
            summary_file,
            html,
            held: None,
            checkpoint,
            checkpoint_path,
            is_saved,
            saved_at: None,
            since: (0, 0),
            pages,
            summary,
            shown,
            after,
            goes_on: false,
        })
    }

    /// How pages for these outputs are rendered.
    #[must_use]
    pub fn layout(target: &Target, beside: SideFiles<'_>, emit_text: bool) -> Layout {
        Layout {
            form: target.form(),
            compression: target.compression(),
            removals: beside.report.is_some() || matches!(target, Target::Folder(_)),
            shown: (beside.html.is_some() || matches!(target, Target::Folder(_))).then(Shared::default),
            emit_text,
            extra: None,
        }
    }

    /// The counts of all that is written.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// [`Error::Io`] when an output cannot be written.
    pub fn write(&mut self, mut page: Page) -> Result<(), Error> {
        self.summary.merge(&page.summary);
        if let Some(shown) = &self.shown {
            shown.merge(&page.sample);
        }
        self.since.0 += page.bytes();
        self.since.1 += 1;
        self.goes_on = page.goes_on;
        if !page.goes_on {
            self.after = std::mem::take(&mut page.after);
        }
        if let Some(report) = &mut self.report {
            report.write(&page.removals)?;
        }
        match &mut self.main {
            Main::Nothing => {}
            Main::Folder(folder) => folder.write(&mut page)?,
            Main::Parquet(output, file) => {
                let batches = page.batches.map_err(|cause| output.failed(cause))?;
                let group = file.write(&batches).map_err(|cause| output.failed(cause))?;
                output.write(&group)?;
            }
            Main::Bytes(_, Form::Auto) if page.is_single() => self.held = Some(page),
            Main::Bytes(output, _) if !page.records.is_empty() => {
                if let Some(held) = self.held.take() {
                    output.write(&held.records)?;
                }
                output.write(&page.records)?;
            }
            Main::Bytes(..) => {}
        }
        self.pages += 1;
        // In the middle of a chunk nothing can be gone on with.
        if self.checkpoint_path.is_none() || self.goes_on {
            return Ok(());
        }
        let is_time = self.saved_at.is_none_or(|at| at.elapsed() >= EVERY);
        let rests = match &self.main {
            // Its row groups are its rests.
            Main::Parquet(_, file) => file.is_at_boundary(),
            _ => self.since.0 >= REST_BYTES || self.since.1 >= REST_PAGES,
        };
        if rests {
            self.since = (0, 0);
            if let Main::Bytes(output, _) = &mut self.main {
                output.rest()?;
            }
            if let Some(report) = &mut self.report {
                report.rest()?;
            }
            self.note()?;
        } else if is_time && self.is_always_at_rest() {
            self.note()?;
        } else {
            return Ok(());
        }
        if is_time { self.save() } else { Ok(()) }
    }

    /// Whether all outputs can be saved after every page.
    fn is_always_at_rest(&self) -> bool {
        let main = match &self.main {
            Main::Bytes(output, _) => Some(output),
            Main::Parquet(..) => return false,
            _ => None,
        };
        main.into_iter().chain(&self.report).all(Output::is_always_at_rest)
    }

    /// Takes down the state of all outputs, which are at rest.
    fn note(&mut self) -> Result<(), Error> {
        let checkpoint = &mut self.checkpoint;
        match &mut self.main {
            Main::Nothing => {}
            Main::Bytes(output, _) => checkpoint.main = output.saved()?,
            Main::Parquet(output, file) => {
                checkpoint.main = output.saved()?;
                checkpoint.footer = Some(to_hex(&file.state().map_err(|cause| output.failed(cause))?));
            }
            Main::Folder(folder) => (checkpoint.main, checkpoint.names) = folder.saved()?,
        }
        checkpoint.report = self.report.as_ref().map(Output::saved).transpose()?;
        checkpoint.pages = self.pages;
        checkpoint.cursor = self.after.clone();
        checkpoint.summary = self.summary.clone();
        if let Some(shown) = &self.shown {
            checkpoint.sample = shown.get();
        }
        Ok(())
    }

    fn save(&mut self) -> Result<(), Error> {
        if let Some(path) = &self.checkpoint_path {
            self.checkpoint.write(path)?;
            self.is_saved = true;
            self.saved_at = Some(Instant::now());
        }
        Ok(())
    }

    /// Ends the run before its time, and leaves what a later one needs to go on. `false` if there is nothing to go on
    /// with; then nothing is left.
    ///
    /// # Errors
    /// [`Error::Io`] when the checkpoint cannot be written.
    pub fn suspend(mut self) -> Result<bool, Error> {
        if self.checkpoint_path.is_none() {
            return Ok(false);
        }
        // Else what was done since the last rest is done again.
        if self.is_always_at_rest() && !self.goes_on {
            self.note()?;
        }
        if self.checkpoint.pages == 0 {
            return Ok(false);
        }
        self.save()?;
        self.keep();
        Ok(true)
    }

    /// Ends the run because writing failed. What the last checkpoint needs stays; without one nothing does. Whether
    /// there is one.
    pub fn give_up(mut self) -> bool {
        if self.is_saved {
            self.keep();
        }
        self.is_saved
    }

    /// Whether a later run can go on from a checkpoint.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.is_saved
    }

    /// Ends the run and leaves nothing.
    pub fn discard(self) {
        if let Some(path) = &self.checkpoint_path {
            let _ = checkpoint::remove(path);
        }
    }

    /// What is written stays when this is dropped.
    fn keep(&mut self) {
        self.report.iter_mut().for_each(Output::keep);
        match &mut self.main {
            Main::Nothing => {}
            Main::Bytes(output, _) | Main::Parquet(output, _) => output.keep(),
            Main::Folder(folder) => folder.keep(),
        }
    }

    /// Ends all outputs and gives them their names.
    ///
    /// # Errors
    /// [`Error::Io`] when one cannot be written to its end.
    pub fn commit(mut self, summary: &Summary) -> Result<(), Error> {
        if self.is_saved {
            // Should the end not be written, the last checkpoint still has what it needs.
            self.keep();
        }
        let sample = self.shown.as_ref().map(Shared::get).unwrap_or_default();
        let mut finished = Vec::new();
        let mut folder = None;
        match self.main {
            Main::Nothing => {}
            Main::Folder(mut out) => {
                out.finish(summary, &sample)?;
                folder = Some(out);
            }
            Main::Parquet(mut output, file) => {
                let end = file.finish().map_err(|cause| output.failed(cause))?;
                output.write(&end)?;
                finished.push(output.finish()?);
            }
            Main::Bytes(mut output, _) => {
                let only = self.held.take().and_then(|page| page.only_body);
                if let Some(body) = only.filter(|body| !body.is_empty()) {
                    output.write(body.as_bytes())?;
                    output.write(b"\n")?;
                }
                finished.push(output.finish()?);
            }
        }
        if let Some(report) = self.report {
            finished.push(report.finish()?);
        }
        if let Some(mut output) = self.summary_file {
            output.write(summary.to_json().as_bytes())?;
            finished.push(output.finish()?);
        }
        if let Some(mut output) = self.html {
            output.write(report::html(summary, &sample).as_bytes())?;
            finished.push(output.finish()?);
        }
        // From here on a run that is killed has only names left to give.
        if let Some(path) = &self.checkpoint_path {
            self.checkpoint.finished = true;
            self.checkpoint.write(path)?;
            finished.iter_mut().for_each(Finished::keep);
            folder.iter_mut().for_each(Folder::keep);
        }
        finished.into_iter().try_for_each(Finished::publish)?;
        if let Some(folder) = folder {
            folder.publish()?;
        } else if let Some(path) = &self.checkpoint_path {
            checkpoint::remove(path).map_err(|cause| Error::io("cannot write", path, cause))?;
        }
        Ok(())
    }
}
