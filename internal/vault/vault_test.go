package vault

import (
	"bytes"
	"errors"
	"testing"
)

func open(t *testing.T, key byte) *Vault {
	t.Helper()
	v, err := New(bytes.Repeat([]byte{key}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var place = Place{Table: "targets", Column: "protected", RowKey: "r1"}

func TestVault_OpensWhatItSealed(t *testing.T) {
	t.Parallel()
	v := open(t, 1)
	plain := []byte(`{"Names":["CANARY"]}`)
	sealed, err := v.Seal(place, plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("CANARY")) {
		t.Error("the sealed value holds the plain text")
	}
	got, err := v.Open(place, sealed)
	if err != nil || !bytes.Equal(bytes.TrimRight(got, " "), plain) {
		t.Errorf("%q, %v", got, err)
	}
	again, err := v.Seal(place, plain)
	if err != nil || bytes.Equal(again, sealed) {
		t.Error("equal values must not look equal")
	}
	long, err := v.Seal(place, []byte(`{"Names":["CANARY and more"]}`))
	if err != nil || len(long) != len(sealed) {
		t.Errorf("lengths %d and %d betray the values", len(sealed), len(long))
	}
}

func TestVault_RefusesEveryFlippedBit(t *testing.T) {
	t.Parallel()
	v := open(t, 1)
	sealed, err := v.Seal(place, []byte(`{"Note":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(place, bad); !errors.Is(err, ErrOpen) {
			t.Fatalf("bit %d flipped and opened", i)
		}
	}
}

func TestVault_RefusesAnotherPlaceOrKey(t *testing.T) {
	t.Parallel()
	v := open(t, 1)
	sealed, err := v.Seal(place, []byte(`{"Note":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []Place{
		{Table: "sources", Column: "protected", RowKey: "r1"},
		{Table: "targets", Column: "note", RowKey: "r1"},
		{Table: "targets", Column: "protected", RowKey: "r2"},
	} {
		if _, err := v.Open(other, sealed); !errors.Is(err, ErrOpen) {
			t.Errorf("moved to %+v and opened", other)
		}
	}
	if _, err := open(t, 2).Open(place, sealed); !errors.Is(err, ErrOpen) {
		t.Error("opened under another key")
	}
	if _, err := v.Open(place, nil); !errors.Is(err, ErrOpen) {
		t.Error("nothing opened")
	}
}

func TestVault_RefusesBadKeysAndRows(t *testing.T) {
	t.Parallel()
	if _, err := New([]byte("short")); err == nil {
		t.Error("a short key must be refused")
	}
	if _, err := open(t, 1).Seal(Place{Table: "targets", Column: "protected"}, []byte("{}")); err == nil {
		t.Error("a value without a row key could be moved")
	}
}
