//! What a lookup costs, in thread CPU milliseconds, beside raw tantivy on the same claims and questions. See
//! `bench/README.md`.
//!
//! `speed build DATA DIR`: both indexes of DATA's `claims.tsv` (id, text), in DIR. `speed ask DATA DIR`: all of its
//! `questions.tsv`, one after the other, ten answers each. `speed live DATA DIR`: the same while another thread replaces
//! claims and commits. `speed vectors DATA DIR`: the same with a made-up vector for each claim and question. `speed served DATA
//! DIR`: the same questions of the index of the service whose data is in DIR. One JSON object a line comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use claim_index::eval::evaluate;
use claim_index::{Answer, ClaimIndex, Encoder, Entry, Lang, Position, Query, Wording, WordingKind};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

#[path = "speed/raw.rs"]
mod raw;

/// The service's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Any = Box<dyn Error>;
type Row = (String, String);

const LIMIT: usize = 10;
/// Claims put at once, as the service does it.
const PORTION: usize = 1_000;
const COMMIT_EVERY: usize = 20_000;

fn main() -> Result<(), Any> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [mode, data, dir] = args.as_slice() else {
        return Err("usage: speed build|ask|own|exhaustive|live|vectors|served DATA DIR".into());
    };
    let (data, dir) = (Path::new(data), Path::new(dir));
    match mode.as_str() {
        "build" => build(data, dir),
        "ask" => ask(data, dir),
        "exhaustive" => exhaustive(data, dir),
        "own" => own(data, dir),
        "live" => live(data, dir),
        "vectors" => vectors(data, dir),
        "served" => served(data, dir),
        other => Err(format!("unknown mode {other}").into()),
    }
}

fn rows(path: &Path) -> Result<Vec<Row>, Any> {
    let row = |line: &str| line.split_once('\t').map(|(id, text)| (id.to_owned(), text.to_owned()));
    let text = fs::read_to_string(path)?;
    Ok(text
        .lines()
        .map(row)
        .collect::<Option<_>>()
        .ok_or("a line without a tab")?)
}

fn entry((id, text): &Row) -> Entry {
    let wording = Wording {
        kind: WordingKind::Claim,
        text: text.clone(),
        lang: Lang::EN,
    };
    Entry {
        id: id.clone(),
        wordings: vec![wording],
    }
}

fn position(change: usize) -> Position {
    Position {
        store_id: "speed".to_owned(),
        change: change as u64,
    }
}

fn build(data: &Path, dir: &Path) -> Result<(), Any> {
    let claims = rows(&data.join("claims.tsv"))?;
    let entries: Vec<Entry> = claims.iter().map(entry).collect();
    let (own, other) = (dir.join("own"), dir.join("raw"));
    let (start, cpu) = (Instant::now(), milliseconds(ClockId::ProcessCPUTime));
    let index = ClaimIndex::open(&own)?;
    let mut writer = index.writer()?;
    for (number, portion) in entries.chunks(PORTION).enumerate() {
        writer.put_all(portion)?;
        if (number + 1) % (COMMIT_EVERY / PORTION) == 0 {
            writer.commit(&position(number))?;
        }
    }
    writer.commit(&position(entries.len()))?;
    let wall = start.elapsed();
    let cpu = (milliseconds(ClockId::ProcessCPUTime) - cpu) / 1e3;
    println!(
        "{}",
        json!({"cpu_seconds": cpu, "claims_per_cpu_second": (claims.len() as f64 / cpu).round()})
    );
    let before = Instant::now();
    writer.compact()?;
    built("claim-index", claims.len(), wall.as_secs_f64(), &own)?;
    println!("{}", json!({"compacting_seconds": before.elapsed().as_secs_f64()}));
    let start = Instant::now();
    raw::build(&other, &claims)?;
    built("tantivy", claims.len(), start.elapsed().as_secs_f64(), &other)
}

fn built(name: &str, claims: usize, seconds: f64, dir: &Path) -> Result<(), Any> {
    let mut bytes = 0;
    for file in fs::read_dir(dir)? {
        bytes += file?.metadata()?.len();
    }
    println!(
        "{}",
        json!({"build": name, "claims": claims, "claims_per_second": (claims as f64 / seconds).round(), "bytes": bytes})
    );
    Ok(())
}

fn ask(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let tantivy = raw::Raw::open(&dir.join("raw"))?;
    let plain = timed(&questions, |text| tantivy.ask(text, LIMIT))?;
    plain.print("tantivy", &questions, data)?;
    own(data, dir)
}

fn own(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let start = Instant::now();
    let index = ClaimIndex::open(&dir.join("own"))?;
    let opening = start.elapsed().as_secs_f64();
    timed(&questions, |text| lookup(&index, text))?.print("claim-index", &questions, data)?;
    println!("{}", json!({"opening_seconds": opening, "resident_mb": resident()?}));
    Ok(())
}

/// Candidates that the service returns unless it is told otherwise (`lookup.candidates`).
const SERVED: usize = 5;

/// What the service's own index costs without the service.
fn served(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let index = ClaimIndex::open_read_only(&dir.join("index"))?;
    let few = |text: &str| {
        let asked = Query {
            limit: SERVED,
            ..query(text)
        };
        Ok(ids(index.lookup(&asked)?))
    };
    timed(&questions, few)?.print("the service's index in process", &questions, data)
}

fn query(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        lang: Some(Lang::EN),
        limit: LIMIT,
    }
}

fn ids(answer: Answer) -> Vec<String> {
    answer.matches.into_iter().map(|found| found.id).collect()
}

fn lookup(index: &ClaimIndex, text: &str) -> Result<Vec<String>, Any> {
    Ok(ids(index.lookup(&query(text))?))
}

/// What the budget of postings costs in answers.
fn exhaustive(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let index = ClaimIndex::open(&dir.join("own"))?;
    let pruned = timed(&questions, |text| lookup(&index, text))?;
    let all = timed(&questions, |text| Ok(ids(index.lookup_exhaustively(&query(text))?)))?;
    pruned.print("claim-index", &questions, data)?;
    all.print("claim-index, all words", &questions, data)?;
    let both = || pruned.answers.iter().zip(&all.answers);
    let same = both().filter(|(a, b)| a.first() == b.first()).count();
    println!("{}", json!({"same_first_answer": same as f64 / questions.len() as f64}));
    Ok(())
}

/// Asks while claims are replaced and committed without a pause.
fn live(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let claims = rows(&data.join("claims.tsv"))?;
    let index = ClaimIndex::open(&dir.join("own"))?;
    let mut writer = index.writer()?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut commits = 0;
            for portion in claims.chunks(PORTION).cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let entries: Vec<Entry> = portion.iter().map(entry).collect();
                let change = position(claims.len() + commits);
                writer.put_all(&entries).and_then(|()| writer.commit(&change))?;
                commits += 1;
            }
            Ok::<_, claim_index::Error>(commits)
        });
        let asked = timed(&questions, |text| lookup(&index, text));
        done.store(true, Ordering::Relaxed);
        let commits = writing.join().map_err(|_| "the writing thread panicked")??;
        asked?.print("claim-index while indexing", &questions, data)?;
        println!("{}", json!({"commits": commits, "claims_each": PORTION}));
        Ok(())
    })
}

/// Vectors of the shape that multilingual-e5-small's have, made from a text's bytes: looking at them costs the same, and
/// encoding nothing. What they find is noise.
struct MadeUp;

impl MadeUp {
    const DIMENSIONS: usize = 384;

    /// A generator of numbers (xorshift64*), seeded by the text (FNV-1a).
    fn vector(text: &str) -> Vec<f32> {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let mut state = text.bytes().fold(0xcbf2_9ce4_8422_2325, fold).max(1);
        let mut number = || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        let mut vector: Vec<f32> = (0..Self::DIMENSIONS).map(|_| number()).collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        for x in &mut vector {
            *x /= length;
        }
        vector
    }
}

impl Encoder for MadeUp {
    fn digest(&self) -> &'static str {
        "made-up-384"
    }

    fn dimensions(&self) -> usize {
        Self::DIMENSIONS
    }

    fn query(&self, text: &str) -> Result<Vec<f32>, String> {
        Ok(Self::vector(text))
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        Ok(texts.iter().map(|text| Self::vector(text)).collect())
    }
}

/// What looking at every vector costs.
fn vectors(data: &Path, dir: &Path) -> Result<(), Any> {
    let questions = rows(&data.join("questions.tsv"))?;
    let questions = &questions[..questions.len().min(500)];
    let claims = rows(&data.join("claims.tsv"))?;
    let entries: Vec<Entry> = claims.iter().map(entry).collect();
    let index = ClaimIndex::open(&dir.join("own"))?;
    let words = timed(questions, |text| lookup(&index, text))?;
    index.use_model(Arc::new(MadeUp))?;
    let mut writer = index.writer()?;
    let start = Instant::now();
    for portion in entries.chunks(PORTION) {
        writer.encode(portion)?;
    }
    println!(
        "{}",
        json!({"vectors": writer.vectors(), "writing_seconds": start.elapsed().as_secs_f64()})
    );
    let both = timed(questions, |text| lookup(&index, text))?;
    words.print("claim-index", questions, data)?;
    both.print("claim-index with vectors", questions, data)?;
    println!("{}", json!({"resident_mb": resident()?}));
    Ok(())
}

struct Timed {
    cpu: Vec<f64>,
    wall: Vec<f64>,
    answers: Vec<Vec<String>>,
}

/// Asks each question once to warm up, and once more with a clock.
fn timed(questions: &[Row], ask: impl Fn(&str) -> Result<Vec<String>, Any>) -> Result<Timed, Any> {
    let mut timed = Timed {
        cpu: Vec::new(),
        wall: Vec::new(),
        answers: Vec::new(),
    };
    for (_, text) in questions.iter().take(questions.len() / 4) {
        ask(text)?;
    }
    for (_, text) in questions {
        let (cpu, wall) = (cpu_ms(), Instant::now());
        timed.answers.push(ask(text)?);
        timed.cpu.push(cpu_ms() - cpu);
        timed.wall.push(wall.elapsed().as_secs_f64() * 1e3);
    }
    Ok(timed)
}

/// What this thread has run so far.
fn cpu_ms() -> f64 {
    milliseconds(ClockId::ThreadCPUTime)
}

fn milliseconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// The most memory that this process has held.
fn resident() -> Result<f64, Any> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kilobytes.ok_or("no VmHWM")? / 1024.0)
}

impl Timed {
    fn print(&self, name: &str, questions: &[Row], data: &Path) -> Result<(), Any> {
        let line = json!({
            "peer": name,
            "questions": questions.len(),
            "cpu_ms": self.cpu.iter().sum::<f64>() / self.cpu.len() as f64,
            "cpu_p50": percentile(&self.cpu, 0.5),
            "cpu_p99": percentile(&self.cpu, 0.99),
            "wall_p50": percentile(&self.wall, 0.5),
            "wall_p99": percentile(&self.wall, 0.99),
            "map_at_5": self.map(questions, data)?,
        });
        println!("{line}");
        Ok(())
    }

    fn map(&self, questions: &[Row], data: &Path) -> Result<f64, Any> {
        let mut gold: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (question, claim) in rows(&data.join("qrels.tsv"))? {
            gold.entry(question).or_default().insert(claim);
        }
        let judged = questions.iter().zip(&self.answers);
        let judged = judged.filter_map(|((id, _), found)| Some((found.clone(), gold.get(id)?.clone())));
        Ok(evaluate(&judged.collect::<Vec<_>>()).map_at_5)
    }
}

fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * share) as usize;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}
