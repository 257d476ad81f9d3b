//! Takes the pages of a run in their order and writes them out.

use std::path::{Path, PathBuf};

use super::file::Output;
use super::folder::Folder;
use super::page::{Form, Layout, Page};
use super::summary::Summary;
use super::target::{Compression, Target};
use crate::Error;

/// All outputs of a run. Files come to their names only by [`commit`](Self::commit); dropped
/// before, nothing is left.
pub struct Sink {
    main: Main,
    report: Option<Output>,
    summary: Option<Output>,
    /// The first page, while its document may turn out to be the only one.
    held: Option<Page>,
}

enum Main {
    Nothing,
    Bytes(Output, Form),
    Folder(Folder),
}

/// The files beside the main output.
#[derive(Clone, Copy, Debug, Default)]
pub struct SideFiles<'p> {
    /// The removal report.
    pub report: Option<&'p Path>,
    /// The summary.
    pub summary: Option<&'p Path>,
}

impl Sink {
    /// Opens all outputs.
    ///
    /// # Errors
    /// [`Error::Io`] when one cannot be opened or created.
    pub fn open(target: &Target, beside: SideFiles<'_>) -> Result<Self, Error> {
        let main = match target {
            Target::Nowhere => Main::Nothing,
            Target::Folder(path) => Main::Folder(Folder::create(path)?),
            other => {
                // The records of a gzip file come compressed from the workers.
                let compression = match other.compression() {
                    Compression::Gzip => Compression::None,
                    here => here,
                };
                Main::Bytes(Output::open(other, compression)?, other.form())
            }
        };
        let side = |path: Option<&Path>| {
            let open = |path| Output::open(&Target::side_file(path), Compression::of(path));
            path.map(open).transpose()
        };
        Ok(Self { main, report: side(beside.report)?, summary: side(beside.summary)?, held: None })
    }

    /// How pages for these outputs are rendered.
    #[must_use]
    pub fn layout(target: &Target, beside: SideFiles<'_>, emit_text: bool) -> Layout {
        Layout {
            form: target.form(),
            compression: target.compression(),
            removals: beside.report.is_some() || matches!(target, Target::Folder(_)),
            emit_text,
        }
    }

    /// Files and folders that must not outlive the run if it is broken off.
    #[must_use]
    pub fn unfinished(&self) -> Vec<PathBuf> {
        let side = self.report.iter().chain(&self.summary);
        let mut paths: Vec<_> = side.filter_map(Output::unfinished).collect();
        match &self.main {
            Main::Nothing => {}
            Main::Bytes(output, _) => paths.extend(output.unfinished()),
            Main::Folder(folder) => paths.extend(folder.unfinished()),
        }
        paths
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// [`Error::Io`] when an output cannot be written.
    pub fn write(&mut self, mut page: Page) -> Result<(), Error> {
        if let Some(report) = &mut self.report {
            report.write(&page.removals)?;
        }
        match &mut self.main {
            Main::Nothing => Ok(()),
            Main::Folder(folder) => folder.write(&mut page),
            Main::Bytes(_, Form::Auto) if page.is_single() => {
                self.held = Some(page);
                Ok(())
            }
            Main::Bytes(output, _) => {
                if let Some(held) = self.held.take() {
                    output.write(&held.records)?;
                }
                output.write(&page.records)
            }
        }
    }

    /// Ends all outputs and gives them their names.
    ///
    /// # Errors
    /// [`Error::Io`] when one cannot be written to its end.
    pub fn commit(mut self, summary: &Summary) -> Result<(), Error> {
        match self.main {
            Main::Nothing => {}
            Main::Folder(folder) => folder.commit(summary)?,
            Main::Bytes(mut output, _) => {
                let only = self.held.take().and_then(|page| page.only_body);
                if let Some(body) = only.filter(|body| !body.is_empty()) {
                    output.write(body.as_bytes())?;
                    output.write(b"\n")?;
                }
                output.commit()?;
            }
        }
        if let Some(report) = self.report {
            report.commit()?;
        }
        if let Some(mut output) = self.summary {
            output.write(summary.to_json().as_bytes())?;
            output.commit()?;
        }
        Ok(())
    }
}
