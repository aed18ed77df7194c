package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// RefreshCookieName is S17; the prefix makes browsers insist on Secure, the
// whole site and no Domain.
const RefreshCookieName = "__Host-farwatch_rt"

// ErrCookie is a refresh cookie that this instance did not issue.
var ErrCookie = errors.New("refresh cookie refused")

// RefreshCodec writes and reads the cookie: family.counter.HMAC. Nothing is
// stored of it, so a lost successor can be sent again.
type RefreshCodec struct{ key [32]byte }

// NewRefreshCodec takes its key from the root secret.
func NewRefreshCodec(keys *Keys) *RefreshCodec { return &RefreshCodec{key: keys.Derive("refresh")} }

// EncodeRefresh makes the value for a family and counter.
func (c *RefreshCodec) EncodeRefresh(family string, counter int64) string {
	body := family + "." + strconv.FormatInt(counter, 10)
	return body + "." + c.mac(body)
}

// DecodeRefresh checks the MAC before it reads anything. Errors: ErrCookie.
func (c *RefreshCodec) DecodeRefresh(value string) (family string, counter int64, err error) {
	end := strings.LastIndexByte(value, '.')
	if len(value) > 256 || end < 0 || !hmac.Equal([]byte(value[end+1:]), []byte(c.mac(value[:end]))) {
		return "", 0, ErrCookie
	}
	family, digits, found := strings.Cut(value[:end], ".")
	counter, err = strconv.ParseInt(digits, 10, 64)
	if !found || err != nil {
		return "", 0, ErrCookie
	}
	return family, counter, nil
}

func (c *RefreshCodec) mac(body string) string {
	m := hmac.New(sha256.New, c.key[:])
	m.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// NewOneTimeToken draws 128 bits for a link, and the hash to keep of it.
func NewOneTimeToken() (token, hash string, err error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", "", fmt.Errorf("draw one-time token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, HashOneTimeToken(token), nil
}

// HashOneTimeToken is what is stored: 128 random bits need no slow hash.
func HashOneTimeToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
