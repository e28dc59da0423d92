//! Words that only hold a sentence together, folded. Left out of queries and of the languages' own fields; the
//! neutral field keeps them, for texts whose language was guessed wrong. Negations are
//! not among them: "does not cause" is another claim than "causes".

pub(super) const ENGLISH: &str = "\
    a about above after again against all also am an and any are as at be because been before \
    being below between both but by can could did do does doing down during each even ever few for \
    from further get got had has have having he her here hers herself him himself his how i if im \
    in into is it its itself just let lets like may me might more most much must my myself of off \
    on once only or other our ours ourselves out over own rt said same say says shall she should \
    so some still such than that the their theirs them themselves then there these they this those \
    through to too under until up upon very via was we were what when where which while who whom \
    whose why will with would yet you your yours yourself yourselves";

pub(super) const GERMAN: &str = "\
    ab aber alle allem allen aller alles als also am an ander andere anderem anderen anderer \
    anderes auch auf aus bei beim bin bis bist da dabei dadurch dafur dagegen daher damit danach \
    dann daran darauf daraus darin daruber darum das dass davon davor dazu dein deine deinem \
    deinen deiner dem den denen denn dennoch der deren des deshalb dessen dich die dies diese \
    dieselbe diesem diesen dieser dieses dir doch dort du durch ebenso ein eine einem einen einer \
    eines einige einigem einigen einiger einiges einmal er es etwa etwas euch euer eure eurem \
    euren eurer fur gegen gewesen gibt hab habe haben habt hat hatte hatten hattest hier hin \
    hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist ja jede jedem \
    jeden jeder jedes jedoch jene jenem jenen jener jenes jetzt kann konnen konnt konnte konnten \
    laut man manche manchem manchen mancher mehr mein meine meinem meinen meiner mich mir mit muss \
    mussen musste nach noch nun nur ob obwohl oder schon sehr sei sein seine seinem seinen seiner \
    seines seit selbst sich sie sind so sogar solche solchem solchen solcher soll sollen sollte \
    sollten sondern sonst sowie uber um und uns unser unsere unserem unseren unserer unter viel \
    vom von vor wahrend war waren warst warum was wegen weil weiter welche welchem welchen welcher \
    welches wenn wer werde werden werdet weshalb wie wieder will wir wird wirst wo wobei worden \
    wurde wurden zu zum zur zwar zwischen";

pub(super) const DUTCH: &str = "\
    aan af al alle als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus \
    een en er ge had hadden heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ja je \
    jij jou jouw jullie kan kon kunnen maar me meer men met mij mijn mocht moet moeten na naar nog \
    nu of om omdat onder ons onze ook op over reeds te tegen toch toen tot u uit uw van veel voor \
    want waren was wat we wel werd werden wezen wie wij wil worden wordt zal ze zei zelf zich zij \
    zijn zo zou zouden";

pub(super) const FRENCH: &str = "\
    a ai aie ainsi ait alors apres as au aurait aussi autre autres aux avaient avais avait avant \
    avec avez avoir avons c car ce ceci cela celle celles celui ces cet cette ceux chaque ci comme \
    comment d dans de depuis des donc du elle elles en encore entre es est et etaient etait etant \
    ete etes etre eu eux faire fait fut ici il ils j je l la le les leur leurs lors lui m ma mais \
    me meme memes mes moi mon n nos notre nous on ont ou par parce pendant peu peut plus pour \
    pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa se selon sera serait seront \
    ses si soient soit sommes son sont sous suis sur t ta te tes toi ton tous tout toute toutes \
    tres tu un une vers voici voila vos votre vous y";

pub(super) const SPANISH: &str = "\
    a al algo algunas algunos ante antes aqui asi aun aunque cada como con contra cual cuando de \
    del desde donde dos durante e el ella ellas ellos en entre era eran eres es esa esas ese eso \
    esos esta estaba estado estan estar estas este esto estos estoy fue fueron ha haber habia \
    habian han has hasta hay he la las le les lo los mas me mi mis mismo mucho muchos muy nos \
    nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues que quien \
    quienes se sea segun ser si sido sobre solo son su sus tal tambien tan tanto te tiene tienen \
    todo todos tras tu tus un una unas uno unos vosotros y ya yo";

pub(super) const PORTUGUESE: &str = "\
    a ainda ao aos apos aquela aquelas aquele aqueles aquilo as ate cada com como contra da das de \
    dela delas dele deles depois desde do dos durante e ela elas ele eles em entre era eram essa \
    essas esse esses esta estao estas estava estavam este estes estou eu foi foram ha havia isso \
    isto ja la lhe lhes mais mas me mesmo meu meus minha minhas muito na nas nos nossa nossas \
    nosso nossos num numa o os ou para pela pelas pelo pelos perante pois por porque pra qual \
    quando que quem sao se segundo seja sera seu seus so sobre sua suas tambem tao te tem tinha \
    toda todas todo todos tu tua um uma umas uns vai voce voces vos";

pub(super) const ITALIAN: &str = "\
    a abbia abbiamo ad agli ai al alla alle allo altra altre altri altro anche ancora avere aveva \
    avevano c che chi ci cio coi col come con contro cosi cui d da dagli dai dal dalla dalle dallo \
    degli dei del della delle dello dentro di dopo dove e ed era erano essere fa fanno fino fra \
    gia gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me mentre mi mia mie miei mio \
    molto negli nei nel nella nelle nello noi nostra nostre nostri nostro o ogni ora per perche \
    piu poi proprio qua quale quali quando quanto quasi quella quelle quelli quello questa queste \
    questi questo qui se sei si sia siamo sono sopra sotto sta stata stati stato su sua sue sugli \
    sui sul sulla sulle sullo suo suoi tra tu tua tutta tutte tutti tutto un una uno va vi voi";

pub(super) const POLISH: &str = "\
    a aby albo ale az bardzo bo bowiem by byc byl byla byli bylo byly bym chce choc ci co czy da \
    dla do gdy gdyby gdyz gdzie go i ich ile im inne inny innych iz ja jak jako je jeden jedna \
    jednak jednego jego jej jemu jesli jest jestem jezeli juz kazdy kiedy kto ktora ktore ktorego \
    ktorej ktory ktorych ktorym ktorzy lub ma maja mam mi mnie moj moja moje moze mozna mu my na \
    nad nam nami nas nasz nasza nasze natomiast nawet nich niech nim nimi o od oraz po pod podczas \
    poniewaz przed przez przy raz rowniez sa sam sama sie skad so swoj swoja swoje ta tak taka \
    taki takie takze tam te tego tej ten teraz tez to tobie tu tutaj twoj twoja ty tych tylko tym \
    u w wam was wasz we wedlug wiec wlasnie wszyscy wszystkie wszystko wtedy wy z za zas ze zeby";

pub(super) const BULGARIAN: &str = "\
    а ако ала беше би бил била били било бъдат бъде в вас ваш ваша ваше все всеки всички всичко \
    всяка във г ги го да дали до докато дори е един една едно за заради защо защото и из или им \
    има имат искам как каква какво като кога когато което кои които която към ме между ми много \
    може му на над наи нас наш наша наше него нещо нея ние но някои о обаче около он от още по под \
    поне после почти пред преди през при пък с са сам само се сега си след според сте съм със също \
    т така такива такъв там те тези ти то това тогава този тои толкова точно тук тъи тя тях у ще я";

pub(super) const RUSSIAN: &str = "\
    а бы был была были было быть в вам вас ваш весь во вот все всего всех вы где да даже для до \
    его ее еи ему если есть еще же за здесь и из или им их к как какая какои ко когда кто ли либо \
    между меня мне много может мои моя мы на над надо нам нас наш него нее неи нему них но ну о об \
    однако он она они оно от очень по под при про с сам себя сеичас со так также такои там тебя \
    тем теперь то тогда того тоже тои только том тот ты у уже хотя чего чеи чем что чтобы чье эта \
    эти это этого этои этом этот эту я";

pub(super) const UKRAINIAN: &str = "\
    а або аж але б би був була були було бути в вам вас ваш вже ви вона вони воно все вся всі всіх \
    від він г да де для до дуже ж же з за зараз зі и из иого ким ко кого кожен коли крім лише мене \
    мені ми може можна мои моя моі між на навіть над нам нас наш него неі них о об однак от перед \
    по поки при про під після саме свои своя своі себе та так такии також там те ти тим то того \
    тоді тои тому тут у хоч хто це цеи цього ця ці через чи чим чому що щоб я як яка якии якщо які \
    і із інших іі";

pub(super) const TURKISH: &str = "\
    acaba ama ancak arada artik asil aslinda ayni az bana bazi belki ben beni benim beri bile bir \
    biraz bircok biri birkac birsey biz bize bizi bizim boyle bu buna bunda bundan bunlar bunlari \
    bunlarin bunu bunun burada butun cok cunku da daha dahi de defa diger diye dolayi dolayisiyla \
    edecek eden ederek edilecek ediliyor edilmesi ediyor eger en etmesi etti ettigi gibi gore \
    halen hangi hatta hem henuz hep hepsi her herhangi herkes icin icinde ile ilgili ise iste \
    itibaren itibariyle kadar karsin kendi kendine kendini ki kim kimi mi mu nasil neden nerede \
    niye o olan olarak oldu oldugu olduklarini olmak olmasi olsa olsun olup olur on ona ondan \
    onlar onlari onlarin onu onun oyle oysa ragmen sadece sana sanki sen seni senin siz size sizi \
    sizin son sonra su sunu tarafindan tum uzere var ve veya ya yani yaptigi yine yoksa zaten";

pub(super) const ARABIC: &str = "\
    اذا الا التي الذي الذين اللاتي الي اليه اليها اما امام ان انا انت انتم او اي ايضا اين بعد بعض \
    بل به بها بين تحت تكون تلك ثم حتي حول حيث خلال ذلك ضد علي عليه عليها عن عند عندما فقط فوق في \
    فيه فيها قبل قد كان كانت كانوا كل كما كيف لان لقد لكن لنا له لها لهم متي مثل مع من منذ منه \
    منها نحن هذا هذه هم هما هن هنا هناك هو هي و وراء وقد وكان ولكن يا يكون";
