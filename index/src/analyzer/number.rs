//! Comes in: a word of digits as people write it. Goes out: the number in one spelling.

/// Digits with points, commas or apostrophes between them.
pub(crate) fn looks_like_number(word: &str) -> bool {
    let digits_and_marks = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'\'');
    word.bytes().all(digits_and_marks) && word.bytes().any(|b| b.is_ascii_digit())
}

/// Whether a folded word is a number, as [`canonical`] spells it.
pub(crate) fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && looks_like_number(word)
}

/// One spelling for `5,000`, `5.000`, `5'000` and `5000`; `3,5` and `3.5` become `3.5`. `None` for other words.
///
/// A mark followed by exactly three digits separates thousands, as it nearly always does in prose; any other
/// last mark is the decimal point. Leading zeros stay (`007` is no seven).
pub(super) fn canonical(word: &str) -> Option<String> {
    if !looks_like_number(word) {
        return None;
    }
    let mut groups = word.split(['.', ',', '\'']).filter(|group| !group.is_empty());
    let mut number = groups.next()?.to_owned();
    let mut has_point = false;
    for group in groups {
        if group.len() != 3 && !has_point {
            number.push('.');
            has_point = true;
        }
        number.push_str(group);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        let cases = [
            ("5,000", Some("5000")),
            ("5.000", Some("5000")),
            ("5'000", Some("5000")),
            ("1,234,567.89", Some("1234567.89")),
            ("1.234.567,89", Some("1234567.89")),
            ("3,5", Some("3.5")),
            ("3.5", Some("3.5")),
            ("2020", Some("2020")),
            ("007", Some("007")),
            ("10m", None),
            ("covid", None),
            ("", None),
            (".,", None),
        ];
        for (word, wanted) in cases {
            assert_eq!(canonical(word).as_deref(), wanted, "{word}");
        }
    }

    #[test]
    fn a_changed_digit_group_changes_the_number() {
        assert_ne!(canonical("500"), canonical("5,000"));
        assert_ne!(canonical("1.5"), canonical("15"));
    }
}
