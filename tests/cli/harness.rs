//! A folder to work in, and the command run inside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Paragraphs that nobody would cut.
const PROSE: [&str; 4] = [
    "The council voted on Tuesday to close the old bridge for repairs that will take two years. \
     Nobody spoke against it, though two members left the room before the hands were counted.",
    "Residents said they had been waiting for the decision since the floods of last spring.",
    "The mayor promised a ferry service from the first week of May, paid for by the county, and \
     said that the boats would run until midnight in summer. “They will be on time,” she added.",
    "Engineers found cracks in three of the five piers. They asked for a new survey of the rest.",
];

/// The line that is cut out of every [`article`].
pub(crate) const JUNK: &str = "Advertisement";

/// An article with one line of junk; `topic` makes it differ from others.
pub(crate) fn article(topic: &str) -> String {
    format!(
        "This is the report on {topic} that the paper printed on the front page of its last issue.\n\
         {}\n{JUNK}\n{}\n{}\n{}\n",
        PROSE[0], PROSE[1], PROSE[2], PROSE[3]
    )
}

/// The same article as a page of HTML.
pub(crate) fn page(topic: &str) -> String {
    let paragraphs: String = article(topic).lines().map(|line| format!("<p>{line}</p>\n")).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>On {topic}</title>\
         <script>var hidden = \"<p>never shown</p>\";</script></head>\n\
         <body><main><article>\n{paragraphs}</article></main></body></html>\n"
    )
}

/// The body that is left of it.
pub(crate) fn body(topic: &str) -> String {
    let lines: Vec<_> = article(topic).lines().filter(|line| *line != JUNK).map(str::to_owned).collect();
    lines.join("\n\n")
}

/// A line of JSONL with an article.
pub(crate) fn record(id: &str) -> String {
    serde_json::json!({"id": id, "text": article(id)}).to_string()
}

/// `count` records, with the ids `1` to `count`.
pub(crate) fn records(count: usize) -> String {
    (1..=count).map(|number| record(&number.to_string()) + "\n").collect()
}

/// A folder that is gone after the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders it is in.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("UTF-8")
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The records of a file.
    pub(crate) fn jsonl(&self, name: &str) -> Vec<Value> {
        jsonl(&self.read(name))
    }

    /// A file that is one JSON value.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    /// Every file and folder below, hidden ones too, sorted.
    pub(crate) fn list(&self) -> Vec<String> {
        self.list_in("")
    }

    pub(crate) fn list_in(&self, folder: &str) -> Vec<String> {
        fn walk(root: &Path, folder: &Path, all: &mut Vec<String>) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                all.push(path.strip_prefix(root).expect("below").to_string_lossy().into_owned());
                if path.is_dir() {
                    walk(root, &path, all);
                }
            }
        }
        let root = self.path().join(folder);
        let mut all = Vec::new();
        walk(&root, &root, &mut all);
        all.sort();
        all
    }

    /// The command, to be run in this folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
        command.current_dir(self.path()).args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs `cleancopy ARGS`, each word an argument.
    pub(crate) fn run(&self, args: &str) -> Run {
        self.run_with(args, "")
    }

    /// The same with standard input.
    pub(crate) fn run_with(&self, args: &str, stdin: impl AsRef<[u8]>) -> Run {
        let args: Vec<_> = args.split_whitespace().collect();
        self.run_args(&args, stdin)
    }

    pub(crate) fn run_args(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Run {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut input = child.stdin.take().expect("standard input");
        let stdin = stdin.as_ref().to_vec();
        // The command may end before it has read all.
        let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
        let output = child.wait_with_output().expect("the command ends");
        writer.join().expect("the writer ends");
        Run {
            args: args.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// What came of a run.
pub(crate) struct Run {
    args: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Checks the exit status.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "cleancopy {}\nstdout: {}\nstderr: {}", self.args, self.stdout, self.stderr);
        self
    }

    /// Checks that standard error is one line, and that it holds these words.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        assert_eq!(self.stderr.lines().count(), 1, "one line: {}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in {:?}", self.stderr);
        }
        self
    }

    /// The records on standard output.
    pub(crate) fn jsonl(&self) -> Vec<Value> {
        jsonl(&self.stdout)
    }
}

fn jsonl(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// One field of every record, as strings.
pub(crate) fn column(records: &[Value], field: &str) -> Vec<String> {
    records
        .iter()
        .map(|record| record[field].as_str().map_or_else(|| record[field].to_string(), str::to_owned))
        .collect()
}

pub(crate) fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content.as_ref()).expect("gzip");
    encoder.finish().expect("gzip")
}

pub(crate) fn gunzip(bytes: &[u8]) -> String {
    std::io::read_to_string(flate2::read::MultiGzDecoder::new(bytes)).expect("gzip")
}

pub(crate) fn zstd(content: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(content.as_ref(), 1).expect("zstd")
}

pub(crate) fn unzstd(bytes: &[u8]) -> String {
    String::from_utf8(zstd::decode_all(bytes).expect("zstd")).expect("UTF-8")
}
