//! `klarstelle import FILE…`: fact-checks from ClaimReview files, streamed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tokio::sync::mpsc;

use super::{
    context::{open_store, place},
    output::{Partly, print},
};
use crate::{
    config::Settings,
    domain::{Actor, ExternalFactCheck},
    extract::{Defaults, Reader, Unreadable},
    indexer,
    ingest::{BATCH, Ingest},
    store::{ImportBatch, ImportTally},
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
    let (outcome, indexed) = indexer::beside(&store, &place(settings), import_all(&ingest, args, &mut report)).await;
    print(settings, &report, text)?;
    outcome?;
    indexed.context("the store is written, the index is not")?;
    if report.unreadable > 0 {
        return Err(Partly(format!(
            "{} rows could not be read; the rest is imported",
            report.unreadable
        ))
        .into());
    }
    Ok(())
}

async fn import_all(ingest: &Ingest, args: &ImportArgs, report: &mut Report) -> anyhow::Result<()> {
    for file in &args.files {
        import(ingest, file, args, report).await?;
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
    let (mut portions, reading) = read_ahead(Reader::new(input, defaults));
    while let Some(portion) = portions.recv().await {
        let written = report.write(ingest, &name, &portion).await;
        written.with_context(|| format!("cannot import all of {name}"))?;
    }
    // The channel is closed, so the thread has ended: at the end of the file, or before it by a panic.
    let read = reading.join();
    read.map_err(|_| anyhow!("reading {name} broke off; what was read before is imported"))
}

/// What was read at once.
struct Portion {
    fact_checks: u64,
    batch: ImportBatch,
    unreadable: Vec<Unreadable>,
}

impl Portion {
    fn read(reader: &mut impl Iterator<Item = Result<ExternalFactCheck, Unreadable>>) -> Option<Self> {
        let (mut checks, mut unreadable) = (Vec::new(), Vec::new());
        for row in reader.take(BATCH) {
            match row {
                Ok(check) => checks.push(check),
                Err(row) => unreadable.push(row),
            }
        }
        let is_end = checks.is_empty() && unreadable.is_empty();
        (!is_end).then(|| Self {
            fact_checks: checks.len() as u64,
            batch: ImportBatch::new(checks),
            unreadable,
        })
    }
}

/// Reads the next rows while the last ones are written. After a failure nobody waits for the thread: it may wait for
/// standard input for ever.
fn read_ahead(mut reader: Reader<Box<dyn BufRead + Send>>) -> (mpsc::Receiver<Portion>, JoinHandle<()>) {
    let (send, receive) = mpsc::channel(1);
    let reading = thread::spawn(move || {
        while let Some(portion) = Portion::read(&mut reader) {
            if send.blocking_send(portion).is_err() {
                return;
            }
        }
    });
    (receive, reading)
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 18, File::open(file)?)))
}

impl Report {
    async fn write(&mut self, ingest: &Ingest, file: &str, portion: &Portion) -> anyhow::Result<()> {
        for row in &portion.unreadable {
            self.bad_row(file, row);
        }
        let ImportTally {
            new,
            changed,
            unchanged,
            claims_new,
        } = ingest.batch(&portion.batch).await?;
        self.read += portion.fact_checks;
        self.new += new;
        self.changed += changed;
        self.unchanged += unchanged;
        self.claims_new += claims_new;
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
