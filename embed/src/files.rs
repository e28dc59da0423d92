//! What may be read from a model folder, and how much of it? Nothing is taken into memory before its size is known.

use crate::Error;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than any settings file has.
const SETTINGS_BYTES: u64 = 1 << 20;

/// The whole of a file of at most `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let length = std::fs::metadata(path).map_err(Error::read(path))?.len();
    if length > most {
        let problem = format!("{length} bytes; at most {most} are read");
        return Err(Error::read(path)(io::Error::new(io::ErrorKind::FileTooLarge, problem)));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    let file = File::open(path).map_err(Error::read(path))?;
    file.take(most).read_to_end(&mut bytes).map_err(Error::read(path))?;
    Ok(bytes)
}

/// A settings file that must be there.
pub(crate) fn settings<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read(path, SETTINGS_BYTES)?).map_err(|e| Error::json(path, &e))
}

/// A settings file that may be absent; one that is there must make sense.
pub(crate) fn settings_if_there<T: DeserializeOwned + Default>(path: &Path) -> Result<T, Error> {
    if path.exists() {
        settings(path)
    } else {
        Ok(T::default())
    }
}

/// SHA-256 over name, length and bytes of each file that is there, in this order.
pub(crate) fn digest(folder: &Path, names: &[&str]) -> Result<String, Error> {
    let mut hash = Sha256::new();
    for name in names.iter().filter(|name| folder.join(name).exists()) {
        let path = folder.join(name);
        add_file(&mut hash, name, &path).map_err(Error::read(&path))?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn add_file(hash: &mut Sha256, name: &str, path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    hash.update(format!("{name}\0{}\0", file.metadata()?.len()));
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            n => hash.update(&buffer[..n]),
        }
    }
}
