//! A million short posts through the pipeline as it is: detect, cluster, store, index. `bench/scale/run` measures it.
//!
//! `ingest-scale FOLDER POSTS...`: a store and an index in FOLDER; at each number of posts a line of JSON says what they cost.

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

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, folder, sizes @ ..] = args.as_slice() else {
        anyhow::bail!("ingest-scale FOLDER POSTS...");
    };
    let pipeline = Pipeline::open(Path::new(folder)).await?;
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
