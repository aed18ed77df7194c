package models

import (
	"fmt"
	"time"
)

// Day is a calendar day as YYYY-MM-DD. It has no time zone.
type Day string

// ParseDay accepts only a real calendar day in the form YYYY-MM-DD, from year
// 1900 to 2200.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Format(time.DateOnly) != s || t.Year() < 1900 || t.Year() > 2200 {
		return "", fmt.Errorf("%q is not a day", s)
	}
	return Day(s), nil
}

// Time is midnight UTC of the day; the zero time if the day is not one.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Year of the day.
func (d Day) Year() int { return d.Time().Year() }

// AddDays moves the day by n calendar days.
func (d Day) AddDays(n int) Day { return DayOf(d.Time().AddDate(0, 0, n)) }

// DayOf is the UTC calendar day of t.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// UTC cuts an instant to what both databases keep: UTC, milliseconds.
func UTC(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
