package disclosure

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

// rounds of a property: few in `make test`, FARWATCH_RELEASE_SETS in the soak.
func sets(t *testing.T, few int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("FARWATCH_RELEASE_SETS")); err == nil {
		return n
	}
	return few
}

// count counts persons anew, by another way than the guard: circles of linked
// records by flooding, and loops over plain records.
func count(w *world, keep func(models.Cleared) bool) (persons int) {
	seen := map[string]bool{}
	for _, r := range w.records {
		if seen[r.Ref] {
			continue
		}
		circle := []models.Cleared{r}
		seen[r.Ref] = true
		for n := 0; n < len(circle); n++ {
			for _, o := range w.records {
				if !seen[o.Ref] && (slices.Contains(circle[n].Linked, o.Ref) || slices.Contains(o.Linked, circle[n].Ref)) {
					seen[o.Ref] = true
					circle = append(circle, o)
				}
			}
		}
		if slices.ContainsFunc(circle, func(x models.Cleared) bool {
			return slices.ContainsFunc(x.Linked, func(ref string) bool { return slices.Contains(w.published, ref) })
		}) {
			continue
		}
		for year := 2020; year <= 2021; year++ {
			most, first := 0, models.Cleared{Ref: "~"}
			for _, x := range circle {
				if x.Year == year {
					sum := 0
					for _, n := range x.Persons {
						sum += n
					}
					most = max(most, sum)
					if x.Ref < first.Ref {
						first = x
					}
				}
			}
			if first.Ref != "~" && keep(first) {
				persons += most
			}
		}
	}
	return persons
}

func TestBuild_RandomData_KeepsR2toR6(t *testing.T) {
	t.Parallel()
	for seed := range sets(t, 12) {
		w := newWorld(uint64(seed), 100+seed*37%700)
		g := guard(t)
		s := w.release(g)
		for _, c := range s.Cells {
			if c.Shown == models.ShownNumber && c.Number < 10 {
				t.Fatalf("set %d: %+v is shown", seed, c)
			}
			if c.Table == tableTotal {
				true_ := count(w, func(r models.Cleared) bool { return r.Year == c.Year })
				if c.Shown == models.ShownNumber && (true_ < 10 || c.Number < true_-12 || c.Number > true_+12) {
					t.Fatalf("set %d: %+v of %d persons", seed, c, true_)
				}
			}
			if c.Table == tableOriginHost && c.Row != models.ReleaseRest && c.Column != models.ReleaseRest {
				true_ := count(w, func(r models.Cleared) bool { return r.Year == c.Year && r.Origin == c.Row && r.Host == c.Column })
				switch {
				case true_ < 10 && c.Shown != models.ShownBelow:
					t.Fatalf("set %d: %+v of %d persons", seed, c, true_)
				case c.Shown == models.ShownNumber && (c.Number < true_-12 || c.Number > true_+12):
					t.Fatalf("set %d: %+v of %d persons", seed, c, true_)
				}
			}
		}
		st := newState(s)
		for p, c := range st.cells {
			if c.Shown != models.ShownNumber {
				continue
			}
			sum := sumOf(st.within(p))
			if len(sum.orgs) < 2 || sum.largest*10 > sum.persons {
				t.Fatalf("set %d: %+v of organisations %v, largest %d of %d", seed, c, slices.Collect(maps.Keys(sum.orgs)), sum.largest, sum.persons)
			}
		}
		for _, table := range PublicTables(s.Cells) {
			persons, cells := map[int]int{}, map[int]int{}
			for _, c := range table.Cells {
				cells[c.Year]++
				persons[c.Year] += sumOf(st.within(place{table.Name, c.Year, c.Row, c.Column})).persons
			}
			for year, n := range cells {
				if persons[year] < 10*n {
					t.Fatalf("set %d: table %s of %d has %d persons in %d cells", seed, table.Name, year, persons[year], n)
				}
			}
		}
	}
}

// TestBuild_SameRecords_SameNumbers: asking again averages nothing out (R5).
func TestBuild_SameRecords_SameNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(7, 600)
	g := guard(t)
	first, again := g.Build(w.basis(), 2021), g.Build(w.basis(), 2021)
	if !reflect.DeepEqual(first, again) {
		t.Error("two builds of the same records differ")
	}
	other, err := New([]byte("another secret of the same length"))
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(first.Cells, other.Build(w.basis(), 2021).Cells) {
		t.Error("the secret changes nothing")
	}
}

func TestNoise_Distribution(t *testing.T) {
	t.Parallel()
	g := guard(t)
	seen := map[int]int{}
	for n := range uint64(200000) {
		seen[g.noise(n)]++
	}
	if len(seen) != 25 || seen[13] > 0 || seen[-13] > 0 {
		t.Errorf("values %v, want -12 to 12", seen)
	}
	// ε 0.5: 0 in (1-a)/(1+a) = 24.5 % of cells, each step further e^-0.5 as many.
	for value, want := range map[int]int{0: 49100, 1: 29780, -1: 29780, 4: 6640, -4: 6640} {
		if got := seen[value]; got < want*95/100 || got > want*105/100 {
			t.Errorf("noise %d: %d times in 200000, want about %d", value, got, want)
		}
	}
}

func TestMembers_PublishedOrLinkedToIt_AreLeftOut(t *testing.T) {
	t.Parallel()
	record := func(ref string, linked ...string) models.Cleared {
		return models.Cleared{Ref: ref, OrganisationID: 1, Year: 2020, Persons: []int{1}, Origin: "AAA", Host: "XXX", Families: familyCodes[:1], Police: "no", Linked: linked}
	}
	g := guard(t)
	records := []models.Cleared{record("A"), record("B", "P"), record("C", "B"), record("D", "E"), record("E")}
	members := g.members(records, []string{"P"}, 2021)
	if len(members) != 2 || sumOf(members).persons != 2 {
		t.Errorf("%d members, want 2: A, and D with E", len(members))
	}
	late := record("F")
	late.Year = 2022
	nobody := record("G")
	nobody.Persons = nil
	if n := len(g.members([]models.Cleared{late, nobody}, nil, 2021)); n != 0 {
		t.Errorf("%d members of a late record and one without persons", n)
	}
}

// TestBuild_FewerThanKMoved_NumberStays, and moves when K have (R8).
func TestBuild_FewerThanKMoved_NumberStays(t *testing.T) {
	t.Parallel()
	for seed := range sets(t, 6) {
		w := newWorld(uint64(seed), 500)
		g := guard(t)
		before := newState(w.release(g))
		for range 5 {
			w.change(1 + seed%12)
			now := newState(w.release(g))
			for p, c := range now.cells {
				old, ok := before.cells[p]
				if !ok || (old.Shown == c.Shown && old.Number == c.Number) {
					continue
				}
				basis := newState(w.earlier[old.Build-1])
				if n := moved(basis.within(p), now.within(p)); n < 10 {
					t.Fatalf("set %d: %+v became %+v though %d persons moved", seed, old, c, n)
				}
			}
			before = now
		}
	}
}

func TestBuild_OneOrganisationOfSeveral_WithheldNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(3, 400)
	for n := range w.records {
		w.records[n].OrganisationID = 1
	}
	if got := PublicTables(guard(t).Build(w.basis(), 2021).Cells); len(got) != 0 {
		t.Errorf("%d tables of one organisation of two", len(got))
	}
	w.orgs = 1
	if got := PublicTables(guard(t).Build(w.basis(), 2021).Cells); len(got) == 0 {
		t.Error("no table where there is one organisation only")
	}
}

func TestBuild_OneFamilyAboveATenth_NotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(3, 0)
	add := func(n int, persons ...int) {
		for range n {
			r := w.enter()
			r.Year, r.Persons, r.Linked = 2020, persons, nil
			w.records[len(w.records)-1] = r
		}
	}
	add(170, 1)
	add(1, 20)
	total := func() models.ReleaseCell {
		return newState(guard(t).Build(w.basis(), 2021)).cells[place{tableTotal, 2020, "", ""}]
	}
	if c := total(); c.Shown != models.ShownUnlisted || c.Reason != "share" {
		t.Errorf("20 of 190: %+v", c)
	}
	add(20, 1)
	if c := total(); c.Shown != models.ShownNumber {
		t.Errorf("20 of 210: %+v", c)
	}
}

func TestAudit_SolverFails_Blocks(t *testing.T) {
	t.Parallel()
	// Without noise nearly every small count needs the solver.
	w, g := newWorld(2, 300), bare(t)
	w.release(g)
	for name, solve := range map[string]solver{
		"error": func(problem) ([]float64, error) { return nil, errors.New("no") },
		"wrong": func(p problem) ([]float64, error) {
			x := make([]float64, len(p.objective))
			for n := range x {
				x[n] = 1e6
			}
			return x, nil
		},
	} {
		g.solve = solve
		if v := w.audit(g); v.Passed() || len(v.Unsolved) == 0 {
			t.Errorf("%s: %d unsolved, passed %v", name, len(v.Unsolved), v.Passed())
		}
	}
	g.solve, g.maxRows = simplex, 3
	if v := w.audit(g); v.Passed() || len(v.Unsolved) == 0 {
		t.Errorf("too large: %d unsolved", len(v.Unsolved))
	}
}

func TestVerdict_AnythingLeft_Blocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    Verdict
		want bool
	}{
		{Verdict{Targets: 5}, true},
		{Verdict{}, false}, // nothing was tried
		{Verdict{Targets: 5, Pinned: []string{"a"}}, false},
		{Verdict{Targets: 5, Unsolved: []string{"a"}}, false},
	} {
		if c.v.Passed() != c.want {
			t.Errorf("%+v passed: %v", c.v, !c.want)
		}
	}
}

func TestSimplex_KnownProgram_KnownAnswer(t *testing.T) {
	t.Parallel()
	// max 3x+2y, x+y ≤ 4, x+3y ≤ 6, x ≤ 3: 11 at (3,1).
	x, err := simplex(problem{[]float64{3, 2}, [][]float64{{1, 1}, {1, 3}, {1, 0}}, []float64{4, 6, 3}})
	if err != nil || len(x) != 2 || x[0] < 2.999999 || x[0] > 3.000001 || x[1] < 0.999999 || x[1] > 1.000001 {
		t.Errorf("%v, %v", x, err)
	}
	if _, err := simplex(problem{[]float64{1}, [][]float64{{0}}, []float64{1}}); err == nil {
		t.Error("an unbounded program was solved")
	}
}

func TestFiles_SayNothingBeyondTheTables(t *testing.T) {
	t.Parallel()
	w := newWorld(4, 800)
	s := w.release(guard(t))
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	files, err := Files(Label{Number: 3, PublishedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Note: "A note"}, s.Cells, key)
	if err != nil {
		t.Fatal(err)
	}
	check := key.Public().(ed25519.PublicKey) //nolint:errcheck // it is one
	if bad := Verify(3, files, check); bad != "" {
		t.Errorf("%s does not verify", bad)
	}
	if Verify(4, files, check) == "" {
		t.Error("the files verify as another release")
	}
	names := map[string]bool{}
	for n, f := range files {
		names[f.Name] = true
		for _, word := range []string{"R0", "reason", "threshold\",", "unchanged", "unlisted", "organisations\"", "build"} {
			if f.Name != "METHOD.md" && f.Name != "README.md" && strings.Contains(string(f.Data), word) {
				t.Errorf("%s holds %q", f.Name, word)
			}
		}
		if f.Name == "SHA256SUMS.sig" {
			continue
		}
		altered := slices.Clone(files)
		altered[n].Data = append(slices.Clone(f.Data), ' ')
		if Verify(3, altered, check) == "" {
			t.Errorf("an altered %s verifies", f.Name)
		}
	}
	for _, want := range []string{"total.csv", "origin_host.csv", "release.json", "METHOD.md", "README.md", "SHA256SUMS", "SHA256SUMS.sig"} {
		if !names[want] {
			t.Errorf("no %s among %v", want, names)
		}
	}
	if !strings.HasPrefix(string(files[0].Data), "\"year\",\"persons\",\"shown\"\r\n\"2020\",\"") {
		t.Errorf("total.csv begins %q", files[0].Data)
	}
}

func TestFamilyCodes_AreThoseOfTheVocabulary(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../vocab/vocabulary.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Families []struct{ Code string }
		Lists    map[string]struct{ Items []struct{ Code string } }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var families, police []string
	for _, f := range file.Families {
		families = append(families, f.Code)
	}
	for _, c := range file.Lists["police_reported"].Items {
		police = append(police, c.Code)
	}
	slices.Sort(families)
	slices.Sort(police)
	if !slices.Equal(families, familyCodes) || !slices.Equal(police, policeCodes) {
		t.Errorf("%v %v", families, police)
	}
}
