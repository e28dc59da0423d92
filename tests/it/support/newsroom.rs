//! A store with invented claims in every state that a page can show, and some that want to do harm.

use klarstelle::{
    cluster::{Home, Placed},
    domain::{
        Actor, ClaimId, ClaimText, Document, ExternalFactCheck, FactCheckId, Fingerprint, Lang, Mention, OwnFactCheck,
        Publisher, Rating, Reason, Timestamp, Verdict, WebUrl,
    },
    store::{Origin, Store},
};

/// Texts that become script, markup or an address where escaping is forgotten.
const PAYLOADS: &str = include_str!("../../../fixtures/xss/payloads.txt");

/// Has fact-checks of every kind, one of them withdrawn, and more sightings than fit on a page.
pub(crate) const LONG: &str = "Im Hafen von Grünbek werden ab Juli alle Fähren verschrottet.";
/// Was seen, not checked.
pub(crate) const UNCHECKED: &str = "Das Freibad Tannroda füllt seine Becken mit Regenwasser.";
/// Is rated, but there is nothing to read.
pub(crate) const RATED: &str = "بلدية المرسى تمنع بيع الخبز بعد الساعة السادسة مساء";
/// Sightings of [`LONG`].
pub(crate) const SIGHTINGS: usize = 30;

/// The claims made.
pub(crate) struct Newsroom {
    pub(crate) long: ClaimId,
    pub(crate) unchecked: ClaimId,
    pub(crate) rated: ClaimId,
}

impl Newsroom {
    pub(crate) async fn fill(store: &Store) -> Self {
        Self {
            long: long(store).await,
            unchecked: unchecked(store).await,
            rated: rated(store).await,
        }
    }
}

async fn long(store: &Store) -> ClaimId {
    let claim = claim(store, LONG, Lang::DE).await;
    attach(
        store,
        claim,
        enter(store, &check("Faktenwerft", "Falsch", "faehren")).await,
    )
    .await;
    attach(store, claim, write(store).await).await;
    let mistaken = enter(store, &check("Terazi Mizan", "Veraltet", "verwechselt")).await;
    let attachment = store
        .attach(&claim, &mistaken, None, &Actor::Operator)
        .await
        .expect("attached");
    let reason = Reason::parse("betrifft eine andere Fähre").expect("a reason");
    store
        .withdraw(&attachment.id, &reason, &Actor::Operator)
        .await
        .expect("withdrawn");
    for number in 0..SIGHTINGS {
        let (quote, lang) = match number % 3 {
            0 => (LONG.to_owned(), Lang::DE),
            1 => (format!("Alle Fähren weg!!! Ab Juli, {number}. Meldung"), Lang::DE),
            _ => (format!("ستُخرد كل العبارات في ميناء غرونبك، خبر {number}"), Lang::AR),
        };
        let day = format!("2026-05-{:02}", 2 + number % 7);
        see(store, claim, &format!("Meldung {number}"), (&quote, lang), &day).await;
    }
    claim
}

async fn unchecked(store: &Store) -> ClaimId {
    let claim = claim(store, UNCHECKED, Lang::DE).await;
    see(
        store,
        claim,
        "Regenwasser im Becken?",
        (UNCHECKED, Lang::DE),
        "2026-05-02",
    )
    .await;
    claim
}

async fn rated(store: &Store) -> ClaimId {
    let claim = claim(store, RATED, Lang::AR).await;
    let check = ExternalFactCheck {
        url: None,
        identifier: Some("rated-1".into()),
        lang: Lang::AR,
        ..check("ميزان", "خاطئ", "x")
    };
    attach(store, claim, enter(store, &check).await).await;
    claim
}

/// Makes claims that want to do harm: one a payload, which stands in everything that other people write.
pub(crate) async fn fill_hostile(store: &Store) -> Vec<ClaimId> {
    let mut claims = Vec::new();
    for (number, payload) in PAYLOADS.lines().enumerate() {
        let claim = claim(store, &format!("{payload} {number}"), Lang::UND).await;
        let check = ExternalFactCheck {
            title: payload.to_owned(),
            description: payload.to_owned(),
            claim_reviewed: payload.to_owned(),
            ..check(payload, payload, &format!("hostile-{number}"))
        };
        attach(store, claim, enter(store, &check).await).await;
        let quote = format!("{payload} seen {number}");
        see(store, claim, payload, (&quote, Lang::UND), "2026-05-02").await;
        claims.push(claim);
    }
    claims
}

async fn claim(store: &Store, text: &str, lang: Lang) -> ClaimId {
    let text = ClaimText::parse(text).expect("a claim");
    store
        .create_claim(&text, lang, &Actor::Operator)
        .await
        .expect("a claim")
        .into_inner()
        .id
}

fn check(publisher: &str, rating: &str, slug: &str) -> ExternalFactCheck {
    ExternalFactCheck {
        publisher: Publisher {
            name: publisher.into(),
            site: Some("faktenwerft.example".into()),
        },
        url: Some(url(&format!("https://faktenwerft.example/pruefung/{slug}"))),
        identifier: None,
        title: "Nein, die Fähren von Grünbek fahren weiter".into(),
        description: "Zwei von neun Fähren werden ersetzt, sagt der Hafen. Keine wird verschrottet.".into(),
        claim_reviewed: LONG.into(),
        rating: Rating {
            text: rating.into(),
            ..Rating::default()
        },
        lang: Lang::DE,
        published_at: Timestamp::parse("2026-05-04"),
        appearances: vec![],
    }
}

async fn enter(store: &Store, check: &ExternalFactCheck) -> FactCheckId {
    store
        .add_external(check, &Actor::Operator)
        .await
        .expect("entered")
        .into_inner()
        .id
}

async fn write(store: &Store) -> FactCheckId {
    let own = OwnFactCheck {
        title: "Was der Hafen wirklich plant".into(),
        text: "Wir haben den Wirtschaftsplan gelesen.\n\nDarin stehen zwei neue Fähren, keine Verschrottung.".into(),
        verdict: Verdict::Misleading,
        rating: "Aus dem Zusammenhang gerissen".into(),
        lang: Lang::DE,
        url: None,
    };
    store.write_own(&own, &Actor::Operator).await.expect("written").id
}

async fn attach(store: &Store, claim: ClaimId, check: FactCheckId) {
    store
        .attach(&claim, &check, None, &Actor::Operator)
        .await
        .expect("attached");
}

pub(crate) async fn see(store: &Store, claim: ClaimId, title: &str, (quote, lang): (&str, Lang), day: &str) {
    let slug = format!("{:?}", Fingerprint::exact(&format!("{title} {quote}")).as_bytes());
    let slug = slug.replace(|c: char| !c.is_ascii_digit(), "-");
    let document = Document {
        url: url(&format!("https://rheinblick.example/{slug}")),
        canonical_url: None,
        title: title.into(),
        text: quote.into(),
        lang,
        author: None,
        published_at: Timestamp::parse(day),
    };
    let placed = Placed {
        mention: Mention {
            quote: quote.into(),
            lang,
            score: 0.9,
            speaker: None,
            reasons: Vec::new(),
        },
        exact: Fingerprint::exact(quote),
        near: None,
        bands: None,
        home: Home::Known(claim),
    };
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept: None,
        answer: None,
    };
    store
        .record(&document, &origin, &[placed], &Actor::Crawl)
        .await
        .expect("recorded");
}

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).expect("an address")
}
