//! A request's query and headers go in; the language to answer in comes out.

use http::{HeaderMap, header};

use super::locale::PageLang;
use crate::api::Call;

/// Who looks at a page, as far as a page needs to know: in which language, and by which request.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) lang: PageLang,
    /// Whether the address says so: then our links say so, too. There are no cookies.
    pub(super) chosen: bool,
    /// The request's id in our log.
    pub(super) request: Option<String>,
}

impl Visit {
    pub(super) fn of(call: &Call) -> Self {
        Self::new(call.raw_query(), call.headers(), None)
    }

    /// `?lang=` first, then `Accept-Language` (RFC 9110, 12.5.4). Who asks for languages that we do not speak gets
    /// English, who asks for none gets German.
    pub(super) fn new(query: &str, headers: &HeaderMap, request: Option<String>) -> Self {
        let chosen = param(query, "lang").and_then(|tag| PageLang::from_tag(&tag));
        let lang = chosen.unwrap_or_else(|| accepted(headers));
        Self {
            lang,
            chosen: chosen.is_some(),
            request,
        }
    }

    /// What links of ours end in.
    pub(super) fn suffix(&self) -> &'static str {
        if self.chosen { self.lang.query() } else { "" }
    }
}

/// The first value of a query's parameter.
pub(super) fn param(query: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn accepted(headers: &HeaderMap) -> PageLang {
    let Some(header) = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
    else {
        return PageLang::De;
    };
    let wanted = header.split(',').filter_map(preference);
    // The first of equals wins, as the order of the list is what browsers mean.
    let best = wanted.fold(None, |best: Option<(PageLang, f32)>, next| match best {
        Some((_, quality)) if quality >= next.1 => best,
        Some(_) | None => Some(next),
    });
    best.map_or(PageLang::En, |(lang, _)| lang)
}

/// `de-AT;q=0.8`: a language of ours and its weight; `None` for languages of others and for `q=0`.
fn preference(item: &str) -> Option<(PageLang, f32)> {
    let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let quality: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
    PageLang::from_tag(tag)
        .filter(|_| quality > 0.0)
        .map(|lang| (lang, quality))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn visit(query: &str, accept: Option<&'static str>) -> Visit {
        let header = accept.map(|value| (header::ACCEPT_LANGUAGE, HeaderValue::from_static(value)));
        Visit::new(query, &header.into_iter().collect(), None)
    }

    #[test]
    fn the_address_wins_then_the_browsers_wishes() {
        for (query, accept, wanted, chosen) in [
            ("lang=ar", Some("de"), PageLang::Ar, true),
            ("a=b&lang=pl-PL", None, PageLang::Pl, true),
            ("lang=xx", Some("tr"), PageLang::Tr, false),
            ("lang=", None, PageLang::De, false),
            ("", Some("fr, uk;q=0.3, ru;q=0.5"), PageLang::Ru, false),
            ("", Some("de-CH,de;q=0.9,en;q=0.8"), PageLang::De, false),
            ("", Some("en, de"), PageLang::En, false),
            ("", Some("de;q=0, fr"), PageLang::En, false),
            ("", Some("*"), PageLang::En, false),
            ("", Some("de;q=nonsense,,;;;"), PageLang::En, false),
        ] {
            let visit = visit(query, accept);
            assert_eq!((visit.lang, visit.chosen), (wanted, chosen), "{query:?} {accept:?}");
        }
    }

    #[test]
    fn links_keep_a_chosen_language() {
        assert_eq!(
            [visit("lang=uk", None).suffix(), visit("", Some("uk")).suffix()],
            ["?lang=uk", ""]
        );
    }
}
