//! What is remembered of a host comes in; what its robots.txt says to an address goes out. Pure.

use super::{HostMemory, Obstacle, permission::Permission};
use crate::domain::{RobotsSay, Timestamp, WebUrl};

/// What a host's robots.txt says to an address, as far as is known at this moment.
pub fn robots_say(memory: &HostMemory, url: &WebUrl, now: Timestamp) -> RobotsSay {
    let kept = memory.robots.as_ref();
    let Some(permission) = kept.and_then(|robots| Permission::remembered(robots, now)) else {
        return RobotsSay::Unknown;
    };
    match permission.check(url) {
        Ok(()) => RobotsSay::Allowed,
        Err(Obstacle::Robots) => RobotsSay::Forbidden,
        Err(_) => RobotsSay::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::RobotsMemory;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn what_robots_say_is_known_for_as_long_as_it_holds() {
        let memory = |rules: Option<&str>| HostMemory {
            not_before: None,
            robots: Some(RobotsMemory {
                rules: rules.map(str::to_owned),
                until: Timestamp::from_millis(HOUR),
            }),
        };
        let url = |path| WebUrl::parse(&format!("https://x.example{path}")).expect("an address");
        let rules = Some("user-agent: *\ndisallow: /no");
        for (memory, path, at, wanted) in [
            (memory(rules), "/yes", 0, "allowed"),
            (memory(rules), "/no/1", 0, "forbidden"),
            (memory(rules), "/yes", HOUR, "unknown"),
            (memory(None), "/yes", 0, "unreachable"),
            (HostMemory::default(), "/yes", 0, "unknown"),
        ] {
            let said = robots_say(&memory, &url(path), Timestamp::from_millis(at));
            assert_eq!(said.as_str(), wanted, "{path} at {at}");
        }
    }
}
