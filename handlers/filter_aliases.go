package handlers

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"farwatch/models"
)

// OwnNames rewrites a query that speaks as Datasette or ACLED do into our own
// parameters, before anything is validated: there is one filter and one set of
// rules. Only what has an exact equivalent is known (docs/api.md); the rest
// stays as it is and is refused by name. own tells which parameters the
// operation has.
func OwnNames(query url.Values, own func(string) bool) (url.Values, error) {
	a := aliases{own: own, out: url.Values{}, by: map[string]string{}, low: map[string]int{}, high: map[string]int{}}
	for name, list := range query {
		if own(name) {
			a.out[name] = list
		}
	}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names) // so that the same query is always refused for the same reason
	for _, name := range names {
		list := query[name]
		if own(name) {
			continue
		}
		if len(list) != 1 || !a.datasette(name, list[0]) && !a.acled(name, list[0], query) {
			a.out[name] = list
		}
	}
	a.years()
	if len(a.not) > 0 {
		a.and(a.not)
	}
	if len(a.faults) > 0 {
		return nil, models.Invalid(a.faults)
	}
	return a.out, nil
}

// aliases collects the own parameters that others' names stand for.
type aliases struct {
	own       func(string) bool
	out       url.Values
	by        map[string]string // own parameter by the alias that set it
	low, high map[string]int    // bounds of years
	not       []string          // conditions to be joined to `where`
	faults    []models.FieldError
}

func (a *aliases) fault(parameter, code string, params map[string]any) bool {
	a.faults = append(a.faults, models.FieldError{Parameter: parameter, Code: code, Params: params})
	return true
}

// set gives an own parameter its value. Two names of one thing are an error:
// which of them is meant cannot be known.
func (a *aliases) set(alias, name, value string) bool {
	if !a.own(name) {
		return false
	}
	if _, taken := a.out[name]; taken {
		return a.fault(alias, "alias_conflict", map[string]any{"own": name})
	}
	a.out[name], a.by[name] = []string{value}, alias
	return true
}

// and joins conditions to the one in `where`.
func (a *aliases) and(conditions []string) {
	text := strings.Join(conditions, " and ")
	if given := a.out.Get("where"); given != "" {
		text = "(" + given + ") and " + text
	}
	a.out.Set("where", text)
}

// everSet are the columns that every record has a value in: only there does
// "not" mean the same as in SQL, where what is empty is neither equal nor
// different.
var everSet = []string{
	"origin_country", "host_country", "police_reported", "discovery_route", "verification_status", "workflow_status", "sensitivity", "scope",
	"in_fh_scope", "in_uk_scope", "in_ohchr_scope",
}

// datasette reads column__operator; false for what it does not know.
func (a *aliases) datasette(name, value string) bool {
	switch name {
	case "_search":
		return a.set(name, "q", value)
	case "_size":
		return a.set(name, "limit", value)
	case "_next":
		return a.set(name, "cursor", value)
	case "_sort":
		return a.set(name, "sort", value)
	case "_sort_desc":
		return a.set(name, "sort", "-"+value)
	}
	column, operator, found := strings.Cut(name, "__")
	if !found {
		return false
	}
	switch name {
	case "first_reported__gte":
		return a.set(name, "reported_from", value)
	case "first_reported__lte":
		return a.set(name, "reported_to", value)
	case "first_reported__exact":
		return a.set(name, "reported_from", value) && a.set(name, "reported_to", value)
	case "updated_at__gte":
		return a.set(name, "updated_since", value)
	}
	field, known := models.FilterFieldNamed(column)
	if !known || !a.own(column) {
		return false
	}
	list, ok := listOf(operator, value)
	if !ok {
		return a.fault(name, "bad_format", nil)
	}
	entries, columns := field.Facet != "", slices.Contains(everSet, column)
	switch {
	case field.Kind == models.FieldNumber && slices.Contains([]string{"gt", "gte", "lt", "lte"}, operator):
		return a.bound(name, column, operator, value)
	case entries && operator == "arraycontains", !entries && (operator == "exact" || operator == "in"):
		return a.set(name, column, list)
	case entries && operator == "arraynotcontains", columns && (operator == "not" || operator == "notin"):
		a.not = append(a.not, "not "+column+":"+list)
		return true
	}
	return false
}

// listOf is one value, or those of __in and __notin: parted by commas or a JSON
// array, as Datasette takes them.
func listOf(operator, value string) (string, bool) {
	values := []string{value}
	if operator == "in" || operator == "notin" {
		values = strings.Split(value, ",")
		if strings.HasPrefix(value, "[") {
			values = nil
			var any []any
			if json.Unmarshal([]byte(value), &any) != nil {
				return "", false
			}
			for _, v := range any {
				switch x := v.(type) {
				case string:
					values = append(values, x)
				case float64:
					values = append(values, strconv.FormatFloat(x, 'f', -1, 64))
				}
			}
		}
	}
	for i, v := range values {
		if values[i] = strings.TrimSpace(v); values[i] == "" || strings.ContainsFunc(values[i], notOfCode) {
			return "", false
		}
	}
	return strings.Join(values, ","), len(values) > 0
}

func notOfCode(r rune) bool {
	return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// The years that a record can have (models.ParseDay); stages have fewer.
const firstYear, lastYear = 1900, 2200

func (a *aliases) bound(name, column, operator, value string) bool {
	n, err := strconv.Atoi(value)
	if err != nil {
		return a.fault(name, "wrong_type", map[string]any{"type": "integer"})
	}
	if _, taken := a.out[column]; taken {
		return a.fault(name, "alias_conflict", map[string]any{"own": column})
	}
	least, most := extent(column)
	if _, begun := a.low[column]; !begun {
		a.low[column], a.high[column] = least, most
	}
	switch operator {
	case "gt":
		a.low[column] = max(a.low[column], n+1)
	case "gte":
		a.low[column] = max(a.low[column], n)
	case "lt":
		a.high[column] = min(a.high[column], n-1)
	case "lte":
		a.high[column] = min(a.high[column], n)
	}
	return true
}

func extent(column string) (least, most int) {
	if column == "stage" {
		return 1, 3
	}
	return firstYear, lastYear
}

// years writes each range as the numbers in it: in the parameter if they fit
// there, else as a condition.
func (a *aliases) years() {
	for column, low := range a.low {
		var numbers []string
		for n := low; n <= a.high[column]; n++ {
			numbers = append(numbers, strconv.Itoa(n))
		}
		list := strings.Join(numbers, ",")
		switch {
		case len(numbers) == 0:
			a.fault(column, "below_minimum", nil)
		case a.out.Has(column):
			a.fault(column, "alias_conflict", map[string]any{"own": column})
		case len(numbers) <= maxListValues:
			a.out.Set(column, list)
		default:
			a.not = append(a.not, column+":"+list)
		}
	}
}
