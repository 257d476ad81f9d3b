//! Where a document stands below the folder that holds all inputs.
//!
//! An output folder mirrors the input tree. Of one input folder that is the path inside it; of
//! several inputs it is the path below the deepest folder that holds them all, so that
//! `news/de/1.txt` and `news/en/1.txt` stay apart.

use std::path::{Component, Path, PathBuf};

/// The deepest folder, by name alone, that holds every one of these folders.
pub(super) fn common_folder<'p>(folders: impl IntoIterator<Item = &'p Path>) -> PathBuf {
    let mut folders = folders.into_iter().map(|folder| parts(folder).collect::<Vec<_>>());
    let mut common = folders.next().unwrap_or_default();
    for folder in folders {
        let same = common.iter().zip(&folder).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    common.into_iter().collect()
}

/// The path below `folder`, with forward slashes; what leads out of it (`..`, `/`) is dropped.
pub(super) fn below(folder: &Path, path: &Path) -> String {
    let same = parts(folder).zip(parts(path)).take_while(|(a, b)| a == b).count();
    let names = parts(path).skip(same).filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

fn parts(path: &Path) -> impl Iterator<Item = Component<'_>> {
    path.components().filter(|part| *part != Component::CurDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_mirrored_below_what_is_common() {
        let common = |folders: &[&str]| common_folder(folders.iter().map(Path::new));
        assert_eq!(common(&["corpus/raw"]), Path::new("corpus/raw"));
        assert_eq!(common(&["news/de", "./news/en"]), Path::new("news"));
        assert_eq!(common(&["a", "b"]), Path::new(""));
        assert_eq!(below(Path::new("corpus/raw"), Path::new("./corpus/raw/x/1.txt")), "x/1.txt");
        assert_eq!(below(Path::new(""), Path::new("../../etc/1.txt")), "etc/1.txt");
        assert_eq!(below(Path::new(""), Path::new("/tmp/1.txt")), "tmp/1.txt");
    }
}
