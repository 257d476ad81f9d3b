//! Waiting for Rust without holding up Python: other threads run on, and Ctrl-C comes through.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// How long an interruption may go unnoticed.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// How long what is in hand may take to end after an interruption.
const GRACE: Duration = Duration::from_secs(2);

/// Does the work on a thread of its own and waits for it. When Python is interrupted meanwhile, `stop` becomes true, and
/// the interruption is what is returned: once the work has ended, or soon if it waits for something itself. What it
/// reads may be broken in ways that make it panic, which becomes a `ValueError`.
pub(crate) fn unless_interrupted<R: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(Arc<AtomicBool>) -> R + Send + 'static,
) -> PyResult<R> {
    let stop = Arc::new(AtomicBool::new(false));
    let (done, mut result) = channel();
    let stop_work = Arc::clone(&stop);
    let work = move || {
        // Nobody listens any more when it has taken too long to stop.
        let _ = done.send(catch_unwind(AssertUnwindSafe(|| work(stop_work))));
    };
    thread::Builder::new().name("cleancopy".to_owned()).spawn(work)?;
    let mut wait = |time| {
        let result = &mut result;
        py.detach(move || result.recv_timeout(time))
    };
    loop {
        match wait(PATIENCE) {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(panic)) => {
                return Err(PyValueError::new_err(format!("the table cannot be read: {}", said(panic.as_ref()))));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(interruption) = py.check_signals() {
                    stop.store(true, Ordering::Relaxed);
                    let _ = wait(GRACE);
                    return Err(interruption);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("the thread that cleans has died"));
            }
        }
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> &str {
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    panic.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("it is broken")
}
