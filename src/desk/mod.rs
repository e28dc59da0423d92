//! What does the public ask us to check? A request comes in, from somebody of whom nothing is kept; a receipt goes out.
//!
//! The words join a claim as those of a crawled page do, but only where a reader may be told that it is this claim: the receipt says what
//! was found of it. Or they found one that only reviewers may read. An address alone joins the
//! one claim that was seen there; where none or several were, it waits for a reviewer. It is not fetched: nobody should be able
//! to send the crawler somewhere without an account.

mod sender;

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::{
    detect,
    domain::{Actor, Lang, Mention, Receipt, WebUrl},
    indexer::{self, SharedIndex},
    ingest::Ingest,
    store::{self, About, Added, Fate, Filing, Store},
};

pub use sender::Sender;
use sender::Senders;

/// Longest text taken, in characters: a long chain letter.
pub const MAX_TEXT_CHARS: usize = 10_000;

/// Longest quote taken, in characters.
pub const MAX_QUOTE_CHARS: usize = 1000;

/// A text so short is one statement; of a longer one the sentence that is most worth a check is what the report is about.
const SHORT_CHARS: usize = 280;

/// What somebody asks us to check: words, an address, or both. Whoever makes one has checked the lengths, and that there is
/// something to read ([`has_words`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// What was read or heard.
    pub text: Option<String>,
    /// The passage that is meant.
    pub quote: Option<String>,
    /// Where.
    pub url: Option<WebUrl>,
    /// The language of the words, if the sender says so; else it is detected.
    pub lang: Option<Lang>,
}

/// Whether there is anything in a text that could be a statement.
pub fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Takes requests for a check.
#[derive(Clone)]
pub struct Desk {
    store: Store,
    ingest: Ingest,
    senders: Arc<Senders>,
}

impl Desk {
    /// A desk that joins reports to the claims that the store and the index know.
    pub fn new(store: Store, index: &SharedIndex) -> Self {
        Self {
            ingest: Ingest::new(store.clone(), Actor::Public).asking(indexer::readers_matcher(index)),
            store,
            senders: Arc::default(),
        }
    }

    /// Takes a request. The same sender's second report about a claim on one day is [`Added::Known`]: it gets the same receipt,
    /// and counts nothing.
    pub async fn file(&self, request: Request, sender: Sender) -> Result<Added<Receipt>, store::Error> {
        let (request, lang, mention) = read(request).await;
        let today = self.senders.today(sender);
        let filing = Filing {
            about: self.about(&request, mention).await?,
            text: request.text.as_deref(),
            quote: request.quote.as_deref(),
            url: request.url.as_ref(),
            lang,
            receipt: &|subject| today.receipt(subject),
        };
        self.store.file(&filing).await
    }

    /// What became of a report; `None` if there is none with this receipt.
    pub async fn fate(&self, receipt: &Receipt) -> Result<Option<Fate>, store::Error> {
        self.store.fate(receipt).await
    }

    async fn about(&self, request: &Request, mention: Option<Mention>) -> Result<About, store::Error> {
        if let Some(mention) = mention {
            return Ok(About::Wording(Box::new(self.ingest.place(mention).await?)));
        }
        let Some(url) = &request.url else {
            return Err(store::Error::NotFound(crate::domain::ObjectKind::Claim));
        };
        let known = self.store.claims_at(&url.key()).await?;
        Ok(match known.as_slice() {
            [one] => About::Claim(*one),
            _ => About::Page(url.key()),
        })
    }
}

/// Judging and guessing take milliseconds: not on a thread that others wait for. A panic there would be a fault of ours; the
/// report is then one without words.
async fn read(request: Request) -> (Request, Lang, Option<Mention>) {
    let kept = request.clone();
    let read = spawn_blocking(move || {
        let words = request.quote.as_deref().or(request.text.as_deref());
        let lang = request.lang.or_else(|| words.map(Lang::detect)).unwrap_or(Lang::UND);
        (lang, mention(&request, lang))
    });
    let (lang, mention) = read.await.unwrap_or((Lang::UND, None));
    (kept, lang, mention)
}

/// What the report says, as a document's mention.
fn mention(request: &Request, lang: Lang) -> Option<Mention> {
    let passage = match (&request.quote, &request.text) {
        (Some(quote), _) => quote.as_str(),
        (None, Some(text)) => passage(text, lang),
        (None, None) => return None,
    };
    let quote: String = passage.chars().take(MAX_QUOTE_CHARS).collect();
    let judgement = detect::judge(&quote, lang);
    has_words(&quote).then_some(Mention {
        score: judgement.score,
        lang,
        speaker: None,
        reasons: judgement.reasons,
        quote,
    })
}

fn passage(text: &str, lang: Lang) -> &str {
    let text = text.trim();
    if text.chars().nth(SHORT_CHARS).is_none() {
        return text;
    }
    let sentences = detect::judged(text, lang).into_iter();
    let statements = sentences.filter(|sentence| has_words(sentence.text));
    // Of equals the first.
    let best = statements
        .rev()
        .max_by(|a, b| a.judgement.score.total_cmp(&b.judgement.score));
    best.map_or(text, |sentence| sentence.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIDGE: &str = "Die Stadt Lindrath zahlt jeder Flüchtlingsfamilie 4.000 Euro für neue Möbel.";

    fn quote(text: Option<&str>, quote: Option<&str>) -> Option<String> {
        let request = Request {
            text: text.map(str::to_owned),
            quote: quote.map(str::to_owned),
            ..Request::default()
        };
        mention(&request, Lang::DE).map(|mention| mention.quote)
    }

    #[test]
    fn a_short_text_is_the_statement_and_of_a_long_one_the_best_sentence() {
        let asked = "Stimmt es, dass die Brücke gesperrt wird? Hat mir ein Nachbar erzählt.";
        let letter = format!(
            "Bitte unbedingt weiterleiten! {BRIDGE} {}",
            "Das darf doch alles nicht wahr sein! ".repeat(9)
        );
        for (text, wanted) in [(asked, asked), (letter.as_str(), BRIDGE)] {
            assert_eq!(quote(Some(text), None).as_deref(), Some(wanted));
            assert_eq!(quote(Some(text), Some("Genau das")).as_deref(), Some("Genau das"));
        }
    }

    #[test]
    fn endless_sentences_are_cut_and_nothing_is_no_statement() {
        let endless = "wort ".repeat(2000);
        assert_eq!(
            quote(Some(&endless), None).map(|quote| quote.chars().count()),
            Some(MAX_QUOTE_CHARS)
        );
        assert_eq!((quote(None, None), quote(Some("?!"), None)), (None, None));
    }
}
