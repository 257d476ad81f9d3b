//! Ctrl-C, a request to end, a kill; and going on from there.

#![cfg(unix)]

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::harness::{Folder, column, gzip, record, records, unzstd, zstd};

/// Starts a run that waits for more input, sends it a signal, and gives its exit status and what it said.
fn interrupted(folder: &Folder, args: &[&str], signal: &str) -> (Option<i32>, String) {
    let mut child: Child = folder
        .command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut input = child.stdin.take().expect("standard input");
    input.write_all(records(1000).as_bytes()).expect("some input");
    let begun = Instant::now();
    while folder.list().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20));
    }
    assert!(!folder.list().is_empty(), "the output is begun");
    kill(&child, signal);
    let output = child.wait_with_output().expect("the command ends");
    drop(input);
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn kill(child: &Child, signal: &str) {
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
}

#[test]
fn an_interrupted_run_says_how_to_go_on() {
    for (signal, out) in [("-INT", "out.jsonl"), ("-TERM", "deep/out"), ("-INT", "out.csv")] {
        let folder = Folder::new();
        let args = ["clean", "-", "--from", "jsonl", "-o", out, "--threads", "2"];
        let (code, said) = interrupted(&folder, &args, signal);
        assert_eq!(code, Some(130), "{args:?}: {said}");
        assert!(said.contains("--resume") || said.contains("interrupted"), "{said}");
        assert!(
            !folder.path().join(out).join("bodies").exists() && !folder.path().join(out).is_file(),
            "no half output"
        );
        let args = ["clean", "-", "--from", "jsonl", "-q", "-o", out, "--resume"];
        folder.run_args(&args, records(1200)).exits(0);
        let whole = Folder::new();
        whole.run_args(&["clean", "-", "--from", "jsonl", "-q", "-o", out], records(1200)).exits(0);
        assert_same(&folder, &whole);
    }
}

#[test]
fn an_interrupted_run_to_a_pipe_leaves_nothing() {
    let folder = Folder::new();
    folder.write("x", "");
    let (code, _) = interrupted(&folder, &["clean", "-", "--from", "jsonl", "-o", "-"], "-INT");
    assert_eq!(code, Some(130));
    assert_eq!(folder.list(), ["x"]);
}

/// Both folders hold the same, file for file and byte for byte, but for the inputs.
#[track_caller]
fn assert_same(a: &Folder, b: &Folder) {
    let files =
        |folder: &Folder| -> Vec<String> { folder.list().into_iter().filter(|name| !name.starts_with("in")).collect() };
    assert_eq!(files(a), files(b));
    for name in files(a).iter().filter(|name| a.path().join(name).is_file()) {
        assert!(a.bytes(name) == b.bytes(name), "{name} differs");
    }
}

/// Inputs of every kind, several megabytes, some of them broken.
fn write_inputs(folder: &Folder) {
    let many = |from: usize, to: usize| -> String {
        (from..to).map(|n| record(&n.to_string()) + "\n" + if n % 97 == 0 { "{broken\n" } else { "" }).collect()
    };
    folder.write("in/a.jsonl", many(0, 500));
    folder.write("in/b.jsonl.gz", gzip(many(6000, 6400)));
    let mut csv = "id,text,n\n".to_owned();
    for n in 0..300 {
        let text = crate::harness::article(&n.to_string()).replace('"', "\"\"");
        csv += &format!("c{n},\"{text}\",{n}\n");
    }
    folder.write("in/c.csv", csv);
    for n in 0..100 {
        folder.write(&format!("in/d/{n}.txt"), crate::harness::article(&n.to_string()));
    }
    // More than a row group of Parquet has rows.
    let line = |n: usize| format!("{{\"id\": \"e{n}\", \"text\": \"The {n}th heron was seen on Monday.\"}}\n");
    folder.write("in/e.jsonl", (0..6000).map(line).collect::<String>());
}

/// Runs that are killed at random moments and resumed give what an uninterrupted run gives.
#[test]
fn killed_runs_are_resumed_to_the_same_bytes() {
    for out in ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.csv", "out.parquet", "out"] {
        let folder = Folder::new();
        write_inputs(&folder);
        let whole =
            ["clean", "in", "-q", "-o", out, "--report", "r.jsonl.gz", "--summary", "s.json", "--html", "h.html"];
        let begun = Instant::now();
        folder.run_args(&whole, "").exits(1);
        let takes = begun.elapsed();
        let expected = Folder::new();
        for name in folder.list().iter().filter(|name| !name.starts_with("in")) {
            let (from, to) = (folder.path().join(name), expected.path().join(name));
            if from.is_dir() {
                std::fs::create_dir_all(to).expect("a folder");
            } else {
                std::fs::rename(from, to).expect("moved");
            }
        }
        let _ = std::fs::remove_dir_all(folder.path().join(out));
        let mut resumed = false;
        for turn in 0..3_u32 {
            let threads = (turn % 2 + 1).to_string();
            let mut child = folder
                .command(&[&whole[..], &["--resume", "--threads", &threads]].concat())
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the command starts");
            if turn == 0 {
                // As soon as there is something to go on with.
                while !has_checkpoint(&folder, out) && child.try_wait().expect("a status").is_none() {
                    sleep(Duration::from_millis(2));
                }
            } else {
                // Moments spread over the run, others for each output.
                sleep(takes * ((turn * 13 + out.len() as u32 * 7) % 60 + 20) / 100);
            }
            let _ = child.kill();
            child.wait().expect("it ends");
            resumed |= has_checkpoint(&folder, out);
        }
        assert!(resumed, "{out}: some run left a checkpoint");
        let code = folder.run_args(&[&whole[..], &["--resume"]].concat(), "").code;
        assert!(matches!(code, Some(0 | 1)), "{out}: {code:?}");
        assert_same(&folder, &expected);
        if out.ends_with("zst") {
            assert_eq!(unzstd(&folder.bytes(out)).lines().count(), expected.json("s.json")["documents"]);
        }
        folder.run_args(&[&whole[..5], &["--resume"]].concat(), "").exits(0);
    }
}

/// Where a chunk comes out in several pages, the output is that of any other run, too.
#[test]
fn pages_within_a_chunk_change_nothing() {
    let folder = Folder::new();
    for number in 0..9 {
        folder.write(&format!("in/{number}.txt.zst"), zstd(number.to_string().repeat(3 << 20)));
    }
    let mut all = Vec::new();
    for (threads, out) in [("1", "a.jsonl.zst"), ("2", "b.jsonl.zst")] {
        folder.run(&format!("clean in -q -o {out} --max-doc-bytes 1k --threads {threads}")).exits(0);
        all.push(folder.bytes(out));
    }
    assert!(all[0] == all[1]);
    assert_eq!(unzstd(&all[0]).lines().count(), 9);
}

/// Whether a run to `out`, a file if its name has a dot, can be gone on with.
fn has_checkpoint(folder: &Folder, out: &str) -> bool {
    let (file, in_folder) = (format!(".{out}.checkpoint"), format!("{out}/.cleancopy-part/checkpoint"));
    folder.path().join(if out.contains('.') { file } else { in_folder }).is_file()
}

/// Leaves a run that was killed after its first checkpoint.
fn killed(folder: &Folder, args: &[&str]) {
    let mut child =
        folder.command(args).stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command starts");
    let begun = Instant::now();
    while !has_checkpoint(folder, "out.jsonl") {
        assert!(begun.elapsed() < Duration::from_secs(30), "a checkpoint comes");
        sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = Folder::new();
    folder.write("in.jsonl", records(3_000));
    killed(&folder, &["clean", "in.jsonl", "-o", "out.jsonl"]);
    for (args, words) in [
        ("clean in.jsonl -o out.jsonl --resume --mode precise", "another --mode"),
        ("clean in.jsonl -o out.jsonl --resume --emit-text", "another --emit-text"),
        ("clean in.jsonl -o out.jsonl --resume --keep ad", "another --keep"),
        ("clean in.jsonl in.jsonl -o out.jsonl --resume", "another inputs"),
    ] {
        folder.run(args).exits(2).says(&["cannot resume", words]);
    }
    let text = folder.read("in.jsonl");
    folder.write("in.jsonl", text.replacen("on 1 that", "on one that", 1));
    folder.run("clean in.jsonl -o out.jsonl --resume").exits(2).says(&["cannot resume", "have changed"]);
    folder.run("clean in.jsonl -q -o out.jsonl").exits(0);
    assert_eq!(folder.list(), ["in.jsonl", "out.jsonl"], "without --resume what was left is discarded");
    assert_eq!(column(&folder.jsonl("out.jsonl"), "id").len(), 3_000);
}

/// Without a checkpoint, a file under the output's name is whole only if this command may have written it.
#[test]
fn what_is_no_output_of_the_command_is_not_taken_for_one() {
    let folder = Folder::new();
    folder.write("in.jsonl", records(2));
    for out in ["out.jsonl", "out.jsonl.zst", "out.csv.gz", "out.parquet"] {
        let again = format!("clean in.jsonl -o {out} --resume");
        folder.run(&again).exits(0);
        let whole = folder.bytes(out);
        folder.run(&again).exits(0).says(&["whole already"]);
        folder.write("other.jsonl", records(1));
        let other = format!("clean other.jsonl -q -o {out} --resume");
        folder.run(&other).exits(2).says(&["cannot resume", out, "in.jsonl, which is no input"]);
        for content in ["a shopping list\n", "{\"id\": 1, \"text\": \"x\"}\n", "id,text\n1,x\n"] {
            folder.write(out, content);
            folder.run(&again).exits(2).says(&["cannot resume", out, "not what this command writes"]);
            assert_eq!(folder.read(out), content);
        }
        folder.write(out, "");
        folder.run(&format!("{again} -q")).exits(0);
        assert!(folder.bytes(out) == whole, "{out}: of nothing it begins");
    }
    folder.write("out.txt", "a shopping list\n");
    folder.run("clean in.jsonl --to txt -o out.txt --resume").exits(2).says(&["cannot resume", "cannot be told"]);
}

#[test]
fn two_runs_do_not_write_one_output() {
    let folder = Folder::new();
    let mut child = folder
        .command(&["clean", "-", "--from", "jsonl", "-o", "out.jsonl"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    child.stdin.as_mut().expect("standard input").write_all(records(1000).as_bytes()).expect("some input");
    let begun = Instant::now();
    while folder.list().is_empty() && begun.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(20));
    }
    folder.write("a.txt", "x");
    folder.run("clean a.txt -o out.jsonl").exits(2).says(&["another run is writing it"]);
    drop(child.stdin.take());
    assert!(child.wait().expect("it ends").success());
    assert_eq!(folder.jsonl("out.jsonl").len(), 1000);
}

/// A disk that is full ends the run with a word; once there is room, it goes on.
#[test]
fn a_full_disk_is_gone_on_from() {
    let folder = Folder::new();
    folder.write("in.jsonl", records(3000));
    let run = |more: &str| {
        // The limit stands in for the size of a disk; writing past it is an error once its signal is ignored.
        let line = format!("trap '' XFSZ; {more} exec \"$0\" clean in.jsonl -q -o out.jsonl --resume");
        Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", &line, env!("CARGO_BIN_EXE_cleancopy")])
            .output()
            .expect("a shell")
    };
    let full = run("ulimit -f 2000;");
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(2), "{said}");
    assert!(said.contains("out.jsonl") && said.contains("--resume") && said.lines().count() == 1, "{said}");
    assert!(!folder.path().join("out.jsonl").exists());
    assert_eq!(run("").status.code(), Some(0));
    let resumed = folder.bytes("out.jsonl");
    folder.run("clean in.jsonl -q -o out.jsonl").exits(0);
    assert!(resumed == folder.bytes("out.jsonl"));
}

#[test]
fn a_run_that_stops_at_an_error_leaves_nothing() {
    let folder = Folder::new();
    folder.write("in.jsonl", records(1200) + "{broken\n");
    folder.run("clean in.jsonl -q -o out.jsonl --fail-fast").exits(1);
    assert_eq!(folder.list(), ["in.jsonl"]);
    folder.run("clean in.jsonl -q -o out --fail-fast").exits(1);
    assert_eq!(folder.list(), ["in.jsonl"]);
}
