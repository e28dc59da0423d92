//! Configuration, exit codes, sources, keys, locks.

use std::fs;

use crate::support::process::{Server, command, klarstelle, run};

#[test]
fn a_bad_value_is_named_with_its_origin_and_exits_with_5() {
    let dir = tempfile::tempdir().expect("folder");
    let file = dir.path().join("klarstelle.toml");
    fs::write(&file, "[server]\nlisten = \"nowhere\"\n").expect("written");
    let config = file.to_str().expect("UTF-8");
    let ran = klarstelle(dir.path(), &["doctor", "--config", config]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("server.listen") && ran.stderr.contains(config),
        "{}",
        ran.stderr
    );
    let ran = run(command(dir.path()).arg("doctor").env("KLARSTELLE_SERVER_LSTEN", "x"));
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("KLARSTELLE_SERVER_LSTEN"), "{}", ran.stderr);
}

#[test]
fn only_loopback_can_be_allowed() {
    let dir = tempfile::tempdir().expect("folder");
    for wrong in ["10.0.0.1", "0.0.0.0/0", "169.254.169.254", "example.org"] {
        let ran = run(command(dir.path())
            .arg("crawl")
            .env("KLARSTELLE_NET_ALLOW_LOOPBACK", wrong));
        assert_eq!(ran.code, 5, "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    let dir = tempfile::tempdir().expect("folder");
    for wrong in [
        &["nonsense"][..],
        &["import"],
        &["source", "add"],
        &["key", "create", "--scope", "god"],
    ] {
        assert_eq!(klarstelle(dir.path(), wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn sources_are_added_listed_and_removed() {
    let dir = tempfile::tempdir().expect("folder");
    let added = klarstelle(
        dir.path(),
        &[
            "source",
            "add",
            "https://rheinblick.example/feed.xml",
            "--format",
            "json",
        ],
    )
    .json();
    assert_eq!(added["kind"], "feed");
    let again = klarstelle(
        dir.path(),
        &[
            "source",
            "add",
            "https://rheinblick.example/feed.xml",
            "--format",
            "json",
        ],
    )
    .json();
    assert_eq!(again["id"], added["id"]);
    let listed = klarstelle(dir.path(), &["source", "list", "--format", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        klarstelle(dir.path(), &["source", "remove", "https://rheinblick.example/feed.xml"]).code,
        0
    );
    let listed = klarstelle(dir.path(), &["source", "list", "--format", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(0));
    assert_eq!(
        klarstelle(dir.path(), &["source", "remove", "https://rheinblick.example/feed.xml"]).code,
        1
    );
    for wrong in [
        "javascript:alert(1)",
        "ftp://a.example/",
        "https://user:pass@a.example/",
        "kein url",
    ] {
        assert_eq!(klarstelle(dir.path(), &["source", "add", wrong]).code, 1, "{wrong}");
    }
}

#[test]
fn a_key_is_shown_once_and_revoked() {
    let dir = tempfile::tempdir().expect("folder");
    let key = klarstelle(dir.path(), &["key", "create", "--name", "Mia"]).stdout_line();
    assert!(key.starts_with("klar_"), "{key}");
    let listed = klarstelle(dir.path(), &["key", "list", "--format", "json"]).json();
    let id = listed[0]["id"].as_str().expect("id").to_owned();
    let secret = key.split('_').nth(2).expect("secret");
    assert!(!listed.to_string().contains(secret));
    for file in fs::read_dir(dir.path())
        .expect("folder")
        .map_while(Result::ok)
        .filter(|f| f.path().is_file())
    {
        let bytes = fs::read(file.path()).expect("readable");
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "the secret is in {}", file.path().display());
    }
    assert_eq!(klarstelle(dir.path(), &["key", "revoke", &id]).code, 0);
    let listed = klarstelle(dir.path(), &["key", "list", "--format", "json"]).json();
    assert!(listed[0]["revoked_at"].is_string());
}

#[test]
fn two_servers_do_not_share_a_data_directory_and_one_stops_on_sigterm() {
    let dir = tempfile::tempdir().expect("folder");
    let first = Server::start(dir.path());
    let second = klarstelle(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 4, "{}", second.stderr);
    assert_eq!(first.stop(), 0);
}

#[test]
fn a_damaged_store_is_refused_with_6_and_left_as_it_is() {
    let dir = tempfile::tempdir().expect("folder");
    assert_eq!(klarstelle(dir.path(), &["source", "list"]).code, 0);
    let file = dir.path().join("store.sqlite3");
    for leftover in ["store.sqlite3-wal", "store.sqlite3-shm"] {
        let _ = fs::remove_file(dir.path().join(leftover));
    }
    let rubbish = "kein SQLite ".repeat(500);
    fs::write(&file, &rubbish).expect("written");
    let ran = klarstelle(dir.path(), &["source", "list"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert_eq!(fs::read_to_string(&file).expect("readable"), rubbish);
}

#[test]
fn a_deleted_or_damaged_index_is_rebuilt_from_the_store() {
    let dir = tempfile::tempdir().expect("folder");
    let rows = dir.path().join("rows.ndjson");
    let row =
        r#"{"@type":"ClaimReview","identifier":"1","claimReviewed":"Der Mond besteht aus Käse.","inLanguage":"de"}"#;
    fs::write(&rows, row).expect("written");
    assert_eq!(
        klarstelle(
            dir.path(),
            &["import", rows.to_str().expect("UTF-8"), "--publisher", "P"]
        )
        .code,
        0
    );
    let asks = || {
        klarstelle(
            dir.path(),
            &["lookup", "Der Mond besteht aus Käse.", "--format", "json"],
        )
        .json()
    };
    assert_eq!(asks()["outcome"], "match");
    let index = dir.path().join("index");
    fs::remove_dir_all(&index).expect("removed");
    assert_eq!(asks()["outcome"], "match", "after the index was deleted");
    fs::write(index.join("meta.json"), "{").expect("written");
    assert_eq!(asks()["outcome"], "match", "after meta.json was cut");
    assert_eq!(klarstelle(dir.path(), &["verify"]).code, 0);
    assert_eq!(klarstelle(dir.path(), &["reindex"]).code, 0);
    assert_eq!(klarstelle(dir.path(), &["verify"]).code, 0);
}
