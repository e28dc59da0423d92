use klarstelle::{
    cluster::{Home, Placed},
    domain::{Action, Actor, ClaimId, ClaimOrigin, Document, Lang, Mention, ObjectKind, SourceKind, Timestamp},
    store::{Origin, Store},
};

use super::{assert_whole, claim, mention, now, page, placed, reviewer, since, url};
use crate::support::databases;

async fn claims(store: &Store) -> Vec<klarstelle::domain::Claim> {
    let ids = store.claim_ids(None, 100).await.unwrap();
    store
        .summaries(&ids)
        .await
        .unwrap()
        .into_iter()
        .map(|summary| summary.claim)
        .collect()
}

#[tokio::test]
async fn found_claims_and_sightings_once() {
    for db in databases().await {
        let store = db.open().await;
        let text = "The dam at Akcadere is cracked. The mayor sold the town hall.";
        let document = page("https://paper.example/1", text);
        let mentions = [
            placed("The dam at Akcadere is cracked"),
            placed("The mayor sold the town hall"),
        ];
        let first = store.record(&document, &now(), &mentions, &Actor::Crawl).await.unwrap();
        assert_eq!((first.changed, first.sightings_new, first.claims_new), (true, 2, 2));
        let log: Vec<_> = since(&store, 0).await;
        assert_eq!(log.iter().filter(|change| change.0 == ObjectKind::Claim).count(), 2);
        assert_eq!(log.iter().filter(|change| change.0 == ObjectKind::Sighting).count(), 2);
        assert!(log.iter().all(|change| change.2 == Action::Created));

        let again = store.record(&document, &now(), &mentions, &Actor::Crawl).await.unwrap();
        assert_eq!(
            (again.document, again.changed, again.sightings_new, again.claims_new),
            (first.document, false, 0, 0)
        );
        assert_eq!(store.last_change().await.unwrap(), 4, "the same content writes nothing");
        assert!(
            claims(&store)
                .await
                .iter()
                .all(|claim| claim.sightings == 1 && claim.origin == ClaimOrigin::Crawled)
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn a_changed_page_adds_only_what_is_new() {
    for db in databases().await {
        let store = db.open().await;
        let dam = placed("The dam at Akcadere is cracked");
        let first = store
            .record(
                &page("https://paper.example/1", "v1"),
                &now(),
                std::slice::from_ref(&dam),
                &Actor::Crawl,
            )
            .await
            .unwrap();
        let before = store.last_change().await.unwrap();
        let second = page("https://www.paper.example/1/?utm_source=feed", "v2");
        let done = store
            .record(
                &second,
                &now(),
                &[dam, placed("The mayor sold the town hall")],
                &Actor::Crawl,
            )
            .await
            .unwrap();
        assert_eq!(
            (done.document, done.changed, done.sightings_new, done.claims_new),
            (first.document, true, 1, 1)
        );
        let log = since(&store, before).await;
        assert_eq!(
            log,
            [
                (ObjectKind::Claim, 1, Action::Created),
                (ObjectKind::Sighting, 1, Action::Created)
            ]
        );

        let third = store
            .record(&page("https://paper.example/1", "v3"), &now(), &[], &Actor::Crawl)
            .await
            .unwrap();
        assert!(third.changed && third.sightings_new == 0);
        assert_eq!(store.counts().await.unwrap().sightings, 2, "what was seen stays seen");
        assert_whole(&store).await;
    }
}

/// A thousand addresses of one page are one who says it; the same words at another host are another.
#[tokio::test]
async fn a_page_under_many_addresses_is_one_document() {
    let letter = "The dam at Akcadere is cracked, says the mayor. ".repeat(6);
    let short = "The dam at Akcadere is cracked.";
    let dated = |address: &str, text: &str| Document {
        published_at: Timestamp::parse("2026-05-01T08:00:00Z"),
        ..page(address, text)
    };
    for db in databases().await {
        let store = db.open().await;
        let dam = [placed("The dam at Akcadere is cracked")];
        let record = async |document: Document| {
            let origin = Origin {
                answer: Some(document.url.key()),
                ..now()
            };
            let done = store.record(&document, &origin, &dam, &Actor::Crawl).await;
            done.expect("recorded")
        };
        let first = record(page("https://paper.example/dam", &letter)).await;
        for n in 0..20 {
            for host in ["paper.example", "www.paper.example"] {
                let again = record(page(&format!("https://{host}/dam?sid={n}"), &letter)).await;
                assert_eq!(
                    (again.document, again.changed, again.sightings_new),
                    (first.document, false, 0)
                );
            }
        }
        let elsewhere = record(page("https://other.example/dam", &letter)).await;
        assert!(elsewhere.changed && elsewhere.sightings_new == 1);
        for (document, is_another) in [
            (page("https://forum.example/1", short), true),
            (page("https://forum.example/2", short), true),
            (dated("https://forum.example/3", short), true),
            (dated("https://forum.example/4", short), false),
        ] {
            let address = document.url.clone();
            assert_eq!(record(document).await.changed, is_another, "{address}");
        }
        // What is read there later is that page's own.
        let own = record(page(
            "https://paper.example/dam?sid=3",
            &letter.replace("mayor", "minister"),
        ))
        .await;
        assert!(own.changed && own.document != first.document);
        // Who posts the same letter says the same.
        for n in 0..2 {
            let post = page(&format!("https://paper.example/letters/{n}"), &letter);
            let posted = store.record(&post, &now(), &dam, &Actor::Crawl).await;
            assert!(posted.expect("recorded").changed);
        }
        let counts = store.counts().await.expect("readable");
        assert_eq!((counts.documents, counts.sightings), (8, 8));
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn fingerprints_come_before_the_home_that_clustering_found() {
    for db in databases().await {
        let store = db.open().await;
        let (dam, hall) = (
            claim(&store, "The dam at Akcadere is cracked").await,
            claim(&store, "The mayor sold the town hall").await,
        );
        let at_home = |quote: &str, home: ClaimId| Placed {
            home: Home::Known(home),
            ..placed(quote)
        };
        let mentions = [
            at_home("The dam at Akcadere is cracked!", hall.id),
            at_home("The mayor has sold our beautiful town hall", hall.id),
            at_home("Nobody knows this claim so far", ClaimId::new()),
        ];
        let done = store
            .record(&page("https://paper.example/1", "v1"), &now(), &mentions, &Actor::Crawl)
            .await
            .unwrap();
        assert_eq!((done.sightings_new, done.claims_new), (3, 1));
        for (claim, quote) in [(dam.id, &mentions[0]), (hall.id, &mentions[1])] {
            let seen = store.sightings(&claim, None, 10).await.unwrap().items;
            assert_eq!(
                seen.iter().map(|one| &one.quote).collect::<Vec<_>>(),
                [&quote.mention.quote]
            );
        }

        let later = store
            .record(
                &page("https://paper.example/2", "v1"),
                &now(),
                &[placed("The mayor has sold our beautiful town hall")],
                &Actor::Crawl,
            )
            .await
            .unwrap();
        assert_eq!(later.claims_new, 0, "the variant is known by now");
        assert_eq!(store.summaries(&[hall.id]).await.unwrap()[0].claim.sightings, 2);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn one_document_is_one_sighting_of_a_claim() {
    for db in databases().await {
        let store = db.open().await;
        let mentions = [
            placed("The dam at Akcadere is cracked"),
            placed("The dam at Akcadere is cracked!"),
            placed("\u{1F600}"),
        ];
        let done = store
            .record(&page("https://paper.example/1", "v1"), &now(), &mentions, &Actor::Crawl)
            .await
            .unwrap();
        assert_eq!(
            (done.sightings_new, done.claims_new),
            (1, 1),
            "and no claim without a letter"
        );
    }
}

#[tokio::test]
async fn claims_know_when_they_were_seen() {
    for db in databases().await {
        let store = db.open().await;
        let day = |text: &str| Timestamp::parse(text).unwrap();
        let seen = [
            ("2026-03-05", None),
            ("2026-03-06", Some("2026-03-01")),
            ("2026-03-07", Some("2027-01-01")),
            ("2026-03-04", None),
        ];
        for (number, (at, published)) in seen.into_iter().enumerate() {
            let published_at = published.map(day);
            let document = Document {
                published_at,
                ..page(&format!("https://paper.example/{number}"), "v1")
            };
            let origin = Origin {
                source: None,
                at: day(at),
                kept: None,
                answer: None,
            };
            store
                .record(
                    &document,
                    &origin,
                    &[placed("The dam at Akcadere is cracked")],
                    &Actor::Crawl,
                )
                .await
                .unwrap();
        }
        let claim = claims(&store).await.remove(0);
        assert_eq!(
            (claim.first_seen, claim.last_seen),
            (Some(day("2026-03-01")), Some(day("2026-03-07")))
        );
        assert_eq!(
            (claim.sightings, claim.version),
            (4, 1),
            "seen more often, still the same version"
        );
    }
}

#[tokio::test]
async fn sightings_name_page_and_source_newest_first() {
    for db in databases().await {
        let store = db.open().await;
        let source = store
            .add_source(
                &url("https://paper.example/feed"),
                SourceKind::named("feed"),
                &Actor::Operator,
            )
            .await
            .unwrap()
            .into_inner();
        for number in 0..5_i64 {
            let origin = Origin {
                source: Some(source.id),
                at: Timestamp::from_millis(1_000 + number / 2),
                kept: None,
                answer: None,
            };
            let document = page(&format!("https://paper.example/{number}"), "v1");
            store
                .record(
                    &document,
                    &origin,
                    &[placed("The dam at Akcadere is cracked")],
                    &Actor::Crawl,
                )
                .await
                .unwrap();
        }
        let claim = claims(&store).await.remove(0).id;
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.sightings(&claim, after.as_ref(), 2).await.unwrap();
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let urls: Vec<_> = seen
            .iter()
            .map(|one| one.url.as_str().rsplit('/').next().unwrap())
            .collect();
        assert_eq!(urls, ["4", "3", "2", "1", "0"]);
        assert!(
            seen.iter()
                .all(|one| one.source_id == Some(source.id) && one.title == "A page" && one.claim_id == claim)
        );

        store.remove_source(&source.id, &Actor::Operator).await.unwrap();
        assert_eq!(
            store.sightings(&claim, None, 1).await.unwrap().items[0].source_id,
            None,
            "no longer set"
        );
        assert!(
            store
                .sightings(&ClaimId::new(), None, 5)
                .await
                .unwrap()
                .items
                .is_empty()
        );
    }
}

#[tokio::test]
async fn claims_are_found_by_every_address_they_stand_at() {
    for db in databases().await {
        let store = db.open().await;
        let document = Document {
            canonical_url: Some(url("https://paper.example/long-title")),
            ..page("https://paper.example/?p=7", "v1")
        };
        store
            .record(
                &document,
                &now(),
                &[placed("The dam at Akcadere is cracked")],
                &Actor::Crawl,
            )
            .await
            .unwrap();
        let dam = claims(&store).await.remove(0);
        for address in [
            "http://www.paper.example/?p=7&fbclid=x",
            "https://paper.example/long-title/",
        ] {
            assert_eq!(
                store.claims_at(&url(address).key()).await.unwrap(),
                [dam.id],
                "{address}"
            );
        }
        assert!(
            store
                .claims_at(&url("https://paper.example/").key())
                .await
                .unwrap()
                .is_empty()
        );

        let check = super::external(1, "about a dam");
        let check = super::external_check(
            &store,
            &klarstelle::domain::ExternalFactCheck {
                appearances: vec![url("https://forum.example/9")],
                ..check
            },
        )
        .await;
        let addresses = ["https://klarblick.example/checks/1", "https://forum.example/9"];
        let found = async |address: &str| store.claims_at(&url(address).key()).await.unwrap();
        for address in addresses {
            assert!(found(address).await.is_empty(), "not attached yet");
        }
        let attachment = store.attach(&dam.id, &check.id, None, &reviewer()).await.unwrap();
        for address in addresses {
            assert_eq!(found(address).await, [dam.id]);
        }
        store
            .withdraw(&attachment.id, &super::reason("another dam"), &reviewer())
            .await
            .unwrap();
        for address in addresses {
            assert!(found(address).await.is_empty(), "withdrawn");
        }
    }
}

#[tokio::test]
async fn near_claims_are_found_by_bands() {
    for db in databases().await {
        let store = db.open().await;
        let text = "The government will ban all wood stoves in private homes from next year on";
        let near = claim(&store, text).await;
        claim(&store, "Nothing of this has anything to do with the other one").await;
        let likeness = |text: &str| klarstelle::cluster::Likeness::of(text).unwrap();
        let (copy, other) = (
            likeness(&text.replace("next year on", "next year")),
            likeness("Something else was said by somebody"),
        );
        let many: Vec<_> = (0..50)
            .map(|n| likeness(&format!("Text number {n} is like none of the others")))
            .collect();
        let quotes: Vec<_> = many.iter().chain([&other, &copy]).collect();
        let mut homes = store.near_copies(&quotes).await.unwrap();
        assert_eq!(homes.pop(), Some(Home::Known(near.id)));
        assert_eq!(homes, [Home::New; 51], "each has its own answer");
    }
}

#[tokio::test]
async fn hold_any_text() {
    for db in databases().await {
        let store = db.open().await;
        let quote = "NUL \0 and \u{1F9C2} stand in this quote";
        let document = Document {
            title: "T\0".to_owned(),
            author: Some(klarstelle::domain::Author::Byline("\0".to_owned())),
            lang: Lang::UND,
            ..page("https://paper.example/%00", &"lang\0 ".repeat(200_000))
        };
        let mention = Mention {
            score: f32::NAN,
            speaker: None,
            reasons: Vec::new(),
            ..mention(quote)
        };
        let placed = Placed {
            mention,
            ..placed(quote)
        };
        let done = store
            .record(&document, &now(), std::slice::from_ref(&placed), &Actor::Crawl)
            .await
            .unwrap();
        assert_eq!(done.sightings_new, 1);
        assert!(
            !store
                .record(&document, &now(), &[placed], &Actor::Crawl)
                .await
                .unwrap()
                .changed
        );
        assert_whole(&store).await;
    }
}
