package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"farwatch/models"
)

// TestReadQuota_SessionDrainsCases is T-05: one session opens every record it
// can, hour after hour.
func TestReadQuota_SessionDrainsCases(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.handlers.ReadQuota = models.ReadQuota{Hour: 12, Day: 30}
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		var refs []string
		for n := range 20 {
			body := valid()
			body["internal_note"] = "She rang from a hotel."
			body["title"] = fmt.Sprintf("Record %d", n)
			refs = append(refs, u.logged(t, body, fmt.Sprintf("quota-record-%d", n)))
		}
		drain := func() (opened int) {
			for _, ref := range refs {
				r := u.get("/api/v1/incidents/" + ref)
				if r.Status == http.StatusOK {
					opened++
					continue
				}
				r.wantProblem(429, "reads.too_many")
			}
			return opened
		}
		many := func() int { return len(admin.auditPage("/api/v1/audit?action=protected.many").Items) }
		if got := drain(); got != 12 {
			t.Errorf("%d opened in the first hour, want 12", got)
		}
		if got := many(); got != 1 {
			t.Errorf("%d warnings in the audit, want 1", got)
		}
		u.get("/api/v1/incidents/" + refs[0]).want(200) // what was opened a moment ago stays open
		u.get("/api/v1/incidents").want(200)            // lists show nothing protected
		if r := u.get("/api/v1/incidents/" + refs[15]); r.Header.Get("Retry-After") != "3601" {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
		for _, want := range []int{12, 6, 0} { // then the day's thirty are used up
			a.clock.Advance(time.Hour + time.Minute)
			u = a.again(u)
			if got := drain(); got != want {
				t.Errorf("%d opened in an hour, want %d", got, want)
			}
		}
		a.clock.Advance(24 * time.Hour)
		u = a.again(u)
		if got := drain(); got != 12 {
			t.Errorf("%d opened the next day, want 12", got)
		}
	})
}

func TestReadQuota_ManyAtOnce_NoneTooMuch(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.handlers.ReadQuota = models.ReadQuota{Hour: 5, Day: 100}
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		var refs []string
		for n := range 20 {
			refs = append(refs, u.logged(t, with("internal_note", "She rang from a hotel."), fmt.Sprintf("quota-at-once-%d", n)))
		}
		var mu sync.Mutex
		opened := 0
		var wg sync.WaitGroup
		for _, ref := range refs {
			wg.Go(func() {
				if u.get("/api/v1/incidents/"+ref).Status == http.StatusOK {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if opened != 5 {
			t.Errorf("%d opened at once, want 5", opened)
		}
	})
}
