//! The rating table: what publishers' words mean on our scale, in twelve languages.
//!
//! A phrase stands once, whatever its languages: `falso` is Spanish, Italian and Portuguese. What a publisher means
//! otherwise stands in its own table, which wins. Where no row fits, nothing is guessed. Phrases are written as they are
//! looked up: lower case, no punctuation. Lines are English, German, Turkish, Arabic, Ukrainian, Russian, Polish, Spanish,
//! French, Italian, Portuguese and Dutch.

use super::Verdict;

/// Words that announce a rating and are none.
pub(super) const LABELS: &[&str] = &[
    "rating",
    "verdict",
    "our rating",
    "our verdict",
    "conclusion",
    "bewertung",
    "urteil",
    "fazit",
    "sonuç",
    "değerlendirme",
];

/// The common table; a bar stands between phrases.
const COMMON: &[(Verdict, &[&str])] = &[
    (
        Verdict::True,
        &[
            "true|accurate|correct|correct attribution|verified|confirmed|fact|real",
            "wahr|richtig|korrekt|stimmt|das stimmt|bestätigt|belegt",
            "doğru|gerçek|doğrulandı",
            "صحيح|صحيحة|حقيقي|حقيقية|حقيقة|صادق",
            "правда|правдиво|достовірно|підтверджено",
            "верно|достоверно|подтверждено",
            "prawda|prawdziwe|prawdziwy",
            "verdadero|cierto|verdad|es cierto|correcto",
            "vrai|exact|cest vrai|véridique",
            "vero|corretto",
            "verdadeiro|comprovado|é fato|fato|certo",
            "waar|juist|klopt|het klopt",
        ],
    ),
    (
        Verdict::MostlyTrue,
        &[
            "mostly true|mostly accurate|mostly correct|largely true|largely accurate|mainly true|\
             substantially true",
            "größtenteils wahr|größtenteils richtig|überwiegend wahr|überwiegend richtig|weitgehend richtig|\
             eher wahr|eher richtig|stimmt größtenteils",
            "çoğunlukla doğru|büyük ölçüde doğru|çoğu doğru",
            "صحيح في الغالب|صحيح غالبا|صحيح إلى حد كبير",
            "переважно правда|здебільшого правда|майже правда",
            "в основном правда|большей частью правда|почти правда|скорее правда",
            "w większości prawda|prawie prawda|raczej prawda",
            "mayormente verdadero|mayormente cierto|casi cierto|verdadero pero",
            "plutôt vrai|presque vrai|globalement vrai|majoritairement vrai",
            "quasi vero|per lo più vero|in gran parte vero",
            "maioritariamente verdadeiro|majoritariamente verdadeiro|verdadeiro mas",
            "grotendeels waar|grotendeels juist|vrijwel waar",
        ],
    ),
    (
        Verdict::Mixed,
        &[
            "mixed|mixture|half true|half truth|partly true|partially true|partly false|partially false|\
             partially correct|partly correct|mixed evidence|mix",
            "teilweise falsch|teilweise wahr|teilweise richtig|teils falsch|teils wahr|teils richtig|\
             teils teils|halb wahr|halbwahr|halbwahrheit|stimmt teilweise|gemischt",
            "karma|kısmen doğru|kısmen yanlış|yarı doğru",
            "زائف جزئيا|صحيح جزئيا|خاطئ جزئيا|خطأ جزئي|كاذب جزئيا|نصف حقيقة|جزئيا صحيح",
            "напівправда|частково правда|частково неправда|частково фейк",
            "полуправда|частично правда|частично верно|частично ложь|частично неверно|отчасти правда",
            "częściowa prawda|częściowo prawda|częściowo fałsz|częściowy fałsz|półprawda",
            "verdad a medias|media verdad|medias verdades|parcialmente falso|parcialmente verdadero|\
             parcialmente cierto|impreciso",
            "partiellement faux|partiellement vrai|en partie faux|en partie vrai|mi vrai mi faux|à moitié vrai|\
             vrai et faux",
            "mezza verità|parzialmente vero|parzialmente falso|in parte vero|né vero né falso",
            "meia verdade|parcialmente verdadeiro|parcialmente verdade",
            "half waar|deels waar|deels onwaar|gedeeltelijk waar|gedeeltelijk onwaar|gedeeltelijk juist",
        ],
    ),
    (
        Verdict::MostlyFalse,
        &[
            "mostly false|mostly inaccurate|mostly incorrect|largely false|mainly false|barely true",
            "größtenteils falsch|überwiegend falsch|weitgehend falsch|eher falsch|größtenteils unwahr",
            "çoğunlukla yanlış|büyük ölçüde yanlış|çoğu yanlış",
            "زائف في الغالب|خاطئ في الغالب|خاطئ إلى حد كبير",
            "переважно неправда|здебільшого неправда",
            "в основном ложь|в основном неправда|большей частью ложь|большей частью неправда|скорее ложь",
            "w większości fałsz|raczej fałsz",
            "mayormente falso|casi todo falso",
            "plutôt faux|globalement faux|majoritairement faux|presque faux",
            "per lo più falso|in gran parte falso|quasi falso",
            "maioritariamente falso|majoritariamente falso",
            "grotendeels onwaar|grotendeels onjuist",
        ],
    ),
    (
        Verdict::False,
        &[
            "false|incorrect|inaccurate|not true|untrue|wrong|fake|fake news|fabricated|hoax|debunked|made up|\
             scam|fiction|pants fire|pants on fire|totally false|completely false",
            "falsch|unwahr|stimmt nicht|das stimmt nicht|nicht wahr|frei erfunden|erfunden|falschmeldung|\
             falschbehauptung|völlig falsch|komplett falsch|lüge|betrug",
            "yanlış|sahte|uydurma|yalan|asılsız|doğru değil|gerçek dışı",
            "زائف|زائفة|كاذب|كاذبة|خاطئ|خاطئة|خطأ|غير صحيح|غير صحيحة|مفبرك|مفبركة|ملفق|ملفقة|إشاعة|شائعة|احتيال",
            "фейк|неправда|брехня|фальш|вигадка|хибно",
            "ложь|неверно|вымысел|выдумка|фальшивка",
            "fałsz|fałszywe|fałszywy|nieprawda|fejk|kłamstwo|oszustwo",
            "falso|es falso|bulo|mentira|no es cierto|timo|estafa|incorrecto",
            "faux|cest faux|fausse|intox|canular|infox|arnaque",
            "falsa|bufala|notizia falsa|inventato|truffa",
            "é falso|é fake|boato|golpe|errado",
            "onwaar|niet waar|onjuist|nep|nepnieuws|klopt niet|vals|verzonnen",
        ],
    ),
    (
        Verdict::Misleading,
        &[
            "misleading|missing context|lacks context|needs context|out of context|false context|\
             cherry picking|cherry picks|exaggerated|distorts the facts|spins the facts|misrepresented",
            "irreführend|fehlender kontext|falscher kontext|aus dem kontext gerissen|ohne kontext|\
             missverständlich|in die irre führend|übertrieben",
            "yanıltıcı|çarpıtma|bağlamından koparma|bağlamından koparılmış|eksik bağlam|abartılı",
            "مضلل|مضللة|عنوان مضلل|خارج السياق|سياق ناقص|سياق خاطئ|خارج عن السياق|مجتزأ|مجتزأة|مبالغ فيه",
            "маніпуляція|маніпулятивно|перекручування|вирвано з контексту|без контексту|відсутній контекст|\
             оманливо",
            "манипуляция|вводит в заблуждение|вырвано из контекста|без контекста|искажение",
            "manipulacja|wprowadza w błąd|wprowadzające w błąd|brak kontekstu|wyrwane z kontekstu",
            "engañoso|es engañoso|sin contexto|falta contexto|fuera de contexto|descontextualizado|exagerado",
            "trompeur|hors contexte|contexte manquant|manque de contexte|sorti de son contexte|exagéré",
            "fuorviante|contesto mancante|fuori contesto|decontestualizzato|esagerato",
            "enganoso|é enganoso|fora de contexto|sem contexto|distorcido|não é bem assim",
            "misleidend|context ontbreekt|ontbrekende context|uit de context|uit de context gerukt|overdreven",
        ],
    ),
    (
        Verdict::Altered,
        &[
            "altered|altered image|altered photo|altered video|altered media|manipulated|manipulated media|\
             doctored|photoshopped|digitally altered|deepfake|ai generated|synthetic media|miscaptioned|\
             misattributed|misattribution",
            "manipuliert|bearbeitet|fälschung|fotomontage|bildmanipulation|ki generiert|mit ki erzeugt|\
             falsch zugeordnet",
            "manipülasyon|montaj|hatalı ilişkilendirme|taklit|yapay zeka ürünü",
            "معدل|معدلة|محرف|محرفة|مركب|مركبة|تلاعب|متلاعب به|صورة معدلة|فيديو معدل|مولد بالذكاء الاصطناعي",
            "фотомонтаж|відредаговано|змонтовано|підробка",
            "монтаж|подделка|отредактировано",
            "przeróbka|fotomontaż|zmanipulowane|przerobione",
            "manipulado|alterado|montaje|fotomontaje|imagen manipulada|video manipulado",
            "détourné|détournée|truqué|photomontage|image altérée|vidéo altérée|photo altérée|image détournée",
            "manipolato|fotomontaggio|immagine alterata",
            "adulterado|montagem",
            "gemanipuleerd|bewerkt|fotomanipulatie",
        ],
    ),
    (
        Verdict::Satire,
        &[
            "satire|parody|satirical|labeled satire|originated as satire|satire parody",
            "satirisch|parodie",
            "hiciv|mizah|parodi|mizahi içerik|ironi",
            "ساخر|ساخرة|سخرية|محتوى ساخر",
            "сатира|пародія",
            "пародия",
            "satyra|żart",
            "sátira|parodia|humor",
            "satirique|humour",
            "satira",
            "paródia",
            "satirisch bedoeld",
        ],
    ),
    (
        Verdict::Unproven,
        &[
            "unproven|unsupported|no evidence|unverified|unsubstantiated|unconfirmed|unfounded|baseless|\
             unverifiable|insufficient evidence|inconclusive|not proven|lacks evidence",
            "unbelegt|nicht belegt|unbewiesen|nicht bewiesen|ohne beleg|ohne belege|keine belege|\
             nicht überprüfbar|nicht nachweisbar|unbestätigt",
            "kanıt yok|kanıtlanamaz|kanıtlanmadı|kanıt bulunamadı|belirsiz|doğrulanamadı|doğrulanamıyor",
            "غير مؤكد|غير مؤكدة|لا دليل|بدون دليل|بلا دليل|لا يوجد دليل|غير مثبت",
            "без доказів|немає доказів|недоведено|непідтверджено",
            "нет доказательств|недоказуемо|не подтверждено|не доказано|бездоказательно",
            "nieweryfikowalne|brak dowodów|niepotwierdzone|nieudowodnione",
            "sin pruebas|no hay pruebas|sin evidencia|no hay evidencia|sin evidencias|inchequeable|\
             no verificable|infundado",
            "infondé|non prouvé|sans preuve|pas de preuve|non vérifié|invérifiable",
            "non provato|senza prove|non verificabile|infondato|non verificato",
            "sem provas|sem evidências|insustentável|não comprovado|inverificável",
            "onbewezen|ongefundeerd|niet te checken|geen bewijs|niet bewezen|onbevestigd",
        ],
    ),
];

/// What some publishers mean by words of their own, or otherwise than most.
const BY_SITE: &[(&str, &[(&str, Verdict)])] = &[
    // Snopes: "Fake" is for pictures; "Legend" for what is too general to prove.
    (
        "snopes.com",
        &[
            ("fake", Verdict::Altered),
            ("legend", Verdict::Unproven),
            ("lost legend", Verdict::Unproven),
        ],
    ),
    (
        "washingtonpost.com",
        &[
            ("geppetto checkmark", Verdict::True),
            ("one pinocchio", Verdict::MostlyTrue),
            ("two pinocchios", Verdict::Mixed),
            ("three pinocchios", Verdict::MostlyFalse),
            ("four pinocchios", Verdict::False),
        ],
    ),
    // StopFake: a manipulated story, not a manipulated picture.
    ("stopfake.org", &[("manipulation", Verdict::Misleading)]),
    (
        "pagellapolitica.it",
        &[
            ("ceri quasi", Verdict::MostlyTrue),
            ("nì", Verdict::Mixed),
            ("pinocchio andante", Verdict::MostlyFalse),
            ("panzana pazzesca", Verdict::False),
        ],
    ),
    (
        "poligrafo.sapo.pt",
        &[
            ("pimenta na língua", Verdict::False),
            ("verdadeiro mas", Verdict::Misleading),
        ],
    ),
];

/// The verdict of a phrase: the publisher's own, else the common one.
pub(super) fn look_up(site: &str, phrase: &str) -> Option<Verdict> {
    let own = BY_SITE
        .iter()
        .filter(|(host, _)| is_within(site, host))
        .flat_map(|(_, rows)| rows.iter());
    let own = own
        .into_iter()
        .find(|(row, _)| *row == phrase)
        .map(|&(_, verdict)| verdict);
    own.or_else(|| rows().find(|(_, row)| same(row, phrase)).map(|(verdict, _)| verdict))
}

/// Turkish capitals lose a distinction when they are lowered by the common rule: `YANLIŞ` becomes `yanliş`.
fn same(row: &str, phrase: &str) -> bool {
    let undotted = |c: char| if c == 'ı' { 'i' } else { c };
    row.chars().map(undotted).eq(phrase.chars().map(undotted))
}

/// The common table, row by row.
pub(super) fn rows() -> impl Iterator<Item = (Verdict, &'static str)> {
    COMMON
        .iter()
        .flat_map(|(verdict, lines)| lines.iter().flat_map(|line| line.split('|')).map(|row| (*verdict, row)))
}

/// Whether a host is this site or lies within it.
fn is_within(host: &str, site: &str) -> bool {
    let below = host.strip_suffix(site);
    below.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
}
