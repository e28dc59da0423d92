//! `klarstelle eval-cluster`: do texts that say the same come to one claim, and only those?
//!
//! Claims and texts go through the pipeline itself, into a store and an index of their own that are thrown away: claims as an
//! import takes them, then each text as a mention of a post, with the index following. What belongs together: texts with the
//! same right answer, and the claim that it is (of several right answers the connected component); claims that an import
//! takes for one wording are one.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::Arc,
};

use claim_index::{
    Judge, Models, Query, Ranker,
    clusters::{self, Agreement, Clusters, Item, Pairs},
    judging, training,
};
use clap::Args;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::{
    context::place,
    output::print,
    questions::{Asked, Questions, checks, model_of, name, pair_lines, pairs},
};
use crate::{
    cluster::{Matcher, Prints},
    config::Settings,
    domain::{Actor, ClaimId, Document, ExternalFactCheck, Lang, Mention, Timestamp, WebUrl},
    indexer::{self, Follower, Place, SharedIndex},
    ingest::Ingest,
    store::{Origin, Store, StoreUrl},
};

#[derive(Debug, Args)]
pub(super) struct EvalClusterArgs {
    /// ClaimReview rows, one claim each (NDJSON)
    #[arg(long, value_name = "FILE")]
    claims: PathBuf,
    /// The texts: `{"id", "text", "lang"}` a line
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// What each text says: query id, tab, claim identifier
    #[arg(long, value_name = "FILE")]
    qrels: PathBuf,
    /// Place each text by weights trained on the other folds
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    /// With --folds: learn from these pairs of claims and posts, too (may be given more than once)
    #[arg(long, value_name = "FILE", requires = "folds")]
    pairs: Vec<PathBuf>,
    /// Join copies and near-copies only, as where there is no index
    #[arg(long, conflicts_with = "folds")]
    copies_only: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    /// Claims founded by the import: rows that say the same in the same words are one.
    claims: usize,
    /// Texts with a right answer.
    texts: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    folds: Option<u8>,
    #[serde(flatten)]
    figures: Clusters,
    /// Texts put to a claim or a text of another cluster: perhaps wrong, perhaps the same claim under another name. People
    /// must look.
    doubtful: Vec<Doubtful>,
}

#[derive(Debug, Serialize)]
struct Doubtful {
    text: String,
    joined: String,
}

pub(super) async fn run(settings: &Settings, args: &EvalClusterArgs) -> anyhow::Result<()> {
    let checks = checks(&args.claims)?;
    let model = model_of(settings)?;
    let questions = Questions::read(&args.claims, &args.queries, &args.qrels, model.as_ref())?;
    let dir = tempfile::tempdir()?;
    let bench = Bench::open(settings, dir.path()).await?;
    let judges = match args.folds {
        None => None,
        Some(folds) => Some(Judges::trained(&questions, &args.pairs, model.as_ref(), folds.into())?),
    };
    let ingest = Ingest::new(bench.store.clone(), Actor::Crawl);
    let ingest = match judges {
        _ if args.copies_only => ingest,
        Some(judges) => ingest.asking(Arc::new(ByFold {
            index: bench.index.clone(),
            judges: Arc::new(judges),
        })),
        None => ingest.asking(indexer::matcher(&bench.index)),
    };
    let named = bench.import(&checks).await?;
    let homes = bench.take(&ingest, &questions).await?;
    let report = report(&questions, &named, &homes, args.folds);
    print(settings, &report, text)?;
    Ok(())
}

/// A store and an index for this measuring.
struct Bench {
    store: Store,
    index: SharedIndex,
    follower: Follower,
}

impl Bench {
    async fn open(settings: &Settings, dir: &std::path::Path) -> anyhow::Result<Self> {
        let store = Store::open(&StoreUrl::Sqlite(dir.join("store.sqlite"))).await?;
        let index = SharedIndex::open(&Place {
            dir: dir.join("index"),
            ..place(settings)
        })?;
        let follower = Follower::new(store.clone(), index.clone())?;
        Ok(Self { store, index, follower })
    }

    /// Imports the claims; says which claim each row is, by the row's name.
    async fn import(&self, checks: &[ExternalFactCheck]) -> anyhow::Result<HashMap<String, ClaimId>> {
        Ingest::new(self.store.clone(), Actor::Import)
            .fact_checks(checks)
            .await?;
        self.follower.catch_up_with_vectors().await?;
        let mut named = HashMap::new();
        for check in checks {
            let mention = mention(&check.claim_reviewed, check.lang);
            if let Some(claim) = self.home(&mention).await? {
                named.insert(name(check), claim);
            }
        }
        Ok(named)
    }

    /// Takes in the texts one by one; says which claim each came to.
    async fn take(&self, ingest: &Ingest, questions: &Questions) -> anyhow::Result<Vec<ClaimId>> {
        let mut homes = Vec::new();
        for (number, (asked, _)) in questions.asked.iter().enumerate() {
            let mention = mention(&asked.text, asked.lang.unwrap_or_else(|| Lang::detect(&asked.text)));
            let placed = ingest.place(mention.clone()).await?;
            let document = post(number, &mention);
            let origin = Origin {
                source: None,
                at: Timestamp::now(),
                kept: None,
                answer: None,
            };
            self.store.record(&document, &origin, &[placed], &Actor::Crawl).await?;
            self.follower.catch_up_with_vectors().await?;
            let home = self.home(&mention).await?;
            homes.push(home.ok_or_else(|| anyhow::anyhow!("{} says nothing that could be a claim", asked.id))?);
        }
        Ok(homes)
    }

    async fn home(&self, mention: &Mention) -> anyhow::Result<Option<ClaimId>> {
        Ok(self.store.holders(&[&Prints::of(mention)]).await?.pop().flatten())
    }
}

fn mention(quote: &str, lang: Lang) -> Mention {
    Mention {
        quote: quote.to_owned(),
        lang,
        score: 0.0,
        speaker: None,
        reasons: Vec::new(),
    }
}

fn post(number: usize, mention: &Mention) -> Document {
    let url = format!("https://posts.example/{number}");
    Document {
        url: WebUrl::parse(&url).expect("an address"),
        canonical_url: None,
        title: String::new(),
        text: mention.quote.clone(),
        lang: mention.lang,
        author: None,
        published_at: None,
    }
}

/// Models that have not seen the claims of the texts that they place.
struct Judges {
    models: Vec<(Ranker, Judge)>,
    fold_of: HashMap<String, usize>,
}

impl Judges {
    fn trained(
        questions: &Questions,
        files: &[PathBuf],
        model: super::questions::Model,
        folds: usize,
    ) -> anyhow::Result<Self> {
        let examples = questions.examples()?;
        let mut learnt = Vec::new();
        for file in files {
            learnt.extend(pairs(&pair_lines(file)?, &questions.entries, model)?);
        }
        let of = training::folds(&examples, folds);
        let rankers = (0..folds).map(|fold| {
            let others = examples.iter().zip(&of).filter(|(_, of)| **of != fold);
            training::fit(&others.map(|(example, _)| example).collect::<Vec<_>>())
        });
        // One ranker for all judges would have seen the claims; so each judge is trained with its own.
        let models = rankers.enumerate().map(|(fold, ranker)| {
            let needed = Judge::shipped().needed();
            let judge = judging::judges(&examples, &learnt, &ranker, needed, folds).swap_remove(fold);
            (ranker, judge)
        });
        let names = questions.asked.iter().map(|(asked, _)| asked.text.clone());
        Ok(Self {
            models: models.collect(),
            fold_of: names.zip(of).collect(),
        })
    }
}

/// Asks the index with the models of the text's fold.
struct ByFold {
    index: SharedIndex,
    judges: Arc<Judges>,
}

impl Matcher for ByFold {
    fn same(&self, mentions: Vec<Mention>) -> BoxFuture<'_, Vec<Option<ClaimId>>> {
        let (index, judges) = (self.index.current(), Arc::clone(&self.judges));
        Box::pin(async move {
            let search = move |mention: Mention| {
                let (ranker, judge) = &judges.models[*judges.fold_of.get(&mention.quote)?];
                let query = Query {
                    text: mention.quote,
                    lang: Some(mention.lang),
                    limit: 1,
                };
                index.same_by(&query, Models { ranker, judge }).ok()??.parse().ok()
            };
            let searched = spawn_blocking(move || mentions.into_iter().map(search).collect());
            searched.await.unwrap_or_default()
        })
    }
}

/// Sets that grow together: which things belong to one cluster.
struct Components(Vec<usize>);

impl Components {
    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a] = b;
    }
}

/// What belongs together. Texts come first, then claims, in the order of their identifiers.
struct Truth {
    place: HashMap<ClaimId, usize>,
    components: Components,
}

impl Truth {
    fn of(questions: &Questions, named: &HashMap<String, ClaimId>) -> Self {
        let texts = questions.asked.len();
        let claims: BTreeSet<ClaimId> = named.values().copied().collect();
        let place: HashMap<ClaimId, usize> = claims.iter().copied().zip(texts..).collect();
        let mut components = Components((0..texts + claims.len()).collect());
        for (at, (_, gold)) in questions.asked.iter().enumerate() {
            for claim in gold.iter().filter_map(|name| named.get(name)) {
                components.join(at, place[claim]);
            }
        }
        Self { place, components }
    }

    /// The claims, each in a cluster of its own until texts come to it.
    fn claims(&mut self) -> Vec<Item> {
        let places: Vec<usize> = self.place.values().copied().collect();
        let item = |at| Item {
            is_text: false,
            found: at,
            truth: self.components.root(at),
        };
        places.into_iter().map(item).collect()
    }
}

fn report(questions: &Questions, named: &HashMap<String, ClaimId>, homes: &[ClaimId], folds: Option<u8>) -> Report {
    let mut truth = Truth::of(questions, named);
    let mut items = truth.claims();
    let claims = items.len();
    // Clusters are named by the first thing in them: a claim, or the text that founded one.
    let mut first = truth.place.clone();
    let mut doubtful = Vec::new();
    for (at, home) in homes.iter().enumerate() {
        let found = *first.entry(*home).or_insert(at);
        let belongs = truth.components.root(at);
        items.push(Item {
            is_text: true,
            found,
            truth: belongs,
        });
        if truth.components.root(found) != belongs {
            doubtful.push(Doubtful {
                text: questions.asked[at].0.id.clone(),
                joined: label(found, questions, home, named),
            });
        }
    }
    Report {
        claims,
        texts: homes.len(),
        folds,
        figures: clusters::compare(&items),
        doubtful,
    }
}

fn label(founder: usize, questions: &Questions, home: &ClaimId, named: &HashMap<String, ClaimId>) -> String {
    match questions.asked.get(founder) {
        Some((Asked { id, .. }, _)) => id.clone(),
        None => named
            .iter()
            .filter(|(_, claim)| *claim == home)
            .map(|(name, _)| name.clone())
            .min()
            .unwrap_or_default(),
    }
}

fn text(report: &Report) -> String {
    let Clusters {
        pairwise,
        with_claims,
        among_texts,
        b_cubed,
        b_cubed_single,
    } = &report.figures;
    let shares = |of: &Agreement| {
        let Agreement { precision, recall, f1 } = of;
        format!("precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}")
    };
    let line = |name: &str, of: &Pairs| {
        let Pairs {
            wanted,
            found,
            right,
            agreement,
        } = of;
        format!(
            "{name} {}: {right} right of {found} found, {wanted} wanted\n",
            shares(agreement)
        )
    };
    format!(
        "claims {}, texts {}\n{}{}{}B-cubed {}\nB-cubed of singles {}\n",
        report.claims,
        report.texts,
        line("pairs", pairwise),
        line("  a text and a claim", with_claims),
        line("  two texts", among_texts),
        shares(b_cubed),
        shares(b_cubed_single)
    )
}
