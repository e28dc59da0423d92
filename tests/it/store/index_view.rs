use claim_index::{Entry, WordingKind};
use klarstelle::domain::{Actor, ClaimId, ExternalFactCheck};

use super::{claim, external, external_check, now, own_check, page, placed, reason, reviewer};
use crate::support::databases;

fn texts(entry: &Entry, kind: WordingKind) -> Vec<&str> {
    entry
        .wordings
        .iter()
        .filter(|wording| wording.kind == kind)
        .map(|wording| wording.text.as_str())
        .collect()
}

#[tokio::test]
async fn an_entry_holds_all_wordings() {
    for db in databases().await {
        let store = db.open().await;
        let dam = claim(&store, "The dam at Akcadere is cracked").await;
        let check = ExternalFactCheck {
            description: "No crack was found.".to_owned(),
            ..external(1, "Akcadere dam has cracks")
        };
        let check = external_check(&store, &check).await;
        let own = own_check(&store, "The dam holds").await;
        let theirs = store.attach(&dam.id, &check.id, None, &reviewer()).await.unwrap();
        store.attach(&dam.id, &own.id, None, &reviewer()).await.unwrap();
        for (number, quote) in [
            "THE DAM at Akcadere is cracked",
            "the dam at akcadere is cracked!",
            "THE DAM at Akcadere is cracked",
        ]
        .iter()
        .enumerate()
        {
            let document = page(&format!("https://paper.example/{number}"), "v1");
            store
                .record(&document, &now(), &[placed(quote)], &Actor::Crawl)
                .await
                .unwrap();
        }
        let entry = store.entries(&[dam.id]).await.unwrap().remove(0);
        assert_eq!(entry.id, dam.id.to_string());
        assert_eq!(texts(&entry, WordingKind::Claim), ["The dam at Akcadere is cracked"]);
        assert_eq!(
            texts(&entry, WordingKind::Variant),
            ["THE DAM at Akcadere is cracked", "the dam at akcadere is cracked!"]
        );
        assert_eq!(texts(&entry, WordingKind::Reviewed), ["Akcadere dam has cracks"]);
        assert_eq!(texts(&entry, WordingKind::Title), ["Check 1", "The dam holds"]);
        assert_eq!(texts(&entry, WordingKind::Description), ["No crack was found."]);

        store
            .withdraw(&theirs.id, &reason("another dam"), &reviewer())
            .await
            .unwrap();
        let entry = store.entries(&[dam.id]).await.unwrap().remove(0);
        assert_eq!(texts(&entry, WordingKind::Title), ["The dam holds"]);
        assert!(texts(&entry, WordingKind::Reviewed).is_empty());
    }
}

#[tokio::test]
async fn a_popular_claim_keeps_its_first_twenty_quotes() {
    for db in databases().await {
        let store = db.open().await;
        claim(&store, "The dam at Akcadere is cracked").await;
        for number in 0..30 {
            let quote = format!("The dam at Akcadere is cracked{}", "!".repeat(number + 1));
            let document = page(&format!("https://paper.example/{number}"), "v1");
            store
                .record(&document, &now(), &[placed(&quote)], &Actor::Crawl)
                .await
                .unwrap();
        }
        let ids = store.claim_ids(None, 10).await.unwrap();
        let entry = store.entries(&ids).await.unwrap().remove(0);
        let variants = texts(&entry, WordingKind::Variant);
        assert_eq!(variants.len(), 20);
        assert_eq!(
            variants[19],
            format!("The dam at Akcadere is cracked{}", "!".repeat(20))
        );
    }
}

#[tokio::test]
async fn entries_come_in_the_order_asked() {
    for db in databases().await {
        let store = db.open().await;
        let (one, two) = (
            claim(&store, "The first of two claims").await.id,
            claim(&store, "The second of two claims").await.id,
        );
        let entries = store.entries(&[two, ClaimId::new(), one]).await.unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(),
            [two.to_string(), one.to_string()]
        );
        assert!(store.entries(&[]).await.unwrap().is_empty());
    }
}
