use std::path::{Path, PathBuf};

/// Why a model folder cannot be used. A folder is somebody else's: whatever it holds ends here, never in a panic.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is absent, unreadable or larger than any model's.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A JSON file does not say what it must.
    #[error("{path}: {problem}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
    /// The folder holds a model of a kind that this crate does not compute.
    #[error("this model cannot be used: {0}")]
    Unsupported(String),
    /// The weights are cut, misshapen or not numbers.
    #[error("the weights cannot be used: {0}")]
    Weights(String),
    /// The tokeniser cannot be built, or refuses a text.
    #[error("the tokenizer cannot be used: {0}")]
    Tokenizer(String),
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn json(path: &Path, problem: &impl ToString) -> Self {
        Self::Json {
            path: path.to_path_buf(),
            problem: problem.to_string(),
        }
    }
}
