//! Ctrl-C: end the run, leave nothing unfinished behind.

use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::INTERRUPTED;

/// How long the run may take to end by itself. It does between two pieces of work; but it may also
/// be waiting for a pipe in which nothing comes.
const GRACE: Duration = Duration::from_millis(500);

#[derive(Clone, Default)]
pub(super) struct Interrupt {
    requested: Arc<AtomicBool>,
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

    /// What is deleted if the run does not end by itself.
    pub(super) fn discard_on_exit(&self, paths: Vec<PathBuf>) {
        *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }

    fn note(&self) {
        if !self.requested.swap(true, Ordering::Relaxed) {
            std::thread::sleep(GRACE);
        }
        for path in self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = fs::remove_file(path);
            let _ = fs::remove_dir_all(path);
        }
        process::exit(i32::from(INTERRUPTED));
    }
}
