package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"farwatch/models"
)

// limitedApp counts requests by the test's clock.
func limitedApp(t *testing.T, a *app, proxies ...string) *app {
	t.Helper()
	var trusted []netip.Prefix
	for _, p := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(p))
	}
	again := *a
	d := a.deps
	d.Limits, d.Proxies = NewLimits(a.clock.Now, false), trusted
	var err error
	again.handler, err = New(d)
	must(t, err)
	return &again
}

func TestLimit_Session_HeldBackThenLetGoOn(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, plain *app) {
		a := limitedApp(t, plain)
		u := a.person("example_ngo", "hasty", models.RoleCaseworker)
		for range 300 {
			u.get("/api/v1/me").want(200)
		}
		r := u.get("/api/v1/me")
		r.wantProblem(429, "rate.limited")
		if r.Header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q, want 1", r.Header.Get("Retry-After"))
		}
		a.person("example_ngo", "patient", models.RoleCaseworker).get("/api/v1/me").want(200) // nobody else waits
		a.clock.Advance(time.Second)
		for range 5 { // 300 a minute
			u.get("/api/v1/me").want(200)
		}
		u.get("/api/v1/me").wantProblem(429, "rate.limited")
	})
}

func TestLimit_Rows_CountPerOperation(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, plain *app) {
		a := limitedApp(t, plain)
		u := a.person("example_ngo", "reader", models.RoleAnalyst)
		for range 60 {
			u.get("/api/v1/incidents/spelling?q=abc").want(200)
		}
		u.get("/api/v1/incidents/spelling?q=abc").wantProblem(429, "rate.limited")
		for range 60 {
			u.get("/api/v1/exports/incidents.csv").want(200)
		}
		u.get("/api/v1/exports/incidents.csv").wantProblem(429, "rate.limited")
		a.clock.Advance(time.Minute) // an hour's 60: one a minute
		u.get("/api/v1/exports/incidents.csv").want(200)
		u.get("/api/v1/exports/incidents.csv").wantProblem(429, "rate.limited")
		u.get("/api/v1/incidents/spelling?q=abc").want(200)
	})
}

// from asks for a public page from an address, perhaps claiming another.
func (a *app) from(address, claims string) int {
	r := httptest.NewRequest(http.MethodGet, "http://"+testHost+"/api/v1/public/incidents/FW-4F7K-Q2ME", nil)
	r.RemoteAddr = address
	if claims != "" {
		r.Header.Set("X-Forwarded-For", claims)
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	return w.Code
}

func TestLimit_Public_ByAddress_ClaimsAreNotBelieved(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, plain *app) {
		a := limitedApp(t, plain)
		for n := range 60 {
			if code := a.from("192.0.2.1:1234", fmt.Sprintf("198.51.100.%d", n)); code != 404 {
				t.Fatalf("request %d: %d", n, code)
			}
		}
		if code := a.from("192.0.2.1:9999", "198.51.100.77"); code != 429 {
			t.Errorf("another claim: %d, want 429", code)
		}
		if code := a.from("192.0.2.2:1234", ""); code != 404 {
			t.Errorf("another address: %d, want 404", code)
		}
	})
}

func TestLimit_Public_TrustedProxySaysWhoAsks(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, plain *app) {
		a := limitedApp(t, plain, "192.0.2.1/32")
		for range 60 {
			a.from("192.0.2.1:1234", "198.51.100.1")
		}
		if code := a.from("192.0.2.1:1234", "198.51.100.1"); code != 429 {
			t.Errorf("the same reader behind the proxy: %d, want 429", code)
		}
		if code := a.from("192.0.2.1:1234", "198.51.100.2"); code != 404 {
			t.Errorf("another reader behind it: %d, want 404", code)
		}
		// What a reader puts in front of the proxy's own word is not believed.
		if code := a.from("192.0.2.1:1234", "203.0.113.9, 198.51.100.1"); code != 429 {
			t.Errorf("a reader's own claim: %d, want 429", code)
		}
	})
}

func TestLimits_FullTable_StaysBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLimits(func() time.Time { return now }, false)
	for n := range mostCounted + 10 {
		l.take("public", "x", fmt.Sprint(n))
	}
	if len(l.buckets) > mostCounted {
		t.Errorf("%d are counted", len(l.buckets))
	}
	now = now.Add(time.Hour)
	l.take("public", "x", "new")
	if len(l.buckets) != 1 {
		t.Errorf("%d are still counted after an hour of rest", len(l.buckets))
	}
}
