//! `klarstelle source status`: how the sources are.

use clap::{Args, builder::PossibleValuesParser};

use super::{
    output::{print, tame},
    source::find,
};
use crate::{
    api::SourceWire,
    config::Settings,
    domain::{Health, Timestamp},
    store::{Error, SourceStatus, StatusQuery, Store},
};

/// Sources read at once.
const PORTION: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Only this one: its identifier or its address
    source: Option<String>,
    /// Only those that are so: broken ones have failed for a week, and are visited once a week
    #[arg(long, value_name = "STATE", value_parser = states())]
    state: Option<String>,
}

fn states() -> PossibleValuesParser {
    let states: Vec<_> = Health::ALL.iter().map(|health| health.as_str()).collect();
    states.into()
}

pub(super) async fn run(settings: &Settings, store: &Store, args: &StatusArgs) -> anyhow::Result<()> {
    let health = args.state.as_deref().and_then(|state| state.parse().ok());
    let found = match &args.source {
        Some(wanted) => {
            let id = find(store, wanted).await?;
            let found = store.status_of(&id, Timestamp::now()).await?;
            found
                .into_iter()
                .filter(|status| health.is_none_or(|health| status.health == health))
                .collect()
        }
        None => all(store, health).await?,
    };
    let wires: Vec<_> = found.iter().map(SourceWire::of).collect();
    print(settings, &wires, |_| found.iter().map(lines).collect())?;
    Ok(())
}

/// All sources that are so.
pub(super) async fn all(store: &Store, health: Option<Health>) -> Result<Vec<SourceStatus>, Error> {
    let mut query = StatusQuery {
        health,
        after: None,
        limit: PORTION,
        at: Timestamp::now(),
    };
    let mut found = Vec::new();
    loop {
        let page = store.source_status(&query).await?;
        found.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

/// A source that does not work, in a few words.
pub(super) fn name(status: &SourceStatus) -> String {
    let since = status.failing_since.map(|since| format!(" since {since}"));
    format!("{}{}{}", status.source.url, since.unwrap_or_default(), reason(status))
}

fn reason(status: &SourceStatus) -> String {
    let failure = status.last_failure.as_ref();
    let said = failure.map(|(_, failure)| format!(": {} ({})", tame(&failure.reason), failure.code));
    said.unwrap_or_default()
}

fn lines(status: &SourceStatus) -> String {
    let time = |time: Option<Timestamp>, otherwise: &str| time.map_or_else(|| otherwise.to_owned(), |t| t.to_string());
    let source = &status.source;
    let days: u64 = status.documents.iter().skip(1).map(|day| day.documents).sum();
    let failing = match status.failing_since {
        Some(since) => format!("         failing since {since}{}\n", reason(status)),
        None => String::new(),
    };
    format!(
        "{:<7}  {}  {}\n{failing}         last success {}, next visit {}, documents {} today and {days} in the week before, robots.txt {}\n",
        status.health.as_str(),
        source.kind,
        source.url,
        time(status.last_success, "never"),
        time(status.next_visit, "by the next crawl"),
        status.documents[0].documents,
        status.robots.as_str(),
    )
}
