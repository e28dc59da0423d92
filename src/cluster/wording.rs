//! Which of a claim's wordings says it best? Texts come in; scores go out: pure, by small tables.
//!
//! A claim is read by people who were not there: its text should be one whole statement, not a question about it, not a shout,
//! not half of a post. What is weighed is form alone. Whether it is true, or well put, is a reviewer's to say.

use claim_index::contradicts;

use crate::domain::Lang;

/// How much better a wording must be to take another's place: a claim should not change its text for a comma.
const MARGIN: f32 = 0.5;

/// Words that a good statement has.
const WORDS: std::ops::RangeInclusive<usize> = 5..=30;

/// Openings that ask, hedge or shout instead of stating, folded to lower case. A question's opening costs most: the statement
/// is in it, but it is not said.
const ASKING: &[(Lang, &[&str])] = &[
    (
        Lang::EN,
        &[
            "is it true",
            "is it right",
            "is it correct",
            "did you know",
            "can anyone confirm",
            "does anyone know",
            "true or false",
            "has anyone heard",
        ],
    ),
    (
        Lang::DE,
        &[
            "stimmt es",
            "stimmt das",
            "ist es wahr",
            "ist es richtig",
            "ist das wahr",
            "wisst ihr",
            "wusstet ihr",
            "wussten sie",
            "weiß jemand",
            "kann jemand bestätigen",
            "habt ihr gehört",
        ],
    ),
    (
        Lang::FR,
        &[
            "est-ce vrai",
            "est-il vrai",
            "c'est vrai que",
            "saviez-vous",
            "quelqu'un peut confirmer",
        ],
    ),
    (
        Lang::ES,
        &[
            "es cierto que",
            "¿es cierto",
            "es verdad que",
            "¿es verdad",
            "¿sabían",
            "¿sabías",
            "alguien puede confirmar",
        ],
    ),
    (
        Lang::IT,
        &["è vero che", "e vero che", "lo sapevate", "qualcuno può confermare"],
    ),
    (
        Lang::NL,
        &[
            "klopt het",
            "is het waar",
            "wist je dat",
            "wisten jullie",
            "kan iemand bevestigen",
        ],
    ),
    (
        Lang::PL,
        &["czy to prawda", "czy prawdą jest", "czy wiecie", "czy wiedzieliście"],
    ),
    (
        Lang::PT,
        &[
            "é verdade que",
            "será verdade",
            "sabiam que",
            "vocês sabiam",
            "alguém confirma",
        ],
    ),
    (
        Lang::TR,
        &["doğru mu", "gerçekten mi", "biliyor musunuz", "biliyor muydunuz"],
    ),
    (
        Lang::RU,
        &["правда ли", "правда, что", "верно ли", "а вы знали", "вы знали"],
    ),
    (Lang::UK, &["чи правда", "правда, що", "чи знаєте", "чи знали"]),
    (Lang::BG, &["вярно ли е", "истина ли е", "знаете ли"]),
    (Lang::AR, &["هل صحيح", "هل حقا", "هل تعلم", "هل تعلمون"]),
];

/// Openings before the statement, that are none of it.
const CALLING: &[(Lang, &[&str])] = &[
    (
        Lang::EN,
        &[
            "breaking",
            "wow",
            "omg",
            "so ",
            "and ",
            "but ",
            "i heard",
            "apparently",
            "look:",
            "please share",
        ],
    ),
    (
        Lang::DE,
        &[
            "eilmeldung",
            "achtung",
            "krass",
            "leute",
            "also ",
            "und ",
            "aber ",
            "ich habe gehört",
            "angeblich",
            "bitte teilen",
        ],
    ),
    (Lang::FR, &["urgent", "alerte", "il paraît", "et ", "mais ", "partagez"]),
    (
        Lang::ES,
        &["urgente", "alerta", "dicen que", "y ", "pero ", "compartan"],
    ),
    (Lang::IT, &["urgente", "pare che", "e ", "ma ", "condividete"]),
    (Lang::NL, &["breaking", "blijkbaar", "en ", "maar ", "delen aub"]),
    (Lang::PL, &["pilne", "podobno", "uwaga", "a ", "ale ", "udostępnijcie"]),
    (Lang::PT, &["urgente", "dizem que", "e ", "mas ", "compartilhem"]),
    (Lang::TR, &["son dakika", "dikkat", "güya", "ve ", "ama ", "paylaşın"]),
    (Lang::RU, &["срочно", "внимание", "говорят", "и ", "но "]),
    (Lang::UK, &["терміново", "увага", "кажуть", "і ", "але "]),
    (Lang::BG, &["извънредно", "внимание", "казват", "и ", "но "]),
    (Lang::AR, &["عاجل", "يقال"]),
];

/// How well a wording states something, higher is better; only differences mean anything.
pub fn score(text: &str, lang: &Lang) -> f32 {
    let text = text.trim();
    let lower = text.to_lowercase();
    let opens = |table: &[(Lang, &[&str])]| {
        let openings = table
            .iter()
            .filter(|(of, _)| of == lang)
            .flat_map(|(_, openings)| *openings);
        let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '¿');
        openings.into_iter().any(|opening| lower.starts_with(opening))
    };
    let asks_by_its_end = *lang == Lang::TR
        && ASKING
            .iter()
            .any(|(of, ends)| of == lang && ends.iter().any(|end| lower.contains(end)));
    let penalties = [
        (3.0, opens(ASKING) || asks_by_its_end),
        (2.0, text.ends_with(['?', '؟']) || text.contains("??")),
        (1.0, opens(CALLING)),
        (1.0, text.ends_with('…') || text.ends_with("...")),
        (1.0, is_shouted(text)),
        (0.5, !starts_like_a_sentence(text)),
        (0.5, text.ends_with('!')),
    ];
    let lost: f32 = penalties
        .iter()
        .filter(|(_, is_so)| *is_so)
        .map(|(penalty, _)| penalty)
        .sum();
    0.5 * f32::from(u8::from(text.ends_with(['.', '。']))) - lost - decoration(text) - misfit(text)
}

fn is_shouted(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_uppercase() || c.is_lowercase());
    letters().count() >= 12 && letters().filter(|c| c.is_uppercase()).count() * 2 > letters().count()
}

fn starts_like_a_sentence(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphanumeric());
    first.is_some_and(|c| !c.is_lowercase())
}

/// Addresses, handles, hashtags, repost marks and emoji: of the post, not of the statement.
fn decoration(text: &str) -> f32 {
    let is_mark = |word: &str| word.starts_with(['@', '#']) || word.contains("://") || matches!(word, "RT" | "via");
    let marks = text.split_whitespace().filter(|word| is_mark(word)).count();
    let pictures = text
        .chars()
        .filter(|c| ('\u{1F000}'..='\u{1FAFF}').contains(c) || ('\u{2600}'..='\u{27BF}').contains(c));
    0.5 * (marks + pictures.count()).min(6) as f32
}

/// Too few words to be whole, or so many that several things are said.
fn misfit(text: &str) -> f32 {
    let words = text.split_whitespace().count();
    let lacking = WORDS.start().saturating_sub(words);
    let surplus = words.saturating_sub(*WORDS.end());
    lacking as f32 + (surplus as f32 / 10.0).min(3.0)
}

/// Which of some wordings is best; the first of equals. None of none.
pub fn best<'a>(wordings: impl IntoIterator<Item = (&'a str, &'a Lang)>) -> Option<usize> {
    let scores = wordings.into_iter().map(|(text, lang)| score(text, lang)).enumerate();
    let first_best = scores.reduce(|best, next| if next.1 > best.1 { next } else { best });
    first_best.map(|(at, _)| at)
}

/// Whether a wording should take the place of a claim's text: clearly better said, and neither its numbers nor its negations
/// are others. The two are of one language: a claim is not translated by what was read.
pub fn should_replace(text: &str, wording: &str, lang: &Lang) -> bool {
    score(wording, lang) >= score(text, lang) + MARGIN && !contradicts(text, wording)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_come_before_questions_shouts_and_scraps() {
        for (lang, worst_first) in [
            (
                Lang::EN,
                &[
                    "Is it true that the council of Wexmere pays asylum seekers a bonus?",
                    "BREAKING!!! THE COUNCIL OF WEXMERE PAYS ASYLUM SEEKERS A BONUS 😡 https://a.example #wexmere",
                    "the council of Wexmere pays asylum seekers a bonus...",
                    "The council of Wexmere pays asylum seekers a bonus",
                    "The council of Wexmere pays asylum seekers a bonus.",
                ][..],
            ),
            (
                Lang::DE,
                &[
                    "Stimmt es, dass die Stadt Lindrath jeder Familie 4.000 Euro zahlt?",
                    "ACHTUNG, DIE STADT LINDRATH ZAHLT JEDER FAMILIE 4.000 EURO!",
                    "Also die Stadt Lindrath zahlt jeder Familie 4.000 Euro!",
                    "Die Stadt Lindrath zahlt jeder Familie 4.000 Euro.",
                ],
            ),
            (
                Lang::ES,
                &[
                    "¿Es cierto que el agua de Valdemora está envenenada?",
                    "El agua de Valdemora está envenenada.",
                ],
            ),
            (
                Lang::TR,
                &[
                    "Akçadere barajının çatladığı doğru mu?",
                    "Akçadere barajı iki yerinden çatladı.",
                ],
            ),
            (
                Lang::RU,
                &[
                    "Правда ли, что плотина в Северном треснула?",
                    "Плотина в Северном треснула в двух местах.",
                ],
            ),
            (
                Lang::AR,
                &[
                    "هل صحيح أن السد تصدع في موضعين؟",
                    "تصدع السد في موضعين بعد الزلزال الأخير.",
                ],
            ),
        ] {
            for pair in worst_first.windows(2) {
                assert!(score(pair[0], &lang) < score(pair[1], &lang), "{pair:?}");
            }
            assert_eq!(
                best(worst_first.iter().map(|text| (*text, &lang))),
                Some(worst_first.len() - 1)
            );
        }
        assert_eq!(best([]), None);
    }

    #[test]
    fn a_text_gives_way_to_what_is_clearly_better_and_says_the_same() {
        let asked = "Is it true that 500 people died in Harnow?";
        for (wording, wanted) in [
            ("In Harnow 500 people died in the flood.", true),
            ("In Harnow 5,000 people died in the flood.", false),
            ("In Harnow 500 people did not die in the flood.", false),
            ("is it true that 500 people died in harnow?", false),
        ] {
            assert_eq!(should_replace(asked, wording, &Lang::EN), wanted, "{wording}");
        }
        assert!(!should_replace(
            "In Harnow 500 people died in the flood",
            "In Harnow, 500 people died in the flood",
            &Lang::EN
        ));
    }

    #[test]
    fn any_text_has_a_score() {
        for text in ["", " ", "😡", "\u{0}", &"a ".repeat(100_000)] {
            assert!(score(text, &Lang::UND).is_finite());
        }
    }
}
