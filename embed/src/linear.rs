//! What is x·Wᵀ + b, fast?
//!
//! `rten-gemm` does the multiplying: pure Rust, picks the kernel for the processor it runs on (AVX-512 with or without VNNI, AVX2,
//! NEON, plain), and has a safe interface. Weights are packed for that kernel once, when the model is opened.

use crate::Precision;
use crate::scaled::Scaled;
use rten_gemm::{
    BiasVector, GemmExecutor, GemmInT, GemmInputA, GemmInputB, GemmOutT, GemmUninitOptions, PackedBMatrix,
};
use rten_simd::SimdOp as _;
use rten_tensor::NdTensorView;
use rten_vecmath::{ExtendInit as _, MinMax};

type Whole = GemmExecutor<u8, i8, i32>;

/// The two multipliers; which kernels they use is fixed by the processor.
pub(crate) struct Engines {
    pub(crate) float: GemmExecutor<f32>,
    whole: Whole,
}

impl Engines {
    pub(crate) fn new() -> Self {
        Self {
            float: GemmExecutor::new(),
            whole: Whole::new(),
        }
    }

    /// The largest weight: AVX2 without VNNI adds two products in 16 bits, which 255 × 127 × 2 would overflow.
    fn largest_weight(&self) -> f32 {
        if self.whole.may_saturate() { 63.0 } else { 127.0 }
    }
}

/// A layer of weights with its bias.
pub(crate) struct Linear {
    weights: Weights,
    bias: Vec<f32>,
}

enum Weights {
    Float(PackedBMatrix<f32>),
    Int8(Int8),
}

/// Eight bits, one scale for the weights of each output. The inputs get eight bits too, with a scale and a zero of each token.
struct Int8 {
    packed: PackedBMatrix<i8>,
    scales: Vec<f32>,
    sums: Vec<i32>,
}

impl Linear {
    /// `weights` holds a row of `inputs` numbers for each output.
    pub(crate) fn new(engines: &Engines, precision: Precision, inputs: usize, weights: &[f32], bias: Vec<f32>) -> Self {
        let weights = match precision {
            Precision::Float => {
                let rows = NdTensorView::from_data([bias.len(), inputs], weights);
                Weights::Float(engines.float.prepack_b(rows.transposed()))
            }
            Precision::Int8 => Weights::Int8(Int8::new(engines, inputs, weights)),
        };
        Self { weights, bias }
    }

    /// The outputs of each token in `x`.
    pub(crate) fn forward(&self, engines: &Engines, x: &[f32]) -> Vec<f32> {
        match &self.weights {
            Weights::Float(packed) => self.float(engines, packed, x),
            Weights::Int8(weights) => weights.forward(engines, x, &self.bias),
        }
    }

    fn float(&self, engines: &Engines, packed: &PackedBMatrix<f32>, x: &[f32]) -> Vec<f32> {
        let bias = Some(BiasVector::Row(&self.bias));
        product(
            &engines.float,
            x,
            packed,
            &GemmUninitOptions {
                bias,
                ..GemmUninitOptions::default()
            },
        )
    }
}

impl Int8 {
    fn new(engines: &Engines, inputs: usize, weights: &[f32]) -> Self {
        let (whole, scales) = quantised(weights, inputs, engines.largest_weight());
        let sums = whole
            .chunks_exact(inputs)
            .map(|row| row.iter().map(|x| i32::from(*x)).sum())
            .collect();
        let rows = NdTensorView::from_data([scales.len(), inputs], whole.as_slice());
        Self {
            packed: engines.whole.prepack_b(rows.transposed()),
            scales,
            sums,
        }
    }

    /// The inputs' zeros are taken off afterwards: rten-gemm 0.27 can do it while multiplying, but where zeros differ from row to
    /// row it is wrong from the second tile of rows on.
    fn forward(&self, engines: &Engines, x: &[f32], bias: &[f32]) -> Vec<f32> {
        let Inputs { values, zeros, scales } = Inputs::new(x, self.packed.rows());
        let products = product(&engines.whole, &values, &self.packed, &GemmUninitOptions::default());
        let mut out = Vec::with_capacity(products.len());
        for (sums, (zero, scale)) in products.chunks_exact(bias.len()).zip(zeros.into_iter().zip(scales)) {
            let row = Scaled {
                sums,
                weights: &self.sums,
                zero,
                scales: &self.scales,
                scale,
                bias,
            };
            out.extend_init(|room| row.write(room));
        }
        out
    }
}

/// x·Wᵀ, into memory that nobody has to clear first.
fn product<A: GemmInT, B: GemmInT, C: GemmOutT>(
    engine: &GemmExecutor<A, B, C>,
    x: &[A],
    packed: &PackedBMatrix<B>,
    options: &GemmUninitOptions<A, B, C>,
) -> Vec<C> {
    let tokens = x.len() / packed.rows();
    let size = tokens * packed.cols();
    let x = GemmInputA::Unpacked(NdTensorView::from_data([tokens, packed.rows()], x));
    let mut out = Vec::with_capacity(size);
    out.extend_init(|room| {
        let result = engine.gemm_uninit(&mut room[..size], x, GemmInputB::Packed(packed), options.clone());
        result.expect("sizes follow from each other")
    });
    out
}

/// Rows of numbers as whole ones, and the step between two of them in each row.
pub(crate) fn quantised(rows: &[f32], width: usize, largest: f32) -> (Vec<i8>, Vec<f32>) {
    let step = |row: &[f32]| row.iter().fold(0f32, |most, x| most.max(x.abs())) / largest;
    let steps: Vec<f32> = rows.chunks_exact(width).map(step).collect();
    let mut whole = vec![0; rows.len()];
    for ((row, whole), step) in rows.chunks_exact(width).zip(whole.chunks_exact_mut(width)).zip(&steps) {
        let inverse = if step.is_normal() { 1.0 / step } else { 0.0 };
        whole
            .iter_mut()
            .zip(row)
            .for_each(|(whole, x)| *whole = nearest(x * inverse, -127.0, 127.0) as i8);
    }
    (whole, steps)
}

/// What goes into a layer, in eight bits: x ≈ (value − zero) × scale, per token.
struct Inputs {
    values: Vec<u8>,
    zeros: Vec<i32>,
    scales: Vec<f32>,
}

impl Inputs {
    fn new(x: &[f32], width: usize) -> Self {
        let (tokens, mut values) = (x.len() / width, vec![0; x.len()]);
        let (mut zeros, mut scales) = (Vec::with_capacity(tokens), Vec::with_capacity(tokens));
        for (row, values) in x.chunks_exact(width).zip(values.chunks_exact_mut(width)) {
            let (least, most) = MinMax::new(row).dispatch();
            let scale = ((most.max(0.0) - least.min(0.0)) / 255.0).max(f32::MIN_POSITIVE);
            let (inverse, zero) = (scale.recip(), (-least.min(0.0) / scale).round());
            values
                .iter_mut()
                .zip(row)
                .for_each(|(value, x)| *value = nearest(x * inverse + zero, 0.0, 255.0) as u8);
            zeros.push(zero as i32);
            scales.push(scale);
        }
        Self { values, zeros, scales }
    }
}

/// The nearest whole number, ties to even, in the low bits: at 1.5 × 2²³ a float has no fraction left. Written so that the
/// compiler makes vector instructions of it on any processor.
fn nearest(x: f32, least: f32, most: f32) -> u32 {
    (x.clamp(least, most) + 12_582_912.0).to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, between -1 and 1.
    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mixed = |n: u32| (n.wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
        (0..count as u32)
            .map(|n| ((mixed(n) >> 15 ^ mixed(n)) >> 8) as f32 / 8_388_608.0 - 1.0)
            .collect()
    }

    /// The largest error, where an output is about 1. Each token has its own scale and its own zero.
    fn worst(precision: Precision, [tokens, inputs, outputs]: [usize; 3]) -> f32 {
        let engines = Engines::new();
        let spread =
            |(n, x): (usize, f32)| (x + (n / inputs % 7) as f32 - 3.0) * (1 + n / inputs) as f32 / tokens as f32;
        let x: Vec<f32> = numbers(tokens * inputs, 1)
            .into_iter()
            .enumerate()
            .map(spread)
            .collect();
        let (weights, bias) = (numbers(outputs * inputs, 2), numbers(outputs, 3));
        let ours = Linear::new(&engines, precision, inputs, &weights, bias.clone()).forward(&engines, &x);
        let dot = |row: &[f32], column: &[f32]| row.iter().zip(column).map(|(x, w)| x * w).sum::<f32>();
        let columns = || weights.chunks(inputs).zip(&bias);
        let plain = x
            .chunks(inputs)
            .flat_map(|row| columns().map(move |(column, bias)| dot(row, column) + bias));
        ours.iter().zip(plain).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / (inputs as f32).sqrt()
    }

    #[test]
    fn products_are_right_for_any_number_of_tokens() {
        for tokens in [1, 2, 13, 14, 15, 28, 40, 64, 65, 130] {
            for shape in [[tokens, 32, 33], [tokens, 384, 48], [tokens, 1537, 17]] {
                assert!(
                    worst(Precision::Float, shape) < 1e-4,
                    "{shape:?}: {}",
                    worst(Precision::Float, shape)
                );
                assert!(
                    worst(Precision::Int8, shape) < 0.06,
                    "{shape:?}: {}",
                    worst(Precision::Int8, shape)
                );
            }
        }
    }
}
