//! The command `cleancopy`; see `cleancopy --help`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(cleancopy::cli::main(std::env::args_os()))
}
