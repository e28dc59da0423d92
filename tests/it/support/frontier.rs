//! The crawler's memory in a few maps: what the crawler's tests look into, and a model for the store's.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    convert::Infallible,
    sync::{Mutex, MutexGuard},
};

use klarstelle::{
    crawl::{
        AddedPages, Authority, Due, Frontier, HostMemory, Memory, Named, NewPages, PageQuota, Record, Role, Target,
    },
    domain::{SourceId, SourceKind, Timestamp, WebUrl},
};

#[derive(Default)]
pub(crate) struct MemoryFrontier(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    sources: BTreeMap<SourceId, Row>,
    /// By URL key.
    pages: BTreeMap<String, Row>,
    hosts: HashMap<Authority, HostMemory>,
}

#[derive(Clone)]
struct Row {
    target: Target,
    due_at: Timestamp,
    error: Option<String>,
}

impl Row {
    fn new(url: WebUrl, source: SourceId, role: Role, due_at: Timestamp) -> Self {
        Self {
            target: Target {
                url,
                source,
                role,
                memory: Memory::default(),
            },
            due_at,
            error: None,
        }
    }
}

impl MemoryFrontier {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().expect("no test panics while holding it")
    }

    pub(crate) fn add_source(&self, kind: SourceKind, url: WebUrl) -> SourceId {
        self.add_source_as(SourceId::new(), kind, url)
    }

    pub(crate) fn add_source_as(&self, id: SourceId, kind: SourceKind, url: WebUrl) -> SourceId {
        self.rows()
            .sources
            .insert(id, Row::new(url, id, Role::Source(kind), Timestamp::from_millis(0)));
        id
    }

    fn row(&self, url: &WebUrl) -> Row {
        let rows = self.rows();
        let source = rows.sources.values().find(|row| row.target.url == *url);
        source
            .or_else(|| rows.pages.get(url.key().as_str()))
            .expect("known to the frontier")
            .clone()
    }

    pub(crate) fn error_at(&self, url: &WebUrl) -> Option<String> {
        self.row(url).error
    }

    pub(crate) fn due_at(&self, url: &WebUrl) -> Timestamp {
        self.row(url).due_at
    }

    pub(crate) fn pages(&self) -> usize {
        self.rows().pages.len()
    }
}

fn waiting(rows: impl Iterator<Item = Row>, by: Option<Timestamp>) -> Vec<Target> {
    let mut due: Vec<_> = rows.filter(|row| by.is_none_or(|by| row.due_at <= by)).collect();
    // Stable: the maps' order decides between equals.
    due.sort_by_key(|row| row.due_at);
    due.into_iter().map(|row| row.target).collect()
}

impl Frontier for MemoryFrontier {
    type Error = Infallible;

    async fn due_sources(&self, due: Due) -> Result<Vec<Target>, Infallible> {
        let by = match due {
            Due::By(by) => Some(by),
            Due::All => None,
        };
        Ok(waiting(self.rows().sources.values().cloned(), by))
    }

    async fn due_pages(&self, quota: PageQuota) -> Result<Vec<Target>, Infallible> {
        let mut of_host: HashMap<Authority, u32> = HashMap::new();
        let due = waiting(self.rows().pages.values().cloned(), Some(quota.by))
            .into_iter()
            .filter(|target| {
                let count = of_host.entry(Authority::of(&target.url)).or_default();
                *count += 1;
                *count <= quota.per_host
            });
        Ok(due.take(quota.limit as usize).collect())
    }

    async fn add_pages(&self, pages: NewPages<'_>, at: Timestamp) -> Result<AddedPages, Infallible> {
        let (mut all, mut added) = (self.rows(), AddedPages::default());
        let source = all.sources[&pages.source].target.clone();
        let by = Named {
            kind: source.role.kind(),
            source_url: source.url,
            depth: pages.depth,
        };
        let rows = &mut all.pages;
        let mut named = HashSet::new();
        for url in pages.urls {
            let key = url.key().as_str().to_owned();
            if rows.contains_key(&key) || !named.insert(key.clone()) {
                continue;
            }
            if added.new as usize == pages.limit {
                added.left_over += 1;
                continue;
            }
            rows.insert(key, Row::new(url.clone(), pages.source, Role::Page(by.clone()), at));
            added.new += 1;
        }
        Ok(added)
    }

    async fn visited(&self, target: &Target, record: &Record) -> Result<(), Infallible> {
        let rows = &mut *self.rows();
        let row = match target.role {
            Role::Source(_) => rows.sources.get_mut(&target.source),
            Role::Page(_) => rows.pages.get_mut(target.url.key().as_str()),
        };
        let row = row.expect("only what was handed out is recorded");
        row.due_at = record.due_at;
        row.error.clone_from(&record.error);
        row.target.memory.clone_from(&record.memory);
        Ok(())
    }

    async fn host(&self, host: &Authority) -> Result<HostMemory, Infallible> {
        Ok(self.rows().hosts.get(host).cloned().unwrap_or_default())
    }

    async fn remember_host(&self, host: &Authority, memory: &HostMemory) -> Result<(), Infallible> {
        self.rows().hosts.insert(host.clone(), memory.clone());
        Ok(())
    }
}
