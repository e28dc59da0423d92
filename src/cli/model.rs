//! `klarstelle model …`: which models are on this machine.

use std::{io::IsTerminal as _, time::Duration};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::{context::lock, output::print};
use crate::{
    config::Settings,
    model::{self, Known, Progress, Pulled},
    net::Hub,
};

/// How long a hub may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// Fetch a model into the data directory, or what of it is missing or damaged
    Pull {
        /// multilingual-e5-small or all-minilm-l6-v2
        name: String,
        /// Another hub, or a mirror
        #[arg(long, value_name = "URL", default_value = "https://huggingface.co")]
        hub: String,
    },
}

pub(super) async fn run(settings: &Settings, command: &ModelCommand) -> anyhow::Result<()> {
    let ModelCommand::Pull { name, hub } = command;
    let known = Known::named(name)?;
    let hub = Hub::new(hub, PATIENCE)?;
    let _lock = lock(settings, "model")?;
    let bar = bar();
    let folder = settings.data_dir.join("models").join(known.name);
    let pulled = model::pull(&hub, known, &folder, &bar).await;
    bar.0.finish_and_clear();
    print(settings, &pulled?, text)?;
    Ok(())
}

fn text(pulled: &Pulled) -> String {
    let done = match pulled.fetched.len() {
        0 => "already there, as pinned".to_owned(),
        files => format!("{files} files fetched"),
    };
    format!("{}\nrevision {}: {done}\n", pulled.folder.display(), pulled.revision)
}

struct Bar(ProgressBar);

fn bar() -> Bar {
    if !std::io::stderr().is_terminal() {
        return Bar(ProgressBar::hidden());
    }
    let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}";
    let style = ProgressStyle::with_template(template).expect("a template that parses");
    Bar(ProgressBar::new(0).with_style(style))
}

impl Progress for Bar {
    fn began(&self, file: &str, size: u64) {
        self.0.set_message(file.to_owned());
        self.0.set_length(size);
        self.0.set_position(0);
    }

    fn at(&self, bytes: u64) {
        self.0.set_position(bytes);
    }
}
