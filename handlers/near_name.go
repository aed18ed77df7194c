package handlers

import (
	"slices"
	"strings"
)

// strangeNames are what other interfaces call something that is near, though
// not the same, here.
var strangeNames = map[string]string{
	"actor1": "origin_country", "actor2": "target_roles", "assoc_actor_1": "perpetrator_types", "event_type": "families", "sub_event_type": "methods",
	"disorder_type": "families", "notes": "q", "title": "q", "summary": "q", "source": "q", "location": "q", "admin1": "q", "region": "host_country",
	"page": "cursor", "offset": "cursor", "per_page": "limit", "order": "sort", "search": "q", "inter1": "perpetrator_types",
}

// NearName is the parameter that a wrong name was perhaps meant to be; "" if
// none comes near.
func NearName(wrong string, names []string) string {
	column, _, _ := strings.Cut(wrong, "__")
	for _, name := range []string{column, strangeNames[column]} {
		if slices.Contains(names, name) {
			return name
		}
	}
	if len(column) < 3 || len(column) > 40 {
		return ""
	}
	best, near := 3, ""
	for _, name := range names {
		if d := slips(column, name); d < best {
			best, near = d, name
		}
	}
	return near
}

// slips counts the letters that were left out, added or mistaken between two
// names.
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner, row[j+1] = row[j+1], min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
