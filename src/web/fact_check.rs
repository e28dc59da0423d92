//! A fact-check goes in; what a page shows of it comes out. The publisher's own rating stands in its own words.

use super::{
    foreign::{Foreign, LINE, PARAGRAPH, WHOLE},
    locale::Locale,
};
use crate::domain::{
    ExternalFactCheck, FactCheck, FactCheckBody, Lang, OwnFactCheck, Rating, Timestamp, Verdict, WebUrl,
};

/// A fact-check as a page shows it.
#[derive(Debug)]
pub(super) struct FactCheckView {
    /// Whose it is; `None` for our own.
    pub(super) publisher: Option<Foreign>,
    pub(super) title: Foreign,
    pub(super) url: Option<String>,
    pub(super) summary: Option<Foreign>,
    /// The rating, verbatim.
    pub(super) rating: Option<Foreign>,
    pub(super) verdict: String,
    /// Names the verdict's colour and sign.
    pub(super) tone: &'static str,
    /// When it was published, or written.
    pub(super) date: Option<String>,
    pub(super) language: String,
}

/// How much of a fact-check is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Its first sentences.
    Short,
    /// All of it, if it is ours to show.
    Whole,
}

impl FactCheckView {
    pub(super) fn new(check: &FactCheck, extent: Extent, texts: &Locale) -> Self {
        let (lang, parts) = match &check.body {
            FactCheckBody::External(external) => (external.lang, Parts::external(external)),
            FactCheckBody::Own(own) => (own.lang, Parts::own(own, extent, check.created_at)),
        };
        Self {
            publisher: parts.publisher,
            title: parts.title,
            url: check.url().map(ToString::to_string),
            summary: parts.summary,
            rating: parts.rating,
            verdict: texts.verdict(check.verdict).to_owned(),
            tone: tone(check.verdict),
            date: parts.at.map(Timestamp::date),
            language: texts.language(&lang).to_owned(),
        }
    }
}

/// What differs between others' fact-checks and ours.
struct Parts {
    publisher: Option<Foreign>,
    title: Foreign,
    summary: Option<Foreign>,
    rating: Option<Foreign>,
    at: Option<Timestamp>,
}

impl Parts {
    fn external(check: &ExternalFactCheck) -> Self {
        Self {
            // The name's language is not the text's.
            publisher: Some(Foreign::new(&check.publisher.name, Lang::UND, LINE)),
            title: title(check),
            summary: Foreign::some(&check.description, check.lang, PARAGRAPH),
            rating: Foreign::some(&rating(&check.rating), check.lang, LINE),
            at: check.published_at,
        }
    }

    fn own(check: &OwnFactCheck, extent: Extent, written: Timestamp) -> Self {
        let longest = match extent {
            Extent::Short => PARAGRAPH,
            Extent::Whole => WHOLE,
        };
        Self {
            publisher: None,
            title: Foreign::new(&check.title, check.lang, LINE),
            summary: Foreign::some(&check.text, check.lang, longest),
            rating: Foreign::some(&check.rating, check.lang, LINE),
            at: Some(written),
        }
    }
}

/// Many imported fact-checks have no headline.
fn title(check: &ExternalFactCheck) -> Foreign {
    let named = [&check.title, &check.claim_reviewed]
        .into_iter()
        .find_map(|text| Foreign::some(text, check.lang, LINE));
    let host = || check.url.as_ref().map_or_else(|| check.publisher.name.clone(), host);
    named.unwrap_or_else(|| Foreign::new(&host(), Lang::UND, LINE))
}

/// The publisher's words; the number on its scale, where there are none.
fn rating(rating: &Rating) -> String {
    match (rating.text.trim(), rating.value, rating.worst, rating.best) {
        ("", None, _, _) => String::new(),
        ("", Some(value), Some(worst), Some(best)) => format!("{value} ({worst}–{best})"),
        ("", Some(value), _, _) => value.to_string(),
        (words, _, _, _) => words.to_owned(),
    }
}

/// The host that a link leads to, in ASCII: look-alike letters show as punycode.
pub(super) fn host(url: &WebUrl) -> String {
    let url = url.to_url();
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::True | Verdict::MostlyTrue => "true",
        Verdict::Mixed | Verdict::Unproven => "mixed",
        Verdict::MostlyFalse | Verdict::False | Verdict::Altered => "false",
        Verdict::Misleading => "misleading",
        Verdict::Satire | Verdict::Unmapped => "plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{locale::PageLang, samples};

    fn seen(check: &FactCheck, extent: Extent) -> FactCheckView {
        FactCheckView::new(check, extent, PageLang::De.texts())
    }

    #[test]
    fn others_fact_checks_keep_the_publishers_words() {
        let view = seen(&samples::external(), Extent::Short);
        assert_eq!(
            view.publisher.map(|publisher| publisher.text).as_deref(),
            Some("Faktenwerft")
        );
        assert_eq!(view.rating.map(|rating| rating.text).as_deref(), Some("Frei erfunden"));
        assert_eq!((view.verdict.as_str(), view.tone), ("Falsch", "false"));
        assert_eq!(view.date.as_deref(), Some("2026-05-04"));
        assert_eq!(view.language, "Deutsch");
    }

    #[test]
    fn our_own_name_no_publisher_and_are_readable_whole() {
        let check = samples::own(&"Satz. ".repeat(500));
        let lengths = [Extent::Short, Extent::Whole].map(|extent| seen(&check, extent).summary.unwrap().text.len());
        assert!(lengths[0] < 610 && lengths[1] > 2900, "{lengths:?}");
        assert_eq!(seen(&check, Extent::Short).publisher, None);
    }

    #[test]
    fn a_rating_without_words_shows_its_number() {
        let scale = |value, worst, best| {
            rating(&Rating {
                text: String::new(),
                value,
                worst,
                best,
            })
        };
        assert_eq!(scale(Some(2.0), Some(1.0), Some(5.0)), "2 (1–5)");
        assert_eq!(scale(Some(2.5), None, Some(5.0)), "2.5");
        assert_eq!(scale(None, Some(1.0), Some(5.0)), "");
    }

    #[test]
    fn a_title_is_always_found() {
        let mut check = samples::external_body();
        let shown = |check: &ExternalFactCheck| title(check).text;
        assert_eq!(shown(&check), "Nein, die Brücke wird nicht gesperrt");
        check.title.clear();
        assert_eq!(shown(&check), "Die Rheinbrücke wird für zwei Jahre gesperrt");
        check.claim_reviewed = "\u{202E}".into();
        assert_eq!(shown(&check), "faktenwerft.example");
        check.url = None;
        assert_eq!(shown(&check), "Faktenwerft");
    }
}
