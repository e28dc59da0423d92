//! Invented claims in several languages, asked for as people would: copied, paraphrased, misspelt, in capitals.

use claim_index::{ClaimIndex, Lang, Outcome, Page, Query, Reason};

use crate::support::{ask, claim, first, index_of};

const CLAIMS: &[(&str, Lang, &str)] = &[
    (
        "de-stoves",
        Lang::DE,
        "Die Bundesregierung verbietet ab Januar alle Kaminöfen in Privathaushalten.",
    ),
    (
        "de-vaccine",
        Lang::DE,
        "Die Coronaimpfung verändert die menschliche DNA und führt zu Impfschäden bei jedem Zweiten.",
    ),
    (
        "de-street",
        Lang::DE,
        "In der Müllerstraße in Köln wurden 500 Wohnungen für Geflüchtete beschlagnahmt.",
    ),
    (
        "de-cash",
        Lang::DE,
        "Die Bargeldobergrenze soll schon im Sommer auf 300 Euro gesenkt werden.",
    ),
    (
        "de-water",
        Lang::DE,
        "Das Leitungswasser in Hamburg enthält seit dem Hochwasser gefährliche Kolibakterien.",
    ),
    (
        "en-stoves",
        Lang::EN,
        "The European Union will ban gas stoves in all restaurants from next summer.",
    ),
    (
        "en-moon",
        Lang::EN,
        "A photograph shows an abandoned Soviet rover driving across the surface of the moon in 1971.",
    ),
    (
        "en-onion",
        Lang::EN,
        "Placing sliced onions in your socks overnight cures the flu within hours.",
    ),
    (
        "en-salary",
        Lang::EN,
        "Senators voted to double their own salaries during a secret session in March.",
    ),
    (
        "en-bridge",
        Lang::EN,
        "The new harbour bridge in Dunmore collapsed after only 40 cars had crossed it.",
    ),
    (
        "tr-quake",
        Lang::TR,
        "İstanbul'da yarın sabah büyük bir deprem olacağı Kandilli Rasathanesi tarafından açıklandı.",
    ),
    (
        "tr-lemon",
        Lang::TR,
        "Limonlu sıcak su içmek kanser hücrelerini on iki kat daha hızlı öldürüyor.",
    ),
    (
        "tr-salt",
        Lang::TR,
        "Marketlerde satılan ithal tuzların içinde kıyılmış cam parçaları bulundu.",
    ),
    (
        "ar-phone",
        Lang::AR,
        "تسبب أبراج الجيل الخامس للهواتف المحمولة مرض السرطان لدى الأطفال في المدارس القريبة",
    ),
    (
        "ar-water",
        Lang::AR,
        "شرب الماء البارد بعد الأكل مباشرة يؤدي إلى انسداد الشرايين والإصابة بالجلطة",
    ),
    (
        "ru-honey",
        Lang::RU,
        "Мёд с корицей полностью излечивает сахарный диабет второго типа за месяц.",
    ),
    (
        "uk-wood",
        Lang::UK,
        "Уряд забороняє мешканцям сіл заготовляти дрова для опалення власних будинків.",
    ),
    (
        "pl-tax",
        Lang::PL,
        "Rząd wprowadza nowy podatek od posiadania psów i kotów w mieszkaniach.",
    ),
    (
        "fr-bread",
        Lang::FR,
        "Les boulangeries n'auront plus le droit de vendre du pain le dimanche dès septembre.",
    ),
    (
        "es-rain",
        Lang::ES,
        "Aviones militares rocían sustancias químicas para impedir la lluvia en Andalucía.",
    ),
    ("zh-vaccine", Lang::UND, "接种流感疫苗会导致年轻女性终身不孕"),
];

fn index() -> ClaimIndex {
    let entries: Vec<_> = CLAIMS.iter().map(|&(id, lang, text)| claim(id, text, lang)).collect();
    index_of(&entries)
}

#[test]
fn an_identical_text_is_a_match_with_full_confidence() {
    let index = index();
    for &(id, _, text) in CLAIMS {
        for text in [text.to_owned(), format!("  {} ", text.replace(' ', "\u{a0} "))] {
            let answer = ask(&index, &text);
            assert_eq!((first(&answer), answer.outcome), (id, Outcome::Match), "{text}");
            assert!((answer.matches[0].confidence - 1.0).abs() < f32::EPSILON);
            assert!(answer.matches[0].explanation.reasons.contains(&Reason::IdenticalText));
        }
    }
}

#[test]
fn a_paraphrase_finds_its_claim() {
    let index = index();
    let cases = [
        // words in another order, other forms
        (
            "de-stoves",
            "Ab Januar sind Kaminöfen in privaten Haushalten verboten, sagt die Bundesregierung!!",
        ),
        // umlauts written out, ss for ß, capitals
        (
            "de-street",
            "MUELLERSTRASSE KOELN: 500 WOHNUNGEN BESCHLAGNAHMT fuer Gefluechtete",
        ),
        // compound taken apart, compound put together
        (
            "de-vaccine",
            "Stimmt es, dass die Corona-Impfung die DNA verändert und zu Impf-Schäden führt?",
        ),
        (
            "de-water",
            "Gefährliche Koli-Bakterien im Leitungs-Wasser von Hamburg seit dem Hochwasser",
        ),
        (
            "de-cash",
            "Die Obergrenze für Bargeld soll im Sommer auf 300 Euro gesenkt werden",
        ),
        (
            "en-stoves",
            "RT @news: EU to BAN gas stoves in restaurants next summer?! https://t.co/x #GasStoves",
        ),
        (
            "en-moon",
            "Photo of an abandoned Soviet rover on the moon's surface, 1971",
        ),
        (
            "en-onion",
            "my aunt says onions sliced in socks overnight will cure your flu",
        ),
        (
            "en-salary",
            "In a secret session senators have voted for doubling their salaries",
        ),
        // capitals with and without dots, suffixes after an apostrophe
        (
            "tr-quake",
            "KANDİLLİ RASATHANESİ AÇIKLADI: YARIN SABAH İSTANBUL’DA BÜYÜK DEPREM",
        ),
        (
            "tr-lemon",
            "Sıcak limonlu su kanser hücrelerini hızlı öldürüyormuş, içmek lazım",
        ),
        // vowel points, other forms of alef and of the ending
        ("ar-phone", "أَبْرَاجُ الجيلِ الخامسِ تُسبِّبُ السرطانَ لدى الاطفال في المدارس"),
        (
            "ar-water",
            "هل شرب المياه الباردة بعد الاكل يؤدي الى انسداد الشرايين والجلطة؟",
        ),
        ("ru-honey", "Мед и корица за месяц излечивают диабет второго типа"),
        (
            "uk-wood",
            "Заборона: мешканці сіл не зможуть заготовляти дрова для опалення будинків",
        ),
        ("pl-tax", "Nowy podatek od psów i kotów w mieszkaniu wprowadza rząd"),
        (
            "fr-bread",
            "Dès septembre, plus le droit de vendre du pain le dimanche pour la boulangerie",
        ),
        (
            "es-rain",
            "Un avión militar rocía químicos en Andalucía para impedir lluvias",
        ),
        ("zh-vaccine", "听说接种流感疫苗会导致女性不孕，是真的吗"),
    ];
    for (id, text) in cases {
        let answer = ask(&index, text);
        assert_eq!(first(&answer), id, "{text}");
        assert!(answer.outcome >= Outcome::Maybe, "{text}: {:?}", answer.matches[0]);
    }
}

#[test]
fn typos_and_words_run_together_find_their_claim() {
    let index = index();
    let cases = [
        (
            "de-cash",
            "Die Bargeldobegrenze soll im Sommmer auf 300 Euro gesnekt werden",
        ),
        ("de-water", "gefärliche Kolibakteiren im Leitungswaser von Hamburg"),
        ("en-onion", "slicd oninos in your soccks overnihgt cure the fluu"),
        // hashtags without the capitals that would tell their words
        ("en-bridge", "#DUNMORE #HARBOURBRIDGE #collapsedafter 40 #cars"),
        ("pl-tax", "nowy podateek od posiadnia psow i kotow w mieszkanaich"),
        ("ru-honey", "Мед с корицей полностю излечевает сахарный диабет"),
        ("tr-salt", "marketlerdeki ihtal tuzların içinde kıyılmş cam parçalrı"),
    ];
    for (id, text) in cases {
        let answer = ask(&index, text);
        assert_eq!(first(&answer), id, "{text}");
        assert!(answer.outcome >= Outcome::Maybe, "{text}: {:?}", answer.matches[0]);
    }
}

#[test]
fn short_words_and_words_of_another_topic_are_not_respelt_into_a_match() {
    let index = index();
    for text in [
        "the fly in my soup was cooked overnight with onion rings and socket wrenches",
        "Der Bargast hat im Sommer mit dreihundert Freunden im Leitungskeller gefeiert",
        "xqzv wqrt plmk zzzz yyyyy xxxxxxxxx kjhgfdsa",
    ] {
        let answer = ask(&index, text);
        assert_ne!(answer.outcome, Outcome::Match, "{text}: {:?}", answer.matches.first());
    }
}

#[test]
fn unrelated_text_finds_nothing() {
    let index = index();
    let texts = [
        "Der Gärtner pflanzt im Herbst Zwiebeln und gießt danach den Rasen.",
        "Gestern gewann der Sportverein das Endspiel nach Verlängerung mit drei zu zwei.",
        "My grandmother bakes apple pie with cinnamon every Sunday afternoon.",
        "The orchestra postponed its concert because the conductor was ill.",
        "Bugün hava çok güzel, çocuklarla parkta top oynadık ve dondurma yedik.",
        "ذهبت العائلة إلى الحديقة يوم الجمعة ولعب الأطفال بالكرة تحت الأشجار",
        "Завтра мы поедем на дачу сажать картошку и красить забор.",
        "Jutro jedziemy nad morze, jeśli pogoda pozwoli.",
        "明天我们去公园散步然后一起吃晚饭",
        "lol",
        "",
    ];
    for text in texts {
        let answer = ask(&index, text);
        assert_eq!(answer.outcome, Outcome::None, "{text}: {:?}", answer.matches.first());
    }
}

#[test]
fn what_contradicts_a_claim_is_no_match() {
    let index = index();
    let cases = [
        (
            "de-street",
            "In der Müllerstraße in Köln wurden 5.000 Wohnungen für Geflüchtete beschlagnahmt.",
        ),
        (
            "en-bridge",
            "The new harbour bridge in Dunmore collapsed after only 4,000 cars had crossed it.",
        ),
        (
            "en-stoves",
            "The European Union will not ban gas stoves in all restaurants from next summer.",
        ),
        (
            "de-cash",
            "Die Bargeldobergrenze soll nicht schon im Sommer auf 300 Euro gesenkt werden.",
        ),
    ];
    for (id, text) in cases {
        let answer = ask(&index, text);
        assert_eq!((first(&answer), answer.outcome), (id, Outcome::Maybe), "{text}");
        assert!(answer.matches[0].confidence <= 0.5, "{text}: {:?}", answer.matches[0]);
    }
}

#[test]
fn short_texts_match_only_word_for_word() {
    let index = index_of(&[claim("flat", "Die Erde ist flach.", Lang::DE)]);
    assert_eq!(ask(&index, "Die Erde ist flach.").outcome, Outcome::Match);
    assert_eq!(ask(&index, "die ERDE ist flach!!").outcome, Outcome::Match);
    assert_ne!(ask(&index, "Ist die Erde flach?").outcome, Outcome::Match);
}

#[test]
fn a_wrong_language_does_not_hide_a_claim() {
    let index = index();
    for &(id, _, text) in CLAIMS {
        for lang in [Lang::EN, Lang::TR, Lang::UND, Lang::from_tag("sw")] {
            let text = format!("{text} …");
            let answer = index
                .lookup(&Query {
                    text: text.clone(),
                    lang: Some(lang),
                    limit: 3,
                })
                .unwrap();
            assert_eq!(first(&answer), id, "{lang} {text}");
        }
    }
}

#[test]
fn every_candidate_says_why() {
    let index = index();
    let answer = ask(
        &index,
        "The European Union bans all gas stoves: 500 restaurants must close",
    );
    assert!(!answer.matches.is_empty());
    for found in &answer.matches {
        let reasons = &found.explanation.reasons;
        assert!(
            reasons.iter().any(|reason| matches!(reason, Reason::Coverage { .. })),
            "{found:?}"
        );
        assert!(
            reasons
                .iter()
                .any(|reason| matches!(reason, Reason::Terms { terms } if !terms.is_empty())),
            "{found:?}"
        );
        assert!((0.0..=1.0).contains(&found.confidence));
    }
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(json["matches"][0]["explanation"]["reasons"][0]["kind"], "coverage");
}

#[test]
fn people_search_by_words() {
    let index = index();
    let cases: &[(&str, &[&str])] = &[
        ("stoves", &["en-stoves"]),
        ("gas stove restaurant", &["en-stoves"]),
        ("gas moon", &[]),
        ("Impfsch", &["de-vaccine"]),
        ("Impfsch ", &[]),
        ("MÜLLERSTRASSE", &["de-street"]),
        ("Wohnung", &["de-street"]),
        ("deprem istanbul", &["tr-quake"]),
        ("السرطان", &["ar-phone"]),
        ("疫苗", &["zh-vaccine"]),
        ("bundesregierung AND (", &[]),
        ("", &[]),
        ("((((", &[]),
    ];
    for (words, wanted) in cases {
        let hits = index.search(words, Page { offset: 0, limit: 10 }).unwrap();
        let ids: Vec<_> = hits.iter().map(|hit| hit.id.as_str()).collect();
        assert_eq!(&ids, wanted, "{words}");
    }
}

#[test]
fn pages_of_a_search_follow_each_other() {
    let entries: Vec<_> = (0..25)
        .map(|number| claim(&format!("c{number:02}"), &format!("rumour number {number}"), Lang::EN))
        .collect();
    let index = index_of(&entries);
    let page = |offset, limit| index.search("rumour ", Page { offset, limit }).unwrap();
    let all: Vec<_> = page(0, 100).into_iter().map(|hit| hit.id).collect();
    let paged: Vec<_> = [page(0, 10), page(10, 10), page(20, 10)]
        .concat()
        .into_iter()
        .map(|hit| hit.id)
        .collect();
    assert_eq!((all.len(), &all), (25, &paged));
    assert!(page(0, 0).is_empty() && page(30, 10).is_empty() && page(usize::MAX, usize::MAX).is_empty());
}
