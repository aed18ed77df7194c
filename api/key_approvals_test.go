package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/models"
)

func (u *person) approveKeys(action string) *reply {
	u.t.Helper()
	return u.do(http.MethodPost, "/api/v1/instance/key-approvals", object{"action": action})
}

func (u *person) keyCode(action string) string {
	u.t.Helper()
	var made struct {
		Action, Code string
		ExpiresAt    time.Time `json:"expires_at"`
	}
	u.approveKeys(action).want(201).json(&made)
	if made.Action != action || len(made.Code) != 30 || !made.ExpiresAt.Equal(u.clock.Now().Add(15*time.Minute)) {
		u.t.Errorf("made %+v", made)
	}
	return made.Code
}

func codeOf(err error) string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestKeyApproval_WorksOnceForAnotherPerson(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.person("example_ngo", "elif", models.RoleInstanceAdmin)
		dara := a.person("other_ngo", "dara", models.RoleInstanceAdmin, models.RoleOrgAdmin)
		use := func(want, action, code, by string) {
			t.Helper()
			if got := codeOf(a.store.System().UseKeyApproval(t.Context(), action, auth.HashKeyCode(action, code), by)); got != want {
				t.Errorf("%s by %s: %q, want %q", action, by, got, want)
			}
		}
		rotate := dara.keyCode("rotate")
		use("keys.own_code", "rotate", rotate, "dara")
		use("keys.code_wrong", "recovery", rotate, "elif")
		use("", "rotate", strings.ToUpper(strings.ReplaceAll(rotate, "-", " ")), "elif")
		use("keys.code_used", "rotate", rotate, "elif")

		// Each person has one open code for an action.
		first := dara.keyCode("rotate")
		second := dara.keyCode("rotate")
		use("keys.code_wrong", "rotate", first, "elif")
		a.clock.Advance(15*time.Minute - time.Second)
		use("", "rotate", second, "elif")
		dara = a.again(dara)
		late := dara.keyCode("rotate")
		a.clock.Advance(15 * time.Minute)
		use("keys.code_expired", "rotate", late, "elif")

		// Whoever may make no code any more has made none.
		dara = a.again(dara)
		last := dara.keyCode("recovery")
		must(t, a.store.System().SetRoles(t.Context(), "dara", []models.Role{models.RoleOrgAdmin}))
		use("keys.maker_gone", "recovery", last, "elif")
		must(t, a.store.System().SetRoles(t.Context(), "dara", []models.Role{models.RoleInstanceAdmin}))
		must(t, a.store.System().DisableUser(t.Context(), "elif"))
		use("permission.denied", "recovery", last, "elif")
	})
}

func TestKeyApproval_OthersMakeNone(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "amina", models.RoleReviewer, models.RoleOrgAdmin, models.RoleCaseworker, models.RoleAnalyst)
		u.approveKeys("rotate").wantProblem(403, "permission.denied")
		a.anyone().approveKeys("rotate").wantProblem(401, "session.required")
		elif := a.person("example_ngo", "elif", models.RoleInstanceAdmin)
		elif.approveKeys("erase").want(422)
		a.clock.Advance(5*time.Minute + time.Second)
		elif.approveKeys("rotate").wantProblem(403, "session.step_up_required")
	})
}

// TestKeyApproval_WrongTries_EndOpenCodes: five of them, for that action only.
func TestKeyApproval_WrongTries_EndOpenCodes(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		a.person("example_ngo", "elif", models.RoleInstanceAdmin)
		dara := a.person("example_ngo", "dara", models.RoleInstanceAdmin)
		rotate, recovery := dara.keyCode("rotate"), dara.keyCode("recovery")
		use := func(action, code string) string {
			t.Helper()
			return codeOf(a.store.System().UseKeyApproval(t.Context(), action, auth.HashKeyCode(action, code), "elif"))
		}
		for range 5 {
			if got := use("rotate", "guessed"); got != "keys.code_wrong" {
				t.Fatalf("a guess: %q", got)
			}
		}
		if got := use("rotate", rotate); got != "keys.code_closed" {
			t.Errorf("the right code after five guesses: %q", got)
		}
		if got := use("recovery", recovery); got != "" {
			t.Errorf("the code for something else: %q", got)
		}
		var rows struct{ Items []struct{ Action string } }
		dara.get("/api/v1/instance/audit").want(200).json(&rows)
		told := map[string]int{}
		for _, r := range rows.Items {
			told[r.Action]++
		}
		if told["keys.approve"] != 2 || told["keys.refused"] != 6 || told["keys.approved"] != 1 {
			t.Errorf("the audit tells %v", told)
		}
	})
}
