//! Comes in: a word that no entry has. Goes out: the words of a segment that differ from it by an edit or two.
//!
//! All words of about its length are looked at: most are told apart by which letters they have where, in a nanosecond, the
//! others are compared letter by letter. The roads not taken: an automaton over tantivy's dictionary took a millisecond a
//! word, and an index of all words less a letter or two (SymSpell) takes fifty numbers a word.

use std::ops::Range;

/// Words are no longer than this; see the analyzer. Folding may double a character.
const MAX_LENGTH: usize = 128;
/// Longer words have no typos: their letters would not fit into a number.
const MAX_WANTED: usize = u64::BITS as usize;
/// Parts of a word whose letters are told apart, and places for letters in each.
const ZONES: usize = 4;
const LETTERS: u32 = u64::BITS / ZONES as u32;
/// Words looked at together.
const CHUNK: usize = 32;

/// The letters that a word has in each of its quarters: a bit for the letters of most alphabets, two or three to each.
type Signature = u64;

/// Words by their length, each with its signature.
#[derive(Default)]
pub(crate) struct Near {
    signatures: Vec<Signature>,
    numbers: Vec<u32>,
    /// For each length, where its words begin.
    starts: Vec<usize>,
}

impl Near {
    /// Of distinct words, each with its number.
    pub(crate) fn of<'a>(words: impl Iterator<Item = (u32, &'a str)>) -> Near {
        let mut by_length: Vec<Vec<(Signature, u32)>> = vec![Vec::new(); MAX_LENGTH];
        for (number, word) in words {
            let length = word.chars().count();
            if let Some(words) = by_length.get_mut(length) {
                words.push((signature(word, length), number));
            }
        }
        let mut near = Near::default();
        for words in by_length {
            near.starts.push(near.numbers.len());
            near.signatures.extend(words.iter().map(|(signature, _)| signature));
            near.numbers.extend(words.iter().map(|(_, number)| number));
        }
        near.starts.push(near.numbers.len());
        near
    }

    /// The numbers of words that may differ from one by so many edits (one or two) at the most; few others are among them.
    pub(crate) fn candidates(&self, wanted: &Wanted, edits: usize) -> impl Iterator<Item = u32> {
        let length = wanted.word.len();
        let lengths = length.saturating_sub(edits)..=length + edits;
        lengths.flat_map(move |length| self.of_length(length, wanted.anywhere(length, edits), edits))
    }

    /// The words of one length of which no more letters than so many are elsewhere than they may be.
    fn of_length(&self, length: usize, allowed: Signature, edits: usize) -> impl Iterator<Item = u32> {
        let start = |length: usize| self.starts.get(length.min(MAX_LENGTH)).copied().unwrap_or_default();
        let range = start(length)..start(length + 1);
        let (signatures, numbers) = (&self.signatures[range.clone()], &self.numbers[range]);
        let chunks = signatures.chunks(CHUNK).zip(numbers.chunks(CHUNK));
        // Worked out for a chunk at once, which compilers turn into a few wide instructions; most chunks have none.
        let close = chunks.filter_map(move |(signatures, numbers)| {
            let mut is_close = [false; CHUNK];
            let mut is_any = false;
            for (close, signature) in is_close.iter_mut().zip(signatures) {
                *close = has_at_most(*signature & !allowed, edits);
                is_any |= *close;
            }
            is_any.then(|| numbers.iter().zip(is_close))
        });
        close.flatten().filter(|(_, close)| *close).map(|(number, _)| *number)
    }
}

/// Whether one bit is set, or two, at the most, without counting them all.
fn has_at_most(bits: u64, few: usize) -> bool {
    let without_one = bits & bits.wrapping_sub(1);
    let without_two = without_one & without_one.wrapping_sub(1);
    let left = if few == 1 { without_one } else { without_two };
    left == 0
}

/// A letter's place in a zone's part of the signature.
fn bit(letter: char, zone: usize) -> Signature {
    1 << (u32::from(letter) % LETTERS + zone as u32 * LETTERS)
}

fn signature(word: &str, length: usize) -> Signature {
    let bits = word
        .chars()
        .enumerate()
        .map(|(at, letter)| bit(letter, at * ZONES / length));
    bits.fold(0, |all, bit| all | bit)
}

/// The places of a word of this length that are in a zone.
fn zone(zone: usize, length: usize) -> Range<usize> {
    (zone * length).div_ceil(ZONES)..((zone + 1) * length).div_ceil(ZONES)
}

/// How much further a letter can be in another word than in this one, at the least and at the most, if that word is `longer`
/// letters longer and so many edits away: each letter inserted or left out before it moves it, and so does a swap.
fn moves(longer: isize, edits: usize) -> (isize, isize) {
    let most = edits as isize;
    let left = |shift: isize| most - shift.abs() - (longer - shift).abs();
    let possible = |to: &isize| left(*to) >= 0 || left(*to - 1) >= 1 || left(*to + 1) >= 1;
    let range = -most..=most;
    let first = range.clone().find(possible).unwrap_or_default();
    (first, range.rev().find(possible).unwrap_or_default())
}

/// A word whose neighbours are looked for.
pub(crate) struct Wanted {
    word: Vec<char>,
    /// Each of its letters, with the places where it stands.
    places: Vec<(char, u64)>,
}

impl Wanted {
    /// `None` for a word that is too long to have neighbours.
    pub(crate) fn new(word: &str) -> Option<Wanted> {
        let word: Vec<char> = word.chars().collect();
        let mut places: Vec<(char, u64)> = Vec::new();
        for (at, letter) in word.iter().enumerate().take(MAX_WANTED) {
            match places.iter_mut().find(|(known, _)| known == letter) {
                Some((_, places)) => *places |= 1 << at,
                None => places.push((*letter, 1 << at)),
            }
        }
        (1..=MAX_WANTED)
            .contains(&word.len())
            .then_some(Wanted { word, places })
    }

    /// The letters that a word of this length may have in each zone without an edit of the letter itself.
    fn anywhere(&self, length: usize, edits: usize) -> Signature {
        let (least, most) = moves(length as isize - self.word.len() as isize, edits);
        let mut all = 0;
        for at in 0..ZONES {
            let places = zone(at, length);
            let from = (places.start as isize - most).max(0) as usize;
            let to = (places.end as isize - least).clamp(from as isize, isize::MAX) as usize;
            let letters = self.word.iter().take(to).skip(from);
            all |= letters.fold(0, |all, letter| all | bit(*letter, at));
        }
        all
    }

    /// Whether another word differs by so many edits at the most: a letter more, less or other, or two neighbours swapped
    /// (optimal string alignment). A column of the table is two numbers, which say where it goes up and down (Hyyrö 2003,
    /// "A bit-vector algorithm for computing Levenshtein and Damerau edit distances").
    pub(crate) fn is_within(&self, other: &str, edits: usize) -> bool {
        let last = 1_u64 << (self.word.len() - 1);
        let (mut up, mut down) = (u64::MAX, 0);
        let (mut diagonal, mut before) = (0_u64, 0);
        let mut distance = self.word.len();
        for letter in other.chars() {
            let here = self.places(letter);
            let swapped = ((!diagonal & here) << 1) & before;
            diagonal = ((here & up).wrapping_add(up) ^ up) | here | down | swapped;
            let (right_up, right_down) = (down | !(diagonal | up), diagonal & up);
            distance = distance + usize::from(right_up & last != 0) - usize::from(right_down & last != 0);
            let (right_up, right_down) = (right_up << 1 | 1, right_down << 1);
            (up, down) = (right_down | !(diagonal | right_up), right_up & diagonal);
            before = here;
        }
        distance <= edits
    }

    fn places(&self, letter: char) -> u64 {
        let known = self.places.iter().find(|(known, _)| *known == letter);
        known.map_or(0, |(_, places)| *places)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The distance by the table itself (Damerau 1964; Oommen & Loke 1997).
    fn distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let other = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let plain = other.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if is_swap {
                        plain.min(table[i - 2][j - 2] + 1)
                    } else {
                        plain
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    fn is_found(known: &str, wanted: &Wanted, edits: usize) -> bool {
        let near = Near::of([(7, known)].into_iter());
        near.candidates(wanted, edits).any(|number| number == 7)
    }

    #[test]
    fn edits_are_counted() {
        let cases = [
            ("vaccine", "vaccine", 0),
            ("vaccine", "vacine", 1),
            ("vaccine", "vaccinne", 1),
            ("vaccine", "vaccime", 1),
            ("vaccine", "vacicne", 1),
            ("vaccine", "avcicne", 2),
            ("vaccine", "vaxxine", 2),
            ("vaccine", "machine", 2),
            ("vaccine", "marching", 4),
            ("прививка", "првиивка", 1),
        ];
        for (a, b, edits) in cases {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            let within = |edits| Wanted::new(a).unwrap().is_within(b, edits);
            assert!(within(edits) && (edits == 0 || !within(edits - 1)), "{a} {b}");
        }
    }

    #[test]
    fn few_of_the_other_words_are_compared() {
        let names = ["mer", "ta", "lo", "vin", "da", "kor", "nel", "su"];
        let words: Vec<String> = (0..4096)
            .map(|n: usize| [9, 6, 3, 0].map(|bits| names[n >> bits & 7]).concat())
            .collect();
        let near = Near::of((0..).zip(words.iter().map(String::as_str)));
        let wanted = Wanted::new("merdalovni").unwrap();
        let candidates: Vec<u32> = near.candidates(&wanted, 2).collect();
        let right = candidates
            .iter()
            .filter(|number| wanted.is_within(&words[**number as usize], 2));
        assert!(
            right.count() > 0 && candidates.len() < words.len() / 20,
            "{}",
            candidates.len()
        );
    }

    #[test]
    fn endless_words_have_no_neighbours() {
        assert!(Wanted::new("").is_none() && Wanted::new(&"a".repeat(65)).is_none());
        let wanted = Wanted::new(&"a".repeat(64)).unwrap();
        assert!(wanted.is_within(&"a".repeat(66), 2) && !wanted.is_within(&"a".repeat(67), 2));
        assert!(is_found(&"a".repeat(66), &wanted, 2));
    }

    /// A word, and the same with edits that fall on each other.
    fn neighbours() -> impl Strategy<Value = (String, String)> {
        let edits = prop::collection::vec((0..4_usize, 0..30_usize, "[abcdж]"), 0..4);
        ("[abcdefghijж]{1,14}", edits).prop_map(|(word, edits)| {
            let mut letters: Vec<char> = word.chars().collect();
            for (kind, at, letter) in edits {
                let (at, letter) = (at % (letters.len() + 1), letter.chars().next().unwrap());
                match kind {
                    0 => letters.insert(at, letter),
                    1 if at < letters.len() => letters[at] = letter,
                    2 if at + 1 < letters.len() => letters.swap(at, at + 1),
                    _ if at < letters.len() && letters.len() > 1 => drop(letters.remove(at)),
                    _ => {}
                }
            }
            (word, letters.into_iter().collect())
        })
    }

    proptest! {
        #[test]
        fn no_neighbour_is_missed_and_none_invented((known, wanted) in neighbours(), edits in 1..=2_usize) {
            let is_near = distance(&known, &wanted) <= edits;
            let looked_for = Wanted::new(&wanted).unwrap();
            prop_assert_eq!(looked_for.is_within(&known, edits), is_near);
            prop_assert!(!is_near || is_found(&known, &looked_for, edits), "{} {}", known, wanted);
        }
    }
}
