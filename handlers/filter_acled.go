package handlers

import (
	"net/url"
	"strings"
	"time"

	"farwatch/internal/country"
	"farwatch/models"
)

// acled reads the parameters of ACLED's interface that mean the same here;
// false for what it does not know. Its country is where something happened:
// our host country. Its actors and event types have no equivalent.
func (a *aliases) acled(name, value string, query url.Values) bool {
	where := query.Get(name + "_where")
	switch name {
	case "country":
		return a.countries(name, value, func(c country.Country, text string) bool { return strings.EqualFold(c.Name, text) })
	case "iso3":
		return a.countries(name, value, func(c country.Country, text string) bool { return strings.EqualFold(c.Code, text) })
	case "iso":
		return a.countries(name, value, func(c country.Country, text string) bool {
			return c.Numeric != "" && strings.TrimLeft(c.Numeric, "0") == strings.TrimLeft(text, "0")
		})
	case "event_date":
		return a.eventDate(name, value, where)
	case "year":
		return a.year(name, value, where)
	case "timestamp":
		if where != "" && where != ">" && where != ">=" {
			return false
		}
		return a.set(name, "updated_since", value)
	case "event_date_where", "year_where", "timestamp_where", "country_where", "iso_where":
		// Read with the parameter that it belongs to.
		of := strings.TrimSuffix(name, "_where")
		return query.Has(of) && (of != "country" && of != "iso" || value == "=")
	}
	return false
}

// countries are names or numbers, several parted by | or a comma.
func (a *aliases) countries(name, value string, same func(country.Country, string) bool) bool {
	separator := ","
	if strings.Contains(value, "|") {
		separator = "|"
	} else if name == "country" {
		separator = "\x00" // names hold commas
	}
	var codes []string
	for text := range strings.SplitSeq(value, separator) {
		code := ""
		for _, c := range country.All() {
			if same(c, strings.TrimSpace(text)) {
				code = c.Code
			}
		}
		if code == "" {
			return a.fault(name, "unknown_country", nil)
		}
		codes = append(codes, code)
	}
	return a.set(name, "host_country", strings.Join(codes, ","))
}

// eventDate finds what may have happened in the period: our dates are bounds,
// and a record matches when they overlap it.
func (a *aliases) eventDate(name, value, where string) bool {
	first, last, two := strings.Cut(value, "|")
	if two != (where == "BETWEEN") {
		return a.fault(name, "bad_format", nil)
	}
	switch where {
	case "", "=":
		last = first
	case "BETWEEN":
	case ">=":
		last = ""
	case "<=":
		first, last = "", first
	case ">":
		first, last = nextDay(first, 1), ""
	case "<":
		first, last = "", nextDay(first, -1)
	default:
		return a.fault(name+"_where", "not_allowed", map[string]any{"allowed": []string{"=", "BETWEEN", ">", ">=", "<", "<="}})
	}
	done := first == "" || a.set(name, "date_from", first)
	return (last == "" || a.set(name, "date_to", last)) && done
}

// nextDay leaves what is no day to the rule of the parameter.
func nextDay(day string, by int) string {
	at, err := models.ParseDay(day)
	if err != nil {
		return day
	}
	t, err := time.Parse(time.DateOnly, string(at))
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, by).Format(time.DateOnly)
}

func (a *aliases) year(name, value, where string) bool {
	first, last, two := strings.Cut(value, "|")
	if two != (where == "BETWEEN") {
		return a.fault(name, "bad_format", nil)
	}
	operators := map[string]string{">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
	switch {
	case where == "" || where == "=":
		return a.set(name, "event_year", first)
	case two:
		return a.bound(name, "event_year", "gte", first) && a.bound(name, "event_year", "lte", last)
	case operators[where] != "":
		return a.bound(name, "event_year", operators[where], first)
	}
	return a.fault(name+"_where", "not_allowed", map[string]any{"allowed": []string{"=", "BETWEEN", ">", ">=", "<", "<="}})
}
