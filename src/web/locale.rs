//! A language goes in; every text of the page in it comes out, checked once: no language lacks a key or has one too many.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::domain::{ClaimOrigin, Lang, Verdict};

/// A language that the page speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageLang {
    De,
    En,
    Tr,
    Ar,
    Uk,
    Ru,
    Pl,
}

/// One row a language: its tag, its own name, its direction, how links carry it, its texts.
struct Row {
    lang: PageLang,
    tag: &'static str,
    name: &'static str,
    dir: &'static str,
    query: &'static str,
    texts: &'static str,
}

macro_rules! rows {
    ($($lang:ident => $tag:literal, $name:literal, $dir:literal;)+) => {
        &[$(Row {
            lang: PageLang::$lang,
            tag: $tag,
            name: $name,
            dir: $dir,
            query: concat!("?lang=", $tag),
            texts: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/locales/", $tag, ".toml")),
        }),+]
    };
}

/// In the order of the switch, which is that of the enum.
const ROWS: &[Row] = rows! {
    De => "de", "Deutsch", "ltr";
    En => "en", "English", "ltr";
    Tr => "tr", "Türkçe", "ltr";
    Ar => "ar", "العربية", "rtl";
    Uk => "uk", "Українська", "ltr";
    Ru => "ru", "Русский", "ltr";
    Pl => "pl", "Polski", "ltr";
};

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let read = |row: &Row| toml::from_str(row.texts).expect("a test reads every language");
    ROWS.iter().map(read).collect()
});

impl PageLang {
    /// Every language, in the order of the switch.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.lang)
    }

    /// The language of a BCP 47 tag, whatever its region.
    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        let lang: Lang = tag.parse().ok()?;
        ROWS.iter().find(|row| row.tag == lang.as_str()).map(|row| row.lang)
    }

    pub(super) fn tag(self) -> &'static str {
        self.row().tag
    }

    /// Its name in itself.
    pub(super) fn name(self) -> &'static str {
        self.row().name
    }

    /// Its writing direction, as HTML's `dir`.
    pub(super) fn dir(self) -> &'static str {
        self.row().dir
    }

    /// The query that keeps it in a link.
    pub(super) fn query(self) -> &'static str {
        self.row().query
    }

    pub(super) fn texts(self) -> &'static Locale {
        &LOCALES[self as usize]
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

/// Makes the structs of the groups from a table: group, then its keys. An unread key is a compiler warning.
macro_rules! texts {
    ($($(#[$doc:meta])* $group:ident { $($key:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $group { $(pub(super) $key: String),+ }
    )+};
}

texts! {
    /// What stands on every page.
    Site { skip, languages, motto, verdicts, api }
    /// The front page.
    Home {
        title, lead, how, step_ask_title, step_ask, step_search_title, step_search, step_answer_title, step_answer,
    }
    /// The form.
    Form { label, hint, privacy, submit, again, empty, error }
    /// What an answer says as a whole.
    Outcome {
        asked, checked_title, checked_lead, rated_title, rated_lead, known_title, known_lead, maybe_title, maybe_lead,
        none_title, none_lead, also, tips, tip_short, tip_url, tip_source,
    }
    /// A claim in an answer.
    Candidate { confidence, very_likely, likely, possible, weak, why, more, unchecked }
    /// Why it is in the answer.
    Reason {
        same_url, identical, near, meaning, terms, weight, share, of_text, numbers_agree, numbers_differ, negation,
    }
    /// A claim's own page.
    Claim {
        kind, language, origin, crawled, imported, entered, reported, known_since, sightings, first_seen, last_seen,
        spread, spread_day, spread_table, sightings_none, sightings_older, sightings_newest, published, seen, history, attached, withdrawn,
    }
    /// A fact-check.
    FactCheck { title, own, rating, verdict, date, language, no_link }
    /// Asking for a check.
    Report {
        title, lead, text_label, text_hint, url_label, url_hint, privacy, submit, offer, other, empty, long, bad_url, filed_title,
        repeated_title, receipt, receipt_hint, received_on, fate_title, fate_submit, fate_bad, received, known, answered, withdrawn,
    }
    /// The normalised verdicts, by the words of [`Verdict`].
    Verdicts {
        r#true, mostly_true, mixed, mostly_false, r#false, misleading, altered, satire, unproven, unmapped,
    }
    /// What went wrong.
    Failure {
        not_found_title, not_found_lead, too_long_title, too_long_lead, unreadable_title, unreadable_lead, busy_title,
        busy_lead, unavailable_title, unavailable_lead, request, home,
    }
    /// How numbers are written.
    Format { percent, decimal }
}

/// Every text of the page in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locale {
    pub(super) site: Site,
    pub(super) home: Home,
    pub(super) form: Form,
    pub(super) outcome: Outcome,
    pub(super) candidate: Candidate,
    pub(super) reason: Reason,
    pub(super) claim: Claim,
    pub(super) fact_check: FactCheck,
    pub(super) report: Report,
    verdict: Verdicts,
    pub(super) failure: Failure,
    format: Format,
    languages: BTreeMap<String, String>,
}

impl Locale {
    pub(super) fn verdict(&self, verdict: Verdict) -> &str {
        let texts = &self.verdict;
        match verdict {
            Verdict::True => &texts.r#true,
            Verdict::MostlyTrue => &texts.mostly_true,
            Verdict::Mixed => &texts.mixed,
            Verdict::MostlyFalse => &texts.mostly_false,
            Verdict::False => &texts.r#false,
            Verdict::Misleading => &texts.misleading,
            Verdict::Altered => &texts.altered,
            Verdict::Satire => &texts.satire,
            Verdict::Unproven => &texts.unproven,
            Verdict::Unmapped => &texts.unmapped,
        }
    }

    pub(super) fn origin(&self, origin: ClaimOrigin) -> &str {
        match origin {
            ClaimOrigin::Crawled => &self.claim.crawled,
            ClaimOrigin::Imported => &self.claim.imported,
            ClaimOrigin::Entered => &self.claim.entered,
            ClaimOrigin::Reported => &self.claim.reported,
        }
    }

    /// A language's name; its tag, where we have no name for it.
    pub(super) fn language<'a>(&'a self, lang: &'a Lang) -> &'a str {
        self.languages
            .get(lang.as_str())
            .map_or_else(|| lang.as_str(), String::as_str)
    }

    /// A share of 0 to 1 in whole per cent. Only what is whole is said to be 100 %.
    pub(super) fn percent(&self, share: f32) -> String {
        self.format.percent.replace("{n}", &whole_percent(share).to_string())
    }

    /// A number with one decimal.
    pub(super) fn decimal(&self, number: f32) -> String {
        format!("{number:.1}").replace('.', &self.format.decimal)
    }
}

/// Per cent of a share of 0 to 1; 100 only for the whole, 0 for what is no number.
pub(super) fn whole_percent(share: f32) -> u8 {
    if share >= 1.0 {
        100
    } else {
        (share.max(0.0) * 100.0).round().min(99.0) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_stand_in_the_order_of_the_enum_and_every_text_can_be_read() {
        for (at, row) in ROWS.iter().enumerate() {
            assert_eq!(row.lang as usize, at, "{}", row.tag);
            let read: Result<Locale, _> = toml::from_str(row.texts);
            assert!(read.is_ok(), "{}: {}", row.tag, read.unwrap_err());
        }
    }

    /// Serde holds the keys equal to the structs, so it is left to look at what stands behind them.
    #[test]
    fn every_language_says_everything() {
        let names: Vec<&String> = PageLang::De.texts().languages.keys().collect();
        for row in ROWS {
            let texts = row.lang.texts();
            assert_eq!(texts.languages.keys().collect::<Vec<_>>(), names, "{}", row.tag);
            assert_eq!(texts.format.percent.matches("{n}").count(), 1, "{}", row.tag);
            let table: toml::Table = toml::from_str(row.texts).unwrap();
            for (group, keys) in &table {
                for (key, text) in keys.as_table().unwrap() {
                    let text = text.as_str().unwrap();
                    assert!(
                        !text.trim().is_empty() && text.trim() == text,
                        "{} {group}.{key}",
                        row.tag
                    );
                    assert!(text.contains('{') == (key == "percent"), "{} {group}.{key}", row.tag);
                }
            }
        }
    }

    #[test]
    fn no_sentence_was_left_untranslated() {
        let english: toml::Table = toml::from_str(PageLang::En.row().texts).unwrap();
        for row in ROWS.iter().filter(|row| row.lang != PageLang::En) {
            let table: toml::Table = toml::from_str(row.texts).unwrap();
            for (group, keys) in english.iter().filter(|(group, _)| *group != "format") {
                for (key, text) in keys.as_table().unwrap().iter().filter(|(_, text)| is_sentence(text)) {
                    assert_ne!(table[group][key].as_str(), text.as_str(), "{} {group}.{key}", row.tag);
                }
            }
        }
    }

    fn is_sentence(text: &toml::Value) -> bool {
        text.as_str().is_some_and(|text| text.contains(' '))
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        for (lang, share, percent, decimal) in [
            (PageLang::De, 0.934, "93\u{a0}%", "0,9"),
            (PageLang::En, 0.9999, "99%", "1.0"),
            (PageLang::Tr, 1.0, "%100", "1,0"),
            (PageLang::Ar, 0.0, "0%", "0.0"),
            (PageLang::En, f32::NAN, "0%", "NaN"),
            (PageLang::En, -3.0, "0%", "-3.0"),
        ] {
            let texts = lang.texts();
            assert_eq!(
                (texts.percent(share).as_str(), texts.decimal(share).as_str()),
                (percent, decimal)
            );
        }
    }

    #[test]
    fn a_language_without_a_name_is_called_by_its_tag() {
        let texts = PageLang::De.texts();
        let names = ["tr", "und", "haw"].map(|tag| texts.language(&Lang::from_tag(tag)).to_owned());
        assert_eq!(names, ["Türkisch", "unbekannt", "haw"]);
    }
}
