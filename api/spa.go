package api

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"farwatch/models"
)

// serveSPA answers what is no API route: built files, and index.html for
// addresses of screens, which have no extension. Hashed assets never change;
// index.html is never cached.
func (e *edge) serveSPA() gin.HandlerFunc {
	index, err := fs.ReadFile(e.Files, "index.html")
	if err != nil {
		index = e.Placeholder
	}
	packed := packAssets(e.Files)
	return func(ctx *gin.Context) {
		name := strings.TrimPrefix(path.Clean(ctx.Request.URL.Path), "/")
		if strings.HasPrefix(name, "api/") || name == "api" {
			e.fail(ctx, models.Fail(models.KindNotFound, "request.not_found", "There is no such address in the API."))
			return
		}
		if ctx.Request.Method != http.MethodGet && ctx.Request.Method != http.MethodHead {
			e.noMethod(ctx)
			return
		}
		if e.serveReference(ctx, name) {
			return
		}
		if path.Ext(name) == "" {
			http.ServeContent(ctx.Writer, ctx.Request, "index.html", time.Time{}, bytes.NewReader(index))
			return
		}
		if !e.serveFile(ctx, name, packed) {
			e.fail(ctx, models.Fail(models.KindNotFound, "request.not_found", "There is no such file."))
		}
	}
}

// serveFile answers a built file; false if there is none of that name.
func (e *edge) serveFile(ctx *gin.Context, name string, packed map[string][]byte) bool {
	data, err := fs.ReadFile(e.Files, name)
	if err != nil {
		return false
	}
	if strings.HasPrefix(name, "assets/") {
		ctx.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	if small, ok := packed[name]; ok {
		ctx.Header("Vary", "Accept-Encoding")
		if strings.Contains(ctx.GetHeader("Accept-Encoding"), "gzip") {
			ctx.Header("Content-Encoding", "gzip")
			data = small
		}
	}
	http.ServeContent(ctx.Writer, ctx.Request, path.Base(name), time.Time{}, bytes.NewReader(data))
	return true
}

// packable are the kinds of asset that compression makes smaller.
var packable = []string{".js", ".css", ".svg", ".json"}

// packAssets compresses the built files once, for people on bad lines. Answers
// of the API stay as they are: compressing secrets beside what a stranger may
// choose leaks them.
func packAssets(files fs.FS) map[string][]byte {
	packed := map[string][]byte{}
	_ = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(packable, path.Ext(name)) {
			return nil // what cannot be read is served or refused as it is
		}
		data, err := fs.ReadFile(files, name)
		if err != nil || len(data) < 1024 {
			return nil
		}
		if small, err := compressed(data); err == nil {
			packed[name] = small
		}
		return nil
	})
	return packed
}

func compressed(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(data)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}
