package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238: the only hash that every authenticator app knows
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// Parameters of the authenticator apps (RFC 6238), which all of them know.
const (
	totpPeriod = 30 // seconds
	totpDigits = 6
	totpWindow = 1 // steps to either side
	totpSecret = 20
)

var plainBase32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret draws the seed of an authenticator app.
func NewTOTPSecret() ([]byte, error) {
	secret := make([]byte, totpSecret)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("draw seed: %w", err)
	}
	return secret, nil
}

// TOTPSecretText is the seed as people type it.
func TOTPSecretText(secret []byte) string { return plainBase32.EncodeToString(secret) }

// TOTPAddress is the seed as apps read it from a QR code.
func TOTPAddress(secret []byte, issuer, account string) string {
	query := url.Values{}
	query.Set("secret", TOTPSecretText(secret))
	query.Set("issuer", issuer)
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: query.Encode()}
	return u.String()
}

// TOTPStep numbers the half minute that a moment lies in.
func TOTPStep(at time.Time) int64 { return at.Unix() / totpPeriod }

// TOTPCode is the code of one step.
func TOTPCode(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:offset+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%1_000_000)
}

// TOTPMatch finds the step of a code among those near now. The caller must
// still use the step up: a code works once.
func TOTPMatch(secret []byte, now time.Time, code string) (step int64, ok bool) {
	if len(code) != totpDigits {
		return 0, false
	}
	for at := TOTPStep(now) - totpWindow; at <= TOTPStep(now)+totpWindow; at++ {
		if subtle.ConstantTimeCompare([]byte(TOTPCode(secret, at)), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}
