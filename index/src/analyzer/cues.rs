//! Comes in: folded words. Goes out: whether they say the opposite of each other, or that something is not so.

use std::sync::OnceLock;

use crate::hash::{FastMap, FastSet};

/// Words by which people say that a story is wrong, folded.
const DENIALS: &str = "\
    hoax false fake fakenews debunked debunk invented rumour rumor myth untrue misleading parody photoshopped lie lies \
    fabricated nonsense rubbish bullshit \
    falsch erfunden ausgedacht gerucht geruchte mythos unsinn quatsch blodsinn falschmeldung fotomontage faktencheck luge \
    gelogen widerlegt dementiert marchen manipuliert \
    faux mensonge rumeur intox falso falsa mentira bulo bufala \
    nieprawda falszywe falszywy bzdura plotka \
    yalan sahte uydurma asilsiz \
    фейк ложь вранье неправда выдумка слух брехня вигадка чутка \
    كذب كاذب كاذبة شائعة إشاعة اشاعة مفبرك مفبركة";

/// Opposites, folded: what stands left of a stroke contradicts what stands right of it.
const OPPOSITES: &[&str] = &[
    "raise raises raised raising increase increases increased increasing higher rise rises rose up grow grew more / \
     lower lowers lowered lowering cut cuts reduce reduces reduced decrease decreases fall falls fell down drop drops \
     dropped less fewer",
    "ban bans banned forbid forbids forbidden outlaw prohibited illegal / allow allows allowed permit permits permitted legal",
    "open opens opened opening / close closes closed closing shut",
    "start starts started begin begins began / end ends ended stop stops stopped",
    "cause causes caused / prevent prevents prevented cure cures",
    "win wins won / lose loses lost",
    "support supports supported backs backed / oppose opposes opposed",
    "accept accepted accepts agreed approves approved / reject rejected rejects refuse refused",
    "export exports exported / import imports imported",
    "free freed released release / arrest arrested jailed",
    "buy buys bought / sell sells sold",
    "before / after",
    "erhoht erhohen steigt steigen stieg hoher rauf mehr hoch gestiegen angehoben hebt anheben / \
     senkt senken sinkt sinken sank gesenkt gesunken runter niedriger weniger tiefer kurzt kurzen gekurzt",
    "verbietet verbieten verboten verbot untersagt / erlaubt erlauben darf durfen gestattet",
    "offnet offnen geoffnet eroffnet / schliesst schliessen geschlossen dicht",
    "beginnt beginnen begann startet / endet enden endete vorbei",
    "verursacht verursachen auslost / verhindert verhindern schutzt heilt",
    "gewinnt gewonnen gewann / verliert verloren verlor",
    "unterstutzt / bekampft",
    "abgelehnt ablehnt ablehnen / angenommen zugestimmt zustimmt",
    "kauft gekauft / verkauft verkaufen",
    "vor / nach",
];

/// Whether a folded word calls a story wrong.
pub(crate) fn denies(word: &str) -> bool {
    static WORDS: OnceLock<FastSet<&str>> = OnceLock::new();
    WORDS
        .get_or_init(|| DENIALS.split_whitespace().collect())
        .contains(word)
}

/// Whether one side has a word whose opposite the other side has, and neither has both.
pub(crate) fn are_opposed<'a>(a: impl Iterator<Item = &'a str>, b: impl Iterator<Item = &'a str>) -> bool {
    let (a, b) = (directions(a), directions(b));
    let turned = |direction: &&Direction| {
        let other = direction.reversed();
        b.contains(&other) && !b.contains(direction) && !a.contains(&other)
    };
    a.iter().any(|direction| turned(&direction))
}

/// A row of [`OPPOSITES`] and a side of its stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Direction {
    row: usize,
    side: usize,
}

impl Direction {
    fn reversed(self) -> Direction {
        Direction {
            side: 1 - self.side,
            ..self
        }
    }
}

fn directions<'a>(words: impl Iterator<Item = &'a str>) -> FastSet<Direction> {
    static WORDS: OnceLock<FastMap<&str, Vec<Direction>>> = OnceLock::new();
    let known = WORDS.get_or_init(|| {
        let mut known: FastMap<&str, Vec<Direction>> = FastMap::default();
        for (row, words) in OPPOSITES.iter().enumerate() {
            for (side, words) in words.split('/').enumerate() {
                for word in words.split_whitespace() {
                    known.entry(word).or_default().push(Direction { row, side });
                }
            }
        }
        known
    });
    words.filter_map(|word| known.get(word)).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opposed(a: &str, b: &str) -> bool {
        are_opposed(a.split(' '), b.split(' '))
    }

    #[test]
    fn opposites_are_told() {
        assert!(opposed("coffee raises the risk", "coffee lowers the risk"));
        assert!(opposed("rotwein senkt das risiko", "das risiko steigt durch rotwein"));
        assert!(!opposed("coffee raises the risk", "the risk rises"));
        assert!(!opposed("prices rise and fall", "prices fall"), "both are said");
        assert!(!opposed("a dog", "a cat"));
    }

    #[test]
    fn every_row_has_two_sides_of_folded_words() {
        for row in OPPOSITES {
            assert_eq!(row.split('/').count(), 2, "{row}");
        }
        let words = OPPOSITES.iter().flat_map(|row| row.split_whitespace());
        for word in words.chain(DENIALS.split_whitespace()).filter(|word| word.is_ascii()) {
            assert_eq!(word, word.to_lowercase());
        }
        assert!(denies("hoax") && denies("gerucht") && !denies("flood"));
    }
}
