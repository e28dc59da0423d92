//! The demo's web, over a real socket.

use klarstelle::{
    demo::site,
    net::{Client, Request, Settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn fixture_sites_stand_on_loopback_and_name_each_other() {
    let web = site::serve().await.expect("fixtures/web is well-formed");
    let settings = Settings {
        allowed: "127.0.0.1".parse().expect("loopback"),
        ..Settings::default()
    };
    let client = Client::new(settings).expect("a client");
    assert!(web.sites.len() >= 6, "{} sites", web.sites.len());
    for site in &web.sites {
        for (_, url) in &site.sources {
            let first = client.fetch(Request::get(url.clone())).await.expect("an answer");
            assert_eq!(first.status, 200, "{url}");
            let text = String::from_utf8(first.body.to_vec()).expect("UTF-8");
            assert!(text.contains(site.base.as_str()), "{url} does not name its site");
            assert!(
                !text.contains(&format!("https://{}", site.host)),
                "{url} names {}",
                site.host
            );
            let again = Request::get(url.clone()).unless_unchanged(&first.validators);
            assert_eq!(client.fetch(again).await.expect("an answer").status, 304, "{url}");
        }
        for (path, wanted) in [
            ("/", 200),
            ("/robots.txt", 200),
            ("/no-such-page", 404),
            ("/site.toml", 404),
        ] {
            let url = site.base.join(path).expect("an address");
            let status = client.fetch(Request::get(url.clone())).await.expect(path).status;
            assert_eq!(status, wanted, "{url}");
        }
    }
}
