//! A file that is either whole or not there.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Stdout, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use super::target::{Compression, Target};
use crate::Error;

/// Something bytes are written to. A file comes to its name only by [`commit`](Self::commit);
/// dropped before, it leaves nothing.
pub(super) struct Output {
    /// How messages call it.
    name: PathBuf,
    inner: Inner,
}

enum Inner {
    Plain(Raw),
    Gzip(GzEncoder<Raw>),
    Zstd(zstd::Encoder<'static, Raw>),
}

/// Where bytes end up.
enum Raw {
    Stdout(Stdout),
    Device(File),
    /// Written under another name in the same folder, so that the last step is a mere renaming.
    Staged(NamedTempFile, PathBuf),
}

impl Output {
    /// Opens a target that is not a folder.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened or created.
    pub(super) fn open(target: &Target, compression: Compression) -> Result<Self, Error> {
        let (name, raw) = match target {
            Target::File(path, _) => {
                let raw = stage(path).map_err(|cause| Error::io("cannot write", path, cause))?;
                (path.clone(), raw)
            }
            Target::Device(path, _) => {
                let file = File::options().write(true).open(path);
                let file = file.map_err(|cause| Error::io("cannot write", path, cause))?;
                (path.clone(), Raw::Device(file))
            }
            Target::Stdout(_) | Target::Folder(_) | Target::Nowhere => {
                (PathBuf::from("standard output"), Raw::Stdout(io::stdout()))
            }
        };
        let inner = match compression {
            Compression::Zstd => {
                Inner::Zstd(zstd::Encoder::new(raw, 0).map_err(|cause| Error::io("cannot write", &name, cause))?)
            }
            Compression::Gzip => Inner::Gzip(GzEncoder::new(raw, flate2::Compression::default())),
            Compression::None => Inner::Plain(raw),
        };
        Ok(Self { name, inner })
    }

    /// The unfinished file, if there is one.
    pub(super) fn unfinished(&self) -> Option<PathBuf> {
        let raw = match &self.inner {
            Inner::Plain(raw) => raw,
            Inner::Gzip(encoder) => encoder.get_ref(),
            Inner::Zstd(encoder) => encoder.get_ref(),
        };
        match raw {
            Raw::Staged(file, _) => Some(file.path().to_path_buf()),
            _ => None,
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        let written = match &mut self.inner {
            Inner::Plain(raw) => raw.write_all(bytes),
            Inner::Gzip(encoder) => encoder.write_all(bytes),
            Inner::Zstd(encoder) => encoder.write_all(bytes),
        };
        written.map_err(|cause| Error::io("cannot write", &self.name, cause))
    }

    /// Ends the file and gives it its name.
    pub(super) fn commit(self) -> Result<(), Error> {
        let Self { name, inner } = self;
        let failed = |cause| Error::io("cannot write", &name, cause);
        let mut raw = match inner {
            Inner::Plain(raw) => raw,
            Inner::Gzip(encoder) => encoder.finish().map_err(failed)?,
            Inner::Zstd(encoder) => encoder.finish().map_err(failed)?,
        };
        raw.flush().map_err(failed)?;
        if let Raw::Staged(file, path) = raw {
            // On disk before it has its name, or a crash could leave an empty file under it.
            file.as_file().sync_all().map_err(failed)?;
            file.persist(&path).map_err(|error| failed(error.error))?;
            sync_folder(&path);
        }
        Ok(())
    }
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
        target @ Target::File(..) => Output::open(&target, Compression::None).map(drop),
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
    let mut output = Output::open(&target, target.compression())?;
    output.write(bytes)?;
    output.commit()
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::Device(file) => file.write(bytes),
            Self::Staged(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::Device(file) => file.flush(),
            Self::Staged(file, _) => file.flush(),
        }
    }
}

fn stage(path: &Path) -> io::Result<Raw> {
    // Of a symbolic link the file behind it is replaced, not the link.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    discard_leftovers(folder, path.file_name().unwrap_or_default())?;
    let prefix = unfinished_prefix(path.file_name().unwrap_or_default());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(UNFINISHED);
    let permissions = fs::metadata(&path).ok().map(|there| there.permissions());
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets, before the umask; a temporary file would be for its owner alone.
        permissions.or_else(|| Some(fs::Permissions::from_mode(0o666)))
    };
    if let Some(permissions) = permissions.filter(|permissions| !permissions.readonly()) {
        builder.permissions(permissions);
    }
    Ok(Raw::Staged(builder.tempfile_in(folder)?, path))
}

/// The end of an unfinished file's name.
const UNFINISHED: &str = ".part";

/// The beginning of an unfinished file's name: hidden, and it says what it is to become.
fn unfinished_prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// What a run that was killed has left for the same file.
fn discard_leftovers(folder: &Path, name: &OsStr) -> io::Result<()> {
    let prefix = unfinished_prefix(name);
    for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
        let found = entry.file_name();
        let middle = found
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(UNFINISHED.as_bytes()));
        if middle.is_some_and(|random| random.iter().all(u8::is_ascii_alphanumeric)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a renaming last. Not every system can, and the file itself is safe already.
pub(super) fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
}
