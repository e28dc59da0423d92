//! `klarstelle key …`: who may write.

use anyhow::Context;
use clap::Subcommand;
use serde::Serialize;

use super::{
    context::open_store,
    output::{print, tame},
};
use crate::{
    config::Settings,
    domain::{ApiKey, KeyId, Scope, Timestamp},
    review::keys::{self, NewKey},
    store::Store,
};

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key and print it, this once
    Create {
        /// Whose it is; stands in the change log beside what they did
        #[arg(long, default_value = "reviewer")]
        name: String,
        /// What it may do: read or review
        #[arg(long, default_value_t = Scope::Review)]
        scope: Scope,
        /// Until when: a date or an RFC 3339 time [default: no end]
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// List the keys, without their secrets
    List,
    /// Revoke a key at once
    Revoke {
        /// Its identifier
        id: KeyId,
    },
}

/// A key as it is printed.
#[derive(Debug, Serialize)]
struct KeyLine {
    id: KeyId,
    name: String,
    scope: Scope,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    /// Only in the answer to `create`.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

pub(super) async fn run(settings: &Settings, command: &KeyCommand) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    match command {
        KeyCommand::Create { name, scope, expires } => {
            let expires_at = expires.as_deref().map(time).transpose()?;
            create(
                settings,
                &store,
                NewKey {
                    name: name.clone(),
                    scope: *scope,
                    expires_at,
                },
            )
            .await
        }
        KeyCommand::List => list(settings, &store).await,
        KeyCommand::Revoke { id } => revoke(settings, &store, id).await,
    }
}

fn time(text: &str) -> anyhow::Result<Timestamp> {
    Timestamp::parse(text).with_context(|| format!("{text} is no date and no RFC 3339 time"))
}

/// The key's text alone goes to standard output, so that a script can keep it.
async fn create(settings: &Settings, store: &Store, new: NewKey) -> anyhow::Result<()> {
    let (key, text) = keys::issue(store, new).await?;
    let line = KeyLine {
        key: Some(text),
        ..printed(key)
    };
    print(settings, &line, |line| line.key.clone().unwrap_or_default())?;
    Ok(())
}

async fn list(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let keys: Vec<KeyLine> = store.keys().await?.into_iter().map(printed).collect();
    print(settings, &keys, |keys| {
        keys.iter().map(|key| line(key) + "\n").collect()
    })?;
    Ok(())
}

async fn revoke(settings: &Settings, store: &Store, id: &KeyId) -> anyhow::Result<()> {
    store.revoke_key(id, Timestamp::now()).await?;
    let key = store.key(id).await?.context("no such key")?;
    print(settings, &printed(key), line)?;
    Ok(())
}

fn printed(key: ApiKey) -> KeyLine {
    let ApiKey {
        id,
        name,
        scope,
        created_at,
        expires_at,
        revoked_at,
        secret_sha256: _,
    } = key;
    KeyLine {
        id,
        name,
        scope,
        created_at,
        expires_at,
        revoked_at,
        key: None,
    }
}

fn line(key: &KeyLine) -> String {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "valid".to_owned(),
    };
    format!("{}  {:<6}  {:<12}  {state}", key.id, key.scope, tame(&key.name))
}
