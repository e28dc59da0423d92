//! Streams: a Jetstream on loopback, well-behaved and not.

use std::time::Duration;

use super::{
    Stage,
    services::{add, fixture, run},
};
use crate::support::fake_web::{Script, answer, close_frame, header, socket, status, text_frame};

pub(super) const STREAM: &str = "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=65536";

/// A stream without end is listened to for as long as the setting says; the next visit goes on where it stopped.
#[tokio::test]
async fn a_stream_is_a_batch_with_a_cursor() {
    let mut stage = Stage::hosts(&["jet"]);
    stage.settings.listen = Duration::from_millis(400);
    let event = |text: &str, at: u64| {
        let line = fixture("jetstream.ndjson").lines().next().expect("a line").to_owned();
        text_frame(
            &line
                .replace("Im Hafen brennt es.", text)
                .replace("1795341600000001", &at.to_string()),
        )
    };
    stage
        .web
        .put("jet", STREAM, socket(&[event("eins eins", 5), event("zwei zwei", 7)]));
    stage.web.put(
        "jet",
        &format!("{STREAM}&cursor=7"),
        socket(&[event("drei drei", 9), close_frame()]),
    );
    add(&stage, "jetstream", "jet", "/subscribe");
    let (report, gather) = run(&stage).await;
    assert_eq!(
        (report.failed().count(), gather.texts()),
        (0, vec!["eins eins".to_owned(), "zwei zwei".to_owned()])
    );
    stage.wait(Duration::from_mins(16));
    let (_, gather) = run(&stage).await;
    assert_eq!(gather.texts(), ["drei drei"]);
    let hits = stage.web.hits("jet", "/subscribe");
    assert_eq!(header(&hits[0].head, "upgrade").as_deref(), Some("websocket"));
    assert_eq!(
        stage.web.hits("jet", "/robots.txt").len(),
        1,
        "robots.txt is asked for streams too"
    );
}

#[tokio::test]
async fn a_stream_that_misbehaves_is_told() {
    let mut huge = vec![0x81, 127];
    huge.extend((2_u64 << 20).to_be_bytes());
    for (script, wanted) in [
        (status(429, "Retry-After: 5\r\n"), Some("status_429")),
        (
            status(
                101,
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm9uc2Vuc2U=\r\n",
            ),
            Some("protocol"),
        ),
        (answer("", b"hello"), Some("protocol")),
        (socket(&[huge]), Some("too_large")),
        (socket(&[text_frame("nonsense"), close_frame()]), Some("unreadable")),
        (socket(&[text_frame("{\"time_us\":5}"), close_frame()]), None),
        (socket(&[vec![0xf1, 0]]), Some("protocol")),
        (Script::Silent, Some("timeout")),
    ] {
        let mut stage = Stage::hosts(&["jet"]);
        stage.settings.listen = Duration::from_millis(300);
        stage.web.put("jet", STREAM, script.clone());
        add(&stage, "jetstream", "jet", "/subscribe");
        run(&stage).await;
        let found = stage.error_at("jet", "/subscribe");
        assert_eq!(found.as_deref(), wanted, "{script:?}");
    }
}
