//! A kind of source that this file defines, outside `src/`: registered, recognised, crawled, and in the store afterwards. The
//! walk through it is in CONTRIBUTING.md.

use klarstelle::{
    crawl::{Context, Due, Findings, Found, Kind, Located, Plan, Sources, crawl, findings, problem},
    domain::{Actor, SourceKind, WebUrl},
    extract::RawPost,
    ingest::Ingest,
    net::Fetched,
    store::Added,
};

use super::Stage;
use crate::support::{databases, fake_web::answer};

/// A notice board: one notice a line, `number|text`; `more` leads to the next sheet.
struct Board;

impl Kind for Board {
    fn name(&self) -> SourceKind {
        SourceKind::named("board")
    }

    fn about(&self) -> &'static str {
        "a notice board"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["/board/:sheet"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        if url.to_url().path().starts_with("/board/") {
            Located::Sure(url.clone())
        } else {
            Located::No("a board is at /board/…")
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            answers: 2,
            ..Plan::ask(source.clone(), "text/plain")
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let Ok(text) = std::str::from_utf8(&answer.body) else {
            return problem("not a board");
        };
        let found = text.lines().filter_map(|line| match line.split_once('|') {
            Some(("more", sheet)) => answer.url.join(sheet).ok().map(Found::Next),
            Some((number, notice)) => {
                let post = RawPost {
                    url: answer.url.join(&format!("/notice/{number}")).ok()?,
                    title: "",
                    text: notice,
                    lang: Some("de"),
                    published: "",
                    account: None,
                };
                post.document().map(|document| Found::Document(Box::new(document)))
            }
            None => None,
        });
        findings(found.collect::<Vec<_>>())
    }
}

#[tokio::test]
async fn a_kind_from_outside_is_crawled_like_any_other() {
    for db in databases().await {
        let store = db.open().await;
        let stage = Stage::hosts(&["town"]);
        stage.web.put(
            "town",
            "/board/1",
            answer(
                "",
                "1|Das Freibad füllt seine Becken ab morgen mit Regenwasser.\nmore|/board/2".as_bytes(),
            ),
        );
        stage.web.put(
            "town",
            "/board/2",
            answer("", "2|Die Fähren im Hafen werden im Juli alle verschrottet.".as_bytes()),
        );
        let sources = Sources::standard().with(&Board);
        let (kind, at) = sources
            .recognise(&stage.web.url("town", "/board/1"))
            .expect("recognised");
        assert_eq!(kind, Board.name());
        let added = store.add_source(&at, kind, &Actor::Operator).await.expect("set");
        assert!(matches!(added, Added::New(source) if source.kind == Board.name()));
        let context = Context {
            client: &stage.client,
            settings: &stage.settings,
            sources: &sources,
            frontier: &store,
            reader: &Ingest::new(store.clone(), Actor::Crawl),
            clock: &|| stage.now(),
            progress: &(),
        };
        let report = crawl(&context, Due::All).await.expect("goes to its end");
        assert_eq!((report.failed().count(), report.documents), (0, 2), "{report:?}");
        let asked: Vec<_> = stage.web.log().into_iter().map(|hit| hit.path).collect();
        assert_eq!(asked, ["/robots.txt", "/board/1", "/board/2"]);
    }
}
