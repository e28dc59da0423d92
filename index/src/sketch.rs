//! Comes in: a text. Goes out: a small sketch whose distance estimates how many word pairs two texts share.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::Folded;
use crate::hash::FastSet;

const VALUES: usize = 64;
const BANDS: usize = 16;

/// MinHash sketch (Broder 1997) of 64 values over a text's two- and three-word shingles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch([u32; VALUES]);

impl Sketch {
    /// The sketch of a text's first 2,000 words; `None` under four, where shingles mean little.
    pub fn of(text: &str) -> Option<Sketch> {
        Folded::of(text).sketch()
    }

    fn of_words(words: &[String]) -> Sketch {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut values = [u32::MAX; VALUES];
        for shingle in runs(&words) {
            for (value, multiplier) in values.iter_mut().zip(MULTIPLIERS) {
                *value = (*value).min(permuted(shingle, multiplier));
            }
        }
        Sketch(values)
    }

    /// Estimated Jaccard similarity of the shingle sets, 0 to 1; standard error at most 1/16.
    pub fn similarity(&self, other: &Sketch) -> f32 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        same as f32 / VALUES as f32
    }

    /// Sixteen keys for a lookup table. Texts of similarity 0.8 share at least one with a chance above 0.999, of
    /// similarity 0.5 with 0.64, of 0.2 with 0.025.
    pub fn bands(&self) -> [i64; BANDS] {
        let mut bands = [0; BANDS];
        let rows = self.0.chunks_exact(VALUES / BANDS);
        for (number, (band, row)) in bands.iter_mut().zip(rows).enumerate() {
            let mut bytes = [0; 4 * VALUES / BANDS];
            for (place, value) in bytes.chunks_exact_mut(4).zip(row) {
                place.copy_from_slice(&value.to_le_bytes());
            }
            *band = xxh3_64_with_seed(&bytes, number as u64).cast_signed();
        }
        bands
    }

    /// Fewest bands that sketches of such a [similarity](Self::similarity) share: each value that differs spoils one band at
    /// the most. Whatever shares fewer need not be compared.
    pub const fn shared_bands(similarity: f32) -> usize {
        let differing = ((1.0 - similarity) * VALUES as f32) as usize;
        BANDS.saturating_sub(differing)
    }
}

impl Folded {
    /// See [`Sketch::of`].
    pub fn sketch(&self) -> Option<Sketch> {
        self.words().map(Sketch::of_words)
    }
}

/// Hashes of all runs of two and of three words, each once.
pub(crate) fn shingles(words: &[&str]) -> FastSet<u64> {
    runs(words).into_iter().collect()
}

fn runs(words: &[&str]) -> Vec<u64> {
    let hashes: Vec<u64> = words.iter().map(|word| xxh3_64(word.as_bytes())).collect();
    let runs = hashes.windows(2).chain(hashes.windows(3));
    runs.map(|run| {
        run.iter().fold(run.len() as u64, |seed, word| {
            xxh3_64_with_seed(&word.to_le_bytes(), seed)
        })
    })
    .collect()
}

/// Share of shingles that two sets have in common, 0 to 1.
pub(crate) fn jaccard(a: &FastSet<u64>, b: &FastSet<u64>) -> f32 {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f32 / all as f32 }
}

/// One odd multiplier for each value, from the splitmix64 sequence: fixed for ever, because sketches are stored.
const MULTIPLIERS: [u64; VALUES] = {
    let mut multipliers = [0; VALUES];
    let mut place = 0;
    while place < VALUES {
        multipliers[place] = splitmix(place as u64 + 1) | 1;
        place += 1;
    }
    multipliers
};

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
pub(crate) const fn splitmix(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Multiply-shift hashing (Dietzfelbinger 1997): the top half of the product.
fn permuted(shingle: u64, multiplier: u64) -> u32 {
    (shingle.wrapping_mul(multiplier) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "The ministry said on Monday that all wood stoves will be banned from next winter on, and that \
        inspectors may enter every house without notice to look for them";

    #[test]
    fn copies_are_alike_and_others_are_not() {
        let sketch = |text: &str| Sketch::of(text).unwrap();
        let original = sketch(LONG);
        assert_eq!(original, sketch(&LONG.to_uppercase()));
        let edited = sketch(&LONG.replace("Monday", "Tuesday"));
        assert!(
            (0.6..1.0).contains(&original.similarity(&edited)),
            "{}",
            original.similarity(&edited)
        );
        let other = sketch("A football club from Porto signed a striker who scored nine goals this season");
        assert!(original.similarity(&other) < 0.1);
        assert_eq!(Sketch::of("only three words"), None);
    }

    #[test]
    fn near_copies_share_a_band() {
        let shared = |a: &str, b: &str| {
            let (a, b) = (Sketch::of(a).unwrap().bands(), Sketch::of(b).unwrap().bands());
            a.iter().zip(&b).filter(|(a, b)| a == b).count()
        };
        assert_eq!(shared(LONG, LONG), BANDS);
        assert!(shared(LONG, &LONG.replace("Monday", "Tuesday")) > 0);
        assert_eq!(shared(LONG, "A football club from Porto signed a striker yesterday"), 0);
    }

    proptest::proptest! {
        #[test]
        fn what_is_similar_enough_shares_so_many_bands(values in proptest::array::uniform32(0..3_u32), others in proptest::array::uniform32(0..3_u32), spoilt in 0..40_usize) {
            let whole = |half: [u32; 32]| std::array::from_fn(|at| half[at / 2] + at as u32 % 2);
            let (a, mut b): (Sketch, [u32; VALUES]) = (Sketch(whole(values)), whole(values));
            // Spread over as many bands as can be.
            for at in 0..spoilt {
                b[(at * 4 + at / BANDS) % VALUES] += 1 + others[at % 32];
            }
            let b = Sketch(b);
            let shared = a.bands().iter().zip(&b.bands()).filter(|(a, b)| a == b).count();
            proptest::prop_assert!(shared >= Sketch::shared_bands(a.similarity(&b)));
        }
    }

    #[test]
    fn a_near_copy_shares_four_bands() {
        assert_eq!(Sketch::shared_bands(0.8), 4);
        assert_eq!((Sketch::shared_bands(1.0), Sketch::shared_bands(0.1)), (BANDS, 0));
    }

    #[test]
    fn sketches_never_change() {
        let sketch = Sketch::of("Die Erde ist flach und kalt").unwrap();
        assert_eq!(sketch.bands()[0], -5_747_897_842_055_257_818);
    }
}
