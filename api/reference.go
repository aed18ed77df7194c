package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// The reference for programs is a page of the server itself: it needs neither
// script nor a file of anybody else's, and is always of this very version.
var (
	//go:embed reference/page.html
	referencePage string
	//go:embed reference/developers.css
	referenceStyle []byte

	referenceTemplate = sync.OnceValues(func() (*template.Template, error) { return template.New("page").Parse(referencePage) })
)

// Addresses of the reference.
const (
	referencePath      = "developers"
	referenceStylePath = "developers.css"
)

// maxReferenceQuery is as much as the field on the page takes.
const maxReferenceQuery = 100

// referenceData is what the page shows.
type referenceData struct {
	Version    string
	Query      string
	Found, All int
	Examples   []referenceExample
	Groups     []referenceGroup
	Types      []referenceType
}

// serveReference answers the page, or with ?q= the operations that have the
// word; false for any other address.
func (e *edge) serveReference(ctx *gin.Context, name string) bool {
	switch name {
	case referenceStylePath:
		sendPublic(ctx, "text/css; charset=utf-8", referenceStyle)
		return true
	case referencePath:
	default:
		return false
	}
	query := strings.TrimSpace(ctx.Query("q"))
	if query == "" {
		e.sendManual(ctx)
		return true
	}
	page, err := e.reference(strings.ToValidUTF8(query[:min(len(query), maxReferenceQuery)], ""))
	if err != nil {
		e.fail(ctx, err)
		return true
	}
	sendPublic(ctx, "text/html; charset=utf-8", page)
	return true
}

// packedPage is the whole reference, and the same compressed: it holds no secret.
type packedPage struct{ plain, small []byte }

func (e *edge) prepareReference() {
	e.operations = sync.OnceValue(e.contract.described)
	e.manual = sync.OnceValues(func() (packedPage, error) {
		page, err := e.reference("")
		if err != nil {
			return packedPage{}, err
		}
		small, err := compressed(page)
		return packedPage{page, small}, err
	})
}

func (e *edge) sendManual(ctx *gin.Context) {
	page, err := e.manual()
	if err != nil {
		e.fail(ctx, err)
		return
	}
	body := page.plain
	ctx.Header("Vary", "Accept-Encoding")
	if strings.Contains(ctx.GetHeader("Accept-Encoding"), "gzip") {
		ctx.Header("Content-Encoding", "gzip")
		body = page.small
	}
	sendPublic(ctx, "text/html; charset=utf-8", body)
}

// sendPublic answers what everybody may read and caches may keep for a while:
// 304 to whoever has it.
func sendPublic(ctx *gin.Context, kind string, body []byte) {
	sum := sha256.Sum256(body)
	ctx.Header("Content-Type", kind)
	ctx.Header("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	ctx.Header("Cache-Control", "public, max-age=300")
	http.ServeContent(ctx.Writer, ctx.Request, "", time.Time{}, bytes.NewReader(body))
}

func (e *edge) reference(query string) ([]byte, error) {
	page, err := referenceTemplate()
	if err != nil {
		return nil, fmt.Errorf("read page of the reference: %w", err)
	}
	groups := e.operations()
	data := referenceData{Version: e.contract.doc.Info.Version, Query: query}
	for _, g := range groups {
		data.All += len(g.Operations)
		kept := g.Operations[:0:0]
		for _, op := range g.Operations {
			if op.has(query) {
				kept = append(kept, op)
			}
		}
		if g.Operations = kept; len(kept) > 0 {
			data.Groups = append(data.Groups, g)
			data.Found += len(kept)
		}
	}
	if query == "" {
		data.Types = e.contract.types()
		data.Examples = examples(strings.TrimSuffix(e.BaseURL.String(), "/"))
	}
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("write reference: %w", err)
	}
	return out.Bytes(), nil
}
