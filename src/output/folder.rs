//! An output folder: `bodies/`, `removals.jsonl`, `summary.json`.
//!
//! All is written into a hidden folder inside it and moved into place at the end, so a run that
//! fails leaves what was there before. Only what is ours is replaced; the user's own files in the
//! folder stay.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::names::Taken;
use super::page::Page;
use super::summary::{self, Summary};
use crate::Error;

/// The beginning of the hidden folder's name.
const UNFINISHED: &str = ".cleancopy-";
const BODIES: &str = "bodies";
const REMOVALS: &str = "removals.jsonl";
const SUMMARY: &str = "summary.json";

/// An output folder that is being written.
pub(super) struct Folder {
    out: PathBuf,
    /// The part of `out`'s path that we made ourselves; taken away again if the run fails.
    made: Option<PathBuf>,
    staging: Option<TempDir>,
    removals: BufWriter<File>,
    names: Taken,
    /// The folder that the last body went to, to save asking for it every time.
    last: PathBuf,
}

/// Refuses a folder with something in it that we did not write.
pub(super) fn check(out: &Path) -> Result<(), Error> {
    let Ok(entries) = fs::read_dir(out) else { return Ok(()) };
    let foreign = entries
        .filter_map(Result::ok)
        .any(|entry| !entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()));
    let ours = || fs::read_to_string(out.join(SUMMARY)).is_ok_and(|json| summary::is_ours(&json));
    if foreign && !ours() {
        return Err(Error::Usage(format!(
            "cannot write {}: the folder is not empty and not an earlier output; name another one",
            out.display()
        )));
    }
    Ok(())
}

impl Folder {
    pub(super) fn create(out: &Path) -> Result<Self, Error> {
        let failed = |cause| Error::io("cannot write", out, cause);
        let made = missing_part(out);
        fs::create_dir_all(out).map_err(failed)?;
        discard_leftovers(out).map_err(failed)?;
        let staging = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(out).map_err(failed)?;
        fs::create_dir(staging.path().join(BODIES)).map_err(failed)?;
        let removals = File::create(staging.path().join(REMOVALS)).map_err(failed)?;
        Ok(Self {
            out: out.to_path_buf(),
            made,
            staging: Some(staging),
            removals: BufWriter::new(removals),
            names: Taken::default(),
            last: PathBuf::new(),
        })
    }

    /// The hidden folder, and what else must go if the run fails.
    pub(super) fn unfinished(&self) -> Vec<PathBuf> {
        let staging = self.staging.as_ref().map(|staging| staging.path().to_path_buf());
        staging.into_iter().chain(self.made.clone()).collect()
    }

    pub(super) fn write(&mut self, page: &mut Page) -> Result<(), Error> {
        let Some(staging) = &self.staging else { return Ok(()) };
        let failed = |path: &Path, cause| Error::io("cannot write", path, cause);
        for body in page.bodies.drain(..) {
            let name = self.names.free_name(body.stem) + ".txt";
            let path = staging.path().join(BODIES).join(&name);
            let folder = path.parent().unwrap_or(Path::new(""));
            if folder != self.last {
                fs::create_dir_all(folder).map_err(|cause| failed(folder, cause))?;
                self.last = folder.to_path_buf();
            }
            let mut text = body.text;
            if !text.is_empty() {
                text.push('\n');
            }
            let shown = self.out.join(BODIES).join(&name);
            fs::write(&path, text).map_err(|cause| failed(&shown, cause))?;
        }
        let removals = self.removals.write_all(&page.removals);
        removals.map_err(|cause| failed(&self.out.join(REMOVALS), cause))
    }

    /// Moves everything into place; the summary, which marks the folder as ours, comes last.
    pub(super) fn commit(mut self, summary: &Summary) -> Result<(), Error> {
        let Some(staging) = self.staging.take() else { return Ok(()) };
        let failed = |name: &str, cause| Error::io("cannot write", self.out.join(name), cause);
        self.removals.flush().map_err(|cause| failed(REMOVALS, cause))?;
        fs::write(staging.path().join(SUMMARY), summary.to_json()).map_err(|cause| failed(SUMMARY, cause))?;
        let bodies = self.out.join(BODIES);
        if bodies.exists() {
            fs::rename(&bodies, staging.path().join("old")).map_err(|cause| failed(BODIES, cause))?;
        }
        for name in [BODIES, REMOVALS, SUMMARY] {
            fs::rename(staging.path().join(name), self.out.join(name)).map_err(|cause| failed(name, cause))?;
        }
        self.made = None;
        staging.close().map_err(|cause| failed(UNFINISHED, cause))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.staging.take());
        if let Some(made) = self.made.take() {
            // Fails, and rightly, if somebody has put something there meanwhile.
            let mut path = self.out.as_path();
            while fs::remove_dir(path).is_ok() && path != made {
                let Some(parent) = path.parent() else { break };
                path = parent;
            }
        }
    }
}

/// The outermost folder of the path that is not there yet.
fn missing_part(out: &Path) -> Option<PathBuf> {
    out.ancestors().take_while(|folder| *folder != Path::new("") && !folder.exists()).last().map(Path::to_path_buf)
}

/// What a run that was killed has left.
fn discard_leftovers(out: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
