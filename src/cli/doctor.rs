//! `klarstelle doctor`: what is wrong with this installation?

use std::{
    fs::{self, TryLockError},
    io,
};

use serde::Serialize;

use super::{
    context::{describe, place, store_url},
    output::{AlreadyTold, print},
    source_status,
};
use crate::{
    archive,
    config::Settings,
    domain::{self, Timestamp},
    indexer::{Place, SharedIndex},
    model,
    store::{Store, StoreUrl},
};

/// How one check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    Ok,
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    health: Health,
    detail: String,
}

impl Finding {
    fn ok(what: &'static str, detail: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Ok,
            detail: detail.into(),
        }
    }

    fn warning(what: &'static str, detail: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Warning,
            detail: detail.into(),
        }
    }

    fn failed(what: &'static str, error: &dyn std::error::Error) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self {
            what,
            health: Health::Failed,
            detail: format!("{error}{cause}"),
        }
    }
}

pub(super) async fn run(settings: &Settings) -> anyhow::Result<()> {
    let mut findings = vec![
        data_dir(settings),
        clock(),
        contact(settings),
        crawl_lock(settings),
        archive(settings),
        semantic_model(settings),
    ];
    findings.extend(store_and_index(settings).await);
    print(settings, &findings, |findings| findings.iter().map(line).collect())?;
    if findings.iter().any(|finding| finding.health == Health::Failed) {
        Err(AlreadyTold.into())
    } else {
        Ok(())
    }
}

fn line(finding: &Finding) -> String {
    let mark = match finding.health {
        Health::Ok => "ok     ",
        Health::Warning => "warning",
        Health::Failed => "FAILED ",
    };
    format!("{mark}  {:<10}  {}\n", finding.what, finding.detail)
}

/// Writes and removes a file: permissions alone do not tell about a full or read-only disk.
fn data_dir(settings: &Settings) -> Finding {
    let dir = &settings.data_dir;
    if !dir.exists() {
        return Finding::warning(
            "data dir",
            format!("{} does not exist; the first command makes it", dir.display()),
        );
    }
    let probe = dir.join(".doctor");
    match fs::write(&probe, b"probe").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => Finding::ok("data dir", format!("{} is writable", dir.display())),
        Err(error) => Finding::failed("data dir", &error),
    }
}

/// A clock before this program was written is wrong.
fn clock() -> Finding {
    const WRITTEN: Timestamp = Timestamp::from_millis(1_795_000_000_000);
    let now = Timestamp::now();
    if now < WRITTEN {
        Finding::warning("clock", format!("{now} cannot be"))
    } else {
        Finding::ok("clock", now.to_string())
    }
}

fn contact(settings: &Settings) -> Finding {
    if settings.crawl.contact.is_empty() {
        Finding::warning(
            "contact",
            "crawl.contact is not set: site owners cannot tell who visits them",
        )
    } else {
        Finding::ok("contact", settings.crawl.contact.clone())
    }
}

fn crawl_lock(settings: &Settings) -> Finding {
    let lock = fs::File::open(settings.data_dir.join("crawl.lock")).map(|file| file.try_lock());
    match lock {
        Ok(Err(TryLockError::WouldBlock)) => Finding::ok("crawl", "a crawl is running"),
        Ok(Err(TryLockError::Error(error))) => Finding::failed("crawl", &error),
        Ok(Ok(())) | Err(_) => Finding::ok("crawl", "no crawl is running"),
    }
}

/// How full the archive is.
fn archive(settings: &Settings) -> Finding {
    let dir = settings.archive_dir();
    let is_on = !settings.crawl.archive.as_os_str().is_empty();
    let budget = settings.crawl.archive_budget_bytes;
    match archive::size_of(&dir) {
        Ok((files, bytes)) => {
            let detail = format!("{}: {files} files, {bytes} of {budget} bytes", dir.display());
            if is_on && bytes >= budget / 10 * 9 {
                Finding::warning(
                    "archive",
                    format!("{detail}: it will keep nothing more soon, or does so already"),
                )
            } else {
                Finding::ok("archive", detail)
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_on => {
            Finding::ok("archive", format!("{} is made by the next crawl", dir.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::ok("archive", "off: what is fetched is not kept")
        }
        Err(error) => Finding::failed("archive", &error),
    }
}

/// Opens it: a folder that is there may still hold no model.
fn semantic_model(settings: &Settings) -> Finding {
    let Some(folder) = place(settings).model else {
        return Finding::warning(
            "model",
            "none: texts are matched by their words only; `klarstelle model pull multilingual-e5-small` fetches one, \
             index.model names its folder",
        );
    };
    match model::encoder(&folder) {
        Ok(_) => Finding::ok("model", format!("{} can be used", folder.display())),
        Err(error) => Finding::failed("model", &error),
    }
}

async fn store_and_index(settings: &Settings) -> Vec<Finding> {
    let url = store_url(settings);
    if matches!(&url, StoreUrl::Sqlite(file) if !file.exists()) {
        return vec![Finding::warning(
            "store",
            "there is none yet; the first command makes it",
        )];
    }
    match Store::open(&url).await {
        Ok(store) => {
            let mut findings = vec![store_finding(&store, &describe(&url)).await];
            findings.push(index_finding(settings, &store).await);
            findings.push(source_finding(&store).await);
            findings
        }
        Err(error) => vec![Finding::failed("store", &error)],
    }
}

async fn store_finding(store: &Store, name: &str) -> Finding {
    let problems = store.check().await;
    match (problems, store.counts().await) {
        (Ok(problems), Ok(counts)) if problems.is_empty() => Finding::ok(
            "store",
            format!(
                "{name}: {} claims, {} fact-checks, sound",
                counts.claims, counts.fact_checks
            ),
        ),
        (Ok(problems), Ok(_)) => Finding {
            what: "store",
            health: Health::Failed,
            detail: problems.join("; "),
        },
        (Err(error), _) | (_, Err(error)) => Finding::failed("store", &error),
    }
}

/// Names the broken sources: nobody would miss them otherwise.
async fn source_finding(store: &Store) -> Finding {
    let found = async {
        let failing = source_status::all(store, Some(domain::Health::Failing)).await?.len();
        let broken = source_status::all(store, Some(domain::Health::Broken)).await?;
        let sources = store.counts().await?.sources;
        Ok::<_, crate::store::Error>((sources, failing, broken))
    };
    match found.await {
        Ok((sources, failing, broken)) if broken.is_empty() => {
            Finding::ok("sources", format!("{sources}, of them {failing} failing, none broken"))
        }
        Ok((sources, failing, broken)) => {
            let names: Vec<_> = broken.iter().map(source_status::name).collect();
            let what = format!("{sources}, of them {failing} failing, {} broken: ", broken.len());
            Finding::warning("sources", what + &names.join("; "))
        }
        Err(error) => Finding::failed("sources", &error),
    }
}

async fn index_finding(settings: &Settings, store: &Store) -> Finding {
    let index = match SharedIndex::open_read_only(&Place::without_model(&settings.index_dir())) {
        Ok(index) => index,
        Err(error) => return Finding::warning("index", format!("{error}; `reindex` builds it from the store")),
    };
    let at = index.position();
    match store.last_change().await {
        Ok(last) if at == last => Finding::ok("index", format!("up to date, {} claims", index.current().len())),
        Ok(last) => Finding::warning(
            "index",
            format!("at change {at} of {last}; serve, crawl and import catch up"),
        ),
        Err(error) => Finding::failed("index", &error),
    }
}
