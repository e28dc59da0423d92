//! Rows P1 to P8: what stands in an answer. What `extract` makes of each in detail is tested beside its code.

use super::{Case, Seen, article, article_with, feed, page, source};
use crate::support::fake_web::{answer, html};

const READ: &str = "read, 1 documents";
const REFUSED: &str = "unreadable";

pub(super) fn cases() -> Vec<Case> {
    let all = [
        depths(),
        entities(),
        attributes(),
        charsets(),
        characters(),
        lengths(),
        data(),
        markup(),
    ];
    all.into_iter().flatten().map(Case::slow).collect()
}

fn depths() -> Vec<Case> {
    let nested = "<ul><li>".repeat(64 * 1024);
    let formatting = format!("{}{}", "<a>".repeat(40_000), "<i>".repeat(40_000));
    let deep_svg = format!("<svg>{}", "<g>".repeat(100_000));
    let frames = "<table><tr><td>".repeat(60_000);
    [
        ("200,000 nested <div>", "<div>".repeat(200_000)),
        ("512 KB of <ul><li>", nested),
        ("40,000 <a> and 40,000 <i>", formatting),
        ("100,000 nested <g>", deep_svg),
        ("60,000 nested tables", frames),
        ("150,000 elements side by side", "<p>a</p>".repeat(150_000)),
    ]
    .map(|(what, body)| page("P1", what, html(&body), REFUSED))
    .into_iter()
    .chain([source(
        "P1",
        "a section of 200,000 nested <div>",
        "section",
        html(&"<div>".repeat(200_000)),
        REFUSED,
    )])
    .collect()
}

fn entities() -> Vec<Case> {
    let grows: String = (1..10)
        .map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let xml =
        |kind: &str, body: &str| format!("<?xml version='1.0'?><!DOCTYPE {kind} [<!ENTITY l0 'lol'>{grows}]>{body}");
    let item = |what: &str| {
        format!("<rss version='2.0'><channel><item><title>{what}</title><link>{{site}}/1</link></item></channel></rss>")
    };
    let external = |system: &str, used: &str| {
        format!(
            "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY e SYSTEM '{system}'>]>{}",
            item(used)
        )
    };
    let parameter = format!(
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://{{inside}}/p.dtd'> %p;]>{}",
        item("x")
    );
    let xml_answer = |text: &str| answer("Content-Type: application/xml\r\n", text.as_bytes());
    let whole = |what: &str, text: &str| {
        let case = source("P2", what, "feed", xml_answer(text), "read, 1 documents, 1 pages").with("/1", article("1"));
        case.also(|seen| assert_eq!(seen.asked(), ["/x", "/1"]))
    };
    vec![
        whole("a billion laughs in a feed", &xml("rss", &item("&l9;"))),
        whole("an external entity", &external("file:///etc/passwd", "&e;")),
        whole(
            "an external entity on the network",
            &external("http://{inside}/e", "&e;"),
        ),
        whole("a parameter entity", &parameter),
        source(
            "P2",
            "a billion laughs in a sitemap",
            "sitemap",
            xml_answer(&xml("urlset", "<urlset><url><loc>/&l9;</loc></url></urlset>")),
            "read, 1 failed",
        ),
        page(
            "P2",
            "a billion laughs as a page",
            xml_answer(&xml("html", "<html>&l9;</html>")),
            REFUSED,
        ),
    ]
}

fn attributes() -> Vec<Case> {
    let many: String = (0..80_000).map(|n| format!(" a{n}=x")).collect();
    let spaces: String = (0..100_000).map(|n| format!(" xmlns:n{n}='u:{n}'")).collect();
    vec![
        page("P3", "80,000 attributes", html(&format!("<p{many}>x</p>")), REFUSED),
        source(
            "P3",
            "80,000 attributes in a feed",
            "feed",
            feed(&format!("<item{many}></item>")),
            "read",
        ),
        source(
            "P3",
            "100,000 namespaces in a feed",
            "feed",
            answer(
                "",
                format!("<rss version='2.0'{spaces}><channel></channel></rss>").as_bytes(),
            ),
            "unreadable",
        ),
        source(
            "P3",
            "100,000 namespaces in a sitemap",
            "sitemap",
            answer("", format!("<urlset{spaces}></urlset>").as_bytes()),
            "read",
        ),
    ]
}

fn is_german(seen: &Seen<'_>) {
    assert!(
        seen.texts
            .iter()
            .all(|text| text.contains("Kämmerer") && text.contains("erhöht")),
        "{:?}",
        seen.texts
    );
}

fn charsets() -> Vec<Case> {
    let text = article_with("x", "").replace("<meta charset=utf-8>", "");
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let typed = |kind: &str, bytes: &[u8]| answer(&format!("Content-Type: text/html{kind}\r\n"), bytes);
    let broken = [
        text.as_bytes(),
        b"\xed\xa0\x80\xed\xb0\x80 \xc0\xaf \xf5\x80\x80\x80 \xff",
    ]
    .concat();
    let utf_7 = article_with("x", "<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>");
    let escapes = article_with("x", "<p>\u{1b}$B<script>\u{1b}(B alert(1)</p>");
    vec![
        page(
            "P4",
            "charset=unknown",
            typed("; charset=unknown", text.as_bytes()),
            READ,
        )
        .also(is_german),
        page(
            "P4",
            "Latin-1 that says so",
            typed("; charset=iso-8859-1", &latin),
            READ,
        )
        .also(is_german),
        page(
            "P4",
            "UTF-16 with a mark",
            typed("", &[b"\xff\xfe".as_slice(), &wide].concat()),
            READ,
        )
        .also(is_german),
        page(
            "P4",
            "UTF-16 that only the header names",
            typed("; charset=utf-16le", &wide),
            READ,
        )
        .also(is_german),
        page(
            "P4",
            "UTF-8 that says UTF-16 in its own bytes",
            html(&text.replace("<title>", "<meta charset=utf-16><title>")),
            READ,
        )
        .also(is_german),
        // Replaced, and read all the same.
        page("P4", "Latin-1 that says UTF-8", typed("; charset=utf-8", &latin), READ),
        page(
            "P4",
            "lone surrogates and overlong forms",
            typed("; charset=utf-8", &broken),
            READ,
        )
        .also(is_german),
        page("P4", "UTF-7", typed("; charset=utf-7", utf_7.as_bytes()), READ)
            .also(|seen| assert!(!seen.texts.concat().contains('<'))),
        page(
            "P4",
            "escapes of ISO-2022-JP",
            typed("; charset=iso-2022-jp", escapes.as_bytes()),
            READ,
        )
        .also(|seen| assert!(!seen.texts.concat().contains("<script"))),
    ]
}

fn characters() -> Vec<Case> {
    let with = |what: &str, text: &str| {
        page("P5", what, html(&article_with("x", &format!("<p>{text}</p>"))), READ).also(is_german)
    };
    vec![
        with("NUL", "Null\0Null und\0 mehr"),
        with("direction marks", "Von links \u{202e}nach rechts\u{2066} und zurück"),
        with("joiners and tags", "ein\u{200d}Wort\u{e0041}\u{e0042}"),
        with("100,000 combining marks", &format!("e{}", "\u{301}".repeat(100_000))),
        with("100,000 ligatures", &"\u{fdfa}".repeat(100_000)),
        with("noncharacters", "\u{fffe}\u{ffff}\u{10ffff}"),
    ]
}

fn lengths() -> Vec<Case> {
    let word = "a".repeat(7_000_000);
    let words = "Wort ".repeat(1_000_000);
    let is_cut = |seen: &Seen<'_>| assert!(seen.texts.iter().all(|text| text.len() <= 200_000));
    vec![
        page("P6", "a word of 10 MB", html(&"a".repeat(10_000_000)), "too_large"),
        page(
            "P6",
            "a word of 7 MB",
            html(&article_with("x", &format!("<p>{word}</p>"))),
            READ,
        )
        .also(is_cut),
        page(
            "P6",
            "a million words",
            html(&article_with("x", &format!("<p>{words}</p>"))),
            READ,
        )
        .also(is_cut),
        page(
            "P6",
            "a title of 1 MB",
            html(&article_with("x", "").replacen('x', &"x".repeat(1_000_000), 1)),
            READ,
        )
        .also(is_cut),
    ]
}

fn data() -> Vec<Case> {
    let with = |what: &str, json: &str| {
        let block = format!("<script type=application/ld+json>{json}</script>");
        page("P7", what, html(&article_with("x", &block)), READ).also(is_german)
    };
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    vec![
        with("nested 10,000 deep", &deep),
        with("open brackets", &"[".repeat(100_000)),
        with(
            "1e999",
            "{\"@type\":\"ClaimReview\",\"reviewRating\":{\"ratingValue\":1e999}}",
        ),
        // The last one counts, and it is a fact-check: no sighting, so no document.
        Case {
            outcome: "read, 1 fact-checks".to_owned(),
            ..with(
                "the same key twice",
                "{\"@type\":\"ClaimReview\",\"@type\":\"ClaimReview\",\"claimReviewed\":\"a\",\"claimReviewed\":\"b\"}",
            )
        },
        with(
            "wrong types",
            "{\"@type\":\"ClaimReview\",\"claimReviewed\":{\"a\":[1]},\"url\":5,\"itemReviewed\":\"x\",\"author\":false}",
        ),
        with(
            "lone surrogates",
            "{\"@type\":\"ClaimReview\",\"claimReviewed\":\"\\ud800\"}",
        ),
        with("1 MB of nothing", &format!("[{}1]", "1,".repeat(500_000))),
        source(
            "P7",
            "a data file nested 10,000 deep",
            "claimreview",
            answer("Content-Type: application/json\r\n", deep.as_bytes()),
            "unreadable",
        ),
        source(
            "P7",
            "a timeline nested 10,000 deep",
            "mastodon",
            html(""),
            "unreadable",
        )
        .at("/api/v1/timelines/tag/x?limit=40")
        .with(
            "/api/v1/timelines/tag/x?limit=40",
            answer("Content-Type: application/json\r\n", format!("[{deep}]").as_bytes()),
        ),
    ]
}

fn markup() -> Vec<Case> {
    let hidden = [
        "<math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<svg><animate onbegin=alert(1) attributeName=x><set attributeName=href to=javascript:alert(1)></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template><script>alert(1)</script></template><iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<script>alert(1)</script><style>p{background:url(javascript:alert(1))}</style><a href='javascript:alert(1)'>Link</a>",
    ];
    let hidden = hidden.into_iter().map(|markup| {
        page("P8", markup, html(&article_with("x", markup)), READ).also(|seen| {
            let text = seen.texts.concat();
            assert!(
                text.contains("Grundsteuer") && !text.contains("<script") && !text.contains("<img"),
                "{text}"
            );
        })
    });
    hidden.collect()
}
