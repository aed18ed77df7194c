package api

import "testing"

func TestVocabulary_ComesWholeWithCountries(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		r := a.anyone().get("/api/v1/vocabulary").want(200)
		var v struct {
			Version string
			Lists   map[string]struct {
				Items []struct {
					Code           string
					CountsAsOrigin *bool `json:"counts_as_origin"`
				}
			}
			Countries []struct{ Code, Alpha2, Numeric, Name string }
		}
		r.json(&v)
		if v.Version != "1.0.0" || r.Header.Get("ETag") != `"1.0.0"` || len(v.Countries) != 250 {
			t.Errorf("version %q, ETag %s, %d countries", v.Version, r.Header.Get("ETag"), len(v.Countries))
		}
		for _, term := range v.Lists["source_kind"].Items {
			if term.Code == "republication" && (term.CountsAsOrigin == nil || *term.CountsAsOrigin) {
				t.Error("a republication is no origin: the attributes of the file must come through")
			}
		}
	})
}

func TestHealth_NamesTheDatabase(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		var health struct{ Status, Database string }
		a.anyone().get("/api/v1/health").want(200).json(&health)
		if health.Status != "ok" || health.Database != a.store.Dialect() {
			t.Errorf("%+v", health)
		}
	})
}
