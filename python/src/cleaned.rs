//! What comes of one document.

use std::hash::{Hash, Hasher};

use cleancopy::Record;
use cleancopy::record::RemovedSpan;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One cut. It can be pickled, compared and hashed.
///
/// `start` and `end` are bytes of the source text in UTF-8, as in every record that cleancopy writes; `start_char` and
/// `end_char` are characters: `cleaned.text[r.start_char:r.end_char] == r.text`.
#[pyclass(frozen, eq, hash, module = "cleancopy", skip_from_py_object)]
#[derive(Clone, PartialEq)]
pub(crate) struct Removal {
    span: RemovedSpan,
    /// The first character of the cut in the source text.
    #[pyo3(get)]
    start_char: usize,
    /// One past its last character.
    #[pyo3(get)]
    end_char: usize,
}

impl Hash for Removal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.span.start, self.span.end, self.start_char, &self.span.rule, &self.span.text).hash(state);
    }
}

#[pymethods]
impl Removal {
    /// The first byte of the cut in the UTF-8 of the source text.
    #[getter]
    fn start(&self) -> usize {
        self.span.start
    }

    /// One past its last byte.
    #[getter]
    fn end(&self) -> usize {
        self.span.end
    }

    /// What it is, one of `KINDS`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.span.kind.name()
    }

    /// The id of the rule that decided.
    #[getter]
    fn rule(&self) -> &str {
        &self.span.rule
    }

    /// How sure the judge is, from 0 to 1.
    #[getter]
    fn confidence(&self) -> f64 {
        self.span.confidence
    }

    /// The text that was cut.
    #[getter]
    fn text(&self) -> &str {
        &self.span.text
    }

    /// The byte of the body's UTF-8 before which it stood.
    #[getter]
    fn body_at(&self) -> Option<usize> {
        self.span.body_at
    }

    /// The cut as a dict, with the fields of a record's `removed` and the places in characters.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let RemovedSpan { start, end, kind, rule, confidence, text, body_at } = &self.span;
        let dict = PyDict::new(py);
        dict.set_item("start", start)?;
        dict.set_item("end", end)?;
        dict.set_item("kind", kind.name())?;
        dict.set_item("rule", rule)?;
        dict.set_item("confidence", confidence)?;
        dict.set_item("text", text)?;
        dict.set_item("body_at", body_at)?;
        dict.set_item("start_char", self.start_char)?;
        dict.set_item("end_char", self.end_char)?;
        Ok(dict)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let RemovedSpan { start, end, kind, rule, confidence, text, .. } = &self.span;
        let text = pyo3::types::PyString::new(py, text).repr()?;
        Ok(format!(
            "Removal(start={start}, end={end}, kind='{kind}', rule='{rule}', confidence={confidence}, text={text})"
        ))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Bound<'py, PyBytes>, usize, usize)> {
        let Self { span, start_char, end_char } = slf.get();
        Ok((slf.get_type().getattr("_from_json")?, (to_json(slf.py(), span)?, *start_char, *end_char)))
    }

    /// What was pickled.
    #[staticmethod]
    fn _from_json(json: &[u8], start_char: usize, end_char: usize) -> PyResult<Self> {
        Ok(Self { span: from_json(json)?, start_char, end_char })
    }
}

/// What makes a thing again, and of what.
type Pickled<'py, A> = PyResult<(Bound<'py, PyAny>, A)>;

fn to_json<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyBytes>> {
    let json = serde_json::to_vec(value).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &json))
}

fn from_json<T: DeserializeOwned>(json: &[u8]) -> PyResult<T> {
    serde_json::from_slice(json).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A clean document, and everything that was cut from it. It can be pickled, compared and hashed.
#[pyclass(frozen, eq, hash, module = "cleancopy", skip_from_py_object)]
pub(crate) struct Cleaned {
    record: Record,
    /// The cuts as Python sees them, once it has asked.
    removals: PyOnceLock<Py<PyTuple>>,
}

impl PartialEq for Cleaned {
    fn eq(&self, other: &Self) -> bool {
        // Without `extra`: what is cleaned here has none.
        let Record { id, source, url, title, byline, date, lang, status, error, body, removed, stats, text, extra: _ } =
            &self.record;
        let other = &other.record;
        (id, source, url, title, byline, date)
            == (&other.id, &other.source, &other.url, &other.title, &other.byline, &other.date)
            && (lang, status, error, body) == (&other.lang, &other.status, &other.error, &other.body)
            && (removed, stats, text) == (&other.removed, &other.stats, &other.text)
    }
}

impl Hash for Cleaned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.record.url, &self.record.title, &self.record.body, &self.record.text).hash(state);
    }
}

impl Cleaned {
    /// Of a record that has its text.
    pub(crate) fn new(record: Record) -> Self {
        Self { record, removals: PyOnceLock::new() }
    }

    fn source(&self) -> &str {
        self.record.text.as_deref().unwrap_or_default()
    }

    /// The cuts, with their places in characters.
    fn cuts(&self) -> Vec<Removal> {
        let (mut byte, mut char) = (0, 0);
        let mut chars_until = |end: usize| {
            char += self.source().get(byte..end).map_or(0, |between| between.chars().count());
            byte = end;
            char
        };
        let cut = |span: &RemovedSpan| {
            let (start_char, end_char) = (chars_until(span.start), chars_until(span.end));
            Removal { span: span.clone(), start_char, end_char }
        };
        self.record.removed.iter().map(cut).collect()
    }
}

#[pymethods]
impl Cleaned {
    /// The headline, or None if it is not known.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.record.title.as_deref()
    }

    /// The author line, or None.
    #[getter]
    fn byline(&self) -> Option<&str> {
        self.record.byline.as_deref()
    }

    /// The publication date as it was written, or None.
    #[getter]
    fn date(&self) -> Option<&str> {
        self.record.date.as_deref()
    }

    /// The language that the page says it is in, or None.
    #[getter]
    fn lang(&self) -> Option<&str> {
        self.record.lang.as_deref()
    }

    /// The address that was given, else the one that the page gives as its own, or None.
    #[getter]
    fn url(&self) -> Option<&str> {
        self.record.url.as_deref()
    }

    /// How it ended, one of `STATUSES`.
    #[getter]
    fn status(&self) -> &'static str {
        self.record.status.name()
    }

    /// Why the document is unreadable; None unless the status is `error`.
    #[getter]
    fn error(&self) -> Option<&str> {
        self.record.error.as_deref()
    }

    /// The clean body: paragraphs joined by one blank line.
    #[getter]
    fn body(&self) -> &str {
        &self.record.body
    }

    /// The source text, which removals are places in: the text itself; of a page what is shown, one block a line.
    #[getter]
    fn text(&self) -> &str {
        self.source()
    }

    /// Every cut: sorted, disjoint, never empty.
    #[getter]
    fn removals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let removals = self.removals.get_or_try_init(py, || PyTuple::new(py, self.cuts()).map(Bound::unbind))?;
        Ok(removals.bind(py).clone())
    }

    /// Counts: `chars_in`, `chars_body`, `segments_kept`, `segments_removed`, and where known `encoding`, `text_from`.
    #[getter]
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = &self.record.stats;
        let dict = PyDict::new(py);
        dict.set_item("chars_in", stats.chars_in)?;
        dict.set_item("chars_body", stats.chars_body)?;
        dict.set_item("segments_kept", stats.segments_kept)?;
        dict.set_item("segments_removed", stats.segments_removed)?;
        if let Some(encoding) = &stats.encoding {
            dict.set_item("encoding", encoding)?;
        }
        if let Some(text_from) = &stats.text_from {
            dict.set_item("text_from", text_from)?;
        }
        Ok(dict)
    }

    /// The result as a dict of plain values: a record without `id`, `source` and `extra`, with `removed` for the cuts.
    ///
    /// Args:
    ///     text: Put the source text in, as `text`.
    #[pyo3(signature = (*, text = false))]
    fn to_dict<'py>(&self, py: Python<'py>, text: bool) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, value) in [
            ("url", self.url()),
            ("title", self.title()),
            ("byline", self.byline()),
            ("date", self.date()),
            ("lang", self.lang()),
            ("status", Some(self.status())),
        ] {
            dict.set_item(name, value)?;
        }
        if let Some(error) = self.error() {
            dict.set_item("error", error)?;
        }
        dict.set_item("body", self.body())?;
        let removed = self.cuts().iter().map(|cut| cut.to_dict(py)).collect::<PyResult<Vec<_>>>()?;
        dict.set_item("removed", PyList::new(py, removed)?)?;
        dict.set_item("stats", self.stats(py)?)?;
        if text {
            dict.set_item("text", self.source())?;
        }
        Ok(dict)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let title = self.record.title.as_deref().into_pyobject(py)?.repr()?;
        let (status, chars, cuts) = (self.status(), self.record.stats.chars_body, self.record.removed.len());
        Ok(format!("<Cleaned {status}: title={title}, body of {chars} characters, {cuts} removals>"))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (Bound<'py, PyBytes>,)> {
        Ok((slf.get_type().getattr("_from_json")?, (to_json(slf.py(), &slf.get().record)?,)))
    }

    /// What was pickled.
    #[staticmethod]
    fn _from_json(json: &[u8]) -> PyResult<Self> {
        from_json(json).map(Self::new)
    }
}
