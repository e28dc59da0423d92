//! The public preview of a Telegram channel, as a browser without an account sees it (`https://t.me/s/<channel>`). Older
//! posts are asked for by `?before=<number>`.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};

use super::{Findings, Found, Kind, Located, Plan, findings, page, problem, with_parameter};
use crate::{
    domain::{Document, SourceKind, WebUrl},
    extract::{self, RawPost},
    net::Fetched,
};

/// Most posts of one answer that are read; a preview shows 20.
const MAX_POSTS: usize = 200;

macro_rules! selector {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Selector> = LazyLock::new(|| Selector::parse($text).expect("a fixed selector"));
    };
}

selector!(POSTS, ".tgme_widget_message[data-post]");
selector!(TEXT, ".js-message_text, .tgme_widget_message_text");
selector!(TIME, ".tgme_widget_message_date time[datetime], time[datetime]");

pub(super) struct Telegram;

impl Kind for Telegram {
    fn name(&self) -> SourceKind {
        SourceKind::named("telegram")
    }

    fn about(&self) -> &'static str {
        "the public preview of a Telegram channel (t.me/s/…)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["https://t.me/s/:channel", "https://t.me/s/:channel?before=:number"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        const NO: &str = "a public channel is at t.me/s/… and has a name, not an invitation";
        let parsed = url.to_url();
        let is_telegram = matches!(parsed.host_str(), Some("t.me" | "www.t.me" | "telegram.me"));
        let parts: Vec<_> = parsed
            .path_segments()
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        match parts[..] {
            ["s", channel] | [channel] if is_channel(channel) && is_telegram => preview(channel),
            ["s", channel] if is_channel(channel) => Located::Possible(url.clone()),
            _ if is_telegram => Located::Refused(NO),
            _ => Located::No(NO),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            answers: 3,
            ..Plan::ask(source.clone(), page::ACCEPT)
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let text = extract::decode(&answer.body, answer.content_type.as_deref()).text;
        let html = match extract::html(&text) {
            Ok(html) => html,
            Err(error) => return problem(error.to_string()),
        };
        let posts: Vec<_> = html.select(&POSTS).take(MAX_POSTS).collect();
        if posts.is_empty() && !is_preview(&html) {
            return problem("not the preview of a public channel");
        }
        let documents = posts.iter().filter_map(|post| document(*post));
        let found = documents.map(|document| Found::Document(Box::new(document)));
        let oldest = posts.iter().filter_map(|post| Some(number(*post)?.1)).min();
        // The first post has no older one.
        let before = oldest.filter(|number| *number > 1).map(|number| number.to_string());
        let next = before.map(|number| Found::Next(with_parameter(&answer.url, "before", &number)));
        findings(found.chain(next).collect::<Vec<_>>())
    }
}

fn preview(channel: &str) -> Located {
    let url = WebUrl::parse(&format!("https://t.me/s/{channel}"));
    url.map_or(Located::No("not an address"), Located::Sure)
}

/// Telegram's rule for names; `+…` and `joinchat` are invitations.
fn is_channel(name: &str) -> bool {
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_plain && (4..=32).contains(&name.len()) && !matches!(name, "joinchat" | "share" | "addstickers" | "iv")
}

/// A channel without a post in sight is one all the same.
fn is_preview(html: &Html) -> bool {
    selector!(CHANNEL, ".tgme_channel_history, .tgme_channel_info");
    html.select(&CHANNEL).next().is_some()
}

/// `channel/123`.
fn number(post: ElementRef<'_>) -> Option<(&str, u64)> {
    let (channel, number) = post.value().attr("data-post")?.split_once('/')?;
    is_channel(channel).then_some((channel, number.parse().ok()?))
}

/// A post whose text is its own, not that of the post which it answers.
fn document(post: ElementRef<'_>) -> Option<Document> {
    let (channel, number) = number(post)?;
    let text = post.select(&TEXT).find(|text| !is_quoted(*text))?;
    let text = extract::element_text(text, |element| {
        element.name() == "a" && element.attr("href").is_some_and(is_account)
    });
    let time = post.select(&TIME).next().and_then(|time| time.attr("datetime"));
    RawPost {
        url: WebUrl::parse(&format!("https://t.me/{channel}/{number}")).ok()?,
        title: "",
        text: &text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>"),
        lang: None,
        published: time.unwrap_or_default(),
        account: Some(&format!("telegram {channel}")),
    }
    .document()
}

fn is_quoted(element: ElementRef<'_>) -> bool {
    let parents = element.ancestors().filter_map(ElementRef::wrap);
    parents.into_iter().any(|parent| {
        parent
            .value()
            .has_class("tgme_widget_message_reply", scraper::CaseSensitivity::CaseSensitive)
    })
}

/// A link to an account or channel, with nothing behind its name.
fn is_account(href: &str) -> bool {
    let name = href
        .strip_prefix("https://t.me/")
        .or_else(|| href.strip_prefix("tg://resolve?domain="));
    name.is_some_and(|name| is_channel(name.trim_end_matches('/')))
}
