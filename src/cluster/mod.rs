//! A mention comes in; its prints, and the claim that it belongs to, go out.
//!
//! A mention joins a claim that says the same in nearly the same words. A shared topic never joins: two claims that should
//! be one are merged by a reviewer, but one claim that should be two misleads every reader. What is verbatim but for
//! decoration is joined by the store, by the fingerprints that are unique there.

use claim_index::{Sketch, contradicts};

use crate::domain::{ClaimId, Fingerprint, Mention};

/// Least similarity of sketches (estimated share of common shingles) at which two texts count as one wording.
pub const NEAR_DUPLICATE: f32 = 0.8;

/// Where a mention belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// To this claim; founded anew if the store does not know it.
    Known(ClaimId),
    /// To a claim of its own.
    New,
}

/// A mention with the claim that it belongs to: what clustering finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The mention.
    pub mention: Mention,
    /// Fingerprint of the normalised quote. A claim that has it takes the mention, whatever `home` says.
    pub exact: Fingerprint,
    /// Fingerprint of the quote without decoration.
    pub near: Option<Fingerprint>,
    /// Bands of the quote's sketch.
    pub bands: Option<[i64; 16]>,
    /// The claim, unless a fingerprint names another.
    pub home: Home,
}

/// A mention's prints: what it is recognised by.
#[derive(Debug, Clone)]
pub struct Prints {
    /// Of the normalised quote.
    pub exact: Fingerprint,
    /// Of the quote without decoration; none for quotes too short for it.
    pub near: Option<Fingerprint>,
    /// For comparing with texts that differ in some words; none for quotes too short for it.
    pub sketch: Option<Sketch>,
}

impl Prints {
    /// The prints of a mention's quote.
    pub fn of(mention: &Mention) -> Self {
        Self {
            exact: Fingerprint::exact(&mention.quote),
            near: Fingerprint::near_verbatim(&mention.quote),
            sketch: Sketch::of(&mention.quote),
        }
    }

    /// The bands by which candidates are found in the store.
    pub fn bands(&self) -> Option<[i64; 16]> {
        self.sketch.as_ref().map(Sketch::bands)
    }

    /// The mention with its prints and its home.
    pub fn place(&self, mention: Mention, home: Home) -> Placed {
        Placed {
            mention,
            exact: self.exact,
            near: self.near,
            bands: self.bands(),
            home,
        }
    }
}

/// Chooses the home of a mention among claims and their texts: the most similar one that is similar enough and does not
/// say the opposite or name other numbers; the lowest identifier among equals.
pub fn choose(mention: &Mention, sketch: &Sketch, candidates: &[(ClaimId, String)]) -> Home {
    let near = candidates.iter().filter_map(|(id, text)| {
        let similarity = Sketch::of(text)?.similarity(sketch);
        let same = similarity >= NEAR_DUPLICATE && !contradicts(&mention.quote, text);
        same.then_some((similarity, *id))
    });
    let best = near.max_by(|(a, a_id), (b, b_id)| a.total_cmp(b).then_with(|| b_id.cmp(a_id)));
    best.map_or(Home::New, |(_, id)| Home::Known(id))
}
