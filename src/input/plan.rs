//! The inputs the user named, checked before the run starts.

use std::fs::{self, File, Metadata};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chunk::{Extra, Place, Reading};
use super::fields::Fields;
use super::format::{self, Format, Named};
use super::mirror;
use super::reader::{Chunks, Documents};
use super::source::{Opening, SNIFFED};
use super::stream::{self, Bytes, Meter};
use super::table::{self, Typed};
use super::walk::{self, Met};
use crate::Error;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format of what is named; by default its name tells, else its content. In folders it is
    /// the format of files whose names tell none.
    pub from: Option<Format>,
    /// Where records keep their text.
    pub fields: Fields,
    /// Files and folders that are left out when walking: what the run itself writes.
    pub exclude: Vec<PathBuf>,
    /// What stands between the fields of a row of CSV; by default the header tells.
    pub delimiter: Option<u8>,
    /// The most bytes that one compressed document, or record of an archive, may decompress to. Default: 256 MiB.
    pub most_decompressed: u64,
    /// Whether fields that are not used are passed through. Default: yes. Without it, columns of Parquet that are not
    /// used are not read.
    pub extra: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            from: None,
            fields: Fields::default(),
            exclude: Vec::new(),
            delimiter: None,
            most_decompressed: 256 << 20,
            extra: true,
        }
    }
}

/// What is to be read: every named input is there, readable, and of a format we read.
#[derive(Debug)]
pub struct Inputs {
    pub(super) entries: Vec<Entry>,
    pub(super) common: PathBuf,
    pub(super) from: Option<Format>,
    pub(super) exclude: Vec<PathBuf>,
    pub(super) opening: Opening,
}

/// One named input.
pub(super) enum Entry {
    Folder(PathBuf),
    File(PathBuf, Format, Metadata),
    /// Standard input or a pipe: opened already, for it can be read but once.
    Stream {
        place: Place,
        format: Format,
        /// Its first bytes, by which it is known again.
        head: Vec<u8>,
        /// All of it, from the beginning.
        stream: Bytes,
    },
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "Folder({path:?})"),
            Self::File(path, format, _) => write!(f, "File({path:?}, {format:?})"),
            Self::Stream { place, format, .. } => write!(f, "Stream({place:?}, {format:?})"),
        }
    }
}

impl Inputs {
    /// Checks the named inputs; `-` is standard input.
    ///
    /// # Errors
    /// [`Error::Io`] when one is not there or not readable, [`Error::Usage`] when it is of a format
    /// that is not read.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>, options: Options) -> Result<Self, Error> {
        let meter = Meter::default();
        let entries =
            paths.into_iter().map(|path| entry(path.as_ref(), options.from, &meter)).collect::<Result<Vec<_>, _>>()?;
        if entries.iter().filter(|entry| matches!(entry, Entry::Stream { place, .. } if &*place.source == "-")).count()
            > 1
        {
            return Err(Error::Usage("standard input (`-`) can be read only once".to_owned()));
        }
        let common = mirror::common_folder(entries.iter().filter_map(|entry| match entry {
            Entry::Folder(path) => Some(path.as_path()),
            Entry::File(path, ..) => Some(path.parent().unwrap_or(Path::new(""))),
            Entry::Stream { .. } => None,
        }));
        let exclude = options.exclude.iter().filter_map(|path| path.canonicalize().ok()).collect();
        let fields = Arc::new(options.fields);
        let reading = Reading {
            fields,
            meter,
            limit: options.most_decompressed,
            extra: if options.extra { Extra::Json } else { Extra::None },
        };
        let opening = Opening { reading, delimiter: options.delimiter, depth: 0 };
        Ok(Self { entries, common, from: options.from, exclude, opening })
    }

    /// The types of the columns that are not used, if every input is a Parquet file that has the same ones: then they
    /// can be passed through as they are, by [`Chunk::extra`](super::Chunk::extra), and not as JSON; from now on
    /// they are.
    #[must_use]
    pub fn typed_extra(&mut self) -> Option<Typed> {
        let reading = &self.opening.reading;
        let types = |path: &Path, format| match format {
            Format::Parquet => table::extra_types(path, &reading.fields),
            _ => None,
        };
        let mut all: Option<Typed> = None;
        let mut add = |more: Option<Typed>| match (&all, more) {
            (None, Some(more)) => {
                all = Some(more);
                true
            }
            (Some(all), Some(more)) => *all == more,
            (_, None) => false,
        };
        for entry in &self.entries {
            let same = match entry {
                Entry::File(path, format, _) => add(types(path, *format)),
                Entry::Stream { .. } => false,
                Entry::Folder(path) => walk::walk(path, &self.exclude).all(|met| match met {
                    Met::File(path, _) => {
                        format_in_folder(&path, self.from).is_none_or(|format| add(types(&path, format)))
                    }
                    Met::Odd(_) => true,
                    Met::Unreadable(..) => false,
                }),
            };
            if !same {
                return None;
            }
        }
        self.opening.reading.extra = if all.is_some() { Extra::Typed } else { self.opening.reading.extra };
        all
    }

    /// Counts what is read, for a display of the progress.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.opening.reading.meter.clone()
    }

    /// Adds up the sizes of all that will be read; the sum comes out when the returned closure is
    /// called, which goes through the folders once. `None` if a stream is among them.
    pub fn total_bytes(&self) -> impl FnOnce() -> Option<u64> + Send + use<> {
        let mut known = Some(0);
        let mut folders = Vec::new();
        for entry in &self.entries {
            match entry {
                Entry::Folder(path) => folders.push(path.clone()),
                Entry::File(_, _, metadata) => known = known.map(|sum| sum + metadata.len()),
                Entry::Stream { .. } => known = None,
            }
        }
        let (exclude, from) = (self.exclude.clone(), self.from);
        move || {
            let known = known?;
            let inside = folders.iter().flat_map(|folder| walk::walk(folder, &exclude));
            Some(
                known
                    + inside
                        .map(|met| match met {
                            Met::File(path, metadata) if format_in_folder(&path, from).is_some() => metadata.len(),
                            _ => 0,
                        })
                        .sum::<u64>(),
            )
        }
    }

    /// Whether any of the inputs is the file or folder at `path`, by whatever name, or in it.
    #[must_use]
    pub fn overlap(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else { return false };
        self.entries.iter().any(|entry| match entry {
            Entry::Folder(input) | Entry::File(input, ..) => {
                input.canonicalize().is_ok_and(|input| input.starts_with(&real))
            }
            Entry::Stream { .. } => false,
        })
    }

    /// Reads, in chunks: what a parallel run wants.
    #[must_use]
    pub fn chunks(self) -> Chunks {
        Chunks::new(self)
    }

    /// Reads, one document after the other.
    #[must_use]
    pub fn documents(self) -> Documents {
        Documents::new(self.chunks())
    }
}

/// The format of a file met in a folder; `None` if it is not for us.
pub(super) fn format_in_folder(path: &Path, from: Option<Format>) -> Option<Format> {
    match format::by_name(path) {
        Named::Known(format) => Some(format),
        Named::Foreign(_) => None,
        Named::Json | Named::Unknown => from,
    }
}

fn entry(path: &Path, from: Option<Format>, meter: &Meter) -> Result<Entry, Error> {
    let unreadable = |cause| Error::io("cannot read", path, cause);
    if path == Path::new("-") {
        let place = Place { source: "-".into(), mirror: "stdin".into() };
        let opened = stream::decompress(stream::stdin(), meter).map_err(unreadable)?;
        return stream_entry(place, opened, path, from);
    }
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        fs::read_dir(path).map_err(unreadable)?;
        return Ok(Entry::Folder(path.to_path_buf()));
    }
    if !metadata.is_file() {
        let place = Place {
            source: path.to_string_lossy().into(),
            mirror: mirror::below(path.parent().unwrap_or(path), path).into(),
        };
        let opened = stream::open(path, meter).map_err(unreadable)?;
        return stream_entry(place, opened, path, from);
    }
    let file = File::open(path).map_err(unreadable)?;
    let format = match (from, format::by_name(path)) {
        (Some(format), _) | (None, Named::Known(format)) => format,
        (None, Named::Foreign(name)) => return Err(foreign(path, name)),
        (None, named) => {
            let mut opened = stream::decompress(file, &Meter::default()).map_err(unreadable)?;
            match sniff(&mut opened, path)?.0 {
                Format::Text if named == Named::Json => {
                    return Err(foreign(path, "JSON that is not one record a line"));
                }
                format => format,
            }
        }
    };
    Ok(Entry::File(path.to_path_buf(), format, metadata))
}

fn stream_entry(place: Place, mut opened: Bytes, path: &Path, from: Option<Format>) -> Result<Entry, Error> {
    let (format, head) = match from {
        Some(format) => (format, head(&mut opened, path)?),
        None => sniff(&mut opened, path)?,
    };
    let stream = Box::new(Cursor::new(head.clone()).chain(opened));
    Ok(Entry::Stream { place, format, head, stream })
}

fn head(opened: &mut Bytes, path: &Path) -> Result<Vec<u8>, Error> {
    stream::peek(opened, SNIFFED).map_err(|cause| Error::io("cannot read", path, cause))
}

/// The format by content, and the bytes that were looked at.
fn sniff(opened: &mut Bytes, path: &Path) -> Result<(Format, Vec<u8>), Error> {
    let head = head(opened, path)?;
    let complete = (head.len() as u64) < SNIFFED;
    let format = format::by_content(&head, complete).map_err(|name| foreign(path, name))?;
    Ok((format, head))
}

fn foreign(path: &Path, name: &str) -> Error {
    Error::Usage(format!(
        "cannot read {}: {name} is not among the formats read, which are txt, html, jsonl, csv, \
         parquet, warc and tar (also .gz, .zst and .bz2)",
        path.display()
    ))
}
