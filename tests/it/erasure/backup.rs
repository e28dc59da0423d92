//! A backup under load, and its way back.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use klarstelle::{
    backup::{self, Permission, Target},
    erasure::Places,
    indexer::Place,
    store::{Store, StoreUrl, Which},
};

use super::{CANARY, Desk, SAID, document, read};
use crate::support::{
    dump::{self, FOUND},
    remains, sqlite,
};

fn target(dir: &Path) -> Target {
    Target {
        store: dir.join("store.sqlite3"),
        places: Places {
            archive: dir.join("archive"),
            index: Place::without_model(&dir.join("index")),
            list: dir.join("suppressed.jsonl"),
        },
        replaces: Permission::Withheld,
        forgets: Permission::Withheld,
    }
}

async fn lines(file: &Path) -> Vec<String> {
    let mut lines = dump::dump(&StoreUrl::Sqlite(file.to_owned()), &[FOUND]).await;
    let more = [
        ("text", "SELECT url || text FROM documents"),
        ("numbers", "SELECT CAST(number AS TEXT) || id FROM changes"),
    ];
    lines.extend(dump::dump(&StoreUrl::Sqlite(file.to_owned()), &[&more]).await);
    lines
}

/// Writers go on while backups are made; each is a moment of the store, whole, with all that was acknowledged before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_one_moment_and_comes_back() {
    let desk = Desk::open(sqlite()).await;
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (store, stopped, count) = (desk.store.clone(), stop.clone(), acknowledged.clone());
    let writing = tokio::spawn(async move {
        while !stopped.load(Ordering::SeqCst) {
            let number = count.load(Ordering::SeqCst);
            let said = format!("Im Ort Nummer {number} sind {number} Brücken gesperrt worden.");
            let page = document(&format!("https://last.example/{number}"), "", &said, None);
            read(&store, &page, &[&said], None).await.expect("recorded");
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let out = tempfile::tempdir().expect("a folder");
    for round in 0..4 {
        let before = acknowledged.load(Ordering::SeqCst);
        let to = out.path().join(format!("backup-{round}"));
        let manifest = backup::write(&desk.store, Some(&desk.places.archive), &to)
            .await
            .expect("written");
        let inside = remains::files(&to).len();
        assert_eq!(inside, 1 + manifest.files.len(), "the manifest, and what it names");
        let after = acknowledged.load(Ordering::SeqCst) + 1;
        let there = tempfile::tempdir().expect("a folder");
        let outcome = backup::restore(&to, &target(there.path())).await.expect("restored");
        let file = there.path().join("store.sqlite3");
        assert_eq!(lines(&file).await, lines(&to.join("store.sqlite3")).await);
        let restored = Store::open(&StoreUrl::Sqlite(file)).await.expect("a store");
        assert_eq!(restored.id(), desk.store.id());
        assert_eq!(restored.last_change().await.expect("a number"), manifest.change);
        let counts = restored.counts().await.expect("counts");
        let documents = counts.documents - 3;
        assert!((before..=after).contains(&documents), "{before} {documents} {after}");
        assert_eq!(outcome.claims, counts.claims);
        let copy = klarstelle::copy::find(&restored, there.path().join("archive"), &desk.stranger, None).await;
        assert_eq!(copy.expect("kept").answer().body, b"<p>Anderes</p>");
        let again = backup::write(&desk.store, None, &to).await;
        assert!(matches!(again, Err(backup::Error::Occupied(_))));
    }
    stop.store(true, Ordering::SeqCst);
    writing.await.expect("wrote");
    assert!(acknowledged.load(Ordering::SeqCst) > 10, "nobody wrote meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_since_does_not_come_back_with_an_old_backup() {
    let desk = Desk::open(sqlite()).await;
    let out = tempfile::tempdir().expect("a folder");
    let to = out.path().join("old");
    backup::write(&desk.store, Some(&desk.places.archive), &to)
        .await
        .expect("written");
    desk.erase(Which::Document(desk.page), None).await;
    let StoreUrl::Sqlite(file) = desk.db.url.clone() else {
        panic!("a file")
    };
    // The list is in the store, and in the file beside it: either is enough.
    for is_store_lost in [false, true] {
        let target = Target {
            store: file.clone(),
            places: desk.places.clone(),
            replaces: Permission::Given,
            forgets: Permission::Withheld,
        };
        if is_store_lost {
            fs::remove_file(&file).expect("removed");
        }
        desk.store.close().await;
        let outcome = backup::restore(&to, &target).await.expect("restored");
        assert_eq!(outcome.erased.erased.documents, 1);
        for dir in [desk.dir.path(), desk.store_dir()] {
            assert_eq!(remains::holding(dir, CANARY), Vec::<PathBuf>::new());
        }
        let store = Store::open(&desk.db.url).await.expect("a store");
        assert!(store.copies(&desk.page).await.expect("asked").is_none());
        assert!(store.copies(&desk.neighbour).await.expect("asked").is_some());
        assert!(read(&store, &super::canary_page(), &[SAID], None).await.is_err());
        assert_eq!(store.check().await.expect("checked"), Vec::<String>::new());
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_changes_nothing() {
    let desk = Desk::open(sqlite()).await;
    let out = tempfile::tempdir().expect("a folder");
    let to = out.path().join("backup");
    backup::write(&desk.store, Some(&desk.places.archive), &to)
        .await
        .expect("written");
    let StoreUrl::Sqlite(file) = desk.db.url.clone() else {
        panic!("a file")
    };
    let mut target = Target {
        store: file.clone(),
        places: desk.places.clone(),
        replaces: Permission::Withheld,
        forgets: Permission::Withheld,
    };
    let refused = backup::restore(&to, &target).await;
    assert!(matches!(refused, Err(backup::Error::WouldReplace(_))), "{refused:?}");
    target.replaces = Permission::Given;
    let store = fs::read(to.join("store.sqlite3")).expect("a file");
    let before = lines(&file).await;
    for (name, bytes) in [
        ("cut", store[..store.len() - 4096].to_vec()),
        ("flipped", {
            let mut flipped = store.clone();
            flipped[5000] ^= 1;
            flipped
        }),
        ("empty", Vec::new()),
    ] {
        fs::write(to.join("store.sqlite3"), bytes).expect("written");
        let refused = backup::restore(&to, &target).await;
        assert!(
            matches!(refused, Err(backup::Error::Unsound { .. })),
            "{name}: {refused:?}"
        );
        assert_eq!(lines(&file).await, before, "{name}");
    }
    fs::write(to.join("store.sqlite3"), store).expect("written");
    let nothing = backup::restore(out.path(), &target).await;
    assert!(matches!(nothing, Err(backup::Error::Unsound { .. })));
    let index = klarstelle::indexer::SharedIndex::open(&desk.places.index).expect("an index");
    let serving = klarstelle::indexer::Follower::new(desk.store.clone(), index).expect("the writer");
    let in_use = backup::restore(&to, &target).await;
    assert!(matches!(in_use, Err(backup::Error::InUse(_))), "{in_use:?}");
    drop(serving);
    desk.store.close().await;
    backup::restore(&to, &target).await.expect("restored");
}

/// A server has tools of its own.
#[tokio::test]
async fn a_server_s_store_is_refused_plainly() {
    let [_, server] = crate::support::databases().await;
    let store = server.open().await;
    let out = tempfile::tempdir().expect("a folder");
    let refused = backup::write(&store, None, &out.path().join("x")).await;
    assert!(refused.expect_err("refused").to_string().contains("pg_dump"));
    assert_eq!(fs::read_dir(out.path()).expect("a folder").count(), 0);
}
