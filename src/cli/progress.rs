//! The progress bar on standard error.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cleancopy::input::Inputs;
use cleancopy::output::Summary;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::When;
use super::say;

/// Documents, speed, share removed, and the time left, which goes by the bytes taken from disk:
/// the only measure of which the whole is known.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    /// The size of all inputs; 0 until it is known.
    total: Arc<AtomicU64>,
    started: Instant,
}

impl Progress {
    pub(super) fn start(when: When, quiet: bool, inputs: &Inputs) -> Self {
        let shown = match when {
            When::Auto => !quiet && stderr().is_terminal(),
            When::Always => true,
            When::Never => false,
        };
        let total = Arc::new(AtomicU64::new(0));
        let bar = shown.then(|| {
            let sum = inputs.total_bytes();
            let known = Arc::clone(&total);
            // Going through large folders takes time; the work need not wait for it.
            thread::spawn(move || known.store(sum().unwrap_or(0), Ordering::Relaxed));
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            bar.set_style(style("{spinner} {msg}"));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar, total, started: Instant::now() }
    }

    /// Shows where the run stands; `bytes` are those read so far.
    pub(super) fn update(&self, summary: &Summary, bytes: u64) {
        let Some(bar) = &self.bar else { return };
        let total = self.total.load(Ordering::Relaxed);
        if total > 0 && bar.length().is_none() {
            bar.set_length(total);
            bar.set_style(style("{wide_bar} {percent} % {msg}, {eta} left"));
        }
        bar.set_position(bytes);
        bar.set_message(message(summary, bytes, self.started.elapsed()));
    }

    /// A line above the bar.
    pub(super) fn say(&self, line: impl std::fmt::Display) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(line)),
            None => say(line),
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
fn message(summary: &Summary, bytes: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let cut = summary.removed().characters as f64 / (summary.characters_in.max(1)) as f64;
    format!(
        "{} documents, {:.0}/s, {:.1} MB/s, {:.1} % cut",
        summary.documents,
        summary.documents as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        100.0 * cut,
    )
}
