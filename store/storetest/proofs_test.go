package storetest_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store/storetest"
)

// confirmed gives a person an app and ten recovery codes.
func confirmed(t *testing.T, w storetest.World, p models.Principal) models.Factor {
	t.Helper()
	factor, err := w.For(p).BeginTOTP(t.Context(), "My phone", []byte("12345678901234567890"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := w.For(p).ConfirmTOTP(t.Context(), factor.ID, 100, []string{"code-0", "code-1", "code-2"})
	if err != nil || !kept {
		t.Fatalf("confirm: %v, %v", kept, err)
	}
	return factor
}

// racers runs n at once, of whom exactly one may win and the others are refused
// with the code.
func racers(t *testing.T, n int, code string, try func(i int) error) {
	t.Helper()
	var mu sync.Mutex
	won := 0
	together(n, func(i int) {
		err := try(i)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			won++
			return
		}
		wantCode(t, err, models.KindForbidden, code)
	})
	if won != 1 {
		t.Errorf("%d of %d accepted, want 1", won, n)
	}
}

// TestStepUp_OneCodeHundredRacers is T-12.
func TestStepUp_OneCodeHundredRacers_ExactlyOne(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "amina", models.RoleCaseworker)
		app := confirmed(t, w, p)
		for step := int64(101); step <= 103; step++ {
			racers(t, 100, "factor.refused", func(int) error {
				return w.For(p).StepUp(t.Context(), models.FactorProof{Kind: models.FactorTOTP, FactorID: app.ID, Step: step})
			})
		}
		// What lies before a used step is used up with it.
		err := w.For(p).StepUp(t.Context(), models.FactorProof{Kind: models.FactorTOTP, FactorID: app.ID, Step: 102})
		wantCode(t, err, models.KindForbidden, "factor.refused")
	})
}

func TestSignInWithFactor_OneCodeHundredTickets_ExactlyOneSession(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "amina", models.RoleCaseworker)
		app := confirmed(t, w, p)
		for i := range 100 {
			if err := w.System().CreateTicket(t.Context(), p.UserID, fmt.Sprintf("ticket-%d", i)); err != nil {
				t.Fatal(err)
			}
		}
		racers(t, 100, "factor.refused", func(i int) error {
			proof := models.FactorProof{Kind: models.FactorTOTP, FactorID: app.ID, Step: 101}
			_, err := w.System().SignInWithFactor(t.Context(), fmt.Sprintf("ticket-%d", i), p.UserID, proof, "Test / Linux")
			return err
		})
		sessions, err := w.For(p).Sessions(t.Context())
		if err != nil || len(sessions) != 2 {
			t.Errorf("%d sessions: %v", len(sessions), err)
		}
	})
}

func TestRecoveryCode_HundredRacers_ExactlyOne(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, _ *storetest.Clock) {
		p := w.Person(t, "alpha", "amina", models.RoleCaseworker)
		stranger := w.Person(t, "alpha", "boris", models.RoleCaseworker)
		confirmed(t, w, p)
		proof := models.FactorProof{Kind: models.FactorRecovery, CodeHash: "code-1"}
		wantCode(t, w.For(stranger).StepUp(t.Context(), proof), models.KindForbidden, "factor.refused")
		racers(t, 100, "factor.refused", func(int) error { return w.For(p).StepUp(t.Context(), proof) })
	})
}

func TestTicket_WrongProof_KeepsIt_RightProofUsesItUp(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		p := w.Person(t, "alpha", "amina", models.RoleCaseworker)
		app := confirmed(t, w, p)
		if err := w.System().CreateTicket(t.Context(), p.UserID, "ticket"); err != nil {
			t.Fatal(err)
		}
		sign := func(step int64) error {
			_, err := w.System().SignInWithFactor(t.Context(), "ticket", p.UserID, models.FactorProof{Kind: models.FactorTOTP, FactorID: app.ID, Step: step}, "A / B")
			return err
		}
		wantCode(t, sign(100), models.KindForbidden, "factor.refused")
		if _, err := w.System().TicketUser(t.Context(), "ticket"); err != nil {
			t.Fatal(err)
		}
		if err := sign(101); err != nil {
			t.Fatal(err)
		}
		wantCode(t, sign(102), models.KindUnauthenticated, "session.ticket_invalid")
		if err := w.System().CreateTicket(t.Context(), p.UserID, "old"); err != nil {
			t.Fatal(err)
		}
		clock.Advance(5 * time.Minute)
		_, err := w.System().TicketUser(t.Context(), "old")
		wantCode(t, err, models.KindUnauthenticated, "session.ticket_invalid")
	})
}

func TestChallenge_OnceForItsOwner_FiveMinutes(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(t *testing.T, w storetest.World, clock *storetest.Clock) {
		p := w.Person(t, "alpha", "amina", models.RoleCaseworker)
		stranger := w.Person(t, "alpha", "boris", models.RoleCaseworker)
		c := models.Challenge{Hash: "h", Purpose: models.ChallengeStepUp, UserID: p.UserID, BoundTo: p.SessionID, State: []byte(`{"x":1}`)}
		keep := func() {
			t.Helper()
			if err := w.System().KeepChallenge(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		keep()
		for name, change := range map[string]func(*models.Challenge){
			"another's": func(c *models.Challenge) { c.UserID = stranger.UserID }, "another session": func(c *models.Challenge) { c.BoundTo = "other" },
			"another purpose": func(c *models.Challenge) { c.Purpose = models.ChallengeSignIn }, "unknown": func(c *models.Challenge) { c.Hash = "" },
		} {
			wrong := c
			change(&wrong)
			if _, err := w.System().TakeChallenge(t.Context(), wrong); models.KindOf(err) != models.KindForbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		state, err := w.System().TakeChallenge(t.Context(), c)
		if err != nil || string(state) != `{"x":1}` {
			t.Fatalf("%s: %v", state, err)
		}
		_, err = w.System().TakeChallenge(t.Context(), c)
		wantCode(t, err, models.KindForbidden, "factor.refused")
		keep()
		clock.Advance(5 * time.Minute)
		_, err = w.System().TakeChallenge(t.Context(), c)
		wantCode(t, err, models.KindForbidden, "factor.refused")
	})
}
