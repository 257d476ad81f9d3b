//! A folder's files, in sorted order.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// One thing met on the walk.
#[derive(Debug)]
pub(super) enum Met {
    /// A file.
    File(PathBuf, Metadata),
    /// Something that cannot be read, and why.
    Unreadable(PathBuf, String),
    /// Not a file: a pipe, a socket, a device.
    Odd(PathBuf),
}

/// Walks a folder: names sorted, hidden ones left out, symbolic links followed unless they lead
/// back into the walk. `exclude` are real paths that are left out: what the run itself writes.
pub(super) fn walk(folder: &Path, exclude: &[PathBuf]) -> impl Iterator<Item = Met> + Send + use<> {
    let exclude = exclude.to_vec();
    WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(move |entry| entry.depth() == 0 || !is_left_out(entry, &exclude))
        .filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_dir() => None,
            Ok(entry) if entry.file_type().is_file() => Some(match entry.metadata() {
                Ok(metadata) => Met::File(entry.into_path(), metadata),
                Err(error) => Met::Unreadable(entry.into_path(), error.to_string()),
            }),
            Ok(entry) => Some(Met::Odd(entry.into_path())),
            Err(error) => {
                let path = error.path().map(Path::to_path_buf).unwrap_or_default();
                if error.loop_ancestor().is_some() {
                    return None;
                }
                let reason =
                    error.into_io_error().map_or_else(|| "cannot be read".to_owned(), |error| error.to_string());
                Some(Met::Unreadable(path, reason))
            }
        })
}

fn is_left_out(entry: &DirEntry, exclude: &[PathBuf]) -> bool {
    let name = entry.file_name();
    name.as_encoded_bytes().starts_with(b".")
        || exclude.iter().any(|path| {
            // The name first: asking for the real path of every file would be slow.
            path.file_name() == Some(name) && entry.path().canonicalize().is_ok_and(|real| real == *path)
        })
}
