package main

import (
	"strings"
	"testing"

	"farwatch/internal/config"
	"farwatch/models"
)

func (p place) mode() models.InstanceMode {
	p.t.Helper()
	c, err := config.Load(nil, p.environ)
	if err != nil {
		p.t.Fatal(err)
	}
	i, err := openWith(p.t.Context(), c, &strings.Builder{})
	if err != nil {
		p.t.Fatal(err)
	}
	defer i.store.Close()
	mode, err := i.store.System().InstanceMode(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return mode
}

func TestLock_EachMode_AndOpenAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "locked: read-only", "", "lock", "read-only", "-reason", "Phones were taken.")
	if got := p.mode(); got != models.ModeReadOnly {
		t.Errorf("mode %s", got)
	}
	p.want(0, "locked: closed", "", "lock", "closed")
	if got := p.mode(); got != models.ModeClosed {
		t.Errorf("mode %s", got)
	}
	p.want(0, "The instance is open.", "", "unlock")
	if got := p.mode(); got != models.ModeOpen {
		t.Errorf("mode %s", got)
	}
	p.want(0, "The audit chain is intact: 3 rows.", "", "audit", "verify")
}

func TestLock_NotUnderstood_ChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(2, "usage", "", "lock")
	p.want(2, "usage", "", "lock", "open")
	p.want(2, "usage", "", "lock", "quarantine")
	p.want(2, "usage", "", "lock", "closed", "now")
	p.want(2, "usage", "", "unlock", "closed")
	p.want(1, "the reason is longer than 500 characters", "", "lock", "closed", "-reason", strings.Repeat("x", 501))
	if got := p.mode(); got != models.ModeOpen {
		t.Errorf("mode %s", got)
	}
}

func TestTick_Locked_PublishesAndDeletesNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "locked", "", "lock", "read-only")
	c, err := config.Load(nil, p.environ)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	i, err := openWith(t.Context(), c, &said)
	if err != nil {
		t.Fatal(err)
	}
	defer i.store.Close()
	i.files = nil // whatever touched a file would panic
	i.tick(t.Context())
	if said.Len() > 0 {
		t.Errorf("logged %s", said.String())
	}
}
