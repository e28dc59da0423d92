use klarstelle::{
    domain::{Action, ClaimId, ClaimOrigin, ClaimText, Lang, ObjectKind},
    store::{Added, Checked, ClaimQuery, ClaimSort, Cursor, Error, Store},
};

use super::{assert_whole, claim, now, own_check, page, placed, reviewer, since};
use crate::support::databases;

fn query(sort: ClaimSort, limit: u32) -> ClaimQuery {
    ClaimQuery {
        sort,
        checked: None,
        after: None,
        limit,
    }
}

/// All pages of a listing.
async fn walk(store: &Store, mut query: ClaimQuery) -> Vec<ClaimId> {
    let mut ids = Vec::new();
    loop {
        let page = store.claims(&query).await.unwrap();
        assert!(page.items.len() <= query.limit as usize);
        ids.extend(page.items.iter().map(|summary| summary.claim.id));
        match page.next {
            Some(next) => query.after = Some(next.to_string().parse().unwrap()),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn one_wording_is_one_claim() {
    for db in databases().await {
        let store = db.open().await;
        let text = ClaimText::parse("The mayor sold the town hall to a bank.").unwrap();
        let Added::New(made) = store.create_claim(&text, Lang::EN, &reviewer()).await.unwrap() else {
            panic!("it was not there before")
        };
        assert_eq!(
            (made.text.as_str(), made.lang, made.version),
            (text.as_str(), Lang::EN, 1)
        );
        assert_eq!(
            (made.origin, made.sightings, made.first_seen),
            (ClaimOrigin::Entered, 0, None)
        );
        for same in [
            "The mayor sold the town hall to a bank.",
            "  the mayor SOLD the town hall to a bank. ",
            "The mayor sold the town hall to a bank!!",
        ] {
            let known = store
                .create_claim(&ClaimText::parse(same).unwrap(), Lang::DE, &reviewer())
                .await
                .unwrap();
            assert_eq!(known, Added::Known(made.clone()), "{same}");
        }
        assert_eq!(since(&store, 0).await, [(ObjectKind::Claim, 1, Action::Created)]);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn other_numbers_are_another_claim() {
    for db in databases().await {
        let store = db.open().await;
        let few = claim(&store, "The flood in Akcadere left 500 people dead").await;
        let many = claim(&store, "The flood in Akcadere left 5000 people dead").await;
        assert_ne!(few.id, many.id);
    }
}

#[tokio::test]
async fn newest_come_first_page_by_page_while_others_arrive() {
    for db in databases().await {
        let store = db.open().await;
        let mut made = Vec::new();
        for number in 0..7 {
            made.push(claim(&store, &format!("Claim number {number} of the newest")).await.id);
        }
        made.reverse();
        assert_eq!(walk(&store, query(ClaimSort::Newest, 3)).await, made);
        assert_eq!(
            walk(&store, query(ClaimSort::Newest, 7)).await,
            made,
            "no empty page at the end"
        );

        let first = store.claims(&query(ClaimSort::Newest, 3)).await.unwrap();
        claim(&store, "This one came between two pages").await;
        let rest = walk(
            &store,
            ClaimQuery {
                after: first.next,
                ..query(ClaimSort::Newest, 3)
            },
        )
        .await;
        assert_eq!(rest, made[3..], "nothing twice, nothing lost");
        assert!(
            store
                .claims(&query(ClaimSort::Newest, 0))
                .await
                .unwrap()
                .items
                .is_empty()
        );
    }
}

#[tokio::test]
async fn most_seen_come_first() {
    for db in databases().await {
        let store = db.open().await;
        let mut wanted = Vec::new();
        for (text, times) in [
            ("Seen only once anywhere", 1),
            ("Seen three times anywhere", 3),
            ("Never seen anywhere so far", 0),
            ("Seen once somewhere else", 1),
        ] {
            let id = claim(&store, text).await.id;
            for time in 0..times {
                let address = format!("https://paper.example/{}/{time}", text.len());
                store
                    .record(&page(&address, text), &now(), &[placed(text)], &reviewer())
                    .await
                    .unwrap();
            }
            wanted.push((times, id));
        }
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        let wanted: Vec<ClaimId> = wanted.into_iter().map(|(_, id)| id).collect();
        assert_eq!(walk(&store, query(ClaimSort::MostSeen, 1)).await, wanted);
        assert_eq!(walk(&store, query(ClaimSort::MostSeen, 10)).await, wanted);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn are_listed_by_whether_they_were_checked() {
    for db in databases().await {
        let store = db.open().await;
        let (checked, open) = (
            claim(&store, "This one has a fact-check").await,
            claim(&store, "This one has none at all").await,
        );
        let check = own_check(&store, "About the first").await;
        let attachment = store.attach(&checked.id, &check.id, None, &reviewer()).await.unwrap();
        for sort in [ClaimSort::Newest, ClaimSort::MostSeen] {
            let with = |checked| ClaimQuery {
                checked,
                ..query(sort, 10)
            };
            assert_eq!(walk(&store, with(Some(Checked::Yes))).await, [checked.id]);
            assert_eq!(walk(&store, with(Some(Checked::No))).await, [open.id]);
            assert_eq!(walk(&store, with(None)).await, [open.id, checked.id]);
        }
        assert_eq!(store.summaries(&[checked.id]).await.unwrap()[0].fact_checks, 1);
        store
            .withdraw(&attachment.id, &super::reason("mixed up"), &reviewer())
            .await
            .unwrap();
        let none = ClaimQuery {
            checked: Some(Checked::Yes),
            ..query(ClaimSort::Newest, 10)
        };
        assert!(
            walk(&store, none).await.is_empty(),
            "a withdrawn attachment does not count"
        );
    }
}

#[tokio::test]
async fn a_cursor_serves_only_its_listing() {
    for db in databases().await {
        let store = db.open().await;
        for number in 0..3 {
            claim(&store, &format!("Claim number {number} of three")).await;
        }
        let next = store.claims(&query(ClaimSort::Newest, 1)).await.unwrap().next;
        let other = ClaimQuery {
            after: next,
            ..query(ClaimSort::MostSeen, 1)
        };
        assert!(matches!(store.claims(&other).await, Err(Error::BadCursor)));
        assert!(matches!(
            store.sightings(&ClaimId::new(), next.as_ref(), 1).await,
            Err(Error::BadCursor)
        ));
    }
    assert!(matches!("' OR 1=1 --".parse::<Cursor>(), Err(Error::BadCursor)));
}

#[tokio::test]
async fn are_found_in_the_order_asked() {
    for db in databases().await {
        let store = db.open().await;
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(claim(&store, &format!("Claim number {number} in order")).await.id);
        }
        let asked = [ids[3], ClaimId::new(), ids[0], ids[4]];
        let summaries = store.summaries(&asked).await.unwrap();
        let found: Vec<ClaimId> = summaries.iter().map(|summary| summary.claim.id).collect();
        assert_eq!(found, [ids[3], ids[0], ids[4]]);
        assert!(store.summaries(&[]).await.unwrap().is_empty());

        assert_eq!(store.claim_ids(None, 2).await.unwrap(), ids[..2]);
        assert_eq!(store.claim_ids(Some(&ids[1]), 100).await.unwrap(), ids[2..]);
        assert!(store.claim_ids(Some(&ids[4]), 100).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn hold_any_text() {
    let huge = "wort ".repeat(999);
    for db in databases().await {
        let store = db.open().await;
        for text in [
            "\u{1F9C2}\u{FE0F} salt heals \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "'; DROP TABLE claims; -- $1 ?1 {in}",
            "كل اللقاحات خطيرة",
            "a\0b\u{FEFF}c",
            &huge,
        ] {
            let made = claim(&store, text).await;
            let read = store.summaries(&[made.id]).await.unwrap().remove(0).claim;
            assert_eq!(read, made, "{text}");
        }
        assert_whole(&store).await;
    }
}
