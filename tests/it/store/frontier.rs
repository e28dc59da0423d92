//! The crawler's memory in the store, held against a model of it.

use klarstelle::{
    crawl::{
        Authority, Call, Due, Frontier, HostMemory, Kept, Lease, Memory, NewPages, Record, RobotsMemory, Role, RunId,
        Target, Term, Validators, VisitEnd, Which, Work,
    },
    domain::{Actor, Failure, SourceId, SourceKind, Timestamp, WebUrl},
    store::{ImportBatch, Store},
};

use super::url;
use crate::support::{databases, frontier::MemoryFrontier};

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms.cast_signed())
}

async fn set(store: &Store, kind: SourceKind, address: &str) -> SourceId {
    store
        .add_source(&url(address), kind, &Actor::Operator)
        .await
        .expect("set")
        .into_inner()
        .id
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        (self.roll(2) == 0).then_some(value)
    }

    fn page(&mut self) -> WebUrl {
        let (host, page) = (self.roll(3), self.roll(40));
        let tail = ["", "/", "?utm_source=x", "#top"][self.roll(4) as usize];
        url(&format!("https://host{host}.example/{page}{tail}"))
    }

    fn record(&mut self) -> Record {
        let validators = Validators {
            etag: self.maybe("\"ä\"".to_owned()),
            last_modified: self.maybe("soon".to_owned()),
        };
        let (failures, unchanged) = (self.roll(4) as u32, self.roll(4) as u32);
        let memory = Memory {
            validators,
            content: self.maybe("c0ffee".to_owned()),
            cursor: self.maybe("1725911162329308".to_owned()),
            failures,
            unchanged,
            failing_since: None,
        };
        let failure = Failure {
            code: "status_500".to_owned(),
            reason: "the server answered 500".to_owned(),
        };
        Record {
            visited_at: at(self.roll(100)),
            due_at: at(self.roll(100)),
            failure: self.maybe(failure),
            memory,
        }
    }

    fn host_memory(&mut self) -> HostMemory {
        let rules = self.maybe("user-agent: klarstelle\ndisallow: /x\n".to_owned());
        let robots = RobotsMemory {
            rules,
            until: at(self.roll(100)),
        };
        let not_before = at(self.roll(100));
        HostMemory {
            not_before: self.maybe(not_before),
            robots: self.maybe(robots),
        }
    }
}

/// What is held against each other.
struct Both {
    store: Store,
    model: MemoryFrontier,
}

/// Calls both, and holds the answers against each other.
macro_rules! both {
    ($both:expr, |$frontier:ident| $call:expr) => {{
        let of_store = {
            let $frontier = &$both.store;
            $call.await.expect("the store answers")
        };
        let of_model = {
            let $frontier = &$both.model;
            $call.await.expect("the model answers")
        };
        assert_eq!(of_store, of_model);
        of_store
    }};
}

impl Both {
    /// One step of a run or another, under a lease that may be lost by now.
    async fn step(&self, dice: &mut Dice, runs: &[RunId], sources: &[SourceId], leases: &mut Vec<Lease>) {
        let now = dice.roll(100);
        let term = Term {
            run: &runs[dice.roll(3) as usize],
            now: at(now),
            until: at(now + dice.roll(30)),
        };
        let which = Which {
            by: at(dice.roll(100)),
            work: dice.maybe(Work::Sources).unwrap_or(Work::All),
        };
        let call = Call { term, which };
        let host = Authority::of(&dice.page());
        if dice.roll(3) == 0 {
            leases.extend(both!(self, |f| f.claim_host(&host, &term)).map(|claimed| claimed.lease));
        } else {
            leases.extend(both!(self, |f| f.claim(&call)).map(|claimed| claimed.lease));
        }
        both!(self, |f| f.in_other_hands(&call));
        let mut renewed = self.store.renew(term.run, term.until).await.expect("renewed");
        renewed.sort();
        assert_eq!(renewed, self.model.renew(term.run, term.until).await.expect("renewed"));
        if leases.is_empty() {
            return;
        }
        let lease = leases[dice.roll(leases.len() as u64) as usize].clone();
        let _ = both!(self, |f| f.hold(&lease, at(now + 5)));
        let pages: Vec<_> = (0..dice.roll(12)).map(|_| dice.page()).collect();
        let named = NewPages {
            source: sources[dice.roll(4) as usize],
            urls: &pages,
            depth: 1 + dice.roll(3) as u32,
            limit: dice.roll(8) as usize,
            due_at: at(dice.roll(100)),
        };
        let limit = 1 + dice.roll(9) as u32;
        let due = both!(self, |f| f.due(&lease.host, &which, limit));
        both!(self, |f| f.due_pages(&lease.host, which.by));
        for target in due.iter().take(3) {
            let mut record = dice.record();
            if let Role::Page(_) = target.role {
                record.memory.cursor = None;
            }
            let end = VisitEnd {
                pages: (dice.roll(2) == 0).then_some(named),
                record: &|added| Record {
                    due_at: at(record.due_at.as_millis() as u64 + added.new + added.left_over),
                    ..record.clone()
                },
            };
            let _ = both!(self, |f| f.visited(&lease, target, &end));
            let later = at(dice.roll(100));
            if dice.roll(3) == 0 {
                let _ = both!(self, |f| f.put_off(&lease, target, later));
            }
        }
        let memory = dice.host_memory();
        let _ = both!(self, |f| f.remember_host(&lease, &memory));
        let rests_until = dice.maybe(at(now + 1));
        if dice.roll(2) == 0 {
            let _ = both!(self, |f| f.release(&lease, &memory, rests_until));
        }
    }
}

#[tokio::test]
async fn the_store_remembers_as_the_model_does() {
    for db in databases().await {
        let both = Both {
            store: db.open().await,
            model: MemoryFrontier::default(),
        };
        let (mut dice, mut sources) = (Dice(0x5EED), Vec::new());
        for n in 0..4 {
            let address = format!("https://host{n}.example/feed");
            let id = set(&both.store, SourceKind::named("feed"), &address).await;
            sources.push(both.model.add_source_as(id, SourceKind::named("feed"), url(&address)));
        }
        let before = both.store.last_change().await.expect("readable");
        assert_eq!(both!(both, |f| f.begin(Due::By(at(0)), at(0))), 4);
        let runs = [RunId::new("crawl"), RunId::new("crawl"), RunId::new("look")];
        let mut leases = Vec::new();
        for round in 0..150 {
            both.step(&mut dice, &runs, &sources, &mut leases).await;
            if round % 40 == 39 {
                both!(both, |f| f.begin(Due::All, at(round)));
            }
        }
        let late = leases.iter().collect::<Vec<_>>();
        assert!(late.len() > 40, "hardly anything was claimed: {}", late.len());
        assert_eq!(
            both.store.last_change().await.expect("readable"),
            before,
            "crawl state is not in the change log"
        );
    }
}

/// A run whose lease ran out, and whose host another run has by now, writes nothing more.
#[tokio::test]
async fn a_late_write_is_refused() {
    for db in databases().await {
        let (store, feed) = (db.open().await, "https://news.example/feed");
        set(&store, SourceKind::named("feed"), feed).await;
        store.begin(Due::By(at(0)), at(0)).await.expect("begun");
        let (first, second) = (RunId::new("crawl"), RunId::new("crawl"));
        let early = claim(&store, &first, 0, 60).await.expect("free");
        assert_eq!(claim(&store, &second, 59, 120).await, None, "one host, one run");
        let late = claim(&store, &second, 60, 120).await.expect("the lease ran out");
        assert!(late.token > early.token);
        let which = Which {
            by: at(0),
            work: Work::All,
        };
        let due = store.due(&early.host, &which, 9).await.expect("readable");
        let mut dice = Dice(7);
        let record = Record {
            failure: None,
            ..dice.record()
        };
        let page = [url("https://news.example/a")];
        for (lease, wanted) in [(&early, Kept::Late), (&late, Kept::Yes)] {
            assert_eq!(store.hold(lease, at(200)).await.expect("asked"), wanted);
            let end = VisitEnd {
                pages: Some(one_page(due[0].source, &page, at(1))),
                record: &|_| record.clone(),
            };
            let added = store.visited(lease, &due[0], &end).await.expect("asked");
            assert_eq!(added.map(|added| added.new), (wanted == Kept::Yes).then_some(1));
            assert_eq!(store.put_off(lease, &due[0], at(9)).await.expect("asked"), wanted);
            let memory = dice.host_memory();
            assert_eq!(store.remember_host(lease, &memory).await.expect("asked"), wanted);
            let document = super::page("https://news.example/a", "v1");
            let recorded = store
                .under(lease)
                .record(&document, &super::now(), &[], &Actor::Crawl)
                .await;
            assert_eq!(recorded.is_ok(), wanted == Kept::Yes, "{recorded:?}");
            let batch = ImportBatch::new(vec![super::external(7, "A claim that was checked")]);
            let imported = store.under(lease).import(&batch, &Actor::Import).await;
            assert_eq!(imported.is_ok(), wanted == Kept::Yes, "{imported:?}");
            assert_eq!(store.release(lease, &memory, None).await.expect("asked"), wanted);
        }
        assert_eq!(store.counts().await.expect("readable").documents, 1);
    }
}

async fn claim(store: &Store, run: &RunId, now: u64, until: u64) -> Option<Lease> {
    let call = Call {
        term: Term {
            run,
            now: at(now),
            until: at(until),
        },
        which: Which {
            by: at(9),
            work: Work::All,
        },
    };
    store.claim(&call).await.expect("asked").map(|claimed| claimed.lease)
}

/// Many at once on one database: each host goes to one of them, and none is forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_at_once_share_the_hosts() {
    for db in databases().await {
        let store = db.open().await;
        for n in 0..60 {
            set(
                &store,
                SourceKind::named("feed"),
                &format!("https://host{n}.example/feed"),
            )
            .await;
        }
        store.begin(Due::By(at(0)), at(0)).await.expect("begun");
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let store = store.clone();
            workers.spawn(async move {
                let (run, mut hosts) = (RunId::new("crawl"), Vec::new());
                // On PostgreSQL a row that another is just writing is passed over: nothing to have is not the end.
                for _ in 0..40 {
                    hosts.extend(claim(&store, &run, 0, 1000).await.map(|lease| lease.host));
                }
                hosts
            });
        }
        let mut hosts: Vec<Authority> = workers.join_all().await.concat();
        hosts.sort();
        let all = hosts.len();
        hosts.dedup();
        assert_eq!((all, hosts.len()), (60, 60));
    }
}

const fn one_page(source: SourceId, urls: &[WebUrl], due_at: Timestamp) -> NewPages<'_> {
    NewPages {
        source,
        urls,
        depth: 1,
        limit: 9,
        due_at,
    }
}

async fn due(store: &Store, host: &Authority) -> Vec<Target> {
    let which = Which {
        by: at(9),
        work: Work::All,
    };
    store.due(host, &which, 9).await.expect("readable")
}

#[tokio::test]
async fn pages_of_a_source_that_was_unset_wait_for_another_to_name_them() {
    for db in databases().await {
        let store = db.open().await;
        let first = set(&store, SourceKind::named("feed"), "https://one.example/feed").await;
        let second = set(&store, SourceKind::named("feed"), "https://two.example/feed").await;
        let page = [url("https://news.example/a")];
        let (host, run) = (Authority::of(&page[0]), RunId::new("crawl"));
        let term = Term {
            run: &run,
            now: at(0),
            until: at(60),
        };
        let lease = store
            .claim_host(&host, &term)
            .await
            .expect("asked")
            .expect("free")
            .lease;
        let add = async |source, time| {
            let target = Target {
                url: page[0].clone(),
                source,
                role: Role::Source(SourceKind::named("feed")),
                memory: Memory::default(),
            };
            let end = VisitEnd {
                pages: Some(one_page(source, &page, at(time))),
                record: &|_| Record {
                    visited_at: at(time),
                    due_at: at(time),
                    failure: None,
                    memory: Memory::default(),
                },
            };
            let added = store.visited(&lease, &target, &end).await;
            added.expect("kept").expect("in time").new
        };
        assert_eq!(add(first, 1).await, 1);
        assert_eq!(add(second, 2).await, 0);
        assert!(matches!(&due(&store, &host).await[..], [one] if one.source == first && one.role.depth() == 1));
        store.remove_source(&first, &Actor::Operator).await.expect("removed");
        assert_eq!(due(&store, &host).await, []);
        assert_eq!(add(second, 3).await, 1);
        assert!(matches!(&due(&store, &host).await[..], [one] if one.source == second));
        assert_eq!(
            store.begin(Due::All, at(9)).await.expect("begun"),
            2,
            "a source and a page"
        );
    }
}
