package mapping

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"farwatch/models"
)

// Orders of day, month and year in numbers.
const (
	OrderDMY    = "dmy"
	OrderMDY    = "mdy"
	OrderYMD    = "ymd"
	OrderSerial = "serial" // days since 30 December 1899, as spreadsheets count
)

// monthLines are names of months, January first, in the languages that files
// come in.
var monthLines = []string{
	"january jan janvier janv enero ene januar jänner ocak января январь janeiro gennaio januari",
	"february feb février fevrier févr febrero februar şubat subat февраля февраль fevereiro febbraio februari",
	"march mar mars marzo märz maerz mart марта март março marco maart",
	"april apr avril abril abr nisan апреля апрель aprile",
	"may mai mayo mayıs mayis мая май maio maggio mei",
	"june jun juin junio juni haziran июня июнь junho giugno",
	"july jul juillet juil julio juli temmuz июля июль julho luglio",
	"august aug août aout agosto ago ağustos agustos августа август augustus",
	"september sep sept septembre septiembre setiembre eylül eylul сентября сентябрь setembro settembre",
	"october oct octobre octubre oktober ekim октября октябрь outubro ottobre okt",
	"november nov novembre noviembre kasım kasim ноября ноябрь novembro",
	"december dec décembre decembre déc diciembre dic dezember dez aralık aralik декабря декабрь dezembro dicembre",
}

var monthNames = func() map[string]int {
	out := map[string]int{}
	for i, line := range monthLines {
		for _, name := range strings.Fields(line) {
			out[name] = i + 1
		}
	}
	return out
}()

// When is what a cell says about time: inclusive days, nil for open, and the
// precision that they stand for.
type When struct {
	Earliest, Latest *models.Day
	Precision        string
	Approximate      bool
	Uncertain        bool
}

var (
	clock       = regexp.MustCompile(`[t ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(?i:z|[ap]\.?m\.?|utc|gmt|[+-]\d{2}:?\d{2})?$`)
	fullISO     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	compactISO  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	threeParts  = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$`)
	yearMonth   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})$`)
	monthYear   = regexp.MustCompile(`^(\d{1,2})[-/.](\d{4})$`)
	yearAlone   = regexp.MustCompile(`^(?:in )?(\d{4})$`)
	quarterYear = regexp.MustCompile(`^(?:q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?q([1-4]))$`)
	wordParts   = regexp.MustCompile(`[\s,./-]+`)
	serial      = regexp.MustCompile(`^(\d{4,5})(?:\.\d+)?$`)
	weekday     = regexp.MustCompile(`^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,. ]+`)
	ordinal     = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|er|º|\.)?$`)
	about       = regexp.MustCompile(`^(?:about|around|approx(?:\.|imately)?|circa|ca?\.?|~|vers|около|yaklaşık) *`)
)

// orderOf tells what a numeric date shows of its order: dmy or mdy where a
// number above 12 gives it away, either where it may be both, "" for none.
func orderOf(cell string) string {
	m := threeParts.FindStringSubmatch(strip(cell))
	if m == nil {
		return ""
	}
	a, b := atoi(m[1]), atoi(m[2])
	switch {
	case a == b && a <= 12:
		return "" // the same either way
	case a > 12 && b <= 12:
		return OrderDMY
	case b > 12 && a <= 12:
		return OrderMDY
	case a <= 12 && b <= 12:
		return either
	}
	return ""
}

// either marks 03/04/2021.
const either = "either"

func strip(cell string) string {
	s := strings.ToLower(strings.Join(strings.Fields(cell), " "))
	return strings.TrimSpace(clock.ReplaceAllString(s, ""))
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// readWhen reads a date in numbers, in words, or as EDTF. Codes: impossible_date,
// date_order_needed, not_a_date. now bounds years in two digits.
func readWhen(cell, order string, now time.Time) (When, string) {
	s := strip(cell)
	w := When{}
	if cut := about.FindString(s); cut != "" && s != cut {
		w.Approximate, s = true, s[len(cut):]
	}
	s = w.qualified(s)
	if inner, ok := strings.CutPrefix(s, "[.."); ok && strings.HasSuffix(inner, "]") {
		day, err := models.ParseDay(w.qualified(strings.TrimSuffix(inner, "]")))
		if err != nil {
			return When{}, "impossible_date"
		}
		w.Latest, w.Precision = &day, "before_report"
		return w, ""
	}
	if from, to, ok := strings.Cut(s, "/"); ok && (from == ".." || to == ".." || len(from) >= 7 && len(to) >= 7) {
		return rangeOf(w, from, to, order, now)
	}
	if order == OrderSerial {
		if m := serial.FindStringSubmatch(s); m != nil {
			return single(w, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, atoi(m[1]))), ""
		}
	}
	return point(w, s, order, now)
}

// qualified takes the marks of EDTF off: ? uncertain, ~ approximate, % both.
func (w *When) qualified(s string) string {
	for strings.HasSuffix(s, "?") || strings.HasSuffix(s, "~") || strings.HasSuffix(s, "%") {
		w.Uncertain = w.Uncertain || !strings.HasSuffix(s, "~")
		w.Approximate = w.Approximate || !strings.HasSuffix(s, "?")
		s = strings.TrimSpace(s[:len(s)-1])
	}
	return s
}

func rangeOf(w When, from, to, order string, now time.Time) (When, string) {
	w.Precision = "range"
	for _, side := range []struct {
		text string
		into **models.Day
		last bool
	}{{from, &w.Earliest, false}, {to, &w.Latest, true}} {
		if side.text == ".." || side.text == "" {
			continue
		}
		end, fault := point(When{}, w.qualified(side.text), order, now)
		if fault != "" {
			return When{}, fault
		}
		*side.into = end.Earliest
		if side.last {
			*side.into = end.Latest
		}
	}
	if w.Earliest == nil && w.Latest == nil {
		return When{}, "not_a_date"
	}
	return w, ""
}

// point reads one day, month, quarter or year.
func point(w When, s, order string, now time.Time) (When, string) {
	if m := fullISO.FindStringSubmatch(s); m != nil {
		return dayOf(w, atoi(m[1]), atoi(m[2]), atoi(m[3]))
	}
	if m := compactISO.FindStringSubmatch(s); m != nil && (order == OrderYMD || atoi(m[1]) > 1900 && atoi(m[1]) < 2200) {
		return dayOf(w, atoi(m[1]), atoi(m[2]), atoi(m[3]))
	}
	if m := threeParts.FindStringSubmatch(s); m != nil {
		return numeric(w, m, order, now)
	}
	if m := yearMonth.FindStringSubmatch(s); m != nil {
		return months(w, atoi(m[1]), atoi(m[2]), 1, "month")
	}
	if m := monthYear.FindStringSubmatch(s); m != nil {
		return months(w, atoi(m[2]), atoi(m[1]), 1, "month")
	}
	if m := yearAlone.FindStringSubmatch(s); m != nil && atoi(m[1]) >= 1900 && atoi(m[1]) < 2200 {
		return months(w, atoi(m[1]), 1, 12, "year")
	}
	if m := quarterYear.FindStringSubmatch(s); m != nil {
		return months(w, atoi(m[2]+m[3]), atoi(m[1]+m[4])*3-2, 3, "quarter")
	}
	return inWords(w, s, now)
}

func numeric(w When, m []string, order string, now time.Time) (When, string) {
	a, b, year := atoi(m[1]), atoi(m[2]), century(m[3], now)
	switch orderOf(m[0]) {
	case OrderDMY:
		return dayOf(w, year, b, a)
	case OrderMDY:
		return dayOf(w, year, a, b)
	case either:
		switch order {
		case OrderDMY:
			return dayOf(w, year, b, a)
		case OrderMDY:
			return dayOf(w, year, a, b)
		case OrderYMD:
			return dayOf(w, century(m[1], now), b, atoi(m[3]))
		}
		return When{}, "date_order_needed"
	}
	return dayOf(w, year, b, a) // both the same, or impossible
}

// century completes a year in two digits: 21 is 2021, and what would lie ahead
// is of the century before.
func century(s string, now time.Time) int {
	year := atoi(s)
	if len(s) > 2 {
		return year
	}
	if year += 2000; year > now.Year()+1 {
		year -= 100
	}
	return year
}

// inWords reads 5 March 2021, March 5, 2021, mars 2021.
func inWords(w When, s string, now time.Time) (When, string) {
	s = weekday.ReplaceAllString(s, "")
	day, month, year := 0, 0, 0
	for _, part := range wordParts.Split(s, -1) {
		part = strings.Trim(part, "'’()")
		switch n := monthNames[part]; {
		case part == "" || part == "de" || part == "of" || part == "del" || part == "г" || part == "in" || part == "the":
		case n > 0 && month == 0:
			month = n
		case len(part) == 4 && atoi(part) >= 1900 && atoi(part) < 2200 && year == 0:
			year = atoi(part)
		case ordinal.MatchString(part) && day == 0 && atoi(ordinal.FindStringSubmatch(part)[1]) <= 31:
			day = atoi(ordinal.FindStringSubmatch(part)[1])
		case len(part) == 2 && year == 0 && month > 0 && atoi(part) > 0:
			year = century(part, now)
		default:
			return When{}, "not_a_date"
		}
	}
	if month == 0 {
		return When{}, "not_a_date"
	}
	if year == 0 && day > 0 && day <= 31 { // "Mar-21" is a month and a year
		return months(w, century(strconv.Itoa(day), now), month, 1, "month")
	}
	if year == 0 {
		return When{}, "not_a_date"
	}
	if day == 0 {
		return months(w, year, month, 1, "month")
	}
	return dayOf(w, year, month, day)
}

func dayOf(w When, year, month, day int) (When, string) {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if at.Day() != day || int(at.Month()) != month || year < 1900 || year > 2200 {
		return When{}, "impossible_date"
	}
	return single(w, at), ""
}

func single(w When, at time.Time) When {
	day := models.DayOf(at)
	last := day
	w.Earliest, w.Latest, w.Precision = &day, &last, "day"
	return w
}

func months(w When, year, month, count int, precision string) (When, string) {
	if month < 1 || month > 12 || year < 1900 || year > 2200 {
		return When{}, "impossible_date"
	}
	first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	from, to := models.DayOf(first), models.DayOf(first.AddDate(0, count, -1))
	w.Earliest, w.Latest, w.Precision = &from, &to, precision
	return w, ""
}
