//! `--files-from`: inputs that are named by the lines of a file.

use std::fs::{File, metadata};
use std::io::{Read, stdin};
use std::path::{Path, PathBuf};

use cleancopy::Error;

/// The paths that the lines of a list name; `-` is standard input.
pub(super) fn paths(list: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut text = Vec::new();
    let read = match list == Path::new("-") {
        true => stdin().read_to_end(&mut text),
        false => File::open(list).and_then(|mut file| file.read_to_end(&mut text)),
    };
    read.map_err(|cause| Error::io("cannot read", list, cause))?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let named = (1..).zip(lines).filter(|(_, line)| !line.is_empty());
    named.map(|(number, line)| named_by(line).map_err(|what| bad(list, number, &what))).collect()
}

fn bad(list: &Path, number: u64, what: &str) -> Error {
    Error::Usage(format!("{}, line {number}: {what}", list.display()))
}

/// The file that a line names; `Err` says in words why there is none.
fn named_by(line: &[u8]) -> Result<PathBuf, String> {
    let path = path(line).ok_or("it is not valid UTF-8, so it names no file")?;
    match metadata(&path) {
        Err(cause) if path != Path::new("-") => Err(format!("cannot read {}: {cause}", path.display())),
        _ => Ok(path),
    }
}

/// The path that a line names.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not every line is a path")]
fn path(line: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(line)))
}

/// The path that a line names.
#[cfg(not(unix))]
fn path(line: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(line).ok().map(PathBuf::from)
}
