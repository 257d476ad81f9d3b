//! Collects the rule tables: every `.toml` below `src/rules/data` becomes part of the binary, so
//! that a new language or kind is a new file and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FIRST: [&str; 11] = ["en", "any", "de", "fr", "es", "ru", "ar", "zh", "hi", "ja", "ko"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/rules/data");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let data = root.join("src/rules/data");
    let mut files = Vec::new();
    collect(&data, &mut files)?;
    // Where rules of several languages are equally sure, the first names the line: put those first
    // that most texts are in.
    files.sort_by_cached_key(|file| {
        let name = file.strip_prefix(&data).unwrap_or(file).display().to_string();
        let lang = name.split(['.', '/', '\\']).next().unwrap_or_default();
        (FIRST.iter().position(|first| *first == lang).unwrap_or(FIRST.len()), name)
    });
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&data).unwrap_or(&file).display().to_string();
        let _ = writeln!(code, "({name:?}, include_str!({file:?})),");
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("tables.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
