//! What does the network know of each word before it has read the others?

use crate::linear::quantised;
use crate::tensors::Tensors;
use crate::{Error, Precision};

/// A row for each word. In eight bits the quarter of a million words of a multilingual model take 96 MB instead of 384.
pub(crate) enum Table {
    Float(usize, Vec<f32>),
    Int8(usize, Vec<i8>, Vec<f32>),
}

impl Table {
    pub(crate) fn read(
        tensors: &mut Tensors,
        name: &str,
        shape: [usize; 2],
        precision: Precision,
    ) -> Result<Self, Error> {
        let width = shape[1];
        if precision == Precision::Float {
            return Ok(Self::Float(width, tensors.read(name, &shape)?));
        }
        let (mut whole, mut steps) = (Vec::new(), Vec::new());
        tensors.each_rows(name, shape, |rows| {
            let (more, more_steps) = quantised(rows, width, 127.0);
            whole.extend(more);
            steps.extend(more_steps);
        })?;
        whole.shrink_to_fit();
        Ok(Self::Int8(width, whole, steps))
    }

    /// Adds the row of a word.
    pub(crate) fn add(&self, word: usize, to: &mut [f32]) {
        match self {
            Self::Float(width, rows) => {
                to.iter_mut()
                    .zip(&rows[word * width..][..*width])
                    .for_each(|(to, x)| *to += x);
            }
            Self::Int8(width, rows, steps) => {
                let row = &rows[word * width..][..*width];
                to.iter_mut()
                    .zip(row)
                    .for_each(|(to, x)| *to += f32::from(*x) * steps[word]);
            }
        }
    }
}
