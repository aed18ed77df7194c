package country

import (
	"slices"
	"sort"
	"testing"
)

func TestAll_IsISO3166PlusKosovo(t *testing.T) {
	t.Parallel()
	all := All()
	if len(all) != 250 { // 249 entries of ISO 3166-1, and XKX
		t.Errorf("All() has %d entries, want 250", len(all))
	}
	if !sort.SliceIsSorted(all, func(i, j int) bool { return all[i].Code < all[j].Code }) {
		t.Error("All() is not sorted by code")
	}
	alpha2, numeric := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		if len(c.Code) != 3 || len(c.Alpha2) != 2 || c.Name == "" || c.Name == c.Code {
			t.Errorf("incomplete entry %+v", c)
		}
		if len(c.Numeric) != 3 && c.Code != "XKX" {
			t.Errorf("%s has no M49 number", c.Code)
		}
		if alpha2[c.Alpha2] || numeric[c.Numeric] {
			t.Errorf("doubled alpha-2 code or M49 number in %+v", c)
		}
		alpha2[c.Alpha2], numeric[c.Numeric] = true, true
	}
}

func TestAll_CallerChangesItsCopy_ListUnharmed(t *testing.T) {
	t.Parallel()
	All()[0].Code = "???"
	if All()[0].Code != "ABW" {
		t.Errorf("first code is %q, want ABW", All()[0].Code)
	}
}

func TestAll_ListedCountry_AllCodes(t *testing.T) {
	t.Parallel()
	for _, want := range []Country{
		{Code: "CHN", Alpha2: "CN", Numeric: "156", Name: "China"},
		{Code: "GBR", Alpha2: "GB", Numeric: "826", Name: "United Kingdom"},
		{Code: "XKX", Alpha2: "XK", Numeric: "", Name: "Kosovo"},
		{Code: "TWN", Alpha2: "TW", Numeric: "158", Name: "Taiwan"},
		{Code: "HKG", Alpha2: "HK", Numeric: "344", Name: "Hong Kong SAR China"},
		{Code: "MAC", Alpha2: "MO", Numeric: "446", Name: "Macau SAR China"},
		{Code: "PSE", Alpha2: "PS", Numeric: "275", Name: "Palestinian Territories"},
		{Code: "MKD", Alpha2: "MK", Numeric: "807", Name: "Macedonia"},
		{Code: "SWZ", Alpha2: "SZ", Numeric: "748", Name: "Swaziland"},
		{Code: "TUR", Alpha2: "TR", Numeric: "792", Name: "Turkey"},
		{Code: "SSD", Alpha2: "SS", Numeric: "728", Name: "South Sudan"},
		{Code: "SRB", Alpha2: "RS", Numeric: "688", Name: "Serbia"},
		{Code: "COD", Alpha2: "CD", Numeric: "180", Name: "Congo - Kinshasa"},
	} {
		if !slices.Contains(All(), want) {
			t.Errorf("All() lacks %+v", want)
		}
		if !Known(want.Code) || Name(want.Code) != want.Name {
			t.Errorf("Known or Name disagree with All for %s", want.Code)
		}
	}
}

func TestKnown_NotACountry_False(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"", "CN", "chn", "ZZZ", "AAA", "XXX", "XKK", "QUU", "EUR", "EUE", "UNO", // malformed, private, groups
		"SUN", "YUG", "SCG", "CSK", "DDR", "BUR", "ZAR", "TMP", "ANT", "RHO", "VDR", "YMD", "FXX", // historic
		"ASC", "TAA", "CPT", "DGA", // exceptionally reserved
		"001", "419",
	} {
		if Known(code) {
			t.Errorf("Known(%q) = true, want false", code)
		}
		if got := Name(code); got != code {
			t.Errorf("Name(%q) = %q, want the code itself", code, got)
		}
	}
}

func TestAll_Numeric_ThreeDigits(t *testing.T) {
	t.Parallel()
	want := map[string]string{"AFG": "004", "ATA": "010", "CHN": "156", "XKX": ""}
	for _, c := range All() {
		if numeric, ok := want[c.Code]; ok && c.Numeric != numeric {
			t.Errorf("Numeric of %s = %q, want %q", c.Code, c.Numeric, numeric)
		}
	}
}
