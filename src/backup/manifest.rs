//! What a backup says about itself: which files it has, how long each is, and its SHA-256.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Error, at};
use crate::domain::Timestamp;

/// The version of the folder's layout.
pub(super) const FORMAT: u32 = 1;

const FILE: &str = "manifest.json";

/// A backup's contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the folder's layout.
    pub format: u32,
    /// Which store it is of.
    pub store_id: String,
    /// The last change in it.
    pub change: u64,
    /// When it was made.
    pub at: Timestamp,
    /// Its files.
    pub files: Vec<Entry>,
}

/// One of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where it is in the folder.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Entry {
    pub(super) fn of(dir: &Path, path: &str) -> Result<Self, Error> {
        let (bytes, sha256) = digest(&dir.join(path)).map_err(at(&dir.join(path)))?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            sha256,
        })
    }

    fn is_inside(&self) -> bool {
        Path::new(&self.path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
    }
}

/// Length and SHA-256 of a file.
pub(super) fn digest(file: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hash) = (File::open(file)?, Sha256::new());
    let (mut buffer, mut bytes) = (vec![0; 1 << 20], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
    let hex = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((bytes, hex))
}

impl Manifest {
    pub(super) fn write(&self, dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        let text = serde_json::to_string_pretty(self).expect("plain values");
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written = made.and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| File::open(dir)?.sync_all()).map_err(at(&path))
    }

    /// Reads it, and each file of the backup: all must be as it says.
    pub(super) fn check(dir: &Path) -> Result<Self, Error> {
        let unsound = |what: String| Error::Unsound {
            dir: dir.to_owned(),
            what,
        };
        let text = fs::read_to_string(dir.join(FILE)).map_err(|error| unsound(format!("{FILE}: {error}")))?;
        let manifest: Self = serde_json::from_str(&text).map_err(|error| unsound(format!("{FILE}: {error}")))?;
        if manifest.format != FORMAT {
            return Err(unsound(format!(
                "its format is {}, this program knows {FORMAT}",
                manifest.format
            )));
        }
        for entry in &manifest.files {
            let found = entry.is_inside().then(|| digest(&dir.join(&entry.path)));
            match found {
                Some(Ok((bytes, sha256))) if (bytes, &sha256) == (entry.bytes, &entry.sha256) => {}
                Some(Err(error)) => return Err(unsound(format!("{}: {error}", entry.path))),
                _ => return Err(unsound(format!("{} is not as it was written", entry.path))),
            }
        }
        Ok(manifest)
    }
}
