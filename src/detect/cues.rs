//! Words that betray what a sentence is. Written by us, from how news, posts and page notices are worded; short on purpose.
//!
//! A cue matches whole words of the normalised sentence; one that ends in `*` matches the beginning of a word. A new
//! language is one block of rows; without one, only the signals that need no words count.

use super::score::Signal;
use crate::domain::Lang;

/// Words of one language that are one signal, with a bar between them.
pub(super) struct Cue {
    pub(super) signal: Signal,
    pub(super) lang: Lang,
    words: &'static str,
}

impl Cue {
    /// Whether any of the words is in a sentence whose words have a space around each.
    pub(super) fn is_in(&self, padded: &str) -> bool {
        self.words.split('|').any(|word| match word.strip_suffix('*') {
            Some(start) => contains(padded, start, ""),
            None => contains(padded, word, " "),
        })
    }
}

/// As `padded.contains(" {words}{after}")`, without building that text.
fn contains(padded: &str, words: &str, after: &str) -> bool {
    padded
        .match_indices(words)
        .any(|(at, found)| padded[..at].ends_with(' ') && padded[at + found.len()..].starts_with(after))
}

const fn cue(signal: Signal, lang: Lang, words: &'static str) -> Cue {
    Cue { signal, lang, words }
}

/// The table.
pub(super) const CUES: &[Cue] = &[
    // German
    cue(
        Signal::Attribution,
        Lang::DE,
        "laut|sagte|sagt|erklärte|behauptet|behauptete|zufolge|berichtet|berichtete|teilte mit|studie|\
         demnach|angeblich|bestätigt|bestätigte|meldet|meldete|warnt|warnte",
    ),
    cue(
        Signal::Absolute,
        Lang::DE,
        "heilt|heilen|krebs*|tödlich*|schneller als|mehr als|\
         alle|nie|niemals|immer|kein|keine|verboten|verbietet|verbieten|pflicht|heimlich|beweis|beweist|\
         bewiesen|nachgewiesen|verursacht|verursachen|prozent|millionen|milliarden",
    ),
    cue(
        Signal::Call,
        Lang::DE,
        "teilt|teilen sie|bitte teilen|jetzt lesen|weiterlesen|lesen sie|mehr dazu|klicken sie|hier klicken|\
         abonnieren|abonniere*|folgt uns|folgen sie|macht mit|unterschreib*|meldet euch|kommt alle|lasst uns|\
         schreibt uns|schreiben sie uns|geht wählen|wacht auf|jetzt anmelden",
    ),
    cue(
        Signal::Opinion,
        Lang::DE,
        "ich finde|finde ich|ich glaube|glaube ich|ich denke|denke ich|ich hoffe|hoffentlich|ich wünsche|\
         meiner meinung|meines erachtens|meine meinung|schade|ich mag|ich liebe|leider|ich würde|\
         ich bin froh|ich kann|ich habe|ich hab|mir tut",
    ),
    cue(
        Signal::Boilerplate,
        Lang::DE,
        "cookies|cookie*|newsletter|datenschutzerklärung|datenschutz|impressum|alle rechte vorbehalten|\
         nutzungsbedingungen|foto|fotos|bildquelle|quelle dpa|einwilligung|javascript|kommentarfunktion|©|\
         copyright|werbeblocker|die redaktion behält|spenden|spende*",
    ),
    cue(
        Signal::Advert,
        Lang::DE,
        "rabatt|jetzt bestellen|jetzt kaufen|gratis|versandkostenfrei|angebot nur|gutschein*|abo|im shop|\
         unser podcast|anzeige",
    ),
    cue(
        Signal::Address,
        Lang::DE,
        "euch|dein|deine|deinen|du|dir|dich|danke|hallo|bitte|herzlichen",
    ),
    // English
    cue(
        Signal::Attribution,
        Lang::EN,
        "according to|said|says|claimed|claims|claim that|reported|reports|reportedly|announced|confirmed|\
         confirms|study|shows that|found that|warned|allegedly|revealed|reveals",
    ),
    cue(
        Signal::Absolute,
        Lang::EN,
        "cancer|deadly|more than|faster than|\
         all|never|always|no|none|every|banned|ban|illegal|secretly|proof|proves|proven|causes|caused|cure|\
         cures|percent|million|billion|first|died|killed|mandatory",
    ),
    cue(
        Signal::Call,
        Lang::EN,
        "please share|share this|read more|click here|sign up|subscribe|follow us|join us|learn more|\
         find out|watch the|watch our|let's|let us|make sure|don't forget|stay safe|wake up|retweet|\
         check out|tune in|register|visit our|stay home|get vaccinated",
    ),
    cue(
        Signal::Opinion,
        Lang::EN,
        "i think|i believe|i hope|i feel|i love|i hate|i wish|i guess|in my opinion|imo|imho|hopefully|i'm|\
         i am|i would|i was|my opinion|i'd|i'll|i will|i can|i just|i got|i don't|i want|lol|i've|i have",
    ),
    cue(
        Signal::Boilerplate,
        Lang::EN,
        "cookies|cookie*|newsletter|privacy policy|terms of use|terms of service|all rights reserved|\
         photo by|photo|image credit|getty images|javascript|©|copyright|advertisement|log in|your browser|\
         support our journalism|donate|donations",
    ),
    cue(
        Signal::Advert,
        Lang::EN,
        "discount|buy now|order now|free shipping|limited offer|promo code|coupon*|on sale|sponsored|\
         our podcast|free trial",
    ),
    cue(
        Signal::Address,
        Lang::EN,
        "you|your|you're|thanks|thank you|dear|hello|please|congratulations|guys|folks|we need",
    ),
    // Turkish
    cue(
        Signal::Attribution,
        Lang::TR,
        "göre|dedi|söyledi|açıkladı|iddia etti|iddia edildi|iddiası*|bildirdi|belirtti|duyurdu|araştırma*|\
         açıklandı|öne sürdü|ileri sürdü",
    ),
    cue(
        Signal::Absolute,
        Lang::TR,
        "iyileştir*|tedavi ed*|kanser*|daha hızlı|daha fazla|\
         tüm|bütün|her|hiç|hiçbir|asla|yasak*|zorunlu|gizlice|kanıt*|neden oluyor|yüzde|milyon|milyar|ilk|\
         öldü",
    ),
    cue(
        Signal::Call,
        Lang::TR,
        "paylaş|paylaşın|paylaşalım|tıklayın|tıkla|abone ol*|takip edin|takip et|okumaya devam|devamını oku|\
         katılın|izleyin|unutmayın|bize yazın|haydi|oy verin|uyanın|kaydolun",
    ),
    cue(
        Signal::Opinion,
        Lang::TR,
        "bence|sanırım|umarım|inşallah|düşünüyorum|inanıyorum|bana göre|keşke|maalesef|seviyorum|kanımca",
    ),
    cue(
        Signal::Boilerplate,
        Lang::TR,
        "çerez*|bülten*|gizlilik politikası|kullanım koşulları|tüm hakları saklıdır|her hakkı saklıdır|\
         fotoğraf|künye|javascript|©|reklam|copyright|bağış*",
    ),
    cue(
        Signal::Advert,
        Lang::TR,
        "indirim*|hemen al|satın al|ücretsiz kargo|kampanya*|sipariş ver*|fırsatı kaçırma*",
    ),
    cue(
        Signal::Address,
        Lang::TR,
        "sen|siz|sizin|size|senin|lütfen|teşekkür*|merhaba|sevgili|arkadaşlar",
    ),
    // Arabic
    cue(
        Signal::Attribution,
        Lang::AR,
        "قال|قالت|وقال|أعلن|أعلنت|وأعلنت|أكد|أكدت|وفقا|بحسب|حسب|زعم|زعمت|ذكر|ذكرت|أفاد|أفادت|كشف|كشفت|دراسة|\
         أظهرت|صرح|صرحت",
    ),
    cue(
        Signal::Absolute,
        Lang::AR,
        "يعالج|يشفي|السرطان|أكثر من|أسرع من|\
         جميع|كل|أبدا|دائما|ممنوع|حظر|تحظر|ستحظر|سرا|دليل|يسبب|تسبب|بالمئة|بالمائة|مليون|مليار|أول|توفي|\
         لأول مرة",
    ),
    cue(
        Signal::Call,
        Lang::AR,
        "شاركوا|شارك|شاركونا|انشر|انشروا|اضغط|اضغطوا|اشترك|اشتركوا|تابعوا|تابعونا|تابعنا|اقرأ|اقرأوا|انضموا|\
         شاهد|شاهدوا|لا تنسوا|سجل الآن|هيا",
    ),
    cue(
        Signal::Opinion,
        Lang::AR,
        "أعتقد|أظن|في رأيي|برأيي|أتمنى|آمل|أرجو|أحب|أكره|إن شاء الله|للأسف|من وجهة نظري",
    ),
    cue(
        Signal::Boilerplate,
        Lang::AR,
        "ملفات تعريف الارتباط|الكوكيز|النشرة البريدية|سياسة الخصوصية|شروط الاستخدام|جميع الحقوق محفوظة|\
         الحقوق محفوظة|جافا سكريبت|©|إعلان|صورة|تصوير|تبرع|تبرعوا",
    ),
    cue(
        Signal::Advert,
        Lang::AR,
        "خصم|تخفيضات|اشتر الآن|اطلب الآن|توصيل مجاني|عرض خاص|كوبون",
    ),
    cue(
        Signal::Address,
        Lang::AR,
        "شكرا|عزيزي|أعزائي|مرحبا|أنتم|أنت|لكم|من فضلك|يرجى|إخواني",
    ),
];
