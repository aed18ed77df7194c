package demo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"farwatch/internal/demo"
	"farwatch/models"
)

var now = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

const (
	physical = "FW-DEM0-PHYM"
	everyday = "FW-DEM0-EVDY"
)

func vocabularyFile(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../vocab/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func vocabulary(t testing.TB) *models.Vocabulary {
	t.Helper()
	v, err := models.ParseVocabulary(vocabularyFile(t), func(code string) bool {
		region, err := language.ParseRegion(code)
		return code == "XKX" || err == nil && region.IsCountry() && region.ISO3() == code
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// derived are the records of one campaign with what the rules make of them.
type derived struct {
	demo.Record
	models.Derived
}

func set(t testing.TB, campaign string) []derived {
	t.Helper()
	v := vocabulary(t)
	var out []derived
	for _, r := range demo.Records(v, now) {
		if slices.Equal(r.Input.Campaigns, []string{campaign}) {
			out = append(out, derived{r, models.Derive(r.Input, v)})
		}
	}
	return out
}

func count(records []derived, match func(derived) bool) int {
	n := 0
	for _, r := range records {
		if match(r) {
			n++
		}
	}
	return n
}

func carries(facet models.Facet, code string) func(derived) bool {
	return func(r derived) bool { return slices.Contains(r.Facets[facet], code) }
}

func counted(r derived) bool {
	return r.Computed.Scope == "in_scope" && slices.Contains(models.CountedVerification(), r.VerificationStatus) &&
		!slices.Contains(models.UncountedWorkflow(), r.WorkflowStatus)
}

func TestRecords_Physical_RepeatPublishedTotals(t *testing.T) {
	t.Parallel()
	records := set(t, physical)
	for name, c := range map[string]struct {
		got, want int
	}{
		"incidents":       {len(records), 1219},
		"in_fh_scope yes": {count(records, func(r derived) bool { return r.Computed.InFHScope == "yes" }), 1219},
		"counted":         {count(records, counted), 1219},
		"open": {count(records, func(r derived) bool {
			return r.Input.Sensitivity == "open" && *r.Computed.EffectiveConsent == "public_source_only"
		}), 1219},
		"detention_abroad":            {count(records, carries(models.FacetMethodStated, "detention_abroad")), 503},
		"unlawful_deportation":        {count(records, carries(models.FacetMethodStated, "unlawful_deportation")), 241},
		"cooperated_with_perpetrator": {count(records, carries(models.FacetHostResponse, "cooperated_with_perpetrator")), 780},
		"journalist":                  {count(records, carries(models.FacetTargetRole, "journalist")), 124},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
	origins := map[string]int{}
	for _, r := range records {
		origins[r.Input.OriginCountry]++
	}
	for code, want := range map[string]int{
		"CHN": 272, "TUR": 157, "TJK": 92, "RUS": 86, "EGY": 57, "KHM": 55, "TKM": 53, "UZB": 47, "IRN": 47, "BLR": 42,
	} {
		if origins[code] != want {
			t.Errorf("origin %s: %d, want %d", code, origins[code], want)
		}
		delete(origins, code)
	}
	if len(origins) != 32 {
		t.Errorf("%d further accused states, want 32", len(origins))
	}
	for code, n := range origins {
		if n >= 42 {
			t.Errorf("origin %s: %d, want fewer than the tenth", code, n)
		}
	}
}

func TestRecords_Physical_SharePrinted(t *testing.T) {
	t.Parallel()
	records := set(t, physical)
	n := count(records, func(r derived) bool { return r.Input.OriginCountry == "CHN" })
	if got := fmt.Sprintf("%d of %d (%.1f %%)", n, len(records), 100*float64(n)/float64(len(records))); got != "272 of 1219 (22.3 %)" {
		t.Errorf("share %s", got)
	}
}

func TestRecords_Physical_SpreadOverPlacesAndYears(t *testing.T) {
	t.Parallel()
	hosts, years, workflow, undated := map[string]int{}, map[int]int{}, map[string]int{}, 0
	for _, r := range set(t, physical) {
		hosts[r.Input.HostCountry]++
		workflow[r.WorkflowStatus]++
		if r.Computed.EventYear != nil {
			years[*r.Computed.EventYear]++
		}
		if r.Input.Occurred.Earliest == nil && r.Input.Occurred.Latest == nil {
			undated++
		}
	}
	if len(hosts) < 95 || len(hosts) > 115 {
		t.Errorf("%d host countries, want about 100", len(hosts))
	}
	if got := slices.Sorted(maps.Keys(years)); !slices.Equal(got, []int{2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025}) {
		t.Errorf("event years %v", got)
	}
	if undated < 20 || undated > 100 {
		t.Errorf("%d undated", undated)
	}
	if shown := workflow["published"] + workflow["approved"]; shown < 900 || workflow["draft"] < 50 {
		t.Errorf("workflow %v, want most of it shown and some drafts", workflow)
	}
}

func TestRecords_Everyday_NothingPhysical(t *testing.T) {
	t.Parallel()
	records := set(t, everyday)
	if len(records) != 400 {
		t.Errorf("%d records, want 400", len(records))
	}
	if n := count(records, func(r derived) bool { return r.Computed.InFHScope != "no" }); n != 0 {
		t.Errorf("%d have a physical method", n)
	}
	if n := count(records, counted); n < 370 || n == 400 {
		t.Errorf("%d counted, want nearly all", n)
	}
}

func TestRecords_Everyday_EveryChartHasSomethingToShow(t *testing.T) {
	t.Parallel()
	records := set(t, everyday)
	for name, c := range map[string]struct {
		got, least int
	}{
		"recruitment":       {count(records, carries(models.FacetFamily, "recruitment")), 150},
		"family threatened": {count(records, carries(models.FacetFamily, "coercion_by_proxy")), 100},
		"watched":           {count(records, carries(models.FacetFamily, "surveillance")), 30},
		"attacked online":   {count(records, carries(models.FacetFamily, "digital_attack")), 50},
		"doxxing":           {count(records, carries(models.FacetMethod, "doxxing")), 5},
		"two origins":       {count(records, func(r derived) bool { return r.Computed.IndependentOrigins == 2 }), 60},
		"restricted":        {count(records, func(r derived) bool { return r.Input.Sensitivity == "restricted" }), 20},
		"implied only": {count(records, func(r derived) bool {
			return len(r.Facets[models.FacetInducement]) > len(r.Facets[models.FacetInducementStated])
		}), 20},
		"police yes":         {count(records, func(r derived) bool { return r.Input.PoliceReported == "yes" }), 60},
		"police no":          {count(records, func(r derived) bool { return r.Input.PoliceReported == "no" }), 60},
		"police unknown":     {count(records, func(r derived) bool { return r.Input.PoliceReported == "unknown" }), 100},
		"host answered":      {count(records, func(r derived) bool { return len(r.Facets[models.FacetHostResponse]) > 0 }), 100},
		"denied":             {count(records, carries(models.FacetOriginResponse, "denial_blanket")), 20},
		"inducement kinds":   {kinds(records, models.FacetInducement), 13},
		"demand kinds":       {kinds(records, models.FacetDemand), 18},
		"currencies":         {currencies(records), 10},
		"accused states":     {distinct(records, func(r derived) string { return r.Input.OriginCountry }), 19},
		"date precisions":    {distinct(records, func(r derived) string { return r.Input.Occurred.Precision }), 8},
		"own scripts":        {distinct(records, func(r derived) string { return *lastLanguage(r) }), 5},
		"texts in a script":  {count(records, func(r derived) bool { return !strings.HasPrefix(r.Input.Title, "Invented example: ") }), 12},
		"workflow statuses":  {distinct(records, func(r derived) string { return r.WorkflowStatus }), 4},
		"verification steps": {distinct(records, func(r derived) string { return r.VerificationStatus }), 5},
	} {
		if c.got < c.least {
			t.Errorf("%s: %d, want at least %d", name, c.got, c.least)
		}
	}
}

// lastLanguage is the language of the first source, English for an interview.
func lastLanguage(r derived) *string {
	if lang := r.Input.Sources[0].Language; lang != nil {
		return lang
	}
	english := "en"
	return &english
}

func kinds(records []derived, facet models.Facet) int {
	seen := map[string]bool{}
	for _, r := range records {
		for _, code := range r.Facets[facet] {
			seen[code] = true
		}
	}
	return len(seen)
}

func currencies(records []derived) int {
	seen := map[string]bool{}
	for _, r := range records {
		for _, i := range r.Input.Inducements {
			for _, m := range i.Amounts {
				seen[m.CurrencyAsStated] = true
			}
		}
	}
	return len(seen)
}

func distinct(records []derived, of func(derived) string) int {
	seen := map[string]bool{}
	for _, r := range records {
		seen[of(r)] = true
	}
	return len(seen)
}

func TestRecords_EachIsValidAndSaysThatItIsInvented(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, r := range demo.Records(v, now) {
		assertGood(t, r, v, now)
	}
}

func TestGenerate_EachIsValidAndBelongsToNoCampaign(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	early := time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC)
	for r := range demo.Generate(7, 3000, v, early) {
		assertGood(t, r, v, early)
		if len(r.Input.Campaigns) > 0 {
			t.Fatalf("belongs to %v", r.Input.Campaigns)
		}
	}
}

func assertGood(t *testing.T, r demo.Record, v *models.Vocabulary, now time.Time) {
	t.Helper()
	again := r.Input
	again.Normalize()
	if !reflect.DeepEqual(again, r.Input) {
		t.Fatalf("%s: not in its normal form", r.Input.Title)
	}
	if err := again.Validate(now, v); err != nil {
		var e *models.Error
		errors.As(err, &e)
		t.Fatalf("%s: %v %+v", r.Input.Title, err, e.Fields)
	}
	for _, text := range []string{r.Input.Title, r.Input.Summary} {
		if !slices.ContainsFunc([]string{"Invented example", "مثال مختلق", "虚构示例", "虛構示例", "Вымышленный пример", "Uydurma örnek"},
			func(mark string) bool { return strings.HasPrefix(text, mark) }) {
			t.Errorf("%q does not say that it is invented", text)
		}
		if strings.Contains(text, "%!") {
			t.Errorf("%q is badly put together", text)
		}
	}
	for _, s := range r.Input.Sources {
		if s.URL != nil && !strings.HasPrefix(*s.URL, "https://example.org/") {
			t.Errorf("%s could be a real page", *s.URL)
		}
	}
	if r.Input.OriginCountry == r.Input.HostCountry {
		t.Errorf("%s: host is the accused state", r.Input.Title)
	}
	if r.CreatedAt.After(now) {
		t.Errorf("created at %s, after now", r.CreatedAt)
	}
	assertDials(t, r, models.Derive(r.Input, v).Computed, v)
}

// assertDials holds the two dials to DOMAIN.md section 7.
func assertDials(t *testing.T, r demo.Record, c models.Computed, v *models.Vocabulary) {
	t.Helper()
	if r.WorkflowStatus == "published" {
		consent, _ := v.Term("consent", *c.EffectiveConsent)
		if r.Input.Sensitivity != "open" || !slices.Contains(consent.Allows, "publish") {
			t.Errorf("%s: published, but %s and %s", r.Input.Title, r.Input.Sensitivity, *c.EffectiveConsent)
		}
	}
	if slices.Contains(models.ShownWorkflow(), r.WorkflowStatus) &&
		(c.Scope != "in_scope" || slices.Contains([]string{"unreviewed", "debunked", "retracted_by_source"}, r.VerificationStatus)) {
		t.Errorf("%s: %s, but %s and %s", r.Input.Title, r.WorkflowStatus, c.Scope, r.VerificationStatus)
	}
	least := map[string]int{"single_source": 1, "corroborated": 2, "evidence_examined": 1, "officially_confirmed": 1, "disputed": 1}
	if c.IndependentOrigins < least[r.VerificationStatus] {
		t.Errorf("%s: %s with %d origins", r.Input.Title, r.VerificationStatus, c.IndependentOrigins)
	}
}

func TestRecords_SameArguments_SameRecords(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	if !reflect.DeepEqual(demo.Records(v, now), demo.Records(v, now)) {
		t.Error("two calls differ")
	}
}

func TestGenerate_SameSeed_SameRecords(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	first := slices.Collect(demo.Generate(3, 50, v, now))
	if len(first) != 50 || !reflect.DeepEqual(first, slices.Collect(demo.Generate(3, 50, v, now))) {
		t.Errorf("%d records, and two calls differ", len(first))
	}
}

func TestGenerate_OtherSeed_OtherRecords(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	if reflect.DeepEqual(slices.Collect(demo.Generate(3, 50, v, now)), slices.Collect(demo.Generate(4, 50, v, now))) {
		t.Error("two seeds give the same records")
	}
}

func TestRecords_CommunitiesFitTheAccusedState(t *testing.T) {
	t.Parallel()
	usual := usualOrigins(t)
	for _, campaign := range []string{physical, everyday} {
		for _, r := range set(t, campaign) {
			for _, code := range r.Input.Targets[0].Communities {
				if code != "other" && code != "not_stated" && !slices.Contains(usual[code], r.Input.OriginCountry) {
					t.Errorf("%s under %s", code, r.Input.OriginCountry)
				}
			}
		}
	}
}

// usualOrigins are the vocabulary's hints, by community.
func usualOrigins(t *testing.T) map[string][]string {
	t.Helper()
	var file struct {
		Communities []struct {
			Code                 string
			UsualOriginCountries []string `json:"usual_origin_countries"`
		}
	}
	if err := json.Unmarshal(vocabularyFile(t), &file); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, c := range file.Communities {
		out[c.Code] = c.UsualOriginCountries
	}
	return out
}

func TestCampaigns_RefsAreGood(t *testing.T) {
	t.Parallel()
	want := map[string]string{physical: "Demo: physical incidents", everyday: "Demo: everyday repression"}
	for _, c := range demo.Campaigns() {
		if ref, err := models.ParseRef(c.Ref); err != nil || ref != c.Ref || want[ref] != c.Title {
			t.Errorf("campaign %+v: ref %s, %v", c, ref, err)
		}
		delete(want, c.Ref)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
}
