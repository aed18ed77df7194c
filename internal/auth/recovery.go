package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
)

// recoveryAlphabet has no letter that looks like a digit.
var recoveryAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewRecoveryCodes draws n codes of 128 bits for a person, and what to keep of
// them.
func NewRecoveryCodes(userID string, n int) (codes, hashes []string, err error) {
	for range n {
		raw := make([]byte, 16)
		if _, err := rand.Read(raw); err != nil {
			return nil, nil, fmt.Errorf("draw recovery code: %w", err)
		}
		text := recoveryAlphabet.EncodeToString(raw) // 26 characters
		code := text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20] + "-" + text[20:]
		codes, hashes = append(codes, code), append(hashes, HashRecoveryCode(userID, code))
	}
	return codes, hashes, nil
}

// likeDigits are letters that people write for digits.
var likeDigits = strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1")

// HashRecoveryCode binds a code to its person, however it was typed. 128 random
// bits need no slow hash.
func HashRecoveryCode(userID, code string) string {
	sum := sha256.Sum256([]byte("farwatch|recovery|" + userID + "|" + likeDigits.Replace(strings.ToLower(strings.TrimSpace(code)))))
	return hex.EncodeToString(sum[:])
}

// NewKeyCode draws a code with which another person may do action with the
// keys, and what to keep of it.
func NewKeyCode(action string) (code, hash string, err error) {
	codes, hashes, err := NewRecoveryCodes("keys."+action, 1)
	if err != nil {
		return "", "", err
	}
	return codes[0], hashes[0], nil
}

// HashKeyCode binds such a code to its action, however it was typed.
func HashKeyCode(action, code string) string { return HashRecoveryCode("keys."+action, code) }
