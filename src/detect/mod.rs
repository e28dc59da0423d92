//! A document comes in; its mentions, passages that may be checkable claims, go out.
//!
//! Sentences are judged by rules that anybody can read (the tables in `score`) and by two small models learnt from labelled
//! posts ([`Model`]), and each judgement says why ([`Judgement`]). What matters is to let little through that is no
//! statement (questions, calls, opinions, adverts, notices); what is worth a check is for reviewers to say.

mod attribution;
mod cues;
mod features;
mod judgement;
mod learn;
mod measure;
mod model;
mod plain;
mod score;
mod sentences;
mod tokens;
mod training;
mod traits;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::{Document, Fingerprint, Lang, Mention};

pub use judgement::{Judgement, THRESHOLD, judge};
pub use measure::{Figures, Gain};
pub use model::{Label, Model};
pub use training::{Labelled, Reached, Texts, cross_validate, evaluate, train};

/// Most mentions of one document; the best are kept.
pub const MAX_MENTIONS: usize = 40;

/// Longest post that may be one mention as a whole, in characters.
const SHORT_POST_CHARS: usize = 280;

/// A sentence with what detection makes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sentence<'a> {
    /// As it stands in the text.
    pub text: &'a str,
    /// Who says it, as the sentence puts it.
    pub speaker: Option<String>,
    /// How check-worthy it is, and why.
    #[serde(flatten)]
    pub judgement: Judgement,
}

/// The sentences of a text in its order, each judged.
pub fn judged(text: &str, lang: Lang) -> Vec<Sentence<'_>> {
    sentences::of_text(text, lang)
        .into_iter()
        .map(|text| Sentence::of(text, lang))
        .collect()
}

impl<'a> Sentence<'a> {
    fn of(text: &'a str, lang: Lang) -> Self {
        Self {
            text,
            speaker: attribution::speaker(text, lang),
            judgement: judge(text, lang),
        }
    }
}

/// Finds the mentions of a document, in its order, each wording once.
///
/// They are sentences. A short post none of whose sentences stands alone ("Unbelievable! From July! 500 euros each!") is one
/// mention as a whole.
pub fn mentions(document: &Document) -> Vec<Mention> {
    let mut seen = BTreeSet::new();
    let sentences = sentences::of_text(&document.text, document.lang);
    let found = sentences
        .into_iter()
        .filter_map(|sentence| mention(sentence, document.lang));
    let mut found: Vec<Mention> = found.filter(|mention| seen.insert(wording(&mention.quote))).collect();
    if found.is_empty() && is_short_post(document) {
        found.extend(mention(document.text.trim(), document.lang));
    }
    keep_best(&mut found);
    found
}

/// Posts have no title.
fn is_short_post(document: &Document) -> bool {
    document.title.is_empty() && document.text.chars().nth(SHORT_POST_CHARS).is_none()
}

fn mention(passage: &str, lang: Lang) -> Option<Mention> {
    let judgement = judgement::mention(passage, lang)?;
    Some(Mention {
        quote: passage.to_owned(),
        lang,
        score: judgement.score,
        speaker: attribution::speaker(passage, lang),
        reasons: judgement.reasons,
    })
}

/// The sentences of a text, trimmed, in its order: slices of it.
pub fn sentences(text: &str, lang: Lang) -> Vec<&str> {
    sentences::of_text(text, lang)
}

fn wording(quote: &str) -> Fingerprint {
    Fingerprint::near_verbatim(quote).unwrap_or_else(|| Fingerprint::exact(quote))
}

/// Drops the lowest scores until few enough are left; of equals the later ones.
fn keep_best(mentions: &mut Vec<Mention>) {
    let mut scores: Vec<f32> = mentions.iter().map(|m| m.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    let Some(&least) = scores.get(MAX_MENTIONS - 1) else {
        return;
    };
    let mut equals = MAX_MENTIONS - scores.iter().filter(|&&s| s > least).count();
    mentions.retain(|m| {
        let kept = m.score > least || (m.score >= least && equals > 0);
        equals -= usize::from(kept && m.score <= least);
        kept
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WebUrl;

    fn document(title: &str, text: &str, lang: Lang) -> Document {
        Document {
            url: WebUrl::parse("https://a.example/").unwrap(),
            canonical_url: None,
            title: title.into(),
            text: text.into(),
            lang,
            author: None,
            published_at: None,
        }
    }

    fn quotes(title: &str, text: &str, lang: Lang) -> Vec<String> {
        mentions(&document(title, text, lang))
            .into_iter()
            .map(|m| m.quote)
            .collect()
    }

    /// Sentences of our own, and whether somebody could check them.
    const LABELLED: &[(Lang, bool, &str)] = &[
        (
            Lang::DE,
            true,
            "Die Stadt Lindrath zahlt jeder Flüchtlingsfamilie 4.000 Euro für neue Möbel.",
        ),
        (
            Lang::DE,
            true,
            "Laut einer Studie der Uni Wesselberg verursachen Handymasten in der Nähe Schlafstörungen.",
        ),
        (
            Lang::DE,
            true,
            "Ab Juli dürfen in Deutschland keine Gasheizungen mehr repariert werden.",
        ),
        (
            Lang::DE,
            true,
            "Der Bürgermeister hat im vergangenen Jahr 37 Dienstreisen unternommen.",
        ),
        (
            Lang::DE,
            true,
            "Zwiebelsaft heilt eine Mittelohrentzündung schneller als jedes Antibiotikum.",
        ),
        (Lang::DE, true, "Die EU verbietet ab 2027 den Verkauf von Zimtsternen"),
        (
            Lang::DE,
            true,
            "Bei der Wahl in Erftaue wurden 1.200 Briefwahlstimmen weggeworfen!",
        ),
        (Lang::DE, false, "Wer soll das alles eigentlich noch bezahlen?"),
        (
            Lang::DE,
            false,
            "Ich finde, dass die Stadt sich mehr um ihre Parks kümmern sollte.",
        ),
        (Lang::DE, false, "Bitte teilen, bevor der Beitrag wieder gelöscht wird!"),
        (
            Lang::DE,
            false,
            "Wir verwenden Cookies, um Ihnen das beste Erlebnis auf unserer Website zu bieten.",
        ),
        (
            Lang::DE,
            false,
            "Jetzt unseren Newsletter abonnieren und keine Nachricht mehr verpassen.",
        ),
        (Lang::DE, false, "Mehr aus der Region"),
        (Lang::DE, false, "Das ist doch wirklich nicht zu fassen."),
        (Lang::DE, false, "© 2026 Rheinblick Verlag, alle Rechte vorbehalten."),
        (
            Lang::EN,
            true,
            "Postal votes in the Wexmere by-election were counted twice.",
        ),
        (
            Lang::EN,
            true,
            "The council pays every asylum seeker a £2,500 Christmas bonus.",
        ),
        (
            Lang::EN,
            true,
            "Drinking hot lemon water every morning cures high blood pressure.",
        ),
        (
            Lang::EN,
            true,
            "According to the ministry, unemployment fell by 3 percent in March.",
        ),
        (
            Lang::EN,
            true,
            "NASA confirmed that the Earth will experience six days of darkness in November.",
        ),
        (
            Lang::EN,
            true,
            "More than 500 birds died after the new mast in Port Callan was switched on.",
        ),
        (
            Lang::EN,
            true,
            "The mayor secretly sold the old harbour to a Dutch investor",
        ),
        (Lang::EN, false, "Did the government really ban garden fires?"),
        (
            Lang::EN,
            false,
            "I think the council should spend more on its libraries.",
        ),
        (Lang::EN, false, "Please share this before they delete it again!"),
        (
            Lang::EN,
            false,
            "Sign up to our newsletter and never miss a story from Port Callan.",
        ),
        (
            Lang::EN,
            false,
            "This site uses cookies to give you the best experience in 2026.",
        ),
        (Lang::EN, false, "Buy now and get a 20% discount on all garden chairs."),
        (Lang::EN, false, "More from the Courier"),
        (Lang::EN, false, "Thank you all for your kind words this week."),
        (
            Lang::TR,
            true,
            "Akçadere Barajı'nda çatlak oluştu, ilçe üç gün içinde boşaltılacak.",
        ),
        (
            Lang::TR,
            true,
            "Merkez Bankası 1 Temmuz'dan itibaren 200 liralık banknotları kaldırıyor.",
        ),
        (
            Lang::TR,
            true,
            "Belediye her sığınmacı aileye ayda 15 bin lira kira yardımı yapıyor.",
        ),
        (Lang::TR, true, "Bakanlığa göre işsizlik geçen yıl yüzde 3 düştü."),
        (
            Lang::TR,
            true,
            "Soğan suyu orta kulak iltihabını antibiyotikten daha hızlı iyileştirir.",
        ),
        (Lang::TR, false, "Bu kadar parayı kim ödeyecek acaba, bilen var mı?"),
        (Lang::TR, false, "Bence belediye parklara daha çok para ayırmalı artık."),
        (
            Lang::TR,
            false,
            "Silinmeden önce herkes bu mesajı lütfen paylaşsın, paylaşın!",
        ),
        (
            Lang::TR,
            false,
            "Bu sitede size daha iyi hizmet vermek için çerez kullanıyoruz.",
        ),
        (Lang::TR, false, "Haberin devamını oku ve bültenimize abone ol"),
        (Lang::TR, false, "Çok okunan haberler"),
        (
            Lang::AR,
            true,
            "ألمانيا ستمنح إقامة دائمة لكل لاجئ يسجل قبل نهاية حزيران.",
        ),
        (
            Lang::AR,
            true,
            "شرب الماء الساخن مع الليمون يعالج ارتفاع ضغط الدم نهائيا.",
        ),
        (Lang::AR, true, "أعلنت الوزارة أن عدد الوفيات بلغ 120 شخصا في شهر واحد."),
        (
            Lang::AR,
            true,
            "البنك المركزي سيلغي جميع الأوراق النقدية القديمة الشهر المقبل.",
        ),
        (Lang::AR, true, "قال الوزير إن الأسعار انخفضت بنسبة 5 بالمئة هذا العام."),
        (Lang::AR, false, "هل صحيح أن الحكومة ستمنع بيع السيارات القديمة قريبا؟"),
        (Lang::AR, false, "أعتقد أن البلدية يجب أن تهتم أكثر بالحدائق العامة."),
        (Lang::AR, false, "شاركوا هذا المنشور مع جميع أصدقائكم قبل حذفه!"),
        (Lang::AR, false, "يستخدم هذا الموقع ملفات تعريف الارتباط الضرورية فقط."),
        (Lang::AR, false, "اشتركوا في النشرة البريدية لتصلكم آخر الأخبار يوميا."),
        (Lang::AR, false, "اقرأ أيضا"),
    ];

    #[test]
    fn claims_are_told_from_the_rest() {
        let wrong: Vec<String> = LABELLED
            .iter()
            .map(|(lang, claim, text)| (lang, claim, text, judge(text, *lang)))
            .filter(|(_, claim, _, judgement)| judgement.is_mention() != **claim)
            .map(|(lang, claim, text, judgement)| format!("{lang} {claim} {text} {judgement:?}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[derive(serde::Deserialize)]
    struct Ranked {
        lang: Lang,
        kind: String,
        text: String,
    }

    /// Sentences of our own in eleven languages; two of them have neither words in our tables nor texts that were learnt from.
    #[test]
    fn questions_opinions_calls_adverts_and_notices_rank_low() {
        let lines = include_str!("../../fixtures/detect/sentences.jsonl").lines();
        let sentences: Vec<Ranked> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut wrong = Vec::new();
        for Ranked { lang, kind, text } in &sentences {
            let judgement = judge(text, *lang);
            if judgement.is_mention() != (kind == "claim") {
                wrong.push(format!("{lang} {kind} {text} {judgement:?}"));
            }
            let is_other = |other: &&Ranked| other.lang == *lang && other.kind != "claim" && kind == "claim";
            let above = sentences
                .iter()
                .filter(is_other)
                .filter(|other| judge(&other.text, *lang).score >= judgement.score);
            wrong.extend(above.map(|other| format!("{lang}: {} ranks above {text}", other.text)));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_score_says_why() {
        let judgement = judge(
            "Laut Ministerium stieg die Zahl der Unfälle 2025 um 12 Prozent.",
            Lang::DE,
        );
        let weights: Vec<f32> = judgement.reasons.iter().map(|reason| reason.weight.abs()).collect();
        assert!(
            weights.is_sorted_by(|a, b| a >= b) && weights.len() >= 3,
            "{judgement:?}"
        );
        assert!(
            judgement
                .reasons
                .iter()
                .any(|reason| reason.what == "a number" && reason.weight > 0.0),
            "{judgement:?}"
        );
        let judgement = judge("Stimmt es, dass die Stadt 4.000 Euro zahlt?", Lang::DE);
        let strongest = judgement.reasons.first().unwrap();
        assert!(
            strongest.what == "a question" && strongest.weight < 0.0,
            "{judgement:?}"
        );
        assert!(judge("Zu kurz.", Lang::DE).score < 0.01);
    }

    #[test]
    fn who_says_it_goes_with_the_mention() {
        let text = "Laut Polizei wurden in Lindrath 500 Menschen verletzt.\nIn Lindrath wurden 600 Menschen verletzt.";
        let mut document = document("", text, Lang::DE);
        document.author = Some(crate::domain::Author::Byline("mia_k".into()));
        let speakers: Vec<_> = mentions(&document).into_iter().map(|mention| mention.speaker).collect();
        assert_eq!(speakers, [Some("Polizei".to_owned()), None]);
    }

    #[test]
    fn a_short_post_may_be_one_mention_as_a_whole() {
        for (title, text, wanted) in [
            (
                "",
                "Unglaublich! Hundert Euro pro Kopf! Ab Juli in Lindrath!",
                &["Unglaublich! Hundert Euro pro Kopf! Ab Juli in Lindrath!"][..],
            ),
            ("Titel", "Unglaublich! Hundert Euro pro Kopf! Ab Juli in Lindrath!", &[]),
            (
                "",
                "Habt ihr es gehört? Die Stadt Lindrath zahlt jeder Familie 4.000 Euro. #Lindrath",
                &["Die Stadt Lindrath zahlt jeder Familie 4.000 Euro."],
            ),
            ("", "Guten Morgen allerseits!", &[]),
        ] {
            assert_eq!(quotes(title, text, Lang::DE), wanted, "{text}");
        }
    }

    #[test]
    fn a_wording_is_found_once() {
        let text = "Die Stadt Lindrath zahlt jeder Familie 4.000 Euro.\nDIE STADT LINDRATH ZAHLT JEDER FAMILIE 4.000 EURO!!!\nDie Stadt Lindrath zahlt jeder Familie 5.000 Euro.";
        assert_eq!(quotes("T", text, Lang::DE).len(), 2);
    }

    #[test]
    fn the_best_are_kept_in_their_order() {
        let plain = |i: usize| format!("Im Haus Nummer {} wohnt seit langem niemand mehr.", "x".repeat(i + 1));
        let strong = "Laut Polizei wurden in Lindrath 500 Menschen verletzt.";
        let text: Vec<String> = (0..60).map(plain).chain([strong.to_owned()]).collect();
        let found = quotes("T", &text.join("\n"), Lang::DE);
        assert_eq!(found.len(), MAX_MENTIONS);
        assert_eq!(found.first(), Some(&plain(0)));
        assert_eq!(found.last().map(String::as_str), Some(strong));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn quotes_stand_in_the_text(text in "(\\PC|\n|[.!?] |[A-Z][a-z]{1,8} |[0-9]{1,4} |#|@|https://a ){0,200}") {
            for lang in [Lang::DE, Lang::AR, Lang::UND] {
                let document = document("", &text, lang);
                for mention in mentions(&document) {
                    proptest::prop_assert!(text.contains(&mention.quote));
                    proptest::prop_assert!((0.0..=1.0).contains(&mention.score));
                }
            }
        }
    }
}
