//! Collects every fault of a body or a query, so that a caller learns of all of them at once.

use std::{borrow::Cow, fmt::Display};

use super::{
    code::ErrorCode,
    error::{Fault, Place, Problem},
};

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub(crate) fn add(&mut self, place: Place, detail: impl Into<Cow<'static, str>>) {
        self.0.push(Fault::new(place, detail));
    }

    /// Notes a fault in the body.
    pub(crate) fn pointer(&mut self, pointer: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) {
        self.add(Place::Pointer(pointer.into()), detail);
    }

    /// Notes a fault in the body, in place of a value.
    pub(crate) fn refuse<T>(&mut self, pointer: &'static str, detail: &'static str) -> Option<T> {
        self.pointer(pointer, detail);
        None
    }

    /// The value, or its fault noted under a JSON Pointer. The error's text must not repeat what was sent.
    pub(crate) fn take<T, E: Display>(&mut self, pointer: &'static str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.add(Place::Pointer(pointer.into()), error.to_string()))
            .ok()
    }

    /// What was read, if nothing was wrong with any part of the body.
    pub(crate) fn body<T>(self, read: Option<T>) -> Result<T, Problem> {
        self.or(ErrorCode::InvalidBody, read)
    }

    /// What was read, if nothing was wrong with any parameter.
    pub(crate) fn parameters<T>(self, read: Option<T>) -> Result<T, Problem> {
        self.or(ErrorCode::InvalidParameter, read)
    }

    fn or<T>(self, code: ErrorCode, read: Option<T>) -> Result<T, Problem> {
        match read {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Problem::new(code).with_errors(self.0)),
        }
    }
}
