//! What the user's OUT is: told by its name and by what is there already.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::folder;
use super::page::Form;
use crate::Error;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip: several members, one after the other, so that every core can compress.
    Gzip,
    /// Zstandard: one frame, for not every reader goes on after the first.
    Zstd,
}

impl Compression {
    /// What the name of a file says.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(OsStr::to_str) {
            Some(e) if e.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(e) if e.eq_ignore_ascii_case("zst") => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Where the output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nowhere.
    Nowhere,
    /// To standard output.
    Stdout(Form),
    /// To a device or pipe, written as it comes.
    Device(PathBuf, Form),
    /// To a file, replaced whole.
    File(PathBuf, Form),
    /// To a folder.
    Folder(PathBuf),
}

impl Target {
    /// What `out` is; `to` is what the user said it shall hold.
    ///
    /// # Errors
    /// When it cannot be written to: a format that is not written, a folder in the place of a file
    /// or the other way round, a folder with something in it that is not ours.
    pub fn new(out: Option<&Path>, to: Option<Form>) -> Result<Self, Error> {
        let to_stdout = |form: Form| match form {
            Form::Bodies => Err(Error::Usage("a folder cannot go to standard output; name one with -o".to_owned())),
            form => Ok(Self::Stdout(form)),
        };
        let Some(out) = out else { return to_stdout(to.unwrap_or(Form::Auto)) };
        if is_stdout(out) {
            return to_stdout(to.unwrap_or(Form::Records));
        }
        let there = fs::metadata(out).ok().map(|metadata| metadata.file_type());
        if is_device(out) {
            return Ok(Self::Device(out.to_path_buf(), to.unwrap_or(Form::Records)));
        }
        let form = match to {
            Some(form) => form,
            None => form_by_name(out)?,
        };
        let is_folder = there.is_some_and(|kind| kind.is_dir());
        let names_folder = out.as_os_str().as_encoded_bytes().ends_with(b"/");
        match form {
            Form::Bodies if there.is_some() && !is_folder => Err(Error::Usage(format!(
                "cannot write {}: it is a file; name a folder, or a file ending in .jsonl \
                 or .csv (also .gz and .zst), or in .parquet",
                out.display()
            ))),
            Form::Bodies => {
                folder::check(out)?;
                Ok(Self::Folder(out.to_path_buf()))
            }
            _ if is_folder || names_folder => {
                Err(Error::Usage(format!("cannot write {}: it is a folder", out.display())))
            }
            form => Ok(Self::File(out.to_path_buf(), form)),
        }
    }

    /// A file of its own beside the output, such as a report.
    #[must_use]
    pub fn side_file(path: &Path) -> Self {
        if is_stdout(path) {
            Self::Stdout(Form::Records)
        } else if is_device(path) {
            Self::Device(path.to_path_buf(), Form::Records)
        } else {
            Self::File(path.to_path_buf(), Form::Records)
        }
    }

    /// What is written there.
    #[must_use]
    pub fn form(&self) -> Form {
        match self {
            Self::Nowhere => Form::Nothing,
            Self::Stdout(form) | Self::Device(_, form) | Self::File(_, form) => *form,
            Self::Folder(_) => Form::Bodies,
        }
    }

    /// How it is compressed.
    #[must_use]
    pub fn compression(&self) -> Compression {
        match self {
            Self::File(path, _) | Self::Device(path, _) => Compression::of(path),
            _ => Compression::None,
        }
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdout")
}

/// Whether this is written as it comes: a device, a pipe, or a file that is open already.
fn is_device(path: &Path) -> bool {
    path == Path::new("/dev/stderr")
        || path.starts_with("/dev/fd")
        || fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

fn form_by_name(out: &Path) -> Result<Form, Error> {
    // `out.jsonl/` is a folder, whatever its name.
    if out.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Ok(Form::Bodies);
    }
    let name = out.file_name().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    if is_jsonl(plain) {
        return Ok(Form::Records);
    }
    if plain.ends_with(".csv") {
        return Ok(Form::Csv);
    }
    if name.ends_with(".parquet") {
        return Ok(Form::Parquet);
    }
    // Who names such a file hardly means a folder, but may have one.
    let single = [".json", ".txt", ".html", ".htm", ".xhtml"];
    if single.iter().any(|end| plain.ends_with(end)) && !out.is_dir() {
        return Err(Error::Usage(format!(
            "cannot write {out}: the name does not say what it is to hold; name a file ending in .jsonl or .csv (also .gz \
             and .zst) or in .parquet, or {out}/ for a folder, or say it by --to (txt is the bodies alone)",
            out = out.display()
        )));
    }
    let foreign =
        [".tsv", ".warc", ".tar", ".jsonl.bz2", ".ndjson.bz2", ".csv.bz2", ".parquet", ".jsonl.xz", ".csv.xz"];
    if foreign.iter().any(|end| plain.ends_with(end)) {
        return Err(Error::Usage(format!(
            "cannot write {}: this format is not written; the formats are .jsonl and .csv (also .gz and .zst), \
             .parquet, or a folder",
            out.display()
        )));
    }
    Ok(Form::Bodies)
}

fn is_jsonl(name: &str) -> bool {
    name.ends_with(".jsonl") || name.ends_with(".ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_what_is_written() {
        let target = |name: &str, to| Target::new(Some(Path::new(name)), to);
        let file = |name: &str, form| Target::File(name.into(), form);
        assert_eq!(target("no/a.jsonl", None).unwrap(), file("no/a.jsonl", Form::Records));
        assert_eq!(target("no/a.jsonl.zst", None).unwrap().compression(), Compression::Zstd);
        assert_eq!(target("no/a.jsonl/", None).unwrap(), Target::Folder("no/a.jsonl/".into()));
        assert_eq!(target("no/a.txt/", None).unwrap(), Target::Folder("no/a.txt/".into()));
        assert_eq!(target("no/a.json", Some(Form::Bodies)).unwrap(), Target::Folder("no/a.json".into()));
        assert_eq!(target("no/a.txt", Some(Form::Text)).unwrap(), file("no/a.txt", Form::Text));
        assert_eq!(target("-", None).unwrap(), Target::Stdout(Form::Records));
        assert_eq!(Target::new(None, None).unwrap(), Target::Stdout(Form::Auto));
        assert_eq!(target("no/a.csv.gz", None).unwrap(), file("no/a.csv.gz", Form::Csv));
        for form in [Form::Records, Form::Diff] {
            assert!(target("no/folder/", Some(form)).is_err(), "{form:?} is one file");
        }
        for name in ["a.tsv", "a.warc.gz", "a.jsonl.bz2", "no/a.txt", "a.json", "a.HTML.gz"] {
            assert!(target(name, None).is_err(), "{name}");
        }
    }
}
