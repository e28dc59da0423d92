//! A claim's days with sightings come in; bars for a picture, and the same numbers for a table, go out.

use std::collections::BTreeMap;

use crate::{domain::Timestamp, store::Tally};

/// Most bars: more would be hairlines.
const MOST_BARS: i64 = 60;

/// Days that one bar may stand for.
const STEPS: [i64; 5] = [1, 7, 30, 91, 365];

/// If the time is longer still.
const LONGEST_STEP: i64 = 3650;

/// Height of the tallest bar, in units of the picture.
const HEIGHT: u64 = 100;

/// Width that a bar takes up, gap included.
const WIDTH: i64 = 10;

/// Sightings over time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chart {
    /// Width of the picture, in its own units.
    pub(super) width: i64,
    /// Bars with sightings, in their order.
    pub(super) bars: Vec<Bar>,
}

/// A day, or some days in a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) first: String,
    /// The last day, where it is another.
    pub(super) last: Option<String>,
    pub(super) sightings: u64,
    pub(super) x: i64,
    pub(super) y: u64,
    pub(super) height: u64,
}

impl Chart {
    /// Nothing to show of a claim seen on one day only.
    pub(super) fn of(days: &[Tally<Timestamp>]) -> Option<Self> {
        let (first, last) = (days.first()?.of.day(), days.last()?.of.day());
        if first == last {
            return None;
        }
        let span = last - first + 1;
        let step = STEPS
            .into_iter()
            .find(|step| span <= step * MOST_BARS)
            .unwrap_or(LONGEST_STEP);
        let mut sums: BTreeMap<i64, u64> = BTreeMap::new();
        for tally in days {
            *sums.entry((tally.of.day() - first) / step).or_default() += tally.sightings;
        }
        let most = sums.values().copied().max()?;
        let bar = |(at, sightings)| Bar::new(first + at * step, step, at, sightings, most);
        Some(Self {
            width: (span + step - 1) / step * WIDTH,
            bars: sums.into_iter().map(bar).collect(),
        })
    }
}

impl Bar {
    fn new(first: i64, days: i64, at: i64, sightings: u64, most: u64) -> Self {
        // One sighting among thousands is still to be seen.
        let height = (sightings * HEIGHT / most).max(2);
        Self {
            first: Timestamp::of_day(first).date(),
            last: (days > 1).then(|| Timestamp::of_day(first + days - 1).date()),
            sightings,
            x: at * WIDTH,
            y: HEIGHT - height,
            height,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(days: &[(&str, u64)]) -> Option<Chart> {
        let tally = |(day, sightings): &(&str, u64)| Tally {
            of: Timestamp::parse(day).unwrap(),
            sightings: *sightings,
        };
        Chart::of(&days.iter().map(tally).collect::<Vec<_>>())
    }

    #[test]
    fn a_bar_stands_where_its_day_is() {
        assert_eq!(chart(&[]), None);
        assert_eq!(chart(&[("2026-11-01", 9)]), None);
        let chart = chart(&[("2026-10-31", 1), ("2026-11-02", 4), ("2026-11-03", 2)]).unwrap();
        assert_eq!(chart.width, 40);
        let bars: Vec<_> = chart
            .bars
            .iter()
            .map(|b| (b.first.as_str(), b.last.is_some(), b.x, b.y, b.height))
            .collect();
        assert_eq!(
            bars,
            [
                ("2026-10-31", false, 0, 75, 25),
                ("2026-11-02", false, 20, 0, 100),
                ("2026-11-03", false, 30, 50, 50)
            ]
        );
    }

    #[test]
    fn long_times_are_told_in_longer_steps() {
        for (last, bars, end) in [
            ("2026-03-01", 60, None),
            ("2026-03-02", 9, Some("2026-01-07")),
            ("2027-02-25", 15, Some("2026-01-30")),
            ("2126-01-01", 11, Some("2035-12-29")),
        ] {
            let chart = chart(&[("2026-01-01", 1), ("2026-01-02", 1), (last, 2000)]).unwrap();
            assert_eq!(
                (chart.width, chart.bars[0].last.as_deref()),
                (bars * WIDTH, end),
                "{last}"
            );
            assert_eq!(chart.bars.last().map(|b| b.height), Some(HEIGHT));
            assert!(chart.bars.iter().all(|b| b.height >= 2 && b.x < chart.width));
        }
    }
}
