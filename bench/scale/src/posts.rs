//! Made-up posts from a fixed seed: 60 % edited copies of existing ones, 25 % noise, 15 % novel statements, in four languages.
//!
//! A novel statement depends on its number only, so that any earlier one can be made again for a copy: nothing is kept. Names of
//! people, places and things are put together from syllables, so that as many can be had as in a world; all sentences are ours.

use klarstelle::domain::{Document, Lang, WebUrl};

use super::phrases::{FIRST, LANGS, LAST, MIDDLE};

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An earlier statement with an edit.
    Copy,
    /// Nothing that could be checked.
    Noise,
    /// A statement that nobody made before.
    Novel,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Copy, Self::Noise, Self::Novel];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Noise => "noise",
            Self::Novel => "novel",
        }
    }
}

/// Per cent of copies, and of copies and noise.
const COPIES: u64 = 60;
const NOT_NOVEL: u64 = 85;

/// The stream.
#[derive(Default)]
pub(crate) struct Posts {
    made: usize,
    mixed: u64,
    novel: u64,
}

impl Posts {
    /// How many posts of the mix were made.
    pub(crate) fn made(&self) -> usize {
        self.mixed as usize
    }

    /// The next post of the mix.
    pub(crate) fn mixed(&mut self) -> Document {
        self.mixed += 1;
        let kind = match Dice::new(1, self.mixed).below(100) {
            share if share < COPIES && self.novel > 0 => Kind::Copy,
            share if (COPIES..NOT_NOVEL).contains(&share) => Kind::Noise,
            _ => Kind::Novel,
        };
        self.of(kind)
    }

    /// The next post, of a kind.
    pub(crate) fn of(&mut self, kind: Kind) -> Document {
        self.made += 1;
        let mut dice = Dice::new(2, self.made as u64);
        let (lang, text) = match kind {
            Kind::Novel => {
                self.novel += 1;
                statement(self.novel)
            }
            Kind::Copy => edited(statement(1 + dice.below(self.novel)), &mut dice),
            Kind::Noise => noise(&mut dice),
        };
        document(self.made, lang, text)
    }
}

fn document(number: usize, lang: Lang, text: String) -> Document {
    Document {
        url: WebUrl::parse(&format!("https://posts.example/{number}")).expect("an address"),
        canonical_url: None,
        title: String::new(),
        text,
        lang,
        author: None,
        published_at: None,
    }
}

/// Numbers from a seed (splitmix64; Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn new(stream: u64, number: u64) -> Self {
        Self(stream.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ number.wrapping_mul(0xa076_1d64_78bd_642f))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A name of two or three syllables.
    fn name(&mut self) -> String {
        let mut name = String::from(self.pick(FIRST));
        for _ in 0..=self.below(2) {
            name += self.pick(MIDDLE);
        }
        name + self.pick(LAST)
    }
}

/// A novel statement, by its number.
fn statement(number: u64) -> (Lang, String) {
    let mut dice = Dice::new(3, number);
    let phrases = &LANGS[dice.below(LANGS.len() as u64) as usize];
    let parts = [phrases.who, phrases.does, phrases.what, phrases.when].map(|some| dice.pick(some));
    (phrases.lang, filled(&parts.join(" "), &mut dice) + ".")
}

fn noise(dice: &mut Dice) -> (Lang, String) {
    let phrases = &LANGS[dice.below(LANGS.len() as u64) as usize];
    (phrases.lang, filled(dice.pick(phrases.noise), dice))
}

/// Puts names and numbers in.
fn filled(pattern: &str, dice: &mut Dice) -> String {
    let mut text = String::new();
    for sign in pattern.chars() {
        match sign {
            '@' => text += &dice.name(),
            '#' => text += &(2 + dice.below(9000)).to_string(),
            sign => text.push(sign),
        }
    }
    text
}

/// What people do to what they pass on: a call before or behind it, another case, a word left out or written wrong.
fn edited((lang, text): (Lang, String), dice: &mut Dice) -> (Lang, String) {
    let phrases = LANGS.iter().find(|phrases| phrases.lang == lang).expect("one of ours");
    let call = dice.pick(phrases.calls);
    let called = |text: &str| {
        if call.ends_with(' ') {
            format!("{call}{text}")
        } else {
            format!("{text}{call}")
        }
    };
    let text = match dice.below(6) {
        0 => text,
        1 => called(&text),
        2 => text.to_uppercase(),
        3 => without_a_word(&text, dice),
        4 => called(&mistyped(&text, dice)),
        _ => called(text.trim_end_matches('.')),
    };
    (lang, text)
}

/// Not the first word, and none with a number: that would be another statement.
fn without_a_word(text: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let at = 1 + dice.below(words.len() as u64 - 2) as usize;
    let is_left_out = |(place, word): &(usize, &&str)| *place == at && !word.contains(|c: char| c.is_ascii_digit());
    let kept = words.iter().enumerate().filter(|word| !is_left_out(word));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Two letters of a word in each other's place.
fn mistyped(text: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let at = 1 + dice.below(signs.len() as u64 - 3) as usize;
    if signs[at].is_alphabetic() && signs[at + 1].is_alphabetic() {
        signs.swap(at, at + 1);
    }
    signs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_mix_is_as_said_and_the_same_each_time() {
        let made = || {
            let mut posts = Posts::default();
            let texts: Vec<String> = (0..10_000).map(|_| posts.mixed().text).collect();
            (texts, posts.novel)
        };
        let (texts, novel) = made();
        assert_eq!((&texts, novel), (&made().0, novel));
        assert!((1400..1600).contains(&novel), "{novel}");
        let statements: BTreeSet<String> = (1..=novel).map(|number| statement(number).1).collect();
        assert_eq!(statements.len() as u64, novel, "each is novel");
        let verbatim = texts.iter().filter(|text| statements.contains(*text)).count() as u64;
        assert!((novel + 500..novel + 2500).contains(&verbatim), "{verbatim}");
    }
}
