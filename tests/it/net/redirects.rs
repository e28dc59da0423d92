//! Rows F12 to F14 and F18: where an answer sends us.

use http::HeaderValue;
use klarstelle::net::Request;

use super::{client, outcome};
use crate::support::fake_web::{FakeWeb, header, html, redirect, status};

#[tokio::test]
async fn redirects_are_followed_five_times() {
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    for n in 1..=6 {
        web.put("news", &format!("/{n}"), redirect(&format!("/{}", n - 1)));
    }
    web.put("news", "/0", html("here"));
    web.put("news", "/loop", redirect("/loop"));
    for (path, wanted) in [
        ("/5", Ok(4)),
        ("/6", Err("too_many_redirects")),
        ("/loop", Err("too_many_redirects")),
    ] {
        assert_eq!(outcome(&client, web.url("news", path)).await, wanted, "{path}");
    }
    assert_eq!(web.hits("news", "/loop").len(), 6);
}

#[tokio::test]
async fn a_redirect_must_lead_to_a_web_address() {
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    let long = format!("/{}", "x".repeat(2100));
    for (location, wanted) in [
        ("file:///etc/passwd", "url_not_allowed"),
        ("ftp://news.example/", "url_not_allowed"),
        ("gopher://news.example/", "url_not_allowed"),
        ("data:text/html,x", "url_not_allowed"),
        ("javascript:alert(1)", "url_not_allowed"),
        ("unix:/run/docker.sock", "url_not_allowed"),
        ("http://user:secret@127.0.0.1/", "url_not_allowed"),
        ("http://[half/", "url_not_allowed"),
        (&long, "url_not_allowed"),
        (&"x".repeat(1_000_000), "protocol"),
        ("http://10.0.0.1/", "address_not_allowed"),
        ("//169.254.169.254/latest/meta-data", "address_not_allowed"),
        ("http://2130706433:22/", "interrupted"),
    ] {
        web.put("news", "/", redirect(location));
        let got = outcome(&client, web.url("news", "/")).await;
        // An allowed loopback address with a port on which nobody listens: followed, and found dead.
        let got = got.map_err(|word| if word == "connect" { "interrupted" } else { word });
        assert_eq!(got, Err(wanted), "{}", &location[..location.len().min(60)]);
    }
    web.put("news", "/", status(302, ""));
    assert_eq!(outcome(&client, web.url("news", "/")).await, Err("bad_redirect"));
}

#[tokio::test]
async fn what_is_meant_for_one_host_does_not_reach_another() {
    let (web, client) = (FakeWeb::hosts(&["ours", "theirs"]), client());
    web.put("ours", "/away", redirect(web.url("theirs", "/").as_str()));
    web.put("ours", "/near", redirect("/"));
    for path in ["/away", "/near"] {
        let request = Request::get(web.url("ours", path)).authorization(HeaderValue::from_static("Bearer x"));
        client.fetch(request.accept("text/html")).await.expect("an answer");
    }
    let sent = |host, name| header(&web.hits(host, "/").last().expect("a hit").head, name);
    assert_eq!(sent("ours", "authorization").as_deref(), Some("Bearer x"));
    assert_eq!(sent("theirs", "authorization"), None);
    assert_eq!(sent("theirs", "accept").as_deref(), Some("text/html"));
}
