//! A listener where nothing of ours may ever connect to. It counts who does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::task::JoinSet;

use super::fake_web::shared_listener;

/// Counts the connections to the addresses at which it stands.
#[derive(Default)]
pub(crate) struct Canary {
    seen: Arc<AtomicUsize>,
    perches: JoinSet<()>,
}

impl Canary {
    /// Stands at one more address (port 0: the system's choice), and says where.
    pub(crate) fn perch(&mut self, address: SocketAddr) -> SocketAddr {
        let listener = shared_listener(address);
        let at = listener.local_addr().expect("bound");
        let seen = self.seen.clone();
        self.perches.spawn(async move {
            while listener.accept().await.is_ok() {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        });
        at
    }

    /// Connections so far.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}
