//! How a claim spread, as `openapi.yaml` describes it.

use serde::Serialize;

use super::wire::SightingWire;
use crate::{
    domain::{Lang, Timestamp},
    store::{Leader, Tally, Timeline, Variant},
};

#[derive(Serialize)]
pub(crate) struct TimelineWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_sighted: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sighted: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<SightingWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_checked: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lag_seconds: Option<i64>,
    days: Vec<DayWire>,
    sources: Vec<SourceWire<'a>>,
    languages: Vec<LanguageWire>,
    variants: Vec<VariantWire<'a>>,
    variant_count: u64,
}

impl<'a> TimelineWire<'a> {
    pub(crate) fn of(timeline: &'a Timeline) -> Self {
        Self {
            first_sighted: timeline.first_sighted,
            last_sighted: timeline.last_sighted,
            earliest: timeline.earliest.as_ref().map(SightingWire::of),
            first_checked: timeline.first_checked,
            lag_seconds: timeline.lag_ms().map(|ms| ms / 1000),
            days: timeline.days.iter().map(DayWire::of).collect(),
            sources: timeline.sources.iter().map(SourceWire::of).collect(),
            languages: timeline.languages.iter().map(LanguageWire::of).collect(),
            variants: timeline.variants.iter().map(VariantWire::of).collect(),
            variant_count: timeline.variant_count,
        }
    }
}

#[derive(Serialize)]
struct DayWire {
    date: String,
    sightings: u64,
}

impl DayWire {
    fn of(tally: &Tally<Timestamp>) -> Self {
        Self {
            date: tally.of.date(),
            sightings: tally.sightings,
        }
    }
}

#[derive(Serialize)]
struct SourceWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    sightings: u64,
}

impl<'a> SourceWire<'a> {
    fn of(tally: &'a Tally<Option<Leader>>) -> Self {
        let source = tally.of.as_ref();
        Self {
            id: source.map(|source| source.id.to_string()),
            url: source.map(|source| source.url.as_str()),
            sightings: tally.sightings,
        }
    }
}

#[derive(Serialize)]
struct LanguageWire {
    language: String,
    sightings: u64,
}

impl LanguageWire {
    fn of(tally: &Tally<Lang>) -> Self {
        Self {
            language: tally.of.to_string(),
            sightings: tally.sightings,
        }
    }
}

#[derive(Serialize)]
struct VariantWire<'a> {
    text: &'a str,
    language: String,
    first_sighted: Timestamp,
    sightings: u64,
}

impl<'a> VariantWire<'a> {
    fn of(tally: &'a Tally<Variant>) -> Self {
        Self {
            text: &tally.of.text,
            language: tally.of.lang.to_string(),
            first_sighted: tally.of.first_sighted,
            sightings: tally.sightings,
        }
    }
}
