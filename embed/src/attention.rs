//! Which tokens of its own text does a token look at?

use crate::linear::Engines;
use rten_gemm::{GemmInputA, GemmInputB, GemmOptions};
use rten_simd::SimdOp as _;
use rten_tensor::NdTensorView;
use rten_vecmath::Softmax;
use std::ops::Range;

/// Queries, keys and values of all tokens of a batch, side by side in a row of three times `hidden`.
pub(crate) struct Attention<'a> {
    pub(crate) engines: &'a Engines,
    pub(crate) qkv: &'a [f32],
    pub(crate) hidden: usize,
    pub(crate) heads: usize,
}

impl Attention<'_> {
    /// What each token takes in. Texts lie end to end in the batch, and each sees itself only: nothing is padded or masked.
    pub(crate) fn of(&self, texts: &[Range<usize>]) -> Vec<f32> {
        let mut mixed = vec![0.0; self.qkv.len() / 3];
        let longest = texts.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let mut weights = vec![0.0; longest * longest];
        let mut head_mixed = vec![0.0; longest * self.hidden / self.heads];
        for text in texts {
            for head in 0..self.heads {
                self.head(text, head, &mut weights, &mut head_mixed);
                self.put(text, head, &head_mixed, &mut mixed);
            }
        }
        mixed
    }

    fn head(&self, text: &Range<usize>, head: usize, weights: &mut [f32], mixed: &mut [f32]) {
        let (tokens, width) = (text.len(), self.hidden / self.heads);
        let weights = &mut weights[..tokens * tokens];
        let stride = 3 * self.hidden;
        let queries = self.view(text, head * width, [tokens, width], [stride, 1]);
        let keys = self.view(text, self.hidden + head * width, [width, tokens], [1, stride]);
        self.multiply(weights, queries, keys, (width as f32).sqrt().recip());
        weights
            .chunks_exact_mut(tokens)
            .for_each(|row| _ = Softmax::new_mut(row).dispatch());
        let values = self.view(text, 2 * self.hidden + head * width, [tokens, width], [stride, 1]);
        self.multiply(
            &mut mixed[..tokens * width],
            NdTensorView::from_data([tokens, tokens], &*weights),
            values,
            1.0,
        );
    }

    fn view(
        &self,
        text: &Range<usize>,
        from: usize,
        shape: [usize; 2],
        strides: [usize; 2],
    ) -> NdTensorView<'_, f32, 2> {
        let data = &self.qkv[text.start * 3 * self.hidden + from..text.end * 3 * self.hidden];
        NdTensorView::from_data_with_strides(shape, data, strides).expect("the rows are there")
    }

    fn multiply(&self, out: &mut [f32], a: NdTensorView<f32, 2>, b: NdTensorView<f32, 2>, alpha: f32) {
        let options = GemmOptions {
            alpha,
            ..GemmOptions::default()
        };
        let result = self
            .engines
            .float
            .gemm(out, GemmInputA::Unpacked(a), GemmInputB::Unpacked(b), options);
        result.expect("sizes follow from each other");
    }

    fn put(&self, text: &Range<usize>, head: usize, from: &[f32], to: &mut [f32]) {
        let width = self.hidden / self.heads;
        let rows = to[text.start * self.hidden..text.end * self.hidden].chunks_exact_mut(self.hidden);
        for (row, part) in rows.zip(from.chunks_exact(width)) {
            row[head * width..][..width].copy_from_slice(part);
        }
    }
}
