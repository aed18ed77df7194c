package store

import (
	"errors"
	"slices"
	"testing"
)

func TestIDSet_Behind_GivesTheNextOnesInOrder(t *testing.T) {
	t.Parallel()
	var s idSet
	for _, id := range []int64{64, 1, 200, 63, 5, 5, 128} {
		s.add(id)
	}
	if s.count != 6 || !s.has(63) || s.has(62) || s.has(10_000) {
		t.Errorf("%d ids; 63 %v, 62 %v", s.count, s.has(63), s.has(62))
	}
	for _, c := range []struct {
		last int64
		most int
		want []int64
	}{
		{0, 3, []int64{1, 5, 63}}, {63, 2, []int64{64, 128}}, {62, 2, []int64{63, 64}}, {128, 9, []int64{200}}, {200, 9, nil}, {9999, 9, nil},
	} {
		if got := s.behind(c.last, c.most); !slices.Equal(got, c.want) {
			t.Errorf("behind %d, at most %d: %v, want %v", c.last, c.most, got, c.want)
		}
	}
}

func TestCells_Codes_AsJSONReadsThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`[]`: {}, `["a"]`: {"a"}, `["a","b,c","[d]"]`: {"a", "b,c", "[d]"}, `[""]`: {""}, `["\u003ca\"b"]`: {`<a"b`}, `[ "a" , "b" ]`: {"a", "b"}, `["é"]`: {"é"},
	} {
		c := cells{values: []any{text}}
		if got := c.codes(); c.err != nil || got == nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", text, got, c.err, want)
		}
	}
	for _, text := range []string{`["a"`, `["a" "b"]`, `["a",]`, `[1]`, `x`} {
		c := cells{values: []any{text}}
		if got := c.codes(); c.err == nil {
			t.Errorf("%s: %q and no error", text, got)
		}
	}
}

func TestCells_OtherType_IsAnError(t *testing.T) {
	t.Parallel()
	c := cells{values: []any{int64(1), "x", nil, true, int64(0)}}
	if c.text(); c.err == nil {
		t.Error("a number was taken for a text")
	}
	c.err = nil
	if c.whole(); c.err == nil {
		t.Error("a text was taken for a number")
	}
	c.err = nil
	if c.someText() != nil || !c.yes() || c.yes() || c.err != nil {
		t.Errorf("NULL, true and 0 were not read: %v", c.err)
	}
}

func TestExtent_Columns_LeavesOutWhatItLacks(t *testing.T) {
	t.Parallel()
	all := []string{"kind", "+note", "!row_key", "!+protected"}
	for _, c := range []struct {
		extent
		sql     string
		present []bool
	}{
		{extent{}, "t.kind, t.note, t.row_key, t.protected", []bool{true, true, true, true}},
		{extent{wide: true}, "t.kind, t.row_key", []bool{true, false, true, false}},
		{extent{bare: true}, "t.kind, t.note", []bool{true, true, false, false}},
		{extent{wide: true, bare: true}, "t.kind", []bool{true, false, false, false}},
	} {
		if got := c.columns("t.", all...); got.sql != c.sql || !slices.Equal(got.present, c.present) {
			t.Errorf("%+v: %q %v, want %q %v", c.extent, got.sql, got.present, c.sql, c.present)
		}
	}
}

// TestPlaced_EntriesInAnyOrder_ComeByPosition: A10 stands before A2 in an index.
func TestPlaced_EntriesInAnyOrder_ComeByPosition(t *testing.T) {
	t.Parallel()
	var p placed[string]
	for _, e := range []struct {
		place
		value string
	}{
		{place{2, "", 0}, "d"}, {place{1, "", 9}, "c"}, {place{1, "", 0}, "a"}, {place{3, "A2", 0}, "f"}, {place{3, "A1", 0}, "e"}, {place{1, "", 1}, "b"},
	} {
		*p.add(e.place) = e.value
	}
	p.add(place{4, "", 0})
	p.drop()
	var got []string
	p.each(func(at place, list []string) { got = append(got, append(list, "|")...) })
	if want := []string{"a", "b", "c", "|", "d", "|", "e", "|", "f", "|"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOf_RecordsSideBySide_AreARange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ids  []int64
		want string
	}{{[]int64{7}, "id BETWEEN ? AND ?"}, {[]int64{9, 7, 8}, "id BETWEEN ? AND ?"}, {[]int64{7, 10}, "id BETWEEN ? AND ?"}, {[]int64{7, 11}, "id IN ?"}} {
		if got, _ := of("id", c.ids); got != c.want {
			t.Errorf("%v: %s, want %s", c.ids, got, c.want)
		}
	}
}

func TestAhead_EveryEnd_StopsReading(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		lists    int // that there are
		failAt   int // reading fails instead of giving that one; 0: never
		enough   int // lists after which use has enough
		useFails int
		used     int
		err      error
	}{
		"all": {lists: 5, enough: 9, used: 5}, "none": {enough: 9}, "enough": {lists: 1 << 30, enough: 3, used: 3},
		"reading fails": {lists: 5, failAt: 3, enough: 9, used: 2, err: broken}, "use fails": {lists: 1 << 30, enough: 9, useFails: 2, used: 2, err: broken},
	} {
		read, used := 0, 0
		err := ahead(func() ([]int, bool, error) {
			read++
			if read == c.failAt {
				return nil, true, broken
			}
			return []int{read}, read <= c.lists, nil
		}, func(list []int) (bool, error) {
			if used++; list[0] != used {
				t.Errorf("%s: list %d came as number %d", name, list[0], used)
			}
			if used == c.useFails {
				return true, broken
			}
			return used < c.enough, nil
		})
		if !errors.Is(err, c.err) || used != c.used {
			t.Errorf("%s: used %d, %v, want %d, %v", name, used, err, c.used, c.err)
		}
		if read > used+2 {
			t.Errorf("%s: read %d lists for %d used", name, read, used)
		}
	}
}

func TestAhead_ReadingPanics_PanicsWhereItIsUsed(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := recover(); got != "lost" {
			t.Errorf("recovered %v", got)
		}
	}()
	err := ahead(func() ([]int, bool, error) { panic("lost") }, func([]int) (bool, error) { return true, nil })
	t.Errorf("no panic, %v", err)
}
