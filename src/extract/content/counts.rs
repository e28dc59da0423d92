//! What is counted in a block's text, in one go.

/// Numbers of a text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) words: u32,
    pub(super) letters: u32,
    pub(super) stops: u32,
    pub(super) capitalised: u32,
    pub(super) capitals: u32,
    pub(super) digits: u32,
    /// Signs that stand in menus and addresses.
    pub(super) bars: u32,
    pub(super) ats: u32,
}

/// What a character is: a bit each.
const IN_WORD: u8 = 1;
const LETTER: u8 = 2;
const STOP: u8 = 4;
const CAPITAL: u8 = 8;
const DIGIT: u8 = 16;
const SPACE: u8 = 32;
const BAR: u8 = 64;
const AT: u8 = 128;

/// By their codes: most characters of most pages.
const ASCII: [u8; 128] = {
    let mut classes = [0; 128];
    let mut at = 0;
    while at < classes.len() {
        classes[at] = match at as u8 {
            b'0'..=b'9' => IN_WORD | LETTER | DIGIT,
            b'A'..=b'Z' => IN_WORD | LETTER | CAPITAL,
            b'a'..=b'z' => IN_WORD | LETTER,
            b'\'' => IN_WORD,
            b',' | b'.' | b';' => STOP,
            b' ' | 9..=13 => SPACE,
            b'|' => BAR,
            b'@' => AT,
            _ => 0,
        };
        at += 1;
    }
    classes
};

impl Counts {
    pub(super) fn of(text: &str) -> Self {
        let mut counts = Self::default();
        let (mut in_word, mut begins) = (false, true);
        for c in text.chars() {
            let class = ASCII.get(c as usize).copied().unwrap_or_else(|| class(c));
            let is = |bit: u8| class & bit != 0;
            counts.words += u32::from(is(IN_WORD) && !in_word);
            counts.letters += u32::from(is(LETTER));
            counts.stops += u32::from(is(STOP));
            counts.capitalised += u32::from(begins && is(CAPITAL));
            counts.capitals += u32::from(is(CAPITAL));
            counts.digits += u32::from(is(DIGIT));
            counts.bars += u32::from(is(BAR));
            counts.ats += u32::from(is(AT));
            (in_word, begins) = (is(IN_WORD), is(SPACE));
        }
        counts
    }
}

/// What a character beyond ASCII is.
fn class(c: char) -> u8 {
    let bit = |holds: bool, bit: u8| if holds { bit } else { 0 };
    let is_letter = c.is_alphanumeric();
    bit(is_letter, LETTER)
        | bit(is_letter || c == '’', IN_WORD)
        | bit(matches!(c, '،' | '、' | '。'), STOP)
        | bit(c.is_uppercase(), CAPITAL)
        | bit(c.is_whitespace(), SPACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// The table says what the standard library says.
        #[test]
        fn counts_are_those_of_each_character(text in "([a-zA-Z0-9 ,.;'’|@\\n]|\\PC|[ÄäΣ،。\u{a0}\u{2028}]){0,60}") {
            let counts = Counts::of(&text);
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
            let number = |is: &dyn Fn(char) -> bool| text.chars().filter(|c| is(*c)).count() as u32;
            let begin = text.split(char::is_whitespace).filter_map(|word| word.chars().next());
            proptest::prop_assert_eq!(counts.words as usize, words.filter(|word| !word.is_empty()).count());
            proptest::prop_assert_eq!(counts.letters, number(&char::is_alphanumeric));
            proptest::prop_assert_eq!(counts.stops, number(&|c| matches!(c, ',' | '.' | ';' | '،' | '、' | '。')));
            proptest::prop_assert_eq!(counts.capitals, number(&char::is_uppercase));
            proptest::prop_assert_eq!(counts.capitalised as usize, begin.filter(|c| c.is_uppercase()).count());
            proptest::prop_assert_eq!((counts.bars, counts.ats), (number(&|c| c == '|'), number(&|c| c == '@')));
            proptest::prop_assert_eq!(counts.digits, number(&|c| c.is_ascii_digit()));
        }
    }
}
