//! File, variables and flags, laid over each other, each value with its origin.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{Error, Origin, Settings};

/// What the operator gave, in rising precedence.
#[derive(Debug, Default)]
pub struct Layers {
    /// The TOML file, if one was named.
    pub file: Option<PathBuf>,
    /// The process's environment.
    pub variables: Vec<(String, String)>,
    /// Flags: key (dotted), flag as typed, value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// Variables with our prefix that are no settings: read by the command line parser or by tests.
const NOT_SETTINGS: &[&str] = &["KLARSTELLE_CONFIG", "KLARSTELLE_DEV_DATA"];

impl Layers {
    /// Lays them over the defaults and checks the result.
    pub fn settle(self) -> Result<Settings, Error> {
        let mut values = BTreeMap::new();
        if let Some(path) = self.file {
            read_file(&path, &mut values)?;
        }
        for (name, text) in self.variables {
            if let Some(key) = key_of_variable(&name)? {
                put_text(&mut values, key, &text, Origin::Variable(name))?;
            }
        }
        for (key, flag, text) in self.flags {
            put_text(&mut values, key.to_owned(), &text, Origin::Flag(flag.to_owned()))?;
        }
        assemble(values)
    }
}

type Values = BTreeMap<String, (Value, Origin)>;

/// All keys, dotted, with their defaults.
pub fn keys() -> BTreeMap<String, Value> {
    let defaults = Table::try_from(Settings::default()).expect("settings are a TOML table");
    flatten("", defaults)
}

fn flatten(prefix: &str, table: Table) -> BTreeMap<String, Value> {
    let mut flat = BTreeMap::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) => flat.extend(flatten(&format!("{prefix}{name}."), inner)),
            leaf => {
                flat.insert(format!("{prefix}{name}"), leaf);
            }
        }
    }
    flat
}

fn read_file(path: &Path, values: &mut Values) -> Result<(), Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let table: Table = text.parse().map_err(|source| Error::NotToml {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    let known = keys();
    for (key, value) in flatten("", table) {
        let origin = Origin::File(path.to_owned());
        if !known.contains_key(&key) {
            return Err(Error::UnknownKey { key, origin });
        }
        values.insert(key, (value, origin));
    }
    Ok(())
}

/// The key that a variable sets. A name that starts like a section of ours but names no key is a typing error.
fn key_of_variable(name: &str) -> Result<Option<String>, Error> {
    if !name.starts_with("KLARSTELLE_") || NOT_SETTINGS.contains(&name) {
        return Ok(None);
    }
    let known = keys();
    if let Some(key) = known.keys().find(|key| variable(key) == name) {
        return Ok(Some(key.clone()));
    }
    let in_section = known
        .keys()
        .filter_map(|key| key.split_once('.'))
        .any(|(section, _)| name.starts_with(&format!("KLARSTELLE_{}_", section.to_ascii_uppercase())));
    if in_section {
        return Err(Error::UnknownKey {
            key: name.to_owned(),
            origin: Origin::Variable(name.to_owned()),
        });
    }
    Ok(None)
}

/// The variable that sets a key.
pub(crate) fn variable(key: &str) -> String {
    format!("KLARSTELLE_{}", key.replace('.', "_").to_ascii_uppercase())
}

fn put_text(values: &mut Values, key: String, text: &str, origin: Origin) -> Result<(), Error> {
    let Some(default) = keys().remove(&key) else {
        return Err(Error::UnknownKey { key, origin });
    };
    let value = typed(&default, text).map_err(|reason| Error::BadValue {
        key: key.clone(),
        origin: origin.clone(),
        reason,
    })?;
    values.insert(key, (value, origin));
    Ok(())
}

/// Reads a text as the type that the default has. Lists are separated by commas.
fn typed(default: &Value, text: &str) -> Result<Value, String> {
    match default {
        Value::Integer(_) => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| "expected a whole number".to_owned()),
        Value::Float(_) => text
            .trim()
            .parse()
            .map(Value::Float)
            .map_err(|_| "expected a number".to_owned()),
        Value::Boolean(_) => text
            .trim()
            .parse()
            .map(Value::Boolean)
            .map_err(|_| "expected true or false".to_owned()),
        Value::Array(_) => Ok(Value::Array(list(text))),
        Value::String(_) | Value::Datetime(_) | Value::Table(_) => Ok(Value::String(text.to_owned())),
    }
}

fn list(text: &str) -> Vec<Value> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse()
                .map_or_else(|_| Value::String(part.to_owned()), Value::Integer)
        })
        .collect()
}

fn assemble(values: Values) -> Result<Settings, Error> {
    let mut table = Table::new();
    let mut origins = BTreeMap::new();
    for (key, (value, origin)) in values {
        match key.split_once('.') {
            Some((section, name)) => {
                let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                if let Value::Table(inner) = inner {
                    inner.insert(name.to_owned(), value);
                }
            }
            None => {
                table.insert(key.clone(), value);
            }
        }
        origins.insert(key, origin);
    }
    serde_path_to_error::deserialize(table).map_err(|error| {
        let path = error.path().to_string();
        let at = origins.iter().find(|(key, _)| path.starts_with(key.as_str()));
        let origin = at.map_or_else(|| Origin::File(PathBuf::new()), |(_, origin)| origin.clone());
        Error::BadValue {
            key: path,
            origin,
            reason: error.inner().to_string().trim().to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Layers {
        let variables = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Layers {
            variables,
            ..Layers::default()
        }
    }

    #[test]
    fn every_key_has_its_variable_and_takes_its_default_back() {
        for (key, default) in keys() {
            let text = match &default {
                Value::String(text) => text.clone(),
                Value::Array(items) => items
                    .iter()
                    .map(|i| i.to_string().trim_matches('"').to_owned())
                    .collect::<Vec<_>>()
                    .join(","),
                other => other.to_string(),
            };
            let settled = variables(&[(&variable(&key), &text)]).settle();
            assert_eq!(settled.expect(&key), Settings::default(), "{key}");
        }
    }

    #[test]
    fn a_later_layer_wins() {
        let mut layers = variables(&[("KLARSTELLE_SERVER_LISTEN", "127.0.0.1:1")]);
        layers
            .flags
            .push(("server.listen", "--listen", "127.0.0.1:2".to_owned()));
        assert_eq!(layers.settle().expect("valid").server.listen.port(), 2);
    }

    #[test]
    fn messages_name_key_and_origin() {
        for (name, value, wanted) in [
            (
                "KLARSTELLE_SERVER_LISTEN",
                "nowhere",
                "bad value for `server.listen` in the variable KLARSTELLE_SERVER_LISTEN",
            ),
            (
                "KLARSTELLE_SERVER_MAX_CONNECTIONS",
                "many",
                "bad value for `server.max_connections`",
            ),
            ("KLARSTELLE_SERVER_LSTEN", "x", "unknown key `KLARSTELLE_SERVER_LSTEN`"),
            ("KLARSTELLE_NET_ALLOW_PORTS", "80,x", "bad value for `net.allow_ports"),
        ] {
            let error = variables(&[(name, value)]).settle().expect_err(name).to_string();
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
