package handlers

import (
	"context"
	"net/url"
)

// WithAddress puts the address that was asked into the context, so that an
// answer can say what to ask next.
func WithAddress(ctx context.Context, address *url.URL) context.Context {
	return context.WithValue(ctx, addressKey, address)
}

// nextLink is the Link header (RFC 8288) to the same list behind the cursor. It
// is relative: whoever asks knows by which name they reach us.
func nextLink(ctx context.Context, cursor string) string {
	return "<" + nextAddress(ctx, cursor) + `>; rel="next"`
}

func nextAddress(ctx context.Context, cursor string) string {
	asked, _ := ctx.Value(addressKey).(*url.URL)
	if asked == nil {
		asked = &url.URL{}
	}
	query := asked.Query()
	query.Set("cursor", cursor)
	return (&url.URL{Path: asked.Path, RawQuery: query.Encode()}).String()
}
