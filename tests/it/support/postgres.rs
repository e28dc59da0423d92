//! A private PostgreSQL cluster: started by the first test of a run that needs it, shared by the processes of that run,
//! stopped and removed when the run ends, however it ends.

use std::{
    env, fs,
    os::unix::process::{CommandExt, parent_id},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const USER: &str = "klarstelle";

/// Durable enough for tests: the machine does not lose power, and the cluster is thrown away.
const SETTINGS: &str = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
     -c max_connections=200 -c shared_buffers=32MB -c autovacuum=off";

/// A database in the cluster. Dropped, it is removed.
pub(crate) struct Database {
    name: String,
    url: String,
}

impl Database {
    /// Makes an empty one.
    pub(crate) async fn create() -> Self {
        let name = format!("t{}", uuid::Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(&url("postgres"))
            .await
            .expect("the cluster answers");
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a new database");
        admin.close().await.expect("a connection closes");
        Self { url: url(&name), name }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut drop = Command::new(tool("dropdb"));
        drop.args(["--force", "--if-exists", "-U", USER, "-h"])
            .arg(cluster())
            .arg(&self.name);
        // Nobody waits for it: the test is over.
        let _ = silent(&mut drop).spawn();
    }
}

fn url(database: &str) -> String {
    format!("postgres://{USER}@localhost/{database}?host={}", cluster().display())
}

/// The cluster's folder, which holds its socket.
fn cluster() -> &'static Path {
    static CLUSTER: OnceLock<PathBuf> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let (run, owner) = run();
        let folder = env::temp_dir().join(format!("klarstelle-pg-{run}"));
        let lock = fs::File::create(folder.with_extension("lock")).expect("a lock file");
        lock.lock().expect("the lock of the run");
        if !folder.join("ready").exists() {
            start(&folder, owner);
        }
        folder
    })
}

/// Names the run, and the process whose end is the run's end: nextest starts a process for each test.
fn run() -> (String, u32) {
    match env::var("NEXTEST_RUN_ID") {
        Ok(id) => (id, parent_id()),
        Err(_) => (format!("p{}", std::process::id()), std::process::id()),
    }
}

fn start(folder: &Path, owner: u32) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).expect("a folder for the cluster");
    if is_root() {
        check(Command::new("chown").arg("postgres").arg(folder));
    }
    let data = folder.join("data");
    check(
        as_server("initdb")
            .args([
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "-U",
                USER,
            ])
            .arg("-D")
            .arg(&data),
    );
    stop_when_over(folder, owner);
    let settings = format!("{SETTINGS} -k {}", folder.display());
    let log = folder.join("log");
    check(
        as_server("pg_ctl")
            .args(["start", "-w", "-t", "60", "-o", &settings, "-D"])
            .arg(&data)
            .arg("-l")
            .arg(&log),
    );
    fs::write(folder.join("ready"), "").expect("a note in the cluster's folder");
}

/// A process of its own group waits for the run's end: it does so even if the tests panic, hang or are killed.
#[expect(
    clippy::zombie_processes,
    reason = "it outlives this process, which is the point of it"
)]
fn stop_when_over(folder: &Path, owner: u32) {
    let script = "while kill -0 \"$1\" 2>/dev/null; do sleep 0.5; done; \
                  pid=$(head -n 1 \"$2/data/postmaster.pid\" 2>/dev/null) && kill -QUIT \"$pid\"; sleep 0.5; rm -rf \"$2\" \"$2.lock\"";
    let mut watch = Command::new("sh");
    watch
        .args(["-c", script, "watch", &owner.to_string()])
        .arg(folder)
        .process_group(0);
    silent(&mut watch).spawn().expect("a shell");
}

fn silent(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn check(command: &mut Command) {
    // To a file, not to a pipe: the server keeps what it was started with, and the pipe would never end.
    let Output { status, .. } = silent(command).output().expect("the command is there");
    assert!(status.success(), "{command:?} failed: {status}");
}

/// The server refuses to run as root.
fn as_server(name: &str) -> Command {
    if !is_root() {
        return Command::new(tool(name));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(tool(name)).current_dir("/");
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("the command `id`");
    id.stdout.trim_ascii() == b"0"
}

/// The newest installed version of one of the server's programs.
fn tool(name: &str) -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    versions.sort_by_key(|bin| {
        bin.parent()
            .and_then(|v| v.file_name()?.to_str()?.parse::<f64>().ok())
            .unwrap_or(0.0) as u32
    });
    let path = env::var_os("PATH").unwrap_or_default();
    let found = versions
        .into_iter()
        .rev()
        .chain(env::split_paths(&path))
        .map(|bin| bin.join(name))
        .find(|tool| tool.exists());
    found.unwrap_or_else(|| panic!("PostgreSQL's `{name}` is not installed: on Debian, `apt-get install postgresql`"))
}
