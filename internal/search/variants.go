package search

import (
	"strings"
	"unicode/utf8"

	"farwatch/models"
)

// spellings are names that the vocabulary does not hold: each line one name in
// several spellings or scripts, never two names of one thing. The first may be the label of a community.
var spellings = [][]string{
	{"Uyghur", "Uigur", "Ouïghour", "维吾尔", "維吾爾", "уйгур"},
	{"Xinjiang", "Sinkiang", "新疆", "شىنجاڭ"},
	{"Urumqi", "Ürümchi", "Urumchi", "Wulumuqi", "乌鲁木齐", "烏魯木齊", "ئۈرۈمچى"},
	{"Kashgar", "Qeshqer", "Kashi", "喀什", "قەشقەر"},
	{"Hotan", "Khotan", "Hetian", "和田", "خوتەن"},
	{"Ghulja", "Yining", "伊宁", "غۇلجا"},
	{"Lhasa", "拉萨", "拉薩", "ལྷ་ས"},
	{"Tibet", "西藏", "བོད"},
	{"Beijing", "Peking", "北京"},
	{"China", "中国", "中國", "جۇڭگو"},
	{"Kyiv", "Kiev", "Київ", "Киев"},
	{"Turkey", "Türkiye"},
	{"Belarus", "Беларусь", "Belarus'"},
	{"Russia", "Россия", "Росія"},
	{"Chechnya", "Чечня", "Нохчийчоь"},
	{"Iran", "ایران"},
	{"Tehran", "Teheran", "تهران"},
	{"Mashhad", "Meshed", "مشهد"},
	{"Asmara", "Asmera", "ኣስመራ"},
	{"Riyadh", "Riad", "الرياض"},
	{"Cairo", "القاهرة"},
	{"Damascus", "دمشق"},
	{"Falun Gong", "Falungong", "Falun Dafa", "法轮功", "法輪功"},
	{"Hong Kong", "Hongkong", "香港"},
}

// Variants knows which words are spellings of one name.
type Variants struct {
	clauses map[string]models.TextClause
	longest int // words of a name
}

// NewVariants joins the names of the vocabulary's communities in their
// languages with further spellings of places and states.
func NewVariants(vocab *models.Vocabulary) *Variants {
	v := &Variants{clauses: map[string]models.TextClause{}, longest: 1}
	further := map[string][]string{}
	for _, names := range spellings {
		further[names[0]] = names
	}
	for _, names := range vocab.CommunityNames() {
		v.add(append(names, further[names[0]]...))
		delete(further, names[0])
	}
	for _, names := range further {
		v.add(names)
	}
	return v
}

// add makes one clause of all spellings. A name that has one already keeps it.
func (v *Variants) add(names []string) {
	var clause models.TextClause
	for _, name := range names {
		p := phraseOf(name, true)
		if len(p.Terms) == 0 {
			continue
		}
		// "Uyghurs" is found too, but no beginning of another word.
		p.Prefix = p.Prefix || utf8.RuneCountInString(p.Terms[len(p.Terms)-1]) >= 5
		clause = append(clause, p)
		v.longest = max(v.longest, len(strings.Fields(name)))
	}
	if len(clause) < 2 {
		return
	}
	for _, p := range clause {
		if key := strings.Join(p.Terms, " "); v.clauses[key] == nil {
			v.clauses[key] = clause
		}
	}
}

// of are the spellings of a phrase; nil if it has only its own.
func (v *Variants) of(p models.TextPhrase) models.TextClause {
	key := strings.Join(p.Terms, " ")
	if clause := v.clauses[key]; clause != nil {
		return clause
	}
	return v.clauses[strings.TrimSuffix(key, "s")]
}
