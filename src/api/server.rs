//! Sockets come in, and connections that take too long go out: the accept loop.
//!
//! Warp's own server has no header timeout, no cap on connections and no end to draining, so warp is used for routes
//! only. The road not taken is a proxy in front that does all this: a single binary has to be safe by itself.

use std::{
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use super::{
    edge::Service,
    metrics,
    watchdog::{Limits, Watchdog},
};
use crate::config::ServerSettings;

/// Largest block of headers, in bytes; beyond it hyper answers 431.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Requests under way at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// How often a silent HTTP/2 peer is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Pause after the system refused a connection, as when file descriptors have run out.
const BACK_OFF: Duration = Duration::from_millis(200);
/// How often measurements are folded.
const TIDY_EVERY: Duration = Duration::from_secs(30);

/// Serves until `stop` turns true, then lets requests under way finish, for as long as the settings allow.
pub async fn serve(listener: TcpListener, service: Service, settings: &ServerSettings, stop: watch::Receiver<bool>) {
    metrics::recorder();
    let graceful = GracefulShutdown::new();
    let server = Server::new(service, settings);
    let tidying = async {
        loop {
            sleep(TIDY_EVERY).await;
            metrics::tidy();
        }
    };
    tokio::select! {
        () = server.accept_all(&listener, &graceful) => {}
        () = tidying => {}
        () = stopped(stop) => {}
    }
    drop(listener);
    let draining = timeout(Duration::from_millis(settings.drain_timeout_ms), graceful.shutdown());
    if draining.await.is_err() {
        tracing::warn!("requests under way did not finish in time and were cut off");
    }
    server.cut_off.send_replace(true);
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that nobody can say stop any more, which says it as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

struct Server {
    service: Service,
    http: auto::Builder<TokioExecutor>,
    limits: Limits,
    free: Arc<Semaphore>,
    /// Turns true when what is left of the connections must go.
    cut_off: watch::Sender<bool>,
}

impl Server {
    fn new(service: Service, settings: &ServerSettings) -> Self {
        Self {
            service,
            http: http(settings),
            limits: Limits::new(settings),
            free: Arc::new(Semaphore::new(settings.max_connections.max(1))),
            cut_off: watch::Sender::new(false),
        }
    }

    async fn accept_all(&self, listener: &TcpListener, graceful: &GracefulShutdown) {
        loop {
            // First a free place, then the next connection: beyond the cap they wait in the system's queue.
            let Ok(place) = Arc::clone(&self.free).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((socket, peer)) => self.spawn(socket, peer, place, graceful),
                Err(error) if concerns_one(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections; trying again");
                    sleep(BACK_OFF).await;
                }
            }
        }
    }

    fn spawn(&self, socket: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        // Answers are small and complete when they are written: waiting to fill packets would only delay them.
        let _ = socket.set_nodelay(true);
        let watchdog = Watchdog::new(self.limits);
        let service = answering(self.service.clone(), watchdog.clone(), peer.ip());
        let connection = self.http.serve_connection(TokioIo::new(socket), service).into_owned();
        let connection = graceful.watch(connection);
        let mut cut_off = self.cut_off.subscribe();
        tokio::spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            tokio::select! {
                // What a client does wrong is no event of ours.
                _ = &mut connection => {}
                () = watchdog.bite() => {}
                _ = cut_off.wait_for(|now| *now) => {}
            }
        });
    }
}

/// The error is about one connection, not about all: its client left before it was accepted.
fn concerns_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn http(settings: &ServerSettings) -> auto::Builder<TokioExecutor> {
    let longest = settings.header_timeout_ms.max(settings.idle_timeout_ms);
    let mut http = auto::Builder::new(TokioExecutor::new());
    // The timer is what arms the timeout. The watchdog is stricter: hyper's clock also runs while a connection idles.
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(longest))
        .max_buf_size(MAX_HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES as u32);
    http
}

fn answering(
    service: Service,
    watchdog: Watchdog,
    peer: IpAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = warp::reply::Response,
    Error = Infallible,
    Future: Send + 'static,
> {
    service_fn(move |request| {
        let (service, working) = (service.clone(), watchdog.working());
        async move {
            let response = service.answer(request, peer).await;
            drop(working);
            Ok(response)
        }
    })
}
