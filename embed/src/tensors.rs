//! Which tensors does a safetensors file hold, and what are their numbers?
//!
//! The file is read piece by piece, never mapped (a mapping of a file that somebody cuts is a crash) and never whole (half a
//! gigabyte). A header names shapes and byte ranges; each is checked against the other and against the file's length before
//! anything is allocated, so no header makes us take more memory than its file is long.

use crate::Error;
use serde::Deserialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// A model of 100 layers needs a fifth of a megabyte.
const HEADER_BYTES: u64 = 8 << 20;

#[derive(Clone, Copy, Deserialize)]
enum Type {
    F32,
    F16,
    BF16,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Entry {
    dtype: Type,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// An open safetensors file.
pub(crate) struct Tensors {
    file: File,
    entries: HashMap<String, Entry>,
    /// Where the data begins.
    data: u64,
    length: u64,
}

impl Tensors {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(Error::read(path))?;
        let length = file.metadata().map_err(Error::read(path))?.len();
        let header = header(&mut file, length)?;
        let data = 8 + header.len() as u64;
        Ok(Self {
            file,
            entries: entries(&header)?,
            data,
            length,
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The rows of a matrix, without its numbers.
    pub(crate) fn rows(&self, name: &str) -> Result<usize, Error> {
        self.entry(name)?
            .shape
            .first()
            .map(|rows| *rows as usize)
            .ok_or_else(|| wrong_shape(name))
    }

    /// All numbers of a tensor, which must have this shape.
    pub(crate) fn read(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let count = shape.iter().product();
        self.expect(name, shape)?;
        self.part(name, 0, count)
    }

    /// A matrix in pieces of `step` rows: `each` sees the pieces in order.
    pub(crate) fn each_rows(
        &mut self,
        name: &str,
        [rows, width]: [usize; 2],
        mut each: impl FnMut(&[f32]),
    ) -> Result<(), Error> {
        const STEP: usize = 2048;
        self.expect(name, &[rows, width])?;
        for first in (0..rows).step_by(STEP) {
            each(&self.part(name, first * width, STEP.min(rows - first) * width)?);
        }
        Ok(())
    }

    fn entry(&self, name: &str) -> Result<&Entry, Error> {
        self.entries
            .get(name)
            .ok_or_else(|| Error::Weights(format!("{name} is missing")))
    }

    fn expect(&self, name: &str, shape: &[usize]) -> Result<(), Error> {
        let entry = self.entry(name)?;
        if entry.shape.iter().map(|n| *n as usize).ne(shape.iter().copied()) {
            return Err(Error::Weights(format!(
                "{name} has shape {:?}; the configuration says {shape:?}",
                entry.shape
            )));
        }
        let wanted = entry
            .shape
            .iter()
            .try_fold(entry.dtype.bytes(name)?, |bytes, n| bytes.checked_mul(*n));
        let (start, end) = entry.data_offsets;
        if end.checked_sub(start) != wanted || end > self.length - self.data {
            return Err(Error::Weights(format!("{name} does not lie inside the file")));
        }
        Ok(())
    }

    /// `count` numbers from the `first` on; the range was checked by `expect`.
    fn part(&mut self, name: &str, first: usize, count: usize) -> Result<Vec<f32>, Error> {
        let Entry {
            dtype, data_offsets, ..
        } = self.entry(name)?;
        let (dtype, width) = (*dtype, dtype.bytes(name)?);
        let at = self.data + data_offsets.0 + first as u64 * width;
        let mut bytes = vec![0; count * width as usize];
        let read = self
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|e| Error::Weights(format!("{name} cannot be read: {e}")))?;
        let numbers = dtype.decode(&bytes);
        if numbers.iter().all(|x| x.is_finite()) {
            return Ok(numbers);
        }
        Err(Error::Weights(format!("{name} holds something that is no number")))
    }
}

impl Type {
    fn bytes(self, name: &str) -> Result<u64, Error> {
        match self {
            Self::F32 => Ok(4),
            Self::F16 | Self::BF16 => Ok(2),
            Self::Other => Err(Error::Weights(format!("{name} is neither F32 nor F16 nor BF16"))),
        }
    }

    fn decode(self, bytes: &[u8]) -> Vec<f32> {
        let pairs = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        match self {
            Self::F16 => pairs.map(half).collect(),
            Self::BF16 => pairs.map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
            Self::F32 | Self::Other => bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|four| f32::from_le_bytes(*four))
                .collect(),
        }
    }
}

/// IEEE half precision. The exponent is moved up by multiplying, which does subnormal numbers too and has no branch on them.
fn half(bits: u16) -> f32 {
    let magnitude = u32::from(bits & 0x7fff) << 13;
    let finite = f32::from_bits(magnitude) * f32::from_bits(0x7780_0000); // 2^112
    let value = if bits & 0x7c00 == 0x7c00 { f32::NAN } else { finite };
    if bits & 0x8000 == 0 { value } else { -value }
}

fn header(file: &mut File, length: u64) -> Result<Vec<u8>, Error> {
    let cut = |e: std::io::Error| Error::Weights(format!("the header is cut: {e}"));
    let mut size = [0; 8];
    file.read_exact(&mut size).map_err(cut)?;
    let size = u64::from_le_bytes(size);
    if size > HEADER_BYTES || size > length.saturating_sub(8) {
        return Err(Error::Weights(format!(
            "a header of {size} bytes in a file of {length}"
        )));
    }
    let mut header = vec![0; size as usize];
    file.read_exact(&mut header).map_err(cut)?;
    Ok(header)
}

fn entries(header: &[u8]) -> Result<HashMap<String, Entry>, Error> {
    let wrong = |e: serde_json::Error| Error::Weights(format!("the header makes no sense: {e}"));
    let mut raw: HashMap<String, serde_json::Value> = serde_json::from_slice(header).map_err(wrong)?;
    raw.remove("__metadata__");
    raw.into_iter()
        .map(|(name, value)| Ok((name, serde_json::from_value(value).map_err(wrong)?)))
        .collect()
}

fn wrong_shape(name: &str) -> Error {
    Error::Weights(format!("{name} has no rows"))
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_precision_numbers_are_read_as_the_standard_says() {
        let known = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
        ];
        for (bits, value) in known {
            assert_eq!(half(bits).to_bits(), f32::to_bits(value), "{bits:#06x}");
        }
        assert!(
            half(0x7c00).is_nan() && half(0xfe00).is_nan(),
            "neither infinity nor NaN is a weight"
        );
    }
}
