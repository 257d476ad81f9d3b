//! A file that is either whole or not there, and whose beginning can be kept for a later run to go on with.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Stdout, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::page::gzip;
use super::target::{Compression, Target};
use crate::Error;

/// Something bytes are written to. A file comes to its name only by [`finish`](Self::finish) and
/// [`publish`](Self::publish); dropped before, it leaves nothing unless it was told to [`keep`](Self::keep).
pub(super) struct Output {
    /// How messages call it.
    name: PathBuf,
    inner: Inner,
    /// The bytes written, of a zstd file before compression; and where its compressor was flushed.
    plain: u64,
    flushes: Vec<u64>,
}

enum Inner {
    Plain(Raw),
    /// Each write is a member of its own.
    Gzip(Raw),
    Zstd(zstd::Encoder<'static, Raw>),
}

/// Where bytes end up.
enum Raw {
    Stdout(Stdout),
    Device(File),
    Staged(Staged),
}

/// A file that is written under another name in the same folder, so that the last step is a mere renaming.
struct Staged {
    file: File,
    part: PathBuf,
    path: PathBuf,
    keep: bool,
}

/// How much of a file is written, to go on from there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved {
    /// The bytes of the unfinished file.
    bytes: u64,
    /// Where the compressor was flushed, in bytes that went into it. The last one is where it stands.
    #[serde(default)]
    flushes: Vec<u64>,
}

impl Saved {
    pub(super) fn of(bytes: u64) -> Self {
        Self { bytes, flushes: Vec::new() }
    }

    /// Takes off what was written after this was saved.
    pub(super) fn cut_back(&self, file: &File) -> io::Result<()> {
        let there = file.metadata()?.len();
        if there < self.bytes {
            let words =
                format!("{there} of {} bytes are left of the unfinished file; run without --resume", self.bytes);
            return Err(io::Error::other(words));
        }
        file.set_len(self.bytes)
    }
}

impl Output {
    /// Opens a target that is not a folder; `saved` is what an earlier run has left of it.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened or created, [`Error::Usage`] when another run is writing it, or less is
    /// left of it than there should be.
    pub(super) fn open(target: &Target, compression: Compression, saved: Option<&Saved>) -> Result<Self, Error> {
        let (name, raw) = match target {
            Target::File(path, _) => (path.clone(), Raw::Staged(Staged::open(path, saved.is_some())?)),
            Target::Device(path, _) => {
                let file = File::options().write(true).open(path);
                let file = file.map_err(|cause| Error::io("cannot write", path, cause))?;
                (path.clone(), Raw::Device(file))
            }
            Target::Stdout(_) | Target::Folder(_) | Target::Nowhere => {
                (PathBuf::from("standard output"), Raw::Stdout(io::stdout()))
            }
        };
        let failed = |cause| Error::io("cannot write", &name, cause);
        let encoder = |raw| zstd::Encoder::new(raw, 0);
        let mut output = Self {
            inner: match compression {
                Compression::Zstd => Inner::Zstd(encoder(raw).map_err(failed)?),
                Compression::Gzip => Inner::Gzip(raw),
                Compression::None => Inner::Plain(raw),
            },
            name: name.clone(),
            plain: 0,
            flushes: Vec::new(),
        };
        if let Some(saved) = saved {
            output.go_on(saved).map_err(failed)?;
        }
        Ok(output)
    }

    /// Puts what an earlier run has written in front.
    fn go_on(&mut self, saved: &Saved) -> io::Result<()> {
        let Some(staged) = self.staged() else { return Ok(()) };
        saved.cut_back(&staged.file)?;
        if let Inner::Zstd(encoder) = &mut self.inner {
            // A frame cannot be opened again, so it is written anew over itself: of the same bytes, flushed at the same
            // places, becomes the same frame, so that the file is sound at every moment. That takes a small part of the
            // time that cleaning took.
            let Raw::Staged(staged) = encoder.get_ref() else { return Ok(()) };
            let mut plain = zstd::Decoder::new(File::open(&staged.part)?)?;
            for flush in &saved.flushes {
                let piece = flush - self.plain;
                if io::copy(&mut (&mut plain).take(piece), encoder)? < piece {
                    return Err(io::Error::other("the unfinished file is damaged; run without --resume"));
                }
                encoder.flush()?;
                self.plain = *flush;
            }
            if let Raw::Staged(staged) = encoder.get_mut()
                && staged.file.stream_position()? != saved.bytes
            {
                return Err(io::Error::other("the unfinished file was compressed otherwise; run without --resume"));
            }
            self.flushes.clone_from(&saved.flushes);
        } else if let Some(staged) = self.staged() {
            self.plain = (&staged.file).seek(SeekFrom::End(0))?;
        }
        Ok(())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.plain += bytes.len() as u64;
        let written = match &mut self.inner {
            Inner::Plain(raw) => raw.write_all(bytes),
            Inner::Gzip(raw) => raw.write_all(&gzip(bytes)),
            Inner::Zstd(encoder) => encoder.write_all(bytes),
        };
        written.map_err(|cause| Error::io("cannot write", &self.name, cause))
    }

    /// The error of an output that cannot be written.
    pub(super) fn failed(&self, cause: io::Error) -> Error {
        Error::io("cannot write", &self.name, cause)
    }

    /// Whether it can be saved after every write; else only after a [`rest`](Self::rest).
    pub(super) fn is_always_at_rest(&self) -> bool {
        !matches!(self.inner, Inner::Zstd(_))
    }

    /// Comes to a state that can be saved. Where that is done shows in the bytes of a compressed file.
    pub(super) fn rest(&mut self) -> Result<(), Error> {
        if let Inner::Zstd(encoder) = &mut self.inner {
            encoder.flush().map_err(|cause| Error::io("cannot write", &self.name, cause))?;
            self.flushes.push(self.plain);
        }
        Ok(())
    }

    /// How much is written; after a [`rest`](Self::rest).
    pub(super) fn saved(&self) -> Result<Saved, Error> {
        let metadata = self.staged().map(|staged| staged.file.metadata()).transpose();
        let metadata = metadata.map_err(|cause| Error::io("cannot write", &self.name, cause))?;
        Ok(Saved { bytes: metadata.map_or(0, |there| there.len()), flushes: self.flushes.clone() })
    }

    /// The unfinished file stays when this is dropped.
    pub(super) fn keep(&mut self) {
        let raw = match &mut self.inner {
            Inner::Plain(raw) | Inner::Gzip(raw) => raw,
            Inner::Zstd(encoder) => encoder.get_mut(),
        };
        if let Raw::Staged(staged) = raw {
            staged.keep = true;
        }
    }

    fn staged(&self) -> Option<&Staged> {
        let raw = match &self.inner {
            Inner::Plain(raw) | Inner::Gzip(raw) => raw,
            Inner::Zstd(encoder) => encoder.get_ref(),
        };
        match raw {
            Raw::Staged(staged) => Some(staged),
            _ => None,
        }
    }

    /// Writes the file to its end, and to the disk.
    pub(super) fn finish(self) -> Result<Finished, Error> {
        let Self { name, inner, plain, .. } = self;
        let failed = |cause| Error::io("cannot write", &name, cause);
        let mut raw = match inner {
            Inner::Plain(raw) => raw,
            Inner::Gzip(mut raw) => {
                if plain == 0 {
                    raw.write_all(&gzip(b"")).map_err(failed)?;
                }
                raw
            }
            Inner::Zstd(encoder) => encoder.finish().map_err(failed)?,
        };
        raw.flush().map_err(failed)?;
        let staged = match raw {
            Raw::Staged(staged) => {
                // On disk before it has its name, or a crash could leave an empty file under it.
                staged.file.sync_all().map_err(failed)?;
                Some(staged)
            }
            _ => None,
        };
        Ok(Finished { name, staged })
    }
}

/// A file that is whole and lacks but its name.
pub(super) struct Finished {
    name: PathBuf,
    staged: Option<Staged>,
}

impl Finished {
    /// The file stays when this is dropped, for a later run to publish.
    pub(super) fn keep(&mut self) {
        if let Some(staged) = &mut self.staged {
            staged.keep = true;
        }
    }

    /// Gives the file its name.
    pub(super) fn publish(mut self) -> Result<(), Error> {
        match &mut self.staged {
            Some(staged) => {
                staged.keep = true;
                rename(&staged.part, &staged.path).map_err(|cause| Error::io("cannot write", &self.name, cause))
            }
            None => Ok(()),
        }
    }
}

/// Gives a file its name that an earlier run has written to its end; one that has it already is passed over.
pub(super) fn publish_left(path: &Path) -> Result<(), Error> {
    let path = real(path);
    match rename(&part_of(&path), &path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(Error::io("cannot write", &path, cause)),
        _ => Ok(()),
    }
}

fn rename(part: &Path, path: &Path) -> io::Result<()> {
    fs::rename(part, path)?;
    sync_folder(path);
    Ok(())
}

/// Checks that a file, as [`write_whole`] takes it, can be written. Nothing is left of it.
///
/// # Errors
/// [`Error::Io`] when it cannot be created, [`Error::Usage`] when it is a folder.
pub fn check_writable(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Err(Error::Usage(format!("cannot write {}: it is a folder", path.display())));
    }
    match Target::side_file(path) {
        target @ Target::File(..) => Output::open(&target, Compression::None, None).map(drop),
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all, compressed as its name says; `-` is standard output, and a device is
/// written as it is.
///
/// # Errors
/// [`Error::Io`] when it cannot be written to its end.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let target = Target::side_file(path);
    let mut output = Output::open(&target, target.compression(), None)?;
    output.write(bytes)?;
    output.finish()?.publish()
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Device(file) => file.write(bytes),
            Self::Staged(staged) => staged.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Device(file) => file.flush(),
            Self::Staged(staged) => staged.file.flush(),
        }
    }
}

impl Staged {
    /// Opens the unfinished file of `path`, and empties it unless it is to be gone on with.
    fn open(path: &Path, goes_on: bool) -> Result<Self, Error> {
        let failed = |cause| Error::io("cannot write", path, cause);
        let real = real(path);
        fs::create_dir_all(folder_of(&real)).map_err(failed)?;
        let part = part_of(&real);
        let file =
            File::options().read(true).write(true).create(!goes_on).truncate(false).open(&part).map_err(failed)?;
        lock(&file, path)?;
        if !goes_on {
            file.set_len(0).map_err(failed)?;
        }
        if let Some(permissions) = fs::metadata(&real).ok().map(|there| there.permissions()).filter(|p| !p.readonly()) {
            file.set_permissions(permissions).map_err(failed)?;
        }
        Ok(Self { file, part, path: real, keep: false })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Sees to it that no two runs write the same output at a time. The lock goes with the process.
pub(super) fn lock(file: &File, path: &Path) -> Result<(), Error> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(Error::Usage(format!("cannot write {}: another run is writing it", path.display())))
        }
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Of a symbolic link the file behind it is replaced, not the link.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// The unfinished file: hidden, and it says what it is to become.
fn part_of(path: &Path) -> PathBuf {
    hidden(path, ".part")
}

/// A hidden file beside `path`.
pub(super) fn hidden(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or(OsStr::new("")));
    name.push(end);
    path.with_file_name(name)
}

/// Makes a renaming last. Not every system can, and the file itself is safe already.
pub(super) fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}
