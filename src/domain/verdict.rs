//! Ratings of many scales, normalised to one small enum.

mod table;

use claim_index::normalise_text;

use super::{Publisher, Rating, words::words};

/// Our small scale. `Unmapped` is said where no table row fits: guessing would put words into a publisher's mouth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Correct.
    True,
    /// Correct but for details.
    MostlyTrue,
    /// Partly correct, partly false.
    Mixed,
    /// False but for details.
    MostlyFalse,
    /// Wrong or made up.
    False,
    /// True words, false impression: context missing or misused.
    Misleading,
    /// Pictures, video or quotes changed or taken from elsewhere.
    Altered,
    /// Meant as satire.
    Satire,
    /// No evidence either way.
    Unproven,
    /// The publisher's rating is in no table.
    Unmapped,
}

words!(Verdict {
    True => "true",
    MostlyTrue => "mostly_true",
    Mixed => "mixed",
    MostlyFalse => "mostly_false",
    False => "false",
    Misleading => "misleading",
    Altered => "altered",
    Satire => "satire",
    Unproven => "unproven",
    Unmapped => "unmapped",
});

impl Verdict {
    /// The verdict that a publisher's rating means: by the publisher's own table, else by the common one, else, where the
    /// rating has no words, by its place on its scale. Rows are whole phrases; a row may also be followed by an explanation
    /// ("False. The photo shows…"), but not if it says that something is true: that may be about to be qualified.
    pub fn of(publisher: &Publisher, rating: &Rating) -> Self {
        let words = plain(&rating.text);
        if words.is_empty() {
            return on_scale(rating).unwrap_or(Self::Unmapped);
        }
        let site = publisher.site.as_deref().unwrap_or_default();
        let whole = table::look_up(site, &words);
        let opening = || {
            opening(&rating.text)
                .and_then(|words| table::look_up(site, &words))
                .filter(|v| !v.may_be_qualified())
        };
        whole.or_else(opening).unwrap_or(Self::Unmapped)
    }

    /// Whether an explanation may turn it into something else: "True. But the photo is from 2012."
    const fn may_be_qualified(self) -> bool {
        matches!(self, Self::True | Self::MostlyTrue | Self::Mixed | Self::Unmapped)
    }
}

/// A rating's words as they stand in the table: lower case, single spaces, no punctuation, no Arabic vowel signs.
fn plain(text: &str) -> String {
    let silent = |c: char| matches!(c, '\u{0307}' | '\u{0640}' | '\u{064B}'..='\u{0652}' | '\'' | '’');
    let text: String = normalise_text(text).chars().filter(|&c| !silent(c)).collect();
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What stands before the explanation, or behind a label like "Verdict:".
fn opening(text: &str) -> Option<String> {
    let (head, rest) = text.split_once(['.', ':', '!', '(', '–', '—', '\n'])?;
    let head = plain(head);
    if table::LABELS.contains(&head.as_str()) {
        Some(plain(rest))
    } else {
        Some(head)
    }
}

/// Where a value stands between worst and best. Outside of them it has a meaning of its own: -1 is often "cannot be rated".
fn on_scale(rating: &Rating) -> Option<Verdict> {
    let (value, worst, best) = (rating.value?, rating.worst?, rating.best?);
    let place = (value - worst) / (best - worst);
    let steps = [
        (0.0..=0.125, Verdict::False),
        (0.125..=0.375, Verdict::MostlyFalse),
        (0.375..=0.625, Verdict::Mixed),
        (0.625..=0.875, Verdict::MostlyTrue),
        (0.875..=1.0, Verdict::True),
    ];
    steps
        .into_iter()
        .find(|(range, _)| range.contains(&place))
        .map(|(_, verdict)| verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(site: &str, text: &str) -> Verdict {
        let publisher = Publisher {
            name: "P".into(),
            site: Some(site.into()).filter(|s: &String| !s.is_empty()),
        };
        Verdict::of(
            &publisher,
            &Rating {
                text: text.into(),
                ..Rating::default()
            },
        )
    }

    #[test]
    fn ratings_mean_what_their_publishers_say() {
        use Verdict::{Altered, False, Misleading, Mixed, MostlyFalse, MostlyTrue, Satire, True, Unmapped, Unproven};
        for (site, text, wanted) in [
            ("politifact.com", "pants-fire", False),
            ("politifact.com", "Pants on Fire!", False),
            ("politifact.com", "barely-true", MostlyFalse),
            ("politifact.com", "half-true", Mixed),
            ("politifact.com", "mostly-true", MostlyTrue),
            ("politifact.com", "full-flop", Unmapped),
            ("snopes.com", "Miscaptioned", Altered),
            ("snopes.com", "Fake", Altered),
            ("www.snopes.com", "Mixture", Mixed),
            ("snopes.com", "Correct Attribution", True),
            ("snopes.com", "Labeled Satire", Satire),
            ("", "fake", False),
            ("washingtonpost.com", "Four Pinocchios", False),
            ("", "Four Pinocchios", Unmapped),
            ("correctiv.org", "Größtenteils falsch", MostlyFalse),
            ("correctiv.org", "Fehlender Kontext", Misleading),
            ("correctiv.org", "Teilweise falsch", Mixed),
            ("correctiv.org", "Falsch. Das Foto zeigt etwas anderes.", False),
            ("correctiv.org", "Bewertung: Größtenteils falsch", MostlyFalse),
            ("teyit.org", "YANLIŞ", False),
            ("teyit.org", "Hatalı İlişkilendirme", Altered),
            ("teyit.org", "Karma", Mixed),
            ("", "Kanıt yok", Unproven),
            ("fatabyyano.net", "زائف", False),
            ("fatabyyano.net", "زائف جزئيًا", Mixed),
            ("", "مُضلّل", Misleading),
            ("stopfake.org", "Фейк", False),
            ("", "Маніпуляція", Misleading),
            ("", "Полуправда", Mixed),
            ("demagog.org.pl", "Fałsz", False),
            ("demagog.org.pl", "Częściowa prawda", Mixed),
            ("maldita.es", "Bulo", False),
            ("", "Verdad a medias", Mixed),
            ("factuel.afp.com", "Contexte manquant", Misleading),
            ("", "Plutôt faux", MostlyFalse),
            ("", "Bufala", False),
            ("pagellapolitica.it", "C'eri quasi", MostlyTrue),
            ("", "Verdadeiro, mas", MostlyTrue),
            ("poligrafo.sapo.pt", "Pimenta na Língua", False),
            ("", "É #FAKE", False),
            ("", "Grotendeels onwaar", MostlyFalse),
            ("", "True. But the photo is from 2012.", Unmapped),
            ("", "True, but misleading", Unmapped),
            ("", "Not false", Unmapped),
            ("", "Falsehoods everywhere", Unmapped),
            ("", "😀", Unmapped),
            ("", "5", Unmapped),
        ] {
            assert_eq!(of(site, text), wanted, "{site} {text}");
        }
    }

    #[test]
    fn a_scale_counts_only_without_words() {
        let publisher = Publisher {
            name: "P".into(),
            site: None,
        };
        let rate = |text: &str, value, worst, best| {
            let rating = Rating {
                text: text.into(),
                value: Some(value),
                worst: Some(worst),
                best: Some(best),
            };
            Verdict::of(&publisher, &rating)
        };
        for (value, worst, best, wanted) in [
            (1.0, 1.0, 5.0, Verdict::False),
            (2.0, 1.0, 5.0, Verdict::MostlyFalse),
            (3.0, 1.0, 5.0, Verdict::Mixed),
            (4.0, 1.0, 5.0, Verdict::MostlyTrue),
            (5.0, 1.0, 5.0, Verdict::True),
            (1.0, 5.0, 1.0, Verdict::True),
            (-1.0, 1.0, 5.0, Verdict::Unmapped),
            (6.0, 1.0, 5.0, Verdict::Unmapped),
            (1.0, 1.0, 1.0, Verdict::Unmapped),
            (f64::NAN, 1.0, 5.0, Verdict::Unmapped),
        ] {
            assert_eq!(rate("", value, worst, best), wanted, "{value} in {worst}..{best}");
            assert_eq!(rate("bananas", value, worst, best), Verdict::Unmapped);
        }
        assert_eq!(
            Verdict::of(
                &publisher,
                &Rating {
                    value: Some(1.0),
                    ..Rating::default()
                }
            ),
            Verdict::Unmapped
        );
    }

    #[test]
    fn every_row_is_written_as_it_is_looked_up_and_stands_once() {
        let mut seen = std::collections::BTreeMap::new();
        for (verdict, phrase) in table::rows() {
            assert_eq!(plain(phrase), phrase, "written otherwise");
            assert_eq!(seen.insert(phrase, verdict), None, "{phrase} stands twice");
        }
    }
}
