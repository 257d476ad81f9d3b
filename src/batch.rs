//! Many documents on many cores: bounded memory, results in order, and a panic in one document is
//! that document's error. The only file that knows rayon.
//!
//! There is no reader thread and no writer thread. Every worker takes the next piece from the
//! source, works on it, hands the result in, and writes out what is next in order if nobody else
//! is at it. So reading, working and writing overlap, no core waits for a hand-over, and one
//! thread does the same without any.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::document::{Content, Document};
use crate::{Cleaner, Error, Record};

/// How much may be under way at a time: taken from the source and not yet written. It bounds the
/// memory; a single piece may be larger, and then goes alone.
const WEIGHT_UNDER_WAY: usize = 24 << 20;

/// Pieces under way for each thread: how far the others may run ahead of a slow one.
const PIECES_PER_THREAD: usize = 8;

/// Runs work on a number of threads.
#[derive(Clone, Debug)]
pub struct Batch {
    threads: usize,
    stop: Arc<AtomicBool>,
}

impl Default for Batch {
    fn default() -> Self {
        Self { threads: std::thread::available_parallelism().map_or(1, NonZeroUsize::get), stop: Arc::default() }
    }
}

impl Batch {
    /// On this many threads. Default: as many as there are cores.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads.get();
        self
    }

    /// Begins no further piece once `stop` is true; what is in hand is finished. Default: it goes on to the end.
    #[must_use]
    pub fn with_stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// How many threads it will use.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Takes pieces from `source`, works on them (with their number, from 0), and hands the results
    /// to `sink` in the order of the source, until the source ends or the sink breaks off.
    /// `weight` is about how many bytes a piece takes.
    ///
    /// # Errors
    /// [`Error::Usage`] if the threads cannot be started.
    pub fn run<P, R>(
        &self,
        source: impl Iterator<Item = P> + Send,
        weight: impl Fn(&P) -> usize + Sync,
        work: impl Fn(usize, P) -> R + Sync,
        sink: impl FnMut(R) -> ControlFlow<()> + Send,
    ) -> Result<(), Error>
    where
        P: Send,
        R: Send,
    {
        self.run_in_parts(source, weight, |number, piece, _| work(number, piece), sink)
    }

    /// The same for work whose result may be larger than the weight of the piece tells: it may hand in parts of it as they
    /// are made, by its [`Turn`], and what it gives back is the last.
    ///
    /// # Errors
    /// [`Error::Usage`] if the threads cannot be started.
    pub fn run_in_parts<P, R>(
        &self,
        source: impl Iterator<Item = P> + Send,
        weight: impl Fn(&P) -> usize + Sync,
        work: impl Fn(usize, P, &Turn<'_, R>) -> R + Sync,
        mut sink: impl FnMut(R) -> ControlFlow<()> + Send,
    ) -> Result<(), Error>
    where
        P: Send,
        R: Send,
    {
        let source = source.take_while(|_| !self.stop.load(Ordering::Relaxed));
        if self.threads == 1 {
            let sink = RefCell::new(&mut sink);
            let over = Cell::new(false);
            let give = |part: Option<R>| {
                match part {
                    Some(part) if !over.get() => over.set((*sink.borrow_mut())(part).is_break()),
                    _ => {}
                }
                flow(over.get())
            };
            for (number, piece) in source.enumerate() {
                let result = work(number, piece, &Turn(&give));
                if give(Some(result)).is_break() {
                    break;
                }
            }
            return Ok(());
        }
        let threads = self.threads;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| Error::Usage(format!("cannot start {threads} threads: {error}")))?;
        let line = Line {
            // Fused, for every worker asks until it hears the end.
            source: Mutex::new(source.enumerate().fuse()),
            sink: Mutex::new(sink),
            order: Mutex::new(Order::new()),
            changed: Condvar::new(),
            pieces: threads * PIECES_PER_THREAD,
        };
        pool.broadcast(|_| line.work(&weight, &work));
        Ok(())
    }
}

/// By this a worker waits until all that comes before its piece is handed on, and hands on parts of its result. So
/// large parts do not pile up behind a slow piece: only one worker has the turn.
pub struct Turn<'l, R>(&'l dyn Fn(Option<R>) -> ControlFlow<()>);

impl<R> Turn<'_, R> {
    /// Waits for it. A break says that all is over, and nothing more is taken.
    pub fn wait(&self) -> ControlFlow<()> {
        (self.0)(None)
    }

    /// Waits for it and hands on a part. A break says that all is over, and nothing more is taken.
    pub fn give(&self, part: R) -> ControlFlow<()> {
        (self.0)(Some(part))
    }
}

impl<R> std::fmt::Debug for Turn<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turn")
    }
}

/// What the workers share.
struct Line<S, K, R> {
    source: Mutex<S>,
    sink: Mutex<K>,
    order: Mutex<Order<R>>,
    /// Signalled when something has left the line, or all is over.
    changed: Condvar,
    /// The most pieces that may be under way.
    pieces: usize,
}

/// Results that wait for their turn.
struct Order<R> {
    ready: BTreeMap<usize, (usize, R)>,
    /// The number of the piece that is written next.
    next: usize,
    pieces: usize,
    weight: usize,
    /// Someone is at the sink.
    writing: bool,
    over: bool,
}

impl<R> Order<R> {
    fn new() -> Self {
        Self { ready: BTreeMap::new(), next: 0, pieces: 0, weight: 0, writing: false, over: false }
    }
}

impl<P, S, K, R> Line<S, K, R>
where
    S: Iterator<Item = (usize, P)>,
    K: FnMut(R) -> ControlFlow<()>,
{
    /// What each worker does until all is done.
    fn work(&self, weight: &impl Fn(&P) -> usize, work: &impl Fn(usize, P, &Turn<'_, R>) -> R) {
        // If source, work or sink panic, the others must not wait for this worker's piece.
        let alarm = Alarm(self);
        while let Some((number, weight, piece)) = self.take(weight) {
            let result = work(number, piece, &Turn(&|part| self.hand_in(number, part)));
            lock(&self.order).ready.insert(number, (weight, result));
            self.write_out();
        }
        std::mem::forget(alarm);
    }

    /// The next piece, as soon as there is room for it under way.
    fn take(&self, weight: &impl Fn(&P) -> usize) -> Option<(usize, usize, P)> {
        let mut source = lock(&self.source);
        let mut order = lock(&self.order);
        while !order.over && order.pieces > 0 && (order.weight >= WEIGHT_UNDER_WAY || order.pieces >= self.pieces) {
            order = self.changed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        if order.over {
            return None;
        }
        drop(order);
        let (number, piece) = source.next()?;
        let weight = weight(&piece);
        let mut order = lock(&self.order);
        order.pieces += 1;
        order.weight += weight;
        Some((number, weight, piece))
    }

    /// Waits until it is the turn of a piece, and hands on a part of its result.
    fn hand_in(&self, number: usize, part: Option<R>) -> ControlFlow<()> {
        let mut order = lock(&self.order);
        while !order.over && (order.next != number || order.writing) {
            order = self.changed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        let Some(part) = part.filter(|_| !order.over) else { return flow(order.over) };
        order.writing = true;
        drop(order);
        let is_over = (*lock(&self.sink))(part).is_break();
        let mut order = lock(&self.order);
        order.over |= is_over;
        order.writing = false;
        self.changed.notify_all();
        flow(order.over)
    }

    /// Hands on every result whose turn it is, unless another worker is at it.
    fn write_out(&self) {
        let mut order = lock(&self.order);
        if order.writing {
            return;
        }
        order.writing = true;
        while !order.over {
            let next = order.next;
            let Some((weight, result)) = order.ready.remove(&next) else { break };
            drop(order);
            let flow = (*lock(&self.sink))(result);
            order = lock(&self.order);
            order.next += 1;
            order.pieces -= 1;
            order.weight -= weight;
            order.over |= flow.is_break();
            self.changed.notify_all();
        }
        order.writing = false;
        // Someone may wait for the turn that has come.
        self.changed.notify_all();
    }
}

fn flow(is_over: bool) -> ControlFlow<()> {
    if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Tells the other workers when one has panicked.
struct Alarm<'l, S, K, R>(&'l Line<S, K, R>);

impl<S, K, R> Drop for Alarm<'_, S, K, R> {
    fn drop(&mut self) {
        lock(&self.0.order).over = true;
        self.0.changed.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // After a panic the run ends anyway; the panic itself comes out of the pool.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cleans documents on the threads of `batch`; `each` gets the records in the order of the
/// documents and may break off. With `emit_text` they hold the source text.
///
/// # Errors
/// [`Error::Usage`] if the threads cannot be started.
pub fn clean_all(
    cleaner: &Cleaner,
    documents: impl Iterator<Item = Document> + Send,
    batch: &Batch,
    emit_text: bool,
    each: impl FnMut(Record) -> ControlFlow<()> + Send,
) -> Result<(), Error> {
    let work = |_, document: Document| {
        let read = || Ok::<_, Infallible>(document);
        clean_or_say(cleaner, read, Document::default, emit_text).unwrap_or_else(|no| match no {})
    };
    batch.run(documents, Document::weight, work, each)
}

/// Cleans the document that `read` gives. If cleaning panics, the record is an `error` of that document; if reading
/// does, of the one that `identity` gives.
///
/// # Errors
/// What `read` gives in place of a document.
pub fn clean_or_say<E>(
    cleaner: &Cleaner,
    read: impl FnOnce() -> Result<Document, E>,
    identity: impl FnOnce() -> Document,
    emit_text: bool,
) -> Result<Record, E> {
    let (identity, cleaned) = match guarded(read) {
        Ok(document) => {
            let document = document?;
            let Document { id, source, url, .. } = &document;
            let same = Document { id: id.clone(), source: source.clone(), url: url.clone(), ..Document::default() };
            (same, guarded(|| cleaner.clean_document(document, emit_text)))
        }
        Err(panic) => (identity(), Err(panic)),
    };
    Ok(cleaned.unwrap_or_else(|panic| {
        let content = Content::Unreadable(format!("cleaning it failed: {panic}"));
        cleaner.clean_document(Document { content, ..identity }, emit_text)
    }))
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is at a document whose panic will be caught and reported: a panic hook need
/// not say it again.
#[must_use]
pub fn panic_is_caught() -> bool {
    GUARDED.get()
}

/// Calls `work`; a panic comes back as its message.
pub(crate) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    GUARDED.set(true);
    // Nothing outlives a panic here: `work` owns its document, and the cleaner has no state.
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    result.map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;

    fn batch(threads: usize) -> Batch {
        Batch::default().with_threads(NonZeroUsize::new(threads).expect("not zero"))
    }

    #[test]
    fn results_come_in_order() {
        for threads in [1, 2, 7] {
            let mut seen = Vec::new();
            let slow_start = |number: usize, piece: usize| {
                if number.is_multiple_of(5) {
                    std::thread::sleep(Duration::from_millis(3));
                }
                piece
            };
            batch(threads)
                .run(
                    0..200,
                    |_| 1,
                    slow_start,
                    |piece| {
                        seen.push(piece);
                        ControlFlow::Continue(())
                    },
                )
                .expect("threads");
            assert_eq!(seen, (0..200).collect::<Vec<_>>(), "{threads} threads");
        }
    }

    #[test]
    fn what_is_under_way_is_bounded() {
        let (taken, done, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let source = (0..300).inspect(|_| {
            let under_way = taken.fetch_add(1, Ordering::SeqCst) + 1 - done.load(Ordering::SeqCst);
            most.fetch_max(under_way, Ordering::SeqCst);
        });
        // The first piece is slow: the others must not run ahead of it without bound.
        let work = |number: usize, _| {
            std::thread::sleep(Duration::from_millis(if number == 0 { 100 } else { 0 }));
        };
        batch(2)
            .run(
                source,
                |_| WEIGHT_UNDER_WAY / 4,
                work,
                |()| {
                    done.fetch_add(1, Ordering::SeqCst);
                    ControlFlow::Continue(())
                },
            )
            .expect("threads");
        assert_eq!(done.load(Ordering::SeqCst), 300);
        assert!(most.load(Ordering::SeqCst) <= 6, "{most:?} under way");
    }

    #[test]
    fn parts_come_in_order_and_none_piles_up() {
        for threads in [1, 2, 5] {
            let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let work = |number: usize, piece: usize, turn: &Turn<'_, (usize, usize)>| {
                if number == 0 {
                    std::thread::sleep(Duration::from_millis(20));
                }
                for part in 0..piece % 4 {
                    if turn.wait().is_break() {
                        break;
                    }
                    most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let _ = turn.give((piece, part));
                }
                (piece, piece % 4)
            };
            let mut seen = Vec::new();
            let sink = |part: (usize, usize)| {
                held.fetch_sub(usize::from(part.1 < part.0 % 4), Ordering::SeqCst);
                seen.push(part);
                if part.0 == 90 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            batch(threads).run_in_parts(0..100, |_| 1, work, sink).expect("threads");
            let wanted: Vec<_> = (0..=90).flat_map(|piece| (0..=piece % 4).map(move |part| (piece, part))).collect();
            assert_eq!(seen, wanted[..seen.len()], "{threads} threads");
            assert_eq!(seen.last(), Some(&(90, 0)));
            assert_eq!(most.into_inner(), 1, "{threads} threads");
        }
    }

    #[test]
    fn the_sink_may_break_off() {
        for threads in [1, 3] {
            let mut seen = Vec::new();
            batch(threads)
                .run(
                    0..,
                    |_| 1,
                    |_, piece| piece,
                    |piece| {
                        seen.push(piece);
                        if piece == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                    },
                )
                .expect("threads");
            assert_eq!(seen, (0..=10).collect::<Vec<_>>(), "{threads} threads");
        }
    }

    #[test]
    fn a_run_can_be_stopped() {
        for threads in [1, 3] {
            let stop = Arc::new(AtomicBool::new(false));
            let mut seen = 0;
            let work = |number, ()| {
                stop.fetch_or(number == 10, Ordering::Relaxed);
            };
            let batch = batch(threads).with_stop(Arc::clone(&stop));
            let sink = |()| {
                seen += 1;
                ControlFlow::Continue(())
            };
            batch.run(std::iter::repeat_n((), 10_000), |()| 1, work, sink).expect("threads");
            assert!((11..1000).contains(&seen), "{seen} on {threads} threads");
        }
    }

    #[test]
    fn a_panic_is_a_message() {
        let inside = || -> () {
            assert!(panic_is_caught());
            panic!("at the disco")
        };
        assert_eq!(guarded(|| 1), Ok(1));
        assert_eq!(guarded(inside), Err("at the disco".to_owned()));
        assert!(!panic_is_caught());
        let cleaner = Cleaner::new(crate::Config::default()).expect("built-in rules");
        let identity = || Document { id: "7".to_owned(), ..Document::default() };
        let broken = || -> Result<_, Infallible> { panic!("on page {}", 7) };
        let record = clean_or_say(&cleaner, broken, identity, false).unwrap_or_else(|no| match no {});
        assert_eq!((record.id.as_str(), record.status), ("7", crate::Status::Error));
        assert_eq!(record.error.as_deref(), Some("cleaning it failed: on page 7"));
    }

    #[test]
    fn a_panic_of_the_work_itself_ends_the_run() {
        let run = catch_unwind(|| {
            let work = |number, _| assert_ne!(number, 20, "this panic is wanted");
            batch(3).run(0..1000, |_| 1, work, |()| ControlFlow::Continue(()))
        });
        assert!(run.is_err());
    }

    #[test]
    fn many_documents_are_cleaned_in_order() {
        let cleaner = Cleaner::new(crate::Config::default()).expect("built-in rules");
        let documents = (0..50).map(|number| Document {
            id: number.to_string(),
            content: Content::Text(format!("Document number {number} says this much.")),
            ..Document::default()
        });
        let mut ids = Vec::<i32>::new();
        clean_all(&cleaner, documents, &batch(3), true, |record| {
            assert!(record.text.is_some_and(|text| text.contains(&record.id)));
            ids.push(record.id.parse().expect("a number"));
            ControlFlow::Continue(())
        })
        .expect("threads");
        assert_eq!(ids, (0..50).collect::<Vec<_>>());
    }
}
