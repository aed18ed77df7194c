package auth

import (
	"sync"
	"time"
)

// Limits of S22.
const (
	factorTries  = 5
	factorWindow = 5 * time.Minute
)

// FactorThrottle bounds how often a person's second factor may be tried, by
// whichever way: codes, recovery codes and passkeys count together. Only
// somebody with the password or a session gets this far, so the memory is
// bounded by the people there are.
type FactorThrottle struct {
	now   func() time.Time
	tries int

	mu   sync.Mutex
	byID map[string][]time.Time
}

// NewFactorThrottle counts in memory; relaxed multiplies the limit by ten
// (demo).
func NewFactorThrottle(now func() time.Time, relaxed bool) *FactorThrottle {
	t := &FactorThrottle{now: now, tries: factorTries, byID: map[string][]time.Time{}}
	if relaxed {
		t.tries *= relaxFactor
	}
	return t
}

// Allow tells whether a try may be evaluated now, else how long to wait. It
// counts the try as wrong in advance, so that tries sent at once cannot all
// pass before the first is answered; Succeeded takes that back.
func (t *FactorThrottle) Allow(userID string) (retryAfter time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	recent := t.byID[userID]
	for len(recent) > 0 && now.Sub(recent[0]) >= factorWindow {
		recent = recent[1:]
	}
	if len(recent) >= t.tries {
		t.byID[userID] = recent
		return recent[0].Add(factorWindow).Sub(now), false
	}
	t.byID[userID] = append(recent, now)
	return 0, true
}

// Succeeded takes back the last try that Allow counted.
func (t *FactorThrottle) Succeeded(userID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	recent := t.byID[userID]
	if len(recent) > 0 {
		recent = recent[:len(recent)-1]
	}
	if len(recent) == 0 {
		delete(t.byID, userID)
		return
	}
	t.byID[userID] = recent
}
