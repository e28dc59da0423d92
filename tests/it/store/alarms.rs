//! Alarms: one an episode, about what is said now.

use klarstelle::{
    cluster::{Home, Prints},
    domain::{
        AccountKey, Actor, AlarmKind, Author, ClaimId, Document, Handle, Lang, Mention, ObjectKind, Reason, Receipt,
        Thresholds, Timestamp,
    },
    ingest::Ingest,
    store::{About, AlarmQuery, Filing, Origin, Raised, Store, Union},
};

use super::{claim, external, external_check, page, reviewer};
use crate::support::{TestDb, databases};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const START: i64 = 20_780 * DAY + 8 * HOUR;

const POST: &str =
    "The council of Wexmere pays every asylum seeker who arrives before Easter a bonus of 2,500 pounds in cash";

async fn open(db: &TestDb) -> Store {
    db.open().await.watching(Thresholds {
        growth_least: 6,
        burst_accounts: 4,
        burst_requests: 4,
        ..Thresholds::default()
    })
}

struct Said<'a> {
    by: Option<&'a str>,
    text: &'a str,
    at: i64,
    /// When it is read, if not at once.
    read: Option<i64>,
}

impl Said<'_> {
    fn document(&self, number: usize) -> Document {
        Document {
            author: self.by.map(|name| Author::Account(Handle::new(name))),
            published_at: Some(Timestamp::from_millis(self.at)),
            ..page(&format!("https://social.example/{}/{number}", self.at), self.text)
        }
    }

    fn origin(&self) -> Origin {
        Origin {
            source: None,
            at: Timestamp::from_millis(self.read.unwrap_or(self.at)),
            kept: None,
            answer: None,
        }
    }
}

/// Records a sighting of a claim in words of its own.
async fn seen(store: &Store, claim: &ClaimId, at: i64, read: Option<i64>) {
    let text = format!("In words of its own {at}");
    let said = Said {
        by: None,
        text: &text,
        at,
        read,
    };
    let mention = Mention {
        quote: text.clone(),
        lang: Lang::EN,
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
    };
    let placed = Prints::of(&mention).place(mention, Home::Known(*claim));
    let recorded = store
        .record(&said.document(0), &said.origin(), &[placed], &Actor::Crawl)
        .await;
    assert_eq!(recorded.expect("recorded").sightings_new, 1);
}

async fn alarms(store: &Store) -> Vec<Raised> {
    let query = AlarmQuery {
        limit: 100,
        ..AlarmQuery::default()
    };
    store.alarms(&query).await.expect("the alarms").items
}

async fn kinds(store: &Store) -> Vec<AlarmKind> {
    alarms(store).await.iter().map(|raised| raised.alarm.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checked_claim_resurfaces_once_an_episode() {
    for db in databases().await {
        let store = open(&db).await;
        let id = claim(&store, "The river is poisoned").await.id;
        seen(&store, &id, START, None).await;
        seen(&store, &id, START + 40 * DAY, None).await;
        assert_eq!(kinds(&store).await, [], "nobody has checked it");
        let check = external_check(&store, &external(1, "Something else entirely")).await;
        store.attach(&id, &check.id, None, &reviewer()).await.expect("attached");
        seen(&store, &id, START + 60 * DAY, None).await;
        assert_eq!(kinds(&store).await, [], "twenty days are not quiet enough");
        let back = START + 100 * DAY;
        for hours in [0, 1, 20, 40] {
            seen(&store, &id, back + hours * HOUR, None).await;
        }
        let all = alarms(&store).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0].alarm.kind, all[0].alarm.happened), (AlarmKind::Resurfaced, 4));
        assert_eq!(all[0].alarm.evidence.quiet_days, Some(40));
        assert_eq!(all[0].alarm.last_at.as_millis(), back + 40 * HOUR);
        seen(&store, &id, back + 70 * DAY, None).await;
        assert_eq!(kinds(&store).await.len(), 2, "another episode");
        seen(&store, &id, back + 200 * DAY, Some(back + 210 * DAY)).await;
        assert_eq!(kinds(&store).await.len(), 2, "old pages are no news");
        let noted = super::log(&store).await;
        assert_eq!(
            noted.iter().filter(|change| change.kind == ObjectKind::Alarm).count(),
            2
        );
        assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
    }
}

/// An alarm about a claim is about whichever stands for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_episode_goes_on_when_its_claim_is_merged() {
    for db in databases().await {
        let store = open(&db).await;
        let (gone, stays) = (
            claim(&store, "The river is poisoned").await.id,
            claim(&store, "There is poison in the river").await.id,
        );
        for (number, id) in [(1, &gone), (2, &stays)] {
            let check = external_check(&store, &external(number, "Something else entirely")).await;
            store.attach(id, &check.id, None, &reviewer()).await.expect("attached");
        }
        seen(&store, &gone, START, None).await;
        assert_eq!(kinds(&store).await, [AlarmKind::Resurfaced]);
        let union = Union {
            claim: &gone,
            survivor: &stays,
            reason: &Reason::parse("both say the same").expect("words"),
        };
        store.merge(union, &reviewer()).await.expect("merged");
        seen(&store, &stays, START + HOUR, None).await;
        let all = alarms(&store).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].alarm.happened, 2);
        seen(&store, &stays, START + 90 * DAY, None).await;
        assert_eq!(kinds(&store).await.len(), 2, "another episode");
    }
}

/// Its publisher checked it long ago, and nobody was ever seen saying it.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_was_only_checked_resurfaces_too() {
    for db in databases().await {
        let store = open(&db).await;
        let id = claim(&store, "The river is poisoned").await.id;
        let check = external_check(&store, &external(1, "Something else entirely")).await;
        store.attach(&id, &check.id, None, &reviewer()).await.expect("attached");
        seen(&store, &id, START, None).await;
        assert_eq!(kinds(&store).await, [AlarmKind::Resurfaced]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_grows_beyond_its_usual_is_told_once() {
    for db in databases().await {
        let store = open(&db).await;
        let id = claim(&store, "The river is poisoned").await.id;
        for day in 0..10 {
            for hour in 0..3 {
                seen(&store, &id, START + day * DAY + hour * HOUR, None).await;
            }
        }
        let jump = START + 10 * DAY;
        for minute in 0..8 {
            seen(&store, &id, jump + minute * 60_000, None).await;
        }
        assert_eq!(kinds(&store).await, [], "eight are not three times three");
        for minute in 8..14 {
            seen(&store, &id, jump + minute * 60_000, None).await;
        }
        let all = alarms(&store).await;
        assert_eq!(all.len(), 1, "{all:?}");
        let evidence = &all[0].alarm.evidence;
        assert_eq!((evidence.day_sightings, evidence.usual_per_day), (Some(9), Some(3.0)));
        assert_eq!((all[0].alarm.kind, all[0].alarm.happened), (AlarmKind::Growing, 6));
        for day in 1..4 {
            seen(&store, &id, jump + day * DAY, None).await;
        }
        assert_eq!(
            alarms(&store).await[0].alarm.happened,
            6,
            "what is usual again does not go on"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_from_many_new_accounts_within_minutes_is_coordinated() {
    for db in databases().await {
        let store = open(&db).await;
        let ingest = Ingest::new(store.clone(), Actor::Crawl).naming(AccountKey::new([7; 32]));
        let post = async |by: &str, text: &str, at: i64| {
            let said = Said {
                by: Some(by),
                text,
                at,
                read: None,
            };
            ingest
                .document(&said.document(by.len()), &said.origin())
                .await
                .expect("ingested");
        };
        // Four that are known for long, one new one again and again, and others hours apart.
        for (number, name) in ["ann", "bert", "carl", "dora"].iter().enumerate() {
            post(
                name,
                "A walk along the canal took me two hours on Sunday.",
                START - (90 - number as i64) * DAY,
            )
            .await;
            post(name, POST, START + number as i64 * 1000).await;
        }
        for minute in 0..5 {
            post("eve", POST, START + minute * 60_000 + 7).await;
        }
        for hour in 1..5 {
            post(&format!("late{hour}"), POST, START + hour * HOUR).await;
        }
        assert!(!kinds(&store).await.contains(&AlarmKind::Coordinated));
        let burst = START + 30 * HOUR;
        for (number, name) in ["new1", "newer2", "newest3", "brandnew4", "freshest55"]
            .iter()
            .enumerate()
        {
            post(name, &format!("{POST} 😡"), burst + number as i64 * 60_000).await;
        }
        let all = alarms(&store).await;
        let coordinated: Vec<_> = all
            .iter()
            .filter(|raised| raised.alarm.kind == AlarmKind::Coordinated)
            .collect();
        assert_eq!(coordinated.len(), 1, "{all:?}");
        assert_eq!(coordinated[0].alarm.evidence.accounts, Some(4));
        assert_eq!(coordinated[0].alarm.happened, 2);
        assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_within_minutes_are_one_alarm() {
    for db in databases().await {
        let store = open(&db).await;
        let id = claim(&store, "The river is poisoned").await.id;
        for number in 0..6_u8 {
            let filing = Filing {
                about: About::Claim(id),
                text: Some("Is the river poisoned?"),
                quote: None,
                url: None,
                lang: Lang::EN,
                receipt: &|_| Receipt::new([number; 10]),
            };
            store.file(&filing).await.expect("filed");
            store.file(&filing).await.expect("the same again");
        }
        let all = alarms(&store).await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((all[0].alarm.kind, all[0].alarm.happened), (AlarmKind::Coordinated, 3));
        assert_eq!((all[0].alarm.evidence.requests, all[0].claim.id), (Some(4), id));
        let query = AlarmQuery {
            since: Some(Timestamp::from_millis(Timestamp::now().as_millis() + HOUR)),
            limit: 10,
            ..AlarmQuery::default()
        };
        assert!(store.alarms(&query).await.expect("the alarms").items.is_empty());
        assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
    }
}

/// Neither the handle nor the display name of an account is in the file.
#[tokio::test]
async fn an_account_is_stored_by_its_pseudonym_alone() {
    let db = crate::support::sqlite();
    let store = db.open().await;
    let said = Said {
        by: Some("kanarienvogel@social.example"),
        text: POST,
        at: START,
        read: None,
    };
    for ingest in [
        Ingest::new(store.clone(), Actor::Crawl).naming(AccountKey::new([7; 32])),
        Ingest::new(store.clone(), Actor::Crawl),
    ] {
        ingest
            .document(&said.document(1), &said.origin())
            .await
            .expect("ingested");
    }
    store.close().await;
    let klarstelle::store::StoreUrl::Sqlite(path) = &db.url else {
        panic!("a file")
    };
    for entry in std::fs::read_dir(path.parent().expect("a folder")).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("kanarienvogel"));
    }
}
