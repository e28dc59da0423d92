//! The store, on both databases.

mod alarms;
mod attachments;
mod changes;
mod claims;
mod concurrency;
mod copies;
mod documents;
mod fact_checks;
mod founded_apart;
mod frontier;
mod import;
mod index_view;
mod joining;
mod keys;
mod kill;
mod merging;
mod no_space;
mod opening;
mod queue;
mod refusals;
mod sources;
mod timelines;

use klarstelle::{
    cluster::{Home, Placed, Prints},
    domain::{
        Action, Actor, Change, Claim, ClaimText, Document, ExternalFactCheck, FactCheck, KeyId, Lang, Mention,
        ObjectKind, OwnFactCheck, Publisher, Rating, Reason, Timestamp, Verdict, WebUrl,
    },
    store::{Added, ChangeQuery, Origin, Store},
};

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).expect("a web address")
}

fn reviewer() -> Actor {
    Actor::Key(KeyId::new())
}

fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

async fn claim(store: &Store, text: &str) -> Claim {
    let text = ClaimText::parse(text).expect("a claim's text");
    store
        .create_claim(&text, Lang::EN, &reviewer())
        .await
        .expect("a claim")
        .into_inner()
}

/// Another publisher's fact-check.
fn external(number: u32, claim_reviewed: &str) -> ExternalFactCheck {
    ExternalFactCheck {
        publisher: Publisher {
            name: "Klarblick".to_owned(),
            site: Some("klarblick.example".to_owned()),
        },
        url: Some(url(&format!("https://klarblick.example/checks/{number}"))),
        identifier: Some(format!("kb-{number}")),
        title: format!("Check {number}"),
        description: String::new(),
        claim_reviewed: claim_reviewed.to_owned(),
        rating: Rating {
            text: "False".to_owned(),
            ..Rating::default()
        },
        lang: Lang::EN,
        published_at: Timestamp::parse("2026-03-01"),
        appearances: vec![],
    }
}

fn own(title: &str) -> OwnFactCheck {
    OwnFactCheck {
        title: title.to_owned(),
        text: "What we found.".to_owned(),
        verdict: Verdict::False,
        rating: "Wrong".to_owned(),
        lang: Lang::EN,
        url: None,
    }
}

async fn own_check(store: &Store, title: &str) -> FactCheck {
    store.write_own(&own(title), &reviewer()).await.expect("a fact-check")
}

async fn external_check(store: &Store, check: &ExternalFactCheck) -> FactCheck {
    match store.add_external(check, &reviewer()).await.expect("a fact-check") {
        Added::New(check) => check,
        Added::Known(known) => panic!("{known:?} was there before"),
    }
}

fn page(address: &str, text: &str) -> Document {
    Document {
        url: url(address),
        canonical_url: None,
        title: "A page".to_owned(),
        text: text.to_owned(),
        lang: Lang::EN,
        author: None,
        published_at: None,
    }
}

fn now() -> Origin {
    Origin {
        source: None,
        at: Timestamp::now(),
        kept: None,
        answer: None,
    }
}

fn mention(quote: &str) -> Mention {
    Mention {
        quote: quote.to_owned(),
        lang: Lang::EN,
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
    }
}

fn placed(quote: &str) -> Placed {
    let mention = mention(quote);
    Prints::of(&mention).place(mention, Home::New)
}

/// The whole change log.
async fn log(store: &Store) -> Vec<Change> {
    store
        .changes(&ChangeQuery {
            limit: 100_000,
            ..ChangeQuery::default()
        })
        .await
        .expect("the change log")
}

/// What happened after a number, without identifiers.
async fn since(store: &Store, after: u64) -> Vec<(ObjectKind, u64, Action)> {
    let changes = log(store).await.into_iter().filter(|change| change.number > after);
    changes
        .map(|change| (change.kind, change.version, change.action))
        .collect()
}

async fn assert_whole(store: &Store) {
    assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
}
