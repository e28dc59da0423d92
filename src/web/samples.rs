//! Invented values for the tests of this folder.

use std::sync::Arc;

use claim_index::{Outcome, Reason as Wording, TermWeight};

use crate::{
    domain::{
        Actor, Attachment, AttachmentId, AttachmentState, Claim, ClaimId, ClaimOrigin, ClaimText, DocumentId,
        ExternalFactCheck, FactCheck, FactCheckBody, FactCheckId, Lang, OwnFactCheck, Publisher, Rating, Reason,
        Sighting, SightingId, Timestamp, Verdict, WebUrl,
    },
    lookup::{self, Answer, Candidate},
    store::{Attached, Dossier, Known},
};

pub(super) fn at(day: &str) -> Timestamp {
    Timestamp::parse(day).unwrap()
}

pub(super) fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

pub(super) fn external_body() -> ExternalFactCheck {
    ExternalFactCheck {
        publisher: Publisher {
            name: "Faktenwerft".into(),
            site: Some("faktenwerft.example".into()),
        },
        url: Some(url("https://www.faktenwerft.example/pruefung/rheinbruecke-sperrung")),
        identifier: None,
        title: "Nein, die Brücke wird nicht gesperrt".into(),
        description: "Die Stadt repariert nachts einzelne Lager.".into(),
        claim_reviewed: "Die Rheinbrücke wird für zwei Jahre gesperrt".into(),
        rating: Rating {
            text: "Frei erfunden".into(),
            value: Some(1.0),
            worst: Some(1.0),
            best: Some(5.0),
        },
        lang: Lang::DE,
        published_at: Some(at("2026-05-04")),
        appearances: vec![],
    }
}

pub(super) fn check(body: FactCheckBody, verdict: Verdict) -> FactCheck {
    FactCheck {
        id: FactCheckId::new(),
        body,
        verdict,
        version: 1,
        created_at: at("2026-05-06"),
        updated_at: at("2026-05-06"),
    }
}

pub(super) fn external() -> FactCheck {
    check(FactCheckBody::External(external_body()), Verdict::False)
}

pub(super) fn own(text: &str) -> FactCheck {
    let body = OwnFactCheck {
        title: "Was an der Sperrung dran ist".into(),
        text: text.into(),
        verdict: Verdict::Misleading,
        rating: "Aus dem Zusammenhang gerissen".into(),
        lang: Lang::DE,
        url: None,
    };
    check(FactCheckBody::Own(body), Verdict::Misleading)
}

pub(super) fn claim(text: &str) -> Claim {
    Claim {
        id: ClaimId::new(),
        text: ClaimText::parse(text).unwrap(),
        lang: Lang::DE,
        origin: ClaimOrigin::Crawled,
        created_at: at("2026-05-02"),
        first_seen: Some(at("2026-05-01")),
        last_seen: Some(at("2026-05-03")),
        audience: crate::domain::Audience::Public,
        sightings: 3,
        version: 1,
    }
}

pub(super) fn candidate(outcome: Outcome, fact_checks: Vec<FactCheck>) -> Candidate {
    let terms = vec![TermWeight {
        term: "rheinbruck".into(),
        weight: 8.1,
    }];
    Candidate {
        known: Arc::new(Known {
            claim: claim("Die Rheinbrücke wird für zwei Jahre gesperrt"),
            fact_checks,
        }),
        confidence: 0.93,
        outcome,
        reasons: vec![lookup::Reason::Wording(Wording::Terms { terms })],
    }
}

pub(super) fn answer(candidates: Vec<Candidate>) -> Answer {
    let outcome = candidates
        .iter()
        .map(|candidate| candidate.outcome)
        .max()
        .unwrap_or(Outcome::None);
    let known = candidates
        .iter()
        .filter(|candidate| candidate.outcome == Outcome::Match);
    let checked = known
        .flat_map(|candidate| &candidate.known.fact_checks)
        .any(|check| check.url().is_some());
    Answer {
        outcome,
        checked,
        candidates,
        as_of: 7,
    }
}

pub(super) fn sighting(quote: &str) -> Sighting {
    Sighting {
        id: SightingId::new(),
        claim_id: ClaimId::new(),
        document_id: DocumentId::new(),
        url: url("https://rheinblick.example/lokales/rheinbruecke"),
        title: "Gerücht um die Brücke".into(),
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
        quote: quote.into(),
        lang: Lang::DE,
        source_id: None,
        published_at: Some(at("2026-05-01")),
        seen_at: at("2026-05-02"),
    }
}

pub(super) fn attached(fact_check: FactCheck, withdrawn: Option<&str>) -> Attached {
    let state = withdrawn.map_or(AttachmentState::Active, |day| AttachmentState::Withdrawn {
        by: Actor::Operator,
        at: at(day),
        reason: Reason::parse("falsche Behauptung").unwrap(),
    });
    let attachment = Attachment {
        id: AttachmentId::new(),
        claim_id: ClaimId::new(),
        fact_check_id: fact_check.id,
        by: Actor::Import,
        at: at("2026-05-05"),
        reason: None,
        state,
        version: 1,
    };
    Attached { attachment, fact_check }
}

pub(super) fn dossier(fact_checks: Vec<Attached>) -> Dossier {
    Dossier {
        claim: claim("Die Rheinbrücke wird für zwei Jahre gesperrt"),
        fact_checks,
    }
}
