package article

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	mostPages   = 300
	pdfPatience = 20 * time.Second
	// pdfMemory is what a PDF may use, in pages of 64 KiB: 256 MiB.
	pdfMemory = 4096
)

// pdfs reads PDFs in a sandbox without files, network or clock: the reader is
// WebAssembly, and a hostile file cannot leave it. It is built at the first
// PDF, which takes some seconds.
var pdfs = sync.OnceValues(func() (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{
		MinIdle: 0, MaxIdle: 0, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().WithMemoryLimitPages(pdfMemory).WithCloseOnContextDone(true).
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling),
	})
})

func readPDF(ctx context.Context, data []byte) (Document, error) {
	pool, err := pdfs()
	if err != nil {
		return Document{}, fmt.Errorf("start the PDF reader: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, pdfPatience)
	defer cancel()
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return Document{}, fmt.Errorf("wait for the PDF reader: %w", err)
	}
	// A file that keeps the reader busy is killed with it.
	done := context.AfterFunc(ctx, func() { _ = instance.Kill() })
	defer func() {
		if done() {
			_ = instance.Close()
		}
	}()
	d, err := pdfText(instance, data)
	if ctx.Err() != nil {
		return Document{}, ErrDamaged
	}
	return d, err
}

func pdfText(instance pdfium.Pdfium, data []byte) (d Document, err error) {
	defer func() {
		if recover() != nil { // a reader that was killed under the call
			d, err = Document{}, ErrDamaged
		}
	}()
	open, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	if errors.Is(err, pdfiumerrors.ErrPassword) {
		return Document{}, ErrLocked
	}
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	pages, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: open.Document})
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var text strings.Builder
	for i := range min(pages.PageCount, mostPages) {
		page, err := instance.GetPageText(&requests.GetPageText{Page: requests.Page{ByIndex: &requests.PageByIndex{Document: open.Document, Index: i}}})
		if err != nil {
			continue // one damaged page does not cost the others
		}
		text.WriteString(unwrap(page.Text))
		text.WriteString("\n\n")
		if text.Len() > 4*MaxText {
			break
		}
	}
	d.Text = text.String()
	for name, into := range map[string]*string{"Title": &d.Title, "Author": &d.Author} {
		if tag, err := instance.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: open.Document, Tag: name}); err == nil {
			*into = tag.Value
		}
	}
	return d, nil
}

// unwrap joins the lines of a paragraph: a PDF ends each line of print, and a
// sentence would end with it. Short lines end a paragraph.
func unwrap(page string) string {
	lines := strings.Split(strings.ReplaceAll(page, "\r\n", "\n"), "\n")
	widest := 0
	for _, l := range lines {
		widest = max(widest, len([]rune(l)))
	}
	var out strings.Builder
	for _, l := range lines {
		l = strings.TrimRight(l, " \t")
		wide := len([]rune(l)) > widest*2/3
		switch {
		case wide && strings.HasSuffix(l, "-"):
			out.WriteString(strings.TrimSuffix(l, "-"))
		case wide:
			out.WriteString(l + " ")
		default:
			out.WriteString(l + "\n")
		}
	}
	return out.String()
}
