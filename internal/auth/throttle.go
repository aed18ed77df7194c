package auth

import (
	"container/list"
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// Limits of S23.
const (
	addressTries  = 30
	addressWindow = 15 * time.Minute
	maxDelay      = 60 * time.Second
	nameMemory    = time.Hour
	maxEntries    = 50_000
	relaxFactor   = 10
	// triesADay is what a name, or a known browser of its owner, may try in 24
	// hours whatever it waits between.
	triesADay = 100
	day       = 24 * time.Hour
)

// Guess is a try at a password: at whose, from where, and the known browser it
// comes from, if any.
type Guess struct{ Name, Address, Device string }

// subject is what the tries are counted under. A known browser has a counter of
// its own, so that strangers cannot lock its owner out.
func (g Guess) subject() string {
	if g.Device != "" {
		return "device/" + g.Device + "/" + g.Name
	}
	return "name/" + g.Name
}

// Throttle slows guessing down, per name and per address. A name that does not
// exist is treated alike. Keys are MACs that change daily; nothing is stored.
type Throttle struct {
	keys    *Keys
	now     func() time.Time
	relaxed int

	mu        sync.Mutex
	names     counters
	addresses counters
}

// NewThrottle counts in memory; relaxed multiplies the limits by ten (demo).
func NewThrottle(keys *Keys, now func() time.Time, relaxed bool) *Throttle {
	factor := 1
	if relaxed {
		factor = relaxFactor
	}
	return &Throttle{keys: keys, now: now, relaxed: factor, names: newCounters(), addresses: newCounters()}
}

// Allow tells whether a try may be evaluated now, else how long to wait. It
// counts the try as wrong in advance, so that tries sent at once cannot all
// pass before the first is answered; Succeeded takes that back.
func (t *Throttle) Allow(g Guess) (retryAfter time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	// The address comes first: a refused one must not make room in the names.
	address := t.address(g, now)
	if address != nil && address.tries < 1 {
		return addressWindow / time.Duration(t.perWindow()), false
	}
	name := t.names.get(t.mac(g.subject(), now), entry{last: now, day: now}, func(e *entry) bool { return t.holds(e, now) > 0 })
	if wait := t.holds(name, now); wait > 0 {
		return wait, false
	}
	if now.Sub(name.last) > nameMemory {
		name.fails = 0
	}
	if now.Sub(name.day) >= day {
		name.day, name.today = now, 0
	}
	name.fails, name.today, name.last = name.fails+1, name.today+1, now
	if address != nil {
		address.tries--
	}
	return 0, true
}

// Failed starts the delay anew when a wrong password is answered: until then
// the guesser had learnt nothing. Allow has counted the try.
func (t *Throttle) Failed(g Guess) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if name := t.names.find(t.mac(g.subject(), now)); name != nil {
		name.last = now
	}
}

// Succeeded forgets the failures of the name and gives back the try that Allow
// counted.
func (t *Throttle) Succeeded(g Guess) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if name := t.names.find(t.mac(g.subject(), now)); name != nil {
		name.fails, name.today = 0, max(0, name.today-1)
	}
	if address := t.address(g, now); address != nil {
		address.tries = min(t.perWindow(), address.tries+1)
	}
}

// holds is how long a name has to wait: by its last tries, and by those of the
// day.
func (t *Throttle) holds(name *entry, now time.Time) time.Duration {
	wait := max(0, name.last.Add(t.delay(name, now)).Sub(now))
	if left := name.day.Add(day).Sub(now); name.today >= triesADay*t.relaxed && left > wait {
		return left
	}
	return wait
}

// delay is 0, 0, 0, then 1, 2, 4 … 60 seconds after the last try; a name that
// was left alone for an hour starts again.
func (t *Throttle) delay(name *entry, now time.Time) time.Duration {
	if name.fails < 3*t.relaxed || now.Sub(name.last) > nameMemory {
		return 0
	}
	return min(time.Second<<min(name.fails-3*t.relaxed, 6), maxDelay)
}

// perWindow is how many tries an address has in a window.
func (t *Throttle) perWindow() float64 { return float64(addressTries * t.relaxed) }

// address finds or makes the counter of an address and gives it back the tries
// of the time that went by; nil for a known browser, which shares its address
// with strangers.
func (t *Throttle) address(g Guess, now time.Time) *entry {
	if g.Device != "" {
		return nil
	}
	full := t.perWindow()
	e := t.addresses.get(t.mac("addr/"+network(g.Address), now), entry{last: now, tries: full}, func(e *entry) bool { return e.tries < 1 })
	e.tries = min(full, e.tries+full*now.Sub(e.last).Seconds()/addressWindow.Seconds())
	e.last = now
	return e
}

func (t *Throttle) mac(subject string, now time.Time) [32]byte {
	day := t.keys.Derive("throttle/" + now.UTC().Format(time.DateOnly))
	mac := hmac.New(sha256.New, day[:])
	mac.Write([]byte(subject))
	return [32]byte(mac.Sum(nil))
}

// entry counts for one name or one address.
type entry struct {
	key   [32]byte
	fails int     // of a name, one after the other
	today int     // of a name, since day
	tries float64 // left to an address
	last  time.Time
	day   time.Time
}

// counters hold a bounded number of entries.
type counters struct {
	byKey map[[32]byte]*list.Element
	order *list.List // of *entry, longest unused first
	limit int
}

func newCounters() counters {
	return counters{byKey: map[[32]byte]*list.Element{}, order: list.New(), limit: maxEntries}
}

// find answers nil for a key that is not counted.
func (c *counters) find(key [32]byte) *entry {
	found, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.order.MoveToBack(found)
	return entryOf(found)
}

// get finds the entry of a key or keeps fresh for it. Where that needs room,
// the longest unused goes, but none that holds a guesser back if another can.
func (c *counters) get(key [32]byte, fresh entry, holds func(*entry) bool) *entry {
	if e := c.find(key); e != nil {
		return e
	}
	if c.order.Len() >= c.limit {
		oldest := c.order.Front()
		for at := oldest; at != nil; at = at.Next() {
			if !holds(entryOf(at)) {
				oldest = at
				break
			}
		}
		delete(c.byKey, entryOf(oldest).key)
		c.order.Remove(oldest)
	}
	fresh.key = key
	c.byKey[key] = c.order.PushBack(&fresh)
	return &fresh
}

func entryOf(at *list.Element) *entry {
	e, _ := at.Value.(*entry) // nothing else is ever put in
	return e
}

// network is the address, or its /64 for IPv6.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return addr
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return addr
	}
	return prefix.String()
}
