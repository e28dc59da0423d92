//! What is x·Wᵀ + b, fast?
//!
//! `rten-gemm` does the multiplying: pure Rust, picks the kernel for the processor it runs on (AVX-512 with or without VNNI, AVX2,
//! NEON, plain), and has a safe interface. Weights are packed for that kernel once, when the model is opened.

use crate::Precision;
use rten_gemm::{
    BiasVector, GemmExecutor, GemmInT, GemmInputA, GemmInputB, GemmOutT, GemmUninitOptions, PackedBMatrix, QuantParams,
};
use rten_simd::ops::{BitOps as _, NumOps as _, ToFloat as _};
use rten_simd::{Isa, SimdOp, SliceWriter};
use rten_tensor::NdTensorView;
use rten_vecmath::{ExtendInit as _, MinMax};
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
        let x = GemmInputA::Unpacked(NdTensorView::from_data([tokens, packed.rows()], x));
        let bias = Some(BiasVector::Row(&self.bias));
        product(
            &engines.float,
            x,
            packed,
            GemmUninitOptions {
                bias,
                ..GemmUninitOptions::default()
            },
        )
    }

    fn int8(&self, engines: &Engines, packed: &PackedBMatrix<i8>, scales: &[f32], x: &[f32]) -> Vec<f32> {
        let Inputs {
            values,
            zeros,
            scales: steps,
        } = Inputs::new(x, packed.rows());
        let x = GemmInputA::Unpacked(NdTensorView::from_data([zeros.len(), packed.rows()], values.as_slice()));
        let a_quant = Some(QuantParams {
            zero_point: zeros.as_slice(),
        });
        let sums = product(
            &engines.whole,
            x,
            packed,
            GemmUninitOptions {
                a_quant,
                ..GemmUninitOptions::default()
            },
        );
        self.scaled(&sums, scales, &steps)
    }

    fn scaled(&self, sums: &[i32], scales: &[f32], steps: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(sums.len());
        for (sums, step) in sums.chunks_exact(scales.len()).zip(steps) {
            let row = Scaled {
                sums,
                scales,
                step: *step,
                bias: &self.bias,
            };
            out.extend_init(|room| row.into(&mut room[..sums.len()]).dispatch());
        }
        out
    }
}

/// x·W, into memory that nobody has to clear first.
fn product<A: GemmInT, B: GemmInT, C: GemmOutT>(
    engine: &GemmExecutor<A, B, C>,
    x: GemmInputA<A>,
    packed: &PackedBMatrix<B>,
    options: GemmUninitOptions<A, B, C>,
) -> Vec<C> {
    let size = x.rows() * packed.cols();
    let mut out = Vec::with_capacity(size);
    out.extend_init(|room| {
        let result = engine.gemm_uninit(&mut room[..size], x, GemmInputB::Packed(packed), options.clone());
        result.expect("sizes follow from each other")
    });
    out
}

/// A row of sums of products of whole numbers, to be numbers of the network again.
#[derive(Clone, Copy)]
struct Scaled<'a> {
    sums: &'a [i32],
    scales: &'a [f32],
    step: f32,
    bias: &'a [f32],
}

impl<'a> Scaled<'a> {
    fn into<'b>(self, to: &'b mut [MaybeUninit<f32>]) -> ScaledInto<'a, 'b> {
        ScaledInto { row: self, to }
    }
}

struct ScaledInto<'a, 'b> {
    row: Scaled<'a>,
    to: &'b mut [MaybeUninit<f32>],
}

impl<'b> SimdOp for ScaledInto<'_, 'b> {
    type Output = &'b mut [f32];

    #[inline(always)] // or none of the instructions inside is inlined either
    fn eval<I: Isa>(self, isa: I) -> &'b mut [f32] {
        let Self {
            row:
                Scaled {
                    sums,
                    scales,
                    step,
                    bias,
                },
            to,
        } = self;
        let (floats, wholes) = (isa.f32(), isa.i32());
        let (width, steps) = (floats.len(), floats.splat(step));
        let vectors = sums.len() / width * width;
        let mut out = SliceWriter::new(to);
        for at in (0..vectors).step_by(width) {
            let sum = wholes.to_float(wholes.load(&sums[at..]));
            let scale = floats.mul(floats.load(&scales[at..]), steps);
            out.write_vec(floats, floats.mul_add(sum, scale, floats.load(&bias[at..])));
        }
        for at in vectors..sums.len() {
            out.write_scalar((sums[at] as f32).mul_add(scales[at] * step, bias[at]));
        }
        out.into_mut_slice()
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
        let (tokens, mut values) = (x.len() / width, vec![0; x.len()]);
        let (mut zeros, mut scales) = (Vec::with_capacity(tokens), Vec::with_capacity(tokens));
        for (row, values) in x.chunks_exact(width).zip(values.chunks_exact_mut(width)) {
            let (least, most) = MinMax::new(row).dispatch();
            let scale = ((most.max(0.0) - least.min(0.0)) / 255.0).max(f32::MIN_POSITIVE);
            let zero = (-least.min(0.0) / scale).round();
            nearest(row, scale.recip(), zero, values);
            zeros.push(zero as u8);
            scales.push(scale);
        }
        Self { values, zeros, scales }
    }
}

/// The nearest whole numbers, ties to even: at 1.5 × 2²³ a float has no fraction left, and its last byte is the number. Written
/// so that the compiler makes vector instructions of it on any processor.
fn nearest(row: &[f32], inverse: f32, zero: f32, to: &mut [u8]) {
    const WHOLE: f32 = 12_582_912.0;
    for (to, x) in to.iter_mut().zip(row) {
        *to = ((x * inverse + zero).clamp(0.0, 255.0) + WHOLE).to_bits() as u8;
    }
}
