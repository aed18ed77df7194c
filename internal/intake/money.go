package intake

import (
	"regexp"
	"strconv"
	"strings"
)

// money is a sum as people write it: number, thousands, a second number, the
// currency word or sign, and the period.
var money = regexp.MustCompile(`(?i)(?:([£$€¥])\s?)?(?:(\d[\d,.]*)\s*(thousand|k|million)?(?:\s*(?:to|-|–|and)\s*[£$€¥]?(\d[\d,.]*)\s*(thousand|k|million)?)?|((?:tens of |hundreds of )?(?:thousands|hundreds)(?: of)?))\s*(pounds?|dollars?|euros?|francs?|kronor|kroner|yuan|renminbi|lira|roubles?|rubles?|dirhams?|rupees?)?(?:\s*(?:a|per|every|each|/)\s*(hour|day|week|month|year))?`)

// amounts are the sums of a sentence that offers money, one hit each.
func amounts(h found, s sentence) []found {
	var out []found
	for _, at := range money.FindAllStringSubmatchIndex(s.text, 5) {
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return s.text[at[2*i]:at[2*i+1]]
		}
		currency := part(7)
		if currency == "" {
			currency = part(1)
		}
		if currency == "" {
			continue // a number without a currency is no money
		}
		a := &Amount{Currency: currency, Period: strings.ToLower(part(8)), Text: strings.TrimRight(s.text[at[0]:at[1]], " .,")}
		if a.Period == "" {
			a.Period = "not_stated"
		}
		scale := part(3)
		if scale == "" {
			scale = part(5) // "7 to 8 thousand"
		}
		a.Min = number(part(2), scale)
		if a.Max = number(part(4), part(5)); a.Max == nil {
			a.Max = a.Min
		}
		sum := h
		sum.matcher.field, sum.matcher.code, sum.amount = "amounts", "amount", a
		sum.start, sum.end = s.start+at[0], s.start+at[1]
		out = append(out, sum)
	}
	return out
}

func number(digits, scale string) *float64 {
	if digits == "" {
		return nil
	}
	n, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(digits, ",", ""), "."), 64)
	if err != nil {
		return nil
	}
	switch strings.ToLower(scale) {
	case "thousand", "k":
		n *= 1000
	case "million":
		n *= 1_000_000
	}
	return &n
}
