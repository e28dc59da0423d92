//! Exchanges come in one by one; files of a bounded size go out, within a budget. A file has one writer and is never written
//! again once it is ended, so that what a kill leaves is readable up to its last whole record.

use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Exchange,
    record::{Draft, RecordKind},
};
use crate::domain::{Kept, Timestamp};

/// What every file of ours is called in the end.
pub(super) const ENDING: &str = ".warc.gz";

/// More than the first record of a file takes.
const INFO_BYTES: u64 = 1024;

/// How large files, and all of them together, may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A file that would exceed so many bytes is ended, and the next one begun.
    pub file_bytes: u64,
    /// Most bytes of all files in the folder, whoever wrote them. What would exceed it is not kept.
    pub budget_bytes: u64,
}

/// Why nothing more is kept in this run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The budget is used up.
    #[error("its budget of {0} bytes is used up")]
    Budget(u64),
    /// It could not be written.
    #[error("it cannot be written: {0}")]
    Disk(String),
}

/// What was kept in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Exchanges kept.
    pub kept: u64,
    /// Exchanges not kept, because the archive had come to a [`Halt`].
    pub left_out: u64,
    /// Exchanges not kept, because the answer repeats a secret.
    pub withheld: u64,
    /// Why nothing more is kept.
    pub halt: Option<Halt>,
}

/// A folder to which this process writes. Cheap to clone.
#[derive(Clone)]
pub struct Archive(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    limits: Limits,
    /// Who operates the crawler, for the first record of each file.
    operator: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    /// Bytes of all files in the folder.
    used: u64,
    /// Files begun.
    begun: u32,
    summary: Summary,
}

struct Open {
    file: File,
    name: String,
    length: u64,
}

impl Archive {
    /// Makes the folder if it is not there, for its owner only. No file is begun before there is something to keep.
    pub fn open(dir: &Path, limits: Limits, operator: &str) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let state = State {
            used: size_of(dir)?.1,
            ..State::default()
        };
        Ok(Self(Arc::new(Inner {
            dir: dir.to_owned(),
            limits,
            operator: operator.split_whitespace().collect::<Vec<_>>().join(" "),
            state: Mutex::new(state),
        })))
    }

    /// Keeps an exchange, and says where its answer is; `None` if it is not kept: see [`Archive::summary`]. That never fails
    /// the crawl.
    pub async fn keep(&self, exchange: Exchange) -> Option<Kept> {
        let inner = self.0.clone();
        let kept = tokio::task::spawn_blocking(move || inner.keep(&exchange));
        kept.await.ok().flatten()
    }

    /// What was kept so far.
    pub fn summary(&self) -> Summary {
        self.0.state(|state| state.summary.clone())
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Archive").field(&self.0.dir).finish()
    }
}

impl Drop for Inner {
    /// Not needed against a kill, but against a power cut.
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = state.open.take().map(|open| open.file.sync_data());
    }
}

impl Inner {
    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, exchange: &Exchange) -> Option<Kept> {
        if exchange.repeats_secrets() {
            self.state(|state| state.summary.withheld += 1);
            return None;
        }
        if self.state(State::is_halted) {
            return None;
        }
        let (answer, request) = exchange.drafts();
        let packed = pack(&answer, &request);
        self.state(|state| {
            let written = packed
                .map_err(|error| Halt::Disk(error.to_string()))
                .and_then(|bytes| self.append(state, &bytes, exchange.at));
            match written {
                Ok((file, offset)) => {
                    state.summary.kept += 1;
                    let digest = answer.digest();
                    Some(Kept { file, offset, digest })
                }
                Err(halt) => {
                    state.open = None;
                    state.summary.left_out += 1;
                    state.summary.halt.get_or_insert(halt);
                    None
                }
            }
        })
    }

    /// Appends to the file that is open, or to the next one; says where that begins.
    fn append(&self, state: &mut State, bytes: &[u8], at: Timestamp) -> Result<(String, u64), Halt> {
        let length = bytes.len() as u64;
        let is_full = |open: &Open| open.length + length > self.limits.file_bytes;
        let begins = state.open.as_ref().is_none_or(is_full);
        if begins {
            // Others may have written meanwhile.
            state.used = size_of(&self.dir).map_err(|error| Halt::Disk(error.to_string()))?.1;
        }
        let head = if begins { INFO_BYTES } else { 0 };
        if state.used + head + length > self.limits.budget_bytes {
            return Err(Halt::Budget(self.limits.budget_bytes));
        }
        if begins {
            self.begin(state, at).map_err(|error| Halt::Disk(error.to_string()))?;
        }
        let Some(open) = &mut state.open else {
            return Err(Halt::Disk("no file is open".to_owned()));
        };
        let offset = open.append(bytes).map_err(|error| Halt::Disk(error.to_string()))?;
        state.used += length;
        Ok((open.name.clone(), offset))
    }

    /// Ends the file that is open, and begins the next one.
    fn begin(&self, state: &mut State, at: Timestamp) -> io::Result<()> {
        if let Some(ended) = state.open.take() {
            ended.file.sync_data()?;
        }
        let mut open = Open::new(&self.dir, state.begun, at)?;
        open.append(&self.info(&open.name, at).member()?)?;
        state.begun += 1;
        state.used += open.length;
        state.open = Some(open);
        Ok(())
    }

    /// The first record of a file (ISO 28500:2017, 6.2).
    fn info(&self, name: &str, at: Timestamp) -> Draft {
        let fields = [
            ("software", concat!("Klarstelle/", env!("CARGO_PKG_VERSION"))),
            ("format", "WARC File Format 1.1"),
            (
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            ),
            ("robots", "RFC 9309"),
            ("operator", &self.operator),
        ];
        let said = fields.iter().filter(|(_, text)| !text.is_empty());
        let block: String = said.map(|(name, text)| format!("{name}: {text}\r\n")).collect();
        Draft::new(RecordKind::Info, at, block.into_bytes()).with("WARC-Filename", name)
    }
}

impl State {
    /// Whether nothing more is kept; if so, counts what is left out.
    fn is_halted(&mut self) -> bool {
        let is_halted = self.summary.halt.is_some();
        self.summary.left_out += u64::from(is_halted);
        is_halted
    }
}

impl Open {
    /// Makes a file that is not there: its name has time, process and chance in it, and so no two processes write one, not even on two
    /// machines that share the folder.
    fn new(dir: &Path, number: u32, at: Timestamp) -> io::Result<Self> {
        let time: String = at.to_string().chars().filter(char::is_ascii_digit).collect();
        let chance = getrandom::u32().map_err(io::Error::other)?;
        let name = format!(
            "klarstelle-{time}-{}-{chance:08x}-{number:05}{ENDING}",
            std::process::id()
        );
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(dir.join(&name))?;
        // Nobody rewrites it meanwhile. The system frees it when the process ends, however it ends.
        file.lock()?;
        Ok(Self { file, name, length: 0 })
    }

    /// Writes at the end; says where that was. What a full disk cuts off is taken back.
    fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let offset = self.length;
        if let Err(error) = self.file.write_all(bytes) {
            let _ = self.file.set_len(offset);
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(offset)
    }
}

fn pack(answer: &Draft, request: &Draft) -> io::Result<Vec<u8>> {
    let mut bytes = answer.member()?;
    bytes.extend(request.member()?);
    Ok(bytes)
}

/// How many files an archive's folder holds, and how many bytes they have.
pub fn size_of(dir: &Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ENDING) {
            files += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok((files, bytes))
}
