//! The Python package `cleancopy`: the crate's cleaner as Python sees it.
//!
//! - `options` turns keyword arguments into a configuration, and holds what travels when a cleaner is pickled;
//! - `cleaner` is the class `Cleaner`, `cleaned` what it returns, `many` its iterator over many documents;
//! - `table` cleans Arrow tables;
//! - `waiting` lets other Python threads run, and Ctrl-C come through, while Rust works.
//!
//! All cleaning happens without the interpreter's lock.

#![deny(unsafe_code)]

mod cleaned;
mod cleaner;
mod many;
mod options;
mod table;
mod waiting;

use std::ffi::OsString;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::cleaned::{Cleaned, Removal};
    #[pymodule_export]
    use super::cleaner::Cleaner;
    #[pymodule_export]
    use super::many::Many;
    #[pymodule_export]
    use super::run_command;

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::silence_caught_panics();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("KINDS", cleancopy::Kind::ALL.map(cleancopy::Kind::name).to_vec())?;
        module.add("STATUSES", cleancopy::Status::ALL.map(cleancopy::Status::name).to_vec())
    }
}

/// The command line: does what the arguments say, the first of which names the program, and returns the exit status.
#[pyfunction]
fn run_command(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| cleancopy::cli::main(args))
}

/// A panic that becomes a document's error is said there, and only there.
fn silence_caught_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !cleancopy::batch::panic_is_caught() {
            default(panic);
        }
    }));
}
