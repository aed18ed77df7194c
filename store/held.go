package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/facts"
	"farwatch/models"
)

// heldFacts is the column index in memory: derived from the tables, never
// trusted beyond the change it was brought up to.
type heldFacts struct {
	index    atomic.Pointer[facts.Index] // nil: SQL answers
	catching sync.Mutex                  // one brings it up at a time
}

// Bounds of keeping the index.
const (
	// mostBehind changes are caught up with by whoever asks; beyond them SQL
	// answers until the index is read anew.
	mostBehind = 5000
	// factsPause is how often the program catches up unasked, so that askers find
	// little to do.
	factsPause = time.Second
	// heldTries is how often a question starts over because the index was brought
	// beyond its snapshot, before SQL answers it.
	heldTries = 3
)

// KeepFacts reads the index and keeps it until the context ends. It gives back
// nothing: while the index is missing, SQL answers. told hears of failures.
func (s *System) KeepFacts(ctx context.Context, told func(error)) {
	tick := time.NewTicker(factsPause)
	defer tick.Stop()
	for {
		if err := s.s.keepFacts(ctx); err != nil && ctx.Err() == nil {
			told(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// LoadFacts reads the index now.
func (s *System) LoadFacts(ctx context.Context) error { return s.s.loadFacts(ctx) }

// FactsHeld tells whether the index answers, and about how much memory it takes.
func (s *System) FactsHeld() (held bool, bytes uint64) {
	x := s.s.facts.index.Load()
	if x == nil {
		return false, 0
	}
	return true, x.Bytes()
}

func (s *Store) keepFacts(ctx context.Context) error {
	if s.facts.index.Load() == nil {
		return s.loadFacts(ctx)
	}
	return s.read(ctx, func(tx *gorm.DB) error {
		head, err := changeHead(tx)
		if err == nil {
			_, err = s.upTo(tx, head)
		}
		return err
	})
}

func changeHead(tx *gorm.DB) (seq int64, err error) {
	if err := tx.Raw("SELECT seq FROM change_head WHERE id = 1").Scan(&seq).Error; err != nil {
		return 0, fmt.Errorf("read head of changes: %w", err)
	}
	return seq, nil
}

// ChangeCount is how many changes of records there were: while it stays, every
// question about records has the same answer. Errors: session.expired.
func (v *View) ChangeCount(ctx context.Context) (seq int64, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		h, err := v.standing(tx)
		if err == nil && !h.active {
			err = models.SessionExpired()
		}
		seq = h.seq
		return err
	})
	return seq, err
}

// upTo is the index at a change that the transaction sees, or beyond; nil when
// SQL must answer.
func (s *Store) upTo(tx *gorm.DB, seq int64) (*facts.Index, error) {
	x := s.facts.index.Load()
	if x == nil || x.Seq() >= seq {
		return x, nil
	}
	s.facts.catching.Lock()
	defer s.facts.catching.Unlock()
	if x = s.facts.index.Load(); x == nil || x.Seq() >= seq {
		return x, nil
	}
	ids, last, err := changedSince(tx, x.Seq(), mostBehind)
	if err != nil {
		return nil, err
	}
	if last < seq {
		s.facts.index.Store(nil) // too far behind
		return nil, nil
	}
	var b facts.Batch
	err = s.asSystem(tx, func() error { return factsOf(tx, ids, &b) })
	if err != nil {
		return nil, err
	}
	x.Apply(seq, ids, &b)
	return x, nil
}

// changedSince reads which records changed behind a change, and how far that
// goes: no further than from when changes between were forgotten.
func changedSince(tx *gorm.DB, from int64, limit int) (ids []uint32, last int64, err error) {
	var rows []struct{ Seq, IncidentID int64 }
	err = tx.Raw("SELECT seq, incident_id FROM changes WHERE seq > ? ORDER BY seq, incident_id LIMIT ?", from, limit+1).Scan(&rows).Error
	if err != nil {
		return nil, 0, fmt.Errorf("read changes: %w", err)
	}
	if len(rows) == 0 || rows[0].Seq != from+1 {
		return nil, from, nil
	}
	if len(rows) > limit { // the last change may go on
		cut := rows[limit].Seq
		for len(rows) > 0 && rows[len(rows)-1].Seq == cut {
			rows = rows[:len(rows)-1]
		}
		if len(rows) == 0 {
			return nil, from, nil
		}
	}
	seen := map[int64]bool{}
	for _, r := range rows {
		if last = r.Seq; seen[r.IncidentID] {
			continue
		}
		seen[r.IncidentID] = true
		id, err := factID(r.IncidentID)
		if err != nil {
			return nil, 0, err
		}
		ids = append(ids, id)
	}
	return ids, last, nil
}

// factID is a record's internal id as the index has it.
func factID(id int64) (uint32, error) {
	if id < 0 || id >= 1<<32 {
		return 0, fmt.Errorf("record id %d does not fit the column index", id)
	}
	return uint32(id), nil
}

// held is the index in one snapshot of the database.
type held struct {
	x      *facts.Index // nil: SQL answers
	seq    int64
	active bool // account and membership of the principal are
}

// errMoved ends a snapshot that the index has left behind.
var errMoved = errors.New("the column index is beyond this snapshot")

// read runs fn over the index as the snapshot sees it.
func (h held) read(fn func(facts.Reader)) error {
	moved := false
	h.x.Read(func(r facts.Reader) {
		if moved = r.Seq != h.seq; !moved {
			fn(r)
		}
	})
	if moved {
		return errMoved
	}
	return nil
}

// readHeld is read with the index beside the tables. A filter that the index
// cannot answer gets none, nor does what a grant shares. fn may run several times.
func (v *View) readHeld(ctx context.Context, f models.IncidentFilter, fn func(*gorm.DB, held) error) error {
	for try := range heldTries + 1 {
		err := v.read(ctx, func(tx *gorm.DB) error {
			var h held
			if try < heldTries && v.through == nil && v.s.facts.index.Load() != nil && heldFilter(f) {
				var err error
				if h, err = v.heldIn(tx); err != nil {
					return err
				}
			}
			return fn(tx, h)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return errMoved // not reached: the last try has no index
}

func (v *View) heldIn(tx *gorm.DB) (h held, err error) {
	if h, err = v.standing(tx); err != nil {
		return h, err
	}
	h.x, err = v.s.upTo(tx, h.seq)
	return h, err
}

func (v *View) standing(tx *gorm.DB) (h held, err error) {
	var row struct {
		Seq    int64
		Active bool
	}
	if err := tx.Raw("SELECT h.seq, "+activeMember+" AS active FROM change_head h WHERE h.id = 1", v.p.UserID, v.p.OrganisationID).Scan(&row).Error; err != nil {
		return h, fmt.Errorf("read head of changes: %w", err)
	}
	h.seq, h.active = row.Seq, row.Active
	return h, nil
}

// heldFilter tells whether the index can answer a filter: not one with words,
// and not one with a member that is unknown here.
func heldFilter(f models.IncidentFilter) bool {
	for _, d := range models.FilterFields() {
		f = d.Without(f)
	}
	for _, day := range []**models.Day{&f.DateFrom, &f.DateTo, &f.ReportedFrom, &f.ReportedTo} {
		if *day != nil {
			if _, ok := dayNumber(string(**day)); !ok {
				return false
			}
			*day = nil
		}
	}
	f.ExplicitOnly, f.DateWithin, f.Undated, f.UpdatedSince, f.Counted, f.Mine, f.Where = false, false, nil, nil, nil, nil, nil
	return reflect.ValueOf(f).IsZero()
}
