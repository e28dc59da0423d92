//! Which numbers do sums of products of eight-bit numbers stand for?

use rten_simd::ops::{BitOps as _, NumOps as _, ToFloat as _};
use rten_simd::{Isa, SimdOp, SliceWriter};
use std::mem::MaybeUninit;

/// A row of sums, and what makes numbers of the network of it: (sum − zero × weights) × scales × scale + bias.
#[derive(Clone, Copy)]
pub(crate) struct Scaled<'a> {
    pub(crate) sums: &'a [i32],
    /// For each output the sum of its whole weights: what one step of the inputs' zero adds to it.
    pub(crate) weights: &'a [i32],
    pub(crate) zero: i32,
    pub(crate) scales: &'a [f32],
    pub(crate) scale: f32,
    pub(crate) bias: &'a [f32],
}

impl Scaled<'_> {
    /// Writes the numbers to the beginning of `room`.
    pub(crate) fn write(self, room: &mut [MaybeUninit<f32>]) -> &mut [f32] {
        let room = &mut room[..self.sums.len()];
        Write { row: self, room }.dispatch()
    }

    fn one(&self, at: usize) -> f32 {
        let sum = self.sums[at] - self.zero * self.weights[at];
        (sum as f32).mul_add(self.scales[at] * self.scale, self.bias[at])
    }
}

struct Write<'a, 'b> {
    row: Scaled<'a>,
    room: &'b mut [MaybeUninit<f32>],
}

impl<'b> SimdOp for Write<'_, 'b> {
    type Output = &'b mut [f32];

    #[expect(
        clippy::inline_always,
        reason = "or none of the instructions inside is inlined either"
    )]
    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) -> &'b mut [f32] {
        let row = self.row;
        let (floats, wholes) = (isa.f32(), isa.i32());
        let (zero, scale) = (wholes.splat(row.zero), floats.splat(row.scale));
        let whole_vectors = row.sums.len() / floats.len() * floats.len();
        let mut out = SliceWriter::new(self.room);
        for at in (0..whole_vectors).step_by(floats.len()) {
            let offset = wholes.mul(zero, wholes.load(&row.weights[at..]));
            let sum = wholes.to_float(wholes.sub(wholes.load(&row.sums[at..]), offset));
            let scales = floats.mul(floats.load(&row.scales[at..]), scale);
            out.write_vec(floats, floats.mul_add(sum, scales, floats.load(&row.bias[at..])));
        }
        (whole_vectors..row.sums.len()).for_each(|at| out.write_scalar(row.one(at)));
        out.into_mut_slice()
    }
}
