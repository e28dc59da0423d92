//! Cues of languages in Latin letters.

use super::{Cue, cue};
use crate::{detect::score::Signal, domain::Lang};

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
    cue(
        Signal::Comparison,
        Lang::DE,
        "mehr als|weniger als|höher als|niedriger als|größer als|kleiner als|besser als|schlechter als|\
         doppelt so|halb so|so viele wie|im vergleich|am meisten|höchste*|niedrigste*|größte*|\
         schneller als|teurer als",
    ),
    cue(
        Signal::Past,
        Lang::DE,
        "wurde|wurden|worden|hat|haben|hatte|hatten|sank|stieg|fiel|starb|starben|gab es|war|waren|\
         gestern|letztes jahr|im vergangenen jahr|vorige woche|seit",
    ),
    cue(
        Signal::Institution,
        Lang::DE,
        "ministerium|minister*|regierung*|bundes*|behörde*|gericht*|polizei*|parlament*|landtag*|\
         universität*|institut*|gesundheitsamt*|rki|who|eu|uno|nato|stadtrat|stadtverwaltung|\
         krankenkasse*|partei*|zentralbank*",
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
    cue(
        Signal::Comparison,
        Lang::EN,
        "more than|less than|fewer than|higher than|lower than|bigger than|better than|worse than|\
         twice as|half as|as many as|compared to|compared with|the most|the highest|the lowest|\
         the largest|the biggest|faster than|record",
    ),
    cue(
        Signal::Past,
        Lang::EN,
        "was|were|has been|have been|had|did|died|killed|rose|fell|increased|decreased|received|gave|\
         took|made|went|yesterday|last year|last month|last week|since|ago",
    ),
    cue(
        Signal::Institution,
        Lang::EN,
        "ministry|minister|government*|department|agency|court|police|parliament|congress|senate|\
         university|institute|hospital*|cdc|fda|nhs|eu|un|nato|council|commission|central bank|\
         white house|world health organization",
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
    cue(
        Signal::Comparison,
        Lang::TR,
        "daha fazla|daha az|daha yüksek|daha düşük|daha hızlı|daha iyi|katına|kat|en çok|en yüksek|\
         en düşük|en büyük|kadar|kıyasla|rekor",
    ),
    cue(
        Signal::Past,
        Lang::TR,
        "oldu|edildi|öldü|arttı|düştü|geçen yıl|geçen ay|geçen hafta|dün|beri|önce|yapıldı|verildi",
    ),
    cue(
        Signal::Institution,
        Lang::TR,
        "bakan*|hükümet*|mahkeme*|polis*|meclis*|üniversite*|enstitü*|belediye*|tüik*|merkez bankası*|\
         kurumu*|ab|bm|nato|hastane*|valilik*",
    ),
    // Dutch
    cue(
        Signal::Attribution,
        Lang::NL,
        "volgens|zegt|zei|meldt|meldde|beweert|verklaarde|bevestigt|blijkt uit|onderzoek|kondigde aan|\
         waarschuwt",
    ),
    cue(
        Signal::Absolute,
        Lang::NL,
        "alle|nooit|altijd|geen|verboden|verbiedt|verplicht|stiekem|bewijs|bewezen|procent|miljoen|\
         miljard|eerste|dodelijk*",
    ),
    cue(
        Signal::Call,
        Lang::NL,
        "deel dit|delen|retweet|rt|lees meer|lees verder|klik hier|meld je aan|schrijf je in|volg ons|\
         doe mee|kijk op|word lid|blijf thuis|laten we|teken de",
    ),
    cue(
        Signal::Opinion,
        Lang::NL,
        "ik vind|vind ik|ik denk|denk ik|ik hoop|hopelijk|ik geloof|volgens mij|wat mij betreft|helaas|\
         ik ben|ik heb|ik wil|ik zou|mijn mening|jammer",
    ),
    cue(
        Signal::Boilerplate,
        Lang::NL,
        "cookies|cookie*|nieuwsbrief|privacybeleid|privacyverklaring|gebruiksvoorwaarden|\
         alle rechten voorbehouden|foto|javascript|©|copyright|adblocker|doneer|toestemming",
    ),
    cue(
        Signal::Advert,
        Lang::NL,
        "korting|koop nu|bestel nu|gratis verzending|aanbieding|kortingscode|advertentie|onze podcast|\
         gesponsord",
    ),
    cue(
        Signal::Address,
        Lang::NL,
        "je|jij|jullie|jouw|u|uw|bedankt|dank|beste|hallo|alsjeblieft|graag",
    ),
    cue(
        Signal::Comparison,
        Lang::NL,
        "meer dan|minder dan|hoger dan|lager dan|groter dan|beter dan|slechter dan|twee keer zo|\
         vergeleken met|de meeste|hoogste|laagste|grootste|sneller dan",
    ),
    cue(
        Signal::Past,
        Lang::NL,
        "werd|werden|is overleden|zijn overleden|heeft|hebben|had|was|waren|steeg|daalde|gisteren|\
         vorig jaar|vorige week|sinds|geleden",
    ),
    cue(
        Signal::Institution,
        Lang::NL,
        "ministerie|minister|regering|kabinet|rivm|ggd|rechtbank|politie|parlement|tweede kamer|\
         universiteit|ziekenhuis*|who|eu|gemeente|vvd|omt",
    ),
    // Polish
    cue(
        Signal::Attribution,
        Lang::PL,
        "powiedział*|twierdzi|twierdził*|poinformował*|podał|podała|podało|według|zdaniem|oświadczył*|\
         ogłosił*|potwierdził*|badani*|ostrzegł*|przekazał*",
    ),
    cue(
        Signal::Absolute,
        Lang::PL,
        "wszyscy|wszystkie|wszystkich|nigdy|zawsze|zakaz*|zabrani*|obowiązkow*|potajemnie|dowód|\
         udowodnion*|procent*|milion*|miliard*|pierwszy|powoduje|leczy|raka|śmierteln*",
    ),
    cue(
        Signal::Call,
        Lang::PL,
        "udostępnij*|podaj dalej|czytaj więcej|czytaj dalej|kliknij|zapisz się|subskrybuj*|obserwuj*|\
         dołącz*|sprawdź|obejrzyj|zobacz|nie zapomnij|głosuj*|chodźmy|podpisz*",
    ),
    cue(
        Signal::Opinion,
        Lang::PL,
        "myślę|uważam|moim zdaniem|sądzę|mam nadzieję|niestety|kocham|chciałbym|chciałabym|szkoda|\
         wierzę|wydaje mi się",
    ),
    cue(
        Signal::Boilerplate,
        Lang::PL,
        "cookie*|ciasteczk*|newsletter*|polityka prywatności|regulamin|wszelkie prawa zastrzeżone|fot|\
         zdjęcie|javascript|©|darowizn*|reklama",
    ),
    cue(
        Signal::Advert,
        Lang::PL,
        "rabat*|kup teraz|zamów|darmowa dostawa|promocj*|kod rabatowy|wyprzedaż*|zniżk*",
    ),
    cue(
        Signal::Address,
        Lang::PL,
        "ty|wy|wam|was|ciebie|twój|twoje|dziękuję|dzięki|cześć|proszę|drodzy|kochani",
    ),
    cue(
        Signal::Comparison,
        Lang::PL,
        "więcej niż|mniej niż|ponad|wyższ*|niższ*|dwukrotnie|w porównaniu|najwięcej|najwyższ*|\
         największ*|rekord*|szybciej",
    ),
    cue(
        Signal::Past,
        Lang::PL,
        "był|była|było|były|zmarł*|zginę*|wzrosł*|wzrósł|spadł*|wczoraj|w zeszłym roku|temu|został*",
    ),
    cue(
        Signal::Institution,
        Lang::PL,
        "ministerstw*|minister*|rząd*|sąd|sądu|policj*|sejm*|senat*|uniwersytet*|instytut*|szpital*|nbp|\
         who|onz|nato|ue|urząd*|rada",
    ),
];
