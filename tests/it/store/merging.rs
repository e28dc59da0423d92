//! Claims that say the same become one, and two again.

use klarstelle::{
    domain::{Act, ActKind, Action, Actor, ClaimId, ClaimText, Lang, ObjectKind, Timestamp},
    store::{Added, BadSplit, Error, Parting, Rewriting, Store, Union},
};

use super::{assert_whole, claim, now, own_check, page, placed, reason, reviewer, since};
use crate::support::databases;

const FLOOD: &str = "The flood in Harnow killed 500 people last night";
const DEAD: &str = "Five hundred are dead after the water came through Harnow";
const DAM: &str = "The dam above Harnow broke because nobody had looked after it";

async fn see(store: &Store, number: u32, quote: &str) {
    let document = page(&format!("https://paper.example/{number}"), quote);
    let placed = [placed(quote)];
    store.record(&document, &now(), &placed, &Actor::Crawl).await.unwrap();
}

/// The claim that has these words.
async fn of(store: &Store, text: &str) -> ClaimId {
    let text = ClaimText::parse(text).unwrap();
    store
        .create_claim(&text, Lang::EN, &reviewer())
        .await
        .unwrap()
        .into_inner()
        .id
}

async fn merge(store: &Store, claim: &ClaimId, survivor: &ClaimId) -> Result<Added<ClaimId>, Error> {
    let reason = reason("both say that 500 died");
    let union = Union {
        claim,
        survivor,
        reason: &reason,
    };
    Ok(match store.merge(union, &reviewer()).await? {
        Added::New(claim) => Added::New(claim.id),
        Added::Known(claim) => Added::Known(claim.id),
    })
}

async fn split(store: &Store, claim: &ClaimId, survivor: &ClaimId) -> Result<Added<ClaimId>, Error> {
    let reason = reason("they are two after all");
    let union = Union {
        claim,
        survivor,
        reason: &reason,
    };
    Ok(match store.split(union, &reviewer()).await? {
        Added::New(claim) => Added::New(claim.id),
        Added::Known(claim) => Added::Known(claim.id),
    })
}

/// Sightings and fact-checks, as they are counted.
async fn counted(store: &Store, id: &ClaimId) -> (u64, u64) {
    let summary = store.summaries(&[*id]).await.unwrap().remove(0);
    (summary.claim.sightings, summary.fact_checks)
}

async fn listed(store: &Store, id: &ClaimId) -> Vec<String> {
    let sightings = store.sightings(id, None, 100).await.unwrap().items;
    assert!(sightings.iter().all(|sighting| sighting.claim_id == *id));
    let mut quotes: Vec<String> = sightings.into_iter().map(|sighting| sighting.quote).collect();
    quotes.sort();
    quotes
}

async fn standing(store: &Store, id: &ClaimId) -> ClaimId {
    store.standing(&[*id]).await.unwrap()[id]
}

#[tokio::test]
async fn a_merge_shows_both_as_one_and_a_split_gives_all_of_it_back() {
    for db in databases().await {
        let store = db.open().await;
        for (number, quote) in [(1, FLOOD), (2, FLOOD), (3, DEAD)] {
            see(&store, number, quote).await;
        }
        let (flood, dead) = (of(&store, FLOOD).await, of(&store, DEAD).await);
        let (shared, own) = (
            own_check(&store, "What we know").await,
            own_check(&store, "The number").await,
        );
        store.attach(&flood, &shared.id, None, &reviewer()).await.unwrap();
        let theirs = store.attach(&dead, &shared.id, None, &reviewer()).await.unwrap();
        store.attach(&dead, &own.id, None, &reviewer()).await.unwrap();
        let before = store.last_change().await.unwrap();

        assert_eq!(merge(&store, &dead, &flood).await.unwrap(), Added::New(flood));
        assert_eq!(
            since(&store, before).await,
            [
                (ObjectKind::Claim, 2, Action::Merged),
                (ObjectKind::Claim, 2, Action::Updated)
            ]
        );
        assert_eq!(counted(&store, &flood).await, (3, 2), "the same fact-check counts once");
        assert_eq!(listed(&store, &flood).await, [DEAD, FLOOD, FLOOD]);
        assert_eq!(standing(&store, &dead).await, flood);
        assert_eq!(
            of(&store, DEAD).await,
            flood,
            "its words lead to the one that stands for it"
        );
        let dossier = store.dossiers(&[flood]).await.unwrap().remove(0);
        assert!(dossier.fact_checks.iter().all(|one| one.attachment.claim_id == flood));
        assert_eq!(dossier.fact_checks.len(), 3);
        let url = klarstelle::domain::WebUrl::parse("https://paper.example/3").unwrap();
        assert_eq!(store.claims_at(&url.key()).await.unwrap(), [flood]);
        assert_eq!(store.claim_ids(None, 10).await.unwrap(), [flood]);
        let touched = store.touched(before, 10).await.unwrap().claims;
        assert_eq!(
            store.entries(&touched).await.unwrap().len(),
            1,
            "the merged one has no entry"
        );
        let entry = store.entries(&[flood]).await.unwrap().remove(0);
        for words in [FLOOD, DEAD, "What we know", "The number"] {
            assert!(entry.wordings.iter().any(|wording| wording.text == words), "{words}");
        }
        let refused = store.attach(&dead, &own.id, None, &reviewer()).await;
        assert!(matches!(refused, Err(Error::Merged(id)) if id == flood), "{refused:?}");
        let again = store.attach(&flood, &own.id, None, &reviewer()).await;
        assert!(matches!(again, Err(Error::AlreadyAttached(_))), "{again:?}");
        assert_whole(&store).await;

        // What comes in and what is done in the meantime belongs to the claim that it came to.
        see(&store, 4, DEAD).await;
        see(&store, 5, FLOOD).await;
        store
            .withdraw(&theirs.id, &reason("says nothing on it"), &reviewer())
            .await
            .unwrap();
        assert_eq!(counted(&store, &flood).await, (5, 2));
        assert_whole(&store).await;

        assert_eq!(split(&store, &dead, &flood).await.unwrap(), Added::New(dead));
        assert_eq!(counted(&store, &flood).await, (3, 1));
        assert_eq!(counted(&store, &dead).await, (2, 1));
        assert_eq!(listed(&store, &dead).await, [DEAD, DEAD]);
        assert_eq!(of(&store, DEAD).await, dead);
        assert_eq!(store.entries(&[flood, dead]).await.unwrap().len(), 2);
        let kinds = |acts: Vec<Act>| acts.into_iter().map(|act| act.kind).collect::<Vec<_>>();
        assert_eq!(
            kinds(store.acts(&dead).await.unwrap()),
            [ActKind::Split, ActKind::Merged]
        );
        assert_eq!(
            kinds(store.acts(&flood).await.unwrap()),
            [ActKind::Split, ActKind::Merged]
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn the_first_and_the_last_sighting_are_those_of_both() {
    for db in databases().await {
        let store = db.open().await;
        for (number, quote, day) in [
            (1, FLOOD, "2026-03-02"),
            (2, DEAD, "2026-03-01"),
            (3, DEAD, "2026-03-09"),
        ] {
            let document = klarstelle::domain::Document {
                published_at: Timestamp::parse(day),
                ..page(&format!("https://paper.example/{number}"), quote)
            };
            store
                .record(&document, &now(), &[placed(quote)], &Actor::Crawl)
                .await
                .unwrap();
        }
        let (flood, dead) = (of(&store, FLOOD).await, of(&store, DEAD).await);
        let seen = |claim: klarstelle::domain::Claim| (claim.first_seen, claim.last_seen);
        let of_flood = || async { seen(store.summaries(&[flood]).await.unwrap().remove(0).claim) };
        let alone = of_flood().await;
        merge(&store, &dead, &flood).await.unwrap();
        assert_eq!(
            of_flood().await,
            (Timestamp::parse("2026-03-01"), Timestamp::parse("2026-03-09"))
        );
        split(&store, &dead, &flood).await.unwrap();
        assert_eq!(of_flood().await, alone);
    }
}

#[tokio::test]
async fn chains_lead_to_the_last_and_come_apart_where_they_were_joined() {
    for db in databases().await {
        let store = db.open().await;
        let mut ids = Vec::new();
        for text in [FLOOD, DEAD, DAM, "Harnow has no warning sirens at all"] {
            ids.push(claim(&store, text).await.id);
        }
        let [a, b, c, d] = ids[..] else { unreachable!() };
        merge(&store, &a, &b).await.unwrap();
        merge(&store, &b, &c).await.unwrap();
        assert_eq!([standing(&store, &a).await, standing(&store, &b).await], [c, c]);
        assert_eq!(
            merge(&store, &d, &a).await.unwrap(),
            Added::New(c),
            "into what stands for it"
        );
        assert_eq!(merge(&store, &a, &c).await.unwrap(), Added::Known(c), "done before");
        for (claim, survivor) in [(&c, &a), (&c, &c), (&c, &b)] {
            let refused = merge(&store, claim, survivor).await;
            assert!(matches!(refused, Err(Error::SameClaim)), "{refused:?}");
        }
        let other = claim(&store, "The mayor of Harnow has left the country").await.id;
        assert!(matches!(merge(&store, &a, &other).await, Err(Error::Merged(id)) if id == c));
        assert!(matches!(split(&store, &a, &other).await, Err(Error::NotMerged)));
        let nobody = ClaimId::new();
        assert!(matches!(
            merge(&store, &nobody, &a).await,
            Err(Error::NotFound(ObjectKind::Claim))
        ));
        assert_whole(&store).await;

        // What was merged into b goes with it: a, and d, which was merged into a.
        split(&store, &b, &c).await.unwrap();
        for (id, wanted) in [(a, b), (b, b), (c, c), (d, b)] {
            assert_eq!(standing(&store, &id).await, wanted);
        }
        split(&store, &a, &b).await.unwrap();
        assert_eq!([standing(&store, &a).await, standing(&store, &d).await], [a, a]);
        assert_eq!(split(&store, &a, &b).await.unwrap(), Added::Known(a), "done before");
        assert_whole(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_at_once_make_one_claim_and_lose_nothing() {
    for db in databases().await {
        let store = db.open().await;
        let other = db.open().await;
        let texts = [FLOOD, DEAD, DAM, "Harnow has no warning sirens at all"];
        let mut ids = Vec::new();
        for text in texts {
            ids.push(claim(&store, text).await.id);
        }
        let mut running = Vec::new();
        for round in 0..24_usize {
            let store = if round % 2 == 0 { store.clone() } else { other.clone() };
            let (from, into) = (ids[round % 4], ids[(round / 4 + 1 + round) % 4]);
            running.push(tokio::spawn(async move {
                match merge(&store, &from, &into).await {
                    Ok(_) | Err(Error::SameClaim | Error::Merged(_)) => {}
                    Err(error) => panic!("{error}"),
                }
                see(&store, round as u32, texts[round % 4]).await;
                let check = own_check(&store, &format!("Check {round}")).await;
                let attached = store.attach(&into, &check.id, None, &reviewer()).await;
                assert!(matches!(attached, Ok(_) | Err(Error::Merged(_))), "{attached:?}");
                if round % 3 == 0 {
                    let there = standing(&store, &from).await;
                    let split = split(&store, &from, &there).await;
                    assert!(matches!(split, Ok(_) | Err(Error::NotMerged)), "{split:?}");
                }
            }));
        }
        for one in running {
            one.await.expect("no panic");
        }
        assert_whole(&store).await;
        let mut seen = 0;
        for id in store.claim_ids(None, 10).await.unwrap() {
            seen += counted(&store, &id).await.0;
        }
        assert_eq!(seen, 24);
    }
}

#[tokio::test]
async fn sightings_of_another_claim_become_one_of_their_own_with_their_copies() {
    for db in databases().await {
        let store = db.open().await;
        let flood = claim(&store, FLOOD).await.id;
        for (number, quote) in [(1, FLOOD), (2, DAM), (3, DAM)] {
            let mention = placed(quote);
            let placed = klarstelle::cluster::Placed {
                home: klarstelle::cluster::Home::Known(flood),
                ..mention
            };
            let document = page(&format!("https://paper.example/{number}"), quote);
            store.record(&document, &now(), &[placed], &Actor::Crawl).await.unwrap();
        }
        let sightings = store.sightings(&flood, None, 10).await.unwrap().items;
        let of_words = |words| sightings.iter().find(|sighting| sighting.quote == words).unwrap().id;
        let why = reason("another claim");
        let part = |sighting, text| {
            let (store, why) = (store.clone(), why.clone());
            async move {
                let parting = Parting {
                    claim: &flood,
                    sightings: &[sighting],
                    text,
                    reason: &why,
                };
                store.take_out(parting, &reviewer()).await
            }
        };
        let own = part(of_words(FLOOD), None).await;
        assert!(matches!(own, Err(Error::BadSplit(BadSplit::OwnWords))), "{own:?}");
        let foreign = part(klarstelle::domain::SightingId::new(), None).await;
        assert!(
            matches!(foreign, Err(Error::BadSplit(BadSplit::Foreign(_)))),
            "{foreign:?}"
        );

        let taken = part(of_words(DAM), None).await.unwrap();
        assert_eq!(taken.text.as_str(), DAM);
        assert_eq!(
            (taken.sightings, counted(&store, &flood).await.0),
            (2, 1),
            "its copy came along"
        );
        see(&store, 4, &format!("{DAM}!!")).await;
        assert_eq!(counted(&store, &taken.id).await.0, 3, "and those that come later");
        assert_eq!(store.acts(&flood).await.unwrap()[0].kind, ActKind::TakenOut);
        assert_whole(&store).await;
        merge(&store, &taken.id, &flood).await.unwrap();
        assert_eq!(counted(&store, &flood).await.0, 4);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn a_reviewers_text_stays_and_a_crawled_one_gets_better() {
    for db in databases().await {
        let store = db.open().await;
        let asked = "Is it true that the flood in Harnow killed 500 people?";
        see(&store, 1, asked).await;
        let id = of(&store, asked).await;
        let told = "The flood in Harnow killed 500 people.";
        let join = |number: u32, quote: &'static str| {
            let store = store.clone();
            async move {
                let placed = klarstelle::cluster::Placed {
                    home: klarstelle::cluster::Home::Known(id),
                    ..placed(quote)
                };
                let document = page(&format!("https://paper.example/{number}"), quote);
                store.record(&document, &now(), &[placed], &Actor::Crawl).await.unwrap();
            }
        };
        let text = || async { store.summaries(&[id]).await.unwrap().remove(0).claim };
        join(2, told).await;
        assert_eq!(
            (text().await.text.as_str().to_owned(), text().await.version),
            (told.to_owned(), 2)
        );
        join(3, "OMG the flood in Harnow killed 500 people!!!").await;
        assert_eq!(text().await.text.as_str(), told, "nothing better");

        let rewrite = |read: u64, words: &'static str| {
            let store = store.clone();
            async move {
                let words = ClaimText::parse(words).unwrap();
                let rewriting = Rewriting {
                    claim: &id,
                    read,
                    text: &words,
                    lang: Lang::EN,
                    reason: None,
                };
                store.rewrite(rewriting, &reviewer()).await
            }
        };
        assert!(matches!(rewrite(1, "Too late").await, Err(Error::Stale { current: 2 })));
        let other = claim(&store, DAM).await.id;
        assert!(matches!(rewrite(2, DAM).await, Err(Error::WordingTaken(taken)) if taken == other));
        let rewritten = rewrite(2, "is 500 the number of people who died in harnow")
            .await
            .unwrap();
        assert_eq!(rewritten.version, 3);
        join(4, "In Harnow the flood killed 500 people this night.").await;
        assert_eq!(text().await.text, rewritten.text, "a reviewer's words stay");
        assert_eq!(of(&store, rewritten.text.as_str()).await, id);
        assert_eq!(store.acts(&id).await.unwrap()[0].text_before.as_deref(), Some(told));
        assert_whole(&store).await;
    }
}
