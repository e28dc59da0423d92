//! What is known of each block of the best region once all have been judged by themselves: its siblings, what surrounds
//! it, and whether it stands between paragraphs that are surely article.

use std::collections::HashMap;

use super::alone;
use super::blocks::{Block, Outline};
use super::model::{Cell, Row};
use super::region::{Region, chance, weight};

/// Odds beyond which a first judgement is not believed more.
const CLEAR: f64 = 4.0;

/// Words' worth of doubt in every mean, so that a single small sibling decides nothing.
const DOUBT: f64 = 10.0;

/// What a first row says that the second look weighs again.
const AGAIN: [&str; 29] = [
    "under 4 words",
    "under 10 words",
    "words",
    "ends",
    "no link",
    "links",
    "half links",
    "title",
    "heading",
    "h1",
    "p",
    "li",
    "cell",
    "furniture",
    "colon",
    "capitals",
    "emphasis",
    "near caption",
    "near byline",
    "near related",
    "near share",
    "in figure",
    "in aside",
    "in header",
    "short link",
    "copied",
    "address",
    "digits",
    "near lead",
];

/// Where in a row of the first look what is [weighed again](AGAIN) stands: all rows have the same order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again([Option<usize>; AGAIN.len()]);

impl Again {
    pub(super) fn among<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: Vec<&str> = names.collect();
        Self(AGAIN.map(|again| names.iter().position(|name| *name == again)))
    }
}

/// Names of what is known of the three nearest holders.
const HOLDERS: [[&str; 2]; 3] = [
    ["holder odds", "holder share"],
    ["holder2 odds", "holder2 share"],
    ["holder3 odds", "holder3 share"],
];

/// The judgements of the neighbours.
const NEIGHBOURS: [(isize, &str); 6] = [
    (-3, "odds before3"),
    (-2, "odds before2"),
    (-1, "odds before"),
    (1, "odds next"),
    (2, "odds next2"),
    (3, "odds next3"),
];

/// Sums over blocks: judgement by weight, weight, liked weight, number.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    odds: f64,
    weight: f64,
    liked: f64,
    count: f64,
}

impl Sum {
    fn add(&mut self, one: &Self) {
        self.odds += one.odds;
        self.weight += one.weight;
        self.liked += one.liked;
        self.count += 1.0;
    }

    /// The mean judgement of all but one.
    fn without(&self, one: &Self) -> f64 {
        (self.odds - one.odds) / (self.weight - one.weight + DOUBT)
    }
}

/// A region with its sums.
struct Company<'o, C> {
    outline: &'o Outline<'o>,
    region: &'o Region,
    first: &'o [f64],
    rows: &'o [Row<C>],
    again: &'o Again,
    /// Each block's own, in the order of the region.
    own: Vec<Sum>,
    holders: HashMap<usize, Sum>,
    siblings: HashMap<(usize, &'o str), Sum>,
    all: Sum,
    /// The first and the last block, by place in the region, that is surely article.
    sure: (usize, usize),
}

/// A row for each block of the region, given the rows and judgements of the first look at all blocks.
pub(super) fn look<C: Cell>(
    outline: &Outline<'_>,
    (rows, again): (&[Row<C>], &Again),
    first: &[f64],
    region: &Region,
) -> Vec<Row<C>> {
    let company = Company::of(outline, (rows, again), first, region);
    (0..region.blocks.len()).map(|place| company.row(place)).collect()
}

impl<'o, C: Cell> Company<'o, C> {
    fn of(
        outline: &'o Outline<'o>,
        (rows, again): (&'o [Row<C>], &'o Again),
        first: &'o [f64],
        region: &'o Region,
    ) -> Self {
        let own: Vec<Sum> = region
            .blocks
            .iter()
            .map(|&at| own(&outline.blocks[at], first[at]))
            .collect();
        let (mut holders, mut siblings, mut all) = (HashMap::new(), HashMap::new(), Sum::default());
        for (&at, own) in region.blocks.iter().zip(&own) {
            let block = &outline.blocks[at];
            outline
                .blocks_around(block)
                .for_each(|e| holders.entry(e).or_insert_with(Sum::default).add(own));
            siblings
                .entry(family(outline, block))
                .or_insert_with(Sum::default)
                .add(own);
            all.add(own);
        }
        let is_sure = |&place: &usize| {
            let at = region.blocks[place];
            chance(first[at]) > 0.6 && outline.blocks[at].words >= 12
        };
        let last = region.blocks.len().saturating_sub(1);
        let mut sure = (0..=last).filter(is_sure);
        let begin = sure.next();
        let sure = (begin.unwrap_or(0), sure.next_back().or(begin).unwrap_or(last));
        Self {
            outline,
            region,
            first,
            rows,
            again,
            own,
            holders,
            siblings,
            all,
            sure,
        }
    }

    fn row(&self, place: usize) -> Row<C> {
        let at = self.region.blocks[place];
        let block = &self.outline.blocks[at];
        let mut row = Row::with_capacity(80);
        row.extend([
            ("odds", clear(self.first[at])),
            ("plain odds", self.first[at].clamp(-12.0, 12.0)),
        ]);
        self.around(place, block, &mut row);
        self.along(place, &mut row);
        let known = self
            .again
            .0
            .map(|known| known.map_or(0.0, |known| self.rows[at][known].value()));
        row.extend(AGAIN.into_iter().zip(known));
        self.together(place, |name| known[name], &mut row);
        row
    }

    /// Siblings and holders.
    fn around(&self, place: usize, block: &Block, row: &mut Row<C>) {
        let own = &self.own[place];
        let siblings = &self.siblings[&family(self.outline, block)];
        row.extend([
            ("siblings", siblings.without(own)),
            ("number of siblings", siblings.count.ln()),
        ]);
        let depth = self.depth(block);
        row.extend([
            ("at the top", alone::bit(depth <= 1)),
            ("near the top", alone::bit(depth == 2)),
            ("depth", depth.min(6) as f64),
        ]);
        let holders: Vec<usize> = self.outline.blocks_around(block).skip(1).take(3).collect();
        for (level, names) in HOLDERS.into_iter().enumerate() {
            let inside = (level + 1 < depth).then(|| &self.holders[&holders[level]]);
            let known = inside.map_or([self.mean(), 1.0], |sum| {
                [sum.without(own), (sum.liked - own.liked) / self.all.liked.max(1.0)]
            });
            row.extend(names.into_iter().zip(known));
        }
    }

    /// Where the block stands among the others.
    fn along(&self, place: usize, row: &mut Row<C>) {
        let (begin, end) = self.sure;
        let gap = |far: usize| (1.0 + far as f64).ln();
        row.extend([
            ("between", alone::bit((begin..=end).contains(&place))),
            ("too early", alone::bit(place < begin)),
            ("too late", alone::bit(place > end)),
            ("until the first", gap(begin.saturating_sub(place))),
            ("since the last", gap(place.saturating_sub(end))),
            ("very first", alone::bit(place == 0)),
            ("all odds", self.mean()),
        ]);
        row.extend(NEIGHBOURS.map(|(distance, name)| (name, self.odds(place.checked_add_signed(distance)))));
        let best = |places: [isize; 3]| {
            let odds = places.map(|distance| self.odds(place.checked_add_signed(distance)));
            odds.into_iter().fold(-3.0, f64::max)
        };
        let (before, after) = (best([-3, -2, -1]), best([1, 2, 3]));
        row.extend([
            ("best before", before),
            ("best after", after),
            ("best on both sides", before.min(after)),
        ]);
    }

    /// What says more together than each alone.
    fn together(&self, place: usize, known: impl Fn(usize) -> f64, row: &mut Row<C>) {
        let (begin, end) = self.sure;
        let between = alone::bit((begin..=end).contains(&place));
        let (early, late) = (alone::bit(place < begin), alone::bit(place > end));
        let short = known(const { again("under 10 words") });
        let top = alone::bit(self.depth(&self.outline.blocks[self.region.blocks[place]]) <= 1);
        let (p, ends) = (known(const { again("p") }), known(const { again("ends") }));
        let heading = between * known(const { again("heading") }) * self.odds(Some(place + 1));
        row.extend([
            ("heading between", heading),
            ("short links between", between * short * known(const { again("links") })),
            ("li between", between * known(const { again("li") })),
            ("short outside", (1.0 - between) * short),
            ("short between", between * short),
            ("p between", between * p),
            ("ends late", late * ends),
            ("p late", late * p),
            ("ends early", early * ends),
            ("p at the top", top * p),
            ("top between", top * between),
        ]);
    }

    /// Blocks from the block up to the region's root: 0 is the root itself.
    fn depth(&self, block: &Block) -> usize {
        let mut around = self.outline.blocks_around(block);
        around.position(|e| e == self.region.root).unwrap_or_default()
    }

    fn mean(&self) -> f64 {
        self.all.odds / self.all.weight.max(1.0)
    }

    /// The judgement of the block at a place; beyond the region there is nothing to like.
    fn odds(&self, place: Option<usize>) -> f64 {
        let at = place.and_then(|place| self.region.blocks.get(place));
        at.map_or(-3.0, |&at| clear(self.first[at]))
    }
}

/// The place of a name in [`AGAIN`].
const fn again(name: &str) -> usize {
    let mut place = 0;
    while !is_same(AGAIN[place].as_bytes(), name.as_bytes()) {
        place += 1;
    }
    place
}

const fn is_same(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([first, a_rest @ ..], [second, b_rest @ ..]) = (a, b) {
        if *first != *second {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

fn own(block: &Block, odds: f64) -> Sum {
    let weight = weight(block.words);
    let chance = chance(odds);
    Sum {
        odds: weight * clear(odds),
        weight,
        liked: if chance > 0.4 { chance * weight } else { 0.0 },
        count: 1.0,
    }
}

fn clear(odds: f64) -> f64 {
    odds.clamp(-CLEAR, CLEAR)
}

/// Blocks of the same kind in the same holder are siblings.
fn family<'o>(outline: &'o Outline<'o>, block: &Block) -> (usize, &'o str) {
    let mut around = outline.blocks_around(block);
    let kind = around.next().map_or("", |e| outline.elements[e].name);
    (around.next().unwrap_or_default(), kind)
}
