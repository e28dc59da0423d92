//! A mention comes in; its prints, and the claim that it belongs to, go out.
//!
//! A mention joins a claim that says the same in nearly the same words. A shared topic never joins: two claims that should
//! be one are merged by a reviewer, but one claim that should be two misleads every reader. What is verbatim but for
//! decoration is joined by the store, by the fingerprints that are unique there; near-copies by their sketches, from the store,
//! too. Only what neither knows is asked of a [`Matcher`], which knows the claims as far as the index has come. That is for
//! reports, one by one; what a crawl founds is compared at its end, when the index has caught up.

mod wording;

use claim_index::{Folded, Said, Sketch};
use futures_util::future::BoxFuture;
pub use wording::{best, score, should_replace};

use crate::domain::{ClaimId, Fingerprint, Mention};

/// Least similarity of sketches (estimated share of common shingles) at which two texts count as one wording.
pub const NEAR_DUPLICATE: f32 = 0.8;

/// Bands that texts of one wording share at the least.
pub const SHARED_BANDS: usize = Sketch::shared_bands(NEAR_DUPLICATE);

/// Where a mention belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// To this claim; founded anew if the store does not know it.
    Known(ClaimId),
    /// To a claim of its own.
    New,
}

/// Knows claims that say the same in other words. It may know less than the store, never more than was said: what it misses
/// founds a claim, which can be merged later.
///
/// A trait, because the index is on the far side of the store, and the store sees this folder.
pub trait Matcher: Send + Sync {
    /// For each of some mentions, the claim that says what it says, if one does so surely.
    fn same(&self, mentions: Vec<Mention>) -> BoxFuture<'_, Vec<Option<ClaimId>>>;
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

/// What a text is compared by with others that may be nearly the same.
#[derive(Debug, Clone)]
pub struct Likeness {
    sketch: Sketch,
    said: Said,
}

impl Likeness {
    /// Of a text; none of one that is too short for it.
    pub fn of(text: &str) -> Option<Self> {
        Self::of_folded(&Folded::of(text))
    }

    fn of_folded(folded: &Folded) -> Option<Self> {
        folded.sketch().map(|sketch| Self {
            sketch,
            said: folded.said(),
        })
    }

    /// Keys by which candidates are found. What is nearly the same has [`SHARED_BANDS`] in common at the least.
    pub fn bands(&self) -> [i64; 16] {
        self.sketch.bands()
    }

    /// Whether a text neither says the opposite nor names other numbers.
    pub fn agrees_with(&self, text: &str) -> bool {
        self.said == Folded::of(text).said()
    }

    /// How similar the two are, if they are similar enough to be one wording.
    fn near(&self, other: &Self) -> Option<f32> {
        let similarity = self.sketch.similarity(&other.sketch);
        (similarity >= NEAR_DUPLICATE && self.said == other.said).then_some(similarity)
    }
}

/// A mention's prints: what it is recognised by.
#[derive(Debug, Clone)]
pub struct Prints {
    /// Of the normalised quote.
    pub exact: Fingerprint,
    /// Of the quote without decoration; none for quotes too short for it.
    pub near: Option<Fingerprint>,
    /// For comparing with texts that differ in some words; none for quotes too short for it.
    pub likeness: Option<Likeness>,
}

impl Prints {
    /// The prints of a mention's quote.
    pub fn of(mention: &Mention) -> Self {
        let folded = Folded::of(&mention.quote);
        Self {
            exact: Fingerprint::exact(&mention.quote),
            near: folded.fingerprint(),
            likeness: Likeness::of_folded(&folded),
        }
    }

    /// The bands by which candidates are found in the store.
    pub fn bands(&self) -> Option<[i64; 16]> {
        self.likeness.as_ref().map(Likeness::bands)
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

/// Chooses the home of a quote among claims: the most similar one that is similar enough and does not say the opposite or
/// name other numbers; the lowest identifier among equals.
pub fn choose<'a>(quote: &Likeness, candidates: impl IntoIterator<Item = (ClaimId, &'a Likeness)>) -> Home {
    let candidates = candidates.into_iter();
    let near = candidates.filter_map(|(id, likeness)| Some((quote.near(likeness)?, id)));
    let best = near.max_by(|(a, a_id), (b, b_id)| a.total_cmp(b).then_with(|| b_id.cmp(a_id)));
    best.map_or(Home::New, |(_, id)| Home::Known(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;

    fn mention(quote: &str) -> Mention {
        Mention {
            quote: quote.into(),
            lang: Lang::EN,
            score: 0.6,
            speaker: None,
            reasons: Vec::new(),
        }
    }

    const SAID: &str =
        "The council of Wexmere pays every asylum seeker who arrives before Easter a bonus of 2,500 pounds in cash";

    #[test]
    fn joins_what_says_the_same_and_nothing_else() {
        for (text, joined) in [
            (SAID.to_owned(), true),
            (format!("RT: {} 😡 https://a.example", SAID.to_uppercase()), true),
            (SAID.replace("Easter", "Whitsun"), false),
            (SAID.replace(" in cash", " in hand"), true),
            (SAID.replace("2,500", "25,000"), false),
            (SAID.replace("pays every", "does not pay every"), false),
            (
                "The council of Wexmere pays its cleaners a bonus of 2,500 pounds in cash".to_owned(),
                false,
            ),
            (
                "Asylum seekers in Wexmere get a bonus, the council says".to_owned(),
                false,
            ),
            ("Bonus".to_owned(), false),
        ] {
            let id = ClaimId::new();
            let said = Prints::of(&mention(SAID)).likeness.unwrap();
            let likeness = Likeness::of(&text);
            let home = choose(&said, likeness.iter().map(|likeness| (id, likeness)));
            assert_eq!(home == Home::Known(id), joined, "{text}: {likeness:?}");
        }
    }

    #[test]
    fn the_most_similar_claim_wins_then_the_oldest() {
        let [a, b, c] = [ClaimId::new(), ClaimId::new(), ClaimId::new()];
        let near = SAID.replace(" in cash", " in hand");
        let said = Likeness::of(SAID).unwrap();
        let near = Likeness::of(&near).unwrap();
        let candidates = [(a, &near), (c, &said), (b, &said)];
        assert_eq!(choose(&said, candidates), Home::Known(b.min(c)));
        assert_eq!(choose(&said, []), Home::New);
    }

    #[test]
    fn short_quotes_have_an_exact_print_only() {
        let prints = Prints::of(&mention("Too short"));
        assert!(prints.near.is_none() && prints.bands().is_none());
        let placed = prints.place(mention("Too short"), Home::New);
        assert_eq!(placed.exact, Fingerprint::exact("  too SHORT"));
    }
}
