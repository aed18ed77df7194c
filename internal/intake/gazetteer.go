package intake

import "strings"

// place is a country in English words: adjectives and people, its government's
// seat and cities that stand for it, further names of it.
type place struct {
	code                      string
	adjectives, cities, names []string
}

// gazetteer: code|adjectives|cities, the seat of government first|further names.
const gazetteer = `AFG|Afghan,Afghans|Kabul|Taliban
ALB|Albanian|Tirana|
DZA|Algerian|Algiers|
AGO|Angolan|Luanda|
ARG|Argentine,Argentinian|Buenos Aires,Córdoba|
ARM|Armenian|Yerevan|
AUS|Australian|Canberra,Sydney,Melbourne,Brisbane,Perth,Adelaide,Hobart,Darwin,Queensland,Victoria|
AUT|Austrian|Vienna,Graz,Linz,Salzburg,Innsbruck|
AZE|Azerbaijani,Azeri|Baku|
BHR|Bahraini|Manama|
BGD|Bangladeshi|Dhaka|
BLR|Belarusian,Belarusians|Minsk|
BEL|Belgian|Brussels,Antwerp,Ghent,Liège,Liege|
BEN|Beninese|Cotonou|
BTN|Bhutanese|Thimphu|
BOL|Bolivian|La Paz|
BIH|Bosnian|Sarajevo|
BRA|Brazilian|Brasilia,São Paulo,Rio de Janeiro|
BGR|Bulgarian|Sofia|
BDI|Burundian|Bujumbura,Gitega|
KHM|Cambodian|Phnom Penh|
CMR|Cameroonian|Yaoundé|
CAN|Canadian|Ottawa,Toronto,Vancouver,Montreal,Calgary,Surrey,Edmonton,Winnipeg,Quebec,Brampton,Mississauga,British Columbia,Ontario,Alberta|
TCD|Chadian|N'Djamena|
CHL|Chilean|Santiago,Valparaíso|
CHN|Chinese|Beijing,Shanghai,Urumqi,Lhasa|PRC,People's Republic of China,Hong Kong authorities,Hong Kong police,Chinese Communist Party,CCP
COL|Colombian|Bogotá,Bogota|
COD|Congolese|Kinshasa|DR Congo,Democratic Republic of Congo
CRI|Costa Rican|San José,San Jose|
HRV|Croatian|Zagreb|
CUB|Cuban|Havana|
CYP|Cypriot|Nicosia|
CZE|Czech|Prague,Brno,Ostrava|Czech Republic
DNK|Danish|Copenhagen,Aarhus,Odense|
ECU|Ecuadorian|Quito|
EGY|Egyptian|Cairo|
GNQ|Equatoguinean|Malabo|
ERI|Eritrean,Eritreans|Asmara|
EST|Estonian|Tallinn|
ETH|Ethiopian|Addis Ababa|
FIN|Finnish|Helsinki,Tampere,Turku|
FRA|French|Paris,Lyon,Marseille,Strasbourg,Toulouse,Nantes,Nice,Bordeaux,Lille,Rennes,Grenoble|
GEO|Georgian|Tbilisi,Batumi|
DEU|German|Berlin,Munich,Hamburg,Cologne,Frankfurt,Stuttgart,Leipzig,Dresden,Düsseldorf,Bonn,Hanover,Bremen,Nuremberg,Freiburg,Bavaria,Saxony|
GHA|Ghanaian|Accra|
GRC|Greek|Athens|
GTM|Guatemalan|Guatemala City|
HUN|Hungarian|Budapest|
IND|Indian|New Delhi,Delhi,Mumbai,Dharamshala,Dharamsala|
IDN|Indonesian|Jakarta|
IRN|Iranian,Iranians|Tehran|Islamic Republic,Revolutionary Guards,Revolutionary Guard,IRGC
IRQ|Iraqi|Baghdad,Erbil|Iraqi Kurdistan
IRL|Irish|Dublin,Cork,Galway|
ISR|Israeli|Jerusalem,Tel Aviv|
ITA|Italian|Rome,Milan,Turin,Naples,Bologna,Florence|
JPN|Japanese|Tokyo,Osaka,Nagoya,Kyoto,Saitama|
JOR|Jordanian|Amman|
KAZ|Kazakhstani|Astana,Almaty,Shymkent|
KEN|Kenyan|Nairobi,Mombasa,Kakuma|
XKX|Kosovar|Pristina|Kosovo
KWT|Kuwaiti|Kuwait City|
KGZ|Kyrgyz|Bishkek|
LAO|Lao,Laotian|Vientiane|Laos
LVA|Latvian|Riga|
LBN|Lebanese|Beirut|
LBY|Libyan|Tripoli|
LTU|Lithuanian|Vilnius|
LUX|Luxembourgish||
MYS|Malaysian|Kuala Lumpur|
MLT|Maltese|Valletta|
MRT|Mauritanian|Nouakchott|
MEX|Mexican|Mexico City|
MDA|Moldovan|Chisinau|
MNG|Mongolian|Ulaanbaatar|
MNE|Montenegrin|Podgorica|
MAR|Moroccan|Rabat,Casablanca|
MOZ|Mozambican|Maputo|
MMR|Burmese|Naypyidaw,Yangon|Myanmar junta
NPL|Nepalese,Nepali|Kathmandu|
NLD|Dutch|The Hague,Amsterdam,Rotterdam,Utrecht,Eindhoven,Rijswijk,Groningen|Netherlands
NZL|New Zealander|Wellington,Auckland,Christchurch|
NIC|Nicaraguan|Managua|
NGA|Nigerian|Abuja,Lagos|
PRK|North Korean|Pyongyang|North Korea
NOR|Norwegian|Oslo,Bergen,Trondheim,Stavanger|
OMN|Omani|Muscat|
PAK|Pakistani|Islamabad,Karachi|
PSE|Palestinian|Ramallah,Gaza|
PAN|Panamanian|Panama City|
PHL|Philippine,Filipino|Manila|
POL|Polish|Warsaw,Krakow,Gdansk,Wrocław,Wroclaw,Poznań|
PRT|Portuguese|Lisbon|
QAT|Qatari|Doha|
ROU|Romanian|Bucharest|
RUS|Russian,Russians|Moscow,St Petersburg|Kremlin,FSB,GRU,Chechen authorities,Kadyrov
RWA|Rwandan,Rwandans|Kigali|
SAU|Saudi,Saudis|Riyadh,Jeddah|
SEN|Senegalese|Dakar|
SRB|Serbian|Belgrade|
SGP|Singaporean||
SVK|Slovak|Bratislava|
SVN|Slovenian|Ljubljana|
SOM|Somali|Mogadishu|
ZAF|South African|Pretoria,Johannesburg,Cape Town,Durban|
KOR|South Korean|Seoul,Busan|South Korea
SSD|South Sudanese|Juba|
ESP|Spanish|Madrid,Barcelona,Valencia,Alicante,Seville,Málaga,Catalonia|
LKA|Sri Lankan|Colombo|
SDN|Sudanese|Khartoum|
SWE|Swedish|Stockholm,Gothenburg,Malmö,Uppsala,Strömsund,Västerås,Örebro,Linköping,Rinkeby|
CHE|Swiss|Bern,Zurich,Geneva,Basel,Lausanne,Winterthur,Lucerne|
SYR|Syrian,Syrians|Damascus|Assad regime
TWN|Taiwanese|Taipei|
TJK|Tajik|Dushanbe|
TZA|Tanzanian|Dodoma,Dar es Salaam|
THA|Thai|Bangkok,Chiang Mai,Pattaya,Mae Sot|
TGO|Togolese|Lomé|
TUN|Tunisian|Tunis|
TUR|Turkish|Ankara,Istanbul,Izmir,Konya,Antalya,Gaziantep,Van|Turkiye,Türkiye,MIT agents
TKM|Turkmen|Ashgabat|
UGA|Ugandan|Kampala|
UKR|Ukrainian|Kyiv,Kiev,Lviv,Odesa,Kharkiv|
ARE|Emirati|Abu Dhabi,Dubai|UAE,Emirates
GBR|British,English,Scottish,Welsh|London,Manchester,Birmingham,Leeds,Glasgow,Edinburgh,Cardiff,Bristol,Sheffield,Liverpool,Nottingham,Newcastle,Oxford,Cambridge,Leicester,Coventry,Brighton,Luton,Croydon,Belfast,Southampton,Bradford|UK,U.K.,Britain,England,Scotland,Wales
USA|American|Washington,New York,Los Angeles,San Francisco,Chicago,Boston,Houston,Seattle,Virginia,California,Texas,Florida,Brooklyn,Queens,Manhattan,Philadelphia,San Diego,Dallas,Atlanta,Denver,Minneapolis,Phoenix,Maryland,New Jersey,Silicon Valley,Hawaii|US,U.S.,USA,U.S.A.,America,United States
URY|Uruguayan|Montevideo|
UZB|Uzbek|Tashkent|
VEN|Venezuelan|Caracas|
VNM|Vietnamese|Hanoi|
YEM|Yemeni|Sanaa|Houthi
ZMB|Zambian|Lusaka|
ZWE|Zimbabwean|Harare|`

// places reads the gazetteer.
func places() []place {
	var out []place
	for line := range strings.Lines(gazetteer) {
		parts := strings.Split(strings.TrimRight(line, "\n"), "|")
		list := func(i int) []string {
			if parts[i] == "" {
				return nil
			}
			return strings.Split(parts[i], ",")
		}
		out = append(out, place{code: parts[0], adjectives: list(1), cities: list(2), names: list(3)})
	}
	return out
}

// foreignAdjectives are states in the languages that the rules read besides
// English, as adjectives and people: code|zh|ru|tr|ar|fa|fr|es. Stems where
// endings change.
const foreignAdjectives = `CHN|中国,中方,中共,北京|китайск,кита|çin,pekin|صين,بكين|چین,پکن|chinois,pékin|chin,pekín
IRN|伊朗,德黑兰|иранск,иран|iran,İran,tahran|إيران,طهران|ایران,تهران|iranien,téhéran|iraní,iran,teherán
RUS|俄罗斯,俄方,莫斯科|российск,росси,москв,чеченск|rus,moskova|روسي,موسكو|روس,مسکو|russe,moscou|rus,moscú
TUR|土耳其|турецк,турци|türk,türkiye,ankara|ترك,أنقرة|ترکی,آنکارا|turc,turque,ankara|turc,ankara
SAU|沙特|саудовск|suudi,riyad|سعودي,الرياض|سعودی,ریاض|saoudien,riyad|saud,riad
EGY|埃及|египетск,египт|mısır,kahire|مصر,القاهرة|مصر,قاهره|égyptien,le caire|egipci,el cairo
TJK|塔吉克|таджик|tacik|طاجيك|تاجیک|tadjik|tayik
UZB|乌兹别克|узбек|özbek|أوزبك|ازبک|ouzbek|uzbek
BLR|白俄罗斯|белорус,беларус,минск|belarus|بيلاروس|بلاروس|biélorusse|bielorrus
ERI|厄立特里亚|эритре|eritre|إريتري|اریتره|érythré|eritre
RWA|卢旺达|руанд|ruanda|رواند|رواندا|rwanda|ruand
VNM|越南|вьетнам|vietnam|فيتنام|ویتنام|vietnamien|vietnam
NIC|尼加拉瓜|никарагуа|nikaragua|نيكاراغو|نیکاراگوئه|nicaragu|nicarag
CUB|古巴|кубин,куб|küba|كوب|کوبا|cubain|cuban
SYR|叙利亚|сирийск,сири|suriye|سوري|سوریه|syrien|siri
AZE|阿塞拜疆|азербайджан|azerbaycan|أذربيج|آذربایجان|azerbaïdj|azerbaiy
KHM|柬埔寨|камбодж|kamboçya|كمبودي|کامبوج|cambodg|camboy
ARE|阿联酋|эмират|birleşik arap|إمارات|امارات|émirat,émirien|emirat
PAK|巴基斯坦|пакистан|pakistan|باكستان|پاکستان|pakistan|pakist
VEN|委内瑞拉|венесуэл|venezuela|فنزويل|ونزوئلا|vénézu|venezol,venezuela`

// foreignHosts are countries of residence in those languages.
const foreignHosts = `GBR|英国,伦敦|великобритани,британи,лондон|ingiltere,birleşik krallık,londra|بريطاني,لندن|بریتانیا,انگلیس,لندن|royaume-uni,londres,britannique|reino unido,londres,británic
DEU|德国,柏林|германи,берлин,мюнхен|almanya,berlin|ألماني,برلين|آلمان,برلین|allemagne,berlin|alemania,berlín
FRA|法国,巴黎|франци,париж|fransa,paris|فرنس,باريس|فرانسه,پاریس|france,paris|francia,parís
USA|美国,纽约,华盛顿|сша,америк,нью-йорк|abd,amerika|الولايات المتحدة,أمريكا,نيويورك|آمریکا,نیویورک|états-unis,new york|estados unidos,nueva york,miami
CAN|加拿大,多伦多,温哥华|канад|kanada|كندا|کانادا,تورنتو|canada|canadá
SWE|瑞典|швеци,стокгольм|isveç,stockholm|السويد|سوئد,استکهلم|suède|suecia
NLD|荷兰|нидерланд,голланди|hollanda|هولندا|هلند|pays-bas|países bajos,holanda
CHE|瑞士|швейцари|isviçre|سويسرا|سوئیس,سویس|suisse|suiza
TUR|土耳其,伊斯坦布尔|турци,стамбул|türkiye,istanbul,İstanbul|تركيا,إسطنبول|ترکیه,استانبول|turquie,istanbul|turquía,estambul
ESP|西班牙,马德里|испани|ispanya|إسباني,مدريد|اسپانیا|espagne,madrid|españa,madrid
POL|波兰|польш,варшав|polonya|بولندا|لهستان|pologne|polonia
LTU|立陶宛|литв,вильнюс|litvanya|ليتواني|لیتوانی|lituanie|lituania
AUS|澳大利亚,悉尼|австрали|avustralya|أستراليا|استرالیا|australie|australia
JPN|日本,东京|япони|japonya|اليابان|ژاپن|japon|japón
BEL|比利时,布鲁塞尔|бельги,брюссел|belçika,brüksel|بلجيكا|بلژیک|belgique,bruxelles|bélgica,bruselas
NOR|挪威|норвеги|norveç|النرويج|نروژ|norvège|noruega
AUT|奥地利|австри|avusturya|النمسا|اتریش|autriche|austria
CRI|哥斯达黎加|коста-рик|kosta rika|كوستاريكا|کاستاریکا|costa rica|costa rica
GEO|格鲁吉亚|грузи|gürcistan|جورجيا|گرجستان|géorgie|georgia
KAZ|哈萨克斯坦|казахстан|kazakistan|كازاخستان|قزاقستان|kazakhstan|kazajistán
THA|泰国|таиланд|tayland|تايلاند|تایلند|thaïlande|tailandia
ITA|意大利|итали|italya|إيطاليا|ایتالیا|italie|italia`

// languages are the columns of the tables above.
var languages = []string{"zh", "ru", "tr", "ar", "fa", "fr", "es"}
