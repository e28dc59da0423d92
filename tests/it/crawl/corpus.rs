//! A web that means harm, row by row: what it does, and what becomes of it. `docs/hostile-web.md` says what the rows mean.
//!
//! Each case has hosts of its own: `site`, which does it, and `other`, which is well-behaved and must be visited all the same.
//! They are played on loopback with canaries beside them and, where the machine has network namespaces, in a network without an
//! outside, with the default settings, at public addresses, with a canary at every other address there is.
//! A new row is a case in one of the tables, and a line in the document.

mod addresses;
mod answers;
mod floods;
mod ground;
mod pages;
mod robots;

use std::{
    collections::{BTreeSet, HashMap},
    net::{Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use klarstelle::{
    crawl::{Keys, Outcome, PageCounts, Report, SourceReport},
    domain::{SourceId, SourceKind, WebUrl},
};
use tokio::task::JoinSet;

use self::ground::{Ground, Loopback, Public};
use super::{
    Stage,
    services::{Gather, run},
};
use crate::support::{
    canary::Canary,
    fake_web::{Script, answer, html},
    namespace,
};

/// One row, or one way of it.
struct Case {
    id: &'static str,
    what: String,
    /// How the address is read.
    kind: &'static str,
    /// The address: a path of `site`, or a whole one.
    at: String,
    /// What `site` answers there and elsewhere. `{site}`, `{other}` and `{inside}` stand for their addresses.
    answers: Vec<(String, Script)>,
    /// Hours from one visit to the next.
    visits: Vec<u64>,
    /// What the visits come to, in words; see [`summary`].
    outcome: String,
    /// What else must be so.
    also: fn(&Seen<'_>),
    /// Where it can be played.
    takes: Takes,
    /// What `other` answers, beside an empty feed.
    elsewhere: Vec<(String, Script)>,
    /// How long a fetch may take.
    patience: Duration,
}

/// What a case takes to be played.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// Names and addresses of the world.
    TheWorld,
    /// A service of the operator's own, which may see a key.
    Loopback,
}

/// What was seen of a case once it is over.
struct Seen<'a> {
    stage: &'a Stage,
    /// The texts of all documents.
    texts: Vec<String>,
}

impl Seen<'_> {
    /// What `site` was asked for, beside robots.txt.
    fn asked(&self) -> Vec<String> {
        let hits = self.stage.web.hits("site", "/").into_iter().map(|hit| hit.path);
        hits.filter(|path| path != "/robots.txt").collect()
    }
}

/// How long a fetch may take, unless reading takes long: less than the default, because silence is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// A page that does this.
fn page(id: &'static str, what: &str, script: Script, outcome: &str) -> Case {
    source(id, what, "page", script, outcome)
}

/// A source of this kind that does this.
fn source(id: &'static str, what: &str, kind: &'static str, script: Script, outcome: &str) -> Case {
    let path = match kind {
        "jetstream" => "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=65536",
        "googlefactcheck" => "/v1alpha1/claims:search?query=x&pageSize=50",
        _ => "/x",
    };
    Case {
        id,
        what: what.to_owned(),
        kind,
        at: path.to_owned(),
        answers: vec![(path.to_owned(), script)],
        visits: vec![0],
        outcome: outcome.to_owned(),
        also: |_| {},
        takes: Takes::Nothing,
        elsewhere: Vec::new(),
        patience: PATIENCE,
    }
}

impl Case {
    fn at(self, address: &str) -> Self {
        let at = address.to_owned();
        Self { at, ..self }
    }

    fn with(mut self, path: &str, script: Script) -> Self {
        self.answers.push((path.to_owned(), script));
        self
    }

    fn visits(self, hours: &[u64]) -> Self {
        let visits = hours.to_vec();
        Self { visits, ..self }
    }

    fn also(self, also: fn(&Seen<'_>)) -> Self {
        Self { also, ..self }
    }

    /// For what takes long to read without optimisation: other answers of the same run wait meanwhile.
    fn slow(self) -> Self {
        let patience = Duration::from_mins(1);
        Self { patience, ..self }
    }

    fn takes(self, takes: Takes) -> Self {
        Self { takes, ..self }
    }

    fn elsewhere(mut self, path: &str, script: Script) -> Self {
        self.elsewhere.push((path.to_owned(), script));
        self
    }
}

/// A page of plain German text, as a server would answer it.
fn article(title: &str) -> Script {
    html(&article_with(title, ""))
}

/// The same, with markup inside.
fn article_with(title: &str, markup: &str) -> String {
    let sentence =
        "Die Stadt hat die Grundsteuer im vergangenen Jahr zweimal erhöht, sagt der Kämmerer in seinem Bericht. ";
    format!(
        "<!doctype html><html lang=de><head><meta charset=utf-8><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{sentence}{sentence}</p>{markup}<p>{sentence}{sentence}</p><p>{sentence}</p></article></body></html>"
    )
}

/// A feed with these items.
fn feed(items: &str) -> Script {
    let xml = format!("<?xml version='1.0'?><rss version='2.0'><channel><title>x</title>{items}</channel></rss>");
    answer("Content-Type: application/rss+xml\r\n", xml.as_bytes())
}

/// All rows.
fn cases() -> Vec<Case> {
    [
        addresses::cases(),
        answers::cases(),
        floods::cases(),
        robots::cases(),
        pages::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Plays a case, and says what it came to.
async fn play(case: &Case, ground: &dyn Ground, number: usize) -> String {
    let (mut stage, place) = ground.stage(number, case.patience);
    stage.settings.keys = Keys::default().with(SourceKind::named("googlefactcheck"), SECRET);
    stage.settings.listen = Duration::from_millis(300);
    stage.settings.max_pages_per_host = 40;
    for (path, script) in &case.answers {
        stage.web.put("site", path, place.fill_script(script.clone()));
    }
    for (path, script) in &case.elsewhere {
        stage.web.put("other", path, place.fill_script(script.clone()));
    }
    stage.web.put("other", "/feed", feed(""));
    let address = |at: &str| WebUrl::parse(&place.fill(at)).expect("an address");
    let at = if case.at.starts_with('/') {
        address(&format!("{{site}}{}", case.at))
    } else {
        address(&case.at)
    };
    let id = stage.frontier.add_source(SourceKind::named(case.kind), at);
    let after = stage
        .frontier
        .add_source(SourceKind::named("feed"), address("{other}/feed"));
    let (mut words, mut texts) = (Vec::new(), Vec::new());
    for hours in &case.visits {
        stage.wait(Duration::from_hours(*hours));
        let (report, gather) = visit(&stage).await;
        if words.is_empty() {
            assert_eq!(
                word(&report, after),
                "read",
                "{} {}: the next address",
                case.id,
                case.what
            );
        }
        words.push(summary(&report, id));
        texts.extend(gather.texts());
    }
    (case.also)(&Seen { stage: &stage, texts });
    let told = stage.web.hits("other", "/");
    assert!(
        told.iter().all(|hit| !hit.head.contains(SECRET)),
        "{}: {told:?}",
        case.id
    );
    words.join(", then ")
}

/// What must not reach another host than the one that it is meant for.
const SECRET: &str = "s3cret";

/// One run; none may take longer, whatever it meets.
async fn visit(stage: &Stage) -> (Report, Gather) {
    tokio::time::timeout(Duration::from_mins(1), run(stage))
        .await
        .expect("a run ends")
}

fn found(report: &Report, id: SourceId) -> Option<&SourceReport> {
    report.sources.iter().find(|source| source.id == id)
}

fn word(report: &Report, id: SourceId) -> String {
    found(report, id).map_or_else(|| "not due".to_owned(), |source| source.outcome.code())
}

/// The source's word and, if it was read, what was found: `read, 1 documents, 2 pages, 1 refused`. Pages that answered are
/// counted, and those that the guard refused; others that failed, too.
fn summary(report: &Report, id: SourceId) -> String {
    let mut words = word(report, id);
    let is_read = found(report, id).is_some_and(|source| matches!(source.outcome, Outcome::Read));
    let PageCounts {
        fetched,
        failed,
        skipped_by_robots,
        skipped_by_guard,
        postponed,
        not_modified: _,
    } = report.pages;
    for (count, name) in [
        (report.documents, "documents"),
        (report.fact_checks, "fact-checks"),
        (fetched, "pages"),
        (failed, "failed"),
        (skipped_by_robots, "forbidden"),
        (skipped_by_guard, "refused"),
        (postponed, "postponed"),
    ] {
        if is_read && count > 0 {
            words = format!("{words}, {count} {name}");
        }
    }
    words
}

/// Plays all cases, some at once, and says which came to something else.
async fn play_all(ground: Arc<dyn Ground>, cases: Vec<Case>) {
    let (mut games, mut names, mut wrong) = (JoinSet::new(), HashMap::new(), Vec::new());
    let mut waiting = cases.into_iter().enumerate();
    loop {
        while games.len() < 8 {
            let Some((number, case)) = waiting.next() else { break };
            let (ground, name) = (ground.clone(), format!("{} {}", case.id, case.what));
            let game = games.spawn(async move {
                let came_to = play(&case, &*ground, number).await;
                (came_to == case.outcome).then_some(()).ok_or((came_to, case.outcome))
            });
            names.insert(game.id(), name);
        }
        match games.join_next_with_id().await {
            None => break,
            Some(Ok((_, Ok(())))) => {}
            Some(Ok((id, Err((came_to, wanted))))) => {
                wrong.push(format!("{}: `{came_to}`, not `{wanted}`", names[&id]));
            }
            Some(Err(error)) => wrong.push(format!("{}: {error}", names[&error.id()])),
        }
    }
    println!("{} cases, {} wrong", names.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn each_row_comes_to_its_outcome_on_loopback() {
    let mut canary = Canary::default();
    let first = canary.perch(SocketAddr::from(([127, 0, 0, 2], 0)));
    for last in [1, 3, 4, 5, 6, 7, 8, 9] {
        canary.perch(SocketAddr::from(([127, 0, 0, last], first.port())));
    }
    let ground = Loopback { canaries: first.port() };
    // What takes long is played once, if it can be played among canaries.
    let is_all = !namespace::is_available();
    let is_meant = |case: &Case| case.takes != Takes::TheWorld && (is_all || case.patience == PATIENCE);
    let cases = cases().into_iter().filter(is_meant).collect();
    play_all(Arc::new(ground), cases).await;
    assert_eq!(canary.seen(), 0);
    tokio::net::TcpStream::connect(first)
        .await
        .expect("the canary is awake");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(canary.seen(), 1);
}

/// With a proxy in the environment, which would make the connections for us, past the guard (row F17).
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn each_row_comes_to_its_outcome_among_canaries() {
    const TEST: &str = "crawl::corpus::each_row_comes_to_its_outcome_among_canaries";
    const PROXY: &str = "http://10.9.9.9:80";
    let proxies = ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"].map(|name| (name, PROXY));
    if !namespace::entered_with(TEST, &proxies) {
        return;
    }
    assert!(std::env::var("http_proxy").is_ok_and(|proxy| proxy == PROXY));
    let mut canary = Canary::default();
    for port in [22, 25, 80, 443, 5432, 6379] {
        // Dual stack: `[::]` takes IPv4 too, at every address where no host of a case stands.
        canary.perch(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port));
    }
    let cases = cases().into_iter().filter(|case| case.takes != Takes::Loopback);
    play_all(Arc::new(Public), cases.collect()).await;
    assert_eq!(canary.seen(), 0);
    tokio::net::TcpStream::connect("10.0.0.1:80")
        .await
        .expect("the canary is awake");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(canary.seen(), 1);
}

/// A row that is only written down, or only played, is none.
#[test]
fn no_row_is_missing() {
    let wanted: BTreeSet<String> = (1..=35)
        .map(|n| format!("F{n}"))
        .chain((1..=8).map(|n| format!("P{n}")))
        .collect();
    let played: BTreeSet<String> = cases().iter().map(|case| case.id.to_owned()).collect();
    let document = include_str!("../../../docs/hostile-web.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| "));
    let ids = rows.filter_map(|row| row.split(" |").next());
    let written: BTreeSet<String> = ids
        .flat_map(|ids| ids.split(", "))
        .filter(|id| id.len() <= 3 && id.starts_with(['F', 'P']))
        .map(str::to_owned)
        .collect();
    assert_eq!(played, wanted);
    assert_eq!(written, wanted);
}
