//! Comes in: a hashtag or handle without its mark. Goes out: the words it is made of.

/// Cuts before an upper-case letter that follows a lower-case one or begins a word after an acronym:
/// `StopTheSteal` is stop, the, steal; `USAToday` is USA, today. Cuts between letters and digits too.
pub(super) fn split(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    let mut parts = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        if at > 0 && begins_part(chars[at - 1], c, chars.get(at + 1).copied()) {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn begins_part(before: char, c: char, after: Option<char>) -> bool {
    let hump = before.is_lowercase() && c.is_uppercase();
    let after_acronym = before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase);
    let number = before.is_ascii_digit() != c.is_ascii_digit();
    hump || after_acronym || number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn humps_are_cut() {
        let cases: &[(&str, &[&str])] = &[
            ("StopTheSteal", &["Stop", "The", "Steal"]),
            ("USAToday", &["USA", "Today"]),
            ("COVID19", &["COVID", "19"]),
            ("plandemic", &["plandemic"]),
            ("ÖVPKorruption", &["ÖVP", "Korruption"]),
            ("A", &["A"]),
            ("", &[]),
        ];
        for (word, wanted) in cases {
            assert_eq!(&split(word), wanted, "{word}");
        }
    }
}
