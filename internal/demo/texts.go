package demo

// deeds word the physical methods: what happened to the target, for a title.
var deeds = map[string]string{
	"detention_abroad":       "detained",
	"unlawful_deportation":   "deported without a fair hearing",
	"abduction_rendition":    "seized and taken across the border",
	"attempted_abduction":    "escaped a seizure",
	"assault":                "beaten by strangers",
	"attempted_killing":      "survived an attack",
	"killing":                "killed",
	"enforced_disappearance": "vanished",
	"sexual_violence":        "attacked",
}

// people word a role.
var people = map[string]string{
	"activist": "activist", "journalist": "journalist", "academic": "researcher", "student": "student", "lawyer": "lawyer",
	"politician_exiled": "exiled politician", "former_insider": "former official", "religious_figure": "cleric",
	"artist": "artist", "trade_unionist": "trade unionist", "business_person": "trader", "witness_or_survivor": "witness",
	"community_leader": "community leader", "relative_of_target": "relative of an activist", "organisation": "association",
	"ordinary_member": "member of the community", "unknown": "person",
}

// accounts are second sentences of a summary.
var accounts = []string{
	"The account comes from one conversation and has gaps.",
	"The source gives no name, rank or body.",
	"It was said twice, some weeks apart.",
	"The source kept notes of the day.",
	"Others in the same town report the like.",
	"Nothing is known of what came after.",
	"The source names no witness.",
	"The first report was short; a second one added the dates.",
}

// ownScript is an invented text in another script, to check that it is shown
// as it was typed.
type ownScript struct {
	origin, topic, language, title, summary string
}

var ownScripts = []ownScript{
	{"EGY", topicRecruitment, "ar", "مثال مختلق: عرض مال مقابل معلومات", "مثال مختلق لا يصف حدثًا حقيقيًا. اتصل شخص مجهول بالمستهدف وعرض عليه مبلغًا شهريًا مقابل أخبار عن اجتماعات الجالية."},
	{"EGY", topicFamily, "ar", "مثال مختلق: استجواب الأقارب", "مثال مختلق لا يصف حدثًا حقيقيًا. استُدعي أحد الأقارب وسُئل عن نشاط المستهدف في الخارج (مرتين في شهر واحد)."},
	{"SAU", topicRecruitment, "ar", "مثال مختلق: مكالمة ووعد بالوثائق", "مثال مختلق لا يصف حدثًا حقيقيًا. وعد المتصل بتجديد جواز السفر إن كتب المستهدف تقارير قصيرة."},
	{"CHN", topicRecruitment, "zh", "虚构示例：来电者出钱打听社区消息", "虚构示例，并非真实事件。来电者表示，只要对方汇报聚会情况，就可以每月付款，并安排与家人通话。"},
	{"CHN", topicFamily, "zh", "虚构示例：家人被约谈", "虚构示例，并非真实事件。家人被叫去谈话，被要求转告当事人停止在国外的活动。"},
	{"CHN", topicWatching, "zh", "虛構示例：集會上被拍照", "虛構示例，並非真實事件。一名陌生人在集會上拍攝參加者，其後跟隨當事人離開。"},
	{"RUS", topicRecruitment, "ru", "Вымышленный пример: звонок с предложением денег", "Вымышленный пример, не описывает реальных событий. Звонивший предложил разовую выплату за список участников встречи."},
	{"RUS", topicWarning, "ru", "Вымышленный пример: предупреждение по телефону", "Вымышленный пример, не описывает реальных событий. Адресата просили больше не приходить на акции; звонок записан не был."},
	{"BLR", topicRecruitment, "ru", "Вымышленный пример: просьба рассказать о планах объединения", "Вымышленный пример, не описывает реальных событий. Взамен обещали помощь с документами для родственников."},
	{"TUR", topicRecruitment, "tr", "Uydurma örnek: dernek hakkında bilgi istendi", "Uydurma örnek, gerçek bir olayı anlatmaz. Arayan kişi, dernek toplantıları için her ay ödeme yapılacağını söyledi."},
	{"TUR", topicDocuments, "tr", "Uydurma örnek: konsoloslukta pasaport yenilenmedi", "Uydurma örnek, gerçek bir olayı anlatmaz. Görevli, önce üç ismin yazılmasını istedi; başvuru geri çevrildi."},
	{"TUR", topicFamily, "tr", "Uydurma örnek: yakınlarına baskı yapıldı", "Uydurma örnek, gerçek bir olayı anlatmaz. Bir yakını ifadeye çağrıldı ve mesaj iletmesi istendi."},
}

// publishers are invented outlets.
var publishers = []string{
	"Example Gazette", "Example Radio", "Sample Tribune", "Specimen Wire", "Placeholder Post", "Invented Weekly",
	"Example Diaspora Bulletin", "Sample Rights Register",
}

// currencies as a source would print them.
var currencies = map[string][]string{
	"CHN": {"yuan", "dollars", "pounds", "euros"}, "TUR": {"lira", "euros"}, "RUS": {"roubles", "euros"}, "IRN": {"rials", "dollars"},
	"BLR": {"Belarusian roubles", "euros"}, "TJK": {"somoni", "roubles"}, "EGY": {"pounds", "dollars"}, "SAU": {"riyals", "dollars"},
	"VNM": {"dong", "dollars"}, "TKM": {"manat", "dollars"}, "UZB": {"soum", "dollars"}, "AZE": {"manat", "euros"},
}
