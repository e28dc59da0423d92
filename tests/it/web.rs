//! The pages as browsers get them, without a browser: status, headers, and what must not be in them.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use klarstelle::{
    api::{self, App, Service},
    config::Settings,
    domain::{Actor, Reason},
    indexer::{Follower, SharedIndex},
    lookup::Lookup,
    store::{Store, StoreUrl, Union},
    web,
};
use tempfile::TempDir;

use crate::support::{
    newsroom::{self, Newsroom},
    process::{self, Server},
};

/// A service whose store holds the newsroom.
struct Site {
    service: Service,
    store: Store,
    newsroom: Newsroom,
    _dir: TempDir,
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Site {
    async fn open() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let url = StoreUrl::Sqlite(dir.path().join("store.db"));
        let store = Store::open(&url).await.expect("the store opens");
        let newsroom = Newsroom::fill(&store).await;
        let index = SharedIndex::in_memory().expect("an index");
        let follower = Follower::new(store.clone(), index.clone()).expect("its writer");
        follower.catch_up().await.expect("the index catches up");
        let settings = Settings::default();
        let app = App::new(store.clone(), Lookup::new(store.clone(), index), &settings);
        let routes = api::routes(&app).into_iter().chain(web::routes(&app)).collect();
        let service = Service::new(&app, routes, &settings.server).with_pages(web::failure_page);
        Self {
            service,
            store,
            newsroom,
            _dir: dir,
        }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "klarstelle.example");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request
            .body(Full::new(Bytes::from(body.to_owned())))
            .expect("a request");
        let response = self.service.answer(request, IpAddr::V4(Ipv4Addr::LOCALHOST)).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        Page {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn get(&self, path: &str) -> Page {
        self.send("GET", path, &[], "").await
    }

    async fn ask(&self, text: &str) -> Page {
        self.send("POST", "/?lang=en", &[FORM], &form(text)).await
    }
}

fn form(text: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("text", text)
        .finish()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    fn is_html(&self) -> bool {
        self.header("content-type") == "text/html; charset=utf-8"
    }

    /// What stands between the first `start` and the next `end`.
    fn between(&self, start: &str, end: &str) -> &str {
        let rest = self.body.split_once(start).expect(start).1;
        rest.split_once(end).expect(end).0
    }
}

#[tokio::test]
async fn each_finding_has_its_words() {
    let site = Site::open().await;
    for (text, title) in [
        (newsroom::LONG, "Known claim, checked"),
        (newsroom::UNCHECKED, "Known claim, not yet checked"),
        (newsroom::RATED, "Known claim, rated without a link"),
        (
            "https://faktenwerft.example/pruefung/faehren?utm_source=chat",
            "Known claim, checked",
        ),
        ("Der Mond besteht aus Ziegenkäse", "Nothing known about this"),
        ("😀😀😀", "Nothing known about this"),
        (&"(".repeat(20_000), "Nothing known about this"),
    ] {
        let page = site.ask(text).await;
        assert_eq!(page.status, StatusCode::OK, "{title}");
        assert_eq!(page.between("<title>", " –"), title);
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_claim_shows_how_it_spread_as_a_picture_and_as_a_table() {
    let site = Site::open().await;
    let page = site.get(&format!("/claims/{}?lang=en", site.newsroom.long)).await;
    let chart = page.between("<figure class=\"spread\">", "</figure>");
    assert_eq!(chart.matches("<rect ").count(), 7, "{chart}");
    let rows: Vec<_> = chart.split("<tr><th scope=\"row\">").skip(1).collect();
    assert!(
        rows[0].contains("2026-05-02") && rows[0].contains("<td>5</td>"),
        "{chart}"
    );
    assert_eq!(rows.len(), 7);
    let once = site.get(&format!("/claims/{}?lang=en", site.newsroom.unchecked)).await;
    assert!(!once.body.contains("<figure"), "one day is no spread");
}

#[tokio::test]
async fn an_answer_says_what_the_fact_checks_say_and_why_it_matched() {
    let site = Site::open().await;
    let page = site.ask(newsroom::LONG).await;
    for expected in [
        "Same wording",
        "Nein, die Fähren von Grünbek fahren weiter",
        "https://faktenwerft.example/pruefung/faehren",
        "Our own fact-check",
        "Aus dem Zusammenhang gerissen",
        "Misleading",
    ] {
        assert!(page.body.contains(expected), "{expected}");
    }
    assert!(!page.body.contains("Veraltet"), "a withdrawn fact-check is no answer");
}

#[tokio::test]
async fn a_claim_shows_its_sightings_in_portions() {
    let site = Site::open().await;
    let path = format!("/claims/{}", site.newsroom.long);
    let first = site.get(&format!("{path}?lang=en")).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.body.matches("rheinblick.example</bdi>").count(), 25);
    assert!(first.body.contains("attachment withdrawn") && !first.body.contains("andere Fähre"));
    let older = first
        .between(r#"<p class="paging"><a href=""#, "#sightings")
        .replace("&#38;", "&");
    assert!(
        older.starts_with(&format!("{path}?after=")) && older.ends_with("&lang=en"),
        "{older}"
    );
    let second = site.get(&older).await;
    assert_eq!(
        second.body.matches("rheinblick.example</bdi>").count(),
        newsroom::SIGHTINGS - 25
    );
    assert!(second.body.contains("Back to the newest sightings"));
}

#[tokio::test]
async fn the_page_of_a_merged_claim_leads_to_the_one_that_stands_for_it() {
    let site = Site::open().await;
    let reason = Reason::parse("the same").unwrap();
    let (claim, survivor) = (&site.newsroom.unchecked, &site.newsroom.rated);
    let union = Union {
        claim,
        survivor,
        reason: &reason,
    };
    site.store.merge(union, &Actor::Operator).await.unwrap();
    let page = site.get(&format!("/claims/{claim}?lang=en")).await;
    assert_eq!(page.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(page.header("location"), format!("/claims/{survivor}?lang=en"));
    assert_eq!(page.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn claims_of_every_kind_have_pages() {
    let site = Site::open().await;
    let mut claims = newsroom::fill_hostile(&site.store).await;
    assert!(claims.len() >= 60);
    claims.extend([site.newsroom.unchecked, site.newsroom.rated]);
    for id in claims {
        let page = site.get(&format!("/claims/{id}")).await;
        assert_eq!((page.status, page.is_html()), (StatusCode::OK, true));
        assert!(!page.body.contains("<script") && !page.body.contains("<img"));
    }
}

#[tokio::test]
async fn failures_of_pages_are_pages_with_the_right_status() {
    let site = Site::open().await;
    let long = format!("text={}", "a".repeat(64 * 1024));
    let browser = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let nobody = "/claims/0198f000-0000-7000-8000-000000000000";
    let bad_cursor = format!("/claims/{}?after=%3Cscript%3E", site.newsroom.long);
    for (method, path, headers, body, status) in [
        ("POST", "/", vec![FORM], "text=+%0D%0A", 422),
        ("POST", "/", vec![FORM], "", 422),
        ("POST", "/", vec![FORM], long.as_str(), 413),
        ("POST", "/", vec![("content-type", "text/plain")], "text=a", 415),
        ("POST", "/", vec![FORM, ("content-encoding", "gzip")], "text=a", 415),
        ("GET", nobody, vec![], "", 404),
        ("GET", "/claims/%3Cscript%3E", vec![], "", 404),
        ("GET", bad_cursor.as_str(), vec![], "", 404),
        ("GET", "/assets/klarstelle.css", vec![], "", 404),
        ("GET", "/nowhere", vec![browser], "", 404),
        ("PUT", "/", vec![browser], "", 405),
    ] {
        let page = site.send(method, path, &headers, body).await;
        assert_eq!(page.status.as_u16(), status, "{method} {path}");
        assert!(page.is_html(), "{method} {path}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.body.contains("script"), "{method} {path}");
        assert!(
            page.header("content-security-policy")
                .starts_with("default-src 'none'; style-src 'self';")
        );
        assert!(
            status == 422 || page.body.contains(page.header("x-request-id")),
            "{method} {path}"
        );
    }
    assert_eq!(
        site.send("PUT", "/", &[browser], "").await.header("allow"),
        "GET, HEAD, OPTIONS, POST"
    );
}

#[tokio::test]
async fn programs_still_get_problem_documents() {
    let site = Site::open().await;
    for path in ["/nowhere", "/v1/claims/x"] {
        let page = site.get(path).await;
        assert_eq!(
            (page.status.as_u16(), page.header("content-type")),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    let browser = ("accept", "text/html");
    let page = site.send("GET", "/v1/claims/x", &[browser], "").await;
    assert_eq!(page.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn pages_speak_the_visitors_language_and_links_keep_it() {
    let site = Site::open().await;
    for (path, accept, lang, dir) in [
        ("/", "tr,en;q=0.5", "tr", "ltr"),
        ("/?lang=ar", "tr", "ar", "rtl"),
        ("/?lang=nonsense", "pl", "pl", "ltr"),
        ("/", "xx", "en", "ltr"),
    ] {
        let page = site.send("GET", path, &[("accept-language", accept)], "").await;
        assert!(
            page.body.contains(&format!(r#"<html lang="{lang}" dir="{dir}">"#)),
            "{path} {accept}"
        );
        assert_eq!(
            (page.header("content-language"), page.header("vary")),
            (lang, "accept-language")
        );
    }
    assert!(
        site.ask(newsroom::LONG)
            .await
            .body
            .contains(&format!("/claims/{}?lang=en", site.newsroom.long))
    );
}

#[tokio::test]
async fn head_is_get_without_the_page() {
    let site = Site::open().await;
    let page = site.send("HEAD", "/", &[], "").await;
    assert_eq!(
        (page.status, page.body.as_str(), page.is_html()),
        (StatusCode::OK, "", true)
    );
}

#[tokio::test]
async fn files_may_be_kept_for_ever() {
    let site = Site::open().await;
    let home = site.get("/").await;
    for (start, media) in [
        ("stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("svg+xml\" href=\"", "image/svg+xml"),
    ] {
        let page = site.get(home.between(start, "\"")).await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, media));
        assert_eq!(page.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
    }
}

/// The whole program at its most talkative, asked for what must be kept nowhere.
#[tokio::test]
async fn what_was_asked_is_kept_nowhere() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let log = dir.path().join("log");
    let mut command = process::command(dir.path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--log", "trace"]);
    let server = Server::start_as(command.stderr(std::fs::File::create(&log).expect("a file")));
    let endless = "kanarienvogel ".repeat(10_000);
    for (media, text, status) in [
        (FORM.1, "kanarienvogel", 200),
        (FORM.1, "https://kanarienvogel.example/a", 200),
        (FORM.1, "<b>kanarienvogel</b>", 200),
        (FORM.1, &endless, 413),
        ("text/plain", "kanarienvogel", 415),
    ] {
        let asked = process::http_client().post(&server.base).header(FORM.0, media);
        let response = asked.body(form(text)).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
    }
    server.stop();
    assert!(std::fs::read_to_string(&log).expect("a log").contains("show_answer"));
    let kept = files(dir.path());
    assert!(kept.len() > 3);
    for file in kept {
        let bytes = std::fs::read(&file).expect("readable");
        let found = bytes
            .windows(13)
            .any(|window| window.eq_ignore_ascii_case(b"kanarienvogel"));
        assert!(!found, "{}", file.display());
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Asks for a check without JavaScript, from the answer that knows nothing to the page that tells what became of it.
#[tokio::test]
async fn a_rumour_is_reported_and_its_receipt_tells_what_became_of_it() {
    let site = Site::open().await;
    let rumour = "Kanarienvogelsteuer kommt nach <b>Wesselberg</b>, sagt Erna";
    let answer = site.ask(rumour).await;
    assert!(answer.body.contains("action=\"/report?lang=en\""), "{}", answer.body);
    let filed = site.send("POST", "/report?lang=en", &[FORM], &form(rumour)).await;
    assert_eq!(filed.status, StatusCode::OK, "{}", filed.body);
    assert_eq!(filed.headers["cache-control"], "no-store");
    assert!(filed.headers.get("set-cookie").is_none());
    assert!(
        filed.body.contains("Your request has arrived") && !filed.body.contains("Erna"),
        "{}",
        filed.body
    );
    let (_, rest) = filed.body.split_once("<code dir=\"ltr\">").expect("a receipt");
    let code = &rest[..19];
    let again = site.send("POST", "/report?lang=en", &[FORM], &form(rumour)).await;
    assert!(
        again.body.contains("You have asked for this today") && again.body.contains(code),
        "{}",
        again.body
    );
    let typed = code.to_lowercase().replace('-', "+");
    let fate = site
        .send("POST", "/report/fate?lang=de", &[FORM], &format!("receipt={typed}"))
        .await;
    assert!(fate.body.contains("Noch nicht geprüft"), "{}", fate.body);
    assert!(!fate.body.contains(code) && !fate.body.contains("Erna"));
    for (path, body, status, says) in [
        ("/report?lang=en", "text=&url=", 422, "Please enter a sentence"),
        (
            "/report?lang=en",
            "text=a&url=javascript%3Aalert(1)",
            422,
            "not the address of a page",
        ),
        (
            "/report/fate?lang=en",
            "receipt=0000-0000-0000-0000",
            404,
            "no request with this code",
        ),
        (
            "/report/fate?lang=en",
            "receipt=%3Cb%3E",
            404,
            "no request with this code",
        ),
    ] {
        let page = site.send("POST", path, &[FORM], body).await;
        assert_eq!(page.status.as_u16(), status, "{body}");
        assert!(page.body.contains(says) && !page.body.contains("<b>"), "{}", page.body);
    }
    for lang in ["de", "en", "tr", "ar", "uk", "ru", "pl"] {
        let page = site.get(&format!("/report?lang={lang}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains(&format!("action=\"/report/fate?lang={lang}\"")),
            "{}",
            page.body
        );
    }
}
