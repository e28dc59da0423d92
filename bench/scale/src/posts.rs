//! Made-up posts from a fixed seed: 60 % edited copies of existing ones, 25 % noise, 15 % novel statements, in four languages.
//!
//! A novel statement depends on its number only, so that any earlier one can be made again for a copy: nothing is kept. Names of
//! people, places and things are put together from syllables, so that as many can be had as in a world; all sentences are ours.

use klarstelle::domain::{Document, Lang, WebUrl};

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An earlier statement with an edit.
    Copy,
    /// Nothing that could be checked.
    Noise,
    /// A statement that nobody made before.
    Novel,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Copy, Self::Noise, Self::Novel];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Noise => "noise",
            Self::Novel => "novel",
        }
    }
}

/// Per cent of copies, and of copies and noise.
const COPIES: u64 = 60;
const NOT_NOVEL: u64 = 85;

/// The stream.
#[derive(Default)]
pub(crate) struct Posts {
    made: usize,
    mixed: u64,
    novel: u64,
}

impl Posts {
    /// How many posts of the mix were made.
    pub(crate) fn made(&self) -> usize {
        self.mixed as usize
    }

    /// The next post of the mix.
    pub(crate) fn mixed(&mut self) -> Document {
        self.mixed += 1;
        let kind = match Dice::new(1, self.mixed).below(100) {
            share if share < COPIES && self.novel > 0 => Kind::Copy,
            share if (COPIES..NOT_NOVEL).contains(&share) => Kind::Noise,
            _ => Kind::Novel,
        };
        self.of(kind)
    }

    /// The next post, of a kind.
    pub(crate) fn of(&mut self, kind: Kind) -> Document {
        self.made += 1;
        let mut dice = Dice::new(2, self.made as u64);
        let (lang, text) = match kind {
            Kind::Novel => {
                self.novel += 1;
                statement(self.novel)
            }
            Kind::Copy => edited(statement(1 + dice.below(self.novel)), &mut dice),
            Kind::Noise => noise(&mut dice),
        };
        document(self.made, lang, text)
    }
}

fn document(number: usize, lang: Lang, text: String) -> Document {
    Document {
        url: WebUrl::parse(&format!("https://posts.example/{number}")).expect("an address"),
        canonical_url: None,
        title: String::new(),
        text,
        lang,
        author: None,
        published_at: None,
    }
}

/// Numbers from a seed (splitmix64; Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn new(stream: u64, number: u64) -> Self {
        Self(stream.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ number.wrapping_mul(0xa076_1d64_78bd_642f))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A name of two or three syllables.
    fn name(&mut self) -> String {
        let mut name = String::from(self.pick(FIRST));
        for _ in 0..=self.below(2) {
            name += self.pick(MIDDLE);
        }
        name + self.pick(LAST)
    }
}

const FIRST: &[&str] = &[
    "Al", "Bren", "Cor", "Dal", "El", "Fen", "Gor", "Har", "Il", "Jar", "Kel", "Lin", "Mar", "Nor", "Ost", "Pel",
    "Quin", "Ros", "Sel", "Tor", "Ul", "Ven", "Wal", "Yar", "Zel", "Ach", "Bor", "Cam", "Dun", "Est", "Fal", "Gil",
];
const MIDDLE: &[&str] = &[
    "a", "be", "co", "da", "en", "fi", "go", "ha", "i", "ka", "le", "mo", "na", "o", "pa", "ri", "sa", "te", "u", "va",
    "we", "za", "dor", "lim", "nok", "rad",
];
const LAST: &[&str] = &[
    "berg", "ford", "holm", "mere", "nock", "rath", "stead", "ton", "vik", "wald", "bruck", "dale", "field", "gate",
    "ham", "kirk", "ley", "mond", "ness", "port", "rund", "stat", "tal", "wick",
];

/// How a language states something: who, does, what, and on what occasion. `@` is a name, `#` a number.
struct Phrases {
    lang: Lang,
    who: &'static [&'static str],
    does: &'static [&'static str],
    what: &'static [&'static str],
    when: &'static [&'static str],
    noise: &'static [&'static str],
    /// Before a copy, and after it.
    calls: &'static [&'static str],
}

const LANGS: &[Phrases] = &[
    Phrases {
        lang: Lang::EN,
        who: &[
            "The council of @",
            "The @ health board",
            "Mayor @ of @",
            "The @ hospital",
            "The ministry under @",
            "The @ water works",
            "The port of @",
            "A court in @",
            "The @ bank",
            "The union at @",
            "The school board of @",
            "The ferry company @",
        ],
        does: &[
            "has paid # euros for",
            "will close",
            "secretly sold",
            "has banned",
            "withdrew # licences for",
            "has lost",
            "is going to tax",
            "has counted # cases of",
            "confirmed # deaths from",
            "has rebuilt",
            "will replace",
            "poisoned",
        ],
        what: &[
            "shelters beside the @ canal",
            "the @ vaccine",
            "wind turbines on the @ ridge",
            "drinking water from @",
            "ballot papers printed by @",
            "night buses to @",
            "the @ bridge",
            "grain stored at @",
            "flats in the @ quarter",
            "masks made by @",
            "the statue of @",
            "the @ reactor",
        ],
        when: &[
            "before the end of the year",
            "since the flood in @",
            "without asking the residents of @",
            "according to a report by @",
            "by a vote of nine to #",
            "although judge @ had forbidden it",
            "for the first time since #",
            "as @ had warned in #",
        ],
        noise: &[
            "Good morning from @, what a lovely day!",
            "Does anybody know a good baker in @?",
            "I think we should all be kinder to each other.",
            "Please share this with your friends in @!",
            "Buy now and get # percent off all garden chairs at @.",
            "Thank you all for your kind words this week.",
            "Who is coming to the match in @ tonight?",
            "lol",
            "I love this song so much",
            "Happy birthday dear @ 🎂🎉",
        ],
        calls: &[
            "BREAKING: ",
            "Unbelievable! ",
            "RT @news: ",
            "Look at this: ",
            " 😡😡",
            " #wakeup",
            " https://t.example/x",
            " Share!",
        ],
    },
    Phrases {
        lang: Lang::DE,
        who: &[
            "Die Stadt @",
            "Das Gesundheitsamt @",
            "Bürgermeister @ aus @",
            "Die Klinik in @",
            "Das Ministerium unter @",
            "Die Stadtwerke @",
            "Der Hafen von @",
            "Ein Gericht in @",
            "Die Bank von @",
            "Die Schulbehörde @",
        ],
        does: &[
            "hat # Euro bezahlt für",
            "schließt",
            "verkaufte heimlich",
            "verbietet ab Juli",
            "hat verloren:",
            "besteuert künftig",
            "zählte # Fälle von",
            "bestätigte # Tote durch",
            "ersetzt",
            "vergiftete",
        ],
        what: &[
            "die Unterkünfte am @-Kanal",
            "den Impfstoff von @",
            "die Windräder auf dem @-Rücken",
            "das Trinkwasser aus @",
            "die Stimmzettel der Druckerei @",
            "die Nachtbusse nach @",
            "die Brücke von @",
            "das Getreide in @",
            "die Wohnungen im Viertel @",
            "das Denkmal von @",
        ],
        when: &[
            "noch vor Ende des Jahres",
            "seit dem Hochwasser in @",
            "ohne die Anwohner von @ zu fragen",
            "laut einem Bericht von @",
            "mit neun zu # Stimmen",
            "obwohl Richter @ es verboten hatte",
            "zum ersten Mal seit #",
        ],
        noise: &[
            "Guten Morgen aus @, was für ein schöner Tag!",
            "Kennt jemand einen guten Bäcker in @?",
            "Ich finde, wir sollten alle netter zueinander sein.",
            "Bitte teilt das mit allen in @!",
            "Jetzt kaufen und # Prozent Rabatt bei @ sichern.",
            "Wer kommt heute Abend zum Spiel nach @?",
            "Danke euch allen!",
        ],
        calls: &[
            "EILMELDUNG: ",
            "Unfassbar! ",
            "RT @news: ",
            "Schaut mal: ",
            " 😡😡",
            " #aufwachen",
            " https://t.example/x",
            " Teilen!",
        ],
    },
    Phrases {
        lang: Lang::ES,
        who: &[
            "El ayuntamiento de @",
            "El hospital de @",
            "El alcalde @ de @",
            "El ministerio de @",
            "El puerto de @",
            "Un tribunal de @",
            "El banco de @",
            "La escuela de @",
        ],
        does: &[
            "pagó # euros por",
            "cerrará",
            "vendió en secreto",
            "prohibió",
            "perdió",
            "contó # casos de",
            "confirmó # muertes por",
            "reemplazará",
        ],
        what: &[
            "los albergues del canal de @",
            "la vacuna de @",
            "los molinos de la sierra de @",
            "el agua potable de @",
            "las papeletas de la imprenta @",
            "el puente de @",
            "el trigo de @",
            "los pisos del barrio @",
        ],
        when: &[
            "antes de fin de año",
            "desde la inundación de @",
            "sin preguntar a los vecinos de @",
            "según un informe de @",
            "por nueve votos contra #",
            "aunque el juez @ lo había prohibido",
            "por primera vez desde #",
        ],
        noise: &[
            "¡Buenos días desde @!",
            "¿Alguien conoce una buena panadería en @?",
            "Creo que deberíamos ser más amables.",
            "¡Compartan esto con todos en @!",
            "Compra ahora con # por ciento de descuento en @.",
            "¿Quién viene al partido de @?",
        ],
        calls: &[
            "URGENTE: ",
            "¡Increíble! ",
            "RT @news: ",
            "Miren: ",
            " 😡😡",
            " #despierta",
            " https://t.example/x",
            " ¡Compartan!",
        ],
    },
    Phrases {
        lang: Lang::TR,
        who: &[
            "@ belediyesi",
            "@ hastanesi",
            "@ valiliği",
            "Bakan @",
            "@ limanı",
            "@ mahkemesi",
            "@ bankası",
            "@ üniversitesi",
        ],
        does: &[
            "geçen yıl # lira ödedi:",
            "kapatıyor:",
            "gizlice sattı:",
            "yasakladı:",
            "# kişiye dağıttı:",
            "vergilendirecek:",
        ],
        what: &[
            "@ kanalındaki barınaklar",
            "@ aşısı",
            "@ tepesindeki türbinler",
            "@ içme suyu",
            "@ köprüsü",
            "@ mahallesindeki konutlar",
        ],
        when: &[
            "yıl sonundan önce",
            "@ selinden beri",
            "@ halkına sormadan",
            "@ raporuna göre",
            "# yılından beri ilk kez",
        ],
        noise: &[
            "@ şehrinden günaydın!",
            "@ içinde iyi bir fırın bilen var mı?",
            "Bence herkes daha nazik olmalı.",
            "Lütfen bunu herkesle paylaşın!",
            "Bu akşam @ maçına kim geliyor?",
        ],
        calls: &[
            "SON DAKİKA: ",
            "İnanılmaz! ",
            "RT @news: ",
            "Bakın: ",
            " 😡😡",
            " #uyan",
            " https://t.example/x",
            " Paylaşın!",
        ],
    },
];

/// A novel statement, by its number.
fn statement(number: u64) -> (Lang, String) {
    let mut dice = Dice::new(3, number);
    let phrases = &LANGS[dice.below(LANGS.len() as u64) as usize];
    let parts = [phrases.who, phrases.does, phrases.what, phrases.when].map(|some| dice.pick(some));
    (phrases.lang, filled(&parts.join(" "), &mut dice) + ".")
}

fn noise(dice: &mut Dice) -> (Lang, String) {
    let phrases = &LANGS[dice.below(LANGS.len() as u64) as usize];
    (phrases.lang, filled(dice.pick(phrases.noise), dice))
}

/// Puts names and numbers in.
fn filled(pattern: &str, dice: &mut Dice) -> String {
    let mut text = String::new();
    for sign in pattern.chars() {
        match sign {
            '@' => text += &dice.name(),
            '#' => text += &(2 + dice.below(9000)).to_string(),
            sign => text.push(sign),
        }
    }
    text
}

/// What people do to what they pass on: a call before or behind it, another case, a word left out or written wrong.
fn edited((lang, text): (Lang, String), dice: &mut Dice) -> (Lang, String) {
    let phrases = LANGS.iter().find(|phrases| phrases.lang == lang).expect("one of ours");
    let call = dice.pick(phrases.calls);
    let called = |text: &str| {
        if call.ends_with(' ') {
            format!("{call}{text}")
        } else {
            format!("{text}{call}")
        }
    };
    let text = match dice.below(6) {
        0 => text,
        1 => called(&text),
        2 => text.to_uppercase(),
        3 => without_a_word(&text, dice),
        4 => called(&mistyped(&text, dice)),
        _ => called(text.trim_end_matches('.')),
    };
    (lang, text)
}

/// Not the first word, and none with a number: that would be another statement.
fn without_a_word(text: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let at = 1 + dice.below(words.len() as u64 - 2) as usize;
    let is_left_out = |(place, word): &(usize, &&str)| *place == at && !word.contains(|c: char| c.is_ascii_digit());
    let kept = words.iter().enumerate().filter(|word| !is_left_out(word));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Two letters of a word in each other's place.
fn mistyped(text: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let at = 1 + dice.below(signs.len() as u64 - 3) as usize;
    if signs[at].is_alphabetic() && signs[at + 1].is_alphabetic() {
        signs.swap(at, at + 1);
    }
    signs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_mix_is_as_said_and_the_same_each_time() {
        let made = || {
            let mut posts = Posts::default();
            let texts: Vec<String> = (0..10_000).map(|_| posts.mixed().text).collect();
            (texts, posts.novel)
        };
        let (texts, novel) = made();
        assert_eq!((&texts, novel), (&made().0, novel));
        assert!((1400..1600).contains(&novel), "{novel}");
        let statements: BTreeSet<String> = (1..=novel).map(|number| statement(number).1).collect();
        assert_eq!(statements.len() as u64, novel, "each is novel");
        let verbatim = texts.iter().filter(|text| statements.contains(*text)).count() as u64;
        assert!((novel + 500..novel + 2500).contains(&verbatim), "{verbatim}");
    }
}
