//! Ctrl-C: end the run, leave nothing unfinished behind.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cleancopy::Error;
use cleancopy::output::{Sink, Summary};

use super::INTERRUPTED;

/// How long the run may take to end by itself. It does between two pieces of work; but it may also
/// be waiting for a pipe in which nothing comes.
const GRACE: Duration = Duration::from_millis(300);

/// How long a write that is under way is waited for. Files get done; but it may also be into a pipe
/// that nobody empties.
const WRITING: Duration = Duration::from_secs(10);

/// The outputs of a run are opened, written and ended through this, so that an interruption never
/// comes in between.
#[derive(Clone, Default)]
pub(super) struct Interrupt {
    requested: Arc<AtomicBool>,
    /// Held while an output is written to.
    writing: Arc<Mutex<()>>,
    /// What must not outlive the run if it is broken off.
    unfinished: Arc<Mutex<Vec<PathBuf>>>,
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
    pub(super) fn open(&self, open: impl FnOnce() -> Result<Sink, Error>) -> Result<Sink, Error> {
        let _writing = lock(&self.writing);
        let sink = open()?;
        *lock(&self.unfinished) = sink.unfinished();
        Ok(sink)
    }

    /// Writes to the outputs.
    pub(super) fn write<R>(&self, write: impl FnOnce() -> R) -> R {
        let _writing = lock(&self.writing);
        write()
    }

    /// Ends the outputs; from then on there is nothing to be taken back.
    pub(super) fn commit(&self, sink: Sink, summary: &Summary) -> Result<(), Error> {
        let _writing = lock(&self.writing);
        let result = sink.commit(summary);
        lock(&self.unfinished).clear();
        result
    }

    /// What happens on Ctrl-C, in a thread of its own.
    fn note(&self) {
        self.requested.store(true, Ordering::Relaxed);
        sleep(GRACE);
        let begun = Instant::now();
        // Held until the process ends: nothing is written any more.
        let mut writing = self.writing.try_lock();
        while writing.is_err() && begun.elapsed() < WRITING && !lock(&self.unfinished).is_empty() {
            sleep(Duration::from_millis(10));
            writing = self.writing.try_lock();
        }
        for path in lock(&self.unfinished).iter() {
            if fs::remove_file(path).is_err() {
                let _ = fs::remove_dir_all(path);
            }
        }
        process::exit(i32::from(INTERRUPTED));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
