//! What can stop a run, as opposed to what is wrong with one document.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error that stops the run. A document that cannot be read is no error of this type but a
/// record with [`Status::Error`](crate::Status::Error).
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a file failed.
    Io {
        /// What was being done, as in "cannot read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        cause: io::Error,
    },
    /// A file of rules cannot be used.
    Rules {
        /// The file, or the name of a built-in table.
        path: PathBuf,
        /// What is wrong, where, and what to do.
        message: String,
    },
    /// A learned model cannot be used: why.
    Model(String),
    /// The request itself cannot be carried out.
    Usage(String),
}

impl Error {
    /// An [`Error::Io`] at `path`.
    pub fn io(action: &'static str, path: impl AsRef<Path>, cause: io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_path_buf(), cause }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, cause } => {
                write!(f, "{action} {}: {cause}", path.display())
            }
            Self::Rules { path, message } => write!(f, "{}: {message}", path.display()),
            Self::Model(message) => write!(f, "the model cannot be used: {message}"),
            Self::Usage(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
