//! Runs of four letters: what typos, endings and compounds leave of a word.

use xxhash_rust::xxh3::xxh3_64;

use crate::hash::FastMap;

const GRAM: usize = 4;

/// The runs of a question's words, to be looked for in many entries.
#[derive(Default)]
pub(crate) struct AskedGrams {
    /// A bit for each hash: of the runs in an entry, few are asked for.
    sieve: Vec<u64>,
    /// The place of each distinct run.
    places: FastMap<u64, u32>,
    /// For each word, the places of its runs.
    words: Vec<Vec<u32>>,
}

/// Bits in the sieve; two thousand for a tweet's hundred runs let one in twenty through that is not wanted.
const SIEVE: usize = 4096;

impl AskedGrams {
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>) -> AskedGrams {
        let mut asked = AskedGrams {
            sieve: vec![0; SIEVE / 64],
            ..AskedGrams::default()
        };
        for word in words {
            let mut places = Vec::new();
            for_each_gram(word, |gram| places.push(asked.place(gram)));
            asked.words.push(places);
        }
        asked
    }

    fn place(&mut self, gram: u64) -> u32 {
        let (at, bit) = sieve(gram);
        self.sieve[at] |= bit;
        let next = self.places.len() as u32;
        *self.places.entry(gram).or_insert(next)
    }

    /// How many distinct runs there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Marks the places of those runs that are in a word.
    pub(crate) fn mark(&self, word: &str, found: &mut [bool]) {
        for_each_gram(word, |gram| {
            let (at, bit) = sieve(gram);
            if self.sieve[at] & bit != 0
                && let Some(place) = self.places.get(&gram)
            {
                found[*place as usize] = true;
            }
        });
    }

    /// For each asked word, the share of its runs whose places are marked.
    pub(crate) fn shares(&self, found: &[bool]) -> impl Iterator<Item = f32> {
        self.words.iter().map(|places| {
            let known = places.iter().filter(|place| found[**place as usize]).count();
            known as f32 / places.len().max(1) as f32
        })
    }
}

fn sieve(gram: u64) -> (usize, u64) {
    let bit = (gram.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize;
    (bit / 64, 1 << (bit % 64))
}

/// Calls with a key of each run of [`GRAM`] letters in a word; of the whole word, if it is shorter.
fn for_each_gram(word: &str, mut call: impl FnMut(u64)) {
    if word.is_ascii() {
        let bytes = word.as_bytes();
        bytes
            .windows(bytes.len().clamp(1, GRAM))
            .for_each(|run| call(ascii_key(run)));
        return;
    }
    let borders: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    for run in borders.windows(borders.len().min(GRAM + 1)) {
        let run = &word.as_bytes()[run[0]..run[run.len() - 1]];
        call(if run.is_ascii() { ascii_key(run) } else { xxh3_64(run) });
    }
}

/// The bytes themselves; no hash is needed.
fn ascii_key(run: &[u8]) -> u64 {
    run.iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(asked: &[&str], entry: &[&str]) -> Vec<f32> {
        let asked = AskedGrams::of(asked.iter().copied());
        let mut found = vec![false; asked.len()];
        for word in entry {
            asked.mark(word, &mut found);
        }
        asked.shares(&found).collect()
    }

    #[test]
    fn words_share_runs_of_four_letters() {
        assert_eq!(shares(&["impfung"], &["impfungen"]), [1.0]);
        assert_eq!(shares(&["impfungen", "uno"], &["impfung", "un"]), [4.0 / 6.0, 0.0]);
        assert_eq!(shares(&["uno", "вакцина"], &["вакцины", "uno"]), [1.0, 3.0 / 4.0]);
        assert_eq!(shares(&["züge", ""], &["zuge"]), [0.0, 0.0]);
    }
}
