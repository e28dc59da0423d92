//! What does a vector cost? Reads a text per line and prints processor time per text, one by one and in bulk.
//!
//! `cargo run --release -p claim-embed --example encode -- DIR [float] < lines`

use claim_embed::{Model, Precision, Role};
use std::io::BufRead as _;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: encode DIR [float] < lines")?;
    let precision = if arguments.next().is_some() {
        Precision::Float
    } else {
        Precision::Int8
    };
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    let texts: Vec<&str> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.trim().is_empty())
        .collect();

    let opening = Instant::now();
    let model = Model::open_with(Path::new(&folder), precision)?;
    println!(
        "opened in {:.2} s: {} dimensions, digest {}",
        opening.elapsed().as_secs_f64(),
        model.dimensions(),
        model.digest()
    );
    let few = &texts[..texts.len().min(500)];
    let count = |text: &str| model.count_tokens(text, Role::Query);
    let tokens = texts.iter().map(|text| count(text)).collect::<Result<Vec<_>, _>>()?;
    println!(
        "{} texts, {:.1} tokens each",
        texts.len(),
        tokens.iter().sum::<usize>() as f64 / texts.len() as f64
    );
    let posts = texts
        .iter()
        .zip(&tokens)
        .filter(|(_, tokens)| (30..=40).contains(*tokens))
        .map(|(text, _)| *text);
    let posts: Vec<&str> = posts.collect();
    model.encode(&texts[..texts.len().min(20)], Role::Query)?; // warm caches, as a running service has them
    let one = |text: &&str| model.encode_one(text, Role::Query).map(drop);
    report("one by one, of 30 to 40 tokens", posts.len(), || {
        posts.iter().try_for_each(one)
    })?;
    report("one by one", few.len(), || {
        few.iter()
            .try_for_each(|text| model.encode_one(text, Role::Query).map(drop))
    })?;
    report("in bulk", texts.len(), || model.encode(&texts, Role::Passage).map(drop))?;
    if let Some(resident) = status("VmRSS:").zip(status("VmHWM:")) {
        println!("memory: {} kB, at most {} kB", resident.0, resident.1);
    }
    Ok(())
}

fn report<E>(what: &str, texts: usize, work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    work()?;
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let each = 1000.0 / texts.max(1) as f64;
    println!(
        "{what}: {texts} texts, {:.2} CPU ms a text, {:.2} ms on the clock",
        cpu * each,
        wall * each
    );
    Ok(())
}

/// What all threads of this process have used, in nanosecond steps (Linux; 0 elsewhere).
fn cpu_seconds() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of_thread = |path: std::path::PathBuf| -> Option<f64> {
        std::fs::read_to_string(path.join("schedstat"))
            .ok()?
            .split(' ')
            .next()?
            .parse()
            .ok()
    };
    threads.filter_map(|thread| of_thread(thread.path())).sum::<f64>() / 1e9
}

fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok())
}
