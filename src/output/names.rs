//! Names for the bodies in an output folder: safe on every system, the same on every run, and no
//! two alike.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::input::COMPRESSED;
use crate::text::hash::{START, fnv};

/// How the name of a body ends.
pub(super) const BODY: &str = ".txt";

/// The longest name, in bytes, without its `.txt`. Some encrypted file systems allow 143.
const LONGEST: usize = 120;

/// A record's id as the name of a file, without `.txt`. An id that is a good name stands for
/// itself; another is rewritten and gets a number made from the whole id, so that `a/b` and `a_b`
/// stay apart and no other document has a say in it.
pub(crate) fn safe(id: &str) -> Cow<'_, str> {
    let mut name: String = id.chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    if name.starts_with(['.', '-', '~', ' ']) {
        name.replace_range(..1, "_");
    }
    if name.ends_with(['.', ' ']) {
        name.replace_range(name.len() - 1.., "_");
    }
    if name.is_empty() || is_reserved(&name) {
        name.insert(0, '_');
    }
    if name == id && name.len() <= LONGEST {
        return Cow::Borrowed(id);
    }
    name.truncate(name.floor_char_boundary_at(LONGEST - 17));
    Cow::Owned(format!("{name}-{:016x}", fnv(START, id.as_bytes())))
}

/// The path of a text or page in the mirrored tree, without the suffixes of its format and compression.
/// Its names are good: they are names of files already, or of entries and were made safe.
pub(crate) fn text_stem(mirror: &str) -> &str {
    let strip = |name: &str, end: &str| {
        let at = name.len().checked_sub(end.len())?;
        let tail = name.as_bytes().get(at..)?;
        let stem_is_empty = at == 0 || name.as_bytes()[at - 1] == b'/';
        (tail.eq_ignore_ascii_case(end.as_bytes()) && !stem_is_empty).then_some(at)
    };
    let mut stem = mirror;
    for ends in [&COMPRESSED[..], &[".txt", ".html", ".htm", ".xhtml"]] {
        if let Some(at) = ends.iter().find_map(|end| strip(stem, end)) {
            stem = &stem[..at];
        }
    }
    stem
}

fn is_safe(c: char) -> bool {
    // Marks that are not seen or turn the writing direction make two names look alike.
    let unseen = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !unseen && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Names that are devices on Windows, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let (word, number) = stem.split_at(stem.len().min(3).min(stem.floor_char_boundary_at(3)));
    match word.to_ascii_uppercase().as_str() {
        "CON" | "PRN" | "AUX" | "NUL" => number.is_empty(),
        "COM" | "LPT" => number.len() == 1 && number.as_bytes()[0].is_ascii_digit(),
        _ => false,
    }
}

/// `str::floor_char_boundary`, which is younger than our oldest Rust.
trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for str {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        let mut at = at.min(self.len());
        while !self.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// The names given so far.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// For each name the number to try next if it is asked for again. Names are known by their
    /// hash, for a million of them must not fill the memory: two of one hash only mean a needless
    /// `~2`.
    next: HashMap<u64, u32>,
    /// Folders that have the name of a body.
    folders: HashSet<u64>,
}

impl Taken {
    /// `stem` itself if it is free, else `stem~2`, `stem~3` and so on. Names that differ in case
    /// alone are taken for one, as some systems do. A folder that has the name of a body, as in `a.txt/b` beside `a`, gets
    /// a `~` at its end if the body was first; else the body gets a number.
    pub(super) fn free_name(&mut self, stem: String) -> String {
        let stem = self.beside_bodies(stem);
        if self.take(&stem) {
            return stem;
        }
        loop {
            let number = self.next.entry(key(&stem)).or_insert(2);
            let name = format!("{stem}~{number}");
            *number += 1;
            if self.take(&name) {
                return name;
            }
        }
    }

    /// The path with no folder that is a body already.
    fn beside_bodies(&mut self, stem: String) -> String {
        // Few folders have names that bodies have.
        if !stem.rsplit_once('/').is_some_and(|(folders, _)| folders.to_ascii_lowercase().contains(BODY)) {
            return stem;
        }
        let mut path = String::with_capacity(stem.len() + 1);
        let mut parts = stem.split('/').peekable();
        while let Some(part) = parts.next() {
            path.push_str(part);
            if parts.peek().is_none() {
                break;
            }
            if let Some(body) = path.len().checked_sub(BODY.len()).and_then(|at| path.split_at_checked(at))
                && body.1.eq_ignore_ascii_case(BODY)
            {
                let body = key(body.0);
                if self.next.contains_key(&body) && !self.folders.contains(&body) {
                    path.push('~');
                } else {
                    self.folders.insert(body);
                    // Its name is not free for a body any more.
                    self.next.entry(body).or_insert(2);
                }
            }
            path.push('/');
        }
        path
    }

    fn take(&mut self, name: &str) -> bool {
        match self.next.entry(key(name)) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(2);
                true
            }
        }
    }
}

fn key(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name.to_lowercase().as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ids_stand_for_themselves() {
        for id in ["1", "a-b_c.d", "Ünïcödé 文章", "x".repeat(120).as_str(), "constant", "com10"] {
            assert_eq!(safe(id), id);
        }
    }

    #[test]
    fn bad_ids_are_rewritten_and_stay_apart() {
        let long = "y".repeat(5000);
        let ids = [
            "..",
            ".",
            "",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "a:b",
            "nul",
            "COM1.x",
            ".hidden",
            "-rf",
            "a\u{0}b",
            "a\nb",
            "a\u{202e}b",
            "trailing.",
            "https://x.org/a?b=c",
            &long,
            &"é".repeat(61),
            "aux ",
        ];
        let mut names: Vec<_> = ids.iter().map(|id| safe(id).into_owned()).collect();
        for (id, name) in ids.iter().zip(&names) {
            assert!(name.len() <= LONGEST, "{name}");
            assert!(!name.contains(['/', '\\', ':', '\0', '\n']), "{name}");
            assert!(!name.starts_with(['.', '-']) && !is_reserved(name), "{id}: {name}");
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ids.len());
        assert_eq!(safe("a/b"), "a_b-e620c3190468cf61", "names are the same in every version");
    }

    #[test]
    fn clashes_are_numbered() {
        let mut taken = Taken::default();
        let names: Vec<_> = ["a", "A", "b", "a~2", "a", "b"].map(|name| taken.free_name(name.to_owned())).into();
        assert_eq!(names, ["a", "A~2", "b", "a~2~2", "a~3", "b~2"]);
    }

    #[test]
    fn a_folder_and_a_body_of_one_name_stay_apart() {
        let names = |stems: &[&str]| {
            let mut taken = Taken::default();
            stems.iter().map(|stem| taken.free_name((*stem).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(names(&["a", "a.txt/b", "A.TXT/c", "a.txt"]), ["a", "a.txt~/b", "A.TXT~/c", "a.txt"]);
        assert_eq!(names(&["a.txt/b", "a", "a.txt/c", "x/é.txt/b"]), ["a.txt/b", "a~2", "a.txt/c", "x/é.txt/b"]);
    }

    #[test]
    fn text_files_keep_their_names() {
        for (mirror, stem) in [
            ("x/a.txt", "x/a"),
            ("a.TXT.gz", "a"),
            ("README", "README"),
            ("a.txt.txt", "a.txt"),
            ("x/.txt", "x/.txt"),
            ("x/index.html", "x/index"),
            ("a.XHTML.zst", "a"),
        ] {
            assert_eq!(text_stem(mirror), stem);
        }
    }
}
