package auth

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// standingClock is moved by hand; tries of several goroutines read it.
type standingClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *standingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *standingClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func testThrottle(t *testing.T) (*Throttle, *standingClock) {
	t.Helper()
	clock := &standingClock{now: noon}
	return NewThrottle(testKeys(t), clock.Now, false), clock
}

func TestThrottle_WrongTries_AreDelayedByTheTable(t *testing.T) {
	t.Parallel()
	throttle, clock := testThrottle(t)
	for i, want := range []time.Duration{0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60} {
		want *= time.Second
		if want > 0 {
			if wait, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"}); ok || wait != want {
				t.Errorf("try %d: wait %v, ok %v, want %v", i+1, wait, ok, want)
			}
			clock.Advance(want)
		}
		if wait, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"}); !ok {
			t.Errorf("try %d: refused for %v after its wait", i+1, wait)
		}
		throttle.Failed(Guess{Name: "amina", Address: "192.0.2.1"})
	}
}

func TestThrottle_ManyAtOnce_CountBeforeTheirAnswers(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	var wg sync.WaitGroup
	var evaluated atomic.Int32
	for i := range 100 {
		wg.Go(func() {
			if _, ok := throttle.Allow(Guess{Name: "amina", Address: fmt.Sprintf("192.0.2.%d", i)}); ok {
				evaluated.Add(1)
			}
		})
	}
	wg.Wait()
	if evaluated.Load() != 3 {
		t.Errorf("%d passwords tried at once, want 3", evaluated.Load())
	}
}

func TestThrottle_AddressAtOnce_ThirtyTries(t *testing.T) {
	t.Parallel()
	throttle, clock := testThrottle(t)
	evaluated := 0
	for i := range 100 {
		if _, ok := throttle.Allow(Guess{Name: fmt.Sprint("name-", i), Address: "192.0.2.1"}); ok {
			evaluated++
		}
	}
	if evaluated != 30 {
		t.Errorf("%d tries of one address, want 30", evaluated)
	}
	if wait, ok := throttle.Allow(Guess{Name: "zoe", Address: "192.0.2.1"}); ok || wait != 30*time.Second {
		t.Errorf("wait %v, ok %v", wait, ok)
	}
	clock.Advance(30 * time.Second)
	if _, ok := throttle.Allow(Guess{Name: "zoe", Address: "192.0.2.1"}); !ok {
		t.Error("an address gets one try back in 30 seconds")
	}
}

func TestThrottle_Succeeded_GivesTheTryBack(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	for i := range 200 {
		if wait, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"}); !ok {
			t.Fatalf("sign-in %d refused for %v, although every one was right", i+1, wait)
		}
		throttle.Succeeded(Guess{Name: "amina", Address: "192.0.2.1"})
	}
}

func TestThrottle_Succeeded_GivesBackOneTryOnly(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	for i := range 29 {
		throttle.Allow(Guess{Name: fmt.Sprint("name-", i), Address: "192.0.2.1"})
	}
	throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"})
	throttle.Succeeded(Guess{Name: "amina", Address: "192.0.2.1"})
	if _, ok := throttle.Allow(Guess{Name: "boris", Address: "192.0.2.1"}); !ok {
		t.Error("the right try was not given back")
	}
	if _, ok := throttle.Allow(Guess{Name: "chen", Address: "192.0.2.1"}); ok {
		t.Error("a right password gave wrong tries of other names back")
	}
}

func TestThrottle_Network_IsSlowedDownAsOne(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	for i := range 30 {
		throttle.Allow(Guess{Name: fmt.Sprint("name-", i), Address: "2001:db8::1"})
	}
	if _, ok := throttle.Allow(Guess{Name: "zoe", Address: "2001:db8::2"}); ok {
		t.Error("the whole /64 of a guesser is slowed down")
	}
	if _, ok := throttle.Allow(Guess{Name: "zoe", Address: "2001:db8:0:1::1"}); !ok {
		t.Error("another /64 is not")
	}
	if _, ok := throttle.Allow(Guess{Name: "zoe", Address: "192.0.2.77"}); !ok {
		t.Error("other addresses are not")
	}
}

func TestThrottle_InventedNames_NeverFreeADelayedOne(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	throttle.names.limit = 10
	for range 3 {
		throttle.Allow(Guess{Name: "amina", Address: "198.51.100.9"})
	}
	for i := range 2000 {
		throttle.Allow(Guess{Name: fmt.Sprint("invented-", i), Address: fmt.Sprint("192.0.2.", i%200)})
	}
	if wait, ok := throttle.Allow(Guess{Name: "amina", Address: "198.51.100.9"}); ok || wait != time.Second {
		t.Errorf("wait %v, ok %v: the failures were forgotten", wait, ok)
	}
}

func TestThrottle_EveryNameDelayed_OldestMakesRoom(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	throttle.names.limit = 2
	for i, name := range []string{"amina", "boris", "chen"} {
		for range 3 {
			throttle.Allow(Guess{Name: name, Address: fmt.Sprint("192.0.2.", i)})
		}
	}
	if len(throttle.names.byKey) != 2 || throttle.names.order.Len() != 2 {
		t.Errorf("%d names kept, want 2", len(throttle.names.byKey))
	}
	if _, ok := throttle.Allow(Guess{Name: "chen", Address: "192.0.2.9"}); ok {
		t.Error("the newest is still delayed")
	}
	if _, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.9"}); !ok {
		t.Error("the oldest was forgotten")
	}
}

func TestThrottle_RefusedAddress_LeavesNoName(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	for i := range 200 {
		throttle.Allow(Guess{Name: strings.Repeat("x", i), Address: "192.0.2.1"})
	}
	if names, addresses := len(throttle.names.byKey), len(throttle.addresses.byKey); names != 30 || addresses != 1 {
		t.Errorf("%d names and %d addresses kept, want 30 and 1", names, addresses)
	}
}

func TestThrottle_Addresses_AreBounded(t *testing.T) {
	t.Parallel()
	throttle, _ := testThrottle(t)
	throttle.addresses.limit = 10
	for i := range 200 {
		throttle.Allow(Guess{Name: "amina", Address: fmt.Sprint("192.0.2.", i)})
	}
	if n := len(throttle.addresses.byKey); n != 10 {
		t.Errorf("%d addresses kept, want 10", n)
	}
}

func TestThrottle_AfterAnHour_FailuresAreForgotten(t *testing.T) {
	t.Parallel()
	throttle, clock := testThrottle(t)
	for range 3 {
		throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"})
	}
	clock.Advance(time.Hour + time.Second)
	for range 3 {
		if _, ok := throttle.Allow(Guess{Name: "amina", Address: "192.0.2.1"}); !ok {
			t.Error("three tries are free again")
		}
	}
}
