//! `klarstelle queue`: what needs a check first, and why?

use std::fmt::Write;

use clap::Args;

use super::{
    context::open_store,
    output::{print, tame},
};
use crate::{
    api::WaitingWire,
    config::{OutputFormat, Settings},
    domain::{Lang, Timestamp},
    store::{QueueQuery, Waiting},
};

#[derive(Debug, Args)]
pub(super) struct QueueArgs {
    /// Claims printed, those first that need a check most
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Only claims in this language
    #[arg(long, value_name = "LANG")]
    language: Option<Lang>,
}

pub(super) async fn run(settings: &Settings, args: &QueueArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let query = QueueQuery {
        lang: args.language,
        at: Timestamp::now(),
        after: None,
        limit: args.limit,
    };
    let page = store.queue(&query).await?;
    if settings.format == OutputFormat::Json {
        for waiting in &page.items {
            print(settings, &WaitingWire::of(waiting), |_| String::new())?;
        }
        return Ok(());
    }
    print(settings, &(), |()| text(&page.items))?;
    Ok(())
}

fn text(items: &[Waiting]) -> String {
    if items.is_empty() {
        return "Nothing waits for a check.".to_owned();
    }
    let mut text = String::new();
    for waiting in items {
        let (factors, counts) = (&waiting.factors, &waiting.counts);
        let _ = writeln!(text, "{:7.3}  {}", waiting.score, tame(waiting.claim.text.as_str()));
        let _ = writeln!(
            text,
            "         = check-worthiness {:.2} x spread {:.2} ({} seen) x growth {:.2} ({} this week, {} in four before) \
             x requests {:.2} ({}) x staleness {:.2} ({} days)  {}",
            factors.check_worthiness,
            factors.spread,
            waiting.claim.sightings,
            factors.growth,
            counts.week,
            counts.month_before,
            factors.requests,
            waiting.requests,
            factors.staleness,
            counts.silent_days,
            waiting.claim.id,
        );
    }
    text
}
