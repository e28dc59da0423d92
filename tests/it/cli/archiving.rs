//! `klarstelle crawl --archive` on the bundled web: what is kept, who else can read it, and that it outlives the original.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use super::crawling::Newsroom;
use crate::support::process::{heavy, klarstelle};

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

async fn crawled(more: &[&str]) -> (Newsroom, PathBuf) {
    let room = Newsroom::open().await;
    let archive = room.dir().join("archive");
    let arguments = ["crawl", "--archive", archive.to_str().expect("a path")];
    let ran = room.run(&[&arguments, more].concat()).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    (room, archive)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_outlives_its_original() {
    let (room, archive) = crawled(&[]).await;
    let [file] = &files(&archive)[..] else {
        panic!("not one file: {:?}", files(&archive))
    };
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    let url = address_of(&room, "/lokales/");
    let doctor = klarstelle(room.dir(), &["doctor", "--format", "json"]).json();
    let found = doctor
        .as_array()
        .and_then(|all| all.iter().find(|one| one["what"] == "archive"));
    assert!(
        found.is_some_and(|one| one["detail"].as_str().unwrap_or_default().contains("1 files")),
        "{doctor}"
    );

    let dir = room.close();
    let page = klarstelle(dir.path(), &["document", "copy", &url]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(
        page.stdout.contains("abgerufen am") && page.stdout.contains(&url),
        "{}",
        page.stdout
    );
    assert!(
        !page.stdout.contains("<script") && !page.stdout.contains("href="),
        "{}",
        page.stdout
    );
    let raw = klarstelle(dir.path(), &["document", "copy", &url, "--raw"]);
    assert!(
        raw.stdout.starts_with("<!") && raw.stdout.contains("href="),
        "{}",
        raw.stdout
    );

    let version = klarstelle(dir.path(), &["document", "copy", &url, "--version", "2"]);
    assert_eq!((version.code, version.stdout.as_str()), (1, ""));
    assert!(version.stderr.contains("no copy was kept"), "{}", version.stderr);
    let unknown = klarstelle(dir.path(), &["document", "copy", "https://nowhere.example/"]);
    assert!(
        unknown.code == 1 && unknown.stderr.contains("no document was read"),
        "{}",
        unknown.stderr
    );
    fs::remove_file(&files(&archive)[0]).expect("removed");
    let gone = klarstelle(dir.path(), &["document", "copy", &url]);
    assert!(
        gone.code == 1 && gone.stderr.contains("the copy is gone"),
        "{}",
        gone.stderr
    );
}

/// A page of the first site that was read, as an operator would know it: from its feed.
fn address_of(room: &Newsroom, path: &str) -> String {
    let site = room.site("rheinblick.example");
    let feed =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/web/rheinblick.example/feed.xml"));
    let feed = feed.expect("the feed");
    let prefix = format!("https://rheinblick.example{path}");
    let link = feed
        .split(['<', '>'])
        .find(|part| part.starts_with(&prefix))
        .expect("a link");
    link.replace("https://rheinblick.example/", site.as_str())
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_archive_nothing_is_kept_and_with_a_full_one_it_is_said_once() {
    let room = Newsroom::open().await;
    assert_eq!(room.run(&["crawl"]).await.code, 0);
    assert!(!room.dir().join("archive").exists());

    let room = Newsroom::open().await;
    let archive = room.dir().join("archive");
    let mut command = room.command(&[
        "crawl",
        "--format",
        "json",
        "--archive",
        archive.to_str().expect("a path"),
    ]);
    command.env("KLARSTELLE_CRAWL_ARCHIVE_BUDGET_BYTES", "9000");
    let ran = room.run_command(command).await;
    assert_eq!(ran.code, 0, "that is no failure of the crawl: {}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("its budget of 9000 bytes is used up"),
        "{}",
        ran.stderr
    );
    let report = &ran.json()["archive"];
    assert!(
        report["left_out"].as_u64() > Some(20) && report["kept"].as_u64() > Some(0),
        "{report}"
    );
    assert!(room.standing()["claims"].as_u64() > Some(30));
}

/// Each killed run leaves a file that can be read up to where it was cut off, and the next run begins another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_crawls_leave_readable_files() {
    use klarstelle::archive::Records;
    let room = Newsroom::open().await;
    let archive = room.dir().join("archive");
    let arguments = ["crawl", "--all", "--archive", archive.to_str().expect("a path")];
    let mut seen = 0;
    for pause_ms in [200, 350, 500] {
        let mut child = room.command(&arguments).spawn().expect("starts");
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        let _ = child.kill();
        child.wait().expect("reaped");
        let now = files(&archive).len();
        assert!(now >= seen);
        seen = now;
    }
    assert_eq!(room.run(&arguments).await.code, 0);
    assert_eq!(
        files(&archive).len(),
        seen + 1,
        "a run never goes on with another's file"
    );
    let mut torn = 0;
    for file in files(&archive) {
        let records: Vec<_> = Records::open(&file, 0).expect("a file").collect();
        torn += records.iter().filter(|record| record.is_err()).count();
    }
    assert!(torn <= seen, "only the end of a killed run's file may be torn");
    let url = address_of(&room, "/lokales/");
    assert_eq!(klarstelle(room.dir(), &["document", "copy", &url]).code, 0);
}

/// `warcio` reads what a real crawl wrote, complains of nothing, and takes the same bytes out as we do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_read_the_archive() {
    if !heavy() {
        println!("skipped: others_read_the_archive (KLARSTELLE_HEAVY is not set)");
        return;
    }
    let (room, archive) = crawled(&[]).await;
    let again = room
        .run(&["crawl", "--all", "--archive", archive.to_str().expect("a path")])
        .await;
    assert_eq!(again.code, 0, "{}", again.stderr);
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for file in files(&archive) {
        let file = file.to_str().expect("a path");
        let (code, said) = warcio(&["check", "--verbose", file]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("digest pass") && !said.contains("fail"), "{said}");
        let (_, index) = warcio(&[
            "index",
            "--fields",
            "offset,warc-type,warc-target-uri,http:status",
            file,
        ]);
        for line in index.lines() {
            let entry: Value = serde_json::from_str(line).expect("JSON");
            let kind = entry["warc-type"].as_str().expect("a type").to_owned();
            if kind == "response" {
                holds_the_same(file, entry["offset"].as_str().expect("an offset"));
            }
            *kinds.entry(kind).or_default() += 1;
        }
    }
    assert_eq!(kinds["warcinfo"], 2);
    assert!(kinds["response"] > 50 && kinds["revisit"] >= 6, "{kinds:?}");
    assert_eq!(kinds["request"], kinds["response"] + kinds["revisit"]);
}

/// What warcio takes out of a record is what our reader does.
fn holds_the_same(file: &str, offset: &str) {
    use klarstelle::archive::Records;
    let mut records = Records::open(Path::new(file), offset.parse().expect("a number")).expect("a file");
    let record = records.next().expect("a record").expect("whole");
    let (code, payload) = warcio_bytes(&["extract", "--payload", file, offset]);
    assert_eq!(code, 0);
    assert!(
        payload == record.answer().expect("an answer").body,
        "{file} at {offset}"
    );
}

fn warcio(arguments: &[&str]) -> (i32, String) {
    let (code, said) = warcio_bytes(arguments);
    (code, String::from_utf8_lossy(&said).into_owned())
}

fn warcio_bytes(arguments: &[&str]) -> (i32, Vec<u8>) {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/.work/venv/bin/warcio");
    let mut command = Command::new(&tool);
    let output = command.args(arguments).stdin(Stdio::null()).output();
    let output = output.expect("tests/clients/venv.sh installs it");
    (output.status.code().unwrap_or(-1), output.stdout)
}
