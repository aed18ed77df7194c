package auth

import (
	_ "embed"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Lengths of rule S11: the minimum in characters, the maximum in bytes.
const (
	minPassword = 15
	maxPassword = 256
)

// common holds what people choose when they must choose something, one a line,
// in small letters. The minimum of 15 characters keeps out nearly all of the
// well-known lists by itself; what passes it is made of several such parts.
//
//go:embed common.txt
var common string

// policyError is a refused password; its text is a code of the catalogue.
type policyError string

func (e policyError) Error() string { return string(e) }

// CheckPassword is rule S11: length, and not one that guessers try first. It
// never changes the password. Errors carry a code, see PasswordFault.
func CheckPassword(password, userName string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return policyError("password_too_short")
	case len(password) > maxPassword:
		return policyError("password_too_long")
	case guessable(strings.ToLower(password), userName):
		return policyError("password_common")
	}
	return nil
}

// PasswordFault is the code of a CheckPassword error.
func PasswordFault(err error) string {
	var e policyError
	if errors.As(err, &e) {
		return string(e)
	}
	return "password_common"
}

// lines are what fingers run along: alphabet, digits, and the rows and columns
// of keyboards, each run round its end and backwards too.
var lines = func() []string {
	var out []string
	for _, line := range []string{
		"abcdefghijklmnopqrstuvwxyz", "0123456789", "!@#$%^&*()",
		"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "zaq12wsxcde34rfvbgt56yhnmju7",
		"q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
	} {
		out = append(out, line+line, reversed(line+line))
	}
	return out
}()

// unleet reads the letters back that people replace by signs. Every one is a
// single byte for a single byte, so places stay.
var unleet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s")

const (
	shortestRun = 3 // characters along a line that count as a run
	ownPart     = 4 // characters of one's own that a password needs at least
)

// guessable splits the password into runs, common words and the user name, and
// looks at what is left.
func guessable(lower, userName string) bool {
	if repeats(lower) {
		return true
	}
	words := strings.Split(strings.TrimSpace(common), "\n")
	if name := strings.ToLower(userName); len(name) >= shortestRun {
		words = append(words, name)
	}
	plain, own := unleet.Replace(lower), 0
	for at := 0; at < len(lower); {
		known := run(lower[at:])
		for _, word := range words {
			if len(word) > known && (strings.HasPrefix(lower[at:], word) || strings.HasPrefix(plain[at:], word)) {
				known = len(word)
			}
		}
		if known == 0 {
			_, known = utf8.DecodeRuneInString(lower[at:])
			if !strings.ContainsAny(lower[at:at+known], " -_.,") {
				own++
			}
		}
		at += known
	}
	return own < ownPart
}

// run is how many bytes from the start repeat one character or go along a line;
// 0 when they are too few.
func run(s string) int {
	n := 1
	for n < len(s) && s[n] == s[0] {
		n++
	}
	for next := max(n+1, shortestRun); next <= len(s) && along(s[:next]); next++ {
		n = next
	}
	if n < shortestRun {
		return 0
	}
	return n
}

func along(s string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, s) })
}

// repeats tells whether a unit of at most half the length makes up the whole.
func repeats(s string) bool {
	for n := 1; n <= len(s)/2; n++ {
		if strings.HasPrefix(strings.Repeat(s[:n], len(s)/n+1), s) {
			return true
		}
	}
	return false
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
