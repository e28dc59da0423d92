//! Words that say what a piece of a page is: in `class` and `id`, and in short texts that surround articles.

use std::{borrow::Cow, sync::LazyLock};

use aho_corasick::AhoCorasick;

/// What the words of `class` and `id` hint at. A hint is a bit; [`HINTS`] has its words.
pub(super) type Hints = u32;

/// The bit of comments: what readers wrote is no article, however long.
pub(super) const COMMENT: Hints = 0b10;

/// The bit of names and dates.
pub(super) const BYLINE: Hints = 0b1_0000;

/// Hints and their words; `*` stands for any ending.
pub(super) const HINTS: [(&str, &str); 13] = [
    (
        "nav",
        "nav navi* menu* breadcrumb* pagina* pager toolbar skip tabs submenu subnav topbar",
    ),
    (
        "comment",
        "comment* disqus respond reply replies discuss* livefyre feedback forum review",
    ),
    (
        "related",
        "related* recommend* popular trending teaser* recirc* outbrain taboola promo* sponsor* mostread latest next prev* further suggest* also more read* recent similar",
    ),
    (
        "share",
        "share* sharing social* follow* subscri* newsletter* signup login register twitter facebook whatsapp print email mail",
    ),
    (
        "byline",
        "author* byline* date* time timestamp meta publish* bio contributor* avatar info posted updated dateline",
    ),
    (
        "caption",
        "caption* credit* gallery image* img photo* media video* figure slideshow carousel picture player slide* thumb*",
    ),
    (
        "side",
        "footer sidebar* aside widget* rail header masthead copyright foot head side right column col sticky",
    ),
    ("tag", "tag tags tagged topic* categor* keyword* label* cat"),
    (
        "ad",
        "advert* ad ads adv banner cookie* consent gdpr privacy modal popup overlay paywall dialog notice* alert* donat* disclaimer* legal promo commerce product*",
    ),
    (
        "pos",
        "article* content* body text* story entry post main paragraph* prose",
    ),
    ("title", "title* headline* heading kicker eyebrow"),
    (
        "lead",
        "lead lede intro* summary excerpt abstract subtitle subhead* deck dek description standfirst",
    ),
    ("quote", "quote* pullquote blockquote tweet* instagram embed*"),
];

/// Words of short texts that invite, warn or own, in the languages that we read most; lower case.
const FURNITURE: &[&str] = &[
    "click here",
    "read more",
    "subscribe",
    "sign up",
    "follow us",
    "share",
    "newsletter",
    "comment",
    "log in",
    "advert",
    "also read",
    "read also",
    "read:",
    "related",
    "you may also",
    "you might also",
    "recommended",
    "privacy policy",
    "terms of",
    "cookie",
    "inbox",
    "all rights reserved",
    "copyright",
    "©",
    "javascript",
    "continue reading",
    "back to",
    "view gallery",
    "weiterlesen",
    "mehr zum thema",
    "lesen sie auch",
    "lesen sie mehr",
    "anzeige",
    "kommentar",
    "abonnieren",
    "teilen",
    "anmelden",
    "datenschutz",
    "impressum",
    "lire aussi",
    "à lire",
    "abonnez",
    "partager",
    "s'inscrire",
    "publicité",
    "leer más",
    "lea también",
    "suscríb",
    "compartir",
    "publicidad",
    "leggi anche",
    "condividi",
    "iscriviti",
    "leia também",
    "leia mais",
    "compartilh",
    "comentário",
    "lees ook",
    "deel dit",
    "okumaya devam",
    "bunları da",
    "paylaş",
    "abone",
    "yorum",
    "читайте также",
    "подпис",
    "поделит",
    "комментар",
    "читайте також",
    "поділит",
    "czytaj",
    "udostępnij",
    "zapisz się",
    "اقرأ أيضا",
    "شارك",
    "اشترك",
];

/// Longest text, in words, that counts as furniture for a word in it.
const FURNITURE_WORDS: usize = 40;

/// What a word hints at: written so, or only beginning so.
struct Hinted {
    word: &'static str,
    whole: Hints,
    start: Hints,
}

/// [`HINTS`] by the first letters of their words: a page has thousands of names, and each would be compared with all of
/// them.
static WORDS: LazyLock<[Vec<Hinted>; 26]> = LazyLock::new(|| {
    let mut words: [Vec<Hinted>; 26] = Default::default();
    for (bit, (_, list)) in HINTS.iter().enumerate() {
        for known in list.split(' ') {
            let word = known.trim_end_matches('*');
            let start = if word == known { 0 } else { 1 << bit };
            let letter = letter(word).expect("a word of Latin letters");
            words[letter].push(Hinted {
                word,
                whole: 1 << bit,
                start,
            });
        }
    }
    words
});

fn letter(word: &str) -> Option<usize> {
    let first = word.bytes().next().filter(u8::is_ascii_lowercase)?;
    Some(usize::from(first - b'a'))
}

/// What the words of an element's `class` or `id` hint at. `article-Body_text2` has the words article, body and text.
pub(super) fn hints(names: &str) -> Hints {
    let (mut hints, mut word, mut after_small) = (0, String::new(), false);
    for c in names.chars() {
        let is_letter = c.is_alphabetic();
        if !is_letter || (c.is_uppercase() && after_small) {
            hints |= of_word(&word);
            word.clear();
        }
        if is_letter {
            after_small = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
    }
    hints | of_word(&word)
}

fn of_word(word: &str) -> Hints {
    let known = letter(word).map_or(&[][..], |letter| &WORDS[letter]);
    let begun = known.iter().filter(|known| word.starts_with(known.word));
    let hints = begun.map(|known| if known.word == word { known.whole } else { known.start });
    hints.fold(0, |all, hints| all | hints)
}

/// Whether a short text invites to share, subscribe, read on, or states a right.
pub(super) fn is_furniture(text: &str, words: usize) -> bool {
    static KNOWN: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let known = AhoCorasick::builder().ascii_case_insensitive(true).build(FURNITURE);
        known.expect("a fixed list")
    });
    let lower = || {
        if text.is_ascii() {
            text.into()
        } else {
            Cow::from(text.to_lowercase())
        }
    };
    words < FURNITURE_WORDS && KNOWN.is_match(&*lower())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_are_read_by_words() {
        let of = |names: &str| {
            let hints = hints(names);
            let names = HINTS.iter().enumerate().filter(|(bit, _)| hints >> bit & 1 == 1);
            names.map(|(_, (name, _))| *name).collect::<Vec<_>>()
        };
        assert_eq!(of("articleBody"), ["pos"]);
        assert_eq!(of("entry-content c12"), ["pos"]);
        assert_eq!(of("Related_posts"), ["related"]);
        assert_eq!(of("comments"), ["comment"]);
        assert_eq!((COMMENT, BYLINE), (hints("comments"), hints("dateline")));
        // Neither `ad` nor `head` stands in these by itself.
        assert_eq!(of("loaded thread"), [""; 0]);
    }

    #[test]
    fn furniture_is_short() {
        assert!(is_furniture("Lesen Sie auch: Was nun?", 5));
        assert!(is_furniture("READ MORE", 2));
        assert!(!is_furniture("Der Rat tagte.", 3));
        assert!(!is_furniture("Read more in this long paragraph", 60));
    }
}
