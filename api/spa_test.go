package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestSPA_Assets_CompressedAndImmutable(t *testing.T) {
	t.Parallel()
	script := bytes.Repeat([]byte("let a = 1;\n"), 1000)
	files := fstest.MapFS{"assets/app-1.js": {Data: script}, "index.html": {Data: []byte("<!doctype html>")}}
	packed := packAssets(files)["assets/app-1.js"]
	r, err := gzip.NewReader(bytes.NewReader(packed))
	must(t, err)
	got, err := io.ReadAll(r)
	must(t, err)
	if !bytes.Equal(got, script) || len(packed) > len(script)/10 {
		t.Errorf("%d bytes became %d and came back as %d", len(script), len(packed), len(got))
	}
}

func TestSPA_IndexForScreens_UncachedBesideImmutableAssets(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		r := a.anyone().get("/incidents").want(200)
		if got := r.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("index.html must not be cached: %q", got)
		}
		if got := a.anyone().get("/assets/app-1.js").want(200).Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("a hashed asset never changes: %q", got)
		}
		w := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodPost, "/incidents", nil)
		request.Host = testHost
		a.handler.ServeHTTP(w, request)
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST to a screen: %d", w.Code)
		}
	})
}
