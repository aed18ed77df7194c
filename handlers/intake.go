package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"farwatch/api/spec"
	"farwatch/internal/article"
	"farwatch/internal/fetch"
	"farwatch/internal/intake"
	"farwatch/internal/sheet"
	"farwatch/models"
)

// DescribeIntake tells how articles may come in.
func (h *Handlers) DescribeIntake(context.Context, spec.DescribeIntakeRequestObject) (spec.DescribeIntakeResponseObject, error) {
	return spec.DescribeIntake200JSONResponse{Fetch: h.Fetch != nil, MaxFileBytes: article.MaxBytes, MaxTextLength: article.MaxText}, nil
}

// ReadArticleFile answers the readable text of a file, and forgets the file.
func (h *Handlers) ReadArticleFile(ctx context.Context, r spec.ReadArticleFileRequestObject) (spec.ReadArticleFileResponseObject, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read article: %w", err)
	}
	out, err := h.document(ctx, data, nil)
	return spec.ReadArticleFile200JSONResponse(out), err
}

// ReadArticlePage gets a page of the web, if the operator allows it.
func (h *Handlers) ReadArticlePage(ctx context.Context, r spec.ReadArticlePageRequestObject) (spec.ReadArticlePageResponseObject, error) {
	if h.Fetch == nil {
		return nil, models.Fail(models.KindConflict, "intake.fetch_off", "This server gets no pages of the web. Open the page yourself and paste its text, or ask the operator for FARWATCH_FETCH.")
	}
	address, err := url.Parse(r.Body.Url)
	if err != nil || address.Hostname() == "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/url", Code: "not_a_web_address"}})
	}
	// Before it is asked for: what leaves is on record.
	if err := h.view(ctx).AuditFetch(ctx, address.Hostname()); err != nil {
		return nil, err
	}
	page, err := h.Fetch.Fetch(ctx, r.Body.Url)
	if err != nil {
		return nil, fetchFault(err)
	}
	out, err := h.document(ctx, page.Data, page.Address)
	return spec.ReadArticlePage200JSONResponse(out), err
}

func fetchFault(err error) error {
	var status fetch.StatusError
	switch {
	case errors.Is(err, fetch.ErrAddress):
		return models.Invalid([]models.FieldError{{Pointer: "#/url", Code: "not_a_web_address"}})
	case errors.Is(err, fetch.ErrTooLarge):
		return models.Fail(models.KindTooLarge, "intake.page_too_large", "The page is larger than 10 MiB. Save it and hand in the file.")
	case errors.As(err, &status) && status == http.StatusNotFound || errors.As(err, &status) && status == http.StatusGone:
		return models.Fail(models.KindConflict, "intake.page_gone", "There is no page at this address any more. Look for it in a web archive.")
	}
	return models.Fail(models.KindConflict, "intake.page_failed", "The page could not be got: it does not answer, or keeps programs out. Open it yourself and paste its text.").Because(err)
}

// document reads a file; one at a time of the large ones, like evidence.
func (h *Handlers) document(ctx context.Context, data []byte, address *url.URL) (spec.ArticleDocument, error) {
	select {
	case h.Judging <- struct{}{}:
		defer func() { <-h.Judging }()
	case <-ctx.Done():
		return spec.ArticleDocument{}, ctx.Err()
	}
	d, err := article.Read(ctx, data, address, sheet.String)
	if err != nil {
		return spec.ArticleDocument{}, articleFault(err)
	}
	return spec.ArticleDocument{
		Kind: spec.ArticleDocumentKind(d.Kind), Text: d.Text, Title: filled(d.Title), Author: filled(d.Author), Publisher: filled(d.Publisher),
		Url: filled(d.URL), Published: filled(d.Published), Language: filled(d.Language), Cut: d.Cut,
	}, nil
}

func articleFault(err error) error {
	for _, f := range []struct {
		err          error
		kind         models.Kind
		code, detail string
	}{
		{article.ErrKind, models.KindUnsupported, "intake.kind_not_read", "Web pages, PDF, Word (.docx), mail (.eml) and plain text are read. Save it as one of them, or paste the text."},
		{article.ErrLocked, models.KindConflict, "intake.locked", "The file asks for a password. Save a copy without one, or paste the text."},
		{article.ErrNoText, models.KindConflict, "intake.no_text", "The file holds no text that can be read: it may be a scanned picture. Paste the text instead."},
		{article.ErrDamaged, models.KindConflict, "intake.damaged", "The file is damaged and cannot be read. Save it again from where it came, or paste the text."},
		{article.ErrTooLarge, models.KindTooLarge, "intake.too_large", "The file is larger than 20 MiB. Paste the text instead."},
	} {
		if errors.Is(err, f.err) {
			return models.Fail(f.kind, f.code, f.detail).Because(err)
		}
	}
	return err
}

// SuggestFields reads an article by the rules and looks whether it is here
// already.
func (h *Handlers) SuggestFields(ctx context.Context, r spec.SuggestFieldsRequestObject) (spec.SuggestFieldsResponseObject, error) {
	// The form that a source keeps: the places would not hold otherwise. What a
	// page drags along in the clipboard is dropped, not refused.
	text := article.Tidy(r.Body.Text)
	canonical := ""
	if r.Body.Url != nil {
		if canonical = models.CanonicalURL(*r.Body.Url); canonical == "" {
			return nil, models.Invalid([]models.FieldError{{Pointer: "#/url", Code: "not_a_web_address"}})
		}
	}
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])
	known, err := h.view(ctx).KnownArticles(ctx, hash, canonical)
	if err != nil {
		return nil, err
	}
	p := PrincipalOf(ctx)
	reading := h.Articles.Read(text)
	return spec.SuggestFields200JSONResponse{
		Text: text, TextSha256: hash, Language: reading.Language, Incident: reading.Incident, Suggestions: each(reading.Suggestions, suggestion),
		Known: each(known, func(k models.KnownArticle) spec.KnownArticle {
			rec, _ := p.Redact(k.Incident)
			by := spec.KnownArticleByUrl
			if k.ByText {
				by = spec.KnownArticleByText
			}
			return spec.KnownArticle{Ref: rec.Ref, Title: rec.Title, By: by}
		}),
	}, nil
}

// filled is null for what a file does not say.
func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func suggestion(s intake.Suggestion) spec.Suggestion {
	out := spec.Suggestion{
		Field: s.Field, Value: s.Code, Explicitness: filled(s.Explicitness), Start: s.Start, End: s.End,
		SentenceStart: s.SentenceStart, SentenceEnd: s.SentenceEnd, Rule: s.Rule, Confidence: s.Confidence,
	}
	if a := s.Amount; a != nil {
		out.Amount = &spec.StatedAmount{
			AmountMin: a.Min, AmountMax: a.Max, AmountText: a.Text, CurrencyAsStated: a.Currency, Period: a.Period,
		}
	}
	return out
}
