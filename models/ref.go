package models

import (
	"fmt"
	"io"
	"strings"
)

// crockford is Crockford's base 32 alphabet: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewRef draws 35 random bits and appends the Luhn mod 32 check character:
// FW-XXXX-XXXX. A ref is a name, never a permission (S28).
func NewRef(random io.Reader) (string, error) {
	var raw [7]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("draw ref: %w", err)
	}
	body := make([]byte, 7)
	for i, b := range raw {
		body[i] = crockford[b&31] // 5 of 8 random bits: uniform
	}
	return formatRef(string(body) + string(checkCharacter(string(body)))), nil
}

// ParseRef brings a typed ref to its canonical form: case, hyphens and spaces,
// I/L for 1 and O for 0 are forgiven. Errors: ref.malformed when it has not
// the form, ref.check_digit when a character was mistyped.
func ParseRef(s string) (string, error) {
	clean := strings.NewReplacer("-", "", " ", "", "I", "1", "L", "1", "O", "0").Replace(strings.ToUpper(s))
	clean = strings.TrimPrefix(clean, "FW")
	if len(clean) != 8 || strings.Trim(clean, crockford) != "" {
		return "", Fail(KindMalformed, "ref.malformed", "A ref looks like FW-XXXX-XXXX: copy it again from the record.")
	}
	if clean[7] != checkCharacter(clean[:7]) {
		return "", Fail(KindMalformed, "ref.check_digit", "This ref has a typing error: its check character does not fit. Compare it with the record.")
	}
	return formatRef(clean), nil
}

func formatRef(clean string) string { return "FW-" + clean[:4] + "-" + clean[4:] }

// checkCharacter is Luhn mod 32 over the alphabet: from the right, every other
// character counts twice, digits of the doubled value in base 32 are summed.
func checkCharacter(body string) byte {
	factor, sum := 2, 0
	for i := len(body) - 1; i >= 0; i-- {
		addend := factor * strings.IndexByte(crockford, body[i])
		sum += addend/32 + addend%32
		factor = 3 - factor
	}
	return crockford[(32-sum%32)%32]
}
