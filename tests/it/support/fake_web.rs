//! A web on loopback that misbehaves on purpose. It writes its answers byte by byte, because what breaks a client is
//! what a well-made server library would never send.

use std::{
    collections::BTreeMap,
    fmt::Write,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use http::{Request, Response};
use klarstelle::{
    demo::site::{self, Site},
    domain::WebUrl,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// What a path answers.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// A page of this type, with `ETag` and 304.
    Page(&'static str, String),
    /// Waits, then goes on as said.
    After(Duration, Box<Script>),
    /// The bytes, then the same chunk again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// One byte after the other, at this distance.
    Drip(Duration, Vec<u8>),
    /// Takes the request and says nothing.
    Silent,
    /// A WebSocket that sends these bytes once it is open, and then nothing.
    Socket(Vec<u8>),
    /// The bytes, then a reset instead of an orderly end.
    Reset(Vec<u8>),
    /// The first script for the first request, and so on; the last one stays.
    InTurn(Vec<Script>),
}

/// A page with a status and headers, without a body.
pub(crate) fn status(code: u16, headers: &str) -> Script {
    Script::Raw(format!("HTTP/1.1 {code} X\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes())
}

pub(crate) fn redirect(to: &str) -> Script {
    status(302, &format!("Location: {to}\r\n"))
}

/// A head as given and a body, with nothing said about the length: the end of the connection is the end.
pub(crate) fn answer(headers: &str, body: &[u8]) -> Script {
    Script::Raw(
        [
            format!("HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n").as_bytes(),
            body,
        ]
        .concat(),
    )
}

/// A WebSocket with these frames (RFC 6455, 5.2).
pub(crate) fn socket(frames: &[Vec<u8>]) -> Script {
    Script::Socket(frames.concat())
}

pub(crate) fn text_frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("short").to_be_bytes();
    [&[0x81, 126], &length[..], text.as_bytes()].concat()
}

pub(crate) fn close_frame() -> Vec<u8> {
    vec![0x88, 0]
}

pub(crate) fn html(body: &str) -> Script {
    Script::Page("text/html; charset=utf-8", body.to_owned())
}

/// One request as it was seen.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) host: String,
    pub(crate) path: String,
    /// Request line and headers, as sent.
    pub(crate) head: String,
    pub(crate) began: Instant,
    /// When the answer was out; `None` while it is under way.
    pub(crate) ended: Option<Instant>,
    pub(crate) status: u16,
}

#[derive(Default)]
struct State {
    scripts: BTreeMap<(String, String), Script>,
    log: Vec<Hit>,
}

/// Hosts on loopback, with an access log.
pub(crate) struct FakeWeb {
    /// Where each host is.
    pub(crate) addresses: BTreeMap<String, SocketAddr>,
    /// The fixture sites, if they are served.
    pub(crate) sites: Vec<Arc<Site>>,
    state: Arc<Mutex<State>>,
    servers: JoinSet<()>,
}

impl FakeWeb {
    /// The fixture sites.
    pub(crate) async fn fixtures() -> Self {
        let mut web = Self::new();
        for (site, listener) in site::bind().await.expect("fixtures/web is well-formed") {
            web.sites.push(site.clone());
            web.listen(site.host.clone(), listener, Some(site));
        }
        web
    }

    /// Hosts without any page.
    pub(crate) fn hosts(names: &[&str]) -> Self {
        let mut web = Self::new();
        for name in names {
            web.host_at(name, SocketAddr::from(([127, 0, 0, 1], 0)));
        }
        web
    }

    fn new() -> Self {
        Self {
            addresses: BTreeMap::new(),
            sites: Vec::new(),
            state: Arc::default(),
            servers: JoinSet::new(),
        }
    }

    /// A host without any page at this address (port 0: the system's choice).
    pub(crate) fn host_at(&mut self, name: &str, address: SocketAddr) {
        self.listen(name.to_owned(), shared_listener(address), None);
    }

    fn listen(&mut self, host: String, listener: TcpListener, site: Option<Arc<Site>>) {
        self.addresses
            .insert(host.clone(), listener.local_addr().expect("bound"));
        let server = Server {
            host,
            site,
            state: self.state.clone(),
        };
        self.servers.spawn(server.accept(listener));
    }

    pub(crate) fn url(&self, host: &str, path: &str) -> WebUrl {
        WebUrl::parse(&format!("http://{}{path}", self.addresses[host])).expect("a web address")
    }

    /// Scripts a path (with its query). Where none is scripted, fixture pages answer, or 404.
    pub(crate) fn put(&self, host: &str, path: &str, script: Script) {
        self.state().scripts.insert((host.to_owned(), path.to_owned()), script);
    }

    /// The requests seen so far whose path starts like this.
    pub(crate) fn hits(&self, host: &str, path: &str) -> Vec<Hit> {
        let log = &self.state().log;
        log.iter()
            .filter(|hit| hit.host == host && hit.path.starts_with(path))
            .cloned()
            .collect()
    }

    /// All requests seen so far.
    pub(crate) fn log(&self) -> Vec<Hit> {
        self.state().log.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while holding it")
    }
}

/// A listener that lets others stand at the wildcard address of its port; the more exact address gets the connection.
pub(crate) fn shared_listener(address: SocketAddr) -> TcpListener {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }
    .expect("a socket");
    socket.set_reuseport(true).expect("known to Linux");
    socket.bind(address).expect("the address is free");
    socket.listen(64).expect("listening")
}

#[derive(Clone)]
struct Server {
    host: String,
    site: Option<Arc<Site>>,
    state: Arc<Mutex<State>>,
}

impl Server {
    async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.expect("listening");
            let server = self.clone();
            connections.spawn(async move { server.serve(stream).await });
        }
    }

    async fn serve(self, mut stream: TcpStream) -> Option<()> {
        let head = read_head(&mut stream).await?;
        let path = head.split(' ').nth(1)?.to_owned();
        let (number, script) = self.log_hit(&head, &path);
        let script = script.unwrap_or_else(|| self.page(&head));
        let status = play(&mut stream, &head, script).await;
        let mut state = self.state.lock().ok()?;
        let hit = state.log.get_mut(number)?;
        (hit.ended, hit.status) = (Some(Instant::now()), status);
        Some(())
    }

    fn log_hit(&self, head: &str, path: &str) -> (usize, Option<Script>) {
        let mut state = self.state.lock().expect("no panic while held");
        let (host, path) = (self.host.clone(), path.to_owned());
        let script = state.scripts.get_mut(&(host.clone(), path.clone())).map(next_of);
        state.log.push(Hit {
            host,
            path,
            head: head.to_owned(),
            began: Instant::now(),
            ended: None,
            status: 0,
        });
        (state.log.len() - 1, script)
    }

    fn page(&self, head: &str) -> Script {
        let Some(site) = &self.site else { return status(404, "") };
        let mut request = Request::builder().uri(head.split(' ').nth(1).unwrap_or("/"));
        if let Some(tag) = header(head, "if-none-match") {
            request = request.header("if-none-match", tag);
        }
        Script::Raw(bytes_of(&site.answer(&request.body(()).expect("read from a request"))))
    }
}

fn next_of(script: &mut Script) -> Script {
    match script {
        Script::InTurn(scripts) if scripts.len() > 1 => scripts.remove(0),
        Script::InTurn(scripts) => scripts[0].clone(),
        other => other.clone(),
    }
}

fn bytes_of(response: &Response<bytes::Bytes>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", response.status());
    for (name, value) in response.headers() {
        let _ = write!(head, "{name}: {}\r\n", value.to_str().expect("plain headers"));
    }
    if response.status() != 304 {
        let _ = write!(head, "Content-Length: {}\r\n", response.body().len());
    }
    [head.as_bytes(), b"\r\n", response.body()].concat()
}

/// A request header's value.
pub(crate) fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
        .next()
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// Answers as scripted; returns the status that was sent.
async fn play(stream: &mut TcpStream, head: &str, script: Script) -> u16 {
    match script {
        Script::Raw(bytes) => send(stream, &bytes).await,
        Script::Page(kind, body) => send(stream, &page(head, kind, &body)).await,
        Script::After(time, script) => {
            sleep(time).await;
            Box::pin(play(stream, head, *script)).await
        }
        Script::Endless(start, chunk) => {
            let status = send(stream, &start).await;
            while stream.write_all(&chunk).await.is_ok() {}
            status
        }
        Script::Drip(every, bytes) => {
            for byte in &bytes {
                sleep(every).await;
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
            }
            0
        }
        Script::Silent => {
            let _ = stream.read_u8().await;
            0
        }
        Script::Socket(frames) => {
            let key = header(head, "sec-websocket-key").unwrap_or_default();
            let accept = derive_accept_key(key.as_bytes());
            let opening = format!(
                "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            );
            let status = send(stream, &[opening.as_bytes(), &frames].concat()).await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
            status
        }
        Script::Reset(bytes) => {
            let status = send(stream, &bytes).await;
            sleep(Duration::from_millis(50)).await;
            let _ = stream.set_zero_linger();
            status
        }
        Script::InTurn(_) => unreachable!("taken apart before"),
    }
}

fn page(head: &str, kind: &str, body: &str) -> Vec<u8> {
    let tag = format!("\"{:x}-{}\"", body.len(), body.bytes().map(u32::from).sum::<u32>());
    if header(head, "if-none-match").as_deref() == Some(&tag) {
        return format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\nConnection: close\r\n\r\n").into_bytes();
    }
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nETag: {tag}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// Sends what the other side takes; it may well have had enough.
async fn send(stream: &mut TcpStream, bytes: &[u8]) -> u16 {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    let status = bytes
        .get(9..12)
        .and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
    status.unwrap_or_default()
}

/// The head of a gzip answer and an endless run of one block: 13 bytes that unpack to 2,064 letters (RFC 1951, fixed
/// codes: length 258 is `11000101`, distance 1 is `00000`).
pub(crate) fn gzip_bomb() -> Script {
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // Not the last block (0), fixed codes (01, low bit first), the letter `a` (10010001), then copies of it for ever.
    let copy = "1100010100000";
    let mut bits = String::from("0") + "10" + "10010001";
    while !bits.len().is_multiple_of(8) {
        bits += copy;
    }
    let start = [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n",
        &gzip[..],
        &pack(&bits),
    ]
    .concat();
    Script::Endless(start, pack(&copy.repeat(8)).repeat(1000))
}

/// Bits in sending order to bytes, the first bit lowest.
fn pack(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| {
        bits.iter()
            .enumerate()
            .fold(0, |byte, (at, bit)| byte | (bit - b'0') << at)
    };
    bits.as_bytes().chunks(8).map(byte).collect()
}
