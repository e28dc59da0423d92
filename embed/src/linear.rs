//! What is x·Wᵀ + b, fast?
//!
//! `rten-gemm` does the multiplying: pure Rust, picks the kernel for the processor it runs on (AVX-512 with or without VNNI, AVX2,
//! NEON, plain), and has a safe interface. Weights are packed for that kernel once, when the model is opened.

use crate::Precision;
use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix, QuantParams};
use rten_simd::SimdOp as _;
use rten_tensor::NdTensorView;
use rten_vecmath::{MinMax, Quantize};
use std::mem::MaybeUninit;

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
    /// Eight bits, one scale for the weights of each output. The inputs get eight bits too, with a scale and a zero of each token.
    Int8(PackedBMatrix<i8>, Vec<f32>),
}

impl Linear {
    /// `weights` holds a row of `inputs` numbers for each output.
    pub(crate) fn new(engines: &Engines, precision: Precision, inputs: usize, weights: &[f32], bias: Vec<f32>) -> Self {
        let shape = [bias.len(), inputs];
        let weights = match precision {
            Precision::Float => Weights::Float(
                engines
                    .float
                    .prepack_b(NdTensorView::from_data(shape, weights).transposed()),
            ),
            Precision::Int8 => {
                let (whole, scales) = quantised(weights, inputs, engines.largest_weight());
                let packed = engines
                    .whole
                    .prepack_b(NdTensorView::from_data(shape, whole.as_slice()).transposed());
                Weights::Int8(packed, scales)
            }
        };
        Self { weights, bias }
    }

    /// The outputs of each token in `x`.
    pub(crate) fn forward(&self, engines: &Engines, x: &[f32]) -> Vec<f32> {
        match &self.weights {
            Weights::Float(packed) => self.float(engines, packed, x),
            Weights::Int8(packed, scales) => self.int8(engines, packed, scales, x),
        }
    }

    fn float(&self, engines: &Engines, packed: &PackedBMatrix<f32>, x: &[f32]) -> Vec<f32> {
        let tokens = x.len() / packed.rows();
        let mut out = vec![0.0; tokens * self.bias.len()];
        let options = GemmOptions {
            bias: Some(BiasVector::Row(&self.bias)),
            ..GemmOptions::default()
        };
        let x = GemmInputA::Unpacked(NdTensorView::from_data([tokens, packed.rows()], x));
        engines
            .float
            .gemm(&mut out, x, GemmInputB::Packed(packed), options)
            .expect("sizes follow from each other");
        out
    }

    fn int8(&self, engines: &Engines, packed: &PackedBMatrix<i8>, scales: &[f32], x: &[f32]) -> Vec<f32> {
        let Inputs {
            values,
            zeros,
            scales: steps,
        } = Inputs::new(x, packed.rows());
        let mut sums = vec![0; zeros.len() * scales.len()];
        let a_quant = Some(QuantParams {
            zero_point: zeros.as_slice(),
        });
        let options = GemmOptions {
            a_quant,
            ..GemmOptions::default()
        };
        let x = GemmInputA::Unpacked(NdTensorView::from_data([zeros.len(), packed.rows()], values.as_slice()));
        engines
            .whole
            .gemm(&mut sums, x, GemmInputB::Packed(packed), options)
            .expect("sizes follow from each other");
        self.scaled(&sums, scales, &steps)
    }

    fn scaled(&self, sums: &[i32], scales: &[f32], steps: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(sums.len());
        for (row, step) in sums.chunks_exact(scales.len()).zip(steps) {
            let columns = row.iter().zip(scales).zip(&self.bias);
            out.extend(columns.map(|((sum, scale), bias)| *sum as f32 * (scale * step) + bias));
        }
        out
    }
}

/// Rows of numbers as whole ones, and the step between two of them in each row.
pub(crate) fn quantised(rows: &[f32], width: usize, largest: f32) -> (Vec<i8>, Vec<f32>) {
    let step = |row: &[f32]| row.iter().fold(0f32, |most, x| most.max(x.abs())) / largest;
    let steps: Vec<f32> = rows.chunks_exact(width).map(step).collect();
    let whole = rows.chunks_exact(width).zip(&steps).flat_map(|(row, step)| {
        let inverse = if *step > 0.0 { 1.0 / step } else { 0.0 };
        row.iter().map(move |x| (x * inverse).round() as i8)
    });
    (whole.collect(), steps)
}

/// What goes into a layer, in eight bits: x ≈ (value − zero) × scale, per token.
struct Inputs {
    values: Vec<u8>,
    zeros: Vec<u8>,
    scales: Vec<f32>,
}

impl Inputs {
    fn new(x: &[f32], width: usize) -> Self {
        let (tokens, mut values) = (x.len() / width, Vec::with_capacity(x.len()));
        let (mut zeros, mut scales) = (Vec::with_capacity(tokens), Vec::with_capacity(tokens));
        let mut row_values = vec![MaybeUninit::uninit(); width];
        for row in x.chunks_exact(width) {
            let (least, most) = MinMax::new(row).dispatch();
            let scale = ((most.max(0.0) - least.min(0.0)) / 255.0).max(f32::MIN_POSITIVE);
            let zero = (-least.min(0.0) / scale).round() as u8;
            values.extend_from_slice(Quantize::new(row, &mut row_values, scale.recip(), zero).dispatch());
            zeros.push(zero);
            scales.push(scale);
        }
        Self { values, zeros, scales }
    }
}
