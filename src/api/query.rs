//! The query string goes in; checked parameters come out. Unknown, repeated and bad ones are refused, all at once.

use url::form_urlencoded;

use super::{
    code::ErrorCode,
    error::{Place, Problem},
    fault::Faults,
};

/// Names under which keys are sent by mistake.
const KEY_NAMES: &[&str] = &["key", "api_key", "apikey", "access_token", "token"];

/// The parameters not taken yet, and the faults found so far.
#[derive(Debug)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    faults: Faults,
}

impl Query {
    /// Splits and decodes (`application/x-www-form-urlencoded`).
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        Self {
            pairs,
            faults: Faults::default(),
        }
    }

    /// Takes a parameter, if it stands there once and can be read. The reader's error must not repeat the value.
    pub(crate) fn take_with<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let mut found: Vec<String> = Vec::new();
        self.pairs.retain_mut(|(key, value)| {
            if key == name {
                found.push(std::mem::take(value));
            }
            key != name
        });
        match found.as_slice() {
            [] => None,
            // What was no UTF-8 has been decoded to this.
            [value] if value.contains('\u{FFFD}') => self.refuse(name, "not UTF-8".to_owned()),
            [value] => read(value).map_or_else(|why| self.refuse(name, why), Some),
            _ => self.refuse(name, "given more than once".to_owned()),
        }
    }

    /// Takes one of a few words.
    pub(crate) fn word<T: Copy>(&mut self, name: &'static str, table: &[(&str, T)]) -> Option<T> {
        self.take_with(name, |text| {
            let found = table.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
            let words = || table.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
            found.ok_or_else(|| format!("expected one of {}", words()))
        })
    }

    /// Takes a parameter that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.pairs.iter().any(|(key, _)| key == name) {
            self.take_with(name, read)
        } else {
            self.refuse(name, "required".to_owned())
        }
    }

    /// Takes a whole number within bounds.
    pub(crate) fn number(&mut self, name: &'static str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        self.take_with(name, |text| {
            let is_plain = text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse().ok().filter(|n| is_plain && bounds.contains(n));
            number.ok_or_else(|| format!("expected a whole number from {} to {}", bounds.start(), bounds.end()))
        })
    }

    /// Notes a fault of a parameter.
    pub(crate) fn refuse<T>(&mut self, name: &'static str, why: String) -> Option<T> {
        self.faults.add(Place::Parameter(name.into()), why);
        None
    }

    /// What the handler made of the parameters, if there was nothing wrong with any of them and none is left over.
    pub(crate) fn done<T>(self, read: T) -> Result<T, Problem> {
        self.complete(Some(read))
    }

    /// As [`Query::done`], for what is `None` if a parameter was refused.
    pub(crate) fn complete<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        for (name, _) in self.pairs {
            self.faults.add(Place::Parameter(name.into()), "no such parameter");
        }
        self.faults.parameters(read)
    }
}

/// Whether somebody put a key where logs and histories keep it.
pub(crate) fn refuse_keys(raw: &str) -> Result<(), Problem> {
    let is_key = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        KEY_NAMES.contains(&name.to_ascii_lowercase().as_str()) || value.starts_with("klar_")
    };
    let found = form_urlencoded::parse(raw.as_bytes()).any(is_key);
    if found {
        Err(Problem::new(ErrorCode::KeyInQuery))
    } else {
        Ok(())
    }
}
