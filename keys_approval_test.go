package main

import (
	"strings"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/models"
)

// code has an administrator of the place make one.
func (p place) code(maker, action string) (code string) {
	p.t.Helper()
	p.within(func(i *instance) error {
		who, err := i.store.System().ActAs(p.t.Context(), maker)
		if err != nil {
			return err
		}
		made, hash, err := auth.NewKeyCode(action)
		if err != nil {
			return err
		}
		code = made
		_, err = i.store.For(who).ApproveKeys(p.t.Context(), action, hash)
		return err
	})
	return code
}

func (p place) administrators(names ...string) {
	p.t.Helper()
	for _, name := range names {
		p.want(0, "", goodPassword, "user", "create", "-name", name, "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "instance_admin")
	}
}

func TestKeys_RotateAndRecovery_TakeTwoPeople(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p place) {
		p.withAmina()
		p.administrators("elif", "dara")
		refused := func(words, stdin string, args ...string) {
			t.Helper()
			p.want(1, words, stdin, append([]string{"keys"}, args...)...)
		}
		refused("this takes two people", "", "rotate")
		refused("this takes two people", "", "recovery")
		refused("this takes two people", goodPassword, "rotate", "-alone", "-as", "elif", "-code", "x")
		refused("another administrator of the server", "", "rotate", "-alone")
		refused("another administrator of the server", goodPassword, "recovery", "-alone", "-as", "elif")
		refused("no active administrator of the server", goodPassword, "rotate", "-as", "amina", "-code", p.code("elif", models.KeysRotate))
		refused("no active administrator of the server", goodPassword, "rotate", "-as", "nobody", "-code", "x")
		refused("You made this code yourself", goodPassword, "rotate", "-as", "elif", "-code", p.code("elif", models.KeysRotate))
		refused("no code for this command", goodPassword, "rotate", "-as", "elif", "-code", p.code("dara", models.KeysRecovery))
		code := p.code("dara", models.KeysRotate)
		refused("not the password of elif", "four green walls tall", "rotate", "-as", "elif", "-code", code)
		refused("nothing to read", "", "rotate", "-as", "elif", "-code", code)
		refused("nothing to read", goodPassword+"\n", "rotate", "-as", "elif")
		_, before, _ := p.farwatch("", "keys", "status")
		p.want(0, "Every record and organisation has a new key.", goodPassword+"\n"+strings.ToUpper(code)+"\n", "keys", "rotate", "-as", "elif")
		if _, after, _ := p.farwatch("", "keys", "status"); after == before {
			t.Errorf("nothing changed:\n%s", after)
		}
		refused("was used already", goodPassword, "rotate", "-as", "elif", "-code", code)

		// The shares are told to two only, and five wrong tries end a code.
		code = p.code("dara", models.KeysRecovery)
		for range models.KeyApprovalTries {
			if status, stdout, _ := p.farwatch(goodPassword, "keys", "recovery", "-as", "elif", "-code", "guessed"); status != 1 || stdout != "" {
				t.Errorf("guessed: status %d\n%s", status, stdout)
			}
		}
		refused("so this code ended", goodPassword, "recovery", "-as", "elif", "-code", code)
		p.want(0, "Print each share on its own sheet", goodPassword, "keys", "recovery", "-as", "elif", "-code", p.code("dara", models.KeysRecovery))

		// Locking is the emergency: one person.
		p.want(0, "drops its keys", "", "keys", "lock")
		p.want(0, "The audit chain is intact", "", "audit", "verify")
	})
}

func TestKeys_Alone_IsSeenForThirtyDays(t *testing.T) {
	t.Parallel()
	p, _ := healthy(t)
	p.administrators("elif", "dara")
	if said := p.examined(0); said["keys"].State != fine {
		t.Errorf("before: %+v", said["keys"])
	}
	p.want(0, "done for dara", "", "user", "disable", "-name", "dara")
	p.want(1, "If it is you, say so with -as", "", "keys", "recovery", "-alone")
	p.want(1, "not the password", "four green walls tall", "keys", "recovery", "-alone", "-as", "elif")
	if said := p.examined(0); said["keys"].State != fine {
		t.Errorf("after refusals: %+v", said["keys"])
	}
	status, _, stderr := p.farwatch(goodPassword, "keys", "recovery", "-alone", "-as", "elif")
	if status != 0 || !strings.Contains(stderr, "by one person alone") {
		t.Errorf("status %d\n%s", status, stderr)
	}
	if said := p.examined(0); said["keys"].State != warning || !strings.Contains(said["keys"].Says, "one person alone") {
		t.Errorf("after: %+v", said["keys"])
	}
	p.within(func(i *instance) error {
		if got := strings.Join(i.warnings(t.Context()), " "); got != "keys.alone" {
			t.Errorf("warnings %q", got)
		}
		if at, err := i.store.System().AloneWithKeysSince(t.Context()); err != nil || at == nil || time.Since(*at) > time.Minute {
			t.Errorf("at %v, %v", at, err)
		}
		return nil
	})
}
