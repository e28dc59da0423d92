//! The service on a real socket.

use std::{net::SocketAddr, time::Duration};

use klarstelle::{
    api,
    config::{ServerSettings, Settings},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use super::{
    app::TestApp,
    databases::{TestDb, sqlite},
};

/// Longer than anything should take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server under way.
pub(crate) struct Live {
    pub(crate) address: SocketAddr,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) server: JoinHandle<()>,
    pub(crate) app: TestApp,
    _db: Option<TestDb>,
}

impl Live {
    /// On an SQLite file of its own.
    pub(crate) async fn start(server: ServerSettings) -> Self {
        let db = sqlite();
        let settings = Settings {
            server,
            ..Settings::default()
        };
        let app = TestApp::with(&db, &settings).await;
        Self {
            _db: Some(db),
            ..Self::of(app, settings.server).await
        }
    }

    /// With an app that is there.
    pub(crate) async fn of(app: TestApp, settings: ServerSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let service = app.service.clone();
        let server = tokio::spawn(async move { api::serve(listener, service, &settings, stopped).await });
        Self {
            address,
            stop,
            server,
            app,
            _db: None,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Sends bytes and reads until the server closes.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut socket = self.connect().await;
        // The server may answer and close before it has read everything.
        let _ = socket.write_all(bytes).await;
        read_to_end(&mut socket).await
    }

    /// Whether somebody else is answered.
    pub(crate) async fn answers(&self) -> bool {
        let asked = request("GET", "/healthz", "connection: close\r\n");
        self.exchange(&asked).await.starts_with("HTTP/1.1 200")
    }
}

/// A request without a body; `more` are header lines.
pub(crate) fn request(method: &str, path: &str, more: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nhost: klarstelle.example\r\n{more}\r\n").into_bytes()
}

/// What comes until the server closes.
pub(crate) async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is an end as well.
    let _ = timeout(PATIENCE, socket.read_to_end(&mut bytes))
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}
