//! What answers tell of claims is what the store says now, whoever wrote it last: lookups keep in memory what they were told.

use klarstelle::{
    cluster::{Home, Placed, Prints},
    domain::{
        Actor, AttachmentId, AttachmentState, ClaimId, ClaimText, Document, DocumentId, FactCheckId, KeyId, Lang,
        Mention, OwnFactCheck, Reason, Timestamp, Verdict, WebUrl,
    },
    indexer::{Follower, SharedIndex},
    lookup::{Answer, Lookup, Question},
    store::{Error, Known, Origin, Rewriting, Store, StoreUrl, Union},
};
use serde_json::{Value, json};

use crate::support::{
    databases, postgres,
    process::{Server, command, http_client},
};

const SAID: [&str; 6] = [
    "The ferry to Ostrava has been cancelled for ever",
    "Drinking salt water cures the winter fever",
    "The mayor of Lindbruck sold the town forest to a bank",
    "Every household in Karsen has to pay for the dead dam",
    "Teachers in Vellmar are paid by the number of their pupils",
    "The moon landing was filmed in a quarry near Grauwald",
];

fn reviewer() -> Actor {
    Actor::Key(KeyId::new())
}

fn own(title: &str) -> OwnFactCheck {
    OwnFactCheck {
        title: title.to_owned(),
        text: "What we found.".to_owned(),
        verdict: Verdict::False,
        rating: "Wrong".to_owned(),
        lang: Lang::EN,
        url: WebUrl::parse("https://klarblick.example/checks/1").ok(),
    }
}

fn because() -> Reason {
    Reason::parse("a reason").expect("a reason")
}

/// Numbers that look random, the same in each run (Knuth's 64-bit linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Claims, fact-checks and documents, and somebody who writes on connections of their own, as another process does.
struct Desk {
    store: Store,
    claims: Vec<ClaimId>,
    checks: Vec<FactCheckId>,
    attached: Vec<AttachmentId>,
    read: Vec<DocumentId>,
    pages: usize,
}

/// Whether it was done; what the rules refuse is not.
fn done<T>(result: Result<T, Error>) -> Option<T> {
    use Error as E;
    match result {
        Ok(made) => Some(made),
        Err(
            E::AlreadyAttached(_)
            | E::AlreadyWithdrawn
            | E::Merged(_)
            | E::SameClaim
            | E::NotMerged
            | E::WordingTaken(_),
        ) => None,
        Err(error) => panic!("{error:?}"),
    }
}

impl Desk {
    async fn set_up(store: Store) -> Self {
        let mut desk = Self {
            store,
            claims: Vec::new(),
            checks: Vec::new(),
            attached: Vec::new(),
            read: Vec::new(),
            pages: 0,
        };
        for text in SAID {
            let text = ClaimText::parse(text).expect("a claim");
            let made = desk.store.create_claim(&text, Lang::EN, &reviewer()).await;
            desk.claims.push(made.expect("a claim").into_inner().id);
        }
        for number in 0..4 {
            let made = desk
                .store
                .write_own(&own(&format!("Check {number}")), &reviewer())
                .await;
            desk.checks.push(made.expect("a fact-check").id);
        }
        desk
    }

    /// Does something; says whether anything was done.
    async fn act(&mut self, what: usize, dice: &mut Dice) -> bool {
        let (one, other) = (self.claims[dice.below(SAID.len())], self.claims[dice.below(SAID.len())]);
        let check = self.checks[dice.below(self.checks.len())];
        match what {
            0 => self.attach(&one, &check).await,
            1 => self.withdraw(dice).await,
            2 => self.correct(&check, dice).await,
            3 => done(self.store.merge(union(&one, &other), &reviewer()).await).is_some(),
            4 => self.split(&one).await,
            5 => self.rewrite(&one, dice).await,
            6 => self.see(SAID[dice.below(SAID.len())]).await,
            _ => self.erase(dice).await,
        }
    }

    async fn attach(&mut self, claim: &ClaimId, check: &FactCheckId) -> bool {
        let made = done(self.store.attach(claim, check, None, &reviewer()).await);
        self.attached.extend(made.as_ref().map(|attachment| attachment.id));
        made.is_some()
    }

    async fn withdraw(&mut self, dice: &mut Dice) -> bool {
        let Some(last) = self.attached.len().checked_sub(1) else {
            return false;
        };
        let id = self.attached.swap_remove(dice.below(last + 1));
        done(self.store.withdraw(&id, &because(), &reviewer()).await).is_some()
    }

    async fn correct(&self, check: &FactCheckId, dice: &mut Dice) -> bool {
        let version = self
            .store
            .fact_check(check)
            .await
            .unwrap()
            .expect("a fact-check")
            .version;
        let corrected = own(&format!("Corrected {}", dice.below(1000)));
        done(self.store.correct_own(check, version, &corrected, &reviewer()).await).is_some()
    }

    async fn split(&self, claim: &ClaimId) -> bool {
        let survivor = self.store.standing(&[*claim]).await.unwrap()[claim];
        survivor != *claim && done(self.store.split(union(claim, &survivor), &reviewer()).await).is_some()
    }

    async fn rewrite(&self, claim: &ClaimId, dice: &mut Dice) -> bool {
        let old = self.store.summaries(&[*claim]).await.unwrap().remove(0).claim;
        let text = format!("{} as of {}", old.text.as_str(), dice.below(1000));
        let rewriting = Rewriting {
            claim,
            read: old.version,
            text: &ClaimText::parse(&text).expect("a claim"),
            lang: Lang::EN,
            reason: None,
        };
        done(self.store.rewrite(rewriting, &reviewer()).await).is_some()
    }

    async fn see(&mut self, quote: &str) -> bool {
        self.pages += 1;
        let page = Document {
            url: WebUrl::parse(&format!("https://paper.example/{}", self.pages)).expect("an address"),
            canonical_url: None,
            title: "A page".to_owned(),
            text: quote.to_owned(),
            lang: Lang::EN,
            author: None,
            published_at: None,
        };
        let origin = Origin {
            source: None,
            at: Timestamp::now(),
            kept: None,
            answer: None,
        };
        let recorded = self.store.record(&page, &origin, &[placed(quote)], &Actor::Crawl).await;
        self.read.push(recorded.expect("recorded").document);
        true
    }

    async fn erase(&mut self, dice: &mut Dice) -> bool {
        let Some(last) = self.read.len().checked_sub(1) else {
            return false;
        };
        let id = self.read.swap_remove(dice.below(last + 1));
        self.store.erase(&[id], &[]).await.expect("erased").documents > 0
    }
}

fn placed(quote: &str) -> Placed {
    let mention = Mention {
        quote: quote.to_owned(),
        lang: Lang::EN,
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
    };
    Prints::of(&mention).place(mention, Home::New)
}

fn union<'a>(claim: &'a ClaimId, survivor: &'a ClaimId) -> Union<'a> {
    static BECAUSE: std::sync::LazyLock<Reason> = std::sync::LazyLock::new(because);
    Union {
        claim,
        survivor,
        reason: &BECAUSE,
    }
}

async fn answer(lookup: &Lookup, text: &str) -> Answer {
    let question = Question::from_text(text, Some(Lang::EN));
    lookup.answer(&question, 10).await.expect("an answer")
}

/// Everything in an answer, and in the answer to the same text as a page.
async fn told(lookup: &Lookup, text: &str) -> String {
    let page = lookup
        .page(&format!("{text}.\n"), Some(Lang::EN))
        .await
        .expect("an answer");
    format!("{:?}\n{page:?}", answer(lookup, text).await)
}

/// What pages and the claim's own address say of it, read statement by statement.
async fn assert_as_stored(store: &Store, known: &Known) {
    let id = known.claim.id;
    assert_eq!(store.standing(&[id]).await.unwrap()[&id], id);
    let dossier = store.dossiers(&[id]).await.unwrap().remove(0);
    assert_eq!(known.claim, dossier.claim);
    let active = dossier
        .fact_checks
        .into_iter()
        .filter(|one| one.attachment.state == AttachmentState::Active);
    let mut wanted = Vec::new();
    for check in active.map(|one| one.fact_check) {
        if !wanted.contains(&check) {
            wanted.push(check);
        }
    }
    assert_eq!(known.fact_checks, wanted);
}

/// One process asks the same questions over and over, and another does all that is done to claims.
#[tokio::test]
async fn what_was_kept_in_memory_is_what_the_store_says() {
    for db in databases().await {
        let (store, index) = (db.open().await, SharedIndex::in_memory().expect("an index"));
        let follower = Follower::new(store.clone(), index.clone()).expect("the index's writer");
        let mut desk = Desk::set_up(db.open_again().await.expect("another process's store")).await;
        follower.catch_up().await.expect("the index follows");
        let lookup = Lookup::new(store.clone(), index.clone());
        let (mut dice, mut did) = (Dice(7), [0; 8]);
        for step in 0..100 {
            let what = dice.below(did.len());
            did[what] += u32::from(desk.act(what, &mut dice).await);
            if step % 3 == 0 {
                follower.catch_up().await.expect("the index follows");
            }
            for text in SAID {
                let fresh = Lookup::new(store.clone(), index.clone());
                assert_eq!(
                    told(&lookup, text).await,
                    told(&fresh, text).await,
                    "step {step}, {what}"
                );
                for candidate in answer(&lookup, text).await.candidates {
                    assert_as_stored(&store, &candidate.known).await;
                }
            }
        }
        assert!(did.iter().all(|times| *times > 0), "{did:?}");
    }
}

/// A running service on a store.
fn serve(dir: &std::path::Path, url: &StoreUrl) -> Server {
    let mut command = command(dir);
    if let StoreUrl::Postgres(url) = url {
        command.env("KLARSTELLE_STORE_URL", url);
    }
    command.env("KLARSTELLE_SERVER_ANONYMOUS_BURST", "100000");
    Server::start_as(command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"]))
}

/// The first candidate's fact-checks, by their titles.
async fn checks(client: &reqwest::Client, base: &str, text: &str) -> Vec<String> {
    let asked = client
        .post(format!("{base}/v1/lookup"))
        .json(&json!({"text": text, "language": "en"}));
    let answer: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    let found = answer["candidates"][0]["fact_checks"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let title = |check: &Value| check["title"].as_str().unwrap_or_default().to_owned();
    let titles: Vec<String> = found.iter().map(title).collect();
    assert_eq!(answer["checked"], !titles.is_empty(), "{answer}");
    titles
}

/// Two processes: the service has just told of a fact-check when it is withdrawn elsewhere.
#[tokio::test]
async fn what_another_process_withdrew_is_in_no_answer_any_more() {
    let database = postgres::Database::create().await;
    for on_server in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        let url = if on_server {
            StoreUrl::Postgres(database.url().to_owned())
        } else {
            StoreUrl::Sqlite(dir.path().join("store.sqlite3"))
        };
        let mut desk = Desk::set_up(Store::open(&url).await.expect("a store")).await;
        let (server, client) = (serve(dir.path(), &url), http_client());
        let (claim, check, text) = (desk.claims[2], desk.checks[1], SAID[2]);
        while answered_nothing(&client, &server.base, text).await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        for round in 0..20 {
            assert!(checks(&client, &server.base, text).await.is_empty(), "round {round}");
            assert!(desk.attach(&claim, &check).await);
            assert_eq!(checks(&client, &server.base, text).await, ["Check 1"], "round {round}");
            assert!(desk.withdraw(&mut Dice(round)).await);
        }
        desk.store.close().await;
    }
}

/// Whether the index has yet to follow.
async fn answered_nothing(client: &reqwest::Client, base: &str, text: &str) -> bool {
    let asked = client
        .post(format!("{base}/v1/lookup"))
        .json(&json!({"text": text, "language": "en"}));
    let answer: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    answer["outcome"] != "match"
}
