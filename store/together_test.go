package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// shelf is a store whose writers come in the order that a test wants.
type shelf struct {
	t *testing.T
	s *Store
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	s, err := Open(t.Context(), Options{SQLitePath: filepath.Join(t.TempDir(), "farwatch.db"), AuditKey: make([]byte, 32), VaultKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h := shelf{t, s}
	h.must(s.write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("CREATE TABLE shelf (name TEXT PRIMARY KEY)").Error }))
	return h
}

func (h shelf) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func put(name string) func(*gorm.DB) error {
	return func(tx *gorm.DB) error { return tx.Exec("INSERT INTO shelf (name) VALUES (?)", name).Error }
}

// kept is what another connection sees.
func (h shelf) kept() (names []string) {
	h.t.Helper()
	h.must(h.s.read(context.Background(), func(tx *gorm.DB) error {
		return tx.Raw("SELECT name FROM shelf ORDER BY name").Scan(&names).Error
	}))
	return names
}

// together runs all as members of one transaction, in order, and gives their
// answers. The first holds the turn until everybody stands in line.
func (h shelf) together(ctx context.Context, members ...func(*gorm.DB) error) []error {
	h.t.Helper()
	answers := make([]error, len(members))
	var group sync.WaitGroup
	started := make(chan struct{})
	lined := make(chan struct{})
	for i, member := range members {
		fn := member
		if i == 0 {
			fn = func(tx *gorm.DB) error {
				close(started)
				<-lined
				return member(tx)
			}
		}
		group.Go(func() { answers[i] = h.s.write(ctx, fn) })
		if i == 0 {
			<-started
			continue
		}
		h.inLine(i)
	}
	close(lined)
	group.Wait()
	return answers
}

func (h shelf) inLine(n int) {
	h.t.Helper()
	for range 5000 {
		h.s.together.mu.Lock()
		now := len(h.s.together.queue)
		h.s.together.mu.Unlock()
		if now == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatalf("never %d in line", n)
}

func TestTogether_OneFails_TheOthersAreKept(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	refused := errors.New("refused")
	answers := h.together(t.Context(), put("a"), func(tx *gorm.DB) error { return errors.Join(put("b")(tx), refused) }, put("c"), put("a"))
	if answers[0] != nil || !errors.Is(answers[1], refused) || answers[2] != nil || models.KindOf(answers[3]) != models.KindConflict {
		t.Errorf("answers: %v", answers)
	}
	if got := h.kept(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("kept %v, want a and c", got)
	}
}

func TestTogether_NobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	var before []string
	answered := make(chan error, 1)
	answers := h.together(t.Context(), put("a"), func(tx *gorm.DB) error {
		go func() { answered <- h.s.read(context.Background(), func(*gorm.DB) error { return nil }) }()
		<-answered
		before = h.kept()
		return put("b")(tx)
	})
	if len(before) != 0 || errors.Join(answers...) != nil {
		t.Errorf("another connection saw %v while the transaction was open; answers %v", before, answers)
	}
	if got := h.kept(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("kept %v", got)
	}
}

// SQLite gives a transaction up by itself when the disk is full, for one.
func TestTogether_TransactionLost_EverybodyIsToldAndNothingKept(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	answers := h.together(t.Context(), put("a"), func(tx *gorm.DB) error { return tx.Exec("ROLLBACK").Error })
	if answers[0] == nil || answers[1] == nil {
		t.Errorf("answers %v, want two errors", answers)
	}
	if got := h.kept(); len(got) != 0 {
		t.Errorf("kept %v, want nothing", got)
	}
	h.must(h.s.write(t.Context(), put("later")))
	if got := h.kept(); !slices.Equal(got, []string{"later"}) {
		t.Errorf("kept %v after the next write", got)
	}
}

func TestTogether_WriterGoes_OnlyTheirsIsLeftOut(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	gone, leave := context.WithCancel(t.Context())
	var left, late error
	var group sync.WaitGroup
	answers := h.together(t.Context(), func(tx *gorm.DB) error {
		// One leaves while in line, one in the middle of the work.
		waiting, stop := context.WithCancel(t.Context())
		group.Go(func() { left = h.s.write(waiting, put("left")) })
		h.inLine(2)
		stop()
		h.inLine(1)
		group.Go(func() {
			late = h.s.write(gone, func(tx *gorm.DB) error {
				err := put("late")(tx)
				leave()
				return errors.Join(err, put("later")(tx))
			})
		})
		h.inLine(2)
		return put("a")(tx)
	}, put("b"))
	group.Wait()
	if errors.Join(answers...) != nil || !errors.Is(left, context.Canceled) || !errors.Is(late, context.Canceled) {
		t.Errorf("answers %v, who left %v and %v", answers, left, late)
	}
	if got := h.kept(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("kept %v, want a and b", got)
	}
}

func TestTogether_Panic_TheTurnGoesOn(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	func() {
		defer func() { _ = recover() }()
		_ = h.s.write(t.Context(), func(tx *gorm.DB) error {
			h.must(put("a")(tx))
			panic("a fault of the program")
		})
	}()
	h.must(h.s.write(t.Context(), put("b")))
	if got := h.kept(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("kept %v, want b alone", got)
	}
}

func TestTogether_ManyAtOnce_EachKeptOnce(t *testing.T) {
	t.Parallel()
	h := newShelf(t)
	h.must(h.s.write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("CREATE TABLE tally (n INTEGER)").Error }))
	h.must(h.s.write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("INSERT INTO tally VALUES (0)").Error }))
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for i := range 20 {
				err := h.s.write(t.Context(), func(tx *gorm.DB) error {
					if err := tx.Exec("UPDATE tally SET n = n + 1").Error; err != nil || i%4 > 0 {
						return err
					}
					return models.NotFound("incident")
				})
				if (err == nil) != (i%4 > 0) {
					t.Errorf("write %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	var n int
	h.must(h.s.read(t.Context(), func(tx *gorm.DB) error { return tx.Raw("SELECT n FROM tally").Scan(&n).Error }))
	if n != 16*15 {
		t.Errorf("%d kept, want 240", n)
	}
}
