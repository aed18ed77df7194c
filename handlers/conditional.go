package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// conditional is an answer whose ETag is a digest of its bytes: whoever sends it
// back in If-None-Match hears whether anything is different at all.
type conditional struct {
	body  []byte
	kind  string  // media type
	link  string  // header Link; "" for none
	match *string // header If-None-Match
}

// conditionalJSON encodes like the generated answers do.
func conditionalJSON(v any, match *string) (conditional, error) {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		return conditional{}, fmt.Errorf("encode answer: %w", err)
	}
	return conditional{body: body.Bytes(), kind: "application/json", match: match}, nil
}

func (c conditional) etag() string {
	sum := sha256.Sum256(c.body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// holds tells whether the client has the answer of an ETag (RFC 9110, section
// 13.1.2: a list of tags, weak ones count as well).
func holds(ifNoneMatch *string, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for tag := range strings.SplitSeq(value(ifNoneMatch), ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == etag || tag == "*" {
			return true
		}
	}
	return false
}

func (c conditional) send(w http.ResponseWriter) error {
	head := w.Header()
	head.Set("ETag", c.etag())
	if c.link != "" {
		head.Set("Link", c.link)
	}
	if holds(c.match, c.etag()) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	head.Set("Content-Type", c.kind)
	if _, err := w.Write(c.body); err != nil {
		return fmt.Errorf("send answer: %w", err)
	}
	return nil
}

// VisitListIncidentsResponse sends a page of the list.
func (c conditional) VisitListIncidentsResponse(w http.ResponseWriter) error { return c.send(w) }

// VisitReadIncidentResponse sends a record to a token.
func (c conditional) VisitReadIncidentResponse(w http.ResponseWriter) error { return c.send(w) }

// VisitContractYamlResponse sends the contract.
func (c conditional) VisitContractYamlResponse(w http.ResponseWriter) error { return c.send(w) }

// VisitContractJsonResponse sends it as JSON.
func (c conditional) VisitContractJsonResponse(w http.ResponseWriter) error { return c.send(w) }
