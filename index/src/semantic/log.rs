//! Comes in: vectors with the hashes of their texts. Goes out: a file that is only ever added to, read by mapping it.
//!
//! A head of 64 bytes, then rows of one length: the text's hash, a check sum, the scale, and a signed byte for each number.
//! A row that a crash cut, or that a disk changed, ends what is read; the next write goes over it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;

const MAGIC: &[u8; 8] = b"klvec\x00\x00\x01";
const HEAD: usize = 64;
/// Hash of the text, check sum, scale.
const ROW_HEAD: usize = 8 + 4 + 4;
const FILE: &str = "vectors.bin";

/// A state of a log: which file it is, and how many rows it has. A file that lost rows is another one.
pub(super) type State = (u64, usize);

/// All vectors of one model.
pub(super) struct Log {
    path: Option<PathBuf>,
    /// The number that the file system gave the file; 0 for none.
    file: u64,
    head: [u8; HEAD],
    dimensions: usize,
    bytes: OwnedBytes,
    rows: HashMap<u64, u32>,
}

/// A vector: `scale` times its bytes.
pub(super) struct Row<'a> {
    pub(super) scale: f32,
    pub(super) numbers: &'a [u8],
}

impl Log {
    pub(super) fn open(dir: Option<&Path>, digest: &str, dimensions: usize) -> Result<Log, Error> {
        let mut log = Log {
            path: dir.map(|dir| dir.join(FILE)),
            file: 0,
            head: head(digest, dimensions),
            dimensions,
            bytes: OwnedBytes::empty(),
            rows: HashMap::new(),
        };
        log.file = log.number();
        log.bytes = log.read()?;
        log.index(0);
        Ok(log)
    }

    fn number(&self) -> u64 {
        let file = self.path.as_ref().and_then(|path| fs::metadata(path).ok());
        file.map_or(0, |file| file.ino())
    }

    pub(super) fn state(&self) -> State {
        (self.file, self.len())
    }

    /// The whole file, or nothing where it is another model's.
    fn read(&self) -> Result<OwnedBytes, Error> {
        let Some(path) = self.path.as_deref().filter(|path| path.exists()) else {
            return Ok(OwnedBytes::empty());
        };
        let dir = path.parent().unwrap_or(path);
        let directory = MmapDirectory::open(dir).map_err(tantivy::TantivyError::from)?;
        let file = directory
            .open_read(Path::new(FILE))
            .map_err(tantivy::TantivyError::from)?;
        let bytes = file.read_bytes().map_err(Error::Directory)?;
        let is_ours = bytes.get(..HEAD) == Some(&self.head[..]);
        Ok(if is_ours { bytes } else { OwnedBytes::empty() })
    }

    fn width(&self) -> usize {
        ROW_HEAD + self.dimensions
    }

    /// Rows from one on, up to the first that is not whole.
    fn index(&mut self, from: usize) {
        let mut row = from;
        while let Some(hash) = self.checked(row) {
            self.rows.insert(hash, row as u32);
            row += 1;
        }
        let end = HEAD + row * self.width();
        if row == 0 {
            self.bytes = OwnedBytes::empty();
        } else if end < self.bytes.len() {
            self.bytes = self.bytes.slice(0..end);
        }
    }

    fn checked(&self, row: usize) -> Option<u64> {
        let start = HEAD + row * self.width();
        let bytes = self.bytes.get(start..start + self.width())?;
        let sum = u32::from_le_bytes(bytes[8..12].try_into().ok()?);
        let hash = u64::from_le_bytes(bytes[..8].try_into().ok()?);
        (check(hash, &bytes[12..]) == sum).then_some(hash)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len().saturating_sub(HEAD) / self.width()
    }

    pub(super) fn has(&self, text: u64) -> bool {
        self.rows.contains_key(&text)
    }

    pub(super) fn row(&self, text: u64) -> Option<u32> {
        self.rows.get(&text).copied()
    }

    pub(super) fn get(&self, row: u32) -> Row<'_> {
        let start = HEAD + row as usize * self.width();
        let bytes = &self.bytes[start..start + self.width()];
        Row {
            scale: f32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]),
            numbers: &bytes[ROW_HEAD..],
        }
    }

    /// The log with what was added to the file since; `None` where nothing was.
    pub(super) fn newer(&self) -> Result<Option<Log>, Error> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let (file, length) = fs::metadata(path).map_or((0, 0), |file| (file.ino(), file.len() as usize));
        if length == self.bytes.len() && file == self.file {
            return Ok(None);
        }
        let mut log = Log {
            path: self.path.clone(),
            file,
            head: self.head,
            dimensions: self.dimensions,
            bytes: self.read()?,
            rows: HashMap::new(),
        };
        log.index(0);
        Ok((log.state() != self.state()).then_some(log))
    }

    /// The log with more rows, on disk when this returns.
    pub(super) fn with(&self, vectors: impl Iterator<Item = (u64, Vec<f32>)>) -> Result<Log, Error> {
        let mut added = Vec::new();
        for (text, vector) in vectors {
            added.extend(self.packed(text, &vector));
        }
        let mut longer = Log {
            path: self.path.clone(),
            file: self.file,
            head: self.head,
            dimensions: self.dimensions,
            bytes: OwnedBytes::empty(),
            rows: self.rows.clone(),
        };
        longer.bytes = match &self.path {
            Some(path) => {
                self.append(path, &added).map_err(Error::Directory)?;
                longer.read()?
            }
            None => OwnedBytes::new([self.kept(), &added].concat()),
        };
        longer.file = longer.number();
        longer.index(self.len());
        Ok(longer)
    }

    /// What is whole of the file; at least its head.
    fn kept(&self) -> &[u8] {
        if self.bytes.is_empty() { &self.head } else { &self.bytes }
    }

    fn append(&self, path: &Path, added: &[u8]) -> std::io::Result<()> {
        let mut file: File = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        if self.bytes.is_empty() {
            // Another model's, or nothing whole: begin anew.
            file.set_len(0)?;
            file.write_all(&self.head)?;
        } else {
            file.set_len(self.bytes.len() as u64)?;
            file.seek(SeekFrom::End(0))?;
        }
        file.write_all(added)?;
        file.sync_data()
    }

    fn packed(&self, text: u64, vector: &[f32]) -> Vec<u8> {
        let (scale, numbers) = quantised(vector);
        let mut body = Vec::with_capacity(self.width());
        body.extend_from_slice(&scale.to_le_bytes());
        body.extend(numbers.iter().map(|number| number.cast_unsigned()));
        body.resize(4 + self.dimensions, 0);
        let mut row = text.to_le_bytes().to_vec();
        row.extend_from_slice(&check(text, &body).to_le_bytes());
        row.extend_from_slice(&body);
        row
    }
}

/// Leaves out of the file in a directory the rows of texts that are not wanted, whatever model's it is: a new file takes its
/// place, and who has the old one mapped goes on reading that. Only the holder of the index's writer may do so.
pub(crate) fn retain(dir: &Path, wanted: impl Fn(u64) -> bool) -> Result<(), Error> {
    let bytes = match fs::read(dir.join(FILE)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        read => read.map_err(Error::Directory)?,
    };
    let Some((head, rows)) = bytes.split_at_checked(HEAD).filter(|(head, _)| head.starts_with(MAGIC)) else {
        return Ok(());
    };
    let dimensions = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
    let is_wanted = |row: &&[u8]| row[..8].try_into().is_ok_and(|text| wanted(u64::from_le_bytes(text)));
    let rows = rows.chunks_exact(ROW_HEAD + dimensions);
    let kept: Vec<&[u8]> = rows.clone().filter(is_wanted).collect();
    if kept.len() == rows.len() && rows.remainder().is_empty() {
        return Ok(());
    }
    replace(dir, &[head, &kept.concat()].concat()).map_err(Error::Directory)
}

fn replace(dir: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let new = dir.join(format!("{FILE}.new"));
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, dir.join(FILE))?;
    File::open(dir)?.sync_all()
}

/// Each number as a signed byte, of the largest's 127th part.
pub(super) fn quantised(vector: &[f32]) -> (f32, Vec<i8>) {
    let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    (
        scale,
        vector.iter().map(|number| (number / scale).round() as i8).collect(),
    )
}

fn check(text: u64, body: &[u8]) -> u32 {
    (xxh3_64(body) ^ text) as u32
}

fn head(digest: &str, dimensions: usize) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8..12].copy_from_slice(&(dimensions as u32).to_le_bytes());
    head[16..24].copy_from_slice(&xxh3_64(digest.as_bytes()).to_le_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(numbers: std::ops::Range<u64>) -> impl Iterator<Item = (u64, Vec<f32>)> {
        numbers.map(|number| (number + 1, vec![number as f32 / 10.0, -0.5, 0.25]))
    }

    #[test]
    fn vectors_come_back_as_they_went_in() {
        let dir = tempfile::tempdir().unwrap();
        for place in [None, Some(dir.path())] {
            let log = Log::open(place, "a model", 3).unwrap();
            assert_eq!(log.len(), 0);
            let log = log.with(vectors(0..2)).unwrap().with(vectors(2..9)).unwrap();
            assert_eq!(log.len(), 9);
            let row = log.get(log.row(6).unwrap());
            let numbers: Vec<f32> = row
                .numbers
                .iter()
                .map(|b| f32::from(b.cast_signed()) * row.scale)
                .collect();
            for (number, wanted) in numbers.iter().zip([0.5, -0.5, 0.25]) {
                assert!((number - wanted).abs() < 0.005, "{numbers:?}");
            }
            assert!(log.row(99).is_none() && !log.has(10));
        }
        assert_eq!(Log::open(Some(dir.path()), "a model", 3).unwrap().len(), 9);
        assert_eq!(Log::open(Some(dir.path()), "another", 3).unwrap().len(), 0);
    }

    #[test]
    fn what_a_crash_cut_or_a_disk_changed_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::open(Some(dir.path()), "a model", 3)
            .unwrap()
            .with(vectors(0..5))
            .unwrap();
        let path = dir.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        let cut = |length: usize| fs::write(&path, &whole[..length]).unwrap();
        for (length, rows) in [(whole.len() - 1, 4), (HEAD + 5, 0), (HEAD, 0), (7, 0), (0, 0)] {
            cut(length);
            let log = Log::open(Some(dir.path()), "a model", 3).unwrap();
            assert_eq!(log.len(), rows, "{length}");
            assert_eq!(log.with(vectors(rows as u64..5)).unwrap().len(), 5);
            assert_eq!(fs::read(&path).unwrap(), whole);
        }
        let mut changed = whole.clone();
        changed[HEAD + log.width() * 2 + ROW_HEAD] ^= 1;
        fs::write(&path, &changed).unwrap();
        assert_eq!(Log::open(Some(dir.path()), "a model", 3).unwrap().len(), 2);
    }

    #[test]
    fn rows_that_are_not_wanted_leave_the_file_and_readers_see_it() {
        let dir = tempfile::tempdir().unwrap();
        retain(dir.path(), |_| false).unwrap();
        let log = Log::open(Some(dir.path()), "a model", 3)
            .unwrap()
            .with(vectors(0..5))
            .unwrap();
        let before = fs::read(dir.path().join(FILE)).unwrap();
        retain(dir.path(), |_| true).unwrap();
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), before);
        assert!(log.newer().unwrap().is_none());
        retain(dir.path(), |text| text != 2).unwrap();
        let shorter = log.newer().unwrap().unwrap();
        assert!(shorter.len() == 4 && !shorter.has(2) && shorter.has(5));
        let filled = shorter.with(vectors(7..8)).unwrap();
        assert!(filled.has(8) && filled.len() == log.len() && filled.state() != log.state());
        assert!(
            log.newer().unwrap().unwrap().has(8),
            "as long as before, and another file"
        );
    }

    #[test]
    fn another_process_s_rows_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let reader = Log::open(Some(dir.path()), "a model", 3).unwrap();
        assert!(reader.newer().unwrap().is_none());
        Log::open(Some(dir.path()), "a model", 3)
            .unwrap()
            .with(vectors(0..5))
            .unwrap();
        assert_eq!(reader.newer().unwrap().unwrap().len(), 5);
    }
}
