//! What does the network make of a batch of tokens?

use crate::attention::Attention;
use crate::config::{Pooling, Shape};
use crate::linear::{Engines, Linear};
use crate::table::Table;
use rten_simd::{SimdOp as _, SimdUnaryOp as _};
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Sum, SumSquare, SumSquareSub};
use std::ops::Range;

/// Scale and shift after a normalisation.
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
    pub(crate) epsilon: f32,
}

/// One layer of the encoder.
pub(crate) struct Layer {
    /// Queries, keys and values in one.
    pub(crate) qkv: Linear,
    pub(crate) out: Linear,
    pub(crate) out_norm: Norm,
    pub(crate) up: Linear,
    pub(crate) down: Linear,
    pub(crate) down_norm: Norm,
}

/// The whole encoder.
pub(crate) struct Network {
    pub(crate) shape: Shape,
    pub(crate) pooling: Pooling,
    pub(crate) words: Table,
    /// Position and type of token, added up: all our tokens are of the first type.
    pub(crate) positions: Vec<f32>,
    pub(crate) norm: Norm,
    pub(crate) layers: Vec<Layer>,
}

impl Network {
    /// The vectors of texts, whose tokens are known to be in the vocabulary and no more than positions.
    pub(crate) fn encode(&self, texts: &[&[u32]]) -> Vec<Vec<f32>> {
        let ranges = ranges(texts);
        let mut x = self.embed(texts);
        // They cannot go from thread to thread, the network must; making them costs nothing.
        let engines = Engines::new();
        for layer in &self.layers {
            self.layer(&engines, layer, &ranges, &mut x);
        }
        ranges
            .iter()
            .map(|range| unit(self.pool(&x[range.start * self.shape.hidden..range.end * self.shape.hidden])))
            .collect()
    }

    fn embed(&self, texts: &[&[u32]]) -> Vec<f32> {
        let hidden = self.shape.hidden;
        let mut x = vec![0.0; texts.iter().map(|text| text.len()).sum::<usize>() * hidden];
        let positions = || self.positions.chunks_exact(hidden).skip(self.shape.first_position);
        let tokens = texts.iter().flat_map(|text| text.iter().zip(positions()));
        for (row, (token, position)) in x.chunks_exact_mut(hidden).zip(tokens) {
            row.copy_from_slice(position);
            self.words.add(*token as usize, row);
        }
        self.norm.apply(&mut x);
        x
    }

    fn layer(&self, engines: &Engines, layer: &Layer, texts: &[Range<usize>], x: &mut [f32]) {
        let Shape { hidden, heads, .. } = self.shape;
        let qkv = layer.qkv.forward(engines, x);
        let mixed = Attention {
            engines,
            qkv: &qkv,
            hidden,
            heads,
        }
        .of(texts);
        layer.out_norm.add_and_apply(x, &layer.out.forward(engines, &mixed));
        let mut up = layer.up.forward(engines, x);
        Gelu {}.map_mut(&mut up);
        layer.down_norm.add_and_apply(x, &layer.down.forward(engines, &up));
    }

    fn pool(&self, tokens: &[f32]) -> Vec<f32> {
        let hidden = self.shape.hidden;
        if self.pooling == Pooling::First {
            return tokens[..hidden].to_vec();
        }
        let mut sum = vec![0.0; hidden];
        for row in tokens.chunks_exact(hidden) {
            add(&mut sum, row);
        }
        sum // its length does not matter: it is normalised next
    }
}

impl Norm {
    fn add_and_apply(&self, x: &mut [f32], y: &[f32]) {
        add(x, y);
        self.apply(x);
    }

    fn apply(&self, x: &mut [f32]) {
        let width = self.scale.len();
        for row in x.chunks_exact_mut(width) {
            let mean = Sum::new(row).dispatch() / width as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / width as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: (variance + self.epsilon).sqrt().recip(),
                element_scale: Some(&self.scale),
                element_bias: Some(&self.shift),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

fn ranges(texts: &[&[u32]]) -> Vec<Range<usize>> {
    let mut end = 0;
    let range = |text: &&[u32]| {
        let start = end;
        end += text.len();
        start..end
    };
    texts.iter().map(range).collect()
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

/// A vector of length 1; of a vector that has no length (nonsense weights), zeros, which are like nothing.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let inverse = SumSquare::new(&vector).dispatch().sqrt().recip();
    let inverse = if inverse.is_finite() { inverse } else { 0.0 };
    for x in &mut vector {
        *x = if x.is_finite() { *x * inverse } else { 0.0 };
    }
    vector
}
