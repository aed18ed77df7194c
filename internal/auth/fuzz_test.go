package auth

import (
	"testing"
	"time"
)

// FuzzTokens is T-09 and T-27: nothing but the issued token is accepted.
func FuzzTokens(f *testing.F) {
	tokens := NewTokens(testKeys(f), "i")
	issued, _, err := tokens.Issue(noon, "u", "s")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{issued, issued + "=", issued + ".", "..", "", "e30.e30.", "bnVsbA.bnVsbA.AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := tokens.Verify(noon, token); err == nil && token != issued {
			t.Fatalf("accepted %q", token)
		}
		if _, err := tokens.Verify(noon.Add(time.Hour), token); err == nil {
			t.Fatalf("accepted an hour later: %q", token)
		}
	})
}

// FuzzRefreshCookie: whatever decodes was encoded here.
func FuzzRefreshCookie(f *testing.F) {
	codec := NewRefreshCodec(testKeys(f))
	for _, seed := range []string{codec.EncodeRefresh("family", 1), codec.EncodeRefresh("", -1), "a.1.", "..", "", "a.99999999999999999999.x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		family, counter, err := codec.DecodeRefresh(value)
		if err == nil && codec.EncodeRefresh(family, counter) != value {
			t.Fatalf("%q decoded to %q, %d", value, family, counter)
		}
	})
}

// FuzzStoredHash: a damaged row never panics, and never asks for more memory
// or time than the codec allows.
func FuzzStoredHash(f *testing.F) {
	phc, err := NewHasher(TestParams, nil).Hash(f.Context(), "a long enough pass phrase")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{phc, phc[:len(phc)-1], "$argon2id$v=19$m=4294967295,t=1,p=1$$", "$$$$$", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stored string) {
		params, salt, sum, err := decode(stored)
		if err != nil {
			return
		}
		if params.MemoryKiB < 8 || params.MemoryKiB > 1<<20 || params.Time < 1 || params.Time > 64 || params.Threads < 1 {
			t.Fatalf("%q allows %+v", stored, params)
		}
		if len(salt) < 8 || len(sum) != 32 {
			t.Fatalf("%q gives a salt of %d and a hash of %d bytes", stored, len(salt), len(sum))
		}
	})
}
