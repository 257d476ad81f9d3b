//! Ctrl-C, and a request to end: finish what is in hand, and leave what the next run needs to go on.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cleancopy::Error;
use cleancopy::output::{Sink, thousands};

use super::{INTERRUPTED, say};

/// How long the run may take to end by itself. It does when the documents in hand are done; but it may also
/// be waiting for a pipe in which nothing comes.
const GRACE: Duration = Duration::from_millis(1500);

/// How long a write that is under way is waited for. Files get done; but it may also be into a pipe
/// that nobody empties.
const WRITING: Duration = Duration::from_secs(10);

/// Holds the outputs of a run, so that an interruption never comes in the midst of a write.
#[derive(Clone, Default)]
pub(super) struct Interrupt {
    requested: Arc<AtomicBool>,
    sink: Arc<Mutex<Option<Sink>>>,
}

impl Interrupt {
    /// From now on an interruption is noted instead of ending the process on the spot.
    pub(super) fn listen() -> Self {
        let interrupt = Self::default();
        let noted = interrupt.clone();
        // Fails if there is a handler already; then that one decides.
        let _ = ctrlc::set_handler(move || noted.note());
        interrupt
    }

    pub(super) fn requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// Opens the outputs.
    pub(super) fn open(&self, open: impl FnOnce() -> Result<Sink, Error>) -> Result<(), Error> {
        *self.lock() = Some(open()?);
        Ok(())
    }

    /// Writes to the outputs. `None` if they are closed already.
    pub(super) fn write<R>(&self, write: impl FnOnce(&mut Sink) -> R) -> Option<R> {
        self.lock().as_mut().map(write)
    }

    /// Ends the outputs; an interruption waits until that is done. `None` if they are closed already.
    pub(super) fn end<R>(&self, end: impl FnOnce(Sink) -> R) -> Option<R> {
        self.lock().take().map(end)
    }

    /// Ends the outputs before their time, and says how to go on.
    pub(super) fn suspend(&self) {
        self.end(|sink| {
            let documents = thousands(sink.summary().documents);
            match sink.suspend() {
                Ok(true) => say(format_args!(
                    "cleancopy: interrupted after {documents} documents; the same command with --resume goes on from there"
                )),
                Ok(false) => say("cleancopy: interrupted"),
                Err(error) => say(format_args!("cleancopy: interrupted; {error}")),
            }
        });
    }

    /// What happens on an interruption, in a thread of its own.
    fn note(&self) {
        self.requested.store(true, Ordering::Relaxed);
        sleep(GRACE);
        let begun = Instant::now();
        while begun.elapsed() < WRITING {
            if let Ok(sink) = self.sink.try_lock() {
                drop(sink);
                self.suspend();
                break;
            }
            sleep(Duration::from_millis(10));
        }
        process::exit(i32::from(INTERRUPTED));
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sink>> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
