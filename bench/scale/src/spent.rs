//! What this process has used: CPU and wall time, and memory, as the kernel counts them (`proc(5)`).

use std::{fs, time::Instant};

use anyhow::Context;

/// Clock ticks a second, in which `/proc/self/stat` counts: 100 on every Linux that we know.
const TICKS: f64 = 100.0;

/// A moment, by what was used until then.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    cpu_s: f64,
    at: Instant,
}

/// What was used between two moments.
pub(crate) struct Between {
    pub(crate) cpu_s: f64,
    pub(crate) wall_s: f64,
}

impl Spent {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        // The second field, the command's name, may hold spaces.
        let (_, rest) = stat.rsplit_once(") ").context("a command's name")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |at: usize| {
            fields
                .get(at)
                .context("too few fields")?
                .parse::<f64>()
                .context("ticks")
        };
        Ok(Self {
            cpu_s: (ticks(11)? + ticks(12)?) / TICKS,
            at: Instant::now(),
        })
    }

    pub(crate) fn since(self, before: Self) -> Between {
        Between {
            cpu_s: self.cpu_s - before.cpu_s,
            wall_s: self.at.duration_since(before.at).as_secs_f64(),
        }
    }
}

/// Resident memory, with what of files is mapped.
pub(crate) struct Memory {
    pub(crate) now_mb: u64,
    pub(crate) peak_mb: u64,
}

impl Memory {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
            let kilobytes = kilobytes.with_context(|| format!("no {name}"))?;
            Ok::<_, anyhow::Error>(kilobytes.parse::<u64>()? / 1024)
        };
        Ok(Self {
            now_mb: megabytes("VmRSS:")?,
            peak_mb: megabytes("VmHWM:")?,
        })
    }
}
