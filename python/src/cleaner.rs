//! The class `Cleaner`.

use std::convert::Infallible;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use cleancopy::batch::clean_or_say;
use cleancopy::document::Content;
use cleancopy::{Document, Record};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyString};

use crate::cleaned::Cleaned;
use crate::many::Many;
use crate::options::{Given, Options, batch, exception, fields, whole};
use crate::table::{self, Request};

/// A cleaner: the rules compiled once, for any number of documents, shared by any number of threads.
///
/// It can be pickled; the files that it was made with travel along. Making one takes a fraction of a second, so make one
/// and keep it. A process that is forked makes it once more.
///
/// Args:
///     mode: The balance between body lost and junk left: `precise`, `balanced` (by default) or `thorough`.
///     keep: Kinds that are left in the body, of `cleancopy.KINDS`.
///     only: Kinds that alone are cut, of `cleancopy.KINDS`.
///     min_confidence: Cut nothing of which the judge is less sure, from 0 to 1.
///     max_doc_bytes: Pass larger documents through uncut; 32 MiB by default.
///     rules: Files (TOML) of your own rules, which win over the built-in ones.
///     site_lines: A table of lines that recur in sites, made by `cleancopy learn`.
///     model: A model of your own, in place of the one built in.
///
/// Raises:
///     TypeError: There is no such option, or it is of another type.
///     ValueError: A value is out of its range, a kind or mode is unknown, or a file is not what it should be.
///     OSError: A file cannot be read.
#[pyclass(frozen, module = "cleancopy", skip_from_py_object)]
pub(crate) struct Cleaner {
    /// The one that cleans, and the process that it is of. Held with the interpreter's lock, so that no other thread holds it
    /// where the process is forked.
    made: Mutex<(u32, Arc<cleancopy::Cleaner>)>,
    options: Options,
}

#[pymethods]
impl Cleaner {
    #[new]
    #[pyo3(signature = (*, mode = None, keep = None, only = None, min_confidence = None, max_doc_bytes = None,
        rules = None, site_lines = None, model = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        py: Python<'_>,
        mode: Option<String>,
        keep: Option<&Bound<'_, PyAny>>,
        only: Option<&Bound<'_, PyAny>>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        max_doc_bytes: Option<&Bound<'_, PyAny>>,
        rules: Option<&Bound<'_, PyAny>>,
        site_lines: Option<&Bound<'_, PyAny>>,
        model: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let given = Given { mode, keep, only, min_confidence, max_doc_bytes, rules, site_lines, model };
        let options = Options::new(given)?;
        let config = options.config()?;
        let cleaner = py.detach(|| cleancopy::Cleaner::new(config)).map_err(exception)?;
        Ok(Self { made: Mutex::new((process::id(), Arc::new(cleaner))), options })
    }

    /// Clean a plain text. See `cleancopy.clean_text`.
    #[pyo3(signature = (text, url = None))]
    fn clean_text(&self, py: Python<'_>, text: &Bound<'_, PyString>, url: Option<String>) -> PyResult<Cleaned> {
        let content = Content::Text(text.to_str()?.to_owned());
        let (cleaner, document) = (self.cleaner()?, Document { url, content, ..Document::default() });
        Ok(Cleaned::new(py.detach(|| cleaned(&cleaner, || document))))
    }

    /// Clean a page of HTML. See `cleancopy.clean_html`.
    #[pyo3(signature = (html, url = None))]
    fn clean_html(&self, py: Python<'_>, html: &Bound<'_, PyAny>, url: Option<String>) -> PyResult<Cleaned> {
        let Some(page) = Page::new(html)? else {
            let what = html.get_type().name()?;
            return Err(PyTypeError::new_err(format!("html is str, bytes or bytearray, not {what}")));
        };
        let cleaner = self.cleaner()?;
        Ok(Cleaned::new(py.detach(|| cleaned(&cleaner, || page.document(url)))))
    }

    /// Clean documents from any iterable, on all cores. See `cleancopy.clean_many`.
    #[pyo3(signature = (documents, *, html = false, threads = None))]
    fn clean_many(
        &self,
        documents: &Bound<'_, PyAny>,
        html: bool,
        threads: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Many> {
        Many::new(self.cleaner()?, documents, html, &batch(threads)?)
    }

    /// Clean the rows of an Arrow table. See `cleancopy.clean_table`.
    #[pyo3(signature = (table, *, text = None, html = None, id = None, url = None, site = None, source = None,
        first = None, emit_text = false, threads = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn clean_table<'py>(
        &self,
        table: &Bound<'py, PyAny>,
        text: Option<String>,
        html: Option<String>,
        id: Option<String>,
        url: Option<String>,
        site: Option<String>,
        source: Option<String>,
        first: Option<&Bound<'py, PyAny>>,
        emit_text: bool,
        threads: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let first = first.map_or(Ok(1), |first| whole("first", first, 0, usize::MAX >> 1))? as u64;
        let request = Request { fields: fields(text, html, id, url, site), source, first, emit_text };
        table::clean(self.cleaner()?, table, &request, batch(threads)?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.options.shown(py)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        // What makes it again keeps what it has made: of many tasks in one process the first compiles the rules.
        let again = slf.py().import("cleancopy")?.getattr("_cleaner_of")?;
        Ok((again, (slf.get().options.arguments(slf.py())?,)))
    }
}

impl Cleaner {
    /// The one that cleans. A process that was forked makes its own: a thread that is not there any more may have been
    /// compiling a pattern, and would be waited for.
    fn cleaner(&self) -> PyResult<Arc<cleancopy::Cleaner>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.0 != process::id() {
            let cleaner = cleancopy::Cleaner::new(self.options.config()?).map_err(exception)?;
            *made = (process::id(), Arc::new(cleaner));
        }
        Ok(Arc::clone(&made.1))
    }
}

/// Cleans a document, whatever is wrong with it.
pub(crate) fn cleaned(cleaner: &cleancopy::Cleaner, read: impl FnOnce() -> Document) -> Record {
    let read = || Ok::<_, Infallible>(read());
    clean_or_say(cleaner, read, Document::default, true).unwrap_or_else(|no| match no {})
}

/// A page as Python has it, taken out of there.
pub(crate) enum Page {
    Decoded(String),
    Bytes(Vec<u8>),
}

impl Page {
    /// `None` if it is of another type.
    pub(crate) fn new(html: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if let Ok(html) = html.cast::<PyString>() {
            return Ok(Some(Self::Decoded(html.to_str()?.to_owned())));
        }
        if let Ok(html) = html.cast::<PyBytes>() {
            return Ok(Some(Self::Bytes(html.as_bytes().to_vec())));
        }
        Ok(html.cast::<PyByteArray>().ok().map(|html| Self::Bytes(html.to_vec())))
    }

    /// About how large it is.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Decoded(html) => html.len(),
            Self::Bytes(html) => html.len(),
        }
    }

    pub(crate) fn document(self, url: Option<String>) -> Document {
        match self {
            Self::Decoded(html) => Document { url, content: Content::Html(html), ..Document::default() },
            Self::Bytes(html) => Document::from_page_bytes(html, url),
        }
    }
}
