package models_test

import (
	"testing"

	"farwatch/models"
)

func TestCanonicalURL_OneNameForAllAddressesOfAPage(t *testing.T) {
	t.Parallel()
	const story = "gazette.example/world/a-call"
	for raw, want := range map[string]string{
		"https://gazette.example/world/a-call":                                                                         story,
		"http://gazette.example/world/a-call":                                                                          story,
		"HTTPS://WWW.Gazette.Example/world/a-call/":                                                                    story,
		"https://www2.gazette.example/world/a-call":                                                                    story,
		"https://m.gazette.example/world/a-call":                                                                       story,
		"https://mobile.gazette.example/world/a-call":                                                                  story,
		"https://amp.gazette.example/world/a-call":                                                                     story,
		"https://www.m.gazette.example/world/a-call":                                                                   story,
		"https://gazette.example:443/world/a-call":                                                                     story,
		"http://gazette.example:80/world/a-call":                                                                       story,
		"https://gazette.example./world/a-call":                                                                        story,
		"  https://gazette.example/world/a-call  ":                                                                     story,
		"https://gazette.example/world//a-call":                                                                        story,
		"https://gazette.example/world/a-call#comments":                                                                story,
		"https://gazette.example/world/a-call?utm_source=x&utm_medium=":                                                story,
		"https://gazette.example/world/a-call?fbclid=1":                                                                story,
		"https://gazette.example/world/a-call?gclid=1&msclkid=2":                                                       story,
		"https://gazette.example/world/a-call?ref_src=tw":                                                              story,
		"https://gazette.example/world/a-call?igshid=1":                                                                story,
		"https://gazette.example/world/a-call?mc_cid=1&mc_eid=2":                                                       story,
		"https://gazette.example/world/a-call?amp=1":                                                                   story,
		"https://gazette.example/world/a-call?outputType=amp":                                                          story,
		"https://gazette.example/world/a-call/amp":                                                                     story,
		"https://gazette.example/world/a-call/amp/":                                                                    story,
		"https://gazette.example/world/a-call.amp":                                                                     story,
		"https://gazette.example/world/a-call.amp.html":                                                                story,
		"https://gazette.example/world/a-call/amp.html":                                                                story,
		"https://gazette-example.cdn.ampproject.org/c/s/gazette.example/world/a-call":                                  story,
		"https://cdn.ampproject.org/v/s/gazette.example/world/a-call/amp?amp_js_v=0.1":                                 story,
		"https://www.google.com/amp/s/gazette.example/world/a-call":                                                    story,
		"https://www.google.co.uk/amp/gazette.example/world/a-call":                                                    story,
		"https://web.archive.org/web/20230220101010/https://gazette.example/world/a-call":                              story,
		"https://web.archive.org/web/20230220/http://www.gazette.example/world/a-call/":                                story,
		"https://web.archive.org/web/20230220101010id_/https://gazette.example/world/a-call":                           story,
		"https://web.archive.org/web/2023/https:/gazette.example/world/a-call":                                         story,
		"https://archive.ph/2023.02.20-101010/https://gazette.example/world/a-call":                                    story,
		"https://archive.today/newest/https://gazette.example/world/a-call":                                            story,
		"https://archive.is/o/AbCd1/https://gazette.example/world/a-call":                                              story,
		"https://arquivo.pt/wayback/20230220101010/https://gazette.example/world/a-call":                               story,
		"https://web.archive.org/web/2023/https://archive.ph/2023.02.20/https://gazette.example/world/a-call?utm_id=1": story,

		"https://gazette.example/":                      "gazette.example",
		"https://gazette.example":                       "gazette.example",
		"https://gazette.example:8443/x":                "gazette.example:8443/x",
		"https://gazette.example/Case/Matters":          "gazette.example/Case/Matters",
		"https://gazette.example/x?b=2&a=1":             "gazette.example/x?a=1&b=2",
		"https://gazette.example/x?id=7&utm_campaign=c": "gazette.example/x?id=7",
		"https://gazette.example/x?a=2&a=1":             "gazette.example/x?a=1&a=2",
		"https://gazette.example/#!/story/7":            "gazette.example#!/story/7",
		"https://gazette.example/%D0%B0":                "gazette.example/%D0%B0",
		"https://gazette.example/а":                     "gazette.example/%D0%B0",
		"https://gazette.example/%d0%b0":                "gazette.example/%D0%B0",
		"https://пример.example/x":                      "xn--e1afmkfd.example/x",
		"https://XN--E1AFMKFD.example/x":                "xn--e1afmkfd.example/x",
		"https://news.gazette.example/world":            "news.gazette.example/world",
		"https://m.co/x":                                "m.co/x",
		"https://www.co/x":                              "www.co/x",
		"https://example.com/camp":                      "example.com/camp",
		"https://web.archive.org/about":                 "web.archive.org/about",
		"https://archive.ph/AbCdE":                      "archive.ph/AbCdE",
		"https://gazette.example/amplify":               "gazette.example/amplify",

		"":                             "",
		"gazette.example/world/a-call": "",
		"ftp://gazette.example/x":      "",
		"javascript:alert(1)":          "",
		"https://":                     "",
		"https://localhost/x":          "",
		"https://gazette.example/%zz":  "",
		"mailto:desk@gazette.example":  "",
	} {
		if got := models.CanonicalURL(raw); got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
}

func TestArchivedPage(t *testing.T) {
	t.Parallel()
	page, ok := models.ArchivedPage("https://web.archive.org/web/2023/https://gazette.example/a")
	if !ok || page != "gazette.example/a" {
		t.Errorf("%q, %v", page, ok)
	}
	if page, ok := models.ArchivedPage("https://gazette.example/a"); ok {
		t.Errorf("no archive, but %q", page)
	}
}

func FuzzCanonicalURL(f *testing.F) {
	for _, seed := range []string{"https://gazette.example/a?b=1#c", "https://web.archive.org/web/2023/https://x.example/amp/", "http://a.b/%2f//:/x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once := models.CanonicalURL(raw)
		if once == "" {
			return
		}
		if twice := models.CanonicalURL("https://" + once); twice != once {
			t.Errorf("%q becomes %q and then %q", raw, once, twice)
		}
	})
}
