use super::*;

/// Of each row its identifier, or its line and what is wrong with it.
fn read(file: &str) -> Vec<String> {
    let defaults = Defaults {
        publisher: Some("P".into()),
        lang: Some(crate::domain::Lang::EN),
        ..Defaults::default()
    };
    let rows = Reader::new(file.as_bytes(), defaults).map(|row| match row {
        Ok(check) => check.identifier.unwrap_or_default(),
        Err(Unreadable { line, reason }) => {
            format!("{line} {}", format!("{reason:?}").split('(').next().unwrap_or_default())
        }
    });
    rows.collect()
}

fn row(id: &str) -> String {
    format!(r#"{{"@type":"ClaimReview","claimReviewed":"It is so.","identifier":"{id}"}}"#)
}

fn fill(template: &str) -> String {
    ["a", "b", "c"].iter().fold(template.to_owned(), |text, id| {
        text.replace(&format!("<{id}>"), &row(id))
    })
}

#[test]
fn finds_out_the_form() {
    for (file, wanted) in [
        ("<a>", &["a"][..]),
        ("<a>\n<b>\n", &["a", "b"]),
        ("\u{feff}<a>\r\n\r\n<b>", &["a", "b"]),
        ("[<a>,<b>]", &["a", "b"]),
        ("[\n<a>,\n<b>\n]\n", &["a", "b"]),
        ("[<a>]\n[<b>]", &["a", "b"]),
        ("[<a>]\n<b>\n<c>", &["a", "b", "c"]),
        ("[]", &[]),
        ("", &[]),
        (" \n ", &[]),
        (
            r#"{"@type":"DataFeed","name":"x","dataFeedElement":[{"item":[<a>,<b>]},{"item":<c>}]}"#,
            &["a", "b", "c"],
        ),
        (
            "{\"@type\":\"DataFeed\",\n\"dataFeedElement\":[\n<a>,\n<b>],\n\"name\":\"x\"\n}\n",
            &["a", "b"],
        ),
        ("{\n\"dataFeedElement\" : [ ] }", &[]),
        (
            "{\"@context\": \"x\",\n \"@graph\": [<a>, {\"@type\": \"Person\"}]\n}",
            &["a"],
        ),
        (
            "{\"@type\": \"ClaimReview\",\n\"claimReviewed\": \"x\",\n\"identifier\": 7}\n",
            &["7"],
        ),
        (
            "{\"itemListElement\":\n[{\"item\":<a>},\n{\"@type\":\"Article\",\"hasPart\":[<b>]}]}",
            &["a", "b"],
        ),
        ("[{\"@type\":\"Article\"},<a>]", &["a"]),
    ] {
        assert_eq!(read(&fill(file)), wanted, "{file}");
    }
}

#[test]
fn goes_on_after_what_it_cannot_read() {
    for (file, wanted) in [
        ("<a>\n{\"x\": \n<b>", &["a", "2 NotJson", "b"][..]),
        ("{\"x\": \"cut\n<a>\n<b>", &["1 NotJson", "a", "b"]),
        ("nonsense\n<a>", &["1 NotJson", "a"]),
        (
            "<a>\n[]\n5\n\"x\"\n{}\n<b>",
            &["a", "2 NoReview", "3 NoReview", "4 NoReview", "5 NoReview", "b"],
        ),
        ("[<a>, 5, {\"x\": tru}, <b>]", &["a", "1 NoReview", "1 NotJson", "b"]),
        ("[<a>,\n}, : ,<b>]", &["a", "2 NotJson", "2 NotJson", "b"]),
        ("[<a>,\n<b>,\n{\"x", &["a", "b", "3 Unfinished", "3 Unfinished"]),
        ("{\"dataFeedElement\":[<a>,\n<b>", &["a", "b", "2 Unfinished"]),
        ("{\"@context\":\n", &["1 Unfinished"]),
        ("{\n 5 }\n<a>", &["2 Broken", "a"]),
        ("{\"name\"\n \"x\" }\n<a>", &["2 Broken", "a"]),
        ("[{\"@type\":\"Article\"}]", &["1 NoReview"]),
        ("{\"@type\":\"Article\",\n\"name\":\"x\"}", &["1 NoReview"]),
    ] {
        assert_eq!(read(&fill(file)), wanted, "{file}");
    }
}

#[test]
fn a_row_that_is_too_long_is_passed_over() {
    let long = format!(r#"{{"claimReviewed":"{}","identifier":"l"}}"#, "x ".repeat(MAX_BYTES));
    let lines = format!("{}\n{long}\n{}", row("a"), row("b"));
    assert_eq!(read(&lines), ["a", "2 TooLong", "b"]);
    let list = format!("[{},{long},\n{}]", row("a"), row("b"));
    assert_eq!(read(&list), ["a", "1 TooLong", "b"]);
    assert_eq!(read(&format!("{long}\n{}", row("a"))), ["1 TooLong", "a"]);
}

#[test]
fn a_feed_on_one_long_line_is_streamed() {
    let items: Vec<String> = (0..20_000)
        .map(|i| format!(r#"{{"item":{}}}"#, row(&i.to_string())))
        .collect();
    let feed = format!(r#"{{"@type":"DataFeed","dataFeedElement":[{}]}}"#, items.join(","));
    assert!(feed.len() > MAX_BYTES);
    assert_eq!(read(&feed).len(), 20_000);
}

#[test]
fn a_fault_of_the_input_ends_it() {
    use std::io::{BufReader, Read};
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk on fire"))
        }
    }
    let good = format!("{}\n", row("a"));
    let defaults = Defaults {
        publisher: Some("P".into()),
        ..Defaults::default()
    };
    let mut reader = Reader::new(BufReader::new(good.as_bytes().chain(Broken)), defaults);
    assert!(reader.by_ref().next().is_some_and(|row| row.is_err() || row.is_ok()));
    assert!(reader.by_ref().last().is_none_or(|row| matches!(
        row,
        Err(Unreadable {
            reason: Reason::Read(_),
            ..
        })
    )));
}

proptest::proptest! {
    #[test]
    fn never_panics_and_ends(text in r#"([\[\]{},:"\\\n 5t]|<a>|"dataFeedElement":|"@graph":){0,40}"#) {
        assert!(read(&fill(&text)).len() <= 200);
    }
}
