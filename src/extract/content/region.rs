//! Which part of the page holds the article? The subtree with the greatest sum of liked words minus disliked ones: a
//! maximum subsequence (Pasternack and Roth, WWW 2009) along the tree instead of along the text.

use super::blocks::Outline;

/// Words from which on a block counts no more.
const MOST_WORDS: f64 = 100.0;

/// How sure a first judgement must be to speak for a part of the page rather than against it.
const EVEN: f64 = 0.4;

/// A part of the page.
#[derive(Debug)]
pub(super) struct Region {
    /// The element that holds it.
    pub(super) root: usize,
    /// Its blocks, in the order of the page.
    pub(super) blocks: Vec<usize>,
}

/// The best part by the first judgements (log odds) of all blocks; none if nothing speaks for any.
pub(super) fn best(outline: &Outline<'_>, first: &[f64]) -> Option<Region> {
    let mut sums = vec![0.0; outline.elements.len()];
    for (block, odds) in outline.blocks.iter().zip(first) {
        let vote = weight(block.words) * (chance(*odds) - EVEN);
        for element in outline.blocks_around(block) {
            sums[element] += vote;
        }
    }
    // Children come after their parents: of two that hold the same the inner one is taken.
    let (root, _) = sums
        .iter()
        .enumerate()
        .filter(|(_, sum)| **sum > 0.0)
        .max_by(|a, b| a.1.total_cmp(b.1))?;
    let inside = |at: &usize| outline.blocks_around(&outline.blocks[*at]).any(|e| e == root);
    let blocks = (0..outline.blocks.len()).filter(inside).collect();
    Some(Region { root, blocks })
}

/// A block's say.
pub(super) fn weight(words: usize) -> f64 {
    (words as f64).clamp(1.0, MOST_WORDS)
}

/// Odds to a probability, 0 to 1.
pub(super) fn chance(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
