//! Many documents from any iterable, on all cores.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use cleancopy::document::Content;
use cleancopy::{Batch, Document, Record};
use pyo3::exceptions::{PyRuntimeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyIterator, PyString, PyTuple};

use crate::cleaned::Cleaned;
use crate::cleaner::{Page, cleaned};
use crate::waiting::PATIENCE;

/// How many bytes of documents may have been taken from the iterable and not yet given back.
const BYTES: usize = 32 << 20;

/// How many documents each thread may be ahead.
const PER_THREAD: usize = 32;

/// An iterator over what comes of documents, in their order.
///
/// Documents are taken from the iterable while others are cleaned, some way ahead of what is asked for; what is under
/// way is bounded. Cleaning goes on while Python does something else.
#[pyclass(frozen, module = "cleancopy", skip_from_py_object)]
pub(crate) struct Many(Mutex<State>);

struct State {
    documents: Option<Py<PyIterator>>,
    html: bool,
    /// Gone when there is nothing more to clean.
    work: Option<Sender<Item>>,
    results: Receiver<(Record, usize)>,
    most: usize,
    under_way: usize,
    bytes: usize,
    /// What the iterable said in place of a document; it comes after what it gave before.
    failure: Option<PyErr>,
}

/// A document as Python gave it, taken out of there.
enum Item {
    Text(String, Option<String>),
    Page(Page, Option<String>),
    Wrong(String),
}

impl Item {
    fn new(given: &Bound<'_, PyAny>, html: bool) -> PyResult<Self> {
        let (document, url) = match given.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => (pair.get_item(0)?, pair.get_item(1)?.extract()?),
            _ => (given.clone(), None),
        };
        if let (false, Ok(text)) = (html, document.cast::<PyString>()) {
            return Ok(Self::Text(text.to_str()?.to_owned(), url));
        }
        Ok(match Page::new(&document)? {
            Some(page) => Self::Page(page, url),
            None => Self::Wrong(format!("is {}, not a string or bytes", document.get_type().name()?)),
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text, _) => text.len(),
            Self::Page(page, _) => page.len(),
            Self::Wrong(_) => 0,
        }
    }

    fn document(self) -> Document {
        match self {
            Self::Text(text, url) => Document { url, content: Content::Text(text), ..Document::default() },
            Self::Page(page, url) => page.document(url),
            Self::Wrong(what) => {
                let content = Content::Unreadable(format!("the document {what}"));
                Document { content, ..Document::default() }
            }
        }
    }
}

impl Many {
    pub(crate) fn new(
        cleaner: Arc<cleancopy::Cleaner>,
        documents: &Bound<'_, PyAny>,
        html: bool,
        batch: &Batch,
    ) -> PyResult<Self> {
        let documents = documents.try_iter()?.unbind();
        let (work, items) = channel::<Item>();
        let (done, results) = channel();
        let threads = batch.clone();
        let clean = move || {
            let work = |_, item: Item| {
                let len = item.len();
                (cleaned(&cleaner, || item.document()), len)
            };
            // Nobody listens any more when the iterator has been dropped.
            let sink =
                |result| if done.send(result).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            // That threads cannot be started shows by there being no results.
            let _ = threads.run(items.into_iter(), Item::len, work, sink);
        };
        thread::Builder::new().name("cleancopy".to_owned()).spawn(clean)?;
        let most = batch.threads() * PER_THREAD;
        let documents = Some(documents);
        let state = State { documents, html, work: Some(work), results, most, under_way: 0, bytes: 0, failure: None };
        Ok(Self(Mutex::new(state)))
    }
}

impl State {
    /// Takes documents as long as there is room for them.
    fn fill(&mut self, py: Python<'_>) {
        while self.under_way < self.most && (self.bytes < BYTES || self.under_way == 0) {
            let Some(documents) = &self.documents else { return };
            let given = documents.bind(py).clone().next();
            let item = match given {
                Some(Ok(given)) => Item::new(&given, self.html).or_else(|error| {
                    // A string with halves of characters is no text, but it is a document.
                    let is_text = error.is_instance_of::<PyUnicodeEncodeError>(py);
                    if is_text { Ok(Item::Wrong("cannot be encoded as UTF-8".to_owned())) } else { Err(error) }
                }),
                Some(Err(error)) => Err(error),
                None => {
                    self.end();
                    return;
                }
            };
            match item {
                Ok(item) => {
                    self.under_way += 1;
                    self.bytes += item.len();
                    if self.work.as_ref().is_none_or(|work| work.send(item).is_err()) {
                        self.end();
                    }
                }
                Err(error) => {
                    self.failure = Some(error);
                    self.end();
                }
            }
        }
    }

    fn end(&mut self) {
        self.documents = None;
        self.work = None;
    }
}

#[pymethods]
impl Many {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Cleaned>> {
        // Another thread may have it while it waits for a document, and needs the interpreter for that.
        let mut state = self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner);
        loop {
            state.fill(py);
            if state.under_way == 0 {
                return state.failure.take().map_or(Ok(None), Err);
            }
            let results = &mut state.results;
            match py.detach(move || results.recv_timeout(PATIENCE)) {
                Ok((record, bytes)) => {
                    state.under_way -= 1;
                    state.bytes -= bytes;
                    return Ok(Some(Cleaned::new(record)));
                }
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => {
                    state.under_way = 0;
                    return Err(PyRuntimeError::new_err("the threads that clean could not be started, or have died"));
                }
            }
        }
    }
}
