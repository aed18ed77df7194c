package api

import (
	"net/http"
	"strings"
	"testing"

	"farwatch/models"
)

func TestRoom_DiskNearlyFull_EveryUnsafeOperationIs507(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		everything := a.person("example_ngo", "amina", models.Roles()...)
		a.account("boris", models.RoleReviewer)
		a.full.Store(true)
		refused, reads := 0, 0
		for key, op := range a.contract.operations {
			method, path, _ := strings.Cut(key, " ")
			r := everything.do(method, concrete(path), nil, "X-Farwatch", "1", "If-None-Match", "x")
			full := r.Status == http.StatusInsufficientStorage && strings.Contains(string(r.Body), `"storage.full"`)
			if want := method != http.MethodGet && method != http.MethodHead && !op.urgent; full != want {
				t.Errorf("%s (%s): refused %v, want %v: %d", op.id, key, full, want, r.Status)
			}
			if full {
				refused++
			} else if method == http.MethodGet {
				reads++
			}
		}
		if refused < 40 || reads < 30 {
			t.Errorf("%d refused, %d reads: this test shows nothing", refused, reads)
		}
		a.anyone().signIn("boris", password).want(201)
		a.full.Store(false)
		everything = a.again(everything)
		if r := everything.do(http.MethodPost, "/api/v1/incidents", nil); r.Status == http.StatusInsufficientStorage {
			t.Errorf("still full: %s", r.Body)
		}
	})
}
