package search

import (
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

func variants() *Variants { return NewVariants(&models.Vocabulary{}) }

func TestParse_WordsPhrasesAndNot(t *testing.T) {
	t.Parallel()
	q, fault := Parse(`Nurse "night shift" -zebra 合唱`, variants())
	want := `(("nurse"*) AND ("night shift") AND ("合唱")) NOT (("zebra"*))`
	if got := FTS5Query(q); fault != "" || got != want {
		t.Errorf("%s %s, want %s", got, fault, want)
	}
	want = `((('nurse':*)) & (('night' <-> 'shift')) & (('合唱'))) & !((('zebra':*)))`
	if got := TSQuery(q); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParse_NothingToLookFor_Refused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": FaultNothing, " ;-) ": FaultNothing, `""`: FaultNothing, "***": FaultNothing, "-zebra": FaultOnlyNot,
		strings.Repeat("ab ", 21): FaultTooMany,
	} {
		if _, fault := Parse(text, variants()); fault != want {
			t.Errorf("%q: %q, want %q", text, fault, want)
		}
	}
}

func TestParse_NameOfTwoWords_FindsItsSpellings(t *testing.T) {
	t.Parallel()
	q, _ := Parse("falun gong practitioner", variants())
	if len(q.All) != 2 || len(q.All[0]) < 4 {
		t.Errorf("%+v", q.All)
	}
}

func TestSnippet_MarksWhatWasLookedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, question, want string }{
		{"The Nurse left.", "nurse", "The [Nurse] left."},
		{"Nurses of the night shift", `nur "night shift"`, "[Nurses] of the [night shift]"},
		{"来电者要求提供合唱团成员名单", "合唱团", "来电者要求提供[合唱团]成员名单"},
		{"他母亲的房子", "母", "他[母]亲的房子"},
		{strings.Repeat("word ", 60) + "nurse" + strings.Repeat(" word", 60), "nurse", "… " + strings.Repeat("word ", 12) + "[nurse]" + strings.Repeat(" word", 24) + " …"},
		{"nothing here", "nurse", ""},
	} {
		q, _ := Parse(c.question, variants())
		parts, _ := Snippet(c.text, q)
		var b strings.Builder
		for _, p := range parts {
			if p.Hit {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != c.want {
			t.Errorf("%q in %q: %q, want %q", c.question, c.text, b.String(), c.want)
		}
	}
}

func TestSpelling_OneSlipOfTheHand(t *testing.T) {
	t.Parallel()
	for typed, meant := range map[string]string{"lighthuose": "lighthouse", "lihthouse": "lighthouse", "ligghthouse": "lighthouse", "hpжbor": "", "хораа": "хора", "ab": ""} {
		q, _ := Parse(typed, variants())
		got := ""
		for _, s := range Respelled(q) {
			got = s.Best([]string{"A lighthouse, хора.", "Another Lighthouse"})
		}
		if got != meant {
			t.Errorf("%s: %q, want %q", typed, got, meant)
		}
	}
}

func TestTerms_LongRecord_IsCutAndLongWordsToo(t *testing.T) {
	t.Parallel()
	terms := Terms([]string{strings.Repeat("one ", 15_000), strings.Repeat("two ", 15_000), strings.Repeat("ж", 5_000)})
	if len(terms) != MaxTerms || terms[15_000] != Gap {
		t.Errorf("%d terms", len(terms))
	}
	if long := Terms([]string{strings.Repeat("ж", 5_000)}); len(long) != 1 || len(long[0]) > maxTermBytes {
		t.Errorf("%d terms, the first of %d bytes", len(long), len(long[0]))
	}
}

// FuzzParse: nothing that can be typed reaches an engine as syntax.
func FuzzParse(f *testing.F) {
	v := variants()
	for _, seed := range []string{`a "b c" -d e*`, `"`, "-", `'\`, "合唱 团", "ཁ་པར", "NEAR(a b)", "a:*", "\x00", "ئۇيغۇر"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, fault := Parse(text, v)
		if fault != "" {
			return
		}
		for _, clause := range slices.Concat(q.All, q.Not) {
			for _, p := range clause {
				for _, term := range p.Terms {
					if term == "" || strings.ContainsAny(term, "\"'\\:*&|!<>(){}^ \t\n\x00") {
						t.Fatalf("%q gives the term %q", text, term)
					}
				}
			}
		}
		Snippet(text, q)
	})
}
