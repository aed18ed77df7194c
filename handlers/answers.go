package handlers

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// Bounds of the answers that are kept.
const (
	keptBytes  = 8 << 20
	keptAnswer = 1 << 20
)

// Answers are the last answers to questions for numbers, as they were sent. One
// is good for whoever asked the same, with the same rights, while no record has
// changed: all of that is in its tag, so that nobody is ever sent what belongs
// to somebody else.
type Answers struct {
	mu    sync.Mutex
	nonce string // of this process: a restored database counts its changes anew
	seq   int64  // the change before which everything here was asked
	kept  map[string][]byte
	bytes int
}

// NewAnswers has none yet.
func NewAnswers() *Answers { return &Answers{nonce: rand.Text()} }

// answer is an answer ready to be sent; without a body, that it still holds.
type answer struct {
	tag  string
	body []byte
}

// answered gives the answer to a question for numbers: kept, not modified, or
// made anew. params are those of the request, without If-None-Match. What is
// read by way of a grant is never kept: each look is noted by the organisation
// that shares, and a grant ends without a change of any record.
func (h *Handlers) answered(ctx context.Context, operation string, params any, grant, match *string, make func() (any, error)) (answer, error) {
	if grant != nil {
		return freshAnswer(make)
	}
	seq, err := h.view(ctx).ChangeCount(ctx)
	if err != nil {
		return answer{}, err
	}
	tag, err := h.answerTag(ctx, operation, params, seq)
	if err != nil {
		return answer{}, err
	}
	if holds(match, tag) {
		return answer{tag: tag}, nil
	}
	if body := h.Numbers.find(seq, tag); body != nil {
		return answer{tag, body}, nil
	}
	made, err := freshAnswer(make)
	if err != nil {
		return answer{}, err
	}
	h.Numbers.keep(seq, tag, made.body)
	made.tag = tag
	return made, nil
}

func freshAnswer(make func() (any, error)) (answer, error) {
	made, err := make()
	if err != nil {
		return answer{}, err
	}
	body, err := json.Marshal(made)
	if err != nil {
		return answer{}, fmt.Errorf("encode numbers: %w", err)
	}
	return answer{body: body}, nil
}

// answerTag names a question, who asks, and what had changed by then.
func (h *Handlers) answerTag(ctx context.Context, operation string, params any, seq int64) (string, error) {
	p := PrincipalOf(ctx)
	data, err := json.Marshal([]any{operation, params, p.OrganisationID, p.UserID, p.TokenID, p.Roles, seq, h.Numbers.nonce})
	if err != nil {
		return "", fmt.Errorf("name a question: %w", err)
	}
	mac := hmac.New(sha256.New, h.ETagKey[:])
	mac.Write(data)
	return `"` + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16]) + `"`, nil
}

func (a *Answers) find(seq int64, tag string) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if seq != a.seq {
		return nil
	}
	return a.kept[tag]
}

func (a *Answers) keep(seq int64, tag string, body []byte) {
	if len(body) > keptAnswer {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if seq < a.seq {
		return // changed meanwhile
	}
	if seq > a.seq || a.bytes+len(body) > keptBytes || a.kept == nil {
		a.seq, a.kept, a.bytes = seq, map[string][]byte{}, 0
	}
	if _, there := a.kept[tag]; !there {
		a.bytes += len(body)
	}
	a.kept[tag] = body
}

func (a answer) send(w http.ResponseWriter) error {
	if a.tag != "" {
		w.Header().Set("ETag", a.tag)
	}
	if a.body == nil {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(a.body); err != nil {
		return fmt.Errorf("send numbers: %w", err)
	}
	return nil
}

// VisitStatsResponse sends it.
func (a answer) VisitStatsResponse(w http.ResponseWriter) error { return a.send(w) }

// VisitIncidentFacetsResponse sends it.
func (a answer) VisitIncidentFacetsResponse(w http.ResponseWriter) error { return a.send(w) }
