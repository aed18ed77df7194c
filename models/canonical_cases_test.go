package models_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"farwatch/models"
)

// canonicalCases are addresses and their one name; "" is for what has none.
var canonicalCases = []struct{ raw, want string }{
	// Scheme, host and port.
	{"https://paper.example/a/story", "paper.example/a/story"},
	{"http://paper.example/a/story", "paper.example/a/story"},
	{"HTTPS://Paper.EXAMPLE/a/story", "paper.example/a/story"},
	{"  https://paper.example/a/story \n", "paper.example/a/story"},
	{"https://www.paper.example/a/story", "paper.example/a/story"},
	{"https://www3.paper.example/a/story", "paper.example/a/story"},
	{"https://m.paper.example/a/story", "paper.example/a/story"},
	{"https://mobile.paper.example/a/story", "paper.example/a/story"},
	{"https://amp.paper.example/a/story", "paper.example/a/story"},
	{"https://www.amp.paper.example/a/story", "paper.example/a/story"},
	{"https://en.m.wikipedia.org/wiki/Exile", "en.wikipedia.org/wiki/Exile"},
	{"https://m.example/a", "m.example/a"},
	{"https://news.paper.example/a", "news.paper.example/a"},
	{"https://paper.example./a", "paper.example/a"},
	{"https://paper.example:443/a", "paper.example/a"},
	{"http://paper.example:80/a", "paper.example/a"},
	{"http://paper.example:443/a", "paper.example/a"},
	{"https://paper.example:8443/a", "paper.example:8443/a"},
	{"https://bücher.example/a", "xn--bcher-kva.example/a"},
	{"https://xn--bcher-kva.example/a", "xn--bcher-kva.example/a"},
	{"https://газета.example/a", "xn--80aahjj1e.example/a"},
	{"https://新闻.example/a", "xn--efvy88h.example/a"},
	{"https://under_score.paper.example/a", "under_score.paper.example/a"},
	{"http://203.0.113.7/a", "203.0.113.7/a"},
	{"http://[2001:DB8::1]:8080/a", "[2001:db8::1]:8080/a"},

	// Path.
	{"https://paper.example", "paper.example"},
	{"https://paper.example/", "paper.example"},
	{"https://paper.example/a/", "paper.example/a"},
	{"https://paper.example/a//b", "paper.example/a/b"},
	{"https://paper.example/a/./b/../c", "paper.example/a/c"},
	{"https://paper.example/../../a", "paper.example/a"},
	{"https://paper.example/Case/Kept", "paper.example/Case/Kept"},
	{"https://paper.example/%61%62", "paper.example/ab"},
	{"https://paper.example/a%2Fb", "paper.example/a%2Fb"},
	{"https://paper.example/a%3Fb", "paper.example/a%3Fb"},
	{"https://paper.example/%d0%b0", "paper.example/%D0%B0"},
	{"https://paper.example/а", "paper.example/%D0%B0"},
	{"https://paper.example/a b", "paper.example/a%20b"},

	// Fragment.
	{"https://paper.example/a#comments", "paper.example/a"},
	{"https://paper.example/a#:~:text=word", "paper.example/a"},
	{"https://paper.example/#!/story/7", "paper.example#!/story/7"},

	// Query.
	{"https://paper.example/a?", "paper.example/a"},
	{"https://paper.example/a?id=7", "paper.example/a?id=7"},
	{"https://paper.example/a?b=2&a=1", "paper.example/a?a=1&b=2"},
	{"https://paper.example/a?a=2&a=1&a=2", "paper.example/a?a=1&a=2"},
	{"https://paper.example/a?q=", "paper.example/a?q"},
	{"https://paper.example/a?q=x+y", "paper.example/a?q=x+y"},
	{"https://paper.example/a?q=x%20y", "paper.example/a?q=x+y"},
	{"https://paper.example/a?utm_source=x&utm_medium=y&id=7", "paper.example/a?id=7"},
	{"https://paper.example/a?UTM_Source=x", "paper.example/a"},
	{"https://paper.example/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4", "paper.example/a"},
	{"https://paper.example/a?igshid=1&msclkid=2&twclid=3", "paper.example/a"},
	{"https://paper.example/a?ref_src=twsrc&ref_url=x", "paper.example/a"},
	{"https://paper.example/a?at_medium=rss&at_campaign=z&smid=tw", "paper.example/a"},
	{"https://paper.example/a?ref=7", "paper.example/a?ref=7"},
	{"https://paper.example/watch?v=abc&feature=share", "paper.example/watch?v=abc"},

	// AMP.
	{"https://paper.example/a/amp", "paper.example/a"},
	{"https://paper.example/a/amp/", "paper.example/a"},
	{"https://paper.example/a/AMP/", "paper.example/a"},
	{"https://paper.example/a.amp", "paper.example/a"},
	{"https://paper.example/a.amp.html", "paper.example/a.html"},
	{"https://paper.example/a?amp=1", "paper.example/a"},
	{"https://paper.example/a?amp", "paper.example/a"},
	{"https://paper.example/a?outputType=amp&id=7", "paper.example/a?id=7"},
	{"https://paper.example/a?output=pdf", "paper.example/a?output=pdf"},
	{"https://paper.example/camp", "paper.example/camp"},
	{"https://paper.example/a/amplify", "paper.example/a/amplify"},
	{"https://paper-example.cdn.ampproject.org/c/s/paper.example/a/amp", "paper.example/a"},
	{"https://paper-example.cdn.ampproject.org/v/s/paper.example/a?amp_js_v=0.1&usqp=x&id=7", "paper.example/a?id=7"},
	{"https://cdn.ampproject.org/c/paper.example/a", "paper.example/a"},
	{"https://paper-example.bing-amp.com/c/s/paper.example/a", "paper.example/a"},
	{"https://www.google.com/amp/s/www.paper.example/a/amp/", "paper.example/a"},
	{"https://google.co.uk/amp/paper.example/a", "paper.example/a"},
	{"https://www.google.com/search?q=paper", "google.com/search?q=paper"},

	// Archived and cached copies.
	{"https://web.archive.org/web/20230220101010/https://paper.example/a?id=7", "paper.example/a?id=7"},
	{"https://web.archive.org/web/20230220101010id_/http://www.paper.example/a/", "paper.example/a"},
	{"http://web.archive.org/web/2023*/https://paper.example/a", "paper.example/a"},
	{"https://web.archive.org/web/20230220/https:/paper.example/a", "paper.example/a"},
	{"https://web.archive.org/web/20230220/https%3A%2F%2Fpaper.example%2Fa%3Fid%3D7", "paper.example/a?id=7"},
	{"https://web.archive.org/web/20230220/paper.example/a", "paper.example/a"},
	{"https://web.archive.org/web/https://paper.example/a", "paper.example/a"},
	{"https://archive.org/web/20230220/http://paper.example/a", "paper.example/a"},
	{"https://archive.ph/2023.02.20-101010/https://paper.example/a", "paper.example/a"},
	{"https://archive.today/newest/http://paper.example/a", "paper.example/a"},
	{"https://archive.is/o/AbCd1/https://paper.example/a", "paper.example/a"},
	{"https://archive.ph/AbCd1", "archive.ph/AbCd1"},
	{"https://archive.org/details/some-film", "archive.org/details/some-film"},
	{"https://wayback.archive-it.org/123/20230220/https://paper.example/a", "paper.example/a"},
	{"https://webarchive.nationalarchives.gov.uk/ukgwa/20230220/https://paper.example/a", "paper.example/a"},
	{"https://webcache.googleusercontent.com/search?q=cache:paper.example/a+some+words", "paper.example/a"},
	{"https://webcache.googleusercontent.com/search?q=cache:AbCdEfGhIjKl:https://paper.example/a", "paper.example/a"},
	{"https://web.archive.org/web/2023/https://archive.ph/2022/https://www.google.com/amp/s/paper.example/a/amp", "paper.example/a"},

	// No web addresses.
	{"", ""},
	{"paper.example/a", ""},
	{"ftp://paper.example/a", ""},
	{"javascript:alert(1)", ""},
	{"mailto:desk@paper.example", ""},
	{"https://", ""},
	{"https:///a", ""},
	{"https://localhost/a", ""},
	{"https://name:word@paper.example/a", ""},
	{"https://paper.example/%zz", ""},
	{"https://paper.example:port/a", ""},
	{"https://pa per.example/a", ""},
	{"https://paper.example/" + strings.Repeat("a", 3000), ""},
}

func TestCanonicalURL_Cases_HaveOneName(t *testing.T) {
	t.Parallel()
	for _, c := range canonicalCases {
		if got := models.CanonicalURL(c.raw); got != c.want {
			t.Errorf("%q is %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestArchiveOf_Copies_TellTheirOriginal(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://web.archive.org/web/20230220101010/https://www.paper.example/a": "paper.example/a",
		"https://archive.ph/2023.02.20/https://paper.example/a":                  "paper.example/a",
		"https://archive.ph/AbCd1":                                               "",
		"https://perma.cc/AB12-CD34":                                             "",
		"https://www.google.com/amp/s/paper.example/a":                           "paper.example/a",
	} {
		got, archived := models.ArchiveOf(raw)
		if !archived || got != want {
			t.Errorf("%q: %q %v, want %q", raw, got, archived, want)
		}
	}
	for _, raw := range []string{
		"https://paper.example/a", "https://archive.org/details/film", "https://archive.ph/", "https://google.com/maps", "nonsense", "",
	} {
		if got, archived := models.ArchiveOf(raw); archived || got != "" {
			t.Errorf("%q passes for a copy of %q", raw, got)
		}
	}
}

// TestCanonicalURL_RandomAddresses_SettleAtOnce puts addresses together from
// the parts of all cases.
func TestCanonicalURL_RandomAddresses_SettleAtOnce(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	parts := []string{
		"https://", "http://", "www.", "m.", "amp.", "paper.example", "bücher.example", ":80", ":8080", "/", "//", "a", "%2F", "%61", "amp", ".amp", ".html",
		"?", "&", "amp=1", "utm_id=1", "id=7", "=", "#", "#!", "web.archive.org/web/2023/", "archive.ph/newest/", "google.com/amp/s/", "..", "%25", "+", "ё", ";",
		"cdn.ampproject.org/c/s/", "https%3A%2F%2F", "webcache.googleusercontent.com/search?q=cache:",
	}
	named := 0
	for range 20_000 {
		var b strings.Builder
		b.WriteString("https://")
		for range 1 + random.IntN(9) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		named += settles(t, b.String())
	}
	if named < 1000 {
		t.Errorf("only %d addresses had a name: this test shows nothing", named)
	}
}

func settles(t *testing.T, raw string) int {
	t.Helper()
	once := models.CanonicalURL(raw)
	if once == "" {
		return 0
	}
	if twice := models.CanonicalURL(models.WebAddress(once)); twice != once {
		t.Errorf("%q becomes %q and then %q", raw, once, twice)
	}
	return 1
}

func FuzzCanonicalURL_Settles(f *testing.F) {
	for _, c := range canonicalCases {
		f.Add(c.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) { settles(t, raw) })
}
