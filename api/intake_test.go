package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"farwatch/internal/fetch"
)

const pasted = "A Uyghur cook who lives in Oslo was phoned by a Chinese police officer.\r\nHe was offered 900 euros a month and asked to film protests.\u200e\x00"

type articleReading struct {
	Text, Language string
	Sum            string `json:"text_sha256"`
	Incident       bool
	Suggestions    []struct {
		Field, Value, Rule string
		Start, End         int
		Amount             *struct {
			Min  *float64 `json:"amount_min"`
			Text string   `json:"amount_text"`
		}
	}
	Known []struct{ Ref, Title, By string }
}

func (u *person) reads(body object) (out articleReading) {
	u.t.Helper()
	u.do(http.MethodPost, "/api/v1/intake/suggestions", body).want(200).json(&out)
	return out
}

func TestIntake_Suggestions_WithTheirPlaces(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		got := u.reads(object{"text": pasted})
		if !got.Incident || got.Language != "en" || strings.ContainsAny(got.Text, "\r\x00") {
			t.Fatalf("got %+v", got)
		}
		sum := sha256.Sum256([]byte(got.Text))
		if got.Sum != hex.EncodeToString(sum[:]) {
			t.Error("the hash is not that of the text")
		}
		told := map[string]string{}
		points := []rune(got.Text)
		for _, s := range got.Suggestions {
			told[s.Field+":"+s.Value] = string(points[s.Start:s.End])
			if s.Amount != nil && (s.Amount.Min == nil || *s.Amount.Min != 900 || s.Amount.Text != "900 euros a month") {
				t.Errorf("the amount is %+v", s.Amount)
			}
		}
		for want, words := range map[string]string{"communities:uyghur": "Uyghur", "origin_country:CHN": "Chinese", "host_country:NOR": "Oslo"} {
			if told[want] != words {
				t.Errorf("%s stands at %q", want, told[want])
			}
		}
		if _, ok := told["methods:event_monitoring"]; ok {
			t.Error("a demand was taken for a deed")
		}
		if other := u.reads(object{"text": "The match ended in a draw."}); other.Incident || len(other.Suggestions) != 0 {
			t.Errorf("sport gives %+v", other)
		}
	})
}

func TestIntake_KnownArticle_ByTextAndByAddress_ForThoseWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		stranger := a.person("other_ngo", "stranger", "caseworker")
		text := u.reads(object{"text": pasted})
		body := founding(t)
		sources, _ := body["sources"].([]any)
		first, _ := sources[0].(map[string]any)
		first["text"], first["text_sha256"] = text.Text, text.Sum
		ref := u.logged(t, body, "known-article")
		address, _ := first["url"].(string)
		for name, c := range map[string]struct {
			body object
			by   string
		}{
			"text":            {object{"text": pasted}, "text"},
			"address":         {object{"text": "Another text.", "url": address}, "url"},
			"address variant": {object{"text": "Another text.", "url": address + "?utm_source=x#top"}, "url"},
			"both":            {object{"text": pasted, "url": address}, "text"},
		} {
			if got := u.reads(c.body); len(got.Known) != 1 || got.Known[0].Ref != ref || got.Known[0].By != c.by {
				t.Errorf("%s: %+v", name, got.Known)
			}
			if got := stranger.reads(c.body); len(got.Known) != 0 {
				t.Errorf("%s: another organisation learns of %+v", name, got.Known)
			}
		}
		if got := u.reads(object{"text": "Another text."}); len(got.Known) != 0 {
			t.Errorf("another text: %+v", got.Known)
		}
	})
}

func TestIntake_Files_TextOrAClearRefusal(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		put := func(who *person, data string) *reply {
			return who.do(http.MethodPut, "/api/v1/intake/files", []byte(data), "Content-Type", "application/octet-stream")
		}
		var d struct {
			Kind, Text string
			Title      *string
			Cut        bool
		}
		put(u, "<html><head><title>A door</title></head><body><p>Two men came to the caf\xe9.</p></body></html>").want(200).json(&d)
		if d.Kind != "html" || d.Text != "Two men came to the café." || d.Title == nil || *d.Title != "A door" {
			t.Errorf("got %+v", d)
		}
		put(u, strings.Repeat("x", 5<<20)).want(200).json(&d)
		if !d.Cut || len(d.Text) != 100_000 {
			t.Errorf("a long text: cut %v, %d", d.Cut, len(d.Text))
		}
		put(u, "\x89PNG\r\n\x1a\n\x00\x00\x00").wantProblem(415, "intake.kind_not_read")
		put(u, " ").wantProblem(409, "intake.no_text")
		put(u, "PK\x03\x04nothing").wantProblem(409, "intake.damaged")
		put(u, strings.Repeat("x", 20<<20+1)).wantProblem(413, "request.too_large")
		u.do(http.MethodPut, "/api/v1/intake/files", object{"text": "x"}).wantProblem(415, "request.not_bytes")
		put(a.person("example_ngo", "analyst", "analyst"), "x").wantProblem(403, "permission.denied")
		put(a.anyone(), "x").wantProblem(401, "session.required")
	})
}

func TestIntake_Pages_OffUnlessSwitchedOn(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		var ways struct{ Fetch bool }
		u.get("/api/v1/intake").want(200).json(&ways)
		if ways.Fetch {
			t.Error("fetching is on")
		}
		u.do(http.MethodPost, "/api/v1/intake/pages", object{"url": "https://example.org/"}).wantProblem(409, "intake.fetch_off")
	})
}

func TestIntake_Pages_HostileAddresses_AreRefusedAndLogged(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		var err error
		a.handlers.Fetch, err = fetch.New("on")
		must(t, err)
		u := a.person("example_ngo", "author", "caseworker")
		before, _, err := a.store.System().VerifyAudit(t.Context())
		must(t, err)
		for _, address := range []string{"http://127.0.0.1/", "http://localhost:8080/api/v1/me", "file:///etc/passwd", "x", "http://[::1]/", "http://169.254.169.254/latest"} {
			u.do(http.MethodPost, "/api/v1/intake/pages", object{"url": address}).wantProblem(422, "validation.failed", "#/url not_a_web_address")
		}
		// What is asked for is on record; an address without a host is asked nowhere.
		if after, broken, err := a.store.System().VerifyAudit(t.Context()); err != nil || broken != 0 || after-before != 4 {
			t.Errorf("%d rows more, broken at %d, %v", after-before, broken, err)
		}
	})
}

func TestIntake_BadInput_NamesTheField(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker")
		const path = "/api/v1/intake/suggestions"
		u.do(http.MethodPost, path, object{}).wantProblem(422, "validation.failed", "#/text required")
		u.do(http.MethodPost, path, object{"text": ""}).wantProblem(422, "validation.failed", "#/text required")
		u.do(http.MethodPost, path, object{"text": "x", "url": "javascript:alert(1)"}).wantProblem(422, "validation.failed", "#/url not_a_web_address")
		u.do(http.MethodPost, path, object{"text": "x", "more": 1}).wantProblem(422, "validation.failed", "#/more unknown_member")
		u.do(http.MethodPost, path, object{"text": strings.Repeat("x", 100_001)}).wantProblem(422, "validation.failed", "#/text too_long")
		u.do(http.MethodPost, path, object{"text": strings.Repeat("中", 100_000)}).wantProblem(413, "request.too_large")
		for who, status := range map[*person]int{a.person("example_ngo", "analyst", "analyst"): 403, a.person("example_ngo", "reviewer", "reviewer"): 403, a.anyone(): 401} {
			who.do(http.MethodPost, path, object{"text": "x"}).want(status)
		}
	})
}
