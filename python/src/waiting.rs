//! Waiting for Rust without holding up Python: other threads run on, and Ctrl-C comes through.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread, park_timeout};
use std::time::Duration;

use pyo3::prelude::*;

/// How long an interruption may go unnoticed.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// Does the work on a thread of its own and waits for it. When Python is interrupted meanwhile, `stop` becomes true;
/// the interruption is what is returned once the work has ended.
pub(crate) fn unless_interrupted<R: Send>(
    py: Python<'_>,
    work: impl FnOnce(Arc<AtomicBool>) -> R + Send,
) -> PyResult<R> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut interrupted = Ok(());
    let done = py.detach(|| {
        thread::scope(|scope| {
            let bell = Bell { waiting: thread::current(), rung: Arc::default() };
            let (rung, stop_work) = (Arc::clone(&bell.rung), Arc::clone(&stop));
            let worker = scope.spawn(move || {
                let _bell = bell;
                work(stop_work)
            });
            // Whether the thread has ended shows only after it has rung, and then there would be nothing to wake us.
            while !rung.load(Ordering::Acquire) {
                park_timeout(PATIENCE);
                if interrupted.is_ok() {
                    interrupted = Python::attach(|py| py.check_signals());
                    stop.store(interrupted.is_err(), Ordering::Relaxed);
                }
            }
            worker.join()
        })
    });
    interrupted.map(|()| done.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// Wakes the thread that waits, however the work ends.
struct Bell {
    waiting: Thread,
    rung: Arc<AtomicBool>,
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.rung.store(true, Ordering::Release);
        self.waiting.unpark();
    }
}
