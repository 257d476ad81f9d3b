//! An output folder: `bodies/`, `removals.jsonl`, `report.html`, `summary.json`.
//!
//! All is written into a hidden folder inside it and moved into place at the end, so a run that
//! fails leaves what was there before. Only what is ours is replaced; the user's own files in the
//! folder stay.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::checkpoint::Checkpoint;
use super::file::{Saved, lock};
use super::names::{BODY, Taken};
use super::page::Page;
use super::summary::{self, Summary};
use crate::Error;
use crate::report::{self, Sample};

/// The beginning of hidden names that are ours.
const HIDDEN: &str = ".cleancopy-";
/// The hidden folder.
const UNFINISHED: &str = ".cleancopy-part";
const BODIES: &str = "bodies";
const REMOVALS: &str = "removals.jsonl";
const REPORT: &str = "report.html";
const SUMMARY: &str = "summary.json";
/// In the hidden folder: the names asked for so far, by which a later run knows which are taken.
const NAMES: &str = "names";
const CHECKPOINT: &str = "checkpoint";
/// In the hidden folder: the bodies that were there before.
const OLD: &str = "old";

/// An output folder that is being written.
pub(super) struct Folder {
    out: PathBuf,
    /// The part of `out`'s path that we made ourselves; taken away again if the run fails.
    made: Option<PathBuf>,
    staging: PathBuf,
    removals: BufWriter<File>,
    names: Taken,
    asked: BufWriter<File>,
    /// The folder that the last body went to, to save asking for it every time.
    last: PathBuf,
    /// The hidden folder stays when this is dropped.
    keep: bool,
}

/// Refuses a folder with something in it that we did not write.
pub(super) fn check(out: &Path) -> Result<(), Error> {
    let Ok(entries) = fs::read_dir(out) else { return Ok(()) };
    let foreign = entries
        .filter_map(Result::ok)
        .any(|entry| !entry.file_name().as_encoded_bytes().starts_with(HIDDEN.as_bytes()));
    if foreign && !is_whole(out) {
        return Err(Error::Usage(format!(
            "cannot write {}: the folder is not empty and not an earlier output; name another one",
            out.display()
        )));
    }
    Ok(())
}

/// Whether a file stands where an output folder has its own.
#[must_use]
pub fn is_of_folder(out: &Path, file: &Path) -> bool {
    let first = file.strip_prefix(out).ok().and_then(|below| below.iter().next());
    first.is_some_and(|name| [BODIES, REMOVALS, REPORT, SUMMARY, UNFINISHED].iter().any(|own| name == *own))
}

/// Where the checkpoint of an output folder stands.
pub(super) fn checkpoint_path(out: &Path) -> PathBuf {
    out.join(UNFINISHED).join(CHECKPOINT)
}

/// Whether the folder holds the whole output of a run.
pub(super) fn is_whole(out: &Path) -> bool {
    fs::read_to_string(out.join(SUMMARY)).is_ok_and(|json| summary::is_ours(&json))
}

impl Folder {
    /// Makes the folder; with a checkpoint, goes on with what is in its hidden folder.
    pub(super) fn create(out: &Path, checkpoint: Option<&Checkpoint>) -> Result<Self, Error> {
        let failed = |cause| Error::io("cannot write", out, cause);
        let made = missing_part(out);
        let staging = out.join(UNFINISHED);
        fs::create_dir_all(&staging).map_err(failed)?;
        let open = |name| File::options().read(true).append(true).create(true).open(staging.join(name));
        let mut asked = open(NAMES).map_err(failed)?;
        lock(&asked, out)?;
        if checkpoint.is_none() {
            empty(&staging, NAMES).map_err(failed)?;
        }
        let removals = open(REMOVALS).map_err(failed)?;
        fs::create_dir_all(staging.join(BODIES)).map_err(failed)?;
        let (main, names) = checkpoint.map_or_else(Default::default, |saved| (saved.main.clone(), saved.names.clone()));
        for (file, saved, name) in [(&removals, &main, REMOVALS), (&asked, &names, NAMES)] {
            saved.cut_back(file).map_err(|cause| Error::io("cannot write", staging.join(name), cause))?;
        }
        let taken = taken(&mut asked).map_err(failed)?;
        Ok(Self {
            out: out.to_path_buf(),
            made,
            staging,
            removals: BufWriter::new(removals),
            names: taken,
            asked: BufWriter::new(asked),
            last: PathBuf::new(),
            keep: false,
        })
    }

    pub(super) fn write(&mut self, page: &mut Page) -> Result<(), Error> {
        let failed = |path: &Path, cause| Error::io("cannot write", path, cause);
        for body in page.bodies.drain(..) {
            self.asked.write_all(&[body.stem.as_bytes(), b"\0"].concat()).map_err(|cause| failed(&self.out, cause))?;
            let name = self.names.free_name(body.stem) + BODY;
            let path = self.staging.join(BODIES).join(&name);
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

    /// How much is written: of the report, and of the list of names.
    pub(super) fn saved(&mut self) -> Result<(Saved, Saved), Error> {
        let saved = |name, file: &mut BufWriter<File>| {
            let metadata = file.flush().and_then(|()| file.get_ref().metadata());
            metadata
                .map(|there| Saved::of(there.len()))
                .map_err(|cause| Error::io("cannot write", self.out.join(name), cause))
        };
        Ok((saved(REMOVALS, &mut self.removals)?, saved(NAMES, &mut self.asked)?))
    }

    /// What is written stays when this is dropped.
    pub(super) fn keep(&mut self) {
        self.keep = true;
    }

    /// Writes all to its end.
    pub(super) fn finish(&mut self, summary: &Summary, sample: &Sample) -> Result<(), Error> {
        let failed = |name: &str, cause| Error::io("cannot write", self.out.join(name), cause);
        self.removals.flush().map_err(|cause| failed(REMOVALS, cause))?;
        let html = report::html(summary, sample);
        fs::write(self.staging.join(REPORT), html).map_err(|cause| failed(REPORT, cause))?;
        fs::write(self.staging.join(SUMMARY), summary.to_json()).map_err(|cause| failed(SUMMARY, cause))
    }

    /// Moves everything into place.
    pub(super) fn publish(mut self) -> Result<(), Error> {
        self.keep = true;
        publish_left(&self.out)
    }
}

/// Moves everything into place that is written to its end, whether by this run or by one that was killed in doing so.
/// The summary, which marks the folder as ours, comes last.
pub(super) fn publish_left(out: &Path) -> Result<(), Error> {
    let staging = out.join(UNFINISHED);
    let failed = |name: &str, cause| Error::io("cannot write", out.join(name), cause);
    for name in [BODIES, REMOVALS, REPORT, SUMMARY] {
        let (from, to) = (staging.join(name), out.join(name));
        if !from.exists() {
            continue;
        }
        if name == BODIES && to.exists() {
            fs::rename(&to, staging.join(OLD)).map_err(|cause| failed(name, cause))?;
        }
        fs::rename(&from, &to).map_err(|cause| failed(name, cause))?;
    }
    // First what says that there is something to be gone on with.
    let _ = fs::remove_file(staging.join(CHECKPOINT));
    fs::remove_dir_all(&staging).map_err(|cause| failed(UNFINISHED, cause))
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        let _ = fs::remove_dir_all(&self.staging);
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

/// The names that the list asks for, taken.
fn taken(asked: &mut File) -> io::Result<Taken> {
    let mut list = String::new();
    asked.rewind()?;
    asked.read_to_string(&mut list)?;
    asked.seek(SeekFrom::End(0))?;
    let mut taken = Taken::default();
    for stem in list.split_terminator('\0') {
        taken.free_name(stem.to_owned());
    }
    Ok(taken)
}

/// Removes what an earlier run has left in the hidden folder, but for the file that is open.
fn empty(staging: &Path, but: &str) -> io::Result<()> {
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        if entry.file_name() == but {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The outermost folder of the path that is not there yet.
fn missing_part(out: &Path) -> Option<PathBuf> {
    out.ancestors().take_while(|folder| *folder != Path::new("") && !folder.exists()).last().map(Path::to_path_buf)
}
