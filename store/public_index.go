package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// publicTable is the read model of what is published.
const publicTable = "public_incidents"

// publicChanged numbers the change of a published record. It locks the one
// counter until the commit, so that changes become visible in their order.
func publicChanged(tx *gorm.DB, ref string) error {
	if err := tx.Exec("UPDATE public_state SET seq = seq + 1").Error; err != nil {
		return fmt.Errorf("count public change: %w", err)
	}
	if err := tx.Exec("UPDATE public_incidents SET seq = (SELECT seq FROM public_state) WHERE ref = ?", ref).Error; err != nil {
		return fmt.Errorf("number public change: %w", err)
	}
	return nil
}

// publicRemoved counts lines that left without a tombstone.
func publicRemoved(tx *gorm.DB, lines int64) error {
	if lines == 0 {
		return nil
	}
	if err := tx.Exec("UPDATE public_state SET seq = seq + 1, removed = removed + 1").Error; err != nil {
		return fmt.Errorf("count public removal: %w", err)
	}
	return nil
}

// publicIndex keeps the codes of everything published in memory: the public
// counts by any filter, and a database would scan for each. What it holds is
// compared with the counter before every answer, in the transaction that
// answers, so that a withdrawal binds at once and on every server.
type publicIndex struct {
	mu    sync.Mutex
	state publicState
	vocab string
	byRef map[string]*models.PublicFacts
	order []*models.PublicFacts // newest publication first; replaced, never changed
	// answers of this state, by question: everybody asks the same few.
	answers map[string]models.Stats
}

// mostAnswers are kept.
const mostAnswers = 256

// answered finds the counts of a question that was asked of the same state.
func (x *publicIndex) answered(state publicState, question string) (models.Stats, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s, ok := x.answers[question]
	return s, ok && x.state == state
}

// keep keeps counts until the state changes.
func (x *publicIndex) keep(state publicState, question string, s models.Stats) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state != state {
		return
	}
	if len(x.answers) >= mostAnswers {
		x.answers = map[string]models.Stats{}
	}
	x.answers[question] = s
}

type publicState struct{ Seq, Removed int64 }

// errOvertaken: the index is of a later moment than the transaction.
var errOvertaken = errors.New("overtaken")

// at brings the index to the moment of the transaction.
func (x *publicIndex) at(tx *gorm.DB, v *models.Vocabulary) ([]*models.PublicFacts, publicState, error) {
	var now publicState
	if err := tx.Raw("SELECT seq, removed FROM public_state").Scan(&now).Error; err != nil {
		return nil, now, fmt.Errorf("read public state: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	fresh := x.byRef == nil || x.vocab != v.Version
	switch {
	case !fresh && now == x.state:
		return x.order, now, nil
	case !fresh && now.Seq < x.state.Seq:
		return nil, now, errOvertaken
	case fresh || now.Removed != x.state.Removed:
		return x.load(tx, v, now, map[string]*models.PublicFacts{}, -1)
	}
	return x.load(tx, v, now, maps.Clone(x.byRef), x.state.Seq)
}

// load adds the changes after a number.
func (x *publicIndex) load(tx *gorm.DB, v *models.Vocabulary, now publicState, into map[string]*models.PublicFacts, after int64) ([]*models.PublicFacts, publicState, error) {
	rows, err := tx.Raw(`SELECT ref, published_at, facts, CASE WHEN facts IS NULL THEN body END AS body, body IS NOT NULL AS shown
		FROM public_incidents WHERE seq > ?`, after).Rows()
	if err != nil {
		return nil, now, fmt.Errorf("read public facts: %w", err)
	}
	defer func() { _ = rows.Close() }() // read to the end below
	words := map[string]string{}
	var behind []string
	for rows.Next() {
		var row struct {
			Ref         string
			PublishedAt time.Time
			Facts, Body *string
			Shown       bool
		}
		if err := tx.ScanRows(rows, &row); err != nil {
			return nil, now, fmt.Errorf("scan public facts: %w", err)
		}
		if !row.Shown {
			delete(into, row.Ref)
			continue
		}
		facts := &models.PublicFacts{}
		if row.Facts != nil {
			if err := json.Unmarshal([]byte(*row.Facts), facts); err != nil {
				return nil, now, fmt.Errorf("decode public facts: %w", err)
			}
		}
		if facts.Vocabulary != v.Version {
			behind = append(behind, row.Ref) // of an older program or vocabulary
		}
		facts.Ref, facts.PublishedAt = row.Ref, models.UTC(row.PublishedAt)
		share(facts, words)
		into[row.Ref] = facts
	}
	if err := rows.Err(); err != nil {
		return nil, now, fmt.Errorf("read public facts: %w", err)
	}
	if err := reread(tx, v, behind, into); err != nil {
		return nil, now, err
	}
	x.order = slices.SortedFunc(maps.Values(into), models.ByPublication)
	x.byRef, x.state, x.vocab, x.answers = into, now, v.Version, map[string]models.Stats{}
	return x.order, now, nil
}

// reread makes facts anew from what is published.
func reread(tx *gorm.DB, v *models.Vocabulary, refs []string, into map[string]*models.PublicFacts) error {
	for part := range slices.Chunk(refs, insertBatch) {
		records, err := publicBodies(tx, part)
		if err != nil {
			return err
		}
		for ref, p := range records {
			facts := p.Facts(v)
			facts.PublishedAt = into[ref].PublishedAt
			into[ref] = &facts
		}
	}
	return nil
}

// share keeps one copy of each code: they repeat in every record.
func share(p *models.PublicFacts, words map[string]string) {
	one := func(s *string) {
		known, ok := words[*s]
		if !ok {
			words[*s], known = *s, *s
		}
		*s = known
	}
	for _, s := range []*string{
		&p.Vocabulary, &p.OriginCountry, &p.HostCountry, &p.ProxyCountry, &p.Police, &p.Verification, &p.Scope, &p.InFHScope, &p.InUKScope, &p.InOHCHRScope,
	} {
		one(s)
	}
	for _, codes := range p.Facets {
		for i := range codes {
			one(&codes[i])
		}
	}
}

// publicBodies reads what is published of these records; withdrawn ones are
// not there.
func publicBodies(tx *gorm.DB, refs []string) (map[string]models.PublicIncident, error) {
	out := make(map[string]models.PublicIncident, len(refs))
	if len(refs) == 0 {
		return out, nil
	}
	var rows []publicRow
	if err := tx.Where("ref IN ? AND body IS NOT NULL", refs).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read public records: %w", err)
	}
	for _, r := range rows {
		var p models.PublicIncident
		if err := json.Unmarshal([]byte(*r.Body), &p); err != nil {
			return nil, fmt.Errorf("decode public record: %w", err)
		}
		out[r.Ref] = p
	}
	return out, nil
}

// readPublic reads in one snapshot, with the index of that very moment.
func (p *Public) readPublic(ctx context.Context, v *models.Vocabulary, fn func(tx *gorm.DB, all []*models.PublicFacts, state publicState) error) error {
	for range 1 + retries {
		err := p.s.read(ctx, func(tx *gorm.DB) error {
			all, state, err := p.s.published.at(tx, v)
			if err != nil {
				return err
			}
			return fn(tx, all, state)
		})
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return models.Fail(models.KindUnavailable, "database.unavailable", "Too much is being published at this moment. Try again.")
}
