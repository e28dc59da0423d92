//! One segment of the index, with what lookups read of it opened once: a segment never changes, but for what is deleted.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::profile::Profile;
use crate::schema::{DIGEST, PASSAGE, WORDS};
use crate::vocabulary::{Known, Vocabulary};
use crate::{Error, Lang};

/// Words of most wordings, at the most.
const WORDING: usize = 64;

/// What is read of a segment beside its postings.
pub(crate) struct Segment {
    pub(crate) vocabulary: Vocabulary,
    /// Numbers in the vocabulary; `None` where no entry has a wording.
    words: Option<Column<u64>>,
    /// For each entry, where its words begin, and where the last one's end: the column's own index takes four look-ups.
    starts: Vec<u32>,
    digests: Column<u64>,
    passages: Column<u64>,
}

impl Segment {
    pub(crate) fn open(reader: &SegmentReader) -> Result<Arc<Segment>, Error> {
        let fast = reader.fast_fields();
        let column = fast.str(WORDS)?;
        let vocabulary = column.as_ref().map(Vocabulary::of).transpose()?.unwrap_or_default();
        let words = column.map(|column| column.into_parts().1);
        Ok(Arc::new(Segment {
            vocabulary,
            starts: words
                .as_ref()
                .map(|words| starts(words, reader.max_doc()))
                .unwrap_or_default(),
            words,
            digests: fast.u64(DIGEST)?,
            passages: fast.u64(PASSAGE)?,
        }))
    }

    /// The words of an entry and the marks between its wordings, in reading order, as numbers in the vocabulary.
    pub(crate) fn numbers(&self, doc: DocId, numbers: &mut Vec<u64>) {
        numbers.clear();
        if let Some(words) = &self.words {
            let (start, end) = (self.start(doc), self.start(doc + 1));
            numbers.resize((end - start) as usize, 0);
            words.values.get_range(start.into(), numbers);
        }
    }

    /// The first of an entry's numbers; 0 for none.
    pub(crate) fn first_number(&self, doc: DocId) -> u64 {
        let (start, end) = (self.start(doc), self.start(doc + 1));
        let words = self.words.as_ref().filter(|_| start < end);
        words.map_or(0, |words| words.values.get_val(start))
    }

    fn start(&self, doc: DocId) -> u32 {
        self.starts.get(doc as usize).copied().unwrap_or_default()
    }

    /// [`crate::Entry::digest`]: orders entries that nothing else does, whatever segments they are in.
    pub(crate) fn digest(&self, doc: DocId) -> u64 {
        self.digests.first(doc).unwrap_or_default()
    }

    /// The hash of the text whose vector is the entry's; 0 for none.
    pub(crate) fn passage(&self, doc: DocId) -> u64 {
        self.passages.first(doc).unwrap_or_default()
    }

    /// The language of an entry's first wording; `und` where it has none.
    pub(crate) fn lang(&self, doc: DocId) -> Lang {
        let words = self.words.as_ref();
        let first = words.and_then(|words| words.first(doc));
        match first.and_then(|number| self.vocabulary.get(number)) {
            Some(Known::Mark(_, lang)) => *lang,
            _ => Lang::UND,
        }
    }

    /// The wordings of an entry.
    pub(crate) fn profiles(&self, doc: DocId) -> Result<Vec<Profile<'_>>, Error> {
        let mut profiles: Vec<Profile> = Vec::new();
        let mut numbers = Vec::new();
        self.numbers(doc, &mut numbers);
        for &number in &numbers {
            let known = self.vocabulary.get(number).ok_or_else(|| Error::Damaged {
                what: "an entry with a word that its segment lacks".to_owned(),
            })?;
            match known {
                Known::Mark(kind, lang) => profiles.push(Profile {
                    kind: *kind,
                    lang: *lang,
                    words: Vec::with_capacity(numbers.len().min(WORDING)),
                }),
                Known::Word(word) => {
                    let word = self.vocabulary.spelt(word);
                    profiles.last_mut().into_iter().for_each(|last| last.words.push(word));
                }
            }
        }
        Ok(profiles)
    }
}

fn starts(words: &Column<u64>, entries: u32) -> Vec<u32> {
    let mut starts = Vec::with_capacity(entries as usize + 1);
    starts.push(0);
    let mut end = 0;
    for entry in 0..entries {
        // Of an entry without words, an empty range at nought.
        end = words.index.value_row_ids(entry).end.max(end);
        starts.push(end);
    }
    starts
}

#[cfg(test)]
mod tests {
    use crate::analyzer::language;
    use crate::vocabulary::key;
    use crate::{ClaimIndex, Entry, Lang, Position, Wording, WordingKind};

    #[test]
    fn every_form_that_is_searched_for_is_in_the_vocabulary() {
        let texts = [
            (
                Lang::DE,
                "Die Coronaimpfung führt zu 5.000 Toten, sagt Dr. Müller-Lüdenscheidt!",
            ),
            (
                Lang::EN,
                "Vaccines don't cause #AutismSpectrum, e.g. in New York https://example.org/a?b=c",
            ),
            (Lang::AR, "اللقاحات ليست خطيرة"),
            (Lang::UND, "ワクチンは危険です\u{2028}und mehr"),
        ];
        let wordings = texts.map(|(lang, text)| Wording {
            kind: WordingKind::Claim,
            text: text.to_owned(),
            lang,
        });
        let index = ClaimIndex::in_memory().unwrap();
        let mut writer = index.writer().unwrap();
        let entry = Entry {
            id: "all".to_owned(),
            wordings: wordings.into(),
        };
        writer.put(&entry).unwrap();
        let store_id = "segment".to_owned();
        writer.commit(&Position { store_id, change: 1 }).unwrap();
        let snapshot = index.snapshot();
        let (reader, segment) = (&snapshot.searcher.segment_readers()[0], &snapshot.segments()[0]);
        let languages = [Lang::DE, Lang::EN, Lang::AR].map(|lang| snapshot.fields.of(language::find(lang).unwrap()));
        for field in languages.into_iter().chain([snapshot.fields.neutral]) {
            let inverted = reader.inverted_index(field).unwrap();
            let mut terms = inverted.terms().stream().unwrap();
            let mut count = 0;
            while terms.advance() {
                let form = std::str::from_utf8(terms.key()).unwrap();
                assert!(segment.vocabulary.may_have(key(form)), "{form}");
                count += 1;
            }
            assert!(count > 1, "{field:?}");
        }
    }
}
