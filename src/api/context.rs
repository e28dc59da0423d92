//! What is known about one request while it is answered: made at the edge, carried in the request's extensions.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};

use uuid::Uuid;

use super::{limit::Allowance, route::Operation};

/// One request's context. It holds nothing that the caller wrote.
#[derive(Debug, Clone)]
pub(crate) struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    client: IpAddr,
    started: Instant,
    operation: OnceLock<Operation>,
    allowance: OnceLock<Allowance>,
}

impl Context {
    pub(crate) fn new(client: IpAddr) -> Self {
        Self(Arc::new(Inner {
            // A caller's own X-Request-Id is not taken over: it could carry anything into the log.
            id: Uuid::now_v7().to_string(),
            client,
            started: Instant::now(),
            operation: OnceLock::new(),
            allowance: OnceLock::new(),
        }))
    }

    /// The request's id, in the log and in the answer.
    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// The caller's address, for limits only.
    pub(crate) fn client(&self) -> IpAddr {
        self.0.client
    }

    /// Since when it is being answered.
    pub(crate) fn started(&self) -> Instant {
        self.0.started
    }

    /// Notes which operation was asked for.
    pub(crate) fn matched(&self, operation: Operation) {
        // A request matches one route only.
        let _ = self.0.operation.set(operation);
    }

    /// Which operation was asked for, if any.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.0.operation.get().copied()
    }

    /// Notes what the caller has left.
    pub(crate) fn allow(&self, allowance: Allowance) {
        let _ = self.0.allowance.set(allowance);
    }

    /// What the caller has left, if it is limited.
    pub(crate) fn allowance(&self) -> Option<Allowance> {
        self.0.allowance.get().copied()
    }
}
