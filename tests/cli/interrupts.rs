//! Ctrl-C.

#![cfg(unix)]

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Folder, records};

/// Starts a run that waits for more input, interrupts it, and gives its exit status.
fn interrupted(folder: &Folder, args: &[&str]) -> Option<i32> {
    let mut child: Child = folder
        .command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("standard input");
    input.write_all(records(1000).as_bytes()).expect("some input");
    let begun = Instant::now();
    while folder.list().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!folder.list().is_empty(), "the output is begun");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let status = child.wait().expect("the command ends");
    drop(input);
    status.code()
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = Folder::new();
    for args in [
        &["clean", "-", "-o", "out.jsonl", "--report", "r.jsonl"][..],
        &["clean", "-", "-o", "out.jsonl.zst", "--threads", "1"],
        &["clean", "-", "-o", "deep/out"],
    ] {
        assert_eq!(interrupted(&folder, args), Some(130), "{args:?}");
        let left = folder.list();
        assert!(left.is_empty(), "{args:?} left {} files, such as {}", left.len(), left[0]);
    }
}
