package auth

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDevice_OfItsOwner_IsKnown(t *testing.T) {
	t.Parallel()
	codec := NewDeviceCodec(testKeys(t))
	cookie := codec.Encode("amina")
	device := codec.Decode(cookie, "amina")
	if device == "" || strings.Contains(cookie, "amina") {
		t.Fatalf("%q gives the device %q", cookie, device)
	}
	other := "X" + cookie[1:]
	if other == cookie {
		other = "Y" + cookie[1:]
	}
	for name, c := range map[string]struct{ cookie, userName string }{
		"somebody else's name": {cookie, "boris"},
		"another device":       {other, "amina"},
		"a longer name":        {cookie, "amina2"},
		"no MAC":               {device, "amina"},
		"an empty MAC":         {device + ".", "amina"},
		"nothing":              {"", "amina"},
		"too long":             {strings.Repeat("a", 300) + "." + cookie, "amina"},
	} {
		if got := codec.Decode(c.cookie, c.userName); got != "" {
			t.Errorf("%s is known as %q", name, got)
		}
	}
	if codec.Encode("amina") == cookie {
		t.Error("two browsers are one device")
	}
}

// TestThrottle_Strangers_NeitherGuessNorLockOut: a thousand addresses guess at
// one name for a day; its owner's browser signs in all the while.
func TestThrottle_Strangers_NeitherGuessNorLockOut(t *testing.T) {
	t.Parallel()
	throttle, clock := testThrottle(t)
	evaluated := 0
	for second := range 23 * 60 * 60 / 10 {
		for n := range 2 {
			g := Guess{Name: "amina", Address: fmt.Sprintf("192.0.%d.%d", (second+n)%4, second%250)}
			if _, ok := throttle.Allow(g); ok {
				throttle.Failed(g)
				evaluated++
			}
		}
		if second%600 == 0 {
			owner := Guess{Name: "amina", Address: "192.0.2.1", Device: "known"}
			if wait, ok := throttle.Allow(owner); !ok {
				t.Fatalf("after %d s the owner waits %v", second*10, wait)
			}
			throttle.Succeeded(owner)
		}
		clock.Advance(10 * time.Second)
	}
	if evaluated > 2*triesADay { // the keys change at midnight, and the count with them
		t.Errorf("%d passwords of strangers were tried in a day", evaluated)
	}
	t.Logf("%d passwords of strangers were tried in 23 hours", evaluated)
}

func TestThrottle_StolenBrowser_IsHeldBackToo(t *testing.T) {
	t.Parallel()
	throttle, clock := testThrottle(t)
	evaluated := 0
	for range 3000 {
		g := Guess{Name: "amina", Address: "192.0.2.1", Device: "stolen"}
		if _, ok := throttle.Allow(g); ok {
			throttle.Failed(g)
			evaluated++
		}
		clock.Advance(10 * time.Second)
	}
	if evaluated > triesADay*2 {
		t.Errorf("%d passwords were tried from a stolen browser in 8 hours", evaluated)
	}
	if _, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.9"}); !ok {
		t.Error("a thief's tries hold back everybody else")
	}
}
