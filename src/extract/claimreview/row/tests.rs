use super::*;
use proptest::prelude::*;
use serde_json::json;

fn review() -> Value {
    json!({
        "@type": "ClaimReview",
        "url": "https://www.pruefstand.example/7",
        "identifier": "p-7",
        "claimReviewed": "Im Stadtpark werden nachts W&ouml;lfe ausgesetzt.",
        "name": "Keine Wölfe <b>im</b> Park",
        "description": "Wir haben nachgesehen.",
        "datePublished": "26 May 2015",
        "inLanguage": "de-DE",
        "author": {"@type": "Organization", "name": "Prüfstand", "url": "https://www.pruefstand.example/"},
        "reviewRating": {"alternateName": "Falsch", "ratingValue": "1", "worstRating": 1, "bestRating": 5},
        "itemReviewed": {"appearance": ["https://a.example/1", {"url": "https://a.example/2"}, "javascript:1"],
                         "firstAppearance": {"@id": "https://a.example/1"}}
    })
}

fn defaults() -> Defaults {
    Defaults {
        lang: Some(Lang::EN),
        ..Defaults::default()
    }
}

fn read_with(review: &Value, defaults: &Defaults) -> Result<ExternalFactCheck, String> {
    read(review, Context { defaults, around: &[] }).map_err(|reason| reason.to_string())
}

/// Reads the review with one property changed.
fn read_changed(property: &str, value: Value) -> Result<ExternalFactCheck, String> {
    let mut review = review();
    review[property] = value;
    read_with(&review, &defaults())
}

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

#[test]
fn a_whole_review_is_read() {
    let wanted = ExternalFactCheck {
        publisher: Publisher {
            name: "Prüfstand".into(),
            site: Some("pruefstand.example".into()),
        },
        url: Some(url("https://www.pruefstand.example/7")),
        identifier: Some("p-7".into()),
        title: "Keine Wölfe im Park".into(),
        description: "Wir haben nachgesehen.".into(),
        claim_reviewed: "Im Stadtpark werden nachts Wölfe ausgesetzt.".into(),
        rating: Rating {
            text: "Falsch".into(),
            value: Some(1.0),
            worst: Some(1.0),
            best: Some(5.0),
        },
        lang: Lang::DE,
        published_at: crate::domain::Timestamp::parse("2015-05-26"),
        appearances: vec![url("https://a.example/1"), url("https://a.example/2")],
    };
    assert_eq!(read_with(&review(), &defaults()), Ok(wanted));
}

#[test]
fn what_is_required_is_missed_by_name() {
    let long = "a".repeat(5001);
    for (property, value, wanted) in [
        ("claimReviewed", Value::Null, "has no claimReviewed"),
        ("claimReviewed", json!(7), "has no claimReviewed"),
        (
            "claimReviewed",
            json!("\u{1f43a}"),
            "claimReviewed: the text holds no letter or digit",
        ),
        (
            "claimReviewed",
            json!(long),
            "claimReviewed: the text is longer than 5000 characters",
        ),
        ("author", Value::Null, "names no publisher: pass --publisher"),
        ("author", json!({"name": "?!"}), "names no publisher: pass --publisher"),
        ("identifier", json!(long), "identifier: longer than 500 characters"),
    ] {
        assert_eq!(
            read_changed(property, value.clone()),
            Err(wanted.to_owned()),
            "{property} {value:.40}"
        );
    }
}

#[test]
fn an_address_that_cannot_be_linked_is_none() {
    for (address, reason) in [
        ("javascript:alert(1)", "url: only http and https addresses are taken"),
        ("/relative", "url: not a web address"),
        (
            "https://a:b@c.example/",
            "url: an address with a user name or password is not taken",
        ),
        ("", "has neither url nor identifier"),
    ] {
        let mut review = review();
        review["url"] = address.into();
        assert_eq!(
            read_with(&review, &defaults()).map(|check| check.url),
            Ok(None),
            "{address}"
        );
        review["identifier"] = Value::Null;
        assert_eq!(read_with(&review, &defaults()), Err(reason.to_owned()), "{address}");
    }
    let base = Defaults {
        base: Some(url("https://c.example/x/y")),
        ..defaults()
    };
    let mut review = review();
    review["url"] = "../z".into();
    assert_eq!(
        read_with(&review, &base).map(|check| check.url),
        Ok(Some(url("https://c.example/z")))
    );
}

#[test]
fn the_publisher_is_the_organisation_that_is_named_first() {
    let given = Defaults {
        publisher: Some("Given".into()),
        site: Some("given.example".into()),
        ..defaults()
    };
    let person = json!({"@type": "Person", "name": "Ada"});
    let body = json!({"@type": "Organization", "name": "Body", "url": "https://body.example/about"});
    for (author, publisher, defaults, wanted) in [
        (&body, &person, &given, ("Body", Some("body.example"))),
        (
            &json!([person, body]),
            &Value::Null,
            &given,
            ("Body", Some("body.example")),
        ),
        (
            &json!("Plain"),
            &Value::Null,
            &given,
            ("Plain", Some("pruefstand.example")),
        ),
        (
            &json!({"name": "Untyped"}),
            &Value::Null,
            &given,
            ("Untyped", Some("pruefstand.example")),
        ),
        (&person, &body, &given, ("Body", Some("body.example"))),
        (&person, &Value::Null, &given, ("Given", Some("given.example"))),
        (&person, &Value::Null, &defaults(), ("Ada", Some("pruefstand.example"))),
        (&Value::Null, &Value::Null, &given, ("Given", Some("given.example"))),
    ] {
        let mut review = review();
        review["author"] = author.clone();
        review["publisher"] = publisher.clone();
        let found = read_with(&review, defaults).unwrap().publisher;
        assert_eq!(
            (found.name.as_str(), found.site.as_deref()),
            wanted,
            "{author} {publisher}"
        );
    }
}

#[test]
fn ratings_come_in_many_forms() {
    let text = |rating: Value| read_changed("reviewRating", rating).unwrap().rating.text;
    assert_eq!(text(json!("Falsch")), "Falsch");
    assert_eq!(
        text(json!([{"alternateName": ["Falsch"]}, {"alternateName": "x"}])),
        "Falsch"
    );
    assert_eq!(text(json!({"name": "Falsch"})), "Falsch");
    assert_eq!(text(json!({"ratingValue": "Falsch"})), "Falsch");
    assert_eq!(text(json!({"ratingValue": 1, "ratingExplanation": "Falsch"})), "Falsch");
    assert_eq!(text(json!({"ratingValue": 1})), "");
    assert_eq!(text(json!(7)), "");
    assert_eq!(text(Value::Null), "");
    let rating = read_changed(
        "reviewRating",
        json!({"ratingValue": "4,5", "bestRating": "fünf", "worstRating": null}),
    );
    let rating = rating.unwrap().rating;
    assert_eq!((rating.value, rating.best, rating.worst), (Some(4.5), None, None));
}

#[test]
fn languages_come_in_many_forms() {
    for (value, wanted) in [
        (json!("de"), Lang::DE),
        (json!(["tr-TR", "de"]), Lang::TR),
        (
            json!({"@type": "Language", "name": "German", "alternateName": "de"}),
            Lang::DE,
        ),
        (json!({"@type": "Language", "name": "Arabic"}), Lang::AR),
        (json!("Ukrainian"), Lang::UK),
        (json!("?"), Lang::EN),
        (Value::Null, Lang::EN),
    ] {
        assert_eq!(
            read_changed("inLanguage", value.clone()).unwrap().lang,
            wanted,
            "{value}"
        );
    }
}

#[test]
fn long_texts_are_cut_but_for_the_claim() {
    let long = "wort ".repeat(2000);
    assert_eq!(read_changed("name", json!(long)).unwrap().title.chars().count(), 499);
    assert_eq!(
        read_changed("description", json!(long))
            .unwrap()
            .description
            .chars()
            .count(),
        1999
    );
    let many: Vec<String> = (0..200).map(|i| format!("https://a.example/{i}")).collect();
    let read = read_changed("itemReviewed", json!({ "appearance": many })).unwrap();
    assert_eq!(read.appearances.len(), MAX_APPEARANCES);
}

#[test]
fn reviews_are_found_wherever_they_stand_but_not_within_each_other() {
    let one = review();
    for (value, wanted) in [
        (one.clone(), 1),
        (json!([one, [one]]), 2),
        (json!({"@graph": [{"@type": "Organization"}, one]}), 1),
        (
            json!({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": one}]}),
            1,
        ),
        (json!({"@type": "Article", "hasPart": one, "review": [one]}), 2),
        (json!({"claimReviewed": "x"}), 1),
        (json!({"@type": "ClaimReview", "associatedClaimReview": one}), 1),
        (json!({"@type": "Question", "claimReviewed": "x"}), 0),
        (json!("ClaimReview"), 0),
    ] {
        assert_eq!(reviews_in(&value).len(), wanted, "{value}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "ClaimReview",
        "https://a.example/",
        "javascript:1",
        "2020-01-01",
        "de",
        "\0<b>",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "@type",
        "@id",
        "@graph",
        "url",
        "identifier",
        "claimReviewed",
        "name",
        "author",
        "publisher",
        "reviewRating",
        "ratingValue",
        "alternateName",
        "datePublished",
        "inLanguage",
        "itemReviewed",
        "appearance",
        "value",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(mut value in any_json(), with in any::<bool>()) {
        if let (true, Value::Object(fields)) = (with, &mut value) {
            let kept = review();
            for name in ["@type", "claimReviewed"] {
                fields.insert(name.to_owned(), kept[name].clone());
            }
        }
        let (defaults, around) = (defaults(), [value.clone()]);
        for review in reviews_in(&value) {
            if let Ok(check) = read(review, Context { defaults: &defaults, around: &around }) {
                prop_assert!(check.url.is_some() || check.identifier.is_some());
                prop_assert!(!check.publisher.name.is_empty() && !check.claim_reviewed.contains('\0'));
            }
        }
    }
}
