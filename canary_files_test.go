package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// T-18 over a whole server: what somebody says of a sealed record lies in no
// file of the data directory and in no log, whatever was done with it.
func TestServe_AfterUse_FilesAndLogsHoldNothingSealed(t *testing.T) {
	t.Parallel()
	needSignals(t)
	p := newPlace(t, "FARWATCH_LOG_LEVEL=debug")
	p.want(0, "", goodPassword, "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker,analyst,reviewer")
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	const hidden, shown = "qcanaryhiddenz", "qcanaryshownz"
	log := func(title, sensitivity, key string) (ref string) {
		t.Helper()
		body := smallest(title)
		body["sensitivity"], body["summary"], body["internal_note"] = sensitivity, title+" summary", hidden+" note"
		var made struct{ Ref string }
		s.must(http.StatusCreated, http.MethodPost, "/api/v1/incidents", body, &made, "Idempotency-Key", key)
		return made.Ref
	}
	log(shown, "open", "a-key-of-one")
	ref := log(hidden, "sealed", "a-key-of-two")
	s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/"+ref, nil, nil)
	s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents?q="+hidden, nil, nil)
	s.must(http.StatusCreated, http.MethodPost, "/api/v1/incidents/"+ref+"/comments", map[string]any{"body": hidden + " comment"}, nil, "Idempotency-Key", "a-key-of-four")
	s.must(http.StatusCreated, http.MethodPost, "/api/v1/saved-searches", map[string]any{"name": hidden, "query": "q=" + hidden, "shared": false}, nil, "Idempotency-Key", "a-key-of-five")
	s.must(http.StatusOK, http.MethodGet, "/api/v1/exports/incidents.csv?q="+hidden, nil, nil)
	var asked struct {
		ID string `json:"export_id"`
	}
	s.must(http.StatusAccepted, http.MethodPost, "/api/v1/exports", map[string]any{"format": "jsonl", "level": "de_identified", "query": "q=" + shown}, &asked, "Idempotency-Key", "a-key-of-six")
	s.must(http.StatusAccepted, http.MethodPost, "/api/v1/exports", map[string]any{"format": "csv", "level": "full", "query": "q=" + hidden}, nil, "Idempotency-Key", "a-key-of-seven")
	s.made(asked.ID)
	texts := map[string][]byte{"log": []byte(s.out.String() + s.errs.String())}
	data := p.setting("FARWATCH_DATA_DIR")
	if err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			texts[strings.TrimPrefix(path, data)], err = os.ReadFile(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	found := false
	for name, text := range texts {
		coded := base64.StdEncoding.EncodeToString([]byte(hidden))
		for _, needle := range []string{hidden, hex.EncodeToString([]byte(hidden)), coded[:len(coded)-4]} {
			if bytes.Contains(text, []byte(needle)) {
				t.Errorf("%s holds what is sealed", name)
			}
		}
		found = found || bytes.Contains(text, []byte(shown))
	}
	if !found || len(texts) < 3 {
		t.Errorf("%d files, and none holds what stands in the clear: this test shows nothing", len(texts))
	}
	s.stop(sigterm)
}

// made waits until an export is there: its file lies in the spool then.
func (s *server) made(id string) {
	s.t.Helper()
	for range 100 {
		var e struct{ State string }
		s.must(http.StatusOK, http.MethodGet, "/api/v1/exports/"+id, nil, &e)
		if e.State == "done" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the export was not made")
}
