//! A YouTube channel's or playlist's feed; of each video the description and, where there are any, the captions. Captions are
//! found as a browser finds them: the video's page names tracks, and each is XML (`<transcript>` or `<timedtext>`). What
//! YouTube's robots.txt forbids is not fetched.

use std::sync::LazyLock;

use quick_xml::{Reader, events::Event};
use scraper::Selector;
use serde_json::Value;

use super::{Findings, Found, Kind, Located, Plan, findings, page, parameter, problem, with_parameter};
use crate::{
    domain::{Document, SourceKind, WebUrl},
    extract::{self, RawPost},
    net::Fetched,
};

const FEED: &str = "/feeds/videos.xml";

const CAPTIONS: &str = "/api/timedtext";

/// Longest transcript, in bytes; three hours of talk.
const MAX_TRANSCRIPT: usize = 200 * 1000;

static SCRIPTS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("script").expect("a fixed selector"));

pub(super) struct YouTube;

impl Kind for YouTube {
    fn name(&self) -> SourceKind {
        SourceKind::named("youtube")
    }

    fn about(&self) -> &'static str {
        "a YouTube channel or playlist: descriptions, and captions where there are any"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &[
            "https://www.youtube.com/feeds/videos.xml?channel_id=:id",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=:id",
            "https://www.youtube.com/watch?v=:id",
            "https://www.youtube.com/api/timedtext?v=:id&lang=:language",
        ]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let parsed = url.to_url();
        let is_youtube = matches!(
            parsed.host_str(),
            Some("www.youtube.com" | "youtube.com" | "m.youtube.com")
        );
        let has_id = ["channel_id", "playlist_id", "user"]
            .iter()
            .any(|name| parameter(url, name).is_some());
        if parsed.path() == FEED && has_id {
            return if is_youtube {
                Located::Sure(url.clone())
            } else {
                Located::Possible(url.clone())
            };
        }
        let parts: Vec<_> = parsed.path_segments().into_iter().flatten().collect();
        let list = parameter(url, "list").filter(|id| is_id(id));
        match (&parts[..], list) {
            (["channel", id, ..], _) if is_youtube && is_id(id) => feed("channel_id", id),
            (["playlist"], Some(id)) if is_youtube => feed("playlist_id", &id),
            _ => Located::No(
                "a channel is at /channel/UC…, a playlist at /playlist?list=…; of /@… the feed is found by itself",
            ),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            depth: 1,
            ..Plan::ask(source.clone(), "application/atom+xml, application/xml;q=0.9, */*;q=0.5")
        }
    }

    /// The feed names the videos' pages.
    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        match extract::feed(&answer.body, &answer.url) {
            Ok(items) => findings(items.into_iter().filter_map(|item| item.url.map(Found::Page))),
            Err(error) => problem(error.to_string()),
        }
    }

    fn page_plan(&self, page: &WebUrl) -> Plan {
        Plan {
            answers: 2,
            ..Plan::ask(page.clone(), page::ACCEPT)
        }
    }

    fn read_page(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        if answer.url.to_url().path() == CAPTIONS {
            transcript(answer)
        } else {
            video(answer)
        }
    }
}

fn feed(parameter: &str, id: &str) -> Located {
    let url = WebUrl::parse(&format!("https://www.youtube.com{FEED}?{parameter}={id}"));
    url.map_or(Located::No("not an address"), Located::Sure)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// A video's page: its description, and where its captions are. The two are two documents, so that neither overwrites the
/// other: people read the captions at `…&cc_load_policy=1`, which turns them on.
fn video(answer: &Fetched) -> Findings {
    let text = extract::decode(&answer.body, answer.content_type.as_deref()).text;
    let html = match extract::html(&text) {
        Ok(html) => html,
        Err(error) => return problem(error.to_string()),
    };
    let mut scripts = html.select(&SCRIPTS).map(|script| script.text().collect::<String>());
    let Some(player) = scripts.find_map(|script| player(&script)) else {
        return problem("not a video's page");
    };
    let document = description(&player, &answer.url).map(|document| Found::Document(Box::new(document)));
    let captions = captions(&player, &answer.url).map(Found::Next);
    findings(document.into_iter().chain(captions).collect::<Vec<_>>())
}

/// `var ytInitialPlayerResponse = {…};`
fn player(script: &str) -> Option<Value> {
    let (_, rest) = script.split_once("ytInitialPlayerResponse")?;
    let json = rest.trim_start().strip_prefix('=')?.trim_start();
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
    values.next()?.ok().filter(Value::is_object)
}

fn description(player: &Value, page: &WebUrl) -> Option<Document> {
    let details = &player["videoDetails"];
    let about = &player["microformat"]["playerMicroformatRenderer"];
    let text = details["shortDescription"].as_str().unwrap_or_default();
    let channel = details["channelId"].as_str().map(|id| format!("youtube {id}"));
    RawPost {
        url: video_page(page, details["videoId"].as_str()?)?,
        title: details["title"].as_str().unwrap_or_default(),
        text: &text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>"),
        lang: None,
        published: about["publishDate"].as_str().unwrap_or_default(),
        account: channel.as_deref(),
    }
    .document()
}

fn video_page(base: &WebUrl, id: &str) -> Option<WebUrl> {
    base.join(&format!("/watch?v={id}")).ok().filter(|_| is_id(id))
}

/// The track that people wrote, rather than one that a machine heard (`asr`); on the video's own host only.
fn captions(player: &Value, page: &WebUrl) -> Option<WebUrl> {
    let tracks = player["captions"]["playerCaptionsTracklistRenderer"]["captionTracks"].as_array()?;
    let written = tracks.iter().find(|track| track["kind"] != "asr");
    let url = page
        .join(written.or_else(|| tracks.first())?["baseUrl"].as_str()?)
        .ok()?;
    let (is_track, at) = (url.to_url().path() == CAPTIONS, url.to_url());
    (is_track && at.origin() == page.to_url().origin()).then(|| with_parameter(&url, "fmt", "srv1"))
}

/// A caption track: `<text start="0" dur="2">…</text>` or `<p t="0" d="2000">…</p>`, one line after the other.
fn transcript(answer: &Fetched) -> Findings {
    let words = spoken(&answer.body);
    let lang = parameter(&answer.url, "lang");
    let page = parameter(&answer.url, "v").and_then(|id| video_page(&answer.url, &id));
    let document = page.and_then(|page| {
        RawPost {
            url: with_parameter(&page, "cc_load_policy", "1"),
            title: "",
            text: &words.replace('&', "&amp;").replace('<', "&lt;"),
            lang: lang.as_deref(),
            published: "",
            account: None,
        }
        .document()
    });
    match document {
        Some(document) => findings([Found::Document(Box::new(document))]),
        None => problem("not captions"),
    }
}

/// What is said, in one paragraph: lines of captions end where the screen does, not where sentences do.
fn spoken(xml: &[u8]) -> String {
    let mut reader = Reader::from_reader(xml);
    let (mut buffer, mut words, mut inside) = (Vec::new(), String::new(), false);
    while words.len() < MAX_TRANSCRIPT {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) if matches!(tag.local_name().as_ref(), "text" | "p") => inside = true,
            Ok(Event::End(tag)) if matches!(tag.local_name().as_ref(), "text" | "p") => {
                inside = false;
                words.push(' ');
            }
            Ok(Event::Text(text)) if inside => words.push_str(&text),
            Ok(Event::GeneralRef(entity)) if inside => {
                words.push_str(&format!("&{};", &*entity));
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    // Captions are escaped twice: once as XML, once as HTML.
    extract::plain(&extract::plain(&words))
}
