package models

import (
	"bytes"
	"errors"
	"testing"
)

func TestParseRef_ForgivesWhatPeopleType(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"FW-4F7K-Q2ME", "fw-4f7k-q2me", "4F7KQ2ME", "fw 4f7k q2me"} {
		if got, err := ParseRef(typed); err != nil || got != "FW-4F7K-Q2ME" {
			t.Errorf("ParseRef(%q) = %q, %v", typed, got, err)
		}
	}
}

func TestParseRef_EverySingleTypo_SaysCheckDigit(t *testing.T) {
	t.Parallel()
	good := []byte("4F7KQ2ME")
	for i := range good {
		for _, c := range []byte(crockford) {
			if c == good[i] {
				continue
			}
			bad := bytes.Clone(good)
			bad[i] = c
			_, err := ParseRef(string(bad))
			var e *Error
			if !errors.As(err, &e) || e.Code != "ref.check_digit" {
				t.Fatalf("ParseRef(%s) = %v, want ref.check_digit", bad, err)
			}
		}
	}
}

func TestNewRef_RoundTrips(t *testing.T) {
	t.Parallel()
	ref, err := NewRef(bytes.NewReader([]byte{1, 2, 3, 200, 255, 17, 9}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseRef(ref); err != nil || got != ref {
		t.Fatalf("ParseRef(%s) = %q, %v", ref, got, err)
	}
}

func FuzzRef(f *testing.F) {
	f.Add("FW-4F7K-Q2ME")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := ParseRef(s)
		if err != nil {
			return
		}
		if again, err := ParseRef(ref); err != nil || again != ref {
			t.Fatalf("canonical %q parses to %q, %v", ref, again, err)
		}
	})
}
