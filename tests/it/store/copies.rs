//! Where the archive keeps documents.

use klarstelle::{
    domain::{Actor, DocumentId, Kept},
    store::{Filed, Origin},
};

use super::{assert_whole, now, page, placed, url};
use crate::support::databases;

fn kept(offset: u64) -> Kept {
    Kept {
        file: "klarstelle-1.warc.gz".to_owned(),
        offset,
        digest: [offset as u8; 32],
    }
}

fn origin(kept: Option<Kept>) -> Origin {
    Origin { kept, ..now() }
}

#[tokio::test]
async fn each_version_keeps_its_first_copy_and_the_change_log_does_not_hear_of_it() {
    const ADDRESS: &str = "https://paper.example/1";
    for db in databases().await {
        let store = db.open().await;
        let id = async |text: &str, at: Option<Kept>| {
            let mentions = [placed("The dam at Akcadere is cracked")];
            let document = page(ADDRESS, text);
            let recorded = store.record(&document, &origin(at), &mentions, &Actor::Crawl).await;
            recorded.unwrap().document
        };
        let document = id("v1", None).await;
        let filed = async || store.copies(&document).await.unwrap().unwrap();
        assert_eq!((filed().await.url, filed().await.copies), (url(ADDRESS), vec![]));
        let changes = store.last_change().await.unwrap();
        // Turned on later, the archive has the copy of what was read before.
        id("v1", Some(kept(7))).await;
        id("v1", Some(kept(8))).await;
        assert_eq!(filed().await.copies, [(1, kept(7))]);
        assert_eq!(store.last_change().await.unwrap(), changes);
        id("v2", Some(kept(1 << 40))).await;
        id("v3", None).await;
        let wanted = Filed {
            url: url(ADDRESS),
            copies: vec![(2, kept(1 << 40)), (1, kept(7))],
        };
        assert_eq!(filed().await, wanted);
        assert_eq!(store.document_at(&url(ADDRESS).key()).await.unwrap(), Some(document));
        assert_eq!(
            store.document_at(&url("https://paper.example/2").key()).await.unwrap(),
            None
        );
        assert_eq!(store.copies(&DocumentId::new()).await.unwrap(), None);
        assert_whole(&store).await;
    }
}
