//! Where a document stands below the folder that holds all inputs.
//!
//! An output folder mirrors the input tree. Of one input folder that is the path inside it; of
//! several inputs it is the path below the deepest folder that holds them all, so that
//! `news/de/1.txt` and `news/en/1.txt` stay apart.

use std::path::{Component, Path, PathBuf};

use crate::output::{safe_name, text_stem};

/// The longest path within an archive, in bytes; that of the output comes before it, and many systems allow 4,096.
const LONGEST: usize = 1000;

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

/// Where an entry of an archive stands. An archive may hold names that no folder would: each is made safe, and a path
/// that is long altogether becomes one name. A text or page keeps the suffixes that its body goes without.
pub(super) fn inside(archive: &str, name: &str, is_text: bool) -> String {
    let path = below(Path::new(""), Path::new(name));
    let stem = if is_text { text_stem(&path) } else { &path };
    let safe: Vec<_> = stem.split('/').map(safe_name).collect();
    let mut safe = safe.join("/");
    if archive.len() + safe.len() > LONGEST {
        safe = safe_name(stem).into_owned();
    }
    format!("{archive}/{safe}{}", &path[stem.len()..])
}

/// Whether the path is, or is in, what is hidden.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.components().any(|part| matches!(part, Component::Normal(name) if name.as_encoded_bytes().starts_with(b".")))
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

    #[test]
    fn names_in_archives_are_made_safe() {
        let inside = |name: &str| inside("x.tar", name, true);
        for (name, wanted) in [
            ("a/b.txt", "x.tar/a/b.txt"),
            ("../../etc/passwd.txt.gz", "x.tar/etc/passwd.txt.gz"),
            ("a.txt.txt", "x.tar/a.txt.txt"),
        ] {
            assert_eq!(inside(name), wanted);
        }
        assert_eq!(inside("CON.txt"), "x.tar/_CON-0ba0f119aa5d684b.txt", "names are the same in every version");
        for name in
            ["nul/a.txt", "a\0b.txt", "a\\..\\w.txt", "a:b*?.txt", "new\nline.txt", "\u{202e}txt.txt", "tr. /x.txt"]
        {
            let safe = inside(name);
            let bad = |c: char| c.is_control() || "\\:*?\u{202e}".contains(c);
            assert!(!safe.contains(bad) && !safe.contains("nul/") && !safe.contains(" /"), "{safe:?}");
        }
        for long in ["x".repeat(3000) + ".txt", "d/".repeat(2500) + "x.txt"] {
            let safe = inside(&long);
            assert!(safe.len() < 200 && safe.ends_with(".txt"), "{safe}");
        }
        assert_ne!(inside(&("d/".repeat(2500) + "x.txt")), inside(&("d/".repeat(2500) + "y.txt")));
        assert!(is_hidden(Path::new(".git/x.txt")) && !is_hidden(Path::new("../x/./y.txt")));
    }
}
