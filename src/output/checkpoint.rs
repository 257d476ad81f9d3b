//! What a run that was broken off leaves behind, so that the next one can go on from there.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::{Saved, sync_folder};
use super::summary::Summary;
use crate::Error;
use crate::input::Cursor;
use crate::report::Sample;
use crate::text::hash::{START, fnv};

/// What the output of a run depends on beside its inputs, by name: a run is only resumed by one that has the same.
pub type Settings = BTreeMap<String, String>;

/// What tells one file from another in [`Settings`]: a hash of its bytes, in hexadecimal digits.
#[must_use]
pub fn content_hash(bytes: &[u8]) -> String {
    format!("{:016x}", fnv(START, bytes))
}

/// The state of a run between two pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The version of the program: another one may judge otherwise.
    version: String,
    settings: Settings,
    /// Pages written.
    pub(super) pages: usize,
    /// Where reading goes on.
    pub(super) cursor: Cursor,
    pub(super) main: Saved,
    /// Of a Parquet file, its footer so far, in hexadecimal digits.
    #[serde(default)]
    pub(super) footer: Option<String>,
    pub(super) report: Option<Saved>,
    /// Names given in a folder: bytes of their list.
    pub(super) names: Saved,
    /// Counts so far.
    pub(super) summary: Summary,
    /// What a report shows so far.
    pub(super) sample: Sample,
    /// All is written; what is missing are the names of the files.
    pub(super) finished: bool,
}

impl Checkpoint {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: settings.clone(),
            pages: 0,
            cursor: Cursor::default(),
            main: Saved::default(),
            footer: None,
            report: None,
            names: Saved::default(),
            summary: Summary::default(),
            sample: Sample::default(),
            finished: false,
        }
    }

    /// Where reading goes on.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Pages written so far.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Counts so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The checkpoint at `path`, if there is one.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(Error::io("cannot read", path, cause)),
        };
        let parsed = serde_json::from_slice(&text);
        parsed.map(Some).map_err(|error| {
            Error::Usage(format!("cannot resume: {} is damaged: {error}; run without --resume", path.display()))
        })
    }

    /// Refuses to go on with a run that was begun otherwise.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), Error> {
        let refuse = |what: String| {
            Err(Error::Usage(format!(
                "cannot resume: the run was begun {what}; give the same command, or run without --resume to begin again"
            )))
        };
        if self.version != env!("CARGO_PKG_VERSION") {
            return refuse(format!("by version {} of cleancopy", self.version));
        }
        let names = self.settings.keys().chain(settings.keys());
        for name in names {
            let (then, now) = (self.settings.get(name), settings.get(name));
            if then != now {
                let shown = |value: Option<&String>| value.map_or_else(|| "without it".to_owned(), Clone::clone);
                return refuse(format!("with another {name}: {} then, {} now", shown(then), shown(now)));
            }
        }
        Ok(())
    }

    /// Puts it at `path`, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let failed = |cause| Error::io("cannot write", path, cause);
        let text = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        // One run at a time writes here, and the next one takes the place of what a killed one has left.
        let new = new_of(path);
        fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(failed)?;
        if self.finished {
            sync_folder(path);
        }
        Ok(())
    }
}

/// Removes a checkpoint, and what a run has left that was killed as it wrote one.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    for path in [&new_of(path), path] {
        match fs::remove_file(path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

fn new_of(path: &Path) -> PathBuf {
    path.with_added_extension("new")
}

/// Bytes as hexadecimal digits.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The bytes again.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
