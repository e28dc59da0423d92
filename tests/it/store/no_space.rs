//! A full disk: what was acknowledged stays, what does not fit is refused whole, and it goes on when there is room again.

use std::{env, fs, path::PathBuf, process::Command};

use klarstelle::{
    domain::Actor,
    store::{Error, ImportBatch, Store, StoreUrl},
};

use super::{assert_whole, claim, external, log};

/// Tells a copy of this process that a small disk is mounted, and where.
const DISK: &str = "KLARSTELLE_TEST_DISK";
const NAME: &str = "store::no_space::a_full_disk_loses_nothing";

#[tokio::test]
async fn a_full_disk_loses_nothing() {
    if let Some(disk) = env::var_os(DISK) {
        return fill(disk.into()).await;
    }
    for megabytes in [2, 3, 5, 8] {
        let dir = tempfile::tempdir().unwrap();
        let mount = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"${DISK}\" && exec \"$0\" \"$@\"");
        let on_small_disk = |command: &[&str]| {
            let mut unshare = Command::new("unshare");
            unshare
                .args(["--mount", "--map-root-user", "--", "sh", "-c", &mount])
                .args(command)
                .env(DISK, dir.path());
            unshare.output().expect("the command `unshare`")
        };
        if !on_small_disk(&["true"]).status.success() {
            eprintln!("skipped: {NAME} (needs `unshare --mount`)");
            return;
        }
        let this = env::current_exe().unwrap();
        let run = on_small_disk(&[this.to_str().unwrap(), "--exact", NAME, "--nocapture"]);
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success(),
            "at {megabytes} MB\n{said}{}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert!(said.contains("1 passed"), "{said}");
    }
}

async fn fill(disk: PathBuf) {
    let ballast = disk.join("ballast");
    fs::write(&ballast, vec![1; 700_000]).unwrap();
    let url = StoreUrl::Sqlite(disk.join("store.db"));
    let store = Store::open(&url).await.unwrap();

    let mut acknowledged = Vec::new();
    let error = loop {
        match batch(&store, acknowledged.len()).await {
            Ok(rows) => acknowledged.push(rows),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    let rows = acknowledged.iter().sum::<u64>();
    println!("{} batches of {rows} rows fit", acknowledged.len());
    for _ in 0..3 {
        let again = batch(&store, acknowledged.len()).await;
        assert!(matches!(again, Err(Error::Full(_))), "{again:?}");
        assert_eq!(
            store.counts().await.unwrap().fact_checks,
            rows,
            "reading goes on, of the batch nothing landed"
        );
    }
    assert_whole(&store).await;

    fs::remove_file(&ballast).unwrap();
    claim(&store, "There is room again for a claim").await;
    store.close().await;
    let store = Store::open(&url).await.unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.fact_checks, counts.claims), (rows, rows + 1));
    let numbers: Vec<u64> = log(&store).await.iter().map(|change| change.number).collect();
    assert_eq!(numbers, (1..=counts.last_change).collect::<Vec<_>>());
    assert_whole(&store).await;
}

async fn batch(store: &Store, number: usize) -> Result<u64, Error> {
    let number = u32::try_from(number).unwrap() * 20;
    let rows = number..number + 20;
    let rows: Vec<_> = rows
        .map(|row| external(row, &format!("Claim number {row} that takes some room on the disk")))
        .collect();
    store
        .import(&ImportBatch::new(rows.clone()), &Actor::Import)
        .await
        .map(|tally| tally.new)
}
