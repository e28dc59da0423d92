//! Comes in: a text's words and a claim's. Goes out: the particulars by which two claims on one topic differ: who, where,
//! how many, whether or not.
//!
//! How much two texts have in common does not tell them apart: "500 dead in Harnow" and "5,000 dead in Harnow" share more
//! than most paraphrases do. So each particular is compared for itself, and what it is worth is learnt from pairs.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::Error;
use crate::analyzer::cues::{are_opposed, denies};
use crate::analyzer::negation::negates;
use crate::analyzer::numeral::{Quantity, are_equal, quantities};
use crate::analyzer::{Token, number};
use crate::profile::{Profile, ProfileWord};
use crate::question::{AskedWord, Question};

/// What the comparison found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Particulars {
    /// Content words of the claim that the text lacks.
    pub(crate) missing_words: f32,
    /// The weightiest of them, in words as rare as words can be here.
    pub(crate) heaviest_missing: f32,
    /// Weight of the claim's names that the text has, likewise.
    pub(crate) names_found: f32,
    /// Weight of those it lacks.
    pub(crate) names_missing: f32,
    /// Weight of the claim's other words that the text has: names alone make a topic, not a claim.
    pub(crate) others_found: f32,
    /// How many of the text's five weightiest words the claim has, as a share.
    pub(crate) weightiest_found: f32,
    /// Share of the claim's weight within one passage of the text, about as long as the claim.
    pub(crate) passage: f32,
    /// Of the claim's words in that order, the share of pairs that the text has in the same order.
    pub(crate) same_order: f32,
    /// 1 where the passage negates and the claim does not, or the other way round.
    pub(crate) negation: f32,
    /// 1 where the text calls something false and the claim does not.
    pub(crate) denial: f32,
    /// 1 where one says "raises" and the other "lowers".
    pub(crate) opposite: f32,
    /// 1 where a quantity of the claim is missing and the passage has another, 0.5 where only the rest of the text has.
    pub(crate) other_quantity: f32,
    /// Of the claim's quantities, the share that the text has.
    pub(crate) same_quantity: f32,
    /// Content words of the claim, as a logarithm.
    pub(crate) claim_length: f32,
    /// Of the weight of the claim's names, the share that the text has; a half where it names nobody.
    pub(crate) names_share: f32,
    /// The same of its other words.
    pub(crate) others_share: f32,
    /// Words of the text for each of the claim, as a logarithm.
    pub(crate) length_ratio: f32,
    /// Words in and around the passage that the claim lacks, for each content word of the claim.
    pub(crate) unexplained: f32,
    /// Names among them, as far as capitals tell.
    pub(crate) other_names: f32,
}

/// A claim's content word in the text.
struct Shared {
    weight: f32,
    /// In the text.
    at: usize,
}

/// The claim's words, counted one by one.
#[derive(Default)]
struct Tally {
    found: Particulars,
    shared: Vec<Shared>,
    weight: f32,
    words: usize,
    others_missing: f32,
}

impl Tally {
    /// What is left to say once all words are counted.
    fn shares(&mut self, passage: Passage) {
        let share = |found: f32, missing: f32| {
            if found + missing > 0.0 {
                found / (found + missing)
            } else {
                0.5
            }
        };
        let found = &mut self.found;
        found.names_share = share(found.names_found, found.names_missing);
        found.others_share = share(found.others_found, self.others_missing);
        found.passage = if self.weight > 0.0 {
            passage.weight / self.weight
        } else {
            0.0
        };
        found.claim_length = (self.words as f32).ln_1p();
    }

    fn count(&mut self, word: ProfileWord, place: Option<usize>, weight: f32, heaviest: f32) {
        let is_name = word.is_name && !number::is_number(word.neutral);
        let share = weight / heaviest;
        self.weight += weight;
        self.words += 1;
        let found = &mut self.found;
        if let Some(at) = place {
            self.shared.push(Shared { weight, at });
            *(if is_name {
                &mut found.names_found
            } else {
                &mut found.others_found
            }) += share;
        } else {
            found.missing_words += 1.0;
            found.heaviest_missing = found.heaviest_missing.max(share);
            *(if is_name {
                &mut found.names_missing
            } else {
                &mut self.others_missing
            }) += share;
        }
    }
}

/// The words of a text by their forms, each with the first place where it stands.
pub(crate) struct Places<'a> {
    question: &'a Question,
    terms: HashMap<&'a str, usize>,
    neutral: HashMap<&'a str, usize>,
    quantities: Vec<Quantity>,
}

/// The part of the text that says most of the claim.
#[derive(Clone, Copy, Default)]
struct Passage {
    first: usize,
    last: usize,
    weight: f32,
}

/// Words around the passage that still belong to what it says: "no, nobody was killed".
const MARGIN: usize = 4;

/// So many of the text's words say what it is about.
const WEIGHTIEST: usize = 5;

impl<'a> Places<'a> {
    pub(crate) fn of(question: &'a Question) -> Places<'a> {
        let mut places = Places {
            question,
            terms: HashMap::new(),
            neutral: HashMap::new(),
            quantities: quantities(question.text.iter().map(|token| token.neutral.as_str())),
        };
        for (at, token) in question.text.iter().enumerate() {
            places.add(token, at);
        }
        for word in &question.words {
            if let Some(at) = places.terms.get(word.token.term.as_str()).copied() {
                word.alternatives.iter().for_each(|token| places.add(token, at));
            }
        }
        places
    }

    fn add(&mut self, token: &'a Token, at: usize) {
        self.terms.entry(&token.term).or_insert(at);
        self.neutral.entry(&token.neutral).or_insert(at);
    }

    /// Compares the text with the wording that it is closest to. `weight` gives a term's weight there, `heaviest` that of
    /// a word as rare as words can be.
    pub(crate) fn compare(
        &self,
        claim: &Profile,
        weight: impl Fn(&str) -> Result<f32, Error>,
        heaviest: f32,
    ) -> Result<Particulars, Error> {
        let mut tally = Tally::default();
        let mut seen = HashSet::new();
        for word in claim.words() {
            if let Some(term) = word.term.filter(|term| seen.insert(*term)) {
                tally.count(word, self.place(claim, word), weight(term)?, heaviest);
            }
        }
        let passage = passage(&tally.shared, claim.words().count() * 3 / 2 + 6);
        tally.shares(passage);
        let mut found = tally.found;
        found.same_order = same_order(&tally.shared);
        let claimed = forms(claim);
        self.leave_over(&claimed, passage, tally.words, &mut found);
        found.length_ratio = self.length_ratio(claim);
        found.weightiest_found = self.weightiest_found(&claimed);
        self.contradict(claim, passage, &mut found);
        Ok(found)
    }

    /// Where the text has a claim's word.
    fn place(&self, claim: &Profile, word: ProfileWord) -> Option<usize> {
        let has_same_rules = self
            .question
            .language
            .is_some_and(|language| language.lang == claim.lang);
        let place = match word.term {
            Some(term) if has_same_rules => self.terms.get(term),
            _ => self.neutral.get(word.neutral),
        };
        place.copied()
    }

    fn weightiest_found(&self, claimed: &HashSet<&str>) -> f32 {
        let mut asked: Vec<&AskedWord> = self.question.words.iter().collect();
        asked.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        asked.truncate(WEIGHTIEST);
        let has = |token: &Token| claimed.contains(token.term.as_str()) || claimed.contains(token.neutral.as_str());
        let found = asked
            .iter()
            .filter(|word| has(&word.token) || word.alternatives.iter().any(has));
        found.count() as f32 / asked.len().max(1) as f32
    }

    /// What in and around the passage is not of the claim: much of it may be another story.
    fn leave_over(&self, claimed: &HashSet<&str>, passage: Passage, words: usize, found: &mut Particulars) {
        let is_new =
            |token: &Token| !claimed.contains(token.neutral.as_str()) && !claimed.contains(token.term.as_str());
        let around = self.around(passage);
        let text = self.question.text.iter().zip(&self.question.names);
        let new = || {
            text.clone()
                .skip(around.start)
                .take(around.len())
                .filter(|(token, _)| is_new(token))
        };
        let content = || new().filter(|(token, _)| !self.question.is_stop_word(token));
        found.unexplained = content().count() as f32 / words.max(1) as f32;
        found.other_names = content().filter(|(_, is_name)| **is_name).count() as f32;
    }

    fn length_ratio(&self, claim: &Profile) -> f32 {
        let asked = self.question.text.len() as f32;
        let ratio = asked / claim.words().count().max(1) as f32;
        ratio.max(f32::MIN_POSITIVE).ln()
    }

    /// The passage with its margins, as places in the text.
    fn around(&self, passage: Passage) -> Range<usize> {
        passage.first.saturating_sub(MARGIN)..(passage.last + MARGIN + 1).min(self.question.text.len())
    }

    fn contradict(&self, claim: &Profile, passage: Passage, found: &mut Particulars) {
        let flag = |is_so: bool| f32::from(u8::from(is_so));
        let claimed = || claim.words().map(|word| word.neutral);
        let asked = || self.question.text.iter().map(|token| token.neutral.as_str());
        let around = self.around(passage);
        let said = || asked().skip(around.start).take(around.len());
        found.negation = flag(said().any(negates) != claimed().any(negates));
        found.denial = flag(asked().any(denies) && !claimed().any(denies));
        found.opposite = flag(are_opposed(claimed(), asked()));
        let wanted = quantities(claimed());
        let has = |all: &[Quantity], value: f64| all.iter().any(|one| are_equal(one.value, value));
        let same = wanted.iter().filter(|one| has(&self.quantities, one.value)).count();
        found.same_quantity = same as f32 / wanted.len().max(1) as f32;
        if same < wanted.len() {
            let mut others = self.quantities.iter().filter(|one| !has(&wanted, one.value)).peekable();
            let is_elsewhere = others.peek().is_some();
            found.other_quantity = flag(others.any(|one| around.contains(&one.at))).max(flag(is_elsewhere) / 2.0);
        }
    }
}

/// A claim's words in both of their forms.
fn forms<'c>(claim: &Profile<'c>) -> HashSet<&'c str> {
    let words = claim.words().flat_map(|word| [Some(word.neutral), word.term]);
    words.flatten().collect()
}

/// The run of the text, no longer than `length` words, with the most of the claim in it; the first of equals.
fn passage(shared: &[Shared], length: usize) -> Passage {
    let mut by_place: Vec<&Shared> = shared.iter().collect();
    by_place.sort_by_key(|word| word.at);
    let mut best = Passage::default();
    for (number, first) in by_place.iter().enumerate() {
        let within = by_place[number..].iter().take_while(|word| word.at - first.at < length);
        let (weight, last) = within.fold((0.0, first.at), |(weight, _), word| (weight + word.weight, word.at));
        if weight > best.weight {
            best = Passage {
                first: first.at,
                last,
                weight,
            };
        }
    }
    best
}

fn same_order(shared: &[Shared]) -> f32 {
    let pairs = || {
        shared
            .iter()
            .enumerate()
            .flat_map(|(at, a)| shared[at + 1..].iter().map(move |b| (a, b)))
    };
    let all = pairs().count();
    if all == 0 {
        return 0.5;
    }
    pairs().filter(|(a, b)| a.at < b.at).count() as f32 / all as f32
}
