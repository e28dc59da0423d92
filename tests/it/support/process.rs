//! The real binary, as its users run it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Whether the heavy suites are to run in full (`KLARSTELLE_HEAVY=1`, as `scripts/test` sets it).
pub(crate) fn heavy() -> bool {
    std::env::var("KLARSTELLE_HEAVY").is_ok_and(|value| value == "1")
}

/// A client for the server under test.
pub(crate) fn http_client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("client")
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The one line that it printed.
    pub(crate) fn stdout_line(&self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout.trim().to_owned()
    }

    /// What it printed, as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {}{}", self.stdout, self.stderr))
    }
}

/// A command that touches nothing outside its data directory, and no setting of the machine it runs on.
pub(crate) fn command(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klarstelle"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KLARSTELLE_")) {
        command.env_remove(name);
    }
    command.env("KLARSTELLE_DATA_DIR", data_dir);
    command
}

/// Runs a command to its end.
pub(crate) fn klarstelle(data_dir: &Path, arguments: &[&str]) -> Ran {
    run(command(data_dir).args(arguments))
}

/// Runs a prepared command to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().expect("the binary starts");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A running `klarstelle serve` on a free loopback port.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
}

impl Server {
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::start_as(command(data_dir).args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"]))
    }

    /// Starts a prepared command that prints its address as `serve` does.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        let (found, base) = std::sync::mpsc::channel();
        // Reads on after the address, so that the process never waits for a reader.
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let address = line.split_whitespace().find(|word| word.starts_with("http://"));
                let _ = address.map(|address| found.send(address.trim_end_matches('/').to_owned()));
            }
        });
        let base = base
            .recv_timeout(Duration::from_mins(1))
            .expect("the server prints its address");
        Self { child, base }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and nothing else.
    pub(crate) fn kill_9(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped");
    }

    /// SIGTERM, then its exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let done = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status()
            .expect("kill");
        assert!(done.success());
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("status") {
                return status.code().unwrap_or(-1);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("does not stop on SIGTERM");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
