//! The command line: the only code that knows clap, colours, progress bars and standard output.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "here is where we speak")]

mod args;
mod clean;
mod eval;
mod explain;
mod features;
mod interrupt;
mod learn;
mod progress;
mod report;
mod restore;
mod rules;
mod table;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{CommandFactory, Parser};
use cleancopy::Error;

use args::{Args, Command};

/// All documents were done.
const DONE: u8 = 0;
/// The run finished, and something in it was wrong.
const FAULTS: u8 = 1;
/// The run could not start, or its output failed.
const FAILED: u8 = 2;
/// The user broke it off.
const INTERRUPTED: u8 = 130;

/// Does what the arguments say, the first of which names the program, and returns the exit status. The command of
/// the Python package is this one.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let command = match Args::try_parse_from(args) {
        Ok(args) => args.command,
        Err(error) => {
            // If nobody listens, nothing is to be done about it.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(FAILED);
        }
    };
    let result = match command {
        Command::Clean(args) => clean::run(args),
        Command::Explain(args) => explain::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Features(args) => features::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Completions { shell } => completions(shell),
    };
    match result {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => DONE,
        Err(error) => {
            say(format_args!("cleancopy: {error}"));
            FAILED
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "cleancopy", &mut script);
    io::stdout().write_all(&script).map_err(stdout_failed)?;
    Ok(DONE)
}

/// A reader that has seen enough and closed the pipe is no error.
fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
}

fn stdout_failed(cause: io::Error) -> Error {
    Error::io("cannot write", "standard output", cause)
}

/// One line to standard error. If nobody listens there, nothing is to be done about it.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}
