//! `klarstelle import FILE…`: fact-checks from ClaimReview files, streamed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::{
    context::{open_store, refresh_index},
    output::{Partly, print},
};
use crate::{
    config::Settings,
    domain::{Actor, ExternalFactCheck},
    extract::{Defaults, Reader, Unreadable},
    ingest::{BATCH, Ingest},
    store::ImportTally,
};

/// Unreadable rows listed at the most; all are counted.
const LISTED: usize = 1000;

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// ClaimReview as JSON-LD, a DataFeed or NDJSON; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The publisher of rows that name none
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// That publisher's host name
    #[arg(long, value_name = "HOST")]
    site: Option<String>,
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
struct Report {
    read: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    claims_new: u64,
    unreadable: u64,
    /// The first unreadable rows.
    errors: Vec<BadRow>,
}

#[derive(Debug, Serialize)]
struct BadRow {
    file: String,
    line: u64,
    reason: String,
}

pub(super) async fn run(settings: &Settings, args: &ImportArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let ingest = Ingest::new(store.clone(), Actor::Import);
    let mut report = Report::default();
    let mut outcome = Ok(());
    for file in &args.files {
        outcome = import(&ingest, file, args, &mut report).await;
        if outcome.is_err() {
            break;
        }
    }
    let indexed = refresh_index(settings, &store).await;
    print(settings, &report, text)?;
    outcome?;
    indexed?;
    if report.unreadable > 0 {
        return Err(Partly(format!(
            "{} rows could not be read; the rest is imported",
            report.unreadable
        ))
        .into());
    }
    Ok(())
}

/// Imports one file. What was read before a failure is imported and counted.
async fn import(ingest: &Ingest, file: &Path, args: &ImportArgs, report: &mut Report) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let input = open(file).with_context(|| format!("cannot read {name}"))?;
    let defaults = Defaults {
        publisher: args.publisher.clone(),
        site: args.site.clone(),
        ..Defaults::default()
    };
    let mut batch = Vec::with_capacity(BATCH);
    for row in Reader::new(input, defaults) {
        match row {
            Ok(check) => batch.push(check),
            Err(unreadable) => report.bad_row(&name, &unreadable),
        }
        if batch.len() == BATCH {
            report
                .write(ingest, &mut batch)
                .await
                .with_context(|| format!("cannot import all of {name}"))?;
        }
    }
    report
        .write(ingest, &mut batch)
        .await
        .with_context(|| format!("cannot import all of {name}"))
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 18, File::open(file)?)))
}

impl Report {
    async fn write(&mut self, ingest: &Ingest, batch: &mut Vec<ExternalFactCheck>) -> anyhow::Result<()> {
        let ImportTally {
            new,
            changed,
            unchanged,
            claims_new,
        } = ingest.fact_checks(batch).await?;
        self.read += batch.len() as u64;
        self.new += new;
        self.changed += changed;
        self.unchanged += unchanged;
        self.claims_new += claims_new;
        batch.clear();
        Ok(())
    }

    fn bad_row(&mut self, file: &str, row: &Unreadable) {
        self.unreadable += 1;
        if self.errors.len() < LISTED {
            let reason = row.reason.to_string();
            self.errors.push(BadRow {
                file: file.to_owned(),
                line: row.line,
                reason,
            });
        }
    }
}

fn text(report: &Report) -> String {
    let bad = report
        .errors
        .iter()
        .map(|row| format!("{}:{}: {}\n", row.file, row.line, row.reason));
    let mut text: String = bad.collect();
    let Report {
        read,
        new,
        changed,
        unchanged,
        claims_new,
        unreadable,
        ..
    } = report;
    text.push_str(&format!(
        "{read} fact-checks read: {new} new, {changed} changed, {unchanged} unchanged; {claims_new} new claims; \
         {unreadable} rows unreadable\n"
    ));
    text
}
