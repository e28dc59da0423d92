//! Data go to standard output, words to standard error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, OutputFormat, Settings};

/// Part of the work failed and was reported where it happened; the rest is done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Partly(pub(super) String);

/// The outcome is a failure that is already printed.
#[derive(Debug, thiserror::Error)]
#[error("already reported")]
pub(super) struct AlreadyTold;

/// Libraries that log requests as they are sent, looked-up addresses included, when asked to log everything.
const QUIET: &[&str] = &["h2", "hyper", "hyper_util", "reqwest", "sqlx", "warp"];

/// Starts the log on standard error.
pub(super) fn start_log(settings: &Settings, default: &str) -> anyhow::Result<()> {
    let filter = if settings.log.filter.is_empty() {
        default
    } else {
        &settings.log.filter
    };
    let filter = EnvFilter::try_new(filter).map_err(|source| crate::config::Error::BadValue {
        key: "log.filter".to_owned(),
        origin: crate::config::Origin::Flag("--log".to_owned()),
        reason: source.to_string(),
    })?;
    let filter = QUIET.iter().fold(filter, |filter, crate_name| {
        match format!("{crate_name}=error").parse() {
            Ok(directive) => filter.add_directive(directive),
            Err(_) => filter,
        }
    });
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match settings.log.format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).init(),
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
    }
    Ok(())
}

/// Prints one value: as JSON on one line, or as the text that the closure writes.
pub(super) fn print<T: Serialize>(settings: &Settings, value: &T, text: impl FnOnce(&T) -> String) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match settings.format {
        OutputFormat::Json => writeln!(out, "{}", serde_json::to_string(value).map_err(io::Error::other)?),
        OutputFormat::Text => {
            let text = text(value);
            out.write_all(text.as_bytes())?;
            if text.is_empty() || text.ends_with('\n') {
                Ok(())
            } else {
                writeln!(out)
            }
        }
    }
}

/// Crawled text on a terminal: control characters out, so that no escape sequence acts.
pub(super) fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
