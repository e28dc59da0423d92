//! Comes in: folded words. Goes out: the quantities they name, however they are written: `5000`, `5k`, `five thousand`.

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
        "k thousand tausend tsd mille mil bin tysiac tysiace tysiecy тысяча тысячи тысяч тисяча тисячі тисяч",
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

/// A quantity and the place of its first word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) at: usize,
}

/// All quantities in a text, in reading order.
pub(crate) fn quantities<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<Quantity> {
    let mut found: Vec<Quantity> = Vec::new();
    let mut goes_on = false;
    for (at, word) in words.into_iter().enumerate() {
        let multiplier = lookup(multipliers(), word);
        match (multiplier, found.last_mut()) {
            (Some(by), Some(last)) if goes_on => last.value *= by,
            (Some(value), _) if ALONE.contains(&word) => {
                found.push(Quantity { value, at });
                goes_on = true;
            }
            _ => {
                let value = digits(word).or_else(|| lookup(numerals(), word));
                goes_on = value.is_some();
                found.extend(value.map(|value| Quantity { value, at }));
            }
        }
    }
    found
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

fn by_word(rows: &'static [(f64, &'static str)]) -> Words {
    let words = rows
        .iter()
        .flat_map(|(value, words)| words.split_whitespace().map(move |word| (word, *value)));
    words.collect()
}

fn lookup(words: &Words, word: &str) -> Option<f64> {
    words.get(word).copied()
}

/// `5000`, `2.5`, `20k`, `3m`.
fn digits(word: &str) -> Option<f64> {
    let number = word.trim_end_matches(char::is_alphabetic);
    let value: f64 = number.parse().ok()?;
    let unit = &word[number.len()..];
    match unit {
        "" => Some(value),
        _ => lookup(multipliers(), unit).map(|by| value * by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_people_write_them() {
        let cases: &[(&str, &[f64])] = &[
            ("5000 dead", &[5000.0]),
            ("five thousand dead", &[5000.0]),
            ("20k and 3m and 2.5 million", &[20_000.0, 3e6, 2.5e6]),
            ("half a thousand people", &[1000.0]),
            ("zwei millionen euro", &[2e6]),
            ("drei von hundert", &[3.0, 100.0]),
            ("iki bin lira", &[2000.0]),
            ("5g towers and covid19", &[]),
            ("the mil and cent", &[]),
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
