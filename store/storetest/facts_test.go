package storetest_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"farwatch/internal/search"
	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// writer changes records at random, as people of one organisation would.
type writer struct {
	t        *testing.T
	dice     *rand.Rand
	people   []models.Principal
	refs     []string
	merged   []string
	imported string // id of the import that is not taken back yet
	rows     int
	done     map[string]int
}

// kinds are the ways of writing.
var kinds = []string{
	"create", "edit", "edit", "move", "move", "move", "move", "verify", "verify", "merge", "merge", "merge", "unmerge", "unmerge", "assign", "unassign", "erase", "import", "undo import",
}

// all tells whether every way was taken.
func (w *writer) all() bool {
	return !slices.ContainsFunc(append(slices.Clone(kinds), "undo"), func(kind string) bool { return w.done[kind] == 0 })
}

// step makes one change on a node, unless it is refused again and again.
func (w *writer) step(node storetest.World) {
	kind := pick(w.dice, kinds...)
	for range 6 { // as others, on other records
		err := w.change(node, kind)
		if err == nil {
			w.done[kind]++
			return
		}
		if models.KindOf(err) == models.KindInternal {
			w.t.Fatalf("%s: %v", kind, err)
		}
	}
}

func (w *writer) change(node storetest.World, kind string) (err error) {
	ctx, p := w.t.Context(), pick(w.dice, w.people...)
	v := node.For(p)
	if kind == "create" {
		in := randomInput(w.dice, w.dice.IntN(1000))
		var rec models.Incident
		if rec, _, err = v.CreateIncident(ctx, node.Creation(storetest.Incident{Input: in})); err == nil {
			w.refs = append(w.refs, rec.Ref)
		}
		return err
	}
	ref := pick(w.dice, w.refs...)
	if kind == "unmerge" && len(w.merged) > 0 {
		ref = pick(w.dice, w.merged...)
	}
	rec, err := v.Incident(ctx, ref)
	if err != nil {
		return err
	}
	why := storetest.Ptr("A test needs it so.")
	switch kind {
	case "edit":
		b := storetest.Incident{Input: randomInput(w.dice, w.dice.IntN(1000))}
		_, err = v.UpdateIncident(ctx, node.Update(rec, b))
	case "move":
		var open []string
		for _, m := range p.Moves(rec, models.Day("2026-01-15"), node.Vocabulary) {
			if m.Refusal == nil && len(m.Gaps) == 0 {
				open = append(open, m.To)
			}
		}
		to := models.Transition{To: pick(w.dice, append(open, models.StatusDraft)...), Reason: why}
		switch to.To {
		case models.StatusClosed:
			to.ClosingReason = storetest.Ptr(pick(w.dice, "too_thin", "consent_refused"))
		case models.StatusWithdrawn:
			to.WithdrawalReason = storetest.Ptr("error")
		case models.StatusEmbargoed:
			to.EmbargoUntil = storetest.Ptr(models.Day("2026-03-01"))
		}
		var moved models.Incident
		if moved, err = v.MoveIncident(ctx, ref, rec.Version, to, node.Vocabulary); err == nil && w.dice.IntN(3) > 0 {
			if _, err := v.UndoIncident(ctx, ref, moved.Version, node.Vocabulary); err == nil {
				w.done["undo"]++
			}
		}
	case "verify":
		_, err = v.VerifyIncident(ctx, ref, rec.Version, models.Judgement{Status: pick(w.dice, verifications...), Reason: "A test."}, node.Vocabulary)
	case "merge":
		if _, err = v.MergeIncident(ctx, ref, rec.Version, pick(w.dice, w.refs...), why, node.Vocabulary); err == nil {
			w.merged = append(w.merged, ref)
		}
	case "unmerge":
		_, err = v.UnmergeIncident(ctx, ref, rec.Version, why, node.Vocabulary)
	case "assign":
		_, err = v.Assign(ctx, ref, pick(w.dice, w.people...).UserID)
	case "unassign":
		_, err = v.Unassign(ctx, ref, pick(w.dice, w.people...).UserID)
	case "erase":
		if err = node.System().Erase(ctx, ref, "record", "a test", "test"); err == nil {
			w.refs = slices.DeleteFunc(w.refs, func(r string) bool { return r == ref })
		}
	case "import":
		err = w.importRows(node, p)
	case "undo import":
		err = w.undoImport(node, p)
	}
	return err
}

// importRows writes a few rows of an import, of which some change records of
// earlier ones.
func (w *writer) importRows(node storetest.World, p models.Principal) error {
	ctx, v := w.t.Context(), node.For(p)
	begun, err := v.BeginImport(ctx, "x.csv", 1, fmt.Sprint("import ", w.rows), "")
	if err != nil {
		return err
	}
	if _, err = v.ChangeImport(ctx, begun.ID, store.ImportChange{From: []string{models.ImportUploading}, To: models.ImportRunning}); err != nil {
		return err
	}
	var rows []models.ImportedRow
	for range 5 {
		w.rows++
		in := randomInput(w.dice, w.rows)
		in.Targets[0].Response = "undisclosed"
		in.Normalize()
		rows = append(rows, models.ImportedRow{
			Number: w.rows, Input: in, Derived: models.Derive(in, node.Vocabulary), Key: fmt.Sprint("key ", w.dice.IntN(30)), Content: in.Title,
			Merge: func(old models.IncidentInput) models.IncidentInput {
				old.Title, old.Acts = in.Title, in.Acts
				return old
			},
		})
	}
	if _, err = v.WriteImported(ctx, begun.ID, rows, node.Vocabulary); err == nil {
		w.imported = begun.ID
	}
	return err
}

func (w *writer) undoImport(node storetest.World, p models.Principal) error {
	ctx, v := w.t.Context(), node.For(p)
	_, err := v.ChangeImport(ctx, w.imported, store.ImportChange{From: []string{models.ImportRunning}, To: models.ImportUndoing})
	for left := true; left && err == nil; {
		left, err = v.UndoImported(ctx, w.imported, node.Vocabulary)
	}
	return err
}

// answers are everything that the column index answers, to one question.
type answers struct {
	Stats, Implied models.Stats
	Facets         []models.FacetCounts
	Total          int
	Listed         []string // first pages, in three orders
}

func ask(t *testing.T, s *store.Store, p models.Principal, f models.IncidentFilter, fields []models.FilterField) (a answers) {
	t.Helper()
	var err error
	a.Stats, err = s.For(p).Stats(t.Context(), f, false)
	must(t, err)
	a.Implied, err = s.For(p).Stats(t.Context(), f, true)
	must(t, err)
	a.Facets, err = s.For(p).Facets(t.Context(), f, fields)
	must(t, err)
	for i := range a.Facets {
		a.Facets[i].Items = slices.Clip(append([]models.Count{}, a.Facets[i].Items...)) // none is none
	}
	for _, sort := range []models.Sort{{Column: "updated_at", Descending: true}, {Column: "updated_at"}, {Column: "title"}} {
		page := models.Page{Sort: sort, Limit: 7}
		for range 3 {
			var items []models.IncidentSummary
			items, a.Total, page.Cursor, err = s.For(p).Incidents(t.Context(), f, page)
			must(t, err)
			for _, item := range items {
				a.Listed = append(a.Listed, item.Ref)
			}
			if page.Cursor == "" {
				break
			}
		}
	}
	return a
}

// text is what two equal answers have in common.
func (a answers) text(t *testing.T) string {
	t.Helper()
	data, err := json.MarshalIndent(a, "", " ")
	must(t, err)
	return string(data)
}

func (w *writer) filter() models.IncidentFilter {
	if w.dice.IntN(4) == 0 {
		return models.IncidentFilter{}
	}
	f := randomFilter(w.dice)
	f.ExplicitOnly = w.dice.IntN(3) == 0
	if w.dice.IntN(5) == 0 {
		q, _ := search.Parse(pick(w.dice, "choir", "officer -choir", "nobody", "student"), search.NewVariants(&models.Vocabulary{}))
		f.Text = &q
	}
	if w.dice.IntN(4) == 0 {
		where, err := models.ParseWhere(randomWhere(w.dice, 2))
		must(w.t, err)
		f.Where = &where
	}
	return f
}

// TestFacts_AfterRandomWrites_AnswerAsSQL: two programs with a column index and
// one without share a database; whoever writes, all three say the same.
func TestFacts_AfterRandomWrites_AnswerAsSQL(t *testing.T) {
	t.Parallel()
	storetest.EachCluster(t, 3, func(t *testing.T, nodes []*store.Store, clock *storetest.Clock) {
		vocab := vocabulary(t)
		worlds := make([]storetest.World, len(nodes))
		for i, s := range nodes {
			worlds[i] = storetest.World{Store: s, Vocabulary: vocab}
		}
		person := worlds[0].Person
		w := &writer{t: t, dice: rand.New(rand.NewPCG(20260116, 1)), done: map[string]int{}, people: []models.Principal{
			person(t, "alpha", "one", models.RoleCaseworker), person(t, "alpha", "two", models.RoleCaseworker),
			person(t, "alpha", "reviewer", models.RoleReviewer), person(t, "alpha", "second", models.RoleReviewer, models.RoleCaseworker),
			person(t, "beta", "three", models.RoleCaseworker, models.RoleReviewer),
		}}
		closed := person(t, "alpha", "closed", models.RoleReviewer)
		must(t, worlds[0].System().DisableUser(t.Context(), "closed"))
		askers := append(slices.Clone(w.people), closed, models.Principal{},
			person(t, "alpha", "analyst", models.RoleAnalyst), person(t, "alpha", "advocate", models.RoleAdvocate), person(t, "alpha", "admin", models.RoleOrgAdmin))
		for _, p := range w.people { // and the programs of them
			askers = append(askers, p.AsMachine())
		}
		for _, author := range w.people[3:] {
			var records []store.SeedIncident
			for i := range 60 {
				in := randomInput(w.dice, i)
				records = append(records, store.SeedIncident{
					Input: in, Derived: models.Derive(in, vocab), WorkflowStatus: pick(w.dice, workflows...), VerificationStatus: pick(w.dice, verifications...),
					CreatedAt: clock.Now(),
				})
			}
			worlds[0].Seed(t, author, records...)
			for _, item := range list(t, worlds[0], author, models.IncidentFilter{}) {
				w.refs = append(w.refs, item.Ref)
			}
		}
		must(t, nodes[0].System().LoadFacts(t.Context()))
		rounds := 50
		if testing.Short() {
			rounds = 25
		}
		counted, found := 0, 0
		for round := 0; round < rounds || round < 4*rounds && !w.all(); round++ {
			for range 3 + w.dice.IntN(6) {
				w.step(pick(w.dice, worlds...))
				clock.Advance(time.Duration(w.dice.IntN(100)) * time.Minute)
			}
			if round == rounds/3 {
				must(t, nodes[1].System().LoadFacts(t.Context()))
			}
			p, f := pick(w.dice, askers...), w.filter()
			first := w.dice.IntN(len(models.FilterFields()) - 5)
			fields := models.FilterFields()[first : first+5]
			want := ask(t, nodes[2], p, f, fields)
			for i, s := range nodes[:2] {
				if held, _ := s.System().FactsHeld(); held != (i == 0 || round >= rounds/3) {
					t.Fatalf("round %d: node %d holds an index: %t", round, i, held)
				}
				if got := ask(t, s, p, f, fields); got.text(t) != want.text(t) {
					question, _ := json.Marshal(f)
					t.Fatalf("round %d: node %d answers %s %v with %s:\n%s\nand SQL\n%s", round, i, p.UserName, p.Roles, question, got.text(t), want.text(t))
				}
			}
			if found += want.Total; want.Total > 0 {
				counted++
			}
		}
		t.Logf("%v; %d records found by %d questions", w.done, found, counted)
		if !w.all() {
			t.Errorf("not every way of writing was taken: this test shows little")
		}
		if counted < rounds/4 || found < 4*rounds {
			t.Errorf("%d records found by %d questions: this test shows little", found, counted)
		}
	})
}

// TestFacts_IndexBehind_CatchesUpBeforeItAnswers: a change by another program is
// in the very next answer, and so is who lost the right to see it.
func TestFacts_IndexBehind_CatchesUpBeforeItAnswers(t *testing.T) {
	t.Parallel()
	storetest.EachCluster(t, 2, func(t *testing.T, nodes []*store.Store, _ *storetest.Clock) {
		one, two := storetest.World{Store: nodes[0], Vocabulary: vocabulary(t)}, storetest.World{Store: nodes[1], Vocabulary: vocabulary(t)}
		author := one.Person(t, "alpha", "author", models.RoleCaseworker)
		other := one.Person(t, "alpha", "other", models.RoleCaseworker)
		must(t, two.System().LoadFacts(t.Context()))
		incidents := func(p models.Principal) int {
			t.Helper()
			s, err := two.For(p).Stats(t.Context(), models.IncidentFilter{}, false)
			must(t, err)
			if held, _ := two.System().FactsHeld(); !held {
				t.Fatal("SQL answered: this test shows nothing")
			}
			return s.Incidents
		}
		rec := one.Log(t, author, storetest.ACall().Sensitivity("restricted"))
		if a, b := incidents(author), incidents(other); a != 1 || b != 0 {
			t.Fatalf("the author counts %d and the other %d, want 1 and 0", a, b)
		}
		_, err := one.For(author).Assign(t.Context(), rec.Ref, other.UserID)
		must(t, err)
		if n := incidents(other); n != 1 {
			t.Errorf("somebody just put on the team counts %d, want 1", n)
		}
		_, err = one.For(author).Unassign(t.Context(), rec.Ref, other.UserID)
		must(t, err)
		if n := incidents(other); n != 0 {
			t.Errorf("somebody just taken off the team counts %d, want 0", n)
		}
		must(t, one.System().Erase(t.Context(), rec.Ref, "record", "a test", "test"))
		if n := incidents(author); n != 0 {
			t.Errorf("an erased record is counted: %d", n)
		}
		must(t, one.System().DisableUser(t.Context(), "author"))
		one.Log(t, other, storetest.ACall())
		if n := incidents(author); n != 0 {
			t.Errorf("a closed account counts %d", n)
		}
	})
}
