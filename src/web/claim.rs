//! A claim with all that was attached to it and where it was seen goes in; what its page shows comes out.
//!
//! Who attached something, and why, is for reviewers: the page says what and when.

use super::{
    answer::SeenView,
    fact_check::{Extent, FactCheckView, host},
    foreign::{Foreign, LINE, PARAGRAPH, WHOLE},
    locale::Locale,
};
use crate::{
    domain::{AttachmentState, Lang, Sighting, Timestamp},
    store::{Attached, Dossier},
};

/// A claim as its page shows it.
#[derive(Debug)]
pub(super) struct ClaimView<'a> {
    pub(super) text: Foreign,
    pub(super) language: String,
    pub(super) origin: &'a str,
    pub(super) known_since: String,
    pub(super) seen: SeenView,
    pub(super) fact_checks: Vec<FactCheckView>,
    pub(super) history: Vec<ActView<'a>>,
}

impl<'a> ClaimView<'a> {
    pub(super) fn new(dossier: &Dossier, texts: &'a Locale) -> Self {
        let claim = &dossier.claim;
        let active = dossier
            .fact_checks
            .iter()
            .filter(|a| a.attachment.state == AttachmentState::Active);
        Self {
            text: Foreign::new(claim.text.as_str(), claim.lang, WHOLE),
            language: texts.language(&claim.lang).to_owned(),
            origin: texts.origin(claim.origin),
            known_since: claim.created_at.date(),
            seen: SeenView::new(claim),
            fact_checks: active
                .map(|a| FactCheckView::new(&a.fact_check, Extent::Whole, texts))
                .collect(),
            history: history(&dossier.fact_checks, texts),
        }
    }
}

/// A reviewer's act, without the reviewer.
#[derive(Debug)]
pub(super) struct ActView<'a> {
    pub(super) date: String,
    pub(super) title: Foreign,
    pub(super) publisher: Option<Foreign>,
    pub(super) act: &'a str,
    pub(super) withdrawn: bool,
}

/// Every act, latest first.
fn history<'a>(attached: &[Attached], texts: &'a Locale) -> Vec<ActView<'a>> {
    let mut acts: Vec<(Timestamp, ActView<'a>)> = attached.iter().flat_map(|one| acts(one, texts)).collect();
    acts.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    acts.into_iter().map(|(_, act)| act).collect()
}

fn acts<'a>(attached: &Attached, texts: &'a Locale) -> Vec<(Timestamp, ActView<'a>)> {
    let act = |at: Timestamp, act: &'a str, withdrawn| {
        let check = FactCheckView::new(&attached.fact_check, Extent::Short, texts);
        (
            at,
            ActView {
                date: at.date(),
                title: check.title,
                publisher: check.publisher,
                act,
                withdrawn,
            },
        )
    };
    let first = act(attached.attachment.at, &texts.claim.attached, false);
    match &attached.attachment.state {
        AttachmentState::Active => vec![first],
        AttachmentState::Withdrawn { at, .. } => vec![act(*at, &texts.claim.withdrawn, true), first],
    }
}

/// A sighting as the claim's page shows it.
#[derive(Debug)]
pub(super) struct SightingView<'a> {
    pub(super) title: Foreign,
    pub(super) host: String,
    pub(super) url: String,
    /// The wording seen there, where it is not the claim's own.
    pub(super) quote: Option<Foreign>,
    pub(super) date: String,
    /// What the date is: when it was published, or else when we saw it.
    pub(super) dated: &'a str,
}

impl<'a> SightingView<'a> {
    pub(super) fn new(sighting: &Sighting, claim: &ClaimView<'_>, texts: &'a Locale) -> Self {
        let quote = Foreign::some(&sighting.quote, sighting.lang, PARAGRAPH);
        let title = Foreign::some(&sighting.title, sighting.lang, LINE);
        // Posts have no title: their words stand in its place.
        let (title, quote) = match (title, quote) {
            (Some(title), quote) => (Some(title), quote.filter(|quote| quote.text != claim.text.text)),
            (None, quote) => (quote, None),
        };
        let (at, dated) = match sighting.published_at {
            Some(at) => (at, &texts.claim.published),
            None => (sighting.seen_at, &texts.claim.seen),
        };
        let host = host(&sighting.url);
        Self {
            title: title.unwrap_or_else(|| Foreign::new(&host, Lang::UND, LINE)),
            host,
            url: sighting.url.to_string(),
            quote,
            date: at.date(),
            dated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{locale::PageLang, samples};

    #[test]
    fn withdrawn_fact_checks_stand_in_the_history_only() {
        let texts = PageLang::En.texts();
        let attached = vec![
            samples::attached(samples::external(), Some("2026-05-09")),
            samples::attached(samples::own("Text"), None),
        ];
        let view = ClaimView::new(&samples::dossier(attached), texts);
        let acts: Vec<_> = view
            .history
            .iter()
            .map(|act| (act.date.as_str(), act.act, act.withdrawn))
            .collect();
        assert_eq!(view.fact_checks.len(), 1);
        let wanted = [
            ("2026-05-09", "attachment withdrawn", true),
            ("2026-05-05", "attached", false),
            ("2026-05-05", "attached", false),
        ];
        assert_eq!(acts, wanted);
    }

    #[test]
    fn a_sighting_shows_its_own_wording_and_the_best_date() {
        let texts = PageLang::En.texts();
        let claim = ClaimView::new(&samples::dossier(vec![]), texts);
        let mut sighting = samples::sighting("Brücke zu! Zwei Jahre!");
        let view = SightingView::new(&sighting, &claim, texts);
        assert_eq!(
            (view.date.as_str(), view.dated, view.host.as_str()),
            ("2026-05-01", "published", "rheinblick.example")
        );
        assert_eq!(
            view.quote.map(|quote| quote.text).as_deref(),
            Some("Brücke zu! Zwei Jahre!")
        );
        sighting.quote.clone_from(&claim.text.text);
        sighting.published_at = None;
        let view = SightingView::new(&sighting, &claim, texts);
        assert_eq!((view.quote, view.dated), (None, "seen here"));
    }

    #[test]
    fn a_post_is_named_by_its_words() {
        let texts = PageLang::En.texts();
        let claim = ClaimView::new(&samples::dossier(vec![]), texts);
        let mut sighting = samples::sighting("Brücke zu!");
        sighting.title.clear();
        let mut shown = |quote: &str| {
            sighting.quote = quote.into();
            let view = SightingView::new(&sighting, &claim, texts);
            (view.title.text, view.quote)
        };
        assert_eq!(shown("Brücke zu!"), ("Brücke zu!".to_owned(), None));
        assert_eq!(shown("\u{202E}"), ("rheinblick.example".to_owned(), None));
    }
}
