//! Many documents from any iterable, on all cores.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use cleancopy::document::Content;
use cleancopy::{Batch, Document, Record};
use pyo3::exceptions::{PyException, PyRuntimeError, PyTypeError, PyUnicodeEncodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
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
pub(crate) struct Many {
    /// The thread that takes a document or waits for a result. Held for a moment only, never while Python runs.
    at_it: Mutex<Option<ThreadId>>,
    /// Signalled when there is none any more.
    free: Condvar,
    /// Only that thread uses it.
    state: Mutex<State>,
    process: u32,
}

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
    /// Whatever was given is a document, if a bad one.
    fn new(given: &Bound<'_, PyAny>, html: bool) -> Self {
        Self::read(given, html).unwrap_or_else(|error| {
            // A string with halves of characters is no text.
            let is_text = error.is_instance_of::<PyUnicodeEncodeError>(given.py());
            Self::Wrong(if is_text { "cannot be encoded as UTF-8".to_owned() } else { error.to_string() })
        })
    }

    fn read(given: &Bound<'_, PyAny>, html: bool) -> PyResult<Self> {
        let (document, url) = match given.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => (pair.get_item(0)?, address(&pair.get_item(1)?)?),
            _ => (given.clone(), Ok(None)),
        };
        let url = match url {
            Ok(url) => url,
            Err(what) => return Ok(Self::Wrong(format!("has an address that is {what}, not a string"))),
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

/// The address, if there is one; or what it is when it is no string. Tables say in several ways that there is none.
fn address(given: &Bound<'_, PyAny>) -> PyResult<Result<Option<String>, String>> {
    if let Ok(address) = given.cast::<PyString>() {
        return Ok(Ok(Some(address.to_str()?.to_owned())));
    }
    let what = given.get_type().name()?.to_string();
    let is_none = given.is_none() || what == "NAType" || given.extract::<f64>().is_ok_and(f64::is_nan);
    Ok(if is_none { Ok(None) } else { Err(what) })
}

impl Many {
    pub(crate) fn new(
        cleaner: Arc<cleancopy::Cleaner>,
        documents: &Bound<'_, PyAny>,
        html: bool,
        batch: &Batch,
    ) -> PyResult<Self> {
        if documents.is_instance_of::<PyString>() || Page::new(documents).is_ok_and(|page| page.is_some()) {
            let what = documents.get_type().name()?;
            return Err(PyTypeError::new_err(format!("give an iterable of documents, not one of them ({what})")));
        }
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
        let state = Mutex::new(state);
        Ok(Self { at_it: Mutex::default(), free: Condvar::new(), state, process: std::process::id() })
    }

    /// Waits until no other thread is at it. In its own iterable it cannot be asked for the next.
    fn turn(&self, py: Python<'_>) -> PyResult<Turn<'_>> {
        let me = thread::current().id();
        loop {
            let mut at_it = lock(&self.at_it);
            match *at_it {
                None => {
                    *at_it = Some(me);
                    return Ok(Turn(self));
                }
                Some(other) if other == me => return Err(PyValueError::new_err("clean_many is already executing")),
                // That thread may need the interpreter to come to an end.
                Some(_) => drop(at_it),
            }
            py.detach(|| {
                let at_it = lock(&self.at_it);
                let wait = self.free.wait_timeout_while(at_it, PATIENCE, |at_it| at_it.is_some());
                drop(wait);
            });
            py.check_signals()?;
        }
    }
}

/// The right to use the state.
struct Turn<'m>(&'m Many);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *lock(&self.0.at_it) = None;
        self.0.free.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Whether another document may be taken from the iterable.
    fn has_room(&self) -> bool {
        self.documents.is_some() && self.under_way < self.most && (self.bytes < BYTES || self.under_way == 0)
    }

    /// Takes one.
    fn take(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(documents) = &self.documents else { return Ok(()) };
        match documents.bind(py).clone().next() {
            Some(Ok(given)) => {
                let item = Item::new(&given, self.html);
                self.under_way += 1;
                self.bytes += item.len();
                if self.work.as_ref().is_none_or(|work| work.send(item).is_err()) {
                    self.end();
                }
            }
            Some(Err(error)) => {
                self.end();
                if !error.is_instance_of::<PyException>(py) {
                    // It is no matter of the documents: Python is interrupted, or is to end.
                    return Err(error);
                }
                self.failure = Some(error);
            }
            None => self.end(),
        }
        Ok(())
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
        if self.process != std::process::id() {
            return Err(PyRuntimeError::new_err(
                "the threads that clean are those of the process that this was forked from",
            ));
        }
        let _turn = self.turn(py)?;
        let mut state = lock(&self.state);
        loop {
            // What is there does not wait for further documents.
            let result = match state.results.try_recv() {
                Err(_) if state.has_room() => {
                    state.take(py)?;
                    continue;
                }
                Err(TryRecvError::Empty) if state.under_way > 0 => {
                    let results = &mut state.results;
                    py.detach(move || results.recv_timeout(PATIENCE))
                }
                Err(_) if state.under_way == 0 => return state.failure.take().map_or(Ok(None), Err),
                result => result.map_err(|_| RecvTimeoutError::Disconnected),
            };
            match result {
                Ok((record, bytes)) => {
                    state.under_way -= 1;
                    state.bytes -= bytes;
                    return Ok(Some(Cleaned::new(record)));
                }
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => {
                    state.end();
                    state.under_way = 0;
                    return Err(PyRuntimeError::new_err("the threads that clean could not be started, or have died"));
                }
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // While it is in use it is no garbage.
        self.state.try_lock().map_or(Ok(()), |state| visit.call(&state.documents))
    }

    fn __clear__(&self) {
        let taken = self.state.try_lock().map(|mut state| (state.documents.take(), state.work.take()));
        // What the iterable does when it goes must find the state free.
        drop(taken);
    }
}
