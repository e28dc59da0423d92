//! The archive's files, written anew: what a kill leaves is put in order, and nobody is in anybody's way.

use klarstelle::{
    archive::{self, Fate, Record, RewriteError},
    copy,
    erasure::{self, Target},
    store::{Moved, Which},
};

use super::{Desk, URL};

/// A rewriting that was broken off between its two steps is put in order by the next one, whichever step was the last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_off_rewriting_is_taken_up() {
    for was_followed in [false, true] {
        let desk = Desk::open(crate::support::sqlite()).await;
        let archive = &desk.places.archive;
        for file in archive::files(archive).expect("files") {
            let goes = |record: &Record| {
                let is_page = record.field("WARC-Target-URI") == Some(URL);
                if is_page { Fate::Goes } else { Fate::Stays }
            };
            let Some(rewritten) = archive::rewrite(archive, &file, goes).expect("rewritten") else {
                continue;
            };
            let moved: Vec<Moved> = rewritten
                .moved
                .iter()
                .map(|(from, to)| Moved { from: *from, to: *to })
                .collect();
            if was_followed {
                desk.store
                    .follow_rewriting(&file, rewritten.new.as_deref(), &moved)
                    .await
                    .expect("followed");
            }
        }
        desk.erase(Which::Document(desk.page), None).await;
        assert_eq!(desk.canaries().await, Vec::<String>::new());
        let copy = copy::find(&desk.store, archive.clone(), &desk.stranger, None).await;
        assert_eq!(copy.expect("kept").answer().body, b"<p>Anderes</p>");
        assert_eq!(archive::unfinished(archive).expect("files"), vec![]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_a_crawl_writes_is_left_alone_and_so_is_the_store() {
    let desk = Desk::open(crate::support::sqlite()).await;
    let name = klarstelle::archive::files(&desk.places.archive)
        .expect("files")
        .remove(0);
    let held = std::fs::File::open(desk.places.archive.join(name)).expect("a file");
    held.lock().expect("locked");
    let target = Target::Document(Which::Document(desk.page), None);
    let refused = erasure::erase(&desk.store, &target, &desk.places).await;
    assert!(
        matches!(refused, Err(erasure::Error::Archive(RewriteError::InUse(_)))),
        "{refused:?}"
    );
    assert!(
        desk.store.copies(&desk.page).await.expect("asked").is_some(),
        "or its words could not be looked for"
    );
    drop(held);
    desk.erase(Which::Document(desk.page), None).await;
    assert_eq!(desk.canaries().await, Vec::<String>::new());
}
