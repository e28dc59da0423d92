//! One visit: a target comes in; its answers are read as its kind of source plans it, and what they brought goes out.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::{
    Frontier, Kind, Lease, Memory, Obstacle, Plan, Reader, Reading, Role, Target, Visit, Way,
    fetch::Halt,
    run::{Error, Run},
};
use crate::{
    domain::{SourceKind, WebUrl},
    net::{FetchError, Fetched, Heard, Listening, Request, Validators},
};

/// What of a stream is read at once, in bytes, and then kept.
const PORTION_BYTES: usize = 256 << 10;

/// Most of a stream that one visit reads, in bytes.
const MAX_STREAM_BYTES: usize = 64 << 20;

/// What a visit brought.
pub(super) enum Brought {
    News(Box<News>),
    NothingNew,
}

/// Something new.
pub(super) struct News {
    pub(super) plan: Plan,
    pub(super) reading: Reading,
    pub(super) memory: Memory,
}

/// A visit under way.
struct Under<'a> {
    lease: &'a Lease,
    target: &'a Target,
    kind: &'static dyn Kind,
    plan: &'a Plan,
}

impl<F: Frontier, R: Reader> Run<'_, F, R> {
    pub(super) async fn bring(&self, lease: &Lease, target: &Target) -> Result<Brought, Halt> {
        let name = target.role.kind();
        let kind = self.context.sources.get(name).ok_or(Obstacle::UnknownKind(name))?;
        let plan = plan(kind, target);
        let under = Under {
            lease,
            target,
            kind,
            plan: &plan,
        };
        let brought = match plan.way {
            Way::Get | Way::GetFile => self.ask(&under).await?,
            Way::Listen => Some(self.elsewhere(self.listen(&under)).await?),
        };
        Ok(brought.map_or(Brought::NothingNew, |(reading, memory)| {
            Brought::News(Box::new(News { plan, reading, memory }))
        }))
    }

    /// Asks for the answers, one after the other; `None` if the first is nothing new.
    async fn ask(&self, under: &Under<'_>) -> Result<Option<(Reading, Memory)>, Halt> {
        let known = &under.target.memory;
        let request = self.request(under, under.plan.url.clone())?;
        let first = self.fetcher.get(request.unless_unchanged(&known.validators)).await?;
        if is_not_modified(&first, &known.validators)? {
            return Ok(None);
        }
        let content = digest(&first).await.map_err(FetchError::Disk)?;
        if known.content.as_ref() == Some(&content) {
            return Ok(None);
        }
        let mut reading = self.read(under, &first).await?;
        let is_pointer = reading.is_pointer;
        let is_whole = self.read_on(under, &mut reading).await?;
        let memory = Memory {
            validators: first.validators,
            content: Some(content),
            ..Memory::default()
        };
        // Where the same answer would hide news, the next visit must not be told that nothing is new.
        let is_told = is_whole && !is_pointer;
        Ok(Some((reading, if is_told { memory } else { Memory::default() })))
    }

    /// Reads the answers that continue the first, and says whether none is left that a later visit may have. If one cannot be
    /// had, what there is stands. No answer is asked for twice, so paging ends even if it runs in circles.
    async fn read_on(&self, under: &Under<'_>, reading: &mut Reading) -> Result<bool, Halt> {
        let mut asked = BTreeSet::from([under.plan.url.clone()]);
        let mut waiting: VecDeque<_> = reading.next.drain(..).collect();
        let mut is_whole = true;
        while asked.len() < under.plan.answers {
            let Some(url) = waiting.pop_front() else { break };
            if !asked.insert(url.clone()) {
                continue;
            }
            let answer = match self.request(under, url) {
                Ok(request) => self.fetcher.get(request).await,
                Err(obstacle) => Err(obstacle.into()),
            };
            match answer {
                Ok(more) if is_success(&more) => reading.add(self.read(under, &more).await?),
                Ok(more) => is_whole &= !Obstacle::Status(more.status).is_retryable(),
                Err(Halt::Obstacle(obstacle)) => is_whole &= !obstacle.is_retryable(),
                Err(halt) => return Err(halt),
            }
            waiting.extend(reading.next.drain(..));
        }
        Ok(is_whole)
    }

    fn request(&self, under: &Under<'_>, url: WebUrl) -> Result<Request, Obstacle> {
        let plan = under.plan;
        let same_host = plan.url.to_url().origin() == url.to_url().origin();
        let mut request = Request::get(url).accept(plan.accept);
        if plan.way == Way::GetFile {
            request = request.into_file();
        }
        match plan.key.filter(|_| same_host) {
            Some(header) => Ok(request.key(header, self.key(under.kind.name())?)),
            None => Ok(request),
        }
    }

    fn key(&self, kind: SourceKind) -> Result<HeaderValue, Obstacle> {
        let key = self.context.settings.keys.get(kind);
        let value = key.and_then(|key| HeaderValue::from_str(key).ok());
        value.ok_or(Obstacle::NoKey(kind))
    }

    async fn read(&self, under: &Under<'_>, fetched: &Fetched) -> Result<Reading, Halt> {
        let visit = Visit {
            source: under.target.source,
            kind: match under.target.role {
                Role::Source(kind) => kind,
                Role::Page(_) => SourceKind::PAGE,
            },
            at: (self.context.clock)(),
            lease: under.lease,
            target: under.target,
            by: under.kind,
        };
        let reading = self.context.reader.read(&visit, fetched).await;
        let reading = reading.map_err(|error| Error::Reader(Box::new(error)))?;
        if reading.is_late { Err(Halt::Lost) } else { Ok(reading) }
    }

    /// Listens to a stream for a while. What came is read and kept portion by portion, and then the cursor remembered: a
    /// stream that breaks off, or a kill, costs nothing but a repetition.
    async fn listen(&self, under: &Under<'_>) -> Result<(Reading, Memory), Halt> {
        let until = Instant::now() + self.context.settings.listen;
        let url = under
            .kind
            .resume(&under.plan.url, under.target.memory.cursor.as_deref());
        let mut stream = match self.fetcher.listen(self.request(under, url)?).await? {
            Heard::Open(stream) => stream,
            // Success without a stream is none.
            Heard::Refused(answer) if is_success(&answer) => return Err(FetchError::Protocol(None).into()),
            Heard::Refused(answer) => return Err(Obstacle::Status(answer.status).into()),
        };
        let (mut reading, mut taken) = (Reading::default(), 0);
        loop {
            let portion = portion(&mut stream, until).await;
            let (bytes, ended) = match portion {
                Ok(portion) => portion,
                // What came before stands.
                Err(_) if taken > 0 => break,
                Err(error) => return Err(error.into()),
            };
            if !bytes.is_empty() {
                let is_first = taken == 0;
                taken += bytes.len();
                let more = self.read(under, &message_file(&under.plan.url, bytes)).await?;
                if is_first {
                    reading = more;
                } else {
                    reading.add(more);
                }
            }
            if ended || taken > MAX_STREAM_BYTES {
                break;
            }
        }
        let memory = Memory {
            cursor: reading.cursor.take().or_else(|| under.target.memory.cursor.clone()),
            ..Memory::default()
        };
        Ok((reading, memory))
    }
}

fn plan(kind: &dyn Kind, target: &Target) -> Plan {
    match &target.role {
        Role::Source(_) => kind.plan(&target.url),
        Role::Page(named) => Plan {
            depth: kind.plan(&named.source_url).depth,
            ..kind.page_plan(&target.url)
        },
    }
}

/// Messages that came, one a line, and whether these are the last.
async fn portion(stream: &mut Listening, until: Instant) -> Result<(Vec<u8>, bool), FetchError> {
    let mut bytes = Vec::new();
    while bytes.len() < PORTION_BYTES {
        match stream.next(until.saturating_duration_since(Instant::now())).await {
            Ok(Some(message)) => {
                bytes.extend(message.bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }));
                bytes.push(b'\n');
            }
            Ok(None) | Err(FetchError::Timeout) => return Ok((bytes, true)),
            // What came before the fault is read first; the next portion meets the fault again, or the end.
            Err(_) if !bytes.is_empty() => return Ok((bytes, true)),
            Err(error) => return Err(error),
        }
    }
    Ok((bytes, false))
}

/// What a portion of a stream is read as.
fn message_file(url: &WebUrl, bytes: Vec<u8>) -> Fetched {
    Fetched {
        url: url.clone(),
        status: 200,
        content_type: Some("application/x-ndjson".to_owned()),
        validators: Validators::default(),
        retry_after: None,
        next: None,
        quota: None,
        body: Bytes::from(bytes),
        file: None,
        kept: None,
    }
}

/// A hash of the whole body.
async fn digest(fetched: &Fetched) -> std::io::Result<String> {
    if fetched.file.is_none() {
        return Ok(hex(&Sha256::digest(&fetched.body)));
    }
    let mut input = fetched.raw()?;
    let hashed = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        loop {
            let bytes = input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(hex(&hash.finalize()));
            }
            hash.update(bytes);
            let length = bytes.len();
            input.consume(length);
        }
    });
    hashed.await.map_err(std::io::Error::other)?
}

fn hex(hash: &[u8]) -> String {
    hash[..16]
        .iter()
        .fold(String::with_capacity(32), |text, byte| format!("{text}{byte:02x}"))
}

const fn is_success(fetched: &Fetched) -> bool {
    matches!(fetched.status, 200..=299)
}

/// A 304 counts only if we asked for one: some servers send it unasked, and we would never get the page.
fn is_not_modified(fetched: &Fetched, validators: &Validators) -> Result<bool, Obstacle> {
    match fetched.status {
        304 if validators.is_empty() => Err(FetchError::Protocol(None).into()),
        304 => Ok(true),
        _ if is_success(fetched) => Ok(false),
        status => Err(Obstacle::Status(status)),
    }
}
