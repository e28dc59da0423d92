//! A few newspapers on loopback, whose feeds name each other's pages, and the real binary crawling them.

use std::{
    fmt::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use klarstelle::{
    domain::{Actor, SourceKind},
    store::{Store, StoreUrl},
};

use super::{
    fake_web::{FakeWeb, Hit, Script, html, redirect},
    process::{Ran, command, run},
};

const HOSTS: [&str; 5] = ["anzeiger", "bote", "courier", "echo", "gazette"];

/// Pages of each host.
const PAGES: usize = 6;

/// Time that each page takes.
const SLOW: Duration = Duration::from_millis(15);

pub(crate) struct Press {
    pub(crate) web: FakeWeb,
}

impl Press {
    /// Five papers: thirty pages, each named by its own feed, some by the next paper's too, and a link that leads on.
    pub(crate) fn stand() -> Self {
        let web = FakeWeb::hosts(&HOSTS);
        for (number, host) in HOSTS.iter().enumerate() {
            let next = HOSTS[(number + 1) % HOSTS.len()];
            let own = (0..PAGES).map(|page| web.url(host, &format!("/{page}")));
            let foreign = (0..2).map(|page| web.url(next, &format!("/{page}")));
            let links: Vec<_> = own.chain(foreign).chain([web.url(host, "/lead")]).collect();
            let feed = feed(links.iter().map(klarstelle::domain::WebUrl::as_str));
            web.put(host, "/feed.xml", Script::Page("application/rss+xml", feed));
            for page in 0..PAGES {
                web.put(host, &format!("/{page}"), slowly(html(&article(number * PAGES + page))));
            }
            web.put(host, "/there", slowly(html(&article(900 + number))));
            web.put(host, "/lead", redirect(web.url(host, "/there").as_str()));
        }
        Self { web }
    }

    /// All addresses that a crawl asks for, each once.
    pub(crate) const REQUESTS: usize = HOSTS.len() * (1 + 1 + PAGES + 2);

    /// Sets the sources in an empty store.
    pub(crate) async fn set(&self, url: &StoreUrl) {
        let store = Store::open(url).await.expect("a store");
        for host in HOSTS {
            let feed = self.web.url(host, "/feed.xml");
            let added = store
                .add_source(&feed, SourceKind::named("feed"), &Actor::Operator)
                .await;
            added.expect("set");
        }
        store.close().await;
    }

    /// A crawl of this web into this store.
    pub(crate) fn command(&self, data_dir: &Path, url: &StoreUrl) -> Command {
        let mut command = command(data_dir);
        let allowed: Vec<_> = self.web.addresses.values().map(ToString::to_string).collect();
        command
            .arg("crawl")
            .env("KLARSTELLE_NET_ALLOW_LOOPBACK", allowed.join(","))
            .env("KLARSTELLE_CRAWL_MIN_DELAY_MS", "5")
            // Fewer than there are papers: no crawl has all of them in hand.
            .env("KLARSTELLE_CRAWL_CONCURRENCY", "2")
            .env("KLARSTELLE_CRAWL_LEASE_MS", "1000");
        if let StoreUrl::Postgres(url) = url {
            command.env("KLARSTELLE_STORE_URL", url);
        }
        command
    }

    /// Runs a crawl to its end, off the async threads, which serve the web meanwhile.
    pub(crate) async fn crawl(&self, data_dir: &Path, url: &StoreUrl, arguments: &[&str]) -> Ran {
        let mut command = self.command(data_dir, url);
        command.args(arguments);
        let ran = tokio::task::spawn_blocking(move || run(&mut command));
        ran.await.expect("ran")
    }

    /// Waits until a path was asked for so often.
    pub(crate) async fn asked(&self, host: &str, path: &str, times: usize) {
        let end = Instant::now() + Duration::from_secs(20);
        while self.web.hits(host, path).len() < times {
            assert!(Instant::now() < end, "{host}{path} is not asked for");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Asserts that no host had two requests in flight.
    pub(crate) fn assert_one_at_a_time(&self) {
        for host in HOSTS {
            let mut hits: Vec<Hit> = self.web.hits(host, "/");
            hits.sort_by_key(|hit| hit.began);
            for pair in hits.windows(2) {
                let ended = pair[0].ended.expect("the answer is out");
                assert!(
                    ended <= pair[1].began,
                    "two at once at {host}: {} and {}",
                    pair[0].path,
                    pair[1].path
                );
            }
        }
    }
}

fn slowly(script: Script) -> Script {
    Script::After(SLOW, Box::new(script))
}

fn feed<'a>(links: impl Iterator<Item = &'a str>) -> String {
    let items = links.fold(String::new(), |mut items, link| {
        let _ = write!(items, "<item><title>x</title><link>{link}</link></item>");
        items
    });
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>")
}

/// An article with names that no other has and a statement that all have, and a review of a claim of its own.
pub(crate) fn article(number: usize) -> String {
    let name = |n: usize| {
        const SYLLABLES: [&str; 13] = [
            "ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "wi",
        ];
        let letters = [
            n * 7 + number * 3,
            n * 5 + number * 11,
            n * 11 + number / 13,
            number / 3 + n,
        ];
        letters.map(|letter| SYLLABLES[letter % 13]).concat()
    };
    let [mayor, town, river, street] = [1, 2, 3, 4].map(name);
    // A page that reviews a claim is no sighting of it: two of three are news only.
    let review = if number.is_multiple_of(3) {
        let reviewed = format!("Paper {number} reports that {mayor} of {town} has sold the river {river} to {street}");
        format!(
            "<script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"ClaimReview\",\
             \"claimReviewed\":\"{reviewed}\",\"identifier\":\"{number}\",\"author\":{{\"@type\":\"Organization\",\
             \"name\":\"Checkers\"}},\"reviewRating\":{{\"@type\":\"Rating\",\"alternateName\":\"False\"}}}}</script>"
        )
    } else {
        String::new()
    };
    format!(
        "<!doctype html><html lang=en><head><title>Report {number}</title><meta property=\"og:type\" content=\"article\">\
         <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\
         \"headline\":\"Report {number}\"}}</script>{review}</head><body><article>\
         <h1>Report {number}</h1>\
         <p>The council of {town} met on Tuesday evening to speak about the bridges over the {river}, and about {street} in particular.</p>\
         <p>“We have listened to {mayor} and to {street},” said the speaker, “and we will decide in spring, when {town} has been heard.”</p>\
         <p>The mayor said that all 412 bridges of the country will be closed next week.</p>\
         <p>Nobody in the hall at the {river} believed it, and {mayor} laughed.</p></article></body></html>"
    )
}
