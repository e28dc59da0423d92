//! `/v1/lookup`: has this been debunked?
//!
//! What is looked up is in no log, no metric and no error message.

use claim_index::Outcome;
use serde::{Deserialize, Serialize};
use warp::reply::Response;

use super::{
    App,
    body::present,
    call::Call,
    error::Problem,
    fault::Faults,
    read, reply,
    route::Route,
    wire::{ClaimWire, FactCheckWire, rounded},
};
use crate::{
    domain::{Lang, clean},
    lookup::{Answer, Candidate, Finding, PageAnswer, Question, Reason},
};

pub(super) fn routes(app: &App) -> Vec<Route> {
    vec![
        Route::get("/v1/lookup", "look_up_url").public(app, look_up_url),
        Route::post("/v1/lookup", "look_up").public(app, look_up),
        Route::post("/v1/lookup/page", "look_up_page").public(app, look_up_page),
    ]
}

async fn look_up(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let asked: QuestionWire = call.json(app.body_timeout).await?.read()?;
    answer(&app, &asked.check()?).await
}

/// The plain mode: the address stands in the request line, where proxies may log it.
async fn look_up_url(app: App, call: Call) -> Result<Response, Problem> {
    let mut query = call.query();
    let url = query.required("url", |text| read::url(text).map_err(|error| error.to_string()));
    let url = query.complete(url)?;
    answer(&app, &Question::Url(url)).await
}

async fn look_up_page(app: App, call: Call) -> Result<Response, Problem> {
    call.no_query()?;
    let asked: PageWire = call.page_json(app.body_timeout).await?.read()?;
    let (text, lang) = asked.check()?;
    let answer = app.lookup.page(text, lang).await?;
    reply::ok(&PageAnswerWire::of(&answer))
}

async fn answer(app: &App, question: &Question) -> Result<Response, Problem> {
    let answer = app.lookup.answer(question, app.candidates).await?;
    reply::ok(&AnswerWire::of(&answer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionWire {
    #[serde(default, deserialize_with = "present")]
    text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    language: Option<String>,
}

impl QuestionWire {
    fn check(&self) -> Result<Question, Problem> {
        let mut faults = Faults::default();
        let lang = self
            .language
            .as_deref()
            .and_then(|tag| faults.take("/language", read::language(tag)));
        let question = match (&self.text, &self.url) {
            (Some(text), None) if clean(text).is_empty() => faults.refuse("/text", "expected a text that is not empty"),
            (Some(text), None) => Some(Question::from_text(text, lang)),
            (None, Some(_)) if self.language.is_some() => faults.refuse("/language", "expected only with \"text\""),
            (None, Some(url)) => faults.take("/url", read::url(url)).map(Question::Url),
            (None, None) | (Some(_), Some(_)) => faults.refuse("", "expected either \"text\" or \"url\""),
        };
        faults.body(question)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageWire {
    text: String,
    #[serde(default, deserialize_with = "present")]
    language: Option<String>,
}

impl PageWire {
    fn check(&self) -> Result<(&str, Option<Lang>), Problem> {
        let mut faults = Faults::default();
        let lang = self
            .language
            .as_deref()
            .and_then(|tag| faults.take("/language", read::language(tag)));
        let text = if clean(&self.text).is_empty() {
            faults.refuse("/text", "expected a text that is not empty")
        } else {
            Some(self.text.as_str())
        };
        faults.body(text.map(|text| (text, lang)))
    }
}

/// What a page says that is known; `klarstelle lookup --page --format json` prints the same.
#[derive(Serialize)]
pub(crate) struct PageAnswerWire<'a> {
    sentences: usize,
    asked: usize,
    findings: Vec<FindingWire<'a>>,
    as_of: u64,
}

impl<'a> PageAnswerWire<'a> {
    pub(crate) fn of(answer: &'a PageAnswer) -> Self {
        Self {
            sentences: answer.sentences,
            asked: answer.asked,
            findings: answer.findings.iter().map(FindingWire::of).collect(),
            as_of: answer.as_of,
        }
    }
}

#[derive(Serialize)]
struct FindingWire<'a> {
    quote: &'a str,
    start: usize,
    outcome: &'static str,
    checked: bool,
    candidates: Vec<CandidateWire<'a>>,
}

impl<'a> FindingWire<'a> {
    fn of(finding: &'a Finding) -> Self {
        let Answer {
            outcome,
            checked,
            candidates,
            ..
        } = &finding.answer;
        Self {
            quote: &finding.quote,
            start: finding.start,
            outcome: word(*outcome),
            checked: *checked,
            candidates: candidates.iter().map(CandidateWire::of).collect(),
        }
    }
}

/// An answer as `openapi.yaml` describes it; `klarstelle lookup --format json` prints the same.
#[derive(Serialize)]
pub(crate) struct AnswerWire<'a> {
    outcome: &'static str,
    checked: bool,
    candidates: Vec<CandidateWire<'a>>,
    as_of: u64,
}

impl<'a> AnswerWire<'a> {
    pub(crate) fn of(answer: &'a Answer) -> Self {
        Self {
            outcome: word(answer.outcome),
            checked: answer.checked,
            candidates: answer.candidates.iter().map(CandidateWire::of).collect(),
            as_of: answer.as_of,
        }
    }
}

#[derive(Serialize)]
struct CandidateWire<'a> {
    claim: ClaimWire<'a>,
    confidence: f64,
    outcome: &'static str,
    reasons: Vec<ReasonWire<'a>>,
    fact_checks: Vec<FactCheckWire<'a>>,
}

impl<'a> CandidateWire<'a> {
    fn of(candidate: &'a Candidate) -> Self {
        Self {
            claim: ClaimWire::of(&candidate.known.claim),
            confidence: rounded(candidate.confidence),
            outcome: word(candidate.outcome),
            reasons: candidate.reasons.iter().map(ReasonWire::of).collect(),
            fact_checks: candidate.known.fact_checks.iter().map(FactCheckWire::of).collect(),
        }
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Match => "match",
        Outcome::Maybe => "maybe",
        Outcome::None => "none",
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ReasonWire<'a> {
    SameUrl,
    IdenticalText,
    NearDuplicate { similarity: f64 },
    Semantic { similarity: f64 },
    Terms { terms: Vec<TermWire<'a>> },
    Coverage { share: f64, of_text: f64 },
    Numbers { agree: &'a [String], differ: &'a [String] },
    Negation,
}

#[derive(Serialize)]
struct TermWire<'a> {
    term: &'a str,
    weight: f64,
}

impl<'a> ReasonWire<'a> {
    fn of(reason: &'a Reason) -> Self {
        use claim_index::Reason as Wording;
        match reason {
            Reason::SameUrl(_) => Self::SameUrl,
            Reason::Wording(Wording::IdenticalText) => Self::IdenticalText,
            Reason::Wording(Wording::NearDuplicate { similarity }) => Self::NearDuplicate {
                similarity: rounded(*similarity),
            },
            Reason::Wording(Wording::Semantic { similarity }) => Self::Semantic {
                similarity: rounded(*similarity),
            },
            Reason::Wording(Wording::Terms { terms }) => Self::Terms {
                terms: terms
                    .iter()
                    .map(|t| TermWire {
                        term: &t.term,
                        weight: rounded(t.weight),
                    })
                    .collect(),
            },
            Reason::Wording(Wording::Coverage { share, of_text }) => Self::Coverage {
                share: rounded(*share),
                of_text: rounded(*of_text),
            },
            Reason::Wording(Wording::Numbers { agree, differ }) => Self::Numbers { agree, differ },
            Reason::Wording(Wording::Negation) => Self::Negation,
        }
    }
}
