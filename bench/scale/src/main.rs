//! A million short posts through the pipeline as it is: detect, cluster, store, index. `bench/scale/run` measures it.
//!
//! `ingest-scale FOLDER POSTS...`: a store and an index in FOLDER; at each number of posts a line of JSON says what they cost.
//! `ingest-scale FOLDER POSTS... in turns with FOLDER POSTS...`: two folders that were filled so, asked in turns, because what a
//! neighbour on the machine costs is often more than what the size does.

mod phrases;
mod posts;
mod spent;

use std::path::Path;

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use klarstelle::{
    domain::{Actor, Document, Timestamp},
    indexer::{self, Follower, Place, SharedIndex},
    ingest::{DOCUMENTS, Ingest},
    store::{Origin, Store, StoreUrl},
};
use mimalloc::MiMalloc;
use posts::{Kind, Posts};
use serde_json::{Value, json};
use spent::{Memory, Spent};

/// As the `klarstelle` command has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Posts between two commits of the index: `klarstelle crawl` commits each second, which is about as many.
const BETWEEN_COMMITS: usize = 4096;

/// Answers read at once.
const AT_ONCE: usize = 2;

/// Posts of one kind by which the kind's cost is measured at each size.
const PROBE: usize = 4096;

/// What is measured.
struct Pipeline {
    ingest: Ingest,
    follower: Follower,
}

/// What some posts came to.
#[derive(Default, Clone, Copy)]
struct Came {
    sightings: u64,
    claims: u64,
}

impl Pipeline {
    async fn open(folder: &Path) -> anyhow::Result<Self> {
        let store = Store::open(&StoreUrl::Sqlite(folder.join("store.sqlite"))).await?;
        let index = SharedIndex::open(&Place::without_model(&folder.join("index")))?;
        let ingest = Ingest::new(store.clone(), Actor::Crawl).asking(indexer::matcher(&index));
        let follower = Follower::new(store, index)?;
        Ok(Self { ingest, follower })
    }

    /// Takes in posts as a timeline would bring them, and brings the index up to date.
    async fn take(&self, posts: &[Document]) -> anyhow::Result<Came> {
        let mut came = Came::default();
        for posts in posts.chunks(BETWEEN_COMMITS) {
            let answers = stream::iter(posts.chunks(DOCUMENTS)).map(|answer| self.read(answer));
            let read: Vec<Came> = answers.buffer_unordered(AT_ONCE).try_collect().await?;
            came.sightings += read.iter().map(|read| read.sightings).sum::<u64>();
            came.claims += read.iter().map(|read| read.claims).sum::<u64>();
            self.follower.catch_up().await?;
        }
        Ok(came)
    }

    async fn read(&self, answer: &[Document]) -> anyhow::Result<Came> {
        let origin = Origin {
            source: None,
            at: Timestamp::now(),
            kept: None,
            answer: None,
        };
        let recorded = self.ingest.documents(answer.to_vec(), &origin).await?;
        Ok(Came {
            sightings: recorded.iter().flatten().map(|one| one.sightings_new).sum(),
            claims: recorded.iter().flatten().map(|one| one.claims_new).sum(),
        })
    }

    /// What a post of a kind costs now.
    async fn probe(&self, kind: Kind, posts: &mut Posts) -> anyhow::Result<Value> {
        let probe: Vec<Document> = (0..PROBE).map(|_| posts.of(kind)).collect();
        let before = Spent::now()?;
        let came = self.take(&probe).await?;
        let spent = Spent::now()?.since(before);
        let each = |total: f64| total / PROBE as f64;
        Ok(json!({
            "cpu_ms": round(1000.0 * each(spent.cpu_s)),
            "wall_ms": round(1000.0 * each(spent.wall_s)),
            "sightings": round(each(came.sightings as f64)),
            "claims": round(each(came.claims as f64)),
        }))
    }
}

fn round(number: f64) -> f64 {
    (1000.0 * number).round() / 1000.0
}

async fn grow(pipeline: &Pipeline, posts: &mut Posts, to: usize) -> anyhow::Result<Value> {
    let (from, before) = (posts.made(), Spent::now()?);
    while posts.made() < to {
        let next = BETWEEN_COMMITS.min(to - posts.made());
        let mixed: Vec<Document> = (0..next).map(|_| posts.mixed()).collect();
        pipeline.take(&mixed).await?;
    }
    let (spent, count) = (Spent::now()?.since(before), to.saturating_sub(from) as f64);
    Ok(json!({
        "per_cpu_s": (count / spent.cpu_s).round(),
        "per_s": (count / spent.wall_s).round(),
    }))
}

/// A folder that was filled, and the stream at the place where that ended.
struct Filled {
    pipeline: Pipeline,
    posts: Posts,
}

impl Filled {
    async fn open(args: &[String]) -> anyhow::Result<Self> {
        let (folder, sizes) = args.split_first().context("a folder")?;
        let mut posts = Posts::default();
        for size in sizes {
            let size: usize = size.parse().context("a number of posts")?;
            while posts.made() < size {
                posts.mixed();
            }
            for kind in Kind::ALL {
                (0..PROBE).for_each(|_| drop(posts.of(kind)));
            }
        }
        let pipeline = Pipeline::open(Path::new(folder)).await?;
        Ok(Self { pipeline, posts })
    }
}

/// Rounds of asking in turns: few, so that the smaller store stays small. As many posts in each as between two commits of the
/// index, which cost as much for few.
const ROUNDS: usize = 3;

/// What a post of each kind costs in one store as a share of what it costs in the other: the median of the rounds.
async fn in_turns(one: &[String], other: &[String]) -> anyhow::Result<()> {
    let (mut one, mut other) = (Filled::open(one).await?, Filled::open(other).await?);
    for kind in Kind::ALL {
        let mut ratios = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let [one, other] = [
                one.pipeline.probe(kind, &mut one.posts).await?,
                other.pipeline.probe(kind, &mut other.posts).await?,
            ];
            let cpu = |cost: &Value| cost["cpu_ms"].as_f64().context("a number");
            ratios.push(round(cpu(&other)? / cpu(&one)?));
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{}",
            json!({ "kind": kind.name(), "median": ratios[ROUNDS / 2], "all": ratios })
        );
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = args.windows(3).position(|words| words == ["in", "turns", "with"]) {
        return in_turns(&args[..at], &args[at + 3..]).await;
    }
    let [folder, sizes @ ..] = args.as_slice() else {
        anyhow::bail!("ingest-scale FOLDER POSTS...");
    };
    fill(Path::new(folder), sizes).await
}

async fn fill(folder: &Path, sizes: &[String]) -> anyhow::Result<()> {
    let pipeline = Pipeline::open(folder).await?;
    let mut posts = Posts::default();
    for size in sizes {
        let size: usize = size.parse().context("a number of posts")?;
        let growth = grow(&pipeline, &mut posts, size).await?;
        let mut row = json!({ "posts": size, "since_last": growth });
        for kind in Kind::ALL {
            row[kind.name()] = pipeline.probe(kind, &mut posts).await?;
        }
        let Memory { now_mb, peak_mb } = Memory::now()?;
        row["memory_mb"] = json!({ "now": now_mb, "peak": peak_mb });
        println!("{row}");
    }
    Ok(())
}
