package api

import (
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"farwatch/handlers"
	"farwatch/models"
)

// limitRule is one row of the table of limits (S25). An operation names its row
// in the contract by x-limit.
type limitRule struct {
	burst int           // requests at once, and in one window
	per   time.Duration // in which all of them come back
	// address counts by address instead of by session: for who is signed out.
	address bool
}

// anyRequest is the row that every request with a session counts under.
const anyRequest = "request"

// anyTokenRequest is the same for programs, all tokens of one person together:
// more tokens are no more requests.
const anyTokenRequest = "token"

// limitRules are the limits. Signing in has its own (internal/auth).
var limitRules = map[string]limitRule{
	anyRequest:      {burst: 300, per: time.Minute},
	anyTokenRequest: {burst: 300, per: time.Minute},
	"search":        {burst: 60, per: time.Minute},
	"export":        {burst: 60, per: time.Hour},
	"public":        {burst: 60, per: time.Minute, address: true},
}

// relaxedLimits multiplies the limits in the demo.
const relaxedLimits = 10

// mostCounted bounds the memory.
const mostCounted = 50_000

// Limits counts requests in memory; nothing is stored.
type Limits struct {
	now    func() time.Time
	factor int

	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
}

type bucketKey struct{ rule, operation, who string }

// NewLimits counts from now; relaxed (demo) allows ten times as much.
func NewLimits(now func() time.Time, relaxed bool) *Limits {
	l := &Limits{now: now, factor: 1, buckets: map[bucketKey]*rate.Limiter{}}
	if relaxed {
		l.factor = relaxedLimits
	}
	return l
}

// take counts one request and tells how long to wait when it is one too many.
func (l *Limits) take(name, operation, who string) time.Duration {
	rule := limitRules[name]
	burst := rule.burst * l.factor
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	key := bucketKey{name, operation, who}
	bucket, ok := l.buckets[key]
	if !ok {
		l.makeRoom(now)
		bucket = rate.NewLimiter(rate.Limit(float64(burst)/rule.per.Seconds()), burst)
		l.buckets[key] = bucket
	}
	if bucket.AllowN(now, 1) {
		return 0
	}
	missing := 1 - bucket.TokensAt(now)
	return time.Duration(missing / float64(bucket.Limit()) * float64(time.Second))
}

// makeRoom forgets who has everything back. Where that is nobody, anybody goes:
// an attacker who fills the table with addresses meets the limit of each anew.
func (l *Limits) makeRoom(now time.Time) {
	if len(l.buckets) < mostCounted {
		return
	}
	for key, bucket := range l.buckets {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) < mostCounted {
			return
		}
		delete(l.buckets, key)
	}
}

// limit holds back who asks too often.
func (e *edge) limit(ctx *gin.Context) {
	if e.Limits == nil {
		return
	}
	op, _ := e.contract.of(ctx)
	principal := handlers.PrincipalOf(ctx.Request.Context())
	session, general := principal.SessionID, anyRequest
	if principal.Machine() {
		session, general = "tokens of "+principal.UserID, anyTokenRequest
	}
	var wait time.Duration
	if session != "" {
		wait = e.Limits.take(general, "", session)
	}
	if rule, ok := limitRules[op.limit]; ok && wait == 0 {
		who := session
		if rule.address {
			who = ctx.ClientIP()
		}
		wait = e.Limits.take(op.limit, op.id, who)
	}
	if wait == 0 {
		return
	}
	e.fail(ctx, models.TooMany("rate.limited", "Too many requests. Wait a moment and try again.", wait))
}
