package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"farwatch/api/spec"
	"farwatch/internal/country"
	"farwatch/internal/vocab"
)

// Health answers whether the database can be reached.
func (h *Handlers) Health(ctx context.Context, _ spec.HealthRequestObject) (spec.HealthResponseObject, error) {
	if err := h.Store.Ping(ctx); err != nil {
		return nil, err
	}
	return spec.Health200JSONResponse{Status: "ok", Database: spec.HealthDatabase(h.Store.Dialect()), Version: h.Version}, nil
}

// Instance answers what a signed-out screen needs.
func (h *Handlers) Instance(ctx context.Context, _ spec.InstanceRequestObject) (spec.InstanceResponseObject, error) {
	required, err := h.Store.System().SetUpRequired(ctx)
	if err != nil {
		return nil, err
	}
	state, err := h.view(ctx).InstanceState(ctx)
	if err != nil {
		return nil, err
	}
	return spec.Instance200JSONResponse{
		Version: h.Version, Demo: h.Demo, SetupRequired: required, BaseUrl: h.BaseURL.String(), Mode: spec.InstanceMode(state.Mode),
	}, nil
}

// vocabularyBody is the vocabulary file as it is, every attribute included,
// with the countries, which it does not list. It never changes while the
// program runs.
var vocabularyBody = sync.OnceValues(func() ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(vocab.JSON(), &members); err != nil {
		return nil, fmt.Errorf("decode vocabulary: %w", err)
	}
	countries := each(country.All(), func(c country.Country) spec.Country {
		return spec.Country{Code: c.Code, Alpha2: c.Alpha2, Numeric: c.Numeric, Name: c.Name}
	})
	var err error
	if members["countries"], err = json.Marshal(countries); err != nil {
		return nil, fmt.Errorf("encode countries: %w", err)
	}
	body, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("encode vocabulary: %w", err)
	}
	return body, nil
})

// Vocabulary answers every code list with labels, and the countries.
func (h *Handlers) Vocabulary(context.Context, spec.VocabularyRequestObject) (spec.VocabularyResponseObject, error) {
	body, err := vocabularyBody()
	if err != nil {
		return nil, err
	}
	return vocabularyFile{version: h.Vocab.Version, body: body}, nil
}

// vocabularyFile is the answer: the file's own attributes are more than the
// contract's types hold.
type vocabularyFile struct {
	version string
	body    []byte
}

// VisitVocabularyResponse sends it.
func (f vocabularyFile) VisitVocabularyResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", `"`+f.version+`"`)
	if _, err := w.Write(f.body); err != nil {
		return fmt.Errorf("send vocabulary: %w", err)
	}
	return nil
}
