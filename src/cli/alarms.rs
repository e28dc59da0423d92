//! `klarstelle alarms`: what should not wait until somebody looks?

use clap::Args;

use super::{
    context::open_store,
    output::{print, tame},
};
use crate::{
    api::AlarmWire,
    config::{OutputFormat, Settings},
    domain::{AlarmKind, Evidence, Timestamp},
    store::{AlarmQuery, Raised},
};

#[derive(Debug, Args)]
pub(super) struct AlarmArgs {
    /// Only alarms raised at this time or later, as in RFC 3339, or a date
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// Only alarms of this kind: resurfaced, growing or coordinated
    #[arg(long, value_name = "KIND")]
    kind: Option<AlarmKind>,
    /// Alarms printed, the latest first
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "expected a time as in RFC 3339, or a date".to_owned())
}

pub(super) async fn run(settings: &Settings, args: &AlarmArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let query = AlarmQuery {
        since: args.since,
        kind: args.kind,
        after: None,
        limit: args.limit,
    };
    let page = store.alarms(&query).await?;
    if settings.format == OutputFormat::Json {
        for raised in &page.items {
            print(settings, &AlarmWire::of(raised), |_| String::new())?;
        }
        return Ok(());
    }
    print(settings, &(), |()| text(&page.items))?;
    Ok(())
}

fn text(items: &[Raised]) -> String {
    if items.is_empty() {
        return "No alarm.".to_owned();
    }
    let line = |raised: &Raised| {
        let alarm = &raised.alarm;
        let claim = &raised.claim;
        format!(
            "{}  {:<11}  {}  {}\n{:26}{} (until {}, {} so far)\n",
            alarm.began_at,
            alarm.kind.as_str(),
            claim.id,
            tame(claim.text.as_str()),
            "",
            because(&alarm.evidence),
            alarm.last_at,
            alarm.happened
        )
    };
    items.iter().map(line).collect()
}

fn because(evidence: &Evidence) -> String {
    let Evidence {
        quiet_days,
        day_sightings,
        usual_per_day,
        accounts,
        requests,
        minutes,
    } = evidence;
    let parts = [
        quiet_days.map(|days| format!("nobody had said it for {days} days")),
        day_sightings.map(|seen| format!("seen {seen} times in a day")),
        usual_per_day.map(|usual| format!("usually {usual}")),
        accounts.map(|accounts| format!("{accounts} new accounts say nearly the same")),
        requests.map(|requests| format!("{requests} asked for a check")),
        minutes.map(|minutes| format!("within {minutes} minutes")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
