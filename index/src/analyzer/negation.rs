//! Comes in: folded words. Goes out: how often they negate.

use std::sync::OnceLock;

use crate::hash::FastSet;

/// Negations of the thirteen languages, folded. One list for all: it is only asked whether two texts negate
/// equally often, so a word that negates in one language and not in the other (Polish `no`) does no harm.
const NEGATIONS: &str = "\
    no not never none nobody nothing nowhere neither nor without cannot cant dont doesnt didnt isnt arent wasnt \
    werent wont wouldnt shouldnt couldnt hasnt havent hadnt aint \
    nicht nichts kein keine keinen keinem keiner keines nie niemals niemand niemanden ohne nirgends weder \
    niet geen nooit niets zonder nergens \
    ne pas jamais aucun aucune rien non sans \
    nunca jamas nadie nada ningun ninguno ninguna sin tampoco \
    nao ninguem nenhum nenhuma sem \
    mai nessun nessuno nessuna niente nulla senza \
    nigdy nikt nic bez zaden zadna zadne brak \
    не няма никога никои нищо без нет никогда никто ничего ни нельзя ні немає немае ніколи ніхто нічого \
    degil yok hayir asla hic hicbir \
    لا ليس ليست لم لن ما بدون غير";

/// Turkish negates inside the verb: folded endings that hold the negating syllable.
const TURKISH_ENDINGS: &[&str] = &[
    "miyor", "muyor", "mayacak", "meyecek", "madi", "medi", "mamis", "memis", "maz", "mez",
];

/// Whether a folded word negates.
pub(crate) fn negates(word: &str) -> bool {
    static WORDS: OnceLock<FastSet<&str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| NEGATIONS.split_whitespace().collect());
    words.contains(word) || word.len() > 5 && TURKISH_ENDINGS.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::folded_words;

    #[test]
    fn negations_are_counted() {
        let cases = [
            ("Vaccines do not cause autism", 1),
            ("Vaccines don’t cause autism", 1),
            ("Impfungen verursachen keinen Autismus", 1),
            ("Aşılar otizme neden olmuyor", 1),
            ("Bu doğru değil", 1),
            ("Вакцины не вызывают аутизм", 1),
            ("Вакцините нямат", 0),
            ("اللقاحات لا تسبب التوحد", 1),
            ("Vaccines cause autism", 0),
        ];
        for (text, wanted) in cases {
            assert_eq!(
                folded_words(text).iter().filter(|word| negates(word)).count(),
                wanted,
                "{text}"
            );
        }
    }
}
