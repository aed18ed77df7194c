package intake

// foreign are the rules of the other languages: fewer and plainer. A method
// that is asked of the target rather than done is written into its expression.
var foreign = map[string]string{
	"zh": `methods:informant_recruitment|(?:要求|让|要|逼|请).{0,20}(?:提供|汇报|报告|告知|收集|举报).{0,20}(?:名单|名字|信息|情报|谁|参加|成员)|线人|充当间谍|当间谍|为.{0,8}(?:工作|效力)
methods:threat_to_family|威胁.{0,15}(?:家人|亲属|父母|母亲|父亲|妻子|儿子|女儿|兄弟|姐妹)|(?:家人|亲属|父母|母亲|父亲).{0,15}(?:会出事|后果|遭殃|被抓|受牵连)
methods:family_questioned|(?:家人|亲属|父母|母亲|父亲|叔叔|舅舅|哥哥|姐姐|弟弟|妹妹).{0,15}(?:被.{0,6}(?:传唤|问话|约谈|盘问)|遭到?(?:约谈|问话|盘问))|(?:约谈|传唤|盘问).{0,12}(?:家人|亲属|父母|母亲|父亲)
methods:family_detained|(?:家人|亲属|父母|母亲|父亲|哥哥|姐姐|弟弟|妹妹|儿子|女儿).{0,12}被.{0,8}(?:拘留|逮捕|关押|带走|关进)
methods:threat_of_death|死亡威胁|杀了你|要.{0,4}命|扬言杀
methods:threat_general|威胁|恐吓
methods:persuasion_to_return|(?:劝返|逼.{0,8}回国|要求.{0,8}回国|施压.{0,8}回国)
methods:physical_surveillance|跟踪|监视
methods:spyware|间谍软件|手机被(?:黑|入侵)
methods:passport_refused|拒绝.{0,10}(?:换发|续签|补发|延期).{0,6}护照|护照.{0,10}(?:被拒|不予)
methods:overseas_police_station|(?:秘密|海外).{0,4}警察?(?:站|局|服务站)
methods:assault|(?:被|遭).{0,6}(?:殴打|打伤|袭击)
methods:abduction_rendition|绑架|被强行带回
methods:online_harassment|网络(?:攻击|暴力|骚扰)|水军`,
	"ru": `methods:informant_recruitment|(?:завербова|вербова|стать информатор|доносить на|следить за другими|сообщать.{0,30}(?:кто|имена|о)|(?:требова|проси|предлож|потребова)\S*.{0,60}(?:имена|список|кто ходит|кто участв|сведени|информаци))
methods:threat_to_family|угрож\S*.{0,40}(?:родн|семь|мат|отц|отец|брат|сестр|родственник|родител|жен|сын|доч)|(?:родн|семь|мать|отец|брат|сестр|родственник|родител)\S*.{0,30}(?:пострада|посад|арестуют|ответ)
methods:family_questioned|(?:допро|вызва|приход|навест|обыск)\S*.{0,40}(?:мат|отц|брат|сестр|родственник|родител|семь|дяд)|(?:мать|отца|брата|сестру|родственник\S*|родител\S*|дядю).{0,30}(?:допро|вызва)
methods:family_detained|(?:задерж|арест|посад)\S*.{0,30}(?:брат|отц|мать|сестр|родственник|сын)|(?:брата|отца|мать|сестру|сына|родственник\S*).{0,20}(?:задерж|арест|посад|увез)
methods:threat_of_death|угро\S* (?:убийств|смерт)|убь(?:ем|ют|ём)|обещал\S* убить
methods:threat_general|угрож|угроз
methods:abduction_rendition|похи(?:ти|щен)|насильно (?:вывез|увез)
methods:attempted_killing|покушени|пытал\S* (?:убить|отравить)|отравлен
methods:killing|(?:был\S* )?(?:застрелен|убит)\b|убийств\S* (?:активист|журналист|оппозиц)
methods:assault|избит|избил|напал
methods:extradition_request|экстрадици|выдач\S*
methods:unlawful_deportation|депортир|выслал|выслан
methods:interpol_notice|интерпол
methods:extraterritorial_charges|уголовн\S* дел|заочно обвин|объяв\S* в розыск
methods:trial_in_absentia|заочно (?:приговор|арест|осуд)
methods:passport_refused|отказ\S*.{0,30}паспорт
methods:spyware|шпионск\S* (?:по|программ)|пегас
methods:physical_surveillance|слежк|следил\S* за (?:ним|ней|домом|его|её)
methods:terrorism_designation|(?:внес|призна|объяв)\S*.{0,40}(?:террорист|экстремист|иноагент|иностранн\S* агент|нежелательн)`,
	"tr": `methods:informant_recruitment|(?:muhbir|ajan|casus)\S* (?:ol|yap)|(?:isim|ad|bilgi|liste)\S*.{0,40}(?:vermesi|vermesini|bildir|istedi|istendi|talep)|(?:kim|kimler)\S* katıl\S*.{0,30}(?:bildir|söyle|iste)
methods:threat_to_family|(?:aile|anne|baba|kardeş|eş|çocuk|akraba|yakın)\S*.{0,40}(?:tehdit|zarar)|tehdit\S*.{0,40}(?:aile|anne|baba|kardeş|akraba)
methods:family_detained|(?:aile|anne|baba|kardeş|eş|akraba|abi|abla|oğl)\S*.{0,30}(?:gözaltına|tutukla|hapse)
methods:family_questioned|(?:aile|anne|baba|kardeş|akraba|abi|abla)\S*.{0,30}(?:sorgula|ifadeye|ziyaret)
methods:abduction_rendition|kaçırıl|kaçırdı|zorla (?:götür|getir)
methods:threat_of_death|ölüm tehdi|öldür(?:ece|ürüz|mekle)
methods:threat_general|tehdit
methods:passport_cancelled|pasaport\S*.{0,30}(?:iptal|el konul)
methods:passport_refused|pasaport\S*.{0,30}(?:yenile\S*.{0,15}(?:redd|medi|miyor)|verilme)
methods:extradition_request|iade(?:si|sini)? (?:talep|iste)|iade talebi
methods:interpol_notice|interpol|kırmızı bülten
methods:assault|darp|dövül|dövdü|saldır
methods:unlawful_deportation|sınır dışı
methods:terrorism_designation|terör (?:listesi|örgütü)
methods:physical_surveillance|takip ed|gözetle|izlen`,
	"ar": `methods:informant_recruitment|(?:طلب|طالب|عرض|ضغط)\S*.{0,60}(?:أسماء|معلومات|التجسس|قائمة|من يحضر|الإبلاغ)|تجنيد|مخبر|التجسس على
methods:threat_to_family|(?:هدد|تهديد)\S*.{0,40}(?:عائل|أسر|أم|والد|أخ|أقارب|أهل|زوج|ابن)|(?:عائلت|أسرت|والد|أخ|أخت|أقارب)\S*.{0,30}(?:سيدفع|ستدفع|يتأذى|الثمن)
methods:family_detained|(?:اعتقل|احتجز|سجن)\S*.{0,40}(?:شقيق|أخ|والد|أقارب|عائل|أفراد)
methods:family_questioned|(?:استجو|استدع|داهم|زار)\S*.{0,40}(?:شقيق|أخ|والد|أقارب|عائل|أسر|منزل)
methods:threat_of_death|(?:هدد|تهديد)\S*.{0,20}(?:بالقتل|القتل)|تهديدات بالقتل
methods:threat_general|هدد|تهديد
methods:abduction_rendition|اختطف|خطف
methods:killing|اغتيل|اغتيال|قُتل|مقتل
methods:spyware|برنامج (?:ال)?تجسس|بيغاسوس|اختراق هاتف
methods:passport_refused|(?:رفض)\S*.{0,30}(?:تجديد|إصدار).{0,15}جواز
methods:passport_cancelled|(?:سحب|إلغاء|ألغ)\S*.{0,20}جواز
methods:assault|اعتد(?:ى|اء)|ضرب
methods:unlawful_deportation|ترحيل|رُح?ّل|رحّل
methods:citizenship_stripped|(?:سحب|إسقاط|أسقط)\S*.{0,15}(?:الجنسية|جنسيت)`,
	"fa": `methods:informant_recruitment|(?:خواست|خواسته|پیشنهاد|فشار).{0,60}(?:اسامی|نام|اطلاعات|جاسوسی|فهرست|گزارش)|خبرچین|جاسوسی
methods:threat_to_family|(?:خانواده|مادر|پدر|برادر|خواهر|همسر|فرزند|پسر|دختر|بستگان)\S*.{0,50}(?:تهدید|آسیب|بازداشت خواهد|خواهند کشت)|تهدید.{0,50}(?:خانواده|مادر|پدر|برادر|خواهر|بستگان)
methods:family_questioned|(?:خانواده|مادر|پدر|برادر|خواهر|بستگان)\S*.{0,40}(?:احضار|بازجویی)
methods:family_detained|(?:برادر|پدر|مادر|خواهر|پسر|بستگان)\S*.{0,40}(?:بازداشت (?:شد|کرد)|دستگیر)
methods:threat_of_death|تهدید به (?:مرگ|قتل)|(?:خواهیم|می\x{200C}?)کشیم
methods:threat_general|تهدید
methods:abduction_rendition|ربود|آدم\x{200C}?ربایی
methods:attempted_killing|سوء ?قصد|ترور نافرجام|قصد (?:ترور|کشتن)
methods:killing|ترور شد|به قتل رسید
methods:assault|ضرب و شتم|با چاقو|حمله کرد
methods:account_compromise|فیشینگ|هک (?:شد|کرد|حساب)
methods:physical_surveillance|تعقیب|زیر نظر`,
	"fr": `methods:informant_recruitment|(?:demand|propos|offert|exig|ordonn)\S*.{0,80}(?:noms?|liste|renseignements|informations|qui (?:participe|assiste|vient|fréquente))|informateur|espionner|recruter? comme
methods:threat_to_family|(?:menac)\S*.{0,50}(?:famille|mère|père|parents|frère|sœur|proches|enfants|épouse|fils|fille)|(?:famille|mère|père|parents|frère|sœur|proches)\S*.{0,40}(?:menac|paiera|souffrir|en danger)|s'en prendre à (?:sa|ses|son)
methods:family_questioned|(?:mère|père|parents|frère|sœur|proches|famille|oncle)\S*.{0,50}(?:interrog|convoqu)|(?:interrog|convoqu)\S*.{0,40}(?:mère|père|parents|frère|sœur|proches|famille)
methods:family_detained|(?:mère|père|parents|frère|sœur|proches|fils)\S*.{0,40}(?:arrêté|emprisonné|détenu|incarcér)
methods:threat_of_death|menaces? de mort|(?:vous|te|le|la) tuer
methods:threat_general|menac
methods:killing|(?:a été|fut) (?:assassiné|abattu|tué)|assassinat d
methods:attempted_killing|tentative d'assassinat|tent\S* (?:de|d')\s?(?:tuer|assassiner)
methods:abduction_rendition|(?:a été |été )?enlevé|kidnapp|enlèvement
methods:assault|(?:a été|été) (?:agressé|frappé|battu|tabassé|poignardé)|agression
methods:passport_refused|refus\S*.{0,40}(?:renouvel|délivr)\S*.{0,20}passeport|passeport\S*.{0,40}refus
methods:passport_cancelled|(?:annul|confisqu|révoqu)\S*.{0,20}passeport
methods:spyware|logiciel espion|pegasus
methods:persuasion_to_return|(?:rentrer|retourner) au pays
methods:physical_surveillance|surveill\S* (?:son|sa|le) (?:domicile|maison|appartement)|filature|suivi par
methods:online_harassment|cyberharcèlement|campagne de (?:haine|dénigrement)`,
	"es": `methods:informant_recruitment|(?:pidi|exigi|ofreci|orden|propus)\S*.{0,80}(?:nombres|lista|información|quién|quiénes)|informante|espiar
methods:threat_to_family|amenaz\S*.{0,50}(?:familia|madre|padre|padres|herman|hij|espos|parientes|familiares)|(?:familia|madre|padre|herman|hij|familiares)\S*.{0,40}(?:amenaz|sufr|pagar)
methods:family_questioned|(?:madre|padre|padres|herman|familiares|familia|tío)\S*.{0,50}(?:interrog|citad|visitad)|(?:interrog|citaron|visitaron)\S*.{0,40}(?:madre|padre|padres|herman|familiares|familia)
methods:family_detained|(?:madre|padre|herman|hij|familiares)\S*.{0,40}(?:detenid|arrestad|encarcelad)|(?:detuv|arrest|encarcel)\S*.{0,40}(?:madre|padre|herman|hij|familiares)
methods:threat_of_death|amenazas? de muerte|(?:te|lo|la) (?:vamos a |van a )?matar
methods:threat_general|amenaz
methods:killing|(?:fue|ha sido) (?:asesinad|abatid|muert)|asesinato de|mat\S* a tiros
methods:attempted_killing|intent\S* (?:de asesinato|asesinar|matar)
methods:abduction_rendition|secuestr
methods:assault|(?:fue|ha sido) (?:golpead|agredid|apuñalad)|golpiza
methods:passport_refused|(?:neg|rechaz)\S*.{0,40}(?:renov|pasaporte)
methods:passport_cancelled|(?:anul|confisc|cancel|retir)\S*.{0,25}pasaporte
methods:citizenship_stripped|(?:despoj|quit|retir|priv)\S*.{0,30}nacionalidad
methods:entry_ban|(?:prohib|impid|neg)\S*.{0,30}(?:entrada|ingreso|regresar|volver)
methods:asset_freeze|(?:confisc|congel|embarg)\S*.{0,30}(?:bienes|cuentas|casa|propiedad)
methods:physical_surveillance|vigil\S* (?:su|la) (?:casa|domicilio)|segu\S* por
methods:spyware|programa espía|pegasus`,
}

// foreignChannels and stop-words by language.
var foreignChannels = `phone_call|电话|来电|звон\S*|telefon|هاتف|اتصل|اتصال|تلفن|تماس|appel\S*|téléphon|llam\S*|teléfono
whatsapp|whatsapp|واتساب|واتس\x{200C}?اپ
telegram|telegram|телеграм|تلگرام|تيليغرام
wechat|微信|wechat
email|邮件|электронн\S* почт|e-?posta|بريد إلكتروني|ایمیل|courriel|e-mail|correo electrónico
in_person_host|登门|上门|当面|лично|подош\S*|yüz yüze|حضوری|en personne|se présent\S*|en persona`

// exiles say that somebody fled, opposes or belongs to a people: by language.
var exiles = map[string]string{
	"en": `\b(?:exiles?|exiled|in exile|dissidents?|activists?|refugees?|asylum|diaspora|opposition|critics?|fled|defectors?|human rights|campaigners?|émigrés?|expatriates?|democracy|journalists?|bloggers?|pastors?|monks?|separatists?|minorit(?:y|ies)|compatriots?|overseas|abroad|community)\b`,
	"zh": `流亡|异见|异议|维权|活动人士|难民|庇护|海外|批评|民运|记者|社区|藏人|维吾尔|港人|法轮功`,
	"ru": `эмигр|покинул|уехал|изгнан|оппозиц|активист|беженц|убежищ|диаспор|диссидент|правозащит|критик|журналист|блогер`,
	"tr": `sürgün|muhalif|aktivist|mülteci|sığınma|diaspora|gazeteci|hizmet hareketi|gülen`,
	"ar": `منفى|معارض|ناشط|لاجئ|لجوء|مهجر|منتقد|صحفي|صحافي|حقوقي|جالية`,
	"fa": `تبعید|مخالف|فعال|پناهند|پناهجو|دیاسپورا|منتقد|روزنامه\x{200C}?نگار|خبرنگار|مقیم`,
	"fr": `exil|dissident|opposant|militant|réfugié|asile|diaspora|critique|journaliste|défenseur`,
	"es": `exili|disident|opositor|activista|refugiad|asilo|diáspora|crític|periodista|defensor`,
}
