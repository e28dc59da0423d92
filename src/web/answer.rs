//! A lookup's answer goes in; what the answer page says comes out. It says nothing that the answer does not.

use claim_index::Outcome;

use super::{
    fact_check::{Extent, FactCheckView},
    foreign::{Foreign, WHOLE},
    locale::{Locale, PageLang, whole_percent},
    reason::ReasonView,
};
use crate::{
    domain::{Claim, FactCheck, Timestamp, Verdict},
    lookup::{Answer, Candidate},
};

/// What the page says as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// Known, and a published fact-check answers it.
    Checked,
    /// Known and rated, but there is nothing to read.
    Rated,
    /// Known, nothing more.
    Known,
    /// Perhaps known: for reviewers to decide.
    Maybe,
    /// Nothing known.
    Nothing,
}

impl Finding {
    fn of(answer: &Answer) -> Self {
        match (answer.outcome, answer.checked) {
            (Outcome::Match, true) => Self::Checked,
            (Outcome::Match, false) => {
                let mut known = answer
                    .candidates
                    .iter()
                    .filter(|candidate| candidate.outcome == Outcome::Match);
                if known.any(|candidate| !candidate.known.fact_checks.is_empty()) {
                    Self::Rated
                } else {
                    Self::Known
                }
            }
            (Outcome::Maybe, _) => Self::Maybe,
            (Outcome::None, _) => Self::Nothing,
        }
    }

    /// Names its colour and sign.
    pub(super) const fn tone(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Rated | Self::Known => "known",
            Self::Maybe => "maybe",
            Self::Nothing => "nothing",
        }
    }

    fn words(self, texts: &'static Locale) -> (&'static str, &'static str) {
        let said = &texts.outcome;
        match self {
            Self::Checked => (&said.checked_title, &said.checked_lead),
            Self::Rated => (&said.rated_title, &said.rated_lead),
            Self::Known => (&said.known_title, &said.known_lead),
            Self::Maybe => (&said.maybe_title, &said.maybe_lead),
            Self::Nothing => (&said.none_title, &said.none_lead),
        }
    }
}

/// The answer as a page shows it.
#[derive(Debug)]
pub(super) struct AnswerView {
    pub(super) finding: Finding,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    /// What the fact-checks of the best match say, in short.
    pub(super) verdicts: Vec<VerdictView>,
    /// What the page is about: the matches, or what may be one if there is none.
    pub(super) first: Vec<CandidateView>,
    /// Below matches, what may be one, too.
    pub(super) also: Vec<CandidateView>,
    /// Whether to say what else can be tried.
    pub(super) tips: bool,
    /// Whether asking for a check makes sense: there is none.
    pub(super) offer: bool,
}

impl AnswerView {
    pub(super) fn new(answer: &Answer, lang: PageLang) -> Self {
        let texts = lang.texts();
        let finding = Finding::of(answer);
        let (title, lead) = finding.words(texts);
        let views = |outcome, place| -> Vec<CandidateView> {
            let those = answer
                .candidates
                .iter()
                .filter(|candidate| candidate.outcome == outcome);
            those
                .map(|candidate| CandidateView::new(candidate, place, texts))
                .collect()
        };
        let is_known = answer.outcome == Outcome::Match;
        Self {
            finding,
            title,
            lead,
            verdicts: if is_known {
                VerdictView::of_best(answer, lang)
            } else {
                vec![]
            },
            first: if is_known {
                views(Outcome::Match, Place::First)
            } else {
                views(Outcome::Maybe, Place::First)
            },
            also: if is_known {
                views(Outcome::Maybe, Place::Also)
            } else {
                vec![]
            },
            tips: !is_known,
            offer: matches!(finding, Finding::Known | Finding::Maybe | Finding::Nothing),
        }
    }
}

/// A verdict and whose it is.
#[derive(Debug)]
pub(super) struct VerdictView {
    pub(super) tone: &'static str,
    /// The verdict; the publisher's own word, where that is in no table of ours.
    pub(super) said: Foreign,
    /// `None` for our own.
    pub(super) publisher: Option<Foreign>,
}

/// Verdicts said up front.
const VERDICTS: usize = 3;

impl VerdictView {
    fn of_best(answer: &Answer, lang: PageLang) -> Vec<Self> {
        let best = answer
            .candidates
            .iter()
            .find(|candidate| candidate.outcome == Outcome::Match);
        let checks = best
            .into_iter()
            .flat_map(|candidate| &candidate.known.fact_checks)
            .take(VERDICTS);
        checks.map(|check| Self::new(check, lang)).collect()
    }

    fn new(check: &FactCheck, lang: PageLang) -> Self {
        let view = FactCheckView::new(check, Extent::Short, lang.texts());
        let ours = Foreign {
            text: view.verdict,
            lang: lang.tag().to_owned(),
        };
        let theirs = view.rating.filter(|_| check.verdict == Verdict::Unmapped);
        Self {
            tone: view.tone,
            said: theirs.unwrap_or(ours),
            publisher: view.publisher,
        }
    }
}

/// Where on the page a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Also,
}

/// A claim in the answer.
#[derive(Debug)]
pub(super) struct CandidateView {
    pub(super) id: String,
    pub(super) text: Foreign,
    /// Heading level of the claim; what stands below it is one deeper.
    pub(super) level: u8,
    pub(super) percent: String,
    /// Length of the confidence's bar, 0 to 100.
    pub(super) bar: u8,
    pub(super) confidence: String,
    pub(super) seen: SeenView,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) fact_checks: Vec<FactCheckView>,
}

impl CandidateView {
    fn new(candidate: &Candidate, place: Place, texts: &Locale) -> Self {
        let claim = &candidate.known.claim;
        let checks = candidate.known.fact_checks.iter();
        Self {
            id: claim.id.to_string(),
            text: Foreign::new(claim.text.as_str(), claim.lang, WHOLE),
            level: if place == Place::First { 2 } else { 3 },
            percent: texts.percent(candidate.confidence),
            bar: whole_percent(candidate.confidence),
            confidence: in_words(candidate.confidence, texts).to_owned(),
            seen: SeenView::new(claim),
            reasons: ReasonView::all(&candidate.reasons, claim.lang, texts),
            fact_checks: checks
                .map(|check| FactCheckView::new(check, Extent::Short, texts))
                .collect(),
        }
    }
}

/// Where a claim was seen, in numbers.
#[derive(Debug)]
pub(super) struct SeenView {
    pub(super) times: u64,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

impl SeenView {
    pub(super) fn new(claim: &Claim) -> Self {
        Self {
            times: claim.sightings,
            first: claim.first_seen.map(Timestamp::date),
            last: claim.last_seen.map(Timestamp::date),
        }
    }
}

/// From this confidence on, these words.
fn in_words(confidence: f32, texts: &Locale) -> &str {
    let words = &texts.candidate;
    match confidence {
        0.9.. => &words.very_likely,
        0.7..0.9 => &words.likely,
        0.4..0.7 => &words.possible,
        _ => &words.weak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::FactCheckBody,
        web::{locale::PageLang, samples},
    };

    fn without_link() -> FactCheck {
        let mut body = samples::external_body();
        body.url = None;
        samples::check(FactCheckBody::External(body), Verdict::False)
    }

    #[test]
    fn the_finding_says_what_the_answer_allows() {
        let one = |outcome, checks| vec![samples::candidate(outcome, checks)];
        for (candidates, wanted) in [
            (one(Outcome::Match, vec![samples::external()]), Finding::Checked),
            (one(Outcome::Match, vec![without_link()]), Finding::Rated),
            (one(Outcome::Match, vec![]), Finding::Known),
            (one(Outcome::Maybe, vec![samples::external()]), Finding::Maybe),
            (one(Outcome::None, vec![samples::external()]), Finding::Nothing),
            (vec![], Finding::Nothing),
        ] {
            assert_eq!(Finding::of(&samples::answer(candidates)), wanted);
        }
    }

    #[test]
    fn matches_come_first_and_what_is_no_match_is_not_shown() {
        let shown = |outcomes: &[Outcome]| {
            let all = outcomes
                .iter()
                .map(|outcome| samples::candidate(*outcome, vec![]))
                .collect();
            let view = AnswerView::new(&samples::answer(all), PageLang::De);
            (view.first.len(), view.also.len(), view.tips)
        };
        assert_eq!(
            shown(&[Outcome::Match, Outcome::Maybe, Outcome::None, Outcome::Match]),
            (2, 1, false)
        );
        assert_eq!(shown(&[Outcome::Maybe, Outcome::None]), (1, 0, true));
        assert_eq!(shown(&[Outcome::None]), (0, 0, true));
    }

    #[test]
    fn verdicts_are_ours_unless_we_have_none() {
        let texts = |verdict| {
            let FactCheck { body, .. } = samples::external();
            let one = vec![samples::candidate(Outcome::Match, vec![samples::check(body, verdict)])];
            let said = AnswerView::new(&samples::answer(one), PageLang::Pl)
                .verdicts
                .remove(0)
                .said;
            (said.text, said.lang)
        };
        assert_eq!(texts(Verdict::False), ("Fałsz".to_owned(), "pl".to_owned()));
        assert_eq!(texts(Verdict::Unmapped), ("Frei erfunden".to_owned(), "de".to_owned()));
    }

    #[test]
    fn confidence_is_said_in_words() {
        let words = &PageLang::En.texts().candidate;
        for (confidence, wanted) in [
            (1.0, &words.very_likely),
            (0.9, &words.very_likely),
            (0.89, &words.likely),
            (0.5, &words.possible),
            (0.1, &words.weak),
            (f32::NAN, &words.weak),
        ] {
            assert_eq!(in_words(confidence, PageLang::En.texts()), wanted, "{confidence}");
        }
    }
}
