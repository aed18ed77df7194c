package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// Public is the store as everybody sees it: published records only.
type Public struct{ s *Store }

// Public gives access to what is published.
func (s *Store) Public() *Public { return &Public{s: s} }

// State names the present state of everything published: it changes with every
// publication, correction and withdrawal, and with nothing else.
func (p *Public) State(ctx context.Context) (string, error) {
	var now publicState
	err := p.s.read(ctx, func(tx *gorm.DB) error {
		return tx.Raw("SELECT seq, removed FROM public_state").Scan(&now).Error
	})
	if err != nil {
		return "", fmt.Errorf("read public state: %w", err)
	}
	return strconv.FormatInt(now.Seq, 10), nil
}

// Stats counts published records over one filter, exactly. The caller must not
// change what it gets: others get it too.
func (p *Public) Stats(ctx context.Context, v *models.Vocabulary, f models.IncidentFilter, includeImplied bool) (out models.Stats, err error) {
	text, err := json.Marshal(f)
	if err != nil {
		return out, fmt.Errorf("encode filter: %w", err)
	}
	question := strconv.FormatBool(includeImplied) + string(text)
	err = p.readPublic(ctx, v, func(_ *gorm.DB, all []*models.PublicFacts, state publicState) error {
		var known bool
		if out, known = p.s.published.answered(state, question); known {
			out.AsOf = p.s.now() // it is still so
			return nil
		}
		match := f.PublicMatch()
		out = models.CountPublic(func(yield func(*models.PublicFacts) bool) {
			for _, facts := range all {
				if match(facts) && !yield(facts) {
					return
				}
			}
		}, includeImplied, p.s.now())
		p.s.published.keep(state, question, out)
		return nil
	})
	return out, err
}

// publicCursor is where the next page of the public list starts.
type publicCursor struct {
	At  time.Time `json:"p"`
	Ref string    `json:"r"`
}

func decodePublicCursor(s string) (*models.PublicFacts, error) {
	bad := models.Fail(models.KindMalformed, "cursor.invalid", "This cursor belongs to another list. Start again without a cursor.")
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad.Because(err)
	}
	var c publicCursor
	if err := json.Unmarshal(data, &c); err != nil || c.At.IsZero() {
		return nil, bad
	}
	if ref, err := models.ParseRef(c.Ref); err != nil || ref != c.Ref {
		return nil, bad
	}
	return &models.PublicFacts{PublishedAt: c.At, Ref: c.Ref}, nil
}

// Incidents answers one page of what is published, the newest publication
// first, how many records match on all pages, and the cursor of the next page
// ("" on the last). Errors: cursor.invalid.
func (p *Public) Incidents(ctx context.Context, v *models.Vocabulary, f models.IncidentFilter, cursor string, limit int) (items []models.PublicItem, total int, next string, err error) {
	limit = min(max(limit, 1), models.MaxPage)
	var start *models.PublicFacts
	if cursor != "" {
		if start, err = decodePublicCursor(cursor); err != nil {
			return nil, 0, "", err
		}
	}
	err = p.readPublic(ctx, v, func(tx *gorm.DB, all []*models.PublicFacts, _ publicState) error {
		match := f.PublicMatch()
		var page []*models.PublicFacts
		total = 0
		for _, facts := range all {
			if !match(facts) {
				continue
			}
			total++
			if len(page) <= limit && (start == nil || models.ByPublication(start, facts) < 0) {
				page = append(page, facts)
			}
		}
		if len(page) > limit {
			page = page[:limit]
			data, err := json.Marshal(publicCursor{At: page[limit-1].PublishedAt, Ref: page[limit-1].Ref})
			if err != nil {
				return fmt.Errorf("encode cursor: %w", err)
			}
			next = base64.RawURLEncoding.EncodeToString(data)
		}
		refs := make([]string, len(page))
		for i, facts := range page {
			refs[i] = facts.Ref
		}
		bodies, err := publicBodies(tx, refs)
		if err != nil {
			return err
		}
		items = make([]models.PublicItem, 0, len(refs))
		for _, ref := range refs {
			items = append(items, bodies[ref].Item())
		}
		return nil
	})
	return items, total, next, err
}

// Changes are the latest publications, corrections and withdrawals, the newest
// first.
func (p *Public) Changes(ctx context.Context, limit int) (out []models.PublicChange, err error) {
	err = p.s.read(ctx, func(tx *gorm.DB) error {
		var rows []publicRow
		if err := tx.Order("seq DESC, published_at DESC, ref DESC").Limit(limit).Find(&rows).Error; err != nil {
			return fmt.Errorf("read public changes: %w", err)
		}
		for _, r := range rows {
			if r.Body == nil {
				out = append(out, models.PublicChange{Tombstone: r.tombstone()})
				continue
			}
			var record models.PublicIncident
			if err := json.Unmarshal([]byte(*r.Body), &record); err != nil {
				return fmt.Errorf("decode public record: %w", err)
			}
			item := record.Item()
			out = append(out, models.PublicChange{Item: &item, Summary: record.Record.Summary})
		}
		return nil
	})
	return out, err
}

func (r publicRow) tombstone() *models.Tombstone {
	return &models.Tombstone{Ref: r.Ref, Version: r.Version, WithdrawnAt: models.UTC(*r.WithdrawnAt), Reason: *r.Reason, MergedInto: r.MergedInto}
}

// Span is the first and the last year in which something published happened,
// and the host countries: what describes the data set as a whole.
func (p *Public) Span(ctx context.Context, v *models.Vocabulary) (first, last *int, hosts []string, err error) {
	err = p.readPublic(ctx, v, func(_ *gorm.DB, all []*models.PublicFacts, _ publicState) error {
		for _, facts := range all {
			if y := facts.EventYear; y != nil {
				if first == nil || *y < *first {
					first = y
				}
				if last == nil || *y > *last {
					last = y
				}
			}
			if !slices.Contains(hosts, facts.HostCountry) {
				hosts = append(hosts, facts.HostCountry)
			}
		}
		slices.Sort(hosts)
		return nil
	})
	return first, last, hosts, err
}
