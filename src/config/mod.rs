//! What the operator decides: one TOML file, `KLARSTELLE_*` variables and flags come in, one checked [`Settings`] goes out.
//!
//! Flags win over variables, variables over the file, the file over the defaults. Sources are no settings: they live in the store.

mod layers;
mod sections;

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::Thresholds;

pub use layers::{Layers, keys};
pub use sections::{
    CrawlSettings, IndexSettings, LogFormat, LogSettings, LookupSettings, NetSettings, OutputFormat, ReportSettings,
    RetentionSettings, Secret, ServerSettings, StoreSettings,
};

/// Everything that can be set. Each field is a key of the TOML file, and a variable: `server.listen` is
/// `KLARSTELLE_SERVER_LISTEN`. An empty string means "not set".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the store, the index and the locks live.
    pub data_dir: PathBuf,
    /// How data are printed.
    pub format: OutputFormat,
    /// `[store]`
    pub store: StoreSettings,
    /// `[index]`
    pub index: IndexSettings,
    /// `[server]`
    pub server: ServerSettings,
    /// `[lookup]`
    pub lookup: LookupSettings,
    /// `[reports]`
    pub reports: ReportSettings,
    /// `[alarms]`: what should not wait until somebody looks.
    pub alarms: Thresholds,
    /// `[crawl]`
    pub crawl: CrawlSettings,
    /// `[net]`
    pub net: NetSettings,
    /// `[retention]`
    pub retention: RetentionSettings,
    /// `[log]`
    pub log: LogSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("klarstelle-data"),
            format: OutputFormat::Text,
            store: StoreSettings::default(),
            index: IndexSettings::default(),
            server: ServerSettings::default(),
            lookup: LookupSettings::default(),
            reports: ReportSettings::default(),
            alarms: Thresholds::default(),
            crawl: CrawlSettings::default(),
            net: NetSettings::default(),
            retention: RetentionSettings::default(),
            log: LogSettings::default(),
        }
    }
}

impl Settings {
    /// Where the embedded store's file is.
    pub fn sqlite_file(&self) -> PathBuf {
        self.data_dir.join("store.sqlite3")
    }

    /// Where kept copies are.
    pub fn archive_dir(&self) -> PathBuf {
        if self.crawl.archive.as_os_str().is_empty() {
            self.data_dir.join("archive")
        } else {
            self.crawl.archive.clone()
        }
    }

    /// Where the index is.
    pub fn index_dir(&self) -> PathBuf {
        if self.index.dir.as_os_str().is_empty() {
            self.data_dir.join("index")
        } else {
            self.index.dir.clone()
        }
    }
}

/// Where a value came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The TOML file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A command line flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Variable(name) => write!(f, "in the variable {name}"),
            Self::Flag(name) => write!(f, "in the flag {name}"),
        }
    }
}

/// Why the configuration cannot be used. Each message names the place to mend.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file named cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{} is not valid TOML: {source}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        source: Box<toml::de::Error>,
    },
    /// No such key.
    #[error("unknown key `{key}` {origin}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: Origin,
    },
    /// The key is known, the value is not one that it takes.
    #[error("bad value for `{key}` {origin}: {reason}")]
    BadValue {
        /// The key, dotted.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// What is wrong with it.
        reason: String,
    },
}
