//! Tests that name addresses on the internet or inside an operator's network run where there is no such network: in a
//! network namespace with nothing but loopback, where every address there is leads back to this machine.

use std::process::Command;

const INSIDE: &str = "KLARSTELLE_TEST_NAMESPACE";

/// Brings loopback up and makes every address a local one, so that a canary can stand at all of them.
const SETUP: &str = "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo && exec \"$0\" \"$@\"";

/// Whether the test named runs inside by now. If not, it is run there, its outcome is asserted, and this returns false.
pub(crate) fn entered(test: &str) -> bool {
    entered_with(test, &[])
}

/// The same, with these variables set inside.
pub(crate) fn entered_with(test: &str, variables: &[(&str, &str)]) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if !is_available() {
        eprintln!("skipped: {test} (needs `unshare --net` and `ip`)");
        return false;
    }
    let this = std::env::current_exe().expect("the test binary");
    let this = this.to_str().expect("a readable path");
    let run = unshare(&[this, "--exact", test, "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .expect("unshare runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("1 passed"), "no test of this name: {test}\n{said}");
    false
}

/// Whether this machine has such namespaces for us.
pub(crate) fn is_available() -> bool {
    unshare(&["true"]).output().is_ok_and(|out| out.status.success())
}

fn unshare(args: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--net", "--map-root-user", "--", "sh", "-c", SETUP])
        .args(args)
        .env(INSIDE, "1");
    command
}
