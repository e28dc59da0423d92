//! Comes in: rows of numbers with a yes or no. Goes out: small trees whose sum is the log-odds of yes.
//!
//! Gradient boosting with second-order gains (Friedman 2001, "Greedy function approximation"; Chen & Guestrin 2016,
//! "XGBoost"), on quantiles of each number. Trees of three questions deep, because particulars only count together: another
//! number says little unless the rest is the same. The road not taken is a library: none that is kept writes trees that
//! can be read.

use crate::judge::{Node, Trees};

/// One example.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) numbers: Vec<f32>,
    pub(crate) is_yes: bool,
    /// How often it counts.
    pub(crate) weight: f64,
}

const DEPTH: usize = 3;
/// Of each tree's advice so much is taken.
const PACE: f64 = 0.06;
/// Pull of every leaf towards nothing, in examples' worth of certainty.
const SHRINKAGE: f64 = 5.0;
/// Weight of examples below which nothing is learnt from a branch.
const MIN_WEIGHT: f64 = 8.0;
/// Places where a number may be cut.
const CUTS: usize = 63;

/// Fits so many trees. The same rows give the same trees.
pub(crate) fn fit(rows: &[&Row], number: usize) -> Trees {
    let yes: f64 = rows.iter().filter(|row| row.is_yes).map(|row| row.weight).sum();
    let all: f64 = rows.iter().map(|row| row.weight).sum();
    if yes <= 0.0 || yes >= all {
        return Trees::new(if yes > 0.0 { 4.0 } else { -4.0 }, Vec::new());
    }
    let bias = (yes / (all - yes)).ln();
    let table = Table::of(rows);
    let mut sums = vec![bias; rows.len()];
    let mut trees = Vec::with_capacity(number);
    for _ in 0..number {
        let slopes: Vec<Slope> = rows.iter().zip(&sums).map(|(row, sum)| Slope::of(row, *sum)).collect();
        let members: Vec<usize> = (0..rows.len()).collect();
        let tree = table.grow(&slopes, &members, DEPTH);
        for (row, sum) in rows.iter().zip(&mut sums) {
            *sum += f64::from(tree.value(&row.numbers));
        }
        trees.push(tree);
    }
    Trees::new(bias, trees)
}

/// First and second derivative of the logistic loss.
#[derive(Clone, Copy, Default)]
struct Slope {
    first: f64,
    second: f64,
}

impl Slope {
    fn of(row: &Row, sum: f64) -> Slope {
        let chance = 1.0 / (1.0 + (-sum).exp());
        Slope {
            first: row.weight * (f64::from(u8::from(row.is_yes)) - chance),
            second: row.weight * (chance * (1.0 - chance)).max(1e-6),
        }
    }

    fn gain(self) -> f64 {
        self.first * self.first / (self.second + SHRINKAGE)
    }

    fn leaf(self) -> Node {
        // Four digits, as the file has them: what is trained is what is shipped.
        let value = PACE * self.first / (self.second + SHRINKAGE);
        Node::Leaf(((value * 1e4).round() / 1e4) as f32)
    }
}

/// One side of a cut.
#[derive(Clone, Copy, Default)]
struct Side {
    slope: Slope,
    weight: f64,
}

impl Side {
    fn add(&mut self, other: Side) {
        self.slope.first += other.slope.first;
        self.slope.second += other.slope.second;
        self.weight += other.weight;
    }

    fn without(self, other: Side) -> Side {
        Side {
            slope: Slope {
                first: self.slope.first - other.slope.first,
                second: self.slope.second - other.slope.second,
            },
            weight: self.weight - other.weight,
        }
    }
}

/// The rows, each number replaced by the count of cuts below it.
struct Table<'a> {
    rows: &'a [&'a Row],
    cuts: Vec<Vec<f32>>,
    bins: Vec<Vec<u8>>,
}

struct Cut {
    gain: f64,
    number: usize,
    bin: usize,
}

impl<'a> Table<'a> {
    fn of(rows: &'a [&'a Row]) -> Table<'a> {
        let numbers = rows.first().map_or(0, |row| row.numbers.len());
        let cuts: Vec<Vec<f32>> = (0..numbers).map(|number| quantiles(rows, number)).collect();
        let bin = |(number, cuts): (usize, &Vec<f32>)| {
            let place = |row: &&Row| cuts.partition_point(|cut| *cut <= row.numbers[number]) as u8;
            rows.iter().map(place).collect()
        };
        let bins = cuts.iter().enumerate().map(bin).collect();
        Table { rows, cuts, bins }
    }

    fn grow(&self, slopes: &[Slope], members: &[usize], depth: usize) -> Node {
        let mut all = Side::default();
        for &member in members {
            all.add(self.side(slopes, member));
        }
        let cut = if depth > 0 {
            self.best_cut(slopes, members, all)
        } else {
            None
        };
        let Some(cut) = cut else {
            return all.slope.leaf();
        };
        let is_low = |member: &usize| usize::from(self.bins[cut.number][*member]) <= cut.bin;
        let (low, high): (Vec<usize>, Vec<usize>) = members.iter().partition(|member| is_low(member));
        Node::Split {
            number: cut.number,
            below: self.cuts[cut.number][cut.bin],
            low: Box::new(self.grow(slopes, &low, depth - 1)),
            high: Box::new(self.grow(slopes, &high, depth - 1)),
        }
    }

    fn side(&self, slopes: &[Slope], member: usize) -> Side {
        Side {
            slope: slopes[member],
            weight: self.rows[member].weight,
        }
    }

    /// The first of the best.
    fn best_cut(&self, slopes: &[Slope], members: &[usize], all: Side) -> Option<Cut> {
        let mut best: Option<Cut> = None;
        for (number, bins) in self.bins.iter().enumerate() {
            let mut sums = [Side::default(); CUTS + 1];
            for &member in members {
                sums[usize::from(bins[member])].add(self.side(slopes, member));
            }
            let mut low = Side::default();
            for (bin, sum) in sums.iter().enumerate().take(self.cuts[number].len()) {
                low.add(*sum);
                let high = all.without(low);
                let gain = low.slope.gain() + high.slope.gain() - all.slope.gain();
                let is_enough = low.weight.min(high.weight) >= MIN_WEIGHT;
                if is_enough && gain > best.as_ref().map_or(1e-6, |best| best.gain) {
                    best = Some(Cut { gain, number, bin });
                }
            }
        }
        best
    }
}

/// Where a number is cut: between neighbours among its quantiles, written with four digits.
fn quantiles(rows: &[&Row], number: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|row| row.numbers[number]).collect();
    values.sort_by(f32::total_cmp);
    let at = |step: usize| values[(values.len() - 1) * step / (CUTS + 1)];
    let mut cuts: Vec<f32> = (1..=CUTS).map(at).map(|value| (value * 1e4).ceil() / 1e4).collect();
    cuts.extend(values.last().map(|last| (last * 1e4).floor() / 1e4));
    cuts.dedup();
    cuts.retain(|cut| *cut > values[0]);
    cuts.truncate(CUTS);
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |a: usize, b: usize| Row {
            numbers: vec![a as f32 / 10.0, b as f32 / 10.0, 0.5],
            // Only together do they say yes: no sum of one number each can tell.
            is_yes: a >= 5 && b >= 5 || a < 3 && b < 3,
            weight: 1.0,
        };
        (0..10)
            .flat_map(|a| (0..10).map(move |b| row(a, b)))
            .flat_map(|row| [row.clone(), row])
            .collect()
    }

    #[test]
    fn what_only_counts_together_is_learnt() {
        let rows = rows();
        let trees = fit(&rows.iter().collect::<Vec<_>>(), 200);
        for row in &rows {
            assert_eq!(trees.odds(&row.numbers) > 0.0, row.is_yes, "{row:?}");
        }
        assert_eq!(fit(&rows.iter().collect::<Vec<_>>(), 200), trees, "the same again");
    }

    #[test]
    fn one_sided_and_empty_examples_give_no_trees() {
        assert_eq!(fit(&[], 200), Trees::new(-4.0, vec![]));
        let row = Row {
            numbers: vec![1.0],
            is_yes: true,
            weight: 1.0,
        };
        assert_eq!(fit(&[&row, &row], 200), Trees::new(4.0, vec![]));
    }
}
