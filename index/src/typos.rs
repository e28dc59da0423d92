//! Comes in: a text. Goes out: the same text as somebody types it who does not look: for measuring only.

use crate::Fingerprint;
use crate::sketch::splitmix;

/// Makes two edits in every fourth word: letters dropped, doubled, exchanged with their neighbour, replaced. Links stay
/// as they are. The same text gets the same typos each time.
pub fn with_typos(text: &str) -> String {
    let seed = Fingerprint::exact(text).as_bytes()[..8]
        .iter()
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let spoil = |(number, word): (usize, &str)| {
        if number % 4 != 3 || word.starts_with("http") {
            return word.to_owned();
        }
        let chance = splitmix(seed.wrapping_add(number as u64));
        edited(&edited(word, chance), splitmix(chance))
    };
    let words: Vec<String> = text.split(' ').enumerate().map(spoil).collect();
    words.join(" ")
}

fn edited(word: &str, chance: u64) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 2 {
        return word.to_owned();
    }
    let at = (chance >> 8) as usize % (letters.len() - 1);
    match chance % 4 {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = letters[(chance >> 32) as usize % letters.len()],
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fourth_word_is_spoilt_the_same_way_each_time() {
        let text = "one two three fourth five six seven https://example.org/a nine ten eleven Zwölftes a b c d";
        let spoilt = with_typos(text);
        let differing: Vec<usize> = (0..16)
            .filter(|at| text.split(' ').nth(*at) != spoilt.split(' ').nth(*at))
            .collect();
        assert!(
            differing.iter().all(|at| [3, 11].contains(at)) && !differing.is_empty(),
            "{spoilt}"
        );
        assert_eq!(spoilt, with_typos(text));
        assert_ne!(
            with_typos(&text.replace("one", "uno")),
            spoilt,
            "other texts, other typos"
        );
        for short in ["", "a", "a b c d"] {
            assert_eq!(with_typos(short), short);
        }
    }
}
