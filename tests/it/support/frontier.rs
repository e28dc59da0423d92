//! The crawler's memory in a few maps: what the crawler's tests look into, and a model for the store's.

use std::{
    collections::{BTreeMap, HashSet},
    convert::Infallible,
    sync::{Mutex, MutexGuard},
};

use klarstelle::{
    crawl::{
        AddedPages, Authority, Call, Claimed, Due, Frontier, HostMemory, Kept, Lease, Memory, Named, NewPages, Role,
        RunId, Target, Term, VisitEnd, Which, Work,
    },
    domain::{Failure, SourceId, SourceKind, Timestamp, WebUrl},
};

#[derive(Default)]
pub(crate) struct MemoryFrontier(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    sources: BTreeMap<SourceId, Row>,
    /// By URL key.
    pages: BTreeMap<String, Row>,
    hosts: BTreeMap<Authority, HostRow>,
}

#[derive(Clone)]
struct Row {
    target: Target,
    due_at: Timestamp,
    failure: Option<Failure>,
}

#[derive(Clone, Default)]
struct HostRow {
    memory: HostMemory,
    owner: Option<RunId>,
    until: Option<Timestamp>,
    token: u64,
    /// Not later than what is due there first.
    due_at: Option<Timestamp>,
}

impl HostRow {
    fn is_free(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    fn awaken(&mut self, at: Timestamp) {
        self.due_at = Some(self.due_at.map_or(at, |due_at| due_at.min(at)));
    }

    fn lease(&mut self, host: &Authority, term: &Term<'_>) -> Claimed {
        self.owner = Some(term.run.clone());
        self.until = Some(term.until);
        self.token += 1;
        Claimed {
            lease: Lease {
                host: host.clone(),
                token: self.token,
            },
            memory: self.memory.clone(),
        }
    }
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
            failure: None,
        }
    }

    fn host(&self) -> Authority {
        Authority::of(&self.target.url)
    }
}

impl Rows {
    fn held(&mut self, lease: &Lease) -> Option<&mut HostRow> {
        self.hosts.get_mut(&lease.host).filter(|row| row.token == lease.token)
    }

    fn due<'a>(rows: impl Iterator<Item = &'a Row>, host: &Authority, by: Timestamp) -> Vec<Target> {
        let mut due: Vec<_> = rows.filter(|row| row.due_at <= by && row.host() == *host).collect();
        // Stable: the maps' order decides between equals.
        due.sort_by_key(|row| row.due_at);
        due.into_iter().map(|row| row.target.clone()).collect()
    }

    /// The hosts that seem to have something due, those waiting longest first.
    fn due_hosts(&self, which: &Which) -> Vec<Authority> {
        let has_source = |host: &Authority| !Self::due(self.sources.values(), host, which.by).is_empty();
        let waiting = self.hosts.iter().filter(|(host, row)| {
            row.due_at.is_some_and(|due_at| due_at <= which.by) && (which.work == Work::All || has_source(host))
        });
        let mut hosts: Vec<_> = waiting.map(|(host, row)| (row.due_at, host.clone())).collect();
        hosts.sort();
        hosts.into_iter().map(|(_, host)| host).collect()
    }

    fn add(&mut self, pages: NewPages<'_>) -> AddedPages {
        let mut added = AddedPages::default();
        let source = self.sources[&pages.source].target.clone();
        let by = Named {
            kind: source.role.kind(),
            source_url: source.url,
            depth: pages.depth,
        };
        let mut named = HashSet::new();
        for url in pages.urls {
            let key = url.key().as_str().to_owned();
            if self.pages.contains_key(&key) || !named.insert(key.clone()) {
                continue;
            }
            if added.new as usize == pages.limit {
                added.left_over += 1;
                continue;
            }
            let row = Row::new(url.clone(), pages.source, Role::Page(by.clone()), pages.due_at);
            self.hosts.entry(row.host()).or_default().awaken(pages.due_at);
            self.pages.insert(key, row);
            added.new += 1;
        }
        added
    }

    fn target(&mut self, target: &Target) -> &mut Row {
        match target.role {
            Role::Source(_) => self.sources.get_mut(&target.source),
            Role::Page(_) => self.pages.get_mut(target.url.key().as_str()),
        }
        .expect("only what was handed out is written down")
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
        let mut rows = self.rows();
        let row = Row::new(url, id, Role::Source(kind), Timestamp::from_millis(0));
        rows.hosts.entry(row.host()).or_default().awaken(row.due_at);
        rows.sources.insert(id, row);
        id
    }

    /// As a run begins that knows that it is alone.
    pub(crate) fn end_other_crawls(&self) {
        for host in self.rows().hosts.values_mut() {
            host.until = None;
        }
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
        self.row(url).failure.map(|failure| failure.code)
    }

    pub(crate) fn due_at(&self, url: &WebUrl) -> Timestamp {
        self.row(url).due_at
    }

    pub(crate) fn pages(&self) -> usize {
        self.rows().pages.len()
    }
}

impl Frontier for MemoryFrontier {
    type Error = Infallible;

    async fn begin(&self, due: Due, at: Timestamp) -> Result<u64, Infallible> {
        let mut rows = self.rows();
        let by = match due {
            Due::By(by) => by,
            Due::All => {
                let Rows { sources, hosts, .. } = &mut *rows;
                for row in sources.values_mut() {
                    if row.due_at > at {
                        row.due_at = at;
                        hosts.entry(row.host()).or_default().awaken(at);
                    }
                }
                at
            }
        };
        let all = rows.sources.values().chain(rows.pages.values());
        Ok(all.filter(|row| row.due_at <= by).count() as u64)
    }

    async fn claim(&self, call: &Call<'_>) -> Result<Option<Claimed>, Infallible> {
        let mut rows = self.rows();
        let due = rows.due_hosts(&call.which);
        let first = due.into_iter().find(|host| rows.hosts[host].is_free(call.term.now));
        Ok(first.map(|host| rows.hosts.entry(host.clone()).or_default().lease(&host, &call.term)))
    }

    async fn claim_host(&self, host: &Authority, term: &Term<'_>) -> Result<Option<Claimed>, Infallible> {
        let mut rows = self.rows();
        let row = rows.hosts.entry(host.clone()).or_default();
        Ok(row.is_free(term.now).then(|| row.lease(host, term)))
    }

    async fn renew(&self, run: &RunId, until: Timestamp) -> Result<Vec<Authority>, Infallible> {
        let mut rows = self.rows();
        let held = rows.hosts.iter_mut().filter(|(_, row)| row.owner.as_ref() == Some(run));
        Ok(held
            .map(|(host, row)| {
                row.until = Some(until);
                host.clone()
            })
            .collect())
    }

    async fn hold(&self, lease: &Lease, until: Timestamp) -> Result<Kept, Infallible> {
        Ok(self.rows().held(lease).map_or(Kept::Late, |row| {
            row.until = Some(until);
            Kept::Yes
        }))
    }

    async fn in_other_hands(&self, call: &Call<'_>) -> Result<Vec<(Authority, Timestamp)>, Infallible> {
        let rows = self.rows();
        let mut due = rows.due_hosts(&call.which);
        due.sort();
        let held = due.into_iter().filter_map(|host| {
            let row = &rows.hosts[&host];
            let is_other = row.owner.as_ref() != Some(call.term.run);
            is_other.then_some((host, row.until.unwrap_or(Timestamp::from_millis(0))))
        });
        Ok(held.take(100).collect())
    }

    async fn release(
        &self,
        lease: &Lease,
        memory: &HostMemory,
        rests_until: Option<Timestamp>,
    ) -> Result<Kept, Infallible> {
        let mut rows = self.rows();
        let all = rows.sources.values().chain(rows.pages.values());
        let first = all.filter(|row| row.host() == lease.host).map(|row| row.due_at).min();
        Ok(rows.held(lease).map_or(Kept::Late, |row| {
            *row = HostRow {
                memory: memory.clone(),
                due_at: first.map(|due_at| rests_until.map_or(due_at, |until| until.max(due_at))),
                token: row.token,
                ..HostRow::default()
            };
            Kept::Yes
        }))
    }

    async fn due(&self, host: &Authority, which: &Which, limit: u32) -> Result<Vec<Target>, Infallible> {
        let rows = self.rows();
        let mut due = Rows::due(rows.sources.values(), host, which.by);
        if which.work == Work::All {
            due.extend(Rows::due(rows.pages.values(), host, which.by));
        }
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn due_pages(&self, host: &Authority, by: Timestamp) -> Result<u64, Infallible> {
        Ok(Rows::due(self.rows().pages.values(), host, by).len() as u64)
    }

    async fn visited(
        &self,
        lease: &Lease,
        target: &Target,
        end: &VisitEnd<'_>,
    ) -> Result<Option<AddedPages>, Infallible> {
        let mut rows = self.rows();
        if rows.held(lease).is_none() {
            return Ok(None);
        }
        let added = end.pages.map_or_else(AddedPages::default, |pages| rows.add(pages));
        let record = (end.record)(added);
        let row = rows.target(target);
        row.due_at = record.due_at;
        row.failure = record.failure;
        row.target.memory = record.memory;
        Ok(Some(added))
    }

    async fn put_off(&self, lease: &Lease, target: &Target, until: Timestamp) -> Result<Kept, Infallible> {
        let mut rows = self.rows();
        if rows.held(lease).is_none() {
            return Ok(Kept::Late);
        }
        rows.target(target).due_at = until;
        Ok(Kept::Yes)
    }

    async fn remember_host(&self, lease: &Lease, memory: &HostMemory) -> Result<Kept, Infallible> {
        Ok(self.rows().held(lease).map_or(Kept::Late, |row| {
            row.memory.clone_from(memory);
            Kept::Yes
        }))
    }
}
