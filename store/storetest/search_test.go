package storetest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"farwatch/internal/search"
	"farwatch/models"
	"farwatch/store/storetest"
)

// finds answers the titles that a search finds, sorted.
func finds(t testing.TB, w storetest.World, p models.Principal, text string) []string {
	t.Helper()
	q, fault := search.Parse(text, search.NewVariants(w.Vocabulary))
	if fault != "" {
		t.Fatalf("%q: %s", text, fault)
	}
	items, total, _, err := w.For(p).Incidents(t.Context(), models.IncidentFilter{Text: &q}, models.Page{Limit: 100, Sort: models.Sort{Column: "title"}})
	must(t, err)
	if total != len(items) {
		t.Errorf("%q: total %d, page %d", text, total, len(items))
	}
	var out []string
	for _, i := range items {
		out = append(out, i.Title)
	}
	slices.Sort(out)
	return out
}

// texts of records in many scripts, by title; all are invented.
var spokenTexts = map[string]string{
	"English":     "A baker was photographed at the harbour; the caller wanted e-mail addresses of Uighur singers.",
	"French":      "Une pâtissière de Besançon a été menacée près de l’écluse.",
	"Turkish":     "İki kişi Iğdır'da bir öğretmeni sorguladı.",
	"German":      "Er wurde auf der Straße nach den Übungen gefragt.",
	"Russian":     "Звонивший требовал список участников хора и ещё упомянул сестру из Грозного.",
	"Arabic":      "طَلَبَ المتّصل أسماء المشاركين في الجوقة وهدّد أختها.",
	"Persian":     "تماس\u200cگیرنده نام خواننده\u200cی گروه کر را می\u200cخواست.",
	"Uyghur":      "ئۇ ئۇيغۇر خور ئۆمىكىنىڭ ئەزالىرىنى سورىدى.",
	"UyghurLatin": "U Uyghur xor ömikining ezalirini soridi.",
	"Simplified":  "来电者要求提供维吾尔合唱团成员名单，并提到他母亲的房子。",
	"Traditional": "來電者要求提供維吾爾合唱團成員名單。",
	"Tibetan":     "ཁ་པར་གཏོང་མཁན་གྱིས་གཞས་པའི་མིང་ཐོ་དགོས་ཟེར།",
	"Japanese":    "電話の男は合唱団の名簿を求めた。",
	"Tags":        "<script>alert(1)</script> OR 1=1; DROP TABLE incidents",
}

func speak(t testing.TB, w storetest.World, p models.Principal) {
	t.Helper()
	for title, text := range spokenTexts {
		w.Log(t, p, storetest.ACall().Titled(title).With(func(in *models.IncidentInput) { in.Summary = text }))
	}
}

// TestSearch_Contract is what both engines must find.
func TestSearch_Contract(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		speak(t, w, p)
		uyghur := []string{"English", "Simplified", "Traditional", "Uyghur", "UyghurLatin"}
		for text, want := range map[string][]string{
			"baker":                     {"English"},
			"BAKER harbour":             {"English"},
			"photograph":                {"English"}, // the beginning of a word
			"ographed":                  nil,
			"bak":                       {"English"},
			"ba":                        nil, // two letters stand for themselves
			"ba*":                       {"English"},
			`"at the harbour"`:          {"English"},
			`"the at harbour"`:          nil,
			`"photograph"`:              nil, // in quotation marks it is whole
			"e-mail":                    {"English"},
			"mail-e":                    nil,
			"patissiere besancon":       {"French"},
			"l'écluse":                  {"French"},
			"ecluse":                    nil, // the article belongs to the word
			"igdir":                     {"Turkish"},
			"ogretmen":                  {"Turkish"},
			"strasse":                   {"German"},
			"Übungen":                   {"German"},
			"хора":                      {"Russian"},
			"еще упомянул":              {"Russian"},
			"список -хора":              nil,
			"الجوقة":                    {"Arabic"},
			"الجوقه":                    {"Arabic"},
			"اسماء المتصل":              {"Arabic"},
			"خواننده":                   {"Persian"},
			"گروه کر":                   {"Persian"},
			"گروه كر":                   {"Persian"},
			"خور":                       {"Uyghur"},
			"Uyghur":                    uyghur,
			"Uighur":                    uyghur,
			"uygur":                     uyghur,
			"uighurs":                   uyghur,
			"ئۇيغۇر":                    uyghur,
			"维吾尔":                       uyghur,
			"维吾尔 -来电":                   {"English", "Traditional", "Uyghur", "UyghurLatin"},
			"合唱":                        {"Japanese", "Simplified", "Traditional"},
			"合唱团":                       {"Simplified"},
			"唱团成":                       {"Simplified"},
			"团":                         {"Simplified"},
			"单":                         {"Simplified"},
			"母亲 房子":                     {"Simplified"},
			"房母":                        nil,
			"名簿":                        {"Japanese"},
			"གཞས":                       {"Tibetan"},
			"མིང་ཐོ":                    {"Tibetan"},
			"ཐོ་མིང":                    nil,
			"script":                    {"Tags"},
			`OR`:                        {"Tags"},
			"baker OR harbour":          nil, // no operator: a word that is not there
			"drop table":                {"Tags"},
			"alert(1)":                  {"Tags"},
			`"unclosed phrase`:          nil,
			`a"b`:                       nil,
			"* baker":                   {"English"},
			"baker*":                    {"English"},
			"baker -zebra":              {"English"},
			"baker -harbour":            nil,
			`baker -"the harbour"`:      nil,
			"ＢＡＫＥＲ":                     {"English"}, // full width
			"terms:baker":               nil,
			"NEAR(baker, harbour)":      nil,
			"{baker}":                   {"English"},
			"^baker":                    {"English"},
			"baker & !harbour | x:*":    nil,
			"'baker' \\ harbour":        {"English"},
			strings.Repeat("b", 290):    nil,
			"student":                   nil, // only in the text that was replaced
			"baker\u00a0harbour":        {"English"},
			"harbour; baker":            {"English"},
			"فهرس":                      nil,
			"ҳарбор":                    nil,
			"xor ömikining ezalirini":   {"UyghurLatin"},
			`"xor omikining ezalirini"`: {"UyghurLatin"},
		} {
			if got := finds(t, w, p, text); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
	})
}

// TestSearch_RandomQuestions_MatchPlainGo compares both engines with a search
// that reads every text.
func TestSearch_RandomQuestions_MatchPlainGo(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		dice := rand.New(rand.NewPCG(7, 11))
		words := []string{"harbour", "harbours", "singer", "sing", "母亲", "名单", "合唱团", "хор", "хора", "Uyghur", "nurse", "gate", "ga", "-gate", `"nurse gate"`, `-"singer harbour"`, "-хор"}
		texts := map[string]models.IncidentInput{}
		for i := range 40 {
			var said []string
			for range 1 + dice.IntN(5) {
				said = append(said, strings.Trim(pick(dice, words...), `-"`))
			}
			title := fmt.Sprintf("n%02d", i)
			b := storetest.ACall().Titled(title).With(func(in *models.IncidentInput) { in.Summary = strings.Join(said, pick(dice, " ", ". ", "，")) })
			texts[title] = b.Input
			w.Log(t, p, b)
		}
		v := search.NewVariants(w.Vocabulary)
		for range 120 {
			question := strings.Join([]string{pick(dice, words[:12]...), pick(dice, words...), pick(dice, append(words, "")...)}[:1+dice.IntN(3)], " ")
			q, fault := search.Parse(question, v)
			if fault != "" {
				t.Fatalf("%q: %s", question, fault)
			}
			var want []string
			for title, in := range texts {
				var all []string
				for _, s := range models.SearchTexts(in) {
					all = append(all, s.Text)
				}
				if search.Answers(all, q) {
					want = append(want, title)
				}
			}
			slices.Sort(want)
			if got := finds(t, w, p, question); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, plain Go %v", question, got, want)
			}
		}
	})
}

// TestSearch_FollowsTheRecord: what is saved is found, what is gone or closed
// to others is not.
func TestSearch_FollowsTheRecord(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker)
		stranger := w.Person(t, "beta", "stranger", models.RoleReviewer)
		b := storetest.ACall().Titled("Lighthouse keeper")
		rec := w.Log(t, p, b)
		check := func(what, text string, want ...string) {
			t.Helper()
			if got := finds(t, w, p, text); !slices.Equal(got, want) {
				t.Errorf("%s: %q finds %v, want %v", what, text, got, want)
			}
		}
		check("logged", "lighthouse", "Lighthouse keeper")
		if got := finds(t, w, stranger, "lighthouse"); got != nil {
			t.Errorf("another organisation finds %v", got)
		}
		rec, err := w.For(p).UpdateIncident(t.Context(), w.Update(rec, b.Titled("Ferry pilot")))
		must(t, err)
		check("edited", "lighthouse")
		check("edited", "ferry", "Ferry pilot")
		for _, closed := range []string{"restricted", "sealed"} {
			rec, err = w.For(p).UpdateIncident(t.Context(), w.Update(rec, b.Titled("Ferry pilot").Sensitivity(closed)))
			must(t, err)
			check(closed, "ferry")
		}
	})
}

// TestSearch_Protected_IsNeverFound puts a canary into every protected field
// and every plain one, and looks with the eyes that see most.
func TestSearch_Protected_IsNeverFound(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "author", models.RoleCaseworker, models.RoleReviewer)
		text := storetest.Ptr[string]
		w.Log(t, p, storetest.ACall().Titled("plaintitle").With(func(in *models.IncidentInput) {
			in.Summary, in.InternalNote, in.HostPlace.Site = "plainsummary", text("canarynote"), text("canarysite")
			in.Targets[0].Identity = &models.Identity{Names: []string{"canaryname"}, Aliases: []string{"canaryalias"}, Contacts: []string{"canarycontact"}, Relatives: text("canaryrelatives"), Address: text("canaryaddress"), Note: text("canaryidentity")}
			in.Perpetrators = []models.Perpetrator{{ID: "P1", Type: "unknown", Body: text("plainbody"), PersonName: text("canaryperson"), Note: text("plainperp")}}
			in.Sources = append(in.Sources,
				models.Source{ID: "S2", Kind: "direct_interview", Title: text("canarytitle"), Text: text("canarytext")},
				models.Source{ID: "S3", Kind: "primary_publisher", Title: text("plainsource"), Text: text("plainsourcetext"), SubmittedBy: text("canarysubmitter")})
			in.Citations = []models.Citation{
				{ID: "C1", Entity: "incident", Source: "S2", Quote: text("canaryquote"), Standing: "accepted"},
				{ID: "C2", Entity: "incident", Source: "S3", Quote: text("plainquote"), Standing: "accepted"},
			}
			in.Evidence = []models.Evidence{{ID: "E1", Kind: "medical_record", Access: "held", Note: text("canarymedical")}}
			in.Consents[0].Note = text("canaryconsent")
		}))
		for _, word := range []string{"plaintitle", "plainsummary", "plainbody", "plainperp", "plainsource", "plainsourcetext", "plainquote"} {
			if got := finds(t, w, p, word); len(got) != 1 {
				t.Errorf("%s is not found", word)
			}
		}
		if got := finds(t, w, p, "canary*"); got != nil {
			t.Error("a protected text stands in the index")
		}
	})
}
