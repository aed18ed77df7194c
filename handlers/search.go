package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/search"
	"farwatch/models"
)

// The most snippets of a record, and the most records whose words are read for
// another spelling.
const (
	maxSnippets   = 2
	spellingReads = 20
)

// textQuery reads what somebody typed. Errors: validation.failed at parameter q.
func (h *Handlers) textQuery(text string) (models.TextQuery, error) {
	if fault := models.TextFault(text); fault != "" {
		return models.TextQuery{}, models.Invalid([]models.FieldError{{Parameter: "q", Code: fault}})
	}
	q, fault := search.Parse(text, h.Variants)
	if fault != "" {
		return q, models.Invalid([]models.FieldError{{Parameter: "q", Code: fault, Params: map[string]any{"max": models.MaxSearchClauses}}})
	}
	return q, nil
}

// IncidentSnippets shows where in the records of a page the words stand.
func (h *Handlers) IncidentSnippets(ctx context.Context, r spec.IncidentSnippetsRequestObject) (spec.IncidentSnippetsResponseObject, error) {
	q, err := h.textQuery(r.Params.Q)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(r.Params.Refs))
	for i, ref := range r.Params.Refs {
		if refs[i], err = models.ParseRef(ref); err != nil {
			return nil, err
		}
	}
	records, err := h.view(ctx).Speaking(ctx, q, refs, len(refs))
	if err != nil {
		return nil, err
	}
	out := spec.IncidentSnippets200JSONResponse{}
	out.Items = make([]struct {
		Ref      string         `json:"ref"`
		Snippets []spec.Snippet `json:"snippets"`
	}, len(records))
	for i, rec := range records {
		out.Items[i].Ref, out.Items[i].Snippets = rec.Ref, snippets(rec, q)
	}
	return out, nil
}

// snippets are the places of a record that tell most. The title stands in the
// list already, so it comes last.
func snippets(rec models.Incident, q models.TextQuery) []spec.Snippet {
	type place struct {
		snippet spec.Snippet
		clauses int
	}
	var places []place
	for _, t := range models.SearchTexts(rec.IncidentInput) {
		parts, clauses := search.Snippet(t.Text, q)
		if clauses == 0 {
			continue
		}
		places = append(places, place{spec.Snippet{Field: t.Field, Parts: each(parts, func(p search.Part) spec.SnippetPart {
			return spec.SnippetPart{Text: p.Text, Hit: p.Hit}
		})}, clauses})
	}
	slices.SortStableFunc(places, func(a, b place) int {
		title := func(p place) int {
			if p.snippet.Field == "title" {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(title(a), title(b)), cmp.Compare(b.clauses, a.clauses))
	})
	return each(places[:min(len(places), maxSnippets)], func(p place) spec.Snippet { return p.snippet })
}

// SearchSpelling tries one word of a search in other spellings. All it knows
// are the texts of records that the asker may see.
func (h *Handlers) SearchSpelling(ctx context.Context, r spec.SearchSpellingRequestObject) (spec.SearchSpellingResponseObject, error) {
	q, err := h.textQuery(r.Params.Q)
	if err != nil {
		return nil, err
	}
	for _, s := range search.Respelled(q) {
		records, err := h.view(ctx).Speaking(ctx, s.Query, nil, spellingReads)
		if err != nil {
			return nil, err
		}
		var texts []string
		for _, rec := range records {
			for _, t := range models.SearchTexts(rec.IncidentInput) {
				texts = append(texts, t.Text)
			}
		}
		if word := s.Best(texts); word != "" {
			text := respell(r.Params.Q, s.Word, word)
			return spec.SearchSpelling200JSONResponse{Q: &text}, nil
		}
	}
	return spec.SearchSpelling200JSONResponse{}, nil
}

// respell changes one word of what was typed.
func respell(text, old, better string) string {
	for _, w := range models.Words(text) {
		if w.Text == old {
			return text[:w.Start] + better + text[w.End:]
		}
	}
	return strings.TrimSpace(better)
}
