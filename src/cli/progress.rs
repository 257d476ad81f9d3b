//! The progress of a run on standard error.

use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cleancopy::input::Inputs;
use cleancopy::output::{Summary, thousands};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::When;
use super::say;

/// How often a line is written where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Documents, speed, share removed, and the time left, which goes by the bytes taken from disk:
/// the only measure of which the whole is known.
pub(super) struct Progress {
    show: Show,
    /// The size of all inputs; 0 until it is known.
    total: Arc<AtomicU64>,
    started: Instant,
}

enum Show {
    Nothing,
    Bar(ProgressBar),
    /// Lines, for a log. The last message, and when it was written.
    Lines(Mutex<(String, Instant)>),
}

impl Progress {
    pub(super) fn start(when: When, quiet: bool, inputs: &Inputs) -> Self {
        let terminal = stderr().is_terminal();
        let show = match when {
            When::Auto if quiet || !terminal => Show::Nothing,
            When::Never => Show::Nothing,
            When::Always if !terminal => Show::Lines(Mutex::new((String::new(), Instant::now()))),
            When::Auto | When::Always => Show::Bar(bar()),
        };
        let total = Arc::new(AtomicU64::new(0));
        if !matches!(show, Show::Nothing) {
            let sum = inputs.total_bytes();
            let known = Arc::clone(&total);
            // Going through large folders takes time; the work need not wait for it.
            thread::spawn(move || known.store(sum().unwrap_or(0), Ordering::Relaxed));
        }
        Self { show, total, started: Instant::now() }
    }

    /// Shows where the run stands; `bytes` are those read so far.
    pub(super) fn update(&self, summary: &Summary, bytes: u64) {
        self.show(bytes, |elapsed| message(summary, bytes, elapsed));
    }

    /// The same of a run that cuts nothing.
    pub(super) fn update_count(&self, documents: u64, bytes: u64) {
        self.show(bytes, |elapsed| speed(documents, bytes, elapsed));
    }

    fn show(&self, bytes: u64, message: impl Fn(Duration) -> String) {
        let total = self.total.load(Ordering::Relaxed);
        match &self.show {
            Show::Nothing => {}
            Show::Bar(bar) => {
                if total > 0 && bar.length().is_none() {
                    bar.set_length(total);
                    bar.set_style(style("{wide_bar} {percent} % {msg}, {eta} left"));
                }
                bar.set_position(bytes);
                bar.set_message(message(self.started.elapsed()));
            }
            Show::Lines(last) => {
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                last.0 = message(self.started.elapsed());
                if let Some(percent) = (100 * bytes).checked_div(total) {
                    last.0 = format!("{percent} % {}", last.0);
                }
                if last.1.elapsed() >= LINE_EVERY {
                    say(&last.0);
                    *last = (String::new(), Instant::now());
                }
            }
        }
    }

    /// A line above the bar.
    pub(super) fn say(&self, line: impl std::fmt::Display) {
        match &self.show {
            Show::Bar(bar) => bar.suspend(|| say(line)),
            Show::Lines(_) | Show::Nothing => say(line),
        }
    }

    pub(super) fn finish(&self) {
        match &self.show {
            Show::Nothing => {}
            Show::Bar(bar) => bar.finish_and_clear(),
            Show::Lines(last) => {
                let last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if !last.0.is_empty() {
                    say(&last.0);
                }
            }
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    bar.set_style(style("{spinner} {msg}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn message(summary: &Summary, bytes: u64, elapsed: Duration) -> String {
    let cut = summary.removed().characters as f64 / (summary.characters_in.max(1)) as f64;
    format!("{}, {:.1} % cut", speed(summary.documents, bytes, elapsed), 100.0 * cut)
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn speed(documents: u64, bytes: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let (pace, megabytes) = (documents as f64 / seconds, bytes as f64 / 1e6 / seconds);
    format!("{} documents, {pace:.0}/s, {megabytes:.1} MB/s", thousands(documents))
}
