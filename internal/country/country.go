// Package country lists the countries and territories that an incident can
// name: ISO 3166-1 as it stands today, plus XKX for Kosovo, which the standard
// leaves to its users. Codes, numbers and the choice of entries come from
// golang.org/x/text; nothing here is a statement about sovereignty.
package country

import (
	"fmt"
	"sort"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// kosovo is the user-assigned alpha-3 code for Kosovo. ISO 3166-1 assigns
// none; XKX is what the World Bank, the IMF and most data sets use.
const kosovo = "XKX"

// Country is one entry of the list.
type Country struct {
	// Code is the alpha-3 code in capitals, such as CHN.
	Code string
	// Alpha2 is the alpha-2 code in capitals, such as CN.
	Alpha2 string
	// Numeric is the United Nations' M49 number in three digits, such as 004,
	// the key of boundary files; "" where there is none (Kosovo).
	Numeric string
	// Name is the English name as the Unicode CLDR gives it.
	Name string
}

type table struct {
	list   []Country
	byCode map[string]Country
}

var load = sync.OnceValue(build)

// All returns every country, sorted by Code. The slice is the caller's own.
func All() []Country {
	return append([]Country(nil), load().list...)
}

// Known reports whether code is the alpha-3 code of a listed country. It is
// exact: lower case and alpha-2 codes are unknown.
func Known(code string) bool {
	_, ok := load().byCode[code]
	return ok
}

// Name returns the English name for an alpha-3 code, or the code itself if it
// is not listed, so that a label is never empty.
func Name(code string) string {
	if c, ok := load().byCode[code]; ok {
		return c.Name
	}
	return code
}

func build() table {
	names := display.English.Regions()
	t := table{byCode: make(map[string]Country, 256)}
	for first := byte('A'); first <= 'Z'; first++ {
		for second := byte('A'); second <= 'Z'; second++ {
			c, ok := lookUp(string([]byte{first, second}), names)
			if !ok {
				continue
			}
			t.list = append(t.list, c)
			t.byCode[c.Code] = c
		}
	}
	sort.Slice(t.list, func(i, j int) bool { return t.list[i].Code < t.list[j].Code })
	return t
}

// lookUp returns the country for an alpha-2 code. It refuses everything that
// is not a country of today: macro-regions and user-assigned codes (not
// IsCountry, or private use), exceptional reservations such as the Canary
// Islands (no M49 number), codes replaced by another (Canonicalize differs),
// and codes withdrawn without a successor such as SU (no English name).
func lookUp(alpha2 string, names display.Namer) (Country, bool) {
	region, err := language.ParseRegion(alpha2)
	if err != nil || region.String() != alpha2 || !region.IsCountry() {
		return Country{}, false
	}
	if alpha2 == "XK" {
		return Country{Code: kosovo, Alpha2: alpha2, Name: names.Name(region)}, true
	}
	name := names.Name(region)
	historic := region.Canonicalize() != region || name == ""
	if region.IsPrivateUse() || region.M49() == 0 || historic {
		return Country{}, false
	}
	return Country{Code: region.ISO3(), Alpha2: alpha2, Numeric: fmt.Sprintf("%03d", region.M49()), Name: name}, true
}
