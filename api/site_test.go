package api

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var sitePaths = []string{
	"/public", "/public?origin_country=CHN&include_implied=true", "/public/incidents", "/public/incidents?host_country=GBR&methods=", "/public/about", "/public/releases",
	"/public/feed.atom", "/public/feed.json", "/public/embed/accused", "/public/embed/methods.svg?origin_country=CHN", "/public/embed/event-years.svg",
}

// links of a page, without those that only name where it is.
var links = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// TestSite_Crawl_StaysPublic follows every link from the front page: each page
// is there, none sets a cookie, none loads anything from elsewhere, and the only
// way to a screen of the staff is the sign-in.
func TestSite_Crawl_StaysPublic(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(60)
		d := newDesk(a, nil)
		d.publish()
		todo, seen := []string{"/public", "/public/incidents/" + d.ref}, map[string]bool{}
		loaded := regexp.MustCompile(`<(?:img|script|link|iframe|audio|video|source|object|embed|use|image)\b[^>]*(?:src|href)="(https?:)?//`)
		for len(todo) > 0 && len(seen) < 150 {
			path := todo[0]
			todo = todo[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			r := a.anyone().get(path).want(200)
			if r.Header.Get("Set-Cookie") != "" || r.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s sets %v", path, r.Header)
			}
			if !strings.HasPrefix(r.Header.Get("Cache-Control"), "public, max-age=") && !strings.HasPrefix(path, "/api/v1/vocabulary") {
				t.Errorf("%s: Cache-Control %q", path, r.Header.Get("Cache-Control"))
			}
			if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
				continue
			}
			body := string(r.Body)
			for _, found := range loaded.FindAllString(body, -1) {
				if !strings.Contains(found, "canonical") {
					t.Errorf("%s loads from elsewhere: %s", path, found)
				}
			}
			if strings.Contains(body, "style=\"") || strings.Contains(body, " onclick") {
				t.Errorf("%s has what the policy refuses", path)
			}
			for _, m := range links.FindAllStringSubmatch(body, -1) {
				to := strings.TrimPrefix(strings.ReplaceAll(m[1], "&amp;", "&"), "http://"+testHost)
				to, _, _ = strings.Cut(to, "#")
				switch {
				case to == "" || to == "/sign-in" || to == "/favicon.svg" || strings.HasPrefix(to, "https://"):
				case strings.HasPrefix(to, "/public") || strings.HasPrefix(to, "/api/v1/public/") || to == "/api/v1/vocabulary":
					todo = append(todo, to)
				default:
					t.Errorf("%s leads to %s", path, to)
				}
			}
		}
		if len(seen) < 100 {
			t.Errorf("only %d pages were found", len(seen))
		}
		if log := a.log.String(); strings.Contains(log, "origin_country=") || strings.Contains(log, "127.0.0.1") || strings.Contains(log, d.ref) {
			t.Error("the log tells who read what")
		}
	})
}

// TestSite_Record_SaysWhatIsPublishedAndNothingElse also after withdrawal.
func TestSite_Record_SaysWhatIsPublishedAndNothingElse(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, func(body object) { body["title"] = `<script>alert("x")</script> & more` })
		path := "/public/incidents/" + d.ref
		if r := a.anyone().get(path).want(404); !strings.Contains(string(r.Body), "No published record") {
			t.Errorf("a draft answers %s", r.Body)
		}
		d.publish()
		r := a.anyone().get(path).want(200)
		body := string(r.Body)
		for _, want := range []string{"&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; more", "is no finding of a court", "may reply at any time by writing to", "One source reported this on its own", d.ref} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(body, "<script>alert") {
			t.Error("the title became code")
		}
		etag := r.Header.Get("ETag")
		a.anyone().do(http.MethodGet, path, nil, "If-None-Match", etag).want(304)
		old := a.anyone().get("/public/" + strings.ToLower(strings.ReplaceAll(d.ref, "-", ""))).want(301)
		if to := old.Header.Get("Location"); to != path {
			t.Errorf("the first address leads to %s", to)
		}
		a.anyone().get("/public/nonsense").want(404)
		a.anyone().get("/public/incidents/nonsense").want(404)
		d.move(d.second, "withdrawn", "withdrawal_reason", "safety", "reason", "She is in danger.").want(200)
		gone := a.anyone().do(http.MethodGet, path, nil, "If-None-Match", etag).want(410)
		if body := string(gone.Body); !strings.Contains(body, "was withdrawn on") || !strings.Contains(body, "The reason is not stated") || strings.Contains(body, "danger") || strings.Contains(body, "alert") {
			t.Errorf("the tombstone says %s", body)
		}
	})
}

// TestSite_Feeds_TellPublicationCorrectionAndWithdrawal in both formats.
func TestSite_Feeds_TellPublicationCorrectionAndWithdrawal(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		feeds := func() (atom []string, jsons []string) {
			t.Helper()
			var x struct {
				Entries []struct {
					Title    string `xml:"title"`
					Summary  string `xml:"summary"`
					Category struct {
						Term string `xml:"term,attr"`
					} `xml:"category"`
				} `xml:"entry"`
			}
			must(t, xml.Unmarshal(a.anyone().get("/public/feed.atom").want(200).Body, &x))
			for _, e := range x.Entries {
				atom = append(atom, e.Category.Term+" "+e.Title)
			}
			var j struct {
				Version string
				Items   []struct {
					Title string
					Tags  []string
				}
			}
			must(t, json.Unmarshal(a.anyone().get("/public/feed.json").want(200).Body, &j))
			if j.Version != "https://jsonfeed.org/version/1.1" {
				t.Errorf("version %q", j.Version)
			}
			for _, i := range j.Items {
				jsons = append(jsons, i.Tags[0]+" "+i.Title)
			}
			return atom, jsons
		}
		want := func(lines ...string) {
			t.Helper()
			atom, jsons := feeds()
			if !slices.Equal(atom, lines) || !slices.Equal(jsons, lines) {
				t.Errorf("feeds %q and %q, want %q", atom, jsons, lines)
			}
		}
		d := newDesk(a, func(body object) { body["title"] = "A call" })
		want()
		d.publish()
		want("published A call")
		a.clock.Advance(60_000_000_000)
		d.edit(d.author, object{"title": "A second call", "reason": "Better."}).want(200)
		d.decide(d.second, "approve", nil).want(200)
		want("corrected Corrected: A second call")
		d.move(d.second, "withdrawn", "withdrawal_reason", "error", "reason", "Wrong.").want(200)
		want("withdrawn " + d.ref + ": withdrawn")
		if body := string(a.anyone().get("/public/feed.atom").want(200).Body); strings.Contains(body, "second call") {
			t.Errorf("a withdrawn record still speaks: %s", body)
		}
	})
}

// TestSite_Embeds_AreTheOnlyPagesThatOthersMayFrame.
func TestSite_Embeds_AreTheOnlyPagesThatOthersMayFrame(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(40)
		for _, path := range sitePaths {
			r := a.anyone().get(path).want(200)
			framed := strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors *")
			if framed != strings.HasPrefix(path, "/public/embed/") || framed != (r.Header.Get("X-Frame-Options") == "") {
				t.Errorf("%s may be framed: %t", path, framed)
			}
			if !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
				t.Errorf("%s: policy %q", path, r.Header.Get("Content-Security-Policy"))
			}
		}
		for _, path := range []string{"/incidents", "/sign-in", "/api/v1/public/stats", "/public/embed/nothing", "/public/embed/accused?sensitivity=sealed"} {
			if r := a.anyone().get(path); strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors *") {
				t.Errorf("%s may be framed", path)
			}
		}
		a.anyone().get("/public/embed/nothing").want(404)
		a.anyone().get("/public/embed/accused?sensitivity=sealed").want(400)
		svg := string(a.anyone().get("/public/embed/accused.svg").want(200).Body)
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil || !strings.Contains(svg, "Source: Farwatch, http://"+testHost) || strings.Contains(svg, "href") {
			t.Errorf("the picture: %v %s", err, svg)
		}
		for _, path := range []string{"/public?nonsense=1", "/public?origin_country=XXX", "/public?origin_country=CHN&origin_country=TUR", "/public/incidents?cursor=x", "/public?q=%zz"} {
			a.anyone().get(path).want(400)
		}
	})
}
