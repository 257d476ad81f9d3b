//! Keyword arguments to a configuration. Files are read when they are named, so that what was asked for is what
//! travels to other machines.

use std::path::{Path, PathBuf};

use cleancopy::input::{Fields, open_lines};
use cleancopy::rules::RuleFile;
use cleancopy::sites::SiteLines;
use cleancopy::{Batch, Config, Error, Kind, Mode, Model};
use pyo3::exceptions::{PyOSError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// What is wrong, as the exception that Python has for it.
pub(crate) fn exception(error: Error) -> PyErr {
    match error {
        Error::Io { action, path, cause } => match cause.raw_os_error() {
            // Python makes of the number the exception: a FileNotFoundError, a PermissionError.
            Some(number) => {
                let words = cause.to_string();
                let words = words.split(" (os error").next().unwrap_or(&words).to_owned();
                PyOSError::new_err((number, format!("{action}: {words}"), path.display().to_string()))
            }
            None => PyOSError::new_err(format!("{action} {}: {cause}", path.display())),
        },
        other => PyValueError::new_err(other.to_string()),
    }
}

/// How to clean, as it was asked for. What was not asked for is as the library has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    mode: Option<String>,
    keep: Option<Vec<String>>,
    only: Option<Vec<String>>,
    min_confidence: Option<f32>,
    max_doc_bytes: Option<usize>,
    rules: Vec<Named>,
    site_lines: Option<Named>,
    model: Option<Named>,
}

/// A file by its name and what stands in it.
type Named = (PathBuf, Vec<u8>);

/// The arguments as Python gives them.
pub(crate) struct Given<'a, 'py> {
    pub(crate) mode: Option<String>,
    pub(crate) keep: Option<&'a Bound<'py, PyAny>>,
    pub(crate) only: Option<&'a Bound<'py, PyAny>>,
    pub(crate) min_confidence: Option<&'a Bound<'py, PyAny>>,
    pub(crate) max_doc_bytes: Option<&'a Bound<'py, PyAny>>,
    pub(crate) rules: Option<&'a Bound<'py, PyAny>>,
    pub(crate) site_lines: Option<&'a Bound<'py, PyAny>>,
    pub(crate) model: Option<&'a Bound<'py, PyAny>>,
}

impl Options {
    /// Reads the arguments, and the files that they name.
    pub(crate) fn new(given: Given<'_, '_>) -> PyResult<Self> {
        let Given { mode, keep, only, min_confidence, max_doc_bytes, rules, site_lines, model } = given;
        let rules = match rules {
            None => Vec::new(),
            Some(one) if is_file(one) => vec![named(one, read)?],
            Some(several) => several.try_iter()?.map(|one| named(&one?, read)).collect::<PyResult<_>>()?,
        };
        Ok(Self {
            mode,
            keep: keep.map(strings).transpose()?,
            only: only.map(strings).transpose()?,
            min_confidence: min_confidence.map(confidence).transpose()?,
            max_doc_bytes: max_doc_bytes.map(|bytes| whole("max_doc_bytes", bytes, 0, usize::MAX >> 1)).transpose()?,
            rules,
            site_lines: site_lines.map(|file| named(file, read_lines)).transpose()?,
            model: model.map(|file| named(file, read)).transpose()?,
        })
    }

    /// The configuration.
    pub(crate) fn config(&self) -> PyResult<Config> {
        let mut config = Config::default();
        if let Some(mode) = &self.mode {
            config = config.with_mode(match mode.as_str() {
                "precise" => Mode::Precise,
                "balanced" => Mode::Balanced,
                "thorough" => Mode::Thorough,
                other => {
                    let message = format!("unknown mode `{other}`; the modes are: precise, balanced, thorough");
                    return Err(PyValueError::new_err(message));
                }
            });
        }
        if let Some(names) = &self.keep {
            config = config.with_keep(kinds(names)?);
        }
        if let Some(names) = &self.only {
            config = config.with_only(kinds(names)?);
        }
        if let Some(least) = self.min_confidence {
            config = config.with_min_confidence(least);
        }
        if let Some(bytes) = self.max_doc_bytes {
            config = config.with_max_doc_bytes(bytes);
        }
        if let Some((path, bytes)) = &self.model {
            let model = Model::parse(bytes);
            let said = |error| PyValueError::new_err(format!("{}: {error}", path.display()));
            config = config.with_model(model.map_err(said)?);
        }
        if let Some((path, bytes)) = &self.site_lines {
            config = config.with_site_lines(SiteLines::parse(path, utf8(path, bytes)?).map_err(exception)?);
        }
        for (path, bytes) in &self.rules {
            config = config.with_rules(RuleFile::parse(path, utf8(path, bytes)?).map_err(exception)?);
        }
        Ok(config)
    }

    /// As Python would write it, without what was not asked for.
    pub(crate) fn shown(&self, py: Python<'_>) -> PyResult<String> {
        let string = |text: &str| Ok::<_, PyErr>(PyString::new(py, text).repr()?.to_string());
        let list = |items: Vec<PyResult<String>>| {
            Ok::<_, PyErr>(format!("[{}]", items.into_iter().collect::<PyResult<Vec<_>>>()?.join(", ")))
        };
        let strings = |names: &Vec<String>| list(names.iter().map(|name| string(name)).collect());
        let path = |(path, _): &Named| string(&path.to_string_lossy());
        let rules = (!self.rules.is_empty()).then(|| list(self.rules.iter().map(path).collect()));
        let arguments = [
            ("mode", self.mode.as_deref().map(string).transpose()?),
            ("keep", self.keep.as_ref().map(strings).transpose()?),
            ("only", self.only.as_ref().map(strings).transpose()?),
            ("min_confidence", self.min_confidence.map(|least| least.to_string())),
            ("max_doc_bytes", self.max_doc_bytes.map(|bytes| bytes.to_string())),
            ("rules", rules.transpose()?),
            ("site_lines", self.site_lines.as_ref().map(path).transpose()?),
            ("model", self.model.as_ref().map(path).transpose()?),
        ];
        let said = arguments.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        Ok(format!("Cleaner({})", said.collect::<Vec<_>>().join(", ")))
    }

    /// The arguments that make the same again, wherever.
    pub(crate) fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Self { mode, keep, only, min_confidence, max_doc_bytes, rules, site_lines, model } = self;
        let arguments = PyDict::new(py);
        let bytes = |(path, bytes): &Named| (path.clone(), pyo3::types::PyBytes::new(py, bytes).unbind());
        arguments.set_item("mode", mode)?;
        arguments.set_item("keep", keep)?;
        arguments.set_item("only", only)?;
        arguments.set_item("min_confidence", min_confidence)?;
        arguments.set_item("max_doc_bytes", max_doc_bytes)?;
        arguments.set_item("rules", rules.iter().map(bytes).collect::<Vec<_>>())?;
        arguments.set_item("site_lines", site_lines.as_ref().map(bytes))?;
        arguments.set_item("model", model.as_ref().map(bytes))?;
        Ok(arguments)
    }
}

/// A string, or several.
fn strings(given: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if let Ok(one) = given.extract::<String>() {
        return Ok(one.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect());
    }
    given.try_iter()?.map(|one| one?.extract()).collect()
}

fn kinds(names: &[String]) -> PyResult<Vec<Kind>> {
    names.iter().map(|name| name.parse().map_err(PyValueError::new_err)).collect()
}

/// Whether this is one file, and not several.
fn is_file(given: &Bound<'_, PyAny>) -> bool {
    given.is_instance_of::<PyString>() || given.hasattr("__fspath__").unwrap_or(false)
}

/// A file that is named, or one that has come from elsewhere.
fn named(given: &Bound<'_, PyAny>, read: fn(&Path) -> Result<Vec<u8>, Error>) -> PyResult<Named> {
    if is_file(given) {
        let path: PathBuf = given.extract()?;
        let bytes = read(&path).map_err(exception)?;
        return Ok((path, bytes));
    }
    let what = || PyTypeError::new_err(format!("not a path: {}", given.get_type()));
    given.extract::<Named>().map_err(|_| what())
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|cause| Error::io("cannot read", path, cause))
}

/// Reads a file that may be compressed.
fn read_lines(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for line in open_lines(path)? {
        bytes.extend_from_slice(&line?.1);
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

fn utf8<'b>(path: &Path, bytes: &'b [u8]) -> PyResult<&'b str> {
    std::str::from_utf8(bytes).map_err(|_| PyValueError::new_err(format!("{}: not UTF-8", path.display())))
}

/// The threads to work on.
pub(crate) fn batch(threads: Option<&Bound<'_, PyAny>>) -> PyResult<Batch> {
    let threads = threads.map(|threads| whole("threads", threads, 1, 1024)).transpose()?;
    let threads = threads.and_then(std::num::NonZeroUsize::new);
    Ok(threads.map_or_else(Batch::default, |threads| Batch::default().with_threads(threads)))
}

/// A whole number, however large the one that was given is.
pub(crate) fn whole(name: &str, given: &Bound<'_, PyAny>, least: usize, most: usize) -> PyResult<usize> {
    match given.extract::<usize>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Err(error) if error.is_instance_of::<PyTypeError>(given.py()) => {
            Err(PyTypeError::new_err(format!("{name} is {}, not a whole number", given.get_type().name()?)))
        }
        Err(error) if !error.is_instance_of::<PyOverflowError>(given.py()) => Err(error),
        _ => Err(PyValueError::new_err(format!("{name} is {}, not from {least} to {most}", shown(given)))),
    }
}

fn confidence(given: &Bound<'_, PyAny>) -> PyResult<f32> {
    match given.extract::<f32>() {
        Ok(least) if (0.0..=1.0).contains(&least) => Ok(least),
        Err(error) if error.is_instance_of::<PyTypeError>(given.py()) => {
            Err(PyTypeError::new_err(format!("min_confidence is {}, not a number", given.get_type().name()?)))
        }
        Err(error) if !error.is_instance_of::<PyOverflowError>(given.py()) => Err(error),
        _ => Err(PyValueError::new_err(format!("min_confidence is {}, not a number from 0 to 1", shown(given)))),
    }
}

/// A number as Python writes it, unless it is too long for that.
fn shown(number: &Bound<'_, PyAny>) -> String {
    number.str().map_or_else(|_| "a number of many digits".to_owned(), |number| number.to_string())
}

/// Which columns of a table hold what, as the library has it.
pub(crate) fn fields(
    text: Option<String>,
    html: Option<String>,
    id: Option<String>,
    url: Option<String>,
    site: Option<String>,
) -> Fields {
    let set = |fields: Fields, name: Option<String>, with: fn(Fields, String) -> Fields| match name {
        Some(name) => with(fields, name),
        None => fields,
    };
    let fields = set(Fields::default(), text, Fields::with_text);
    let fields = set(fields, html, Fields::with_html);
    let fields = set(fields, id, Fields::with_id);
    let fields = set(fields, url, Fields::with_url);
    set(fields, site, Fields::with_site)
}
