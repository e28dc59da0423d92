//! Where in the file does each part of the network lie?

use crate::config::{Pooling, Shape};
use crate::linear::{Engines, Linear};
use crate::network::{Layer, Network, Norm};
use crate::table::Table;
use crate::tensors::Tensors;
use crate::{Error, Precision};
use std::path::Path;

/// What different programs put before the same names.
const PREFIXES: [&str; 5] = ["", "bert.", "roberta.", "0.auto_model.", "model."];

const WORDS: &str = "embeddings.word_embeddings.weight";

/// The network in `model.safetensors`, and the number of words that it knows.
pub(crate) fn read(
    folder: &Path,
    shape: Shape,
    pooling: Pooling,
    precision: Precision,
) -> Result<(Network, usize), Error> {
    let tensors = Tensors::open(&folder.join("model.safetensors"))?;
    let prefix = PREFIXES
        .into_iter()
        .find(|prefix| tensors.has(&format!("{prefix}{WORDS}")));
    let prefix = prefix.ok_or_else(|| Error::Weights(format!("no tensor is named like {WORDS}")))?;
    Reader {
        tensors,
        prefix,
        shape: &shape,
        precision,
        engines: &Engines::new(),
    }
    .network(pooling)
}

struct Reader<'a> {
    tensors: Tensors,
    prefix: &'static str,
    shape: &'a Shape,
    precision: Precision,
    engines: &'a Engines,
}

impl Reader<'_> {
    fn network(mut self, pooling: Pooling) -> Result<(Network, usize), Error> {
        let words = format!("{}{WORDS}", self.prefix);
        let count = self.tensors.rows(&words)?;
        let shape = *self.shape;
        let network = Network {
            pooling,
            words: Table::read(&mut self.tensors, &words, [count, shape.hidden], self.precision)?,
            positions: self.positions()?,
            norm: self.norm("embeddings.LayerNorm")?,
            layers: (0..shape.layers).map(|n| self.layer(n)).collect::<Result<_, _>>()?,
            shape,
        };
        Ok((network, count))
    }

    fn positions(&mut self) -> Result<Vec<f32>, Error> {
        let hidden = self.shape.hidden;
        let mut positions = self.read("embeddings.position_embeddings.weight", &[self.shape.positions, hidden])?;
        let types = format!("{}embeddings.token_type_embeddings.weight", self.prefix);
        if self.tensors.has(&types) {
            let types = self.tensors.read(&types, &[self.tensors.rows(&types)?, hidden])?;
            positions
                .chunks_exact_mut(hidden)
                .for_each(|row| row.iter_mut().zip(&types).for_each(|(x, y)| *x += y));
        }
        Ok(positions)
    }

    fn layer(&mut self, number: usize) -> Result<Layer, Error> {
        let (hidden, intermediate) = (self.shape.hidden, self.shape.intermediate);
        let part = |name: &str| format!("encoder.layer.{number}.{name}");
        let qkv = ["query", "key", "value"].map(|name| part(&format!("attention.self.{name}")));
        Ok(Layer {
            qkv: self.linear(&qkv.each_ref().map(String::as_str), hidden, hidden)?,
            out: self.linear(&[&part("attention.output.dense")], hidden, hidden)?,
            out_norm: self.norm(&part("attention.output.LayerNorm"))?,
            up: self.linear(&[&part("intermediate.dense")], hidden, intermediate)?,
            down: self.linear(&[&part("output.dense")], intermediate, hidden)?,
            down_norm: self.norm(&part("output.LayerNorm"))?,
        })
    }

    /// One layer of weights out of several that have the same inputs.
    fn linear(&mut self, names: &[&str], inputs: usize, outputs: usize) -> Result<Linear, Error> {
        let (mut weights, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weights.extend(self.read(&format!("{name}.weight"), &[outputs, inputs])?);
            bias.extend(self.read(&format!("{name}.bias"), &[outputs])?);
        }
        Ok(Linear::new(self.engines, self.precision, inputs, &weights, bias))
    }

    /// Old conversions from TensorFlow say gamma and beta.
    fn norm(&mut self, name: &str) -> Result<Norm, Error> {
        let old = self.tensors.has(&format!("{}{name}.gamma", self.prefix));
        let (scale, shift) = if old { ("gamma", "beta") } else { ("weight", "bias") };
        let hidden = self.shape.hidden;
        Ok(Norm {
            scale: self.read(&format!("{name}.{scale}"), &[hidden])?,
            shift: self.read(&format!("{name}.{shift}"), &[hidden])?,
            epsilon: self.shape.epsilon,
        })
    }

    fn read(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        self.tensors.read(&format!("{}{name}", self.prefix), shape)
    }
}
