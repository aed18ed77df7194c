// Package handlers holds one method per operation of the contract: the order
// of steps, and the conversion between what travels and what is meant.
package handlers

import (
	"context"
	"crypto/ed25519"
	"net/url"
	"strings"
	"time"

	"farwatch/api/spec"
	"farwatch/internal/auth"
	"farwatch/internal/disclosure"
	"farwatch/internal/fetch"
	"farwatch/internal/files"
	"farwatch/internal/intake"
	"farwatch/internal/mapping"
	"farwatch/internal/search"
	"farwatch/models"
	"farwatch/store"
)

// Handlers serves the contract. Every dependency is an argument.
type Handlers struct {
	Store    *store.Store
	Vocab    *models.Vocabulary
	Variants *search.Variants
	Articles *intake.Reader
	Words    *mapping.Words // of imported tables
	Waiting  chan struct{}  // holds one when an import waits for work
	Fetch    *fetch.Fetcher // nil: no page of the web is fetched
	Files    files.Storage
	Judging  chan struct{} // how many files are judged at once: each is in memory whole
	Hasher   *auth.Hasher
	Tokens   *auth.Tokens
	Refresh  *auth.RefreshCodec
	Devices  *auth.DeviceCodec
	Throttle *auth.Throttle
	Passkeys *auth.Passkeys
	Factors  *auth.FactorThrottle
	// FactorOptional lets people work without a second factor.
	FactorOptional bool
	// AppsEnough lets those who review or administer use an app instead of a
	// passkey, where browsers have none.
	AppsEnough    bool
	Clock         func() time.Time
	BaseURL       *url.URL
	PublicURL     *url.URL // the public side's own address; nil: BaseURL
	PublicContact string   // where the public writes to; may be empty
	Version       string
	Demo          bool
	SpoolDir      string                         // encrypted temporary files of exports
	ExportCap     int                            // most rows in one file
	ReadQuota     models.ReadQuota               // of records with protected words; zero: none, for tests
	Warnings      func(context.Context) []string // what the operator has not set up; nil: nothing
	Exports       *ExportDesk
	Atlas         func() ([]byte, error) // outlines of countries in TopoJSON, nil where there are none
	ETagKey       [32]byte
	ContractJSON  func() ([]byte, error) // set by the router, which alone reads the contract
	Numbers       *Answers
	Disclosure    *disclosure.Guard  // builds and audits releases
	ReleaseKey    ed25519.PrivateKey // signs them
}

var _ spec.StrictServerInterface = (*Handlers)(nil)

type contextKey int

const (
	principalKey contextKey = iota
	clientKey
	addressKey
)

// client is where a request comes from: for throttling and for the list of
// one's own sessions only. The address is never stored or logged.
type client struct{ address, userAgent, device string }

// WithPrincipal puts who asks into the context.
func WithPrincipal(ctx context.Context, p models.Principal) context.Context {
	return context.WithValue(ctx, principalKey, p)
}

// PrincipalOf is who asks; the zero Principal when signed out, which sees
// nothing and may do nothing but what is public.
func PrincipalOf(ctx context.Context) models.Principal {
	p, _ := ctx.Value(principalKey).(models.Principal)
	return p
}

// WithClient puts where a request comes from into the context: its address, its
// browser, and the cookie by which that is known.
func WithClient(ctx context.Context, address, userAgent, device string) context.Context {
	return context.WithValue(ctx, clientKey, client{address: address, userAgent: userAgent, device: device})
}

// guess is a try at somebody's password, from where the request comes.
func (h *Handlers) guess(ctx context.Context, userName string) auth.Guess {
	c, _ := ctx.Value(clientKey).(client)
	return auth.Guess{Name: userName, Address: c.address, Device: h.Devices.Decode(c.device, userName)}
}

func userAgentOf(ctx context.Context) string {
	c, _ := ctx.Value(clientKey).(client)
	return userAgentWords(c.userAgent)
}

// view is the store as the principal of the request sees it.
func (h *Handlers) view(ctx context.Context) *store.View { return h.Store.For(PrincipalOf(ctx)) }

// RecordURL is the address of a record's page.
func (h *Handlers) RecordURL(ref string) string {
	return strings.TrimSuffix(h.BaseURL.String(), "/") + "/incidents/" + ref
}
