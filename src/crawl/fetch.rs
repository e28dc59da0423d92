//! One address to one answer: each hop in its host's turn, and only where robots.txt lets us.

use std::{sync::Arc, time::Duration};

use super::{
    Authority, Frontier, HostMemory, Kept, Obstacle, Settings,
    hands::{Hands, Held},
    host::{Budget, Host, LEFT_ALONE, LONGEST_SLEEP, Manners},
    permission::Permission,
    robots::Robots,
    run::Error,
    schedule::{quota_reset, retry_after},
};
use crate::{
    domain::{Timestamp, WebUrl},
    net::{Answered, Client, FetchError, Fetched, Heard, Request, Step},
};

/// Distances between requests from this on are written down after each: a row in that time costs nothing.
const REMEMBERED: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Halt {
    /// This visit is over.
    Obstacle(Obstacle),
    /// The host is another run's by now.
    Lost,
    /// The run is over.
    Run(Error),
}

impl From<Obstacle> for Halt {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

impl From<FetchError> for Halt {
    fn from(error: FetchError) -> Self {
        Self::Obstacle(error.into())
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

/// Fetches politely.
pub(super) struct Fetcher<'a, F> {
    pub(super) client: &'a Client,
    pub(super) settings: &'a Settings,
    pub(super) frontier: &'a F,
    pub(super) clock: &'a (dyn Fn() -> Timestamp + Sync),
    pub(super) hands: Hands<'a, F>,
}

impl<F: Frontier> Fetcher<'_, F> {
    /// Fetches, following redirects. Each hop is a request like any other: its host's turn, its host's robots.txt.
    pub(super) async fn get(&self, mut request: Request) -> Result<Fetched, Halt> {
        for _ in 0..=Client::MAX_REDIRECTS {
            let held = self.host(request.url()).await?;
            self.permission(&held, request.url()).await?.check(request.url())?;
            match self.hop(&held, &request).await? {
                Step::Done(fetched) => return Ok(fetched),
                Step::Redirect(to) => request = request.redirected(to),
            }
        }
        Err(FetchError::TooManyRedirects.into())
    }

    /// Opens a stream: in its host's turn, and where robots.txt lets us. Others may have the next turn while it is open.
    pub(super) async fn listen(&self, request: Request) -> Result<Heard, Halt> {
        let held = self.host(request.url()).await?;
        let host = &held.host;
        self.permission(&held, request.url()).await?.check(request.url())?;
        let turn = host.turn(self.budget(), self.clock).await?;
        self.hands.hold(&held).await?;
        let answer = self.client.listen(request).await;
        let now = (self.clock)();
        let manners = match &answer {
            Ok(Heard::Refused(fetched)) => manners_of(fetched, now),
            Ok(Heard::Open(_)) => Manners::Answered,
            Err(error) => manners_without(error),
        };
        let delay = self.delay(host);
        turn.end(manners, delay, now);
        self.remember_pause(&held, manners, delay).await?;
        Ok(answer?)
    }

    async fn host(&self, url: &WebUrl) -> Result<Arc<Held>, Halt> {
        self.hands.host(&Authority::of(url)).await
    }

    /// What the host lets us fetch: as found out in this run, as remembered, or as its robots.txt says now.
    async fn permission<'h>(&self, held: &'h Held, url: &WebUrl) -> Result<&'h Permission, Halt> {
        let find_out = || async {
            match held.host.remembered_permission((self.clock)()) {
                Some(permission) => Ok(permission),
                None => self.ask_permission(held, url).await,
            }
        };
        held.host.permission.get_or_try_init(find_out).await
    }

    async fn ask_permission(&self, held: &Held, url: &WebUrl) -> Result<Permission, Halt> {
        let url = url.join("/robots.txt").map_err(FetchError::UrlNotAllowed)?;
        let request = Request::get(url)
            .accept("text/plain, */*;q=0.5")
            .first(Robots::MAX_BYTES + 1);
        let answer = match self.hop(held, &request).await {
            Ok(Step::Done(fetched)) => Ok(fetched),
            Ok(Step::Redirect(to)) => self.robots_elsewhere(request.redirected(to)).await.or_else(obstacle)?,
            Err(Halt::Obstacle(obstacle)) if is_unasked(&obstacle) => return Err(obstacle.into()),
            Err(halt) => obstacle(halt)?,
        };
        let permission = Permission::of(&answer, (self.clock)());
        self.remember(held, &permission).await?;
        Ok(permission)
    }

    /// A robots.txt may be on another host, after up to five redirects (RFC 9309, 2.3.1.2). That host's own rules are not
    /// asked: they are not about this file.
    async fn robots_elsewhere(&self, mut request: Request) -> Result<Result<Fetched, Obstacle>, Halt> {
        for _ in 0..Client::MAX_REDIRECTS {
            let held = self.host(request.url()).await?;
            match self.hop(&held, &request).await? {
                Step::Done(fetched) => return Ok(Ok(fetched)),
                Step::Redirect(to) => request = request.redirected(to),
            }
        }
        Err(FetchError::TooManyRedirects.into())
    }

    async fn remember(&self, held: &Held, permission: &Permission) -> Result<(), Halt> {
        let mut memory = held.host.memory((self.clock)()).await;
        memory.robots = Some(permission.memory());
        self.write_down(held, &memory).await
    }

    async fn write_down(&self, held: &Held, memory: &HostMemory) -> Result<(), Halt> {
        let remembered = self.frontier.remember_host(&held.lease, memory).await;
        match remembered.map_err(Error::frontier)? {
            Kept::Yes => Ok(()),
            Kept::Late => Err(Halt::Lost),
        }
    }

    async fn hop(&self, held: &Held, request: &Request) -> Result<Step, Halt> {
        let host = &held.host;
        let turn = host.turn(self.budget(), self.clock).await?;
        self.hands.hold(held).await?;
        let answer = self.client.step(request).await;
        let now = (self.clock)();
        let manners = manners(&answer, now);
        // A redirect is half an answer: were the other half left to the next run, that would begin at the first again.
        let is_half = matches!(&answer, Ok(answered) if matches!(answered.step, Step::Redirect(_)));
        let delay = match self.delay(host) {
            delay if delay > LONGEST_SLEEP && is_half => self.settings.min_delay,
            delay => delay,
        };
        turn.end(manners, delay, now);
        self.remember_pause(held, manners, delay).await?;
        Ok(self.keep(request, answer?, now).await)
    }

    pub(super) fn budget(&self) -> Budget {
        Budget::new(self.settings.max_pages_per_host, self.settings.min_delay)
    }

    /// A pause that the host asks for holds for the next run, too, if this one is killed in it.
    async fn remember_pause(&self, held: &Held, manners: Manners, delay: Duration) -> Result<(), Halt> {
        match manners {
            Manners::Answered | Manners::Silent if delay < REMEMBERED => Ok(()),
            _ => self.write_down(held, &held.host.memory((self.clock)()).await).await,
        }
    }

    /// The time from one request to the next: our own distance, or the greater one that robots.txt asks for (a day at the
    /// most).
    pub(super) fn delay(&self, host: &Host) -> Duration {
        let asked = host.permission.get().and_then(Permission::crawl_delay);
        self.settings.min_delay.max(asked.unwrap_or_default())
    }
}

/// Whether no request reached the host, so that nothing was learnt about it.
const fn is_unasked(obstacle: &Obstacle) -> bool {
    matches!(
        obstacle,
        Obstacle::Fetch(FetchError::AddressNotAllowed | FetchError::PortNotAllowed)
    ) || obstacle.is_postponement()
}

/// Keeps an obstacle as an answer, and lets the end of the run through.
fn obstacle(halt: Halt) -> Result<Result<Fetched, Obstacle>, Halt> {
    match halt {
        // Another run's robots.txt, or ours, can be had when the host is free.
        Halt::Obstacle(Obstacle::HostBusy) | Halt::Lost | Halt::Run(_) => Err(halt),
        Halt::Obstacle(obstacle) => Ok(Err(obstacle)),
    }
}

fn manners(answer: &Result<Answered, FetchError>, now: Timestamp) -> Manners {
    match answer.as_ref().map(|answered| &answered.step) {
        Ok(Step::Done(fetched)) => manners_of(fetched, now),
        Ok(Step::Redirect(_)) => Manners::Answered,
        Err(error) => manners_without(error),
    }
}

/// A host asks to be left alone by 429 or 503, or by saying that the requests which it grants are used up.
fn manners_of(fetched: &Fetched, now: Timestamp) -> Manners {
    let quota = fetched.quota.as_ref().filter(|quota| quota.remaining < 1.0);
    let reset = quota.and_then(|quota| quota_reset(&quota.reset, now));
    match fetched.status {
        429 | 503 => {
            let asked = fetched.retry_after.as_deref().and_then(|text| retry_after(text, now));
            Manners::AsksToWait(asked.or(reset).unwrap_or(LEFT_ALONE))
        }
        _ => reset.map_or(Manners::Answered, Manners::AsksToWait),
    }
}

const fn manners_without(error: &FetchError) -> Manners {
    match error {
        FetchError::Timeout | FetchError::Dns(_) | FetchError::Connect(_) | FetchError::Tls(_) => Manners::Silent,
        _ => Manners::Answered,
    }
}
