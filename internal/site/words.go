package site

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"farwatch/models"
)

// number writes 1,219.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// share writes "272 of 1,219 (22.3 %)": one decimal, half up (DOMAIN.md
// section 10).
func share(n, of int) string {
	if of == 0 {
		return number(n) + " of 0"
	}
	tenths := (n*2000 + of) / (of * 2)
	return fmt.Sprintf("%s of %s (%d.%d %%)", number(n), number(of), tenths/10, tenths%10)
}

func day(d models.Day) string { return onDay(string(d), "2 January 2006") }

func shortDay(d models.Day) string { return onDay(string(d), "2 Jan 2006") }

func onDay(d, layout string) string {
	at, err := time.Parse(time.DateOnly, d)
	if err != nil {
		return d
	}
	return at.Format(layout)
}

// instant is the day of a moment, in UTC.
func instant(at time.Time) string { return at.UTC().Format("2 January 2006") }

// when writes an imprecise date in words; never a day that nobody stated.
func when(o models.Occurred) string {
	date := bounds(o)
	switch {
	case o.Approximate && o.Uncertain:
		return date + " (approximate and uncertain)"
	case o.Approximate:
		return date + " (approximate)"
	case o.Uncertain:
		return date + " (uncertain)"
	}
	return date
}

func bounds(o models.Occurred) string {
	switch {
	case o.Earliest == nil && o.Latest == nil:
		return "Not known"
	case o.Earliest == nil && o.Precision == "before_report":
		return "Some time before it was reported on " + day(*o.Latest)
	case o.Earliest == nil:
		return "Not after " + day(*o.Latest)
	case o.Latest == nil:
		return "Not before " + day(*o.Earliest)
	}
	year := strconv.Itoa(o.Earliest.Year())
	switch o.Precision {
	case "day":
		return day(*o.Earliest)
	case "month":
		return onDay(string(*o.Earliest), "January 2006")
	case "year":
		return year
	}
	return "Between " + day(*o.Earliest) + " and " + day(*o.Latest)
}

func personsText(low int, high *int) string {
	switch {
	case high == nil:
		return counted(low, "person", "persons") + " or more"
	case *high == low:
		return counted(low, "person", "persons")
	}
	return number(low) + " to " + number(*high) + " persons"
}

// webAddress tells whether a text is an address that a page may lead to (S50).
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// amount writes money as stated: never converted.
func amount(a models.Amount) string {
	figure := func(f float64) string {
		whole := strconv.FormatFloat(f, 'f', -1, 64)
		if before, after, cut := strings.Cut(whole, "."); cut {
			n, _ := strconv.Atoi(before) // it was written a line above
			return number(n) + "." + after
		}
		n, _ := strconv.Atoi(whole)
		return number(n)
	}
	switch low, high := a.AmountMin, a.AmountMax; {
	case low == nil && high == nil:
		return ""
	case low != nil && high != nil && *low != *high:
		return figure(*low) + " to " + figure(*high) + " " + a.CurrencyAsStated
	case high == nil:
		return figure(*low) + " or more " + a.CurrencyAsStated
	case low == nil:
		return "up to " + figure(*high) + " " + a.CurrencyAsStated
	default:
		return figure(*low) + " " + a.CurrencyAsStated
	}
}
