//! How often the matcher's `match`, `maybe` and `none` are right: what `eval` shows and what `train-match` writes down.

use claim_index::{
    Chances, Outcome,
    judging::{Bin, Pair, Rates, Verdict, Verdicts, reliability},
};
use serde::Serialize;

/// A set of questions, as they are and with their right answers hidden.
#[derive(Debug, Serialize)]
pub(super) struct OfSet {
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<String>,
    present: Rates,
    precision: f64,
    hidden: Rates,
    thresholds: Vec<Threshold>,
}

/// What would be, if a match began at another chance of the subject.
#[derive(Debug, Serialize)]
pub(super) struct Threshold {
    subject: f32,
    right_match: f64,
    wrong_match: f64,
    hidden_match: f64,
}

/// A question that was told another claim with its right answers hidden: perhaps wrong, perhaps another fact-check of the
/// same claim. People must look.
#[derive(Debug, Serialize)]
pub(super) struct Doubtful {
    pub(super) query: String,
    pub(super) found: String,
    pub(super) confidence: f32,
}

/// A file of pairs.
#[derive(Debug, Serialize)]
pub(super) struct OfPairs {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Share of the near misses that are not called a match.
    near_misses_not_matched: f64,
    /// Share of the paraphrases that are.
    paraphrases_matched: f64,
    /// For each kind: how many posts, and how many of them are called a match.
    kinds: Vec<(String, usize, usize)>,
}

/// All sets and pairs together.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    outcomes: Vec<OfSet>,
    pairs: Vec<OfPairs>,
    /// Expected calibration error of the first candidates' confidence.
    calibration_error: f64,
    reliability: Vec<Bin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubtful: Vec<Doubtful>,
}

impl OfSet {
    fn of(verdicts: &[Verdict], hidden: &[Verdict], needed: Chances) -> Self {
        let present = Rates::of(verdicts);
        Self {
            set: None,
            precision: present.precision(),
            hidden: Rates::of(hidden),
            thresholds: (5..20)
                .map(|step| Threshold::of(step as f32 / 20.0, needed, verdicts, hidden))
                .collect(),
            present,
        }
    }

    fn line(&self) -> String {
        let Self {
            present,
            precision,
            hidden,
            ..
        } = self;
        format!(
            "match {:.1} % of them right {:.1} %, maybe {:.1} %; with the right answers hidden match {:.1} %, maybe {:.1} %",
            100.0 * (present.right_match + present.wrong_match),
            100.0 * precision,
            100.0 * present.maybe,
            100.0 * (hidden.right_match + hidden.wrong_match),
            100.0 * hidden.maybe
        )
    }
}

impl Threshold {
    fn of(subject: f32, needed: Chances, present: &[Verdict], hidden: &[Verdict]) -> Self {
        let share = |verdicts: &[Verdict], is_so: &dyn Fn(&Verdict) -> bool| {
            let needed = Chances { subject, ..needed };
            let reached = verdicts
                .iter()
                .filter(|verdict| verdict.may_match && verdict.chances.reach(needed));
            reached.filter(|verdict| is_so(verdict)).count() as f64 / verdicts.len().max(1) as f64
        };
        Self {
            subject,
            right_match: share(present, &|verdict| verdict.is_right),
            wrong_match: share(present, &|verdict| !verdict.is_right),
            hidden_match: share(hidden, &|_| true),
        }
    }
}

impl OfPairs {
    pub(super) fn of(pairs: &[Pair], verdicts: &[Verdict]) -> Self {
        let is_match = |verdict: &Verdict| verdict.outcome == Outcome::Match;
        let of = |wanted: bool| {
            pairs
                .iter()
                .zip(verdicts)
                .filter(move |(pair, _)| pair.is_same == wanted)
        };
        let share = |wanted: bool, is_so: &dyn Fn(&Verdict) -> bool| {
            let count = of(wanted).filter(|(_, verdict)| is_so(verdict)).count();
            count as f64 / of(wanted).count().max(1) as f64
        };
        let mut kinds: Vec<(String, usize, usize)> = Vec::new();
        for (pair, verdict) in pairs.iter().zip(verdicts) {
            let at = kinds
                .iter()
                .position(|(kind, ..)| *kind == pair.kind)
                .unwrap_or_else(|| {
                    kinds.push((pair.kind.clone(), 0, 0));
                    kinds.len() - 1
                });
            kinds[at].1 += 1;
            kinds[at].2 += usize::from(is_match(verdict));
        }
        Self {
            file: None,
            near_misses_not_matched: share(false, &|verdict| !is_match(verdict)),
            // A paraphrase of one claim that matches another is no success.
            paraphrases_matched: share(true, &|verdict| is_match(verdict) && verdict.is_right),
            kinds,
        }
    }

    pub(super) fn line(&self) -> String {
        let kinds: Vec<String> = self
            .kinds
            .iter()
            .map(|(kind, all, matched)| format!("{kind} {matched}/{all}"))
            .collect();
        format!(
            "near misses not matched {:.1} %, paraphrases matched {:.1} % (matched: {})",
            100.0 * self.near_misses_not_matched,
            100.0 * self.paraphrases_matched,
            kinds.join(", ")
        )
    }
}

/// What was learnt from, with the names and sizes of its parts.
pub(super) struct Parts<'a> {
    pub(super) sizes: &'a [(String, usize)],
    pub(super) pairs: &'a [Pair],
    pub(super) pair_sizes: &'a [(String, usize)],
}

impl Measured {
    /// `needed`: what the judge needs for a match.
    pub(super) fn of(parts: &Parts, verdicts: &Verdicts, needed: Chances) -> Self {
        let Verdicts { present, hidden, pairs } = verdicts;
        let (bins, calibration_error) = reliability(present.iter().chain(hidden));
        let ranges = |sizes: &[(String, usize)]| {
            let mut from = 0;
            let range = |(name, size): &(String, usize)| {
                from += size;
                (name.clone(), from - size..from)
            };
            sizes.iter().map(range).collect::<Vec<_>>()
        };
        let of_set = |(name, range): (String, std::ops::Range<usize>)| OfSet {
            set: Some(name),
            ..OfSet::of(&present[range.clone()], &hidden[range], needed)
        };
        let of_pairs = |(name, range): (String, std::ops::Range<usize>)| OfPairs {
            file: Some(name),
            ..OfPairs::of(&parts.pairs[range.clone()], &pairs[range])
        };
        Self {
            outcomes: ranges(parts.sizes).into_iter().map(of_set).collect(),
            pairs: ranges(parts.pair_sizes).into_iter().map(of_pairs).collect(),
            calibration_error,
            reliability: bins,
            doubtful: Vec::new(),
        }
    }

    /// The same with the names of the questions that were told another claim while their own was hidden.
    pub(super) fn naming(mut self, verdicts: &Verdicts, queries: &[&str]) -> Self {
        let told = verdicts.hidden.iter().zip(queries);
        let told = told.filter(|(verdict, _)| verdict.outcome == Outcome::Match);
        self.doubtful = told
            .map(|(verdict, query)| Doubtful {
                query: (*query).to_owned(),
                found: verdict.id.clone().unwrap_or_default(),
                confidence: verdict.chances.both(),
            })
            .collect();
        self
    }

    /// What is told to everybody at `/v1/stats/quality`, to three digits.
    pub(super) fn published(&self) -> serde_json::Value {
        let rounded = |number: f64| (number * 1e3).round() / 1e3;
        let sets = self.outcomes.iter().map(|of| {
            serde_json::json!({
                "set": of.set,
                "questions": of.present.questions,
                "matched": rounded(of.present.right_match + of.present.wrong_match),
                "precision": rounded(of.precision),
                "matched_without_answer": rounded(of.hidden.wrong_match + of.hidden.right_match),
            })
        });
        let pairs = self.pairs.iter().map(|of| {
            serde_json::json!({
                "pairs": of.file,
                "near_misses_not_matched": rounded(of.near_misses_not_matched),
                "paraphrases_matched": rounded(of.paraphrases_matched),
            })
        });
        let bins = self.reliability.iter().map(|bin| {
            serde_json::json!({
                "from": bin.from,
                "answers": bin.verdicts,
                "confidence": rounded(bin.chance),
                "right": rounded(bin.right),
            })
        });
        serde_json::json!({
            "sets": sets.collect::<Vec<_>>(),
            "pairs": pairs.collect::<Vec<_>>(),
            "calibration_error": rounded(self.calibration_error),
            "reliability": bins.collect::<Vec<_>>(),
        })
    }

    /// For people, a set a line.
    pub(super) fn lines(&self) -> Vec<String> {
        let named = |name: &Option<String>, line: String| match name {
            Some(name) => format!("{name}: {line}"),
            None => line,
        };
        let sets = self.outcomes.iter().map(|of| named(&of.set, of.line()));
        let pairs = self.pairs.iter().map(|of| named(&of.file, of.line()));
        let error = format!("expected calibration error {:.3}", self.calibration_error);
        let bins = self.reliability.iter().filter(|bin| bin.verdicts > 0).map(|bin| {
            format!(
                "confidence from {:.1}: {} answers, mean {:.2}, right {:.2}",
                bin.from, bin.verdicts, bin.chance, bin.right
            )
        });
        let doubtful = self.doubtful.iter().map(
            |Doubtful {
                 query,
                 found,
                 confidence,
             }| {
                format!("doubtful: {query} was told {found} ({confidence:.2}) while its own claim was hidden")
            },
        );
        sets.chain(pairs).chain([error]).chain(bins).chain(doubtful).collect()
    }
}
