//! Crawls that are killed, paused, run again, and run side by side, as processes of their own.

use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use klarstelle::{
    domain::{Actor, SourceKind},
    store::{Store, StoreUrl},
};
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{
    dump::{FOUND, REMEMBERED, assert_same, dump},
    fake_web::{Script, answer, html},
    postgres,
    press::{Press, article},
    process::{Ran, heavy},
};

#[derive(Clone, Copy)]
enum Place {
    /// SQLite.
    File,
    /// PostgreSQL.
    Server,
}

const PLACES: [Place; 2] = [Place::File, Place::Server];

/// Where a crawl works: a folder, and the store in it or elsewhere.
struct Desk {
    dir: tempfile::TempDir,
    url: StoreUrl,
    _database: Option<postgres::Database>,
}

impl Desk {
    async fn set_up(press: &Press, database: Option<postgres::Database>) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let url = match &database {
            Some(database) => StoreUrl::Postgres(database.url().to_owned()),
            None => StoreUrl::Sqlite(dir.path().join("store.sqlite3")),
        };
        press.set(&url).await;
        Self {
            dir,
            url,
            _database: database,
        }
    }

    async fn on(place: Place, press: &Press) -> Self {
        let database = match place {
            Place::File => None,
            Place::Server => Some(postgres::Database::create().await),
        };
        Self::set_up(press, database).await
    }

    fn dir(&self) -> &Path {
        self.dir.path()
    }

    async fn crawl(&self, press: &Press, arguments: &[&str]) -> Ran {
        press.crawl(self.dir(), &self.url, arguments).await
    }

    async fn dump(&self) -> Vec<String> {
        dump(&self.url, &[FOUND, REMEMBERED]).await
    }
}

fn assert_silent(ran: &Ran) {
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
}

/// Crawls that are killed at any moment, once or twice, and then one that is not: what is known at the end is what an
/// unbroken run finds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_a_crawl_ends_as_if_unbroken() {
    let press = Press::stand();
    let rounds = if heavy() { 12 } else { 4 };
    for place in PLACES {
        let unbroken = Desk::on(place, &press).await;
        let begun = Instant::now();
        assert_silent(&unbroken.crawl(&press, &[]).await);
        let whole = begun.elapsed();
        let wanted = unbroken.dump().await;
        assert!(
            wanted.iter().filter(|line| line.starts_with("document ")).count() >= 20,
            "{wanted:#?}"
        );
        for round in 0..rounds {
            let broken = Desk::on(place, &press).await;
            for _ in 0..=round % 2 {
                let moment = whole.mul_f64(f64::from(getrandom::u32().expect("chance") % 1000) / 1000.0);
                kill_after(&press, &broken, moment).await;
            }
            let last = broken.crawl(&press, &[]).await;
            assert_silent(&last);
            let found = broken.dump().await;
            assert_same(&found, &wanted, &format!("round {round} on {:?}", broken.url));
        }
    }
}

async fn kill_after(press: &Press, desk: &Desk, moment: Duration) {
    let mut command = press.command(desk.dir(), &desk.url);
    let mut child = command.stdin(Stdio::null()).spawn().expect("starts");
    tokio::time::sleep(moment).await;
    let _ = child.kill();
    child.wait().expect("reaped");
}

/// What a host wants between two requests.
const WANTED: Duration = Duration::from_secs(10);

/// A host that wants ten seconds between two requests gets them, also from the run after one that was killed meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_distance_that_a_host_wants_outlives_a_kill() {
    if !heavy() {
        println!("skipped: a_distance_that_a_host_wants_outlives_a_kill (KLARSTELLE_HEAVY is not set)");
        return;
    }
    let press = Press::stand();
    let rules = answer("", b"User-agent: *\nCrawl-delay: 10\n");
    press.web.put("echo", "/robots.txt", rules);
    let feed = format!(
        "<rss version=\"2.0\"><channel><title>x</title><item><title>x</title><link>{}</link></item></channel></rss>",
        press.web.url("echo", "/1")
    );
    press
        .web
        .put("echo", "/feed.xml", Script::Page("application/rss+xml", feed));
    let dir = tempfile::tempdir().expect("a folder");
    let url = StoreUrl::Sqlite(dir.path().join("store.sqlite3"));
    let store = Store::open(&url).await.expect("a store");
    let source = press.web.url("echo", "/feed.xml");
    let added = store
        .add_source(&source, SourceKind::named("feed"), &Actor::Operator)
        .await;
    added.expect("set");
    store.close().await;
    let mut first = press
        .command(dir.path(), &url)
        .stdin(Stdio::null())
        .spawn()
        .expect("starts");
    press.asked("echo", "/feed.xml", 1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    first.kill().expect("killed");
    first.wait().expect("reaped");
    assert_eq!(press.web.hits("echo", "/1").len(), 0, "it waits");
    assert_silent(&press.crawl(dir.path(), &url, &[]).await);
    let (feed, page) = (
        &press.web.hits("echo", "/feed.xml")[0],
        &press.web.hits("echo", "/1")[0],
    );
    let distance = page.began - feed.began;
    assert!(distance >= WANTED, "{distance:?}");
}

/// From cron, three times: the second and the third have nothing to do, and write nothing, to the byte.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_and_a_third_run_write_nothing() {
    let press = Press::stand();
    for place in PLACES {
        let desk = Desk::on(place, &press).await;
        assert_silent(&desk.crawl(&press, &[]).await);
        let (found, bytes) = (desk.dump().await, bytes(desk.dir()).await);
        for _ in 0..2 {
            assert_silent(&desk.crawl(&press, &[]).await);
            assert_same(&desk.dump().await, &found, "nothing was due");
            assert!(self::bytes(desk.dir()).await == bytes, "a byte of the store changed");
        }
        // All sources again, due or not: visits are written down, and nothing that was found.
        let found = dump(&desk.url, &[FOUND]).await;
        assert_silent(&desk.crawl(&press, &["--all"]).await);
        assert_same(&dump(&desk.url, &[FOUND]).await, &found, "nothing new");
        let changed = self::bytes(desk.dir()).await != bytes;
        assert!(changed || bytes.is_empty(), "a write would not have been seen");
    }
}

/// The database file, if there is one, with what stands in the log beside it written back: whether the last who left
/// came to do that is chance.
async fn bytes(dir: &Path) -> Vec<u8> {
    let file = dir.join("store.sqlite3");
    if !file.exists() {
        return Vec::new();
    }
    let options = SqliteConnectOptions::new().filename(&file);
    let mut conn = SqliteConnection::connect_with(&options).await.expect("a store");
    let written_back = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
    written_back.expect("nobody else is there");
    conn.close().await.expect("closed");
    fs::read(file).expect("bytes")
}

/// Several crawls at once on one PostgreSQL: each address is asked for once, no host by two at a time, and together they
/// find what one finds alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_crawls_share_one_postgresql() {
    let press = Press::stand();
    let alone = Desk::on(Place::Server, &press).await;
    assert_silent(&alone.crawl(&press, &[]).await);
    let together = Press::stand();
    let desk = Desk::on(Place::Server, &together).await;
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let mut crawls = tokio::task::JoinSet::new();
    for folder in &folders {
        let mut command = together.command(folder.path(), &desk.url);
        // Nobody dies here, and on a busy machine a second may pass without a sign of life.
        command
            .args(["--format", "json"])
            .env("KLARSTELLE_CRAWL_LEASE_MS", "20000");
        crawls.spawn_blocking(move || crate::support::process::run(&mut command));
    }
    let ran = crawls.join_all().await;
    let mut workers = 0;
    for ran in &ran {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        workers += usize::from(ran.json()["documents"].as_u64() > Some(0));
    }
    assert!(workers > 1, "one did all the work: {ran:?}");
    let log = together.web.log();
    let mut asked: Vec<_> = log.iter().map(|hit| (hit.host.clone(), hit.path.clone())).collect();
    asked.sort();
    let twice: Vec<_> = asked.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(asked.len(), Press::REQUESTS, "{asked:?}");
    together.assert_one_at_a_time();
    let count = async |desk: &Desk| {
        let lines = desk.dump().await;
        let words = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned());
        words.collect::<Vec<_>>()
    };
    assert_eq!(count(&desk).await, count(&alone).await);
}

/// A crawl that is paused for longer than its lease lasts comes back with an old page in its hands: another has read a
/// newer one meanwhile, which stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_crawl_that_comes_back_writes_nothing_late() {
    let press = Press::stand();
    let (old, new) = (html(&article(502)), html(&article(503)));
    let slow = Script::After(Duration::from_millis(500), Box::new(old));
    press.web.put("echo", "/3", Script::InTurn(vec![slow, new]));
    let desk = Desk::on(Place::Server, &press).await;
    let paused = press
        .command(desk.dir(), &desk.url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    press.asked("echo", "/3", 1).await;
    signal("STOP", paused.id());
    let other = tempfile::tempdir().expect("a folder");
    assert_silent(&press.crawl(other.path(), &desk.url, &[]).await);
    let found = desk.dump().await;
    assert!(found.iter().any(|line| line.contains("|Report 503|")), "{found:#?}");
    signal("CONT", paused.id());
    let ended = tokio::task::spawn_blocking(move || paused.wait_with_output().expect("its end"))
        .await
        .expect("ended");
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert_same(&desk.dump().await, &found, "what was written late");
    assert_eq!(press.web.hits("echo", "/3").len(), 2);
}

fn signal(name: &str, process: u32) {
    let done = std::process::Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status();
    assert!(done.expect("kill").success());
}

/// On a file one crawl at a time; on PostgreSQL one that wants to be alone meets another that does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_must_be_alone_is() {
    let press = Press::stand();
    press.web.put("bote", "/2", Script::Silent);
    for (place, arguments) in PLACES.into_iter().zip([&[][..], &["--alone"][..]]) {
        let desk = Desk::on(place, &press).await;
        let seen = press.web.hits("bote", "/2").len();
        let mut command = press.command(desk.dir(), &desk.url);
        let mut first = command.args(arguments).stdin(Stdio::null()).spawn().expect("starts");
        press.asked("bote", "/2", seen + 1).await;
        let second = desk.crawl(&press, arguments).await;
        assert_eq!(second.code, 4, "{second:?}");
        first.kill().expect("killed");
        first.wait().expect("reaped");
    }
}
