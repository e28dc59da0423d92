//! Comes in: folded words. Goes out: the quantities they name, however they are written: `5000`, `5k`, `five thousand`,
//! `three in four` and `75` per cent, `8 pm` and `20`.

use std::sync::OnceLock;

use crate::hash::FastMap;

/// Words for quantities, folded, by value. Words that are also articles ("ein", "uno", "bir") are left out.
const NUMERALS: &[(f64, &str)] = &[
    (0.0, "zero null zerowy sifir ноль нуль"),
    (2.0, "two zwei deux dos due twee dwa dwie iki два две дві"),
    (3.0, "three drei trois tres tre drie trzy uc три"),
    (4.0, "four vier quatre cuatro quattro cztery dort четыре чотири"),
    (5.0, "five funf cinq cinco cinque vijf piec bes пять пʼять п'ять"),
    (6.0, "six sechs seis sei zes szesc alti шесть шість"),
    (7.0, "seven sieben sept siete sette zeven siedem yedi семь сім"),
    (8.0, "eight acht huit ocho otto osiem sekiz восемь вісім"),
    (9.0, "nine neun neuf nueve nove negen dziewiec dokuz девять дев'ять"),
    (10.0, "ten zehn dix diez dieci tien dziesiec десять"),
    (11.0, "eleven elf onze"),
    (12.0, "twelve zwolf douze doce dodici twaalf"),
    (13.0, "thirteen dreizehn"),
    (14.0, "fourteen vierzehn"),
    (15.0, "fifteen funfzehn quinze quince"),
    (16.0, "sixteen sechzehn"),
    (17.0, "seventeen siebzehn"),
    (18.0, "eighteen achtzehn"),
    (19.0, "nineteen neunzehn"),
    (
        20.0,
        "twenty zwanzig vingt veinte venti twintig yirmi двадцать двадцять",
    ),
    (30.0, "thirty dreissig trente treinta otuz тридцать тридцять"),
    (40.0, "forty vierzig quarante cuarenta kirk сорок"),
    (50.0, "fifty funfzig cinquante cincuenta elli пятьдесят п'ятдесят"),
    (60.0, "sixty sechzig soixante sesenta altmis"),
    (70.0, "seventy siebzig setenta yetmis"),
    (80.0, "eighty achtzig ochenta seksen"),
    (90.0, "ninety neunzig noventa doksan"),
];

/// Words and suffixes that multiply what stands before them; a few also stand alone.
const MULTIPLIERS: &[(f64, &str)] = &[
    (1e2, "hundred hundert cent yuz сто sto"),
    (
        1e3,
        "k grand thousand tausend tsd mille mil bin tysiac tysiace tysiecy тысяча тысячи тысяч тисяча тисячі тисяч",
    ),
    (
        1e6,
        "m million millions millionen mio millon millones milioni milion milionow milyon миллион миллионов мільйон мільйонів",
    ),
    (
        1e9,
        "bn billion billions milliarde milliarden mrd milliard mld milyar миллиард миллиардов мільярд мільярдів",
    ),
];

/// Multipliers that stand alone, too: "a thousand people".
const ALONE: &[&str] = &["hundred", "hundert", "thousand", "tausend"];

/// Words for parts of a whole, folded, in per cent: signs of per cent are no words, so "half" and "50 %" are both 50.
const PARTS: &[(f64, &str)] = &[
    (
        50.0,
        "half halves halfte halb halbe halben halber moitie mitad meta metade helft polowa polowe yari yarisi половина \
         половину половини половины نصف",
    ),
    (
        100.0 / 3.0,
        "third thirds drittel dritte dritter dritten tiers tercio tercios terzo derde треть третина третину ثلث",
    ),
    (
        25.0,
        "quarter quarters viertel vierte vierter vierten quart quarts cuarto quarto kwart cwierc ceyrek четверть чверть ربع",
    ),
    (20.0, "fifth fifths funftel funfte funfter funften"),
    (10.0, "tenth tenths zehntel zehnte zehnter zehnten"),
];

/// Words for so many times as much.
const TIMES: &[(f64, &str)] = &[
    (
        2.0,
        "twice double doubled doubles doppelt doppelte doppelten verdoppelt вдвое вдвічі",
    ),
    (3.0, "thrice tripled dreifach verdreifacht втрое втричі"),
];

/// Between the numbers of a share: "three in four", "neun von zehn".
const OF: &[&str] = &[
    "in", "of", "out", "von", "aus", "sur", "de", "su", "van", "z", "na", "из", "з", "من",
];
/// Between a part and what it is of: "half a million".
const ARTICLES: &[&str] = &["a", "an", "of", "eine", "einer", "une", "un", "di", "medio"];
/// After an hour of the second half of the day.
const EVENING: &[&str] = &["pm", "abends", "nachmittags"];
/// Between an hour and its half of the day.
const CLOCK: &[&str] = &["uhr", "oclock"];

/// A quantity and the place of its first word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) at: usize,
}

/// All quantities in a text, in reading order.
pub(crate) fn quantities<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<Quantity> {
    let words: Vec<&str> = words.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let read = part(&words[at..])
            .or_else(|| share(&words[at..]))
            .or_else(|| plain(&words[at..]));
        if let Some(Read { value, .. }) = read {
            found.push(Quantity { value, at });
        }
        at += read.map_or(1, |read| read.words);
    }
    found
}

/// Whether two values are one quantity: written to the last digit or not, "two thirds" are 66 or 67 per cent.
pub(crate) fn are_equal(a: f64, b: f64) -> bool {
    let rounded = a.fract() != 0.0 || b.fract() != 0.0;
    let slack = if rounded && (10.0..=100.0).contains(&a) {
        1.0
    } else {
        1e-9
    };
    (a - b).abs() < slack
}

/// A quantity at the beginning of some words, and how many of them it takes.
#[derive(Clone, Copy)]
struct Read {
    value: f64,
    words: usize,
}

/// "half", "half a million", "twice".
fn part(words: &[&str]) -> Option<Read> {
    let first = words.first()?;
    if let Some(value) = lookup(times(), first) {
        return Some(Read { value, words: 1 });
    }
    let value = lookup(parts(), first)?;
    let articles = words[1..].iter().take_while(|word| ARTICLES.contains(word)).count();
    let whole = words.get(1 + articles).and_then(|word| lookup(multipliers(), word));
    Some(match whole.filter(|by| *by >= 100.0) {
        Some(by) => Read {
            value: value / 100.0 * by,
            words: 2 + articles,
        },
        None => Read { value, words: 1 },
    })
}

/// "three in four", "two thirds": in per cent.
fn share(words: &[&str]) -> Option<Read> {
    let count = plain(words)?;
    let rest = &words[count.words..];
    if let Some(part) = rest.first().and_then(|word| lookup(parts(), word)) {
        let value = count.value * part;
        return (value <= 100.0).then_some(Read {
            value,
            words: count.words + 1,
        });
    }
    let between = rest.iter().take(3).take_while(|word| OF.contains(word)).count();
    let whole = plain(rest.get(between..)?).filter(|_| between > 0)?;
    let is_share = count.value > 0.0 && count.value <= whole.value && (2.0..=100.0).contains(&whole.value);
    is_share.then_some(Read {
        value: 100.0 * count.value / whole.value,
        words: count.words + between + whole.words,
    })
}

/// "5000", "five thousand", "8 pm".
fn plain(words: &[&str]) -> Option<Read> {
    let first = words.first()?;
    let alone = || lookup(multipliers(), first).filter(|_| ALONE.contains(first));
    let mut value = digits(first).or_else(|| lookup(numerals(), first)).or_else(alone)?;
    let mut taken = 1;
    // Of eighty there are no hundreds: "80 Cent".
    while let Some(by) = words
        .get(taken)
        .and_then(|word| lookup(multipliers(), word))
        .filter(|by| value < 20.0 || *by > 100.0)
    {
        value *= by;
        taken += 1;
    }
    let clock = words[taken..].iter().take_while(|word| CLOCK.contains(word)).count();
    if value < 12.0 && words.get(taken + clock).is_some_and(|word| EVENING.contains(word)) {
        value += 12.0;
        taken += clock + 1;
    }
    // Of a currency's unit, its hundredth: "0.80" and "80 cents".
    if value > 0.0 && value < 1.0 {
        value *= 100.0;
    }
    Some(Read { value, words: taken })
}

type Words = FastMap<&'static str, f64>;

fn numerals() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| by_word(NUMERALS))
}

fn multipliers() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| by_word(MULTIPLIERS))
}

fn parts() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| by_word(PARTS))
}

fn times() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| by_word(TIMES))
}

fn by_word(rows: &'static [(f64, &'static str)]) -> Words {
    let words = rows
        .iter()
        .flat_map(|(value, words)| words.split_whitespace().map(move |word| (word, *value)));
    words.collect()
}

fn lookup(words: &Words, word: &str) -> Option<f64> {
    words.get(word).copied()
}

/// `5000`, `2.5`, `20k`, `3m`, `8pm`.
fn digits(word: &str) -> Option<f64> {
    let number = word.trim_end_matches(char::is_alphabetic);
    let value: f64 = number.parse().ok()?;
    let unit = &word[number.len()..];
    match unit {
        "" => Some(value),
        "pm" if value < 12.0 => Some(value + 12.0),
        _ => lookup(multipliers(), unit).map(|by| value * by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_shares_are_equal_and_other_numbers_only_to_themselves() {
        assert!(are_equal(200.0 / 3.0, 67.0) && are_equal(66.0, 200.0 / 3.0) && are_equal(5000.0, 5000.0));
        assert!(!are_equal(66.0, 67.0) && !are_equal(500.0, 5000.0) && !are_equal(2.5, 3.0));
    }

    #[test]
    fn quantities_are_read_as_people_write_them() {
        let cases: &[(&str, &[f64])] = &[
            ("5000 dead", &[5000.0]),
            ("five thousand dead", &[5000.0]),
            ("20k and 3m and 2.5 million", &[20_000.0, 3e6, 2.5e6]),
            ("half a thousand people", &[500.0]),
            ("half of them, eine halbe million", &[50.0, 500_000.0]),
            ("zwei millionen euro", &[2e6]),
            ("drei von hundert", &[3.0]),
            (
                "three in four and nine out of ten and two quarters",
                &[75.0, 90.0, 50.0],
            ),
            ("5 in 2020", &[5.0, 2020.0]),
            ("zwei drittel", &[200.0 / 3.0]),
            ("8 pm and 8pm and acht uhr abends and 20", &[20.0, 20.0, 20.0, 20.0]),
            ("0.80 and 80 cents", &[80.0, 80.0]),
            ("twice as many, doppelt", &[2.0, 2.0]),
            ("80 cent and deux cent", &[80.0, 200.0]),
            ("iki bin lira", &[2000.0]),
            ("5g towers and covid19", &[]),
            ("the mil and cent", &[]),
            ("in of a", &[]),
            ("", &[]),
        ];
        for (text, wanted) in cases {
            let values: Vec<f64> = quantities(text.split_whitespace())
                .iter()
                .map(|found| found.value)
                .collect();
            assert_eq!(&values, wanted, "{text}");
        }
    }
}
