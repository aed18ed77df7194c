package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// DeviceCookieName marks a browser in which somebody has signed in before (S23).
const DeviceCookieName = "__Host-farwatch_dev"

// DeviceLife is how long a browser stays known after a sign-in. Not longer: the
// cookie shows whoever holds the machine that somebody signed in on it.
const DeviceLife = 90 * 24 * time.Hour

// DeviceCodec writes and reads the cookie: device.HMAC(device, user name). It
// gives no right but to be counted apart from strangers, so that a stranger who
// guesses at a name cannot lock its owner out. Nothing is stored of it.
type DeviceCodec struct{ key [32]byte }

// NewDeviceCodec takes its key from the root secret.
func NewDeviceCodec(keys *Keys) *DeviceCodec { return &DeviceCodec{key: keys.Derive("device")} }

// Encode makes a fresh device for a user name.
func (c *DeviceCodec) Encode(userName string) string {
	device := rand.Text()
	return device + "." + c.mac(device, userName)
}

// Decode gives the device of a cookie that was made for this user name, "" for
// any other.
func (c *DeviceCodec) Decode(value, userName string) string {
	device, mac, found := strings.Cut(value, ".")
	if !found || len(value) > 256 || !hmac.Equal([]byte(mac), []byte(c.mac(device, userName))) {
		return ""
	}
	return device
}

func (c *DeviceCodec) mac(device, userName string) string {
	m := hmac.New(sha256.New, c.key[:])
	m.Write([]byte(device + "\x00" + userName))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
