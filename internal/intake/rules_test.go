package intake

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// told collects "field:code" of what was suggested.
func told(r Reading) []string {
	var out []string
	for _, s := range r.Suggestions {
		out = append(out, s.Field+":"+s.Code)
	}
	return out
}

const recruited = "An Uyghur baker who lives in Munich was phoned by a Chinese intelligence officer in March 2022. " +
	"The caller offered him 2,000 euros a month. In return he was asked to film protests and to report who took part. "

func TestRead_WhoDoesWhat(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, c := range []struct {
		name, text string
		want, not  []string
	}{
		{
			"a demand is no deed", recruited,
			[]string{"origin_country:CHN", "host_country:DEU", "communities:uyghur", "methods:informant_recruitment", "demands:provide_images", "demands:report_attendees", "inducements:money_recurring", "channels:phone_call", "occurred:2022-03"},
			[]string{"methods:event_monitoring", "methods:physical_surveillance", "origin_response:denial_blanket"},
		},
		{
			"filming is a deed", "Men from the Iranian embassy filmed a protest by Iranian exiles in Stockholm on 5 May 2021.",
			[]string{"origin_country:IRN", "host_country:SWE", "methods:event_monitoring", "occurred:2021-05-05"},
			[]string{"demands:provide_images", "demands:attend_events"},
		},
		{
			"what was denied did not happen", recruited + "The embassy denied that anybody had been kidnapped.",
			nil,
			[]string{"methods:abduction_rendition", "methods:attempted_abduction"},
		},
		{
			"relatives who may be held are not", recruited + "If any of his relatives were detained, the officer promised, they would be released.",
			[]string{"inducements:family_release"},
			[]string{"methods:family_detained"},
		},
		{
			"relatives who were held are", "Turkmen police detained the brother of a Turkmen activist who lives in exile in Berlin.",
			[]string{"origin_country:TKM", "host_country:DEU", "methods:family_detained"},
			nil,
		},
		{
			"the reporter's place is not the victim's", "NAIROBI (Reuters) - A Rwandan opposition member living in exile in Brussels was beaten by men who told him that Kigali had sent them.",
			[]string{"origin_country:RWA", "host_country:BEL", "methods:assault", "source_publisher:Reuters"},
			[]string{"host_country:KEN"},
		},
		{
			"expert remarks are no acts", recruited + "Experts say that such tactics include kidnapping and murder.",
			nil,
			[]string{"methods:abduction_rendition", "methods:killing"},
		},
	} {
		got := told(r.Read(c.text))
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %s is missing in %v", c.name, w, got)
			}
		}
		for _, n := range c.not {
			if slices.Contains(got, n) {
				t.Errorf("%s: %s was suggested", c.name, n)
			}
		}
	}
}

func TestRead_OtherMatters_GiveNothing(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for name, text := range map[string]string{
		"empty":              "",
		"blanks":             " \n\n ",
		"at home":            "Police in Minsk arrested twelve demonstrators in the centre of the city and took their phones.",
		"ordinary espionage": "A naval officer was arrested in Oslo for selling classified submarine plans to Russian intelligence.",
		"sport":              "The Iranian striker scored two goals in the league match in Munich, and the coach praised him.",
		"damaged":            "\xff\xfe\x00\xf0",
	} {
		if got := r.Read(text); got.Incident || len(got.Suggestions) != 0 {
			t.Errorf("%s: %v", name, told(got))
		}
	}
}

func TestRead_Places_AreCodePointsAndInside(t *testing.T) {
	t.Parallel()
	text := "“Наши 😀 люди” — " + recruited
	points := []rune(text)
	for _, s := range reader(t).Read(text).Suggestions {
		if s.SentenceStart > s.Start || s.Start >= s.End || s.End > s.SentenceEnd || s.SentenceEnd > len(points) {
			t.Fatalf("%s:%s stands at %d–%d in %d–%d", s.Field, s.Code, s.Start, s.End, s.SentenceStart, s.SentenceEnd)
		}
		if s.Code == "uyghur" && string(points[s.Start:s.End]) != "Uyghur" {
			t.Errorf("the words of %s are %q", s.Code, string(points[s.Start:s.End]))
		}
		if s.Rule == "" || s.Confidence <= 0 || s.Confidence > 1 {
			t.Errorf("%s:%s has rule %q and confidence %v", s.Field, s.Code, s.Rule, s.Confidence)
		}
	}
}

func TestRead_Money_AsStated(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for words, want := range map[string]Amount{
		"2,000 euros a month":                   {Min: of(2000), Max: of(2000), Text: "2,000 euros a month", Currency: "euros", Period: "month"},
		"5 to 6 thousand dollars a year":        {Min: of(5000), Max: of(6000), Text: "5 to 6 thousand dollars a year", Currency: "dollars", Period: "year"},
		"£500":                                  {Min: of(500), Max: of(500), Text: "£500", Currency: "£", Period: "not_stated"},
		"thousands of pounds a month":           {Text: "thousands of pounds a month", Currency: "pounds", Period: "month"},
		"10,000 yuan for each name on the list": {Min: of(10000), Max: of(10000), Text: "10,000 yuan", Currency: "yuan", Period: "not_stated"},
	} {
		text := "A Chinese security officer phoned a Uyghur woman who lives in Oslo and asked her to spy on her friends. He offered her " + words + "."
		var got *Amount
		for _, s := range r.Read(text).Suggestions {
			if s.Amount != nil {
				got = s.Amount
			}
		}
		if got == nil || !equal(got.Min, want.Min) || !equal(got.Max, want.Max) || got.Text != want.Text || got.Currency != want.Currency || got.Period != want.Period {
			t.Errorf("%s: got %+v", words, got)
		}
	}
}

func of(f float64) *float64 { return &f }

func equal(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func TestFirstDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"on 5 March 2021 he was beaten":            "2021-03-05",
		"on March 5, 2021 he was beaten":           "2021-03-05",
		"on the 1st of Sept. 2020":                 "2020-09-01",
		"at 2021-12-31 it ended":                   "2021-12-31",
		"in May 2019 she was called":               "2019-05",
		"during 2018 he was followed":              "2018",
		"on 31 February 2020 or in June 2020":      "2020-06",
		"on 03/04/2021 he was beaten":              "", // March or April
		"he has lived there since March 2015":      "",
		"he fled in 2014":                          "",
		"May told 2019 people":                     "",
		"he was born in 1970 and beaten in 2020":   "2020",
		"she was beaten on 3 June 20210 by nobody": "",
	} {
		got, _ := firstDate(text)
		if got.value != want {
			t.Errorf("%q: got %q, want %q", text, got.value, want)
		}
	}
}

func TestRead_Heading(t *testing.T) {
	t.Parallel()
	got := told(reader(t).Read("Baker says officer offered him money\nBy Ana Example, Munich\n7 April 2022\n\n" + recruited))
	for _, want := range []string{"source_title:Baker says officer offered him money", "source_author:Ana Example", "source_published:2022-04-07", "occurred:2022-03"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing in %v", want, got)
		}
	}
}

// TestRead_Megabyte keeps the work of a long text in proportion: a rule that
// tries again and again would take minutes.
func TestRead_Megabyte_Ends(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for name, text := range map[string]string{
		"articles": strings.Repeat(recruited, 1<<20/len(recruited)), "one word": strings.Repeat("a", 1<<20), "one sentence": strings.Repeat("threat to family ", 1<<16),
		"dots": strings.Repeat(". ", 1<<19), "numbers": "offered $" + strings.Repeat("1,", 1<<19),
	} {
		begun := time.Now()
		r.Read(text)
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s took %v", name, took)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(recruited)
	f.Add("В Берлине активист рассказал. 他说。 \u200f")
	f.Add("offered $1,,, thousand to - 5 a month")
	r := reader(f)
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Read(text)
		n := utf8.RuneCountInString(text)
		for _, s := range got.Suggestions {
			if s.Start < s.SentenceStart || s.End < s.Start || s.End > s.SentenceEnd || s.SentenceEnd > n {
				t.Errorf("%s:%s stands at %d–%d in %d–%d of %d", s.Field, s.Code, s.Start, s.End, s.SentenceStart, s.SentenceEnd, n)
			}
		}
	})
}
