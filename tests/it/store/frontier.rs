//! The crawler's memory in the store, held against a model of it.

use klarstelle::{
    crawl::{
        Authority, Due, Frontier, HostMemory, Memory, NewPages, PageQuota, Record, RobotsMemory, Role, Target,
        Validators,
    },
    domain::{Actor, SourceId, SourceKind, Timestamp, WebUrl},
    store::Store,
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
        };
        let error = self.maybe("status_500".to_owned());
        Record {
            visited_at: at(self.roll(100)),
            due_at: at(self.roll(100)),
            error,
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

#[tokio::test]
async fn the_store_remembers_as_the_model_does() {
    for db in databases().await {
        let (store, model, mut dice) = (db.open().await, MemoryFrontier::default(), Dice(0x5EED));
        let mut sources = Vec::new();
        for n in 0..4 {
            let address = format!("https://host{n}.example/feed");
            let id = set(&store, SourceKind::named("feed"), &address).await;
            sources.push(model.add_source_as(id, SourceKind::named("feed"), url(&address)));
        }
        let before = store.last_change().await.expect("readable");
        for _ in 0..60 {
            let source = sources[dice.roll(4) as usize];
            let pages: Vec<_> = (0..dice.roll(12)).map(|_| dice.page()).collect();
            let time = at(dice.roll(100));
            let named = NewPages {
                source,
                urls: &pages,
                depth: 1 + dice.roll(3) as u32,
                limit: dice.roll(8) as usize,
            };
            let added = store.add_pages(named, time).await.expect("kept");
            assert_eq!(added, model.add_pages(named, time).await.expect("kept"));

            let by = at(dice.roll(100));
            let quota = PageQuota {
                by,
                per_host: dice.roll(5) as u32,
                limit: dice.roll(10) as u32,
            };
            let due = store.due_pages(quota).await.expect("readable");
            assert_eq!(due, model.due_pages(quota).await.expect("readable"), "{quota:?}");
            let due_sources = store.due_sources(Due::By(by)).await.expect("readable");
            assert_eq!(due_sources, model.due_sources(Due::By(by)).await.expect("readable"));
            for target in due.iter().chain(&due_sources).take(3) {
                let mut record = dice.record();
                if let Role::Page(_) = target.role {
                    record.memory.cursor = None;
                }
                store.visited(target, &record).await.expect("kept");
                model.visited(target, &record).await.expect("kept");
            }

            let host = Authority::of(&dice.page());
            assert_eq!(
                store.host(&host).await.expect("readable"),
                model.host(&host).await.expect("readable")
            );
            let memory = dice.host_memory();
            store.remember_host(&host, &memory).await.expect("kept");
            model.remember_host(&host, &memory).await.expect("kept");
        }
        let all = store.due_sources(Due::All).await.expect("readable");
        assert_eq!(all, model.due_sources(Due::All).await.expect("readable"));
        assert_eq!(all.len(), 4);
        assert_eq!(
            store.last_change().await.expect("readable"),
            before,
            "crawl state is not in the change log"
        );
    }
}

const fn one_page(source: SourceId, urls: &[WebUrl]) -> NewPages<'_> {
    NewPages {
        source,
        urls,
        depth: 1,
        limit: 9,
    }
}

async fn due(store: &Store) -> Vec<Target> {
    store
        .due_pages(PageQuota {
            by: at(9),
            per_host: 9,
            limit: 9,
        })
        .await
        .expect("readable")
}

#[tokio::test]
async fn pages_of_a_source_that_was_unset_wait_for_another_to_name_them() {
    for db in databases().await {
        let store = db.open().await;
        let first = set(&store, SourceKind::named("feed"), "https://one.example/feed").await;
        let second = set(&store, SourceKind::named("feed"), "https://two.example/feed").await;
        let page = [url("https://news.example/a")];
        assert_eq!(
            store.add_pages(one_page(first, &page), at(1)).await.expect("kept").new,
            1
        );
        assert_eq!(
            store.add_pages(one_page(second, &page), at(2)).await.expect("kept").new,
            0
        );
        assert!(matches!(&due(&store).await[..], [one] if one.source == first && one.role.depth() == 1));
        store.remove_source(&first, &Actor::Operator).await.expect("removed");
        assert_eq!(due(&store).await, []);
        assert_eq!(
            store.add_pages(one_page(second, &page), at(3)).await.expect("kept").new,
            1
        );
        assert!(matches!(&due(&store).await[..], [one] if one.source == second));
        assert!(
            store
                .due_sources(Due::All)
                .await
                .expect("readable")
                .iter()
                .all(|source| source.source == second)
        );
    }
}
