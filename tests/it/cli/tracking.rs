//! `klarstelle queue` and `klarstelle alarms`.

use klarstelle::{
    domain::{Actor, ClaimText, Lang, Receipt},
    store::{About, Filing, Store, StoreUrl},
};

use crate::support::process::klarstelle;

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_and_the_alarms_are_printed_for_people_and_programs() {
    let data = tempfile::tempdir().expect("folder");
    let store = Store::open(&StoreUrl::Sqlite(data.path().join("store.sqlite3")))
        .await
        .unwrap();
    let none = klarstelle(data.path(), &["alarms"]);
    assert_eq!(none.stdout_line(), "No alarm.");
    let text = ClaimText::parse("Die Brücke in Grünhagen ist gesperrt.").unwrap();
    let claim = store
        .create_claim(&text, Lang::DE, &Actor::Operator)
        .await
        .unwrap()
        .into_inner();
    for number in 0..10_u8 {
        let filing = Filing {
            about: About::Claim(claim.id),
            text: None,
            quote: None,
            url: None,
            lang: Lang::DE,
            receipt: &|_| Receipt::new([number; 10]),
        };
        store.file(&filing).await.unwrap();
    }
    store.close().await;
    let queue = klarstelle(data.path(), &["queue", "--format", "json"]).json();
    assert_eq!(queue["claim"]["id"], claim.id.to_string(), "{queue}");
    assert_eq!(queue["request_count"], 10);
    assert_eq!(queue["factors"][3]["name"], "requests");
    let told = klarstelle(data.path(), &["queue", "--language", "de"]).stdout_line();
    assert!(
        told.contains("Grünhagen") && told.contains("requests 3.67 (10)"),
        "{told}"
    );
    assert_eq!(
        klarstelle(data.path(), &["queue", "--language", "fr"]).stdout_line(),
        "Nothing waits for a check."
    );
    let alarm = klarstelle(data.path(), &["alarms", "--since", "2026-01-01", "--format", "json"]).json();
    assert_eq!(
        (&alarm["kind"], &alarm["evidence"]["requests"]),
        (&"coordinated".into(), &10.into()),
        "{alarm}"
    );
    let told = klarstelle(data.path(), &["alarms", "--kind", "coordinated"]).stdout_line();
    assert!(told.contains("10 asked for a check, within 15 minutes"), "{told}");
    assert_eq!(klarstelle(data.path(), &["alarms", "--since", "soon"]).code, 2);
}
