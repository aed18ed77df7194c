package api

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"farwatch/internal/auth"
	"farwatch/models"
)

// hammered lets 64 clients ask without pause while kill runs, and counts the
// requests that began after it had returned and were accepted all the same.
func (u *person) hammered(path string, kill func()) (asked, accepted int64) {
	const clients = 64
	var gone, stop atomic.Bool
	var before, late, lateAccepted atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for !stop.Load() {
				began := gone.Load()
				_, w := u.send(http.MethodGet, path, nil)
				if !began {
					before.Add(1)
					continue
				}
				if w.Code < 400 {
					lateAccepted.Add(1)
				}
				if late.Add(1) >= 4*clients {
					stop.Store(true)
				}
			}
		})
	}
	for before.Load() < clients {
		if _, w := u.send(http.MethodGet, path, nil); w.Code >= 500 {
			break
		}
	}
	kill()
	gone.Store(true)
	wg.Wait()
	return late.Load(), lateAccepted.Load()
}

func TestRevocation_64Clients_NothingThatBeganAfterIsAccepted(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		rounds := 3
		if testing.Short() {
			rounds = 1
		}
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		for cause, kill := range map[string]func(u *person){
			"disabled":   func(u *person) { admin.post("/api/v1/members/" + u.id + "/disable").want(200) },
			"role taken": func(u *person) { admin.roles(u, "org_admin").want(200) },
			"signed out by an administrator": func(u *person) {
				admin.do(http.MethodDelete, "/api/v1/members/"+u.id+"/sessions", nil).want(204)
			},
			"new password by link": func(u *person) {
				token, _ := admin.resetLink(u)
				a.anyone().useReset(token, newPassword).want(204)
			},
			"everybody signed out": func(*person) {
				admin.do(http.MethodPost, "/api/v1/organisation/sign-out", object{"mine_too": false}).want(204)
			},
			"closed": func(*person) {
				admin.setMode("closed").want(200)
			},
		} {
			for round := range rounds {
				u := a.person("example_ngo", "u-"+auth.HashOneTimeToken(cause)[:12]+string(rune('a'+round)), models.RoleAnalyst)
				asked, accepted := u.hammered("/api/v1/incidents", func() { kill(u) })
				if asked < 64 || accepted != 0 {
					t.Errorf("%s: %d of %d that began after were accepted", cause, accepted, asked)
				}
				if cause == "closed" {
					must(t, a.store.System().SetInstanceMode(t.Context(), models.ModeOpen, "", ""))
					admin = a.again(admin)
				}
			}
		}
	})
}

// TestLock_16Writers_NothingThatBeganAfterIsKept is the same for the lock and
// for writes.
func TestLock_16Writers_NothingThatBeganAfterIsKept(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker)
		var locked, stop atomic.Bool
		var late, kept, early, earlyKept atomic.Int64
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for n := 0; !stop.Load(); n++ {
					began := locked.Load()
					_, w := u.send(http.MethodPut, "/api/v1/working-copies/copy-000"+string(rune('a'+i)), object{"form": object{"n": n}})
					if !began {
						if w.Code < 400 {
							earlyKept.Add(1)
						}
						early.Add(1)
						continue
					}
					if w.Code < 400 {
						kept.Add(1)
					}
					if late.Add(1) >= 200 {
						stop.Store(true)
					}
				}
			})
		}
		for early.Load() < 32 {
			u.send(http.MethodGet, "/api/v1/me", nil)
		}
		admin.setMode("read_only").want(200)
		locked.Store(true)
		wg.Wait()
		if earlyKept.Load() == 0 {
			t.Error("no write was kept before the lock: this test shows nothing")
		}
		if kept.Load() != 0 {
			t.Errorf("%d of %d writes that began after were kept", kept.Load(), late.Load())
		}
	})
}
