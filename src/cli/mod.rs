//! What does the operator want done? Thin: read the settings, call one function, print, say how it went.

mod alarms;
mod backup;
mod benchmark;
mod cluster;
mod context;
mod crawl;
mod demo;
mod detect;
mod discovery;
mod doctor;
mod document;
mod erase;
mod eval;
mod eval_cluster;
mod eval_detect;
mod eval_extract;
mod extract;
mod import;
mod index;
mod key;
mod labelled;
mod lookup;
mod model;
mod outcomes;
mod output;
mod questions;
mod queue;
mod serve;
mod source;
mod source_status;
mod train_detect;
mod train_match;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;

use crate::{
    config::{self, Layers, Settings},
    store,
};
use context::LockHeld;
use output::Partly;

/// Tracks false claims and finds the fact-check that answers them.
#[derive(Debug, Parser)]
#[command(name = "klarstelle", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed
  2  wrong usage
  3  part of it failed (some sources, some lines), the rest is done
  4  another run holds the lock
  5  the configuration cannot be used
  6  the data directory is damaged, or from a newer version";

/// Flags of every command.
#[derive(Debug, Args)]
struct Global {
    /// Where the store, the index and the locks live [default: klarstelle-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", env = "KLARSTELLE_CONFIG")]
    config: Option<PathBuf>,
    /// A folder with a model in Hugging Face layout: texts are matched by their meaning too
    #[arg(long, global = true, value_name = "DIR")]
    model: Option<String>,
    /// How data are printed: text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    format: Option<String>,
    /// What is logged: error, warn, info, debug, or a filter as tracing reads it
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service: API, pages, and the index that follows the store
    Serve(serve::ServeArgs),
    /// Show everything on a bundled example web, without configuration
    Demo(demo::DemoArgs),
    /// Visit the sources that are due, then exit (for cron)
    Crawl(crawl::CrawlArgs),
    /// Read fact-checks from ClaimReview files: JSON-LD, a DataFeed or NDJSON
    Import(import::ImportArgs),
    /// Ask whether a text or an address is a known claim
    Lookup(lookup::LookupArgs),
    /// Show which claims need a check first, and why
    Queue(queue::QueueArgs),
    /// Show what should not wait: claims that come back, grow or are pushed
    Alarms(alarms::AlarmArgs),
    /// Set what is crawled
    #[command(subcommand)]
    Source(source::SourceCommand),
    /// Read what was kept of a document when it was fetched
    #[command(subcommand)]
    Document(document::DocumentCommand),
    /// Manage API keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Fetch models that turn texts into vectors
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Show what is read out of a file: document, fact-checks, feed items
    Extract(extract::ExtractArgs),
    /// Show which sentences of a text are claim-like, who says them, and why
    Detect(detect::DetectArgs),
    /// Look for claims that say the same and were founded apart; with --merge, merge them
    Cluster(cluster::ClusterArgs),
    /// Rebuild the index from the store
    Reindex,
    /// Compare the index with the store
    Verify,
    /// Erase documents everywhere, and keep them from coming back
    Erase(erase::EraseArgs),
    /// Drop what was kept for longer than its kind may be: see `[retention]` in the configuration
    Retention,
    /// Write all but index and configuration into a folder, while others read and write (SQLite)
    Backup(backup::BackupArgs),
    /// Bring back what `backup` wrote, without what was erased since (SQLite)
    Restore(backup::RestoreArgs),
    /// Look for what is wrong with this installation
    Doctor,
    /// Measure how well claims are found
    Eval(eval::EvalArgs),
    /// Measure how well texts that say the same come to one claim, in a store and an index of its own
    EvalCluster(eval_cluster::EvalClusterArgs),
    /// Measure how well articles are told from what surrounds them
    EvalExtract(eval_extract::EvalExtractArgs),
    /// Measure how well claims are told from other texts
    EvalDetect(eval_detect::EvalDetectArgs),
    /// Learn from labelled texts what claims look like, and measure it
    TrainDetect(train_detect::TrainDetectArgs),
    /// Learn the weights by which candidates are ordered, from questions with known answers
    TrainMatch(train_match::TrainMatchArgs),
}

/// Runs the command line; the arguments are the process's.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// The command line as clap knows it, for the test that holds the README to it.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let settings = settle(&cli)?;
    output::start_log(&settings, cli.command.logs_by_default())?;
    let runtime = cli.command.runtime().enable_all().build()?;
    runtime.block_on(cli.command.run(&settings))
}

fn settle(cli: &Cli) -> Result<Settings, config::Error> {
    let global = &cli.global;
    let mut flags = Vec::new();
    let mut flag = |key, name, value: &Option<String>| {
        flags.extend(value.clone().map(|value| (key, name, value)));
    };
    flag("data_dir", "--data-dir", &global.data_dir);
    flag("index.model", "--model", &global.model);
    flag("format", "--format", &global.format);
    flag("log.filter", "--log", &global.log);
    if let Command::Serve(args) = &cli.command {
        flag("server.listen", "--listen", &args.listen);
    }
    if let Command::Demo(args) = &cli.command {
        flag("server.listen", "--listen", &args.listen);
    }
    Layers {
        file: global.config.clone(),
        variables: std::env::vars().collect(),
        flags,
    }
    .settle()
}

impl Command {
    /// `serve` tells what it does; the others are silent unless something is wrong.
    const fn logs_by_default(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info",
            _ => "error",
        }
    }

    /// A crawl waits for hosts, and what it computes is done aside: in one thread nobody has to be woken for the next step.
    fn runtime(&self) -> Builder {
        match self {
            Self::Crawl(_) => Builder::new_current_thread(),
            _ => Builder::new_multi_thread(),
        }
    }

    async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::Serve(args) => serve::serve(settings, &args).await,
            Self::Demo(args) => demo::demo(settings, &args).await,
            Self::Crawl(args) => crawl::run(settings, &args).await,
            Self::Import(args) => import::run(settings, &args).await,
            Self::Lookup(args) => lookup::run(settings, &args).await,
            Self::Queue(args) => queue::run(settings, &args).await,
            Self::Alarms(args) => alarms::run(settings, &args).await,
            Self::Source(command) => source::run(settings, &command).await,
            Self::Document(command) => document::run(settings, &command).await,
            Self::Key(command) => key::run(settings, &command).await,
            Self::Model(command) => model::run(settings, &command).await,
            Self::Extract(args) => extract::run(settings, &args),
            Self::Detect(args) => detect::run(settings, &args),
            Self::Cluster(args) => cluster::run(settings, &args).await,
            Self::Reindex => index::reindex(settings).await,
            Self::Verify => index::verify(settings).await,
            Self::Erase(args) => erase::run(settings, &args).await,
            Self::Retention => erase::retention(settings).await,
            Self::Backup(args) => backup::backup(settings, &args).await,
            Self::Restore(args) => backup::restore(settings, &args).await,
            Self::Doctor => doctor::run(settings).await,
            Self::Eval(args) => eval::run(settings, &args),
            Self::EvalCluster(args) => eval_cluster::run(settings, &args).await,
            Self::EvalExtract(args) => eval_extract::run(settings, &args),
            Self::EvalDetect(args) => eval_detect::run(settings, &args),
            Self::TrainDetect(args) => train_detect::run(settings, &args),
            Self::TrainMatch(args) => train_match::run(settings, &args),
        }
    }
}

/// Says what went wrong, once, and gives the documented exit code.
fn report(error: &anyhow::Error) -> ExitCode {
    let code = exit_code(error);
    if error.downcast_ref::<output::AlreadyTold>().is_none() {
        eprintln!("klarstelle: {error:#}");
    }
    ExitCode::from(code)
}

fn exit_code(error: &anyhow::Error) -> u8 {
    let causes = || error.chain();
    if causes().any(is_lock) {
        return 4;
    }
    if causes().any(<dyn std::error::Error>::is::<Partly>) {
        return 3;
    }
    if causes().any(<dyn std::error::Error>::is::<config::Error>) {
        return 5;
    }
    if causes()
        .filter_map(|e| e.downcast_ref::<store::Error>())
        .any(is_bad_data)
    {
        return 6;
    }
    1
}

/// Whether another run stands in the way.
fn is_lock(error: &(dyn std::error::Error + 'static)) -> bool {
    let is_rewritten = matches!(error.downcast_ref(), Some(crate::archive::RewriteError::InUse(_)));
    error.is::<LockHeld>() || is_rewritten || matches!(error.downcast_ref(), Some(crate::crawl::Error::NotAlone))
}

const fn is_bad_data(error: &store::Error) -> bool {
    matches!(
        error,
        store::Error::FromTheFuture { .. } | store::Error::SqliteTooOld { .. } | store::Error::Damaged(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
