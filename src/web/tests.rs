//! Pages as a whole, made from values: what other people wrote must never change a page's skeleton.

use std::sync::Arc;

use askama::Template;
use claim_index::{Outcome, Reason as Wording, TermWeight};
use http::{HeaderMap, StatusCode};
use scraper::{ElementRef, Html, Selector};

use super::{
    answer::AnswerView,
    chart::{Bar, Chart},
    claim::{ClaimView, SightingView},
    foreign::{Foreign, PARAGRAPH},
    locale::PageLang,
    page::{AnswerPage, ClaimPage, FailurePage, FormView, Frame, HomePage, Switch},
    samples,
    visit::Visit,
};
use crate::{
    domain::{ClaimText, FactCheck, FactCheckBody, Lang},
    lookup::{Candidate, Reason},
};

/// Texts that become script, markup or an address where escaping is forgotten.
const PAYLOADS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/xss/payloads.txt"));

fn visit(lang: PageLang) -> Visit {
    Visit {
        lang,
        chosen: true,
        request: Some("0198-id".into()),
    }
}

fn home(lang: PageLang, text: &str, empty: bool) -> String {
    let frame = Frame::new(&visit(lang), "x", Switch::Links("/".into())).indexable();
    HomePage {
        frame,
        form: FormView {
            text: text.into(),
            empty,
        },
    }
    .render()
    .unwrap()
}

fn answer(lang: PageLang, asked: &str, candidates: Vec<Candidate>) -> String {
    let view = AnswerView::new(&samples::answer(candidates), lang);
    let page = AnswerPage {
        frame: Frame::new(&visit(lang), view.title, Switch::Repeat(asked.into())),
        asked: Foreign::new(asked, Lang::UND, PARAGRAPH),
        answer: view,
        form: FormView {
            text: asked.into(),
            empty: false,
        },
    };
    page.render().unwrap()
}

fn claim(lang: PageLang, text: &str, checks: [FactCheck; 2]) -> String {
    let texts = lang.texts();
    let [withdrawn, active] = checks;
    let attached = vec![
        samples::attached(withdrawn, Some("2026-05-09")),
        samples::attached(active, None),
    ];
    let mut dossier = samples::dossier(attached);
    dossier.claim.text = ClaimText::parse(text).unwrap();
    let claim = ClaimView::new(&dossier, texts);
    let mut sighting = samples::sighting(&format!("{text}, sagt man"));
    sighting.title = text.into();
    let page = ClaimPage {
        frame: Frame::new(&visit(lang), &claim.text.text, Switch::Links("/claims/x".into())),
        sightings: vec![SightingView::new(&sighting, &claim, texts)],
        claim,
        chart: Some(chart()),
        newest: Some("/claims/x".into()),
        older: Some("/claims/x?after=y".into()),
    };
    page.render().unwrap()
}

fn chart() -> Chart {
    let bar = Bar {
        first: "2026-05-01".into(),
        last: Some("2026-05-07".into()),
        sightings: 3,
        x: 0,
        y: 0,
        height: 100,
    };
    Chart {
        width: 20,
        bars: vec![bar],
    }
}

fn failure(lang: PageLang) -> String {
    let said = &lang.texts().failure;
    let page = FailurePage {
        frame: Frame::new(&visit(lang), "x", Switch::Links("/".into())),
        title: &said.not_found_title,
        lead: &said.not_found_lead,
        request: Some("0198-id".into()),
    };
    page.render().unwrap()
}

/// Others' and our own fact-check, all of whose texts are the one given.
fn checks(text: &str) -> [FactCheck; 2] {
    let mut external = samples::external_body();
    for field in [
        &mut external.title,
        &mut external.description,
        &mut external.rating.text,
        &mut external.publisher.name,
    ] {
        text.clone_into(field);
    }
    let mut own = samples::own(text);
    if let FactCheckBody::Own(body) = &mut own.body {
        text.clone_into(&mut body.title);
        text.clone_into(&mut body.rating);
    }
    [
        samples::check(FactCheckBody::External(external), crate::domain::Verdict::False),
        own,
    ]
}

/// Two candidates, all of whose texts are the one given.
fn candidates(text: &str) -> Vec<Candidate> {
    let terms = vec![TermWeight {
        term: text.into(),
        weight: 7.0,
    }];
    let numbers = Wording::Numbers {
        agree: vec![text.into()],
        differ: vec![text.into()],
    };
    let one = |outcome| {
        let mut candidate = samples::candidate(outcome, checks(text).into());
        Arc::make_mut(&mut candidate.known).claim.text = ClaimText::parse(text).unwrap();
        candidate.reasons = vec![
            Reason::Wording(Wording::Terms { terms: terms.clone() }),
            Reason::Wording(numbers.clone()),
        ];
        candidate
    };
    vec![one(Outcome::Match), one(Outcome::Maybe)]
}

/// Every page that shows what other people wrote.
fn pages(lang: PageLang, text: &str) -> [String; 3] {
    [
        home(lang, text, true),
        answer(lang, text, candidates(text)),
        claim(lang, text, checks(text)),
    ]
}

/// The page's elements in order with the names of their attributes, and those attributes that lead somewhere.
fn skeleton(page: &str) -> Vec<String> {
    let html = Html::parse_document(page);
    assert!(
        html.errors.iter().all(|error| error.contains("self-closing")),
        "{:?}",
        html.errors
    );
    html.tree.nodes().filter_map(ElementRef::wrap).map(bones).collect()
}

fn bones(element: ElementRef<'_>) -> String {
    let value = element.value();
    let leading = |name: &str| ["href", "src", "action", "formaction"].contains(&name);
    let mut attributes: Vec<String> = value
        .attrs()
        .map(|(name, text)| match text {
            text if leading(name) && !text.contains("/claims/") => format!("{name}={text}"),
            _ => name.to_owned(),
        })
        .collect();
    attributes.sort();
    format!("{} {}", value.name(), attributes.join(" "))
}

#[test]
fn no_text_changes_a_page() {
    let harmless = pages(PageLang::De, "harmlos").map(|page| skeleton(&page));
    let payloads: Vec<&str> = PAYLOADS.lines().collect();
    assert!(payloads.len() >= 60);
    for payload in payloads {
        let found = pages(PageLang::De, payload).map(|page| skeleton(&page));
        assert_eq!(found, harmless, "{payload}");
    }
}

#[test]
fn what_was_written_is_shown_as_it_was_written() {
    let text = Selector::parse(".statement").unwrap();
    let area = Selector::parse("textarea").unwrap();
    let shown = |page: &str, selector| {
        Html::parse_document(page)
            .select(selector)
            .next()
            .map(|element| element.text().collect::<String>())
    };
    for payload in PAYLOADS.lines() {
        let [_, answer, claim] = pages(PageLang::De, payload);
        assert_eq!(shown(&answer, &text).as_deref(), Some(payload));
        assert_eq!(shown(&claim, &text).as_deref(), Some(payload));
        assert_eq!(shown(&answer, &area).as_deref(), Some(payload));
    }
}

fn every_page(lang: PageLang) -> Vec<String> {
    let maybe = vec![samples::candidate(Outcome::Maybe, vec![])];
    let known = vec![samples::candidate(Outcome::Match, vec![])];
    let mut all = vec![home(lang, "", false), failure(lang)];
    all.extend(pages(lang, "harmlos"));
    all.extend([maybe, known, vec![]].map(|candidates| answer(lang, "harmlos", candidates)));
    all
}

#[test]
fn every_page_says_its_language_and_direction_and_has_one_title() {
    let html = Selector::parse("html").unwrap();
    let heading = Selector::parse("h1").unwrap();
    for lang in PageLang::all() {
        for page in every_page(lang) {
            let page = Html::parse_document(&page);
            let root = page.select(&html).next().unwrap().value();
            assert_eq!(
                (root.attr("lang"), root.attr("dir")),
                (Some(lang.tag()), Some(lang.dir()))
            );
            assert_eq!(page.select(&heading).count(), 1);
        }
    }
}

#[test]
fn headings_descend_one_level_at_a_time() {
    for page in every_page(PageLang::De) {
        let levels = skeleton(&page)
            .into_iter()
            .filter_map(|bone| bone.strip_prefix('h')?.split(' ').next()?.parse::<u8>().ok());
        levels.fold(0, |above, level| {
            assert!(level <= above + 1, "h{level} below h{above}");
            level
        });
    }
}

#[test]
fn identifiers_are_unique_and_what_is_pointed_to_exists() {
    let any = Selector::parse("*").unwrap();
    for page in every_page(PageLang::Ar) {
        let page = Html::parse_document(&page);
        let mut ids: Vec<&str> = page.select(&any).filter_map(|element| element.value().id()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        for element in page.select(&any) {
            let value = element.value();
            let named = ["aria-labelledby", "aria-describedby", "for"]
                .into_iter()
                .filter_map(|name| value.attr(name));
            let linked = value.attr("href").and_then(|href| href.strip_prefix('#'));
            for id in named.flat_map(str::split_whitespace).chain(linked) {
                assert!(ids.contains(&id), "{id}");
            }
        }
    }
}

#[test]
fn links_to_others_give_nothing_away() {
    let links = Selector::parse("a[href^=http]").unwrap();
    let found: Vec<String> = pages(PageLang::En, "harmlos")
        .iter()
        .flat_map(|page| {
            let page = Html::parse_document(page);
            page.select(&links)
                .map(|link| link.value().attr("rel").unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        found.len() >= 3 && found.iter().all(|rel| rel == "noopener noreferrer nofollow ugc"),
        "{found:?}"
    );
}

#[test]
fn a_failure_keeps_its_status_and_no_cache_keeps_it() {
    for status in [400, 404, 405, 408, 413, 415, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        let response = super::failure::page(status, &HeaderMap::new(), "lang=de", "0198-id");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["content-language"], "de");
    }
}
