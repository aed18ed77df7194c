package vault

import (
	"bytes"
	"errors"
	"testing"

	"farwatch/models"
)

func root(id string, b byte) models.RootKey {
	r := models.RootKey{ID: id}
	copy(r.Key[:], bytes.Repeat([]byte{b}, 32))
	return r
}

func open(t *testing.T, roots ...models.RootKey) *Vault {
	t.Helper()
	v, err := New(bytes.Repeat([]byte{9}, 32), roots, GCM)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKey(t *testing.T, v *Vault, organisation, incident int64) *Key {
	t.Helper()
	k, err := v.NewKey(organisation)
	if err != nil {
		t.Fatal(err)
	}
	k.Incident = incident
	return k
}

func seal(t *testing.T, k *Key, plain string) []byte {
	t.Helper()
	sealed, err := k.Seal(place, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

var place = Place{Table: "targets", Column: "protected", RowKey: "r1"}

func TestKey_OpensWhatItSealed(t *testing.T) {
	t.Parallel()
	k := newKey(t, open(t, root("a", 1)), 3, 7)
	plain := `{"Names":["CANARY"]}`
	sealed := seal(t, k, plain)
	if bytes.Contains(sealed, []byte("CANARY")) {
		t.Error("the sealed value holds the plain text")
	}
	got, err := k.Open(place, sealed)
	if err != nil || string(bytes.TrimRight(got, " ")) != plain {
		t.Errorf("%q, %v", got, err)
	}
	if bytes.Equal(seal(t, k, plain), sealed) {
		t.Error("equal values must not look equal")
	}
	if long := seal(t, k, `{"Names":["CANARY and more"]}`); len(long) != len(sealed) {
		t.Errorf("lengths %d and %d betray the values", len(sealed), len(long))
	}
	if id, err := KeyID(sealed); err != nil || id != k.ID {
		t.Errorf("key id %q, %v", id, err)
	}
}

func TestKey_EveryFlippedBit_IsRefused(t *testing.T) {
	t.Parallel()
	k := newKey(t, open(t, root("a", 1)), 3, 7)
	tried := 0
	for range 20 {
		sealed := seal(t, k, `{"Note":"x"}`)
		for i := range len(sealed) * 8 {
			bad := bytes.Clone(sealed)
			bad[i/8] ^= 1 << (i % 8)
			if _, err := k.Open(place, bad); !errors.Is(err, ErrOpen) {
				t.Fatalf("bit %d flipped and opened", i)
			}
			tried++
		}
	}
	t.Logf("%d flipped bits refused", tried)
}

func TestKey_AnotherPlaceOrKey_IsRefused(t *testing.T) {
	t.Parallel()
	v := open(t, root("a", 1))
	k := newKey(t, v, 3, 7)
	sealed := seal(t, k, `{"Note":"x"}`)
	for _, other := range []Place{
		{Table: "sources", Column: "protected", RowKey: "r1"},
		{Table: "targets", Column: "note", RowKey: "r1"},
		{Table: "targets", Column: "protected", RowKey: "r2"},
	} {
		if _, err := k.Open(other, sealed); !errors.Is(err, ErrOpen) {
			t.Errorf("moved to %+v and opened", other)
		}
	}
	if _, err := newKey(t, v, 3, 7).Open(place, sealed); !errors.Is(err, ErrOpen) {
		t.Error("opened under another key")
	}
	elsewhere := *k
	elsewhere.Organisation = 4
	if _, err := elsewhere.Open(place, sealed); !errors.Is(err, ErrOpen) {
		t.Error("opened in another organisation")
	}
	if _, err := k.Open(place, nil); !errors.Is(err, ErrOpen) {
		t.Error("nothing opened")
	}
	if _, err := k.Seal(Place{Table: "targets", Column: "protected"}, []byte("{}")); err == nil {
		t.Error("a value without a row key could be moved")
	}
}

func TestVault_WrappedKey_OpensForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	v := open(t, root("a", 1))
	k := newKey(t, v, 3, 7)
	wrapped, by, err := v.Wrap(k)
	if err != nil || by != "a" {
		t.Fatalf("wrapped by %q, %v", by, err)
	}
	again, err := v.Unwrap(Key{ID: k.ID, Organisation: 3, Incident: 7}, by, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open(place, seal(t, k, "{}")); err != nil {
		t.Error("the unwrapped key is not the key")
	}
	for _, other := range []Key{{ID: k.ID, Organisation: 4, Incident: 7}, {ID: k.ID, Organisation: 3, Incident: 8}, {ID: "00", Organisation: 3, Incident: 7}} {
		if _, err := v.Unwrap(other, by, wrapped); !errors.Is(err, ErrOpen) {
			t.Errorf("unwrapped for %d/%d", other.Organisation, other.Incident)
		}
	}
	if _, err := open(t, root("a", 2)).Unwrap(Key{ID: k.ID, Organisation: 3, Incident: 7}, by, wrapped); !errors.Is(err, ErrOpen) {
		t.Error("unwrapped by another root key")
	}
	if _, err := open(t, root("b", 1)).Unwrap(Key{ID: k.ID, Organisation: 3, Incident: 7}, by, wrapped); !errors.Is(err, ErrRoot) {
		t.Error("a missing root key must be told from an altered value")
	}
}

func TestVault_SeveralRoots_NewOneWrapsOldOneOpens(t *testing.T) {
	t.Parallel()
	old := open(t, root("a", 1))
	k := newKey(t, old, 3, 7)
	wrapped, by, err := old.Wrap(k)
	if err != nil {
		t.Fatal(err)
	}
	v := open(t, root("b", 2), root("a", 1))
	if _, err := v.Unwrap(Key{ID: k.ID, Organisation: 3, Incident: 7}, by, wrapped); err != nil {
		t.Error("the old root key does not open any more")
	}
	if _, by, err := v.Wrap(k); err != nil || by != "b" {
		t.Errorf("wrapped by %q, %v", by, err)
	}
}

func TestVault_Locked_OpensAndSealsNothing(t *testing.T) {
	t.Parallel()
	v := open(t, root("a", 1))
	k := newKey(t, v, 0, 0)
	v.Serve(k, true)
	sealed, err := v.Seal(place, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	v.Lock()
	if _, err := v.Seal(place, []byte("{}")); !errors.Is(err, ErrLocked) || !v.Locked() {
		t.Error("sealed while locked")
	}
	if _, err := v.Open(place, sealed); !errors.Is(err, ErrLocked) {
		t.Error("opened while locked")
	}
	if _, _, err := v.Wrap(k); !errors.Is(err, ErrLocked) {
		t.Error("wrapped while locked")
	}
	if err := v.Unlock([]models.RootKey{root("a", 1)}); err != nil || v.Locked() {
		t.Error("not unlocked")
	}
}

func TestVault_FirstVersion_StillOpens(t *testing.T) {
	t.Parallel()
	v := open(t, root("a", 1))
	sealed := v.first.Seal([]byte{version1}, nil, []byte(`{"Note":"x"}`), place.first())
	if got, err := v.Open(place, sealed); err != nil || string(got) != `{"Note":"x"}` {
		t.Errorf("%q, %v", got, err)
	}
	other := place
	other.RowKey = "r2"
	if _, err := v.Open(other, sealed); !errors.Is(err, ErrOpen) {
		t.Error("moved and opened")
	}
}

func TestMailbox_KeysForItsReaderOnly(t *testing.T) {
	t.Parallel()
	m, err := NewMailbox()
	if err != nil {
		t.Fatal(err)
	}
	offer, err := Offer(m.Recipient(), []models.RootKey{root("b", 2), root("a", 1)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Read(offer)
	if err != nil || len(got) != 2 || got[0] != root("b", 2) {
		t.Errorf("%+v, %v", got, err)
	}
	other, err := NewMailbox()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Read(offer); err == nil {
		t.Error("another server read the keys")
	}
}

func TestPadded_HidesLengths(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{1: 64, 64: 64, 65: 128, 257: 512, 600: 768, 16385: 20480} {
		if got := padded(n); got != want {
			t.Errorf("padded(%d) = %d, want %d", n, got, want)
		}
	}
}
