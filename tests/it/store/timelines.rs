//! How a claim spread.

use klarstelle::{
    domain::{ClaimId, Lang, Timestamp},
    store::{Store, Timeline},
};

use super::claim;
use crate::support::{
    databases,
    newsroom::{LONG, Newsroom, SIGHTINGS, see},
};

async fn timeline(store: &Store, id: &ClaimId) -> Timeline {
    store.timeline(id).await.unwrap().expect("a known claim")
}

#[tokio::test]
async fn sightings_are_counted_by_day_source_language_and_wording() {
    for db in databases().await {
        let store = db.open().await;
        let room = Newsroom::fill(&store).await;
        let told = timeline(&store, &room.long).await;
        let days: Vec<_> = told
            .days
            .iter()
            .map(|tally| (tally.of.date(), tally.sightings))
            .collect();
        let day = |day: u64, sightings: u64| (format!("2026-05-{day:02}"), sightings);
        assert_eq!(
            days,
            [
                day(2, 5),
                day(3, 5),
                day(4, 4),
                day(5, 4),
                day(6, 4),
                day(7, 4),
                day(8, 4)
            ]
        );
        assert_eq!(told.first_sighted, Timestamp::parse("2026-05-02"));
        assert_eq!(told.last_sighted, Timestamp::parse("2026-05-08"));
        let languages: Vec<_> = told.languages.iter().map(|tally| (tally.of, tally.sightings)).collect();
        assert_eq!(languages, [(Lang::DE, 20), (Lang::AR, 10)]);
        assert_eq!(told.variant_count, 21);
        let (first, rest) = told.variants.split_first().expect("wordings");
        assert_eq!((first.of.text.as_str(), first.sightings), (LONG, 10));
        assert!(rest.iter().all(|tally| tally.sightings == 1) && rest.len() == 20);
        let sources: Vec<_> = told
            .sources
            .iter()
            .map(|tally| (tally.of.clone(), tally.sightings))
            .collect();
        assert_eq!(sources, [(None, SIGHTINGS as u64)]);
        let earliest = told.earliest.as_ref().expect("a sighting");
        assert_eq!(
            (earliest.published_at, earliest.title.as_str()),
            (Timestamp::parse("2026-05-02"), "Meldung 0")
        );
        // Published on the 4th; one that was withdrawn and one written later do not count.
        assert_eq!(told.first_checked, Timestamp::parse("2026-05-04"));
        assert_eq!(told.lag_ms(), Some(2 * 86_400_000));
    }
}

#[tokio::test]
async fn an_old_paper_counts_on_its_own_day_and_a_wording_in_each_language() {
    for db in databases().await {
        let store = db.open().await;
        let id = claim(&store, "The dam at Akcadere is cracked").await.id;
        for (lang, day) in [(Lang::EN, "1969-12-31T12:00:00Z"), (Lang::DE, "1970-01-01T12:00:00Z")] {
            see(&store, id, day, ("The dam at Akcadere is cracked", lang), day).await;
        }
        let told = timeline(&store, &id).await;
        let days: Vec<_> = told.days.iter().map(|tally| tally.of.date()).collect();
        assert_eq!(days, ["1969-12-31", "1970-01-01"]);
        assert_eq!(told.days, store.days_sighted(&id).await.unwrap());
        assert_eq!((told.variant_count, told.variants.len()), (2, 2));
    }
}

#[tokio::test]
async fn a_claim_that_nobody_saw_has_an_empty_one_and_no_claim_has_none() {
    for db in databases().await {
        let store = db.open().await;
        let id = claim(&store, "The dam at Akcadere is cracked").await.id;
        let told = timeline(&store, &id).await;
        assert!(told.days.is_empty() && told.variants.is_empty() && told.earliest.is_none());
        assert_eq!((told.first_sighted, told.lag_ms(), told.variant_count), (None, None, 0));
        assert_eq!(store.timeline(&ClaimId::new()).await.unwrap(), None);
    }
}
