//! A model hub on loopback that misbehaves on demand.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// What goes wrong when a file is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Each answer ends after so many bytes.
    Cuts(usize),
    /// As before, and `Range` is not understood: every answer begins anew, and is longer than the last.
    CutsWithoutRange,
    /// One byte of the weights is another than the list's sum says.
    Spoils,
    /// Every other status is this.
    Answers(u16),
}

/// The hub; ends with the process.
pub(crate) struct Hub {
    pub(crate) base: String,
    state: Arc<Mutex<State>>,
}

pub(crate) struct State {
    pub(crate) fault: Fault,
    pub(crate) files: BTreeMap<&'static str, Vec<u8>>,
    pub(crate) revision: String,
    /// Each request line, with its `Range`.
    pub(crate) requests: Vec<String>,
}

impl Hub {
    pub(crate) fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("its address"));
        let weights = (0..300_000u32)
            .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
            .collect();
        let files = BTreeMap::from([
            ("config.json", b"{}".to_vec()),
            ("tokenizer.json", b"{\"version\": \"1.0\"}".to_vec()),
            ("1_Pooling/config.json", b"{}".to_vec()),
            ("model.safetensors", weights),
            ("onnx/model.onnx", b"not for us".to_vec()),
        ]);
        let state = State {
            fault,
            files,
            revision: REVISION.to_owned(),
            requests: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = shared.lock().expect("not poisoned").answer(stream);
            }
        });
        Self { base, state }
    }

    pub(crate) fn change<T>(&self, how: impl FnOnce(&mut State) -> T) -> T {
        how(&mut self.state.lock().expect("not poisoned"))
    }
}

impl State {
    fn answer(&mut self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines().map_while(Result::ok);
        let request = lines.next().unwrap_or_default();
        let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let from = headers.iter().find_map(|line| {
            line.to_lowercase()
                .strip_prefix("range: bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        });
        self.requests.push(request.clone());
        let path = request
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .split('?')
            .next()
            .unwrap_or_default();
        if let Fault::Answers(status) = self.fault {
            return write!(
                stream,
                "HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        if path.starts_with("/api/") {
            let list = if path.ends_with("/main") {
                json!({"sha": self.revision})
            } else {
                self.tree()
            };
            return send(&mut stream, list.to_string().as_bytes(), None, usize::MAX);
        }
        match path.split_once(&format!("/resolve/{}/", self.revision)) {
            Some((_, name)) => self.file(&mut stream, name, from),
            None => write!(
                stream,
                "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
        }
    }

    fn tree(&self) -> Value {
        let entry = |(name, bytes): (&&str, &Vec<u8>)| {
            let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            let large = (bytes.len() > 1000).then(|| json!({"oid": sum, "size": bytes.len()}));
            json!({"type": "file", "path": name, "size": bytes.len(), "lfs": large})
        };
        self.files
            .iter()
            .map(entry)
            .chain([json!({"type": "directory", "path": "onnx", "size": 0})])
            .collect()
    }

    fn file(&self, stream: &mut TcpStream, name: &str, from: Option<usize>) -> std::io::Result<()> {
        let mut bytes = self.files[name].clone();
        let asked = self.requests.iter().filter(|line| line.contains(name)).count();
        match self.fault {
            Fault::Cuts(after) => send(stream, &bytes, from, after),
            Fault::CutsWithoutRange => send(stream, &bytes, None, 400_000 * asked),
            Fault::Spoils if name == "model.safetensors" => {
                bytes[77] ^= 1;
                send(stream, &bytes, from, usize::MAX)
            }
            _ => send(stream, &bytes, from, usize::MAX),
        }
    }
}

/// Promises everything, and sends at most `most` bytes.
fn send(stream: &mut TcpStream, bytes: &[u8], from: Option<usize>, most: usize) -> std::io::Result<()> {
    let (rest, end) = (&bytes[from.unwrap_or(0)..], bytes.len());
    let status = from.map_or("200 OK\r\n".to_owned(), |from| {
        format!("206 Partial\r\nContent-Range: bytes {from}-{}/{end}\r\n", end - 1)
    });
    write!(
        stream,
        "HTTP/1.1 {status}Content-Length: {}\r\nConnection: close\r\n\r\n",
        rest.len()
    )?;
    stream.write_all(&rest[..most.min(rest.len())])
}
