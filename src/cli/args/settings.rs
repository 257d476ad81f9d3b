//! What the output of a run depends on, so that it is not resumed by another command.

use std::path::{Path, PathBuf};

use cleancopy::output::{Settings, content_hash};
use cleancopy::{Error, Kind};

use super::{CleanArgs, Cleaning, FieldArgs};

impl CleanArgs {
    /// What the output depends on, by the names of the flags.
    pub(in crate::cli) fn settings(&self, paths: &[PathBuf]) -> Result<Settings, Error> {
        let Cleaning { mode, keep, only, min_confidence, rules, model, site_lines, max_doc_bytes } = &self.cleaning;
        let mut settings = Settings::new();
        let mut set = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                settings.insert(name.to_owned(), value);
            }
        };
        let kinds = |kinds: &[Kind]| kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",");
        let debug = |value: &dyn std::fmt::Debug| Some(format!("{value:?}"));
        set("inputs", Some(paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")));
        set("--mode", mode.and_then(|mode| debug(&mode)));
        set("--keep", Some(kinds(keep)).filter(|kinds| !kinds.is_empty()));
        set("--only", only.as_deref().map(kinds));
        set("--min-confidence", min_confidence.map(|least| least.to_string()));
        set("--max-doc-bytes", max_doc_bytes.map(|bytes| bytes.to_string()));
        let files = [("--rules", &rules[..]), ("--model", model.as_slice()), ("--site-lines", site_lines.as_slice())];
        for (name, files) in files {
            let said = files.iter().map(|path| content(path)).collect::<Result<Vec<_>, _>>()?;
            set(name, Some(said.join(" ")).filter(|said| !said.is_empty()));
        }
        set("--emit-text", self.emit_text.then(String::new));
        set("--from", self.inputs.from.and_then(|from| debug(&from)));
        set("--to", self.to.and_then(|to| debug(&to)));
        set("--diff", self.diff.then(String::new));
        set("--delimiter", self.inputs.delimiter.and_then(|byte| debug(&char::from(byte))));
        set("--fail-fast", self.fail_fast.then(String::new));
        let shown = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        set("--report", shown(&self.report));
        set("--summary", shown(&self.summary));
        set("--html", shown(&self.html));
        let FieldArgs { text_field, html_field, id_field, url_field, site_field } = &self.fields;
        set("--text-field", text_field.clone());
        set("--html-field", html_field.clone());
        set("--id-field", id_field.clone());
        set("--url-field", url_field.clone());
        set("--site-field", site_field.clone());
        Ok(settings)
    }
}

/// A file, and a hash of what is in it.
fn content(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|cause| Error::io("cannot read", path, cause))?;
    Ok(format!("{} ({})", path.display(), content_hash(&bytes)))
}
