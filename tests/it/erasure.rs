//! What is erased is gone: from every file and every table, for good, and nothing else with it.

mod aging;
mod backup;
mod rewriting;

use std::path::Path;

use klarstelle::{
    cluster::{Home, Placed, Prints},
    copy,
    domain::{
        AccountKey, Actor, Author, ClaimId, Document, DocumentId, Handle, Kept, Lang, Mention, OwnFactCheck, Timestamp,
        Verdict, WebUrl,
    },
    erasure::{self, Places, Target},
    indexer::{Follower, Place, SharedIndex},
    store::{self, Origin, Rewriting, Store, StoreUrl, Which},
};
use tempfile::TempDir;

use crate::support::{TestDb, copies, databases, remains};

/// In every word that is to go, and in no other.
const CANARY: &str = "kanarien";

const URL: &str = "https://kanarienblog.example/kanarienpfad";
const SAID: &str = "Der Kanarienvogel von Lindrath hat im Mai 12 Menschen gebissen.";
const SHARED: &str = "Die Stadt Lindrath schließt im Juni alle 4 Schwimmbäder";
const PRAISED: &str = "Kanarienfutter aus Lindrath heilt in 3 Tagen jede Erkältung.";

fn mention(quote: &str) -> Placed {
    let mention = Mention {
        quote: quote.to_owned(),
        lang: Lang::DE,
        score: 0.9,
        speaker: None,
        reasons: Vec::new(),
    };
    Prints::of(&mention).place(mention, Home::New)
}

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).expect("an address")
}

fn document(address: &str, title: &str, text: &str, author: Option<&str>) -> Document {
    Document {
        url: url(address),
        canonical_url: None,
        title: title.to_owned(),
        text: text.to_owned(),
        lang: Lang::DE,
        author: author.map(|name| Author::Byline(name.to_owned())),
        published_at: Timestamp::parse("2026-05-02T10:00:00Z"),
    }
}

async fn read(
    store: &Store,
    document: &Document,
    quotes: &[&str],
    kept: Option<Kept>,
) -> Result<DocumentId, store::Error> {
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept,
        answer: None,
    };
    let placed: Vec<Placed> = quotes.iter().map(|quote| mention(quote)).collect();
    let recorded = store.record(document, &origin, &placed, &Actor::Crawl).await?;
    Ok(recorded.document)
}

fn canary_page() -> Document {
    Document {
        canonical_url: Some(url("https://kanarienblog.example/der-kanarienpfad")),
        ..document(
            URL,
            "Kanarientitel aus der Lokalredaktion",
            &format!("{SAID}\n{SHARED}!\n{PRAISED}"),
            Some("Kanarienautorin Meier"),
        )
    }
}

/// An installation in which one document says what is to go.
struct Desk {
    db: TestDb,
    store: Store,
    dir: TempDir,
    places: Places,
    page: DocumentId,
    /// Says something else; its copy is in an answer that has the other's text, too.
    neighbour: DocumentId,
    /// Says something else, and is kept behind what goes.
    stranger: DocumentId,
}

impl Desk {
    async fn open(db: TestDb) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let archive = dir.path().join("archive");
        let kept_in = copies::open(&archive);
        let store = db.open().await;
        let page = format!("<h1>Kanarientitel</h1><p>{SAID}</p><p>{PRAISED}</p>");
        let kept = copies::keep_in(&kept_in, URL, "text/html", page.as_bytes()).await;
        let page = read(&store, &canary_page(), &[SAID, SHARED, PRAISED], Some(kept))
            .await
            .expect("recorded");
        let api = serde_json::json!([{"text": SHARED}, {"text": SAID}]).to_string();
        let kept = copies::keep_in(
            &kept_in,
            "https://api.example/timeline",
            "application/json",
            api.as_bytes(),
        )
        .await;
        let neighbour = document("https://nachbar.example/1", "Bäder", &format!("{SHARED}."), None);
        let neighbour = read(&store, &neighbour, &[&format!("{SHARED}.")], Some(kept))
            .await
            .expect("recorded");
        let kept = copies::keep_in(&kept_in, "https://fremd.example/1", "text/html", b"<p>Anderes</p>").await;
        let stranger = document("https://fremd.example/1", "Anderes", "Ganz anderes.", None);
        let stranger = read(&store, &stranger, &[], Some(kept)).await.expect("recorded");
        drop(kept_in);
        let places = Places {
            archive,
            index: Place::without_model(&dir.path().join("index")),
            list: dir.path().join("suppressed.jsonl"),
        };
        let desk = Self {
            db,
            store,
            dir,
            places,
            page,
            neighbour,
            stranger,
        };
        desk.index().await;
        desk
    }

    async fn index(&self) {
        let index = SharedIndex::open(&self.places.index).expect("an index");
        let follower = Follower::new(self.store.clone(), index).expect("the writer");
        follower.catch_up().await.expect("up to date");
    }

    /// The folder of the store's files; the desk's own, where it has none.
    fn store_dir(&self) -> &Path {
        match &self.db.url {
            StoreUrl::Sqlite(file) => file.parent().expect("a folder"),
            StoreUrl::Postgres(_) => self.dir.path(),
        }
    }

    /// Where the canary still is.
    async fn canaries(&self) -> Vec<String> {
        let mut found = remains::rows(&self.db.url, CANARY).await;
        for dir in [self.dir.path(), self.store_dir()] {
            let files = remains::holding(dir, CANARY);
            found.extend(files.iter().map(|file| file.display().to_string()));
        }
        found
    }

    async fn claim(&self, words: &str) -> Option<ClaimId> {
        let placed = mention(words);
        let prints = Prints::of(&placed.mention);
        let held = self.store.holders(&[&prints]).await.expect("asked");
        held[0]
    }

    async fn text(&self, claim: &ClaimId) -> String {
        let found = self.store.summaries(&[*claim]).await.expect("asked");
        found[0].claim.text.as_str().to_owned()
    }

    async fn erase(&self, which: Which, address: Option<&str>) -> erasure::Report {
        let target = Target::Document(which, address.map(url));
        erasure::erase(&self.store, &target, &self.places)
            .await
            .expect("erased")
    }

    async fn assert_whole(&self) {
        assert_eq!(self.store.check().await.expect("checked"), Vec::<String>::new());
        let index = SharedIndex::open_read_only(&self.places.index).expect("an index");
        assert_eq!(index.position(), self.store.last_change().await.expect("a number"));
        let mut indexed = index.current().digests().expect("digests");
        let ids = self.store.claim_ids(None, 1000).await.expect("claims");
        for entry in self.store.entries(&ids).await.expect("entries") {
            assert_eq!(indexed.remove(&entry.id), Some(entry.digest()), "{entry:?}");
        }
        assert!(indexed.is_empty(), "{indexed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_of_what_is_erased_and_the_fact_check_stays() {
    for db in databases().await {
        let desk = Desk::open(db).await;
        let store = &desk.store;
        let [bitten, baths, praised] = [SAID, SHARED, PRAISED];
        let bitten = desk.claim(bitten).await.expect("a claim");
        let baths = desk.claim(baths).await.expect("a claim");
        let praised = desk.claim(praised).await.expect("a claim");
        let own = OwnFactCheck {
            title: "Niemand wurde gebissen".to_owned(),
            text: "Wir haben im Rathaus gefragt.".to_owned(),
            verdict: Verdict::False,
            rating: "Falsch".to_owned(),
            lang: Lang::DE,
            url: None,
        };
        let check = store.write_own(&own, &Actor::Operator).await.expect("written");
        store
            .attach(&bitten, &check.id, None, &Actor::Operator)
            .await
            .expect("attached");
        let version = store.summaries(&[praised]).await.expect("asked")[0].claim.version;
        let text = klarstelle::domain::ClaimText::parse("Vogelfutter heilt Erkältungen.").expect("a text");
        let rewriting = Rewriting {
            claim: &praised,
            read: version,
            text: &text,
            lang: Lang::DE,
            reason: None,
        };
        store.rewrite(rewriting, &Actor::Operator).await.expect("rewritten");
        desk.index().await;
        let before = desk.canaries().await;
        for place in ["archive", if store.is_file() { "store.db" } else { "documents: " }] {
            assert!(before.iter().any(|found| found.contains(place)), "{place}: {before:?}");
        }

        let report = desk.erase(Which::Address(url(URL).key()), Some(URL)).await;
        assert_eq!(desk.canaries().await, Vec::<String>::new());
        assert_eq!(report.left.remains, Vec::<String>::new());
        assert_eq!((report.erased.documents, report.erased.sightings), (1, 3));
        assert_eq!(
            (report.archive.records, report.archive.copies),
            (4, 2),
            "two answers with their requests"
        );

        assert_eq!(desk.text(&bitten).await, "[erased]");
        assert_eq!(
            desk.text(&baths).await,
            format!("{SHARED}."),
            "as its other sighting says"
        );
        assert_eq!(
            desk.text(&praised).await,
            "Vogelfutter heilt Erkältungen.",
            "a reviewer's"
        );
        let acts = store.acts(&praised).await.expect("acts");
        assert_eq!(acts[0].text_before.as_deref(), Some("[erased]"));
        let dossier = store.dossiers(&[bitten]).await.expect("a dossier").remove(0);
        assert_eq!(dossier.fact_checks[0].fact_check.id, check.id, "the fact-check stays");
        assert_eq!(desk.claim(SAID).await, None, "not even its print tells what was said");
        assert_eq!(
            store
                .copies(&desk.neighbour)
                .await
                .expect("asked")
                .expect("stays")
                .copies,
            vec![]
        );
        let copy = copy::find(store, desk.places.archive.clone(), &desk.stranger, None).await;
        assert_eq!(
            copy.expect("still kept, elsewhere in the file").answer().body,
            b"<p>Anderes</p>"
        );
        assert!(store.copies(&desk.page).await.expect("asked").is_none());
        desk.assert_whole().await;
        for (address, why) in [(URL, "its address"), ("https://spiegel.example/1", "its content")] {
            let again = Document {
                url: url(address),
                canonical_url: None,
                ..canary_page()
            };
            let refused = read(store, &again, &[SAID], None).await;
            assert!(matches!(refused, Err(store::Error::Suppressed)), "{why}: {refused:?}");
        }
        let again = desk.erase(Which::Address(url(URL).key()), Some(URL)).await;
        assert_eq!(
            (again.erased.documents, again.suppressed, again.archive.records),
            (0, 0, 0)
        );
        desk.assert_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_author_s_documents_go_and_do_not_come_back() {
    for db in databases().await {
        let desk = Desk::open(db).await;
        let target = Target::Author(Author::Byline("Kanarienautorin Meier".to_owned()));
        let found = erasure::find(&desk.store, &target).await.expect("asked");
        assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [desk.page]);
        erasure::erase(&desk.store, &target, &desk.places)
            .await
            .expect("erased");
        assert_eq!(desk.canaries().await, Vec::<String>::new());
        let other = document(
            "https://anderswo.example/9",
            "",
            "Etwas Neues von ihr.",
            Some("Kanarienautorin Meier"),
        );
        assert!(matches!(
            read(&desk.store, &other, &[], None).await,
            Err(store::Error::Suppressed)
        ));
        let theirs = document("https://anderswo.example/9", "", "Etwas Neues von ihm.", Some("Meier"));
        assert!(read(&desk.store, &theirs, &[], None).await.is_ok());
        desk.assert_whole().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_s_posts_go_and_do_not_come_back() {
    let key = AccountKey::new([7; 32]);
    let account = |name: &str| Author::Pseudonym(key.pseudonym(&Handle::new(name)));
    for db in databases().await {
        let desk = Desk::open(db).await;
        let post = |address: &str, name: &str| Document {
            author: Some(account(name)),
            ..document(address, "", "Ein Beitrag über den Hafen.", None)
        };
        for (address, name) in [
            ("https://anderswo.example/1", "ada@social.example"),
            ("https://anderswo.example/2", "bea@social.example"),
        ] {
            let recorded = read(&desk.store, &post(address, name), &[], None).await;
            recorded.expect("recorded");
        }
        let target = Target::Author(account("Ada@social.example"));
        let found = erasure::find(&desk.store, &target).await.expect("asked");
        let urls: Vec<String> = found.iter().map(|one| one.document.url.to_string()).collect();
        assert_eq!(urls, ["https://anderswo.example/1"]);
        let report = erasure::erase(&desk.store, &target, &desk.places)
            .await
            .expect("erased");
        assert_eq!(report.erased.documents, 1);
        for (name, is_kept) in [("ada@social.example", false), ("cem@social.example", true)] {
            let text = format!("Noch etwas, von {}.", name.len());
            let new = Document {
                text,
                ..post("https://anderswo.example/3", name)
            };
            assert_eq!(read(&desk.store, &new, &[], None).await.is_ok(), is_kept, "{name}");
        }
        desk.assert_whole().await;
    }
}

/// As after `pg_restore`: the database is an old one, and the list lies beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_applied_to_what_was_restored() {
    for (db, old) in databases().await.into_iter().zip(databases().await) {
        let desk = Desk::open(db).await;
        desk.erase(Which::Address(url(URL).key()), Some(URL)).await;
        let restored = Desk::open(old).await;
        std::fs::copy(&desk.places.list, &restored.places.list).expect("a list");
        let report = erasure::replay(&restored.store, &restored.places)
            .await
            .expect("replayed");
        assert_eq!((report.erased.documents, report.suppressed), (1, 3));
        assert_eq!(restored.canaries().await, Vec::<String>::new());
        restored.assert_whole().await;
        let again = read(&restored.store, &canary_page(), &[], None).await;
        assert!(matches!(again, Err(store::Error::Suppressed)));
        let twice = erasure::replay(&restored.store, &restored.places)
            .await
            .expect("replayed");
        assert_eq!((twice.erased.documents, twice.suppressed), (0, 0));
    }
}

/// By its identifier a document goes without its author being on the list.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crawl_kept_of_it_again_is_swept_out() {
    let desk = Desk::open(crate::support::sqlite()).await;
    desk.erase(Which::Document(desk.page), None).await;
    let body = format!("<p>{SAID}</p>");
    let kept = copies::keep(&desk.places.archive, URL, "text/html", body.as_bytes()).await;
    let refused = read(&desk.store, &canary_page(), &[SAID], Some(kept)).await;
    assert!(matches!(refused, Err(store::Error::Suppressed)));
    assert!(
        !desk.canaries().await.is_empty(),
        "the crawl had kept it before it was read"
    );
    let limits = erasure::Limits {
        unanswered_days: 0,
        answered_days: 0,
        copies_days: 0,
        requests_days: 0,
    };
    let swept = erasure::retain(&desk.store, &desk.places, &limits, Timestamp::now())
        .await
        .expect("swept");
    assert_eq!(swept.archive.records, 2);
    assert_eq!(desk.canaries().await, Vec::<String>::new());
    let named = vec![url(URL), url("https://fremd.example/2")];
    assert_eq!(
        desk.store.wanted(named, None).await.expect("asked"),
        [url("https://fremd.example/2")]
    );
    let hers = document(
        "https://kanarienblog.example/neu",
        "",
        "Etwas Neues von ihr.",
        Some("Kanarienautorin Meier"),
    );
    assert!(read(&desk.store, &hers, &[], None).await.is_ok());
}
