package auth

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Access tokens, rules S14, S15 and S20.
const (
	tokenLife    = 10 * time.Minute
	tokenLeeway  = 30 * time.Second
	verifyWindow = 11 * time.Minute // last month's key, after the month turned
	maxToken     = 2 << 10
	audience     = "farwatch-api"
	tokenType    = "at+jwt"
	kidLayout    = "2006-01"
)

// ErrToken is every refusal: which rule a token broke is nobody's business.
var ErrToken = errors.New("access token refused")

// Tokens issues and checks access tokens.
type Tokens struct {
	keys   *Keys
	issuer string
}

// Claims of a good token. It names a session; rights are read elsewhere.
type Claims struct {
	UserID    string
	SessionID string
	ExpiresAt time.Time
}

// NewTokens signs as issuer, the instance's address.
func NewTokens(keys *Keys, issuer string) *Tokens { return &Tokens{keys: keys, issuer: issuer} }

// claims are exactly those of S14: no role, organisation or name.
type claims struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	SessionID string `json:"sid"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
	ID        string `json:"jti"`
}

func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(c.ExpiresAt, 0)), nil
}

func (c claims) GetIssuedAt() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(c.IssuedAt, 0)), nil
}
func (c claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }
func (c claims) GetIssuer() (string, error)              { return c.Issuer, nil }
func (c claims) GetSubject() (string, error)             { return c.Subject, nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)  { return jwt.ClaimStrings{c.Audience}, nil }

// timely tells whether both times can be of a token that lives now. Seconds of
// now are small, so nothing here overflows, whatever the claims hold; the
// library's own comparisons do with times beyond its calendar.
func (c claims) timely(now int64) bool {
	const life, leeway = int64(tokenLife / time.Second), int64(tokenLeeway / time.Second)
	if c.IssuedAt < now-life-leeway || c.IssuedAt > now+leeway {
		return false
	}
	return c.ExpiresAt > now-leeway && c.ExpiresAt <= now+life+leeway && c.ExpiresAt <= c.IssuedAt+life
}

// UnmarshalJSON takes these members once, in these types, and no other.
func (c *claims) UnmarshalJSON(data []byte) error {
	type plain claims
	return exact(data, (*plain)(c), "iss", "aud", "sub", "sid", "iat", "exp", "jti")
}

// exact decodes an object that has exactly the named members, each once.
func exact(data []byte, into any, names ...string) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ErrToken
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok || seen[name] {
			return ErrToken
		}
		seen[name] = true
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return ErrToken
		}
	}
	if len(seen) != len(names) {
		return ErrToken
	}
	for _, name := range names {
		if !seen[name] {
			return ErrToken
		}
	}
	if err := json.Unmarshal(data, into); err != nil {
		return ErrToken
	}
	return nil
}

// Issue signs a token for a session, good for ten minutes.
func (t *Tokens) Issue(now time.Time, userID, sessionID string) (string, time.Time, error) {
	id := make([]byte, 12)
	if _, err := rand.Read(id); err != nil {
		return "", time.Time{}, fmt.Errorf("draw token id: %w", err)
	}
	expires := now.Add(tokenLife).Truncate(time.Second).UTC()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Issuer: t.issuer, Audience: audience, Subject: userID, SessionID: sessionID,
		IssuedAt: now.Unix(), ExpiresAt: expires.Unix(), ID: fmt.Sprintf("%x", id),
	})
	kid := now.UTC().Format(kidLayout)
	token.Header = map[string]any{"alg": "HS256", "typ": tokenType, "kid": kid}
	key := t.keys.Derive("jwt/" + kid)
	signed, err := token.SignedString(key[:])
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign token: %w", err)
	}
	return signed, expires, nil
}

// Verify checks a token by every rule of S15. Errors: ErrToken.
func (t *Tokens) Verify(now time.Time, token string) (Claims, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 || strings.Trim(token, base64url) != "" {
		return Claims{}, ErrToken
	}
	header, _, _ := strings.Cut(token, ".")
	if err := checkHeader(header); err != nil {
		return Claims{}, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithStrictDecoding(), jwt.WithIssuer(t.issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(tokenLeeway), jwt.WithTimeFunc(func() time.Time { return now }),
	)
	var c claims
	_, err := parser.ParseWithClaims(token, &c, func(parsed *jwt.Token) (any, error) {
		kid, _ := parsed.Header["kid"].(string)
		if !goodKid(kid, now) {
			return nil, ErrToken
		}
		key := t.keys.Derive("jwt/" + kid)
		return key[:], nil
	})
	if err != nil || c.Subject == "" || c.SessionID == "" || c.ID == "" || !c.timely(now.Unix()) {
		return Claims{}, ErrToken
	}
	return Claims{UserID: c.Subject, SessionID: c.SessionID, ExpiresAt: time.Unix(c.ExpiresAt, 0).UTC()}, nil
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

// checkHeader refuses every header but exactly alg, typ and kid, each once.
func checkHeader(encoded string) error {
	data, err := jwt.NewParser(jwt.WithStrictDecoding()).DecodeSegment(encoded)
	if err != nil {
		return ErrToken
	}
	var h struct {
		Alg string `json:"alg"`
		Typ string `json:"typ"`
		Kid string `json:"kid"`
	}
	if err := exact(data, &h, "alg", "typ", "kid"); err != nil {
		return err
	}
	if h.Alg != "HS256" || h.Typ != tokenType {
		return ErrToken
	}
	return nil
}

// goodKid takes this month's key, last month's for a while after the turn, and
// next month's within the leeway before it.
func goodKid(kid string, now time.Time) bool {
	now = now.UTC()
	for _, at := range []time.Time{now, now.Add(-verifyWindow), now.Add(tokenLeeway)} {
		if kid == at.Format(kidLayout) {
			return true
		}
	}
	return false
}
