//! What was fetched? `klarstelle.json`, beside the model; the crate `claim-embed` reads the prefixes from it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Error, Known};

const NAME: &str = "klarstelle.json";

/// The pins of a model.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pinned {
    query_prefix: String,
    passage_prefix: String,
    repository: String,
    pub(super) revision: String,
    /// SHA-256 by file.
    pub(super) files: BTreeMap<String, String>,
}

impl Pinned {
    pub(super) fn new(known: &Known, revision: String) -> Self {
        Self {
            query_prefix: known.query_prefix.to_owned(),
            passage_prefix: known.passage_prefix.to_owned(),
            repository: known.repository.to_owned(),
            revision,
            files: BTreeMap::new(),
        }
    }

    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(NAME);
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| Error::Pins { path, source })
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let (path, part) = (folder.join(NAME), folder.join("klarstelle.json.part"));
        let text = serde_json::to_string_pretty(self).expect("strings can be written");
        fs::write(&part, text + "\n")
            .and_then(|()| fs::rename(&part, &path))
            .map_err(Error::write(path))
    }

    /// Whether the folder has a file as it is pinned.
    pub(super) fn holds(&self, folder: &Path, name: &str) -> bool {
        let found = sum(&folder.join(name)).ok();
        found.is_some() && found.as_ref() == self.files.get(name)
    }
}

/// The SHA-256 of a file.
pub(super) fn sum(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Hashing(Sha256::new()));
    io::copy(&mut file, &mut hash)?;
    Ok(hash.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
