package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"testing/fstest"
	"time"

	"farwatch/api"
	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/models"
	"farwatch/store/benchdb"
)

// benchAPI is the whole engine with somebody signed in, without a network.
type benchAPI struct {
	engine http.Handler
	bearer string
}

func (t *benchTarget) api(ctx context.Context) (benchAPI, error) {
	keys, err := auth.LoadOrCreateKeys(filepath.Join(t.spoolDir, "bench.keys"), t.spoolDir, true)
	if err != nil {
		return benchAPI{}, err
	}
	h := t.handlers(t.store)
	h.Tokens, h.FactorOptional, h.ReadQuota = auth.NewTokens(keys, t.baseURL.String()), true, models.DefaultReadQuota.Times(1_000_000)
	engine, err := api.New(api.Deps{
		Handlers: h, Store: t.store, Tokens: h.Tokens, Log: slog.New(slog.DiscardHandler), Clock: time.Now, BaseURL: t.baseURL, Files: fstest.MapFS{},
		Full: func() bool { return false },
	})
	if err != nil {
		return benchAPI{}, err
	}
	token, _, err := h.Tokens.Issue(time.Now(), t.principal.UserID, t.principal.SessionID)
	if err != nil {
		return benchAPI{}, err
	}
	return benchAPI{engine, "Bearer " + token}, nil
}

// keptResponse is an answer in memory, without its body where nobody reads it.
type keptResponse struct {
	header http.Header
	status int
	body   *bytes.Buffer
}

func (k *keptResponse) Header() http.Header { return k.header }
func (k *keptResponse) WriteHeader(s int)   { k.status = s }
func (k *keptResponse) Write(p []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	if k.body == nil && k.status < http.StatusBadRequest {
		return len(p), nil
	}
	if k.body == nil {
		k.body = &bytes.Buffer{}
	}
	return k.body.Write(p)
}

// ask sends a request and throws the body of the answer away.
func (a benchAPI) ask(ctx context.Context, method, path string, body []byte, want int, header ...string) (*keptResponse, error) {
	w := &keptResponse{header: http.Header{}}
	return w, a.send(ctx, w, method, path, body, want, header...)
}

// read gives the body of an answer.
func (a benchAPI) read(ctx context.Context, path string) ([]byte, error) {
	w := &keptResponse{header: http.Header{}, body: &bytes.Buffer{}}
	err := a.send(ctx, w, http.MethodGet, path, nil, http.StatusOK)
	return w.body.Bytes(), err
}

func (a benchAPI) send(ctx context.Context, w *keptResponse, method, path string, body []byte, want int, header ...string) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1:8080/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Authorization", a.bearer)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a.engine.ServeHTTP(w, r)
	if w.status != want {
		return fmt.Errorf("%s %s answered %d: %s", method, path, w.status, w.body)
	}
	return nil
}

// benchDashboardAPI asks for the same numbers again and again, with everything
// that a request passes: session and roles, mode, contract.
func benchDashboardAPI(ctx context.Context, t *benchTarget) ([]measured, error) {
	a, err := t.api(ctx)
	if err != nil {
		return nil, err
	}
	first, err := a.ask(ctx, http.MethodGet, "/stats", nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	whole, _, err := t.under("dashboard_again_api", loadClients, func(int) error {
		_, err := a.ask(ctx, http.MethodGet, "/stats", nil, http.StatusOK)
		return err
	})
	if err != nil {
		return nil, err
	}
	unchanged, _, err := t.under("dashboard_not_modified_api", loadClients, func(int) error {
		_, err := a.ask(ctx, http.MethodGet, "/stats", nil, http.StatusNotModified, "If-None-Match", first.header.Get("ETag"))
		return err
	})
	return []measured{rate("dashboard_again_api", t.n, whole, whole), rate("dashboard_not_modified_api", t.n, unchanged, unchanged)}, err
}

// benchBodies is how many records are sent again as new ones.
const benchBodies = 50

// bodies are records as somebody would send them.
func (a benchAPI) bodies(ctx context.Context) (out [][]byte, err error) {
	var list struct{ Items []struct{ Ref string } }
	answer, err := a.read(ctx, "/incidents?limit="+strconv.Itoa(benchBodies))
	if err == nil {
		err = json.Unmarshal(answer, &list)
	}
	if err != nil {
		return nil, err
	}
	for _, item := range list.Items {
		if answer, err = a.read(ctx, "/incidents/"+item.Ref); err != nil {
			return nil, err
		}
		var in spec.IncidentInput
		if err := json.Unmarshal(answer, &in); err != nil {
			return nil, fmt.Errorf("read record: %w", err)
		}
		body, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
		out = append(out, body)
	}
	return out, nil
}

// benchCreateAPI lets clients send records at the same time, and measures the
// disk's own limit beside them: one row and commit after the other, and as many
// rows in a commit as there are clients.
func benchCreateAPI(ctx context.Context, t *benchTarget) ([]measured, error) {
	a, err := t.api(ctx)
	if err != nil {
		return nil, err
	}
	bodies, err := a.bodies(ctx)
	if err != nil {
		return nil, err
	}
	ours, _, err := t.under("create_api", loadClients, func(i int) error {
		key := fmt.Sprintf("api-%d-%d", time.Now().UnixNano(), i)
		_, err := a.ask(ctx, http.MethodPost, "/incidents", bodies[i%len(bodies)], http.StatusCreated, "Idempotency-Key", key)
		return err
	})
	if err != nil {
		return nil, err
	}
	disk, err := benchdb.OpenDisk(ctx, t.spoolDir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, disk.Close()) }()
	alone, _, err := t.under("create_api, disk alone", 1, func(int) error { return disk.Commit(ctx, 1) })
	if err != nil {
		return nil, err
	}
	groups, _, err := t.under("create_api, disk in groups", 1, func(int) error { return disk.Commit(ctx, loadClients) })
	return []measured{rate("create_api", t.n, ours, alone), rate("disk_in_groups", t.n, groups*loadClients, alone)}, err
}
