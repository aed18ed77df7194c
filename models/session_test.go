package models_test

import (
	"testing"
	"time"

	"farwatch/models"
)

func TestSession_Present_FollowsTheTable(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	live := models.Session{Counter: 7, CreatedAt: start, LastSeenAt: start, RotatedAt: start}
	ended := live
	ended.EndedAt = &start
	resent := live
	resent.Resends = 3
	for name, c := range map[string]struct {
		session models.Session
		counter int64
		after   time.Duration
		want    models.RefreshOutcome
	}{
		"the newest":                          {live, 7, time.Minute, models.RefreshRotate},
		"the one before, at once":             {live, 6, 10 * time.Second, models.RefreshResend},
		"the one before, too late":            {live, 6, 11 * time.Second, models.RefreshReuse},
		"the one before, for the fourth time": {resent, 6, time.Second, models.RefreshReuse},
		"an old one":                          {live, 5, time.Second, models.RefreshReuse},
		"one that was never issued":           {live, 8, time.Second, models.RefreshReuse},
		"idle too long":                       {live, 7, 30 * time.Minute, models.RefreshEnded},
		"ended":                               {ended, 7, time.Second, models.RefreshEnded},
	} {
		if got := c.session.Present(c.counter, start.Add(c.after)); got != c.want {
			t.Errorf("%s: outcome %d, want %d", name, got, c.want)
		}
	}
}

func TestSession_AdminsIdleOutSooner(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	s := models.Session{CreatedAt: start, LastSeenAt: start}
	if !s.Live(start.Add(20 * time.Minute)) {
		t.Error("a caseworker may idle for 20 minutes")
	}
	s.Admin = true
	if s.Live(start.Add(20 * time.Minute)) {
		t.Error("an admin may not")
	}
	s.LastSeenAt = start.Add(4 * time.Hour)
	if s.Live(start.Add(4 * time.Hour)) {
		t.Error("an admin session ages out after 4 hours however busy")
	}
}
