//! Looking for the feeds of a site whose home page was given, and saying what was found.

use super::{
    crawl::{client, politeness},
    output::tame,
};
use crate::{
    config::Settings,
    crawl::{Context, Discovered, Discovery, FoundBy, Sources, discover},
    domain::{Actor, Timestamp, WebUrl},
    ingest::Ingest,
    store::Store,
};

/// Whether an address looks like a front door: nothing behind the host, one folder, or somebody's `/@name`.
pub(super) fn is_home_page(url: &WebUrl) -> bool {
    let url = url.to_url();
    let path = url.path().trim_end_matches("index.html");
    let depth = path.split('/').filter(|part| !part.is_empty()).count();
    let is_door = path.ends_with('/') || path.starts_with("/@");
    url.query().is_none() && (depth == 0 || (depth == 1 && is_door))
}

/// Looks, says what was found, and gives what should be added; nothing if the address itself should.
pub(super) async fn look(settings: &Settings, store: &Store, home: &WebUrl) -> anyhow::Result<Vec<Discovered>> {
    let client = client(settings)?;
    let context = Context {
        client: &client,
        settings: &politeness(settings),
        sources: &Sources::standard(),
        frontier: store,
        reader: &Ingest::new(store.clone(), Actor::Operator),
        clock: &Timestamp::now,
        progress: &(),
    };
    let discovery = discover(&context, home).await?;
    for line in told(&discovery, home) {
        eprintln!("klarstelle: {}", tame(&line));
    }
    Ok(discovery.found)
}

fn told(discovery: &Discovery, home: &WebUrl) -> Vec<String> {
    if let Some(obstacle) = &discovery.obstacle {
        return vec![format!("{home} could not be looked at ({obstacle}): added as one page")];
    }
    if discovery.found.is_empty() {
        return vec![format!(
            "{home} names no feed, and there is none at the usual places: added as one page; --kind section follows its links"
        )];
    }
    let found = discovery.found.iter().map(|found| {
        let title = if found.title.is_empty() {
            String::new()
        } else {
            format!(" “{}”", found.title)
        };
        let how = match found.by {
            FoundBy::Itself => "this is one",
            FoundBy::Link => "named by the page",
            FoundBy::UsualPlace => "at a usual place",
        };
        format!("found a {}{title}: {} ({how})", found.kind, found.url)
    });
    let comments = discovery
        .comments
        .iter()
        .map(|url| format!("left alone, as it is of comments: {url}"));
    found.chain(comments).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_page_is_a_front_door() {
        for (url, wanted) in [
            ("https://a.example", true),
            ("https://a.example/", true),
            ("https://a.example/index.html", true),
            ("https://a.example/de/", true),
            ("https://a.example/@name", true),
            ("https://a.example/@name/1", false),
            ("https://a.example/artikel", false),
            ("https://a.example/politik/artikel/", false),
            ("https://a.example/?p=1", false),
        ] {
            assert_eq!(is_home_page(&WebUrl::parse(url).expect(url)), wanted, "{url}");
        }
    }
}
