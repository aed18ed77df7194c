package models

import "testing"

func TestSharedQuote_SixWordsInAnyScript(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ quote, text, want string }{
		"six words":             {"Think of your mother's house", "", ""},
		"long enough":           {"think of the house your mother built", "He said: THINK of the house, your mother built it.", "think of the house your mother built"},
		"five words only":       {"we will be waiting there today", "we will be waiting there tomorrow", ""},
		"twelve signs":          {"你母亲的房子还在那里请你想一想", "对方说：你母亲的房子还在那里请你考虑", "你母亲的房子还在那里请你"},
		"eleven signs":          {"你母亲的房子还在那里甲乙丙丁", "你母亲的房子还在那里子丑寅卯", ""},
		"accents and case fold": {"Nous savons où habite ta sœur aînée", "NOUS SAVONS OU HABITE TA SŒUR AINEE", "Nous savons où habite ta sœur aînée"},
	} {
		a := DuplicateProfile{quotes: []spoken{{c.quote, Words(c.quote)}}}
		b := DuplicateProfile{heard: []spoken{{c.text, Words(c.text)}}}
		if got := a.sharedQuote(b); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := b.sharedQuote(a); got != c.want {
			t.Errorf("%s, the other way: %q", name, got)
		}
	}
}
