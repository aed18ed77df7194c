package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
)

// MachinePrefix begins every token of a program, so that whoever looks through
// code and logs for leaked secrets finds it, and tells it from a session's.
const MachinePrefix = "fwp_"

const (
	machineRandom = 30 // characters of 62: 178 bits
	machineCheck  = 6  // a CRC-32 in base 62
	base62        = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewMachineToken draws the secret of a program, and the hash to keep of it.
func (t *Tokens) NewMachineToken() (secret, hash string, err error) {
	var b strings.Builder
	b.WriteString(MachinePrefix)
	raw := make([]byte, 1)
	for b.Len() < len(MachinePrefix)+machineRandom {
		if _, err := rand.Read(raw); err != nil {
			return "", "", fmt.Errorf("draw token: %w", err)
		}
		if int(raw[0]) < 4*len(base62) { // every character is as likely as any other
			b.WriteByte(base62[int(raw[0])%len(base62)])
		}
	}
	secret = b.String() + machineChecksum(b.String())
	return secret, t.machineHash(secret), nil
}

// MachineHash is what is kept of a secret; false for one that was mistyped or
// made up, which needs no look into the database.
func (t *Tokens) MachineHash(secret string) (hash string, ok bool) {
	body := len(MachinePrefix) + machineRandom
	if len(secret) != body+machineCheck || !strings.HasPrefix(secret, MachinePrefix) || machineChecksum(secret[:body]) != secret[body:] {
		return "", false
	}
	return t.machineHash(secret), true
}

// machineHash is under a key, so that who has the database alone cannot tell
// whether a secret that they found is good here.
func (t *Tokens) machineHash(secret string) string {
	key := t.keys.Derive("machine-token")
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil))
}

func machineChecksum(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	out := make([]byte, machineCheck)
	for i := machineCheck - 1; i >= 0; i-- {
		out[i] = base62[sum%62]
		sum /= 62
	}
	return string(out)
}
