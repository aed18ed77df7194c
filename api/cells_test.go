package api

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"
)

// may asks the golden table of roles.
func (w who) may(operation string) bool {
	switch {
	case golden[operation] == "*":
		return true
	case w.dead:
		return false
	case golden[operation] == "s":
		return true
	}
	for letter, role := range letters {
		if w.has(role) && strings.Contains(golden[operation], letter) {
			return true
		}
	}
	return false
}

// gate is the answer to somebody who may not call the operation at all; "" lets
// them on.
func (w who) gate(operation string) string {
	switch {
	case w.may(operation):
		return ""
	case w.kind == "signed out":
		return "401 session.required"
	case w.dead:
		return "401 session.expired"
	}
	return "403 permission.denied"
}

// expected is the one answer that a cell of the matrix has.
func (rc recordCase) expected(w who, r cell) string {
	if refused := w.gate(rc.operation); refused != "" {
		return refused
	}
	// What is public asks for nobody.
	if !w.reads(r) || golden[rc.operation] == "*" {
		if rc.hidden != nil {
			return rc.hidden(w, r)
		}
		return "404 incident.not_found"
	}
	if rc.want == nil {
		return "200"
	}
	return rc.want(w, r)
}

// changes tells whether the request does what can be done once.
func (rc recordCase) changes(w who, r cell) bool {
	return rc.alone && strings.HasPrefix(rc.expected(w, r), "2")
}

// TestCells_EveryOperationOnRecords_ByEverybody is T-01: operation by person by
// sensitivity by state.
func TestCells_EveryOperationOnRecords_ByEverybody(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c := newCells(t, a)
		fresh := c.spares()
		for _, rc := range recordCases {
			for _, w := range c.people {
				for _, r := range c.records {
					if c.skips(rc, w, r) {
						continue
					}
					if rc.changes(w, r) {
						r = fresh(w, r)
					}
					c.check(rc, w, r)
				}
			}
		}
		least := 9000
		if a.store.Dialect() == "postgres" {
			least = 2000
		}
		if c.count < least {
			t.Errorf("only %d cells", c.count)
		}
		t.Logf("%d cells: %d cases of operations on records, %d kinds of people, %d records", c.count, len(recordCases), len(c.people), len(c.records))
	})
}

// skips leaves out what a cell beside it says as well: who is stopped at the
// gate is stopped whatever the record, so four records stand for all.
func (c *cells) skips(rc recordCase, w who, r cell) bool {
	if w.gate(rc.operation) != "" || !w.home {
		return slices.Index(cellSensitivities, r.sensitivity)*2 != slices.Index(cellStates, r.state)
	}
	return c.sampledOut(rc.operation, rc.variant, w.kind, r.sensitivity, r.state)
}

// sampledOut leaves out half of the cells on PostgreSQL, where the same code
// asks: a half of its own, the same in every run. -short leaves a quarter, and
// FARWATCH_TEST_WHOLE=1 everything.
func (c *cells) sampledOut(names ...any) bool {
	if c.store.Dialect() != "postgres" || os.Getenv("FARWATCH_TEST_WHOLE") != "" {
		return false
	}
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, names...)
	if testing.Short() {
		return h.Sum32()%4 != 0
	}
	return h.Sum32()%2 != 0
}

// spares gives records of their own to what can be done once. They are written
// beforehand, in one go.
func (c *cells) spares() func(w who, like cell) cell {
	var kinds []cell
	for _, rc := range recordCases {
		for _, w := range c.people {
			for _, r := range c.records {
				if !c.skips(rc, w, r) && rc.changes(w, r) {
					kinds = append(kinds, cell{sensitivity: r.sensitivity, state: r.state})
				}
			}
		}
	}
	ready := c.seed(c.author, "Spare", kinds)
	return func(w who, like cell) cell {
		at := slices.IndexFunc(ready, func(r cell) bool { return r.sensitivity == like.sensitivity && r.state == like.state })
		r := ready[at]
		ready = slices.Delete(ready, at, at+1)
		c.staff(r, w)
		return r
	}
}

// ask sends the request of a case.
func (c *cells) ask(rc recordCase, w who, r cell) answer {
	c.t.Helper()
	method, _, _ := strings.Cut(c.keyOf(rc.operation), " ")
	path := "/api/v1/incidents/" + r.ref + rc.rest
	if rc.at != nil {
		path = rc.at(r)
	}
	if rc.before != nil {
		path += rc.before(c, w, r)
	}
	var body any
	if rc.body != nil {
		body = rc.body(c, r)
	}
	var headers []string
	if rc.match {
		headers = []string{"If-Match", c.etag(r.ref, r.version)}
	}
	return c.call(w.person, method, path, body, headers...)
}

func (c *cells) check(rc recordCase, w who, r cell) {
	c.t.Helper()
	got, want := c.ask(rc, w, r), rc.expected(w, r)
	if got.String() != want {
		c.t.Errorf("%s %s by %s on a record %s, %s: %s, want %s", rc.operation, rc.variant, w.kind, r.sensitivity, r.state, got, want)
	}
	if rc.after != nil && got.status < 300 {
		rc.after(c, w, got)
	}
	c.count++
}

func (c *cells) keyOf(operation string) string {
	for key, op := range c.contract.operations {
		if op.id == operation {
			return key
		}
	}
	c.t.Fatalf("the contract has no operation %s", operation)
	return ""
}

func decode(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

// TestCells_EveryOperation_HasACase fails the build for an operation that names
// something in its path and says nothing about whose it must be.
func TestCells_EveryOperation_HasACase(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	must(t, err)
	cases := map[string]bool{}
	for _, rc := range recordCases {
		cases[rc.operation] = true
	}
	for _, oc := range ownCases {
		cases[oc.operation] = true
	}
	for key, op := range c.operations {
		if strings.Contains(key, ":") && !cases[op.id] {
			t.Errorf("%s (%s) names something in its path: add a case to recordCases or ownCases", op.id, key)
		}
		delete(cases, op.id)
	}
	for id := range cases {
		t.Errorf("there is a case of %s, the contract has no such operation", id)
	}
}
