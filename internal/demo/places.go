package demo

import (
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// nearHosts are the host countries that the records of an accused state name
// most; the rest comes from allHosts.
var nearHosts = map[string][]string{
	"CHN": {"THA", "KAZ", "NPL", "TUR", "ARE", "MYS", "EGY", "USA", "GBR", "CAN", "AUS", "DEU"},
	"TUR": {"XKX", "MDA", "AZE", "UKR", "KEN", "MYS", "SAU", "DEU"},
	"TJK": {"RUS", "TUR", "POL", "AUT", "BLR", "LTU"},
	"RUS": {"GEO", "KAZ", "DEU", "POL", "TUR", "KGZ", "ARM"},
	"EGY": {"KWT", "TUR", "ITA", "SDN", "DEU"},
	"KHM": {"THA", "MYS", "USA"},
	"TKM": {"TUR", "RUS", "ARM"},
	"UZB": {"RUS", "KAZ", "TUR", "SWE"},
	"IRN": {"TUR", "IRQ", "GBR", "DEU", "FRA", "NLD", "SWE", "USA"},
	"BLR": {"RUS", "POL", "LTU", "UKR", "GEO"},
	"VNM": {"THA", "DEU", "KHM", "USA"},
	"RWA": {"ZAF", "MOZ", "UGA", "KEN", "BEL", "GBR"},
	"SAU": {"TUR", "CAN", "USA", "GBR", "LBN"},
	"ERI": {"SWE", "NLD", "DEU", "GBR", "SDN", "ETH"},
}

// restHosts are where everything else happened.
var restHosts = []string{"TUR", "RUS", "THA", "DEU", "GBR", "USA", "FRA", "CAN", "ZAF", "MYS"}

// allHosts make the long tail of the map.
var allHosts = []string{
	"AFG", "ALB", "ARE", "ARG", "ARM", "AUS", "AUT", "AZE", "BEL", "BGD", "BGR", "BHR", "BIH", "BLR", "BRA", "CAN", "CHE",
	"CHL", "CIV", "CMR", "COL", "CRI", "CYP", "CZE", "DEU", "DJI", "DNK", "DZA", "ECU", "EGY", "ESP", "EST", "ETH", "FIN",
	"FRA", "GAB", "GBR", "GEO", "GHA", "GRC", "GTM", "HKG", "HRV", "HUN", "IDN", "IND", "IRL", "IRQ", "ISL", "ISR", "ITA",
	"JOR", "JPN", "KAZ", "KEN", "KGZ", "KHM", "KOR", "KWT", "LAO", "LBN", "LKA", "LTU", "LUX", "LVA", "MAR", "MDA", "MEX",
	"MKD", "MMR", "MNE", "MNG", "MOZ", "MRT", "MYS", "NGA", "NLD", "NOR", "NPL", "NZL", "OMN", "PAK", "PAN", "PER", "PHL",
	"POL", "PRT", "QAT", "ROU", "RUS", "SAU", "SDN", "SEN", "SGP", "SRB", "SVK", "SVN", "SWE", "THA", "TJK", "TUN", "TUR",
	"TWN", "TZA", "UGA", "UKR", "USA", "UZB", "XKX", "ZAF", "ZMB",
}

// quietHosts are where most of the everyday set is reported from.
var quietHosts = []string{
	"GBR", "DEU", "USA", "CAN", "SWE", "NLD", "FRA", "AUS", "NOR", "BEL", "CHE", "AUT", "FIN", "DNK", "POL", "LTU", "CZE",
	"JPN", "KOR", "TWN", "ITA", "ESP", "IRL", "NZL",
}

// host draws a country that is not among the excluded ones.
func (d dice) host(near, far []string, percentNear int, excluded ...string) string {
	from := far
	if d.chance(percentNear) {
		from = near
	}
	from = slices.DeleteFunc(slices.Clone(from), func(c string) bool { return slices.Contains(excluded, c) })
	return pick(d, from...)
}

// communities by accused state, after the vocabulary's hints.
var communities = map[string][]string{
	"CHN": {"uyghur", "uyghur", "uyghur", "tibetan", "hong_konger", "falun_gong", "prc_dissident", "kazakh_xinjiang", "southern_mongolian", "prc_house_church", "taiwanese"},
	"TUR": {"hizmet_movement", "hizmet_movement", "hizmet_movement", "kurdish"},
	"TJK": {"tajik_opposition"},
	"RUS": {"russian_opposition", "russian_opposition", "chechen"},
	"EGY": {"egyptian_dissident"},
	"KHM": {"cambodian_opposition"},
	"TKM": {"turkmen_exile"},
	"UZB": {"uzbek_exile"},
	"IRN": {"iranian_dissident", "iranian_dissident", "kurdish", "ahwazi_arab", "bahai", "baloch"},
	"BLR": {"belarusian_opposition"},
	"RWA": {"rwandan_exile"},
	"VNM": {"vietnamese_dissident", "montagnard"},
	"SAU": {"saudi_dissident"},
	"AZE": {"azerbaijani_dissident"},
	"ERI": {"eritrean_exile"},
	"THA": {"thai_exile"},
	"SYR": {"syrian_exile", "kurdish"},
	"PAK": {"baloch"},
	"IND": {"sikh_activist"},
	"ARE": {"emirati_dissident"},
	"BHR": {"bahraini_dissident"},
	"ETH": {"tigrayan"},
	"NIC": {"nicaraguan_exile"},
	"MMR": {"myanmar_exile"},
	"PRK": {"north_korean_escapee"},
	"UGA": {"ugandan_opposition"},
	"CUB": {"cuban_dissident"},
	"IRQ": {"kurdish", "other"},
}

// community of the accused state, or one of the two catch-alls.
func (d dice) community(origin string) string {
	known, ok := communities[origin]
	if !ok {
		return pick(d, "other", "other", "not_stated")
	}
	if d.chance(4) {
		return "not_stated"
	}
	return pick(d, known...)
}

// withArticle are the countries whose English name takes one in a sentence.
var withArticle = []string{"ARE", "CZE", "GBR", "NLD", "PHL", "USA"}

// countryName in an English sentence.
func countryName(code string) string {
	if code == "XKX" { // the library knows only XK
		return "Kosovo"
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	name := display.English.Regions().Name(region)
	if slices.Contains(withArticle, code) {
		return "the " + name
	}
	return name
}
