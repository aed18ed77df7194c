package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// A recovery is the key file in two shares for paper. Each alone is random
// noise; together they are the file (S36). Every line ends in a word that tells
// a slip of the pen.

// shareLine is how many signs of a share stand on a line, in groups of four.
const shareLine = 32

// Shares splits the keys in two. Whoever has both has everything.
func (k *Keys) Shares() (one, two string, err error) {
	next := *k
	next.passphrase = ""
	plain, err := next.plain()
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(plain)
	secret := append(append(sum[:8:8], plain...), make([]byte, (20-(8+len(plain))%20)%20)...) // whole lines
	noise := make([]byte, len(secret))
	set := make([]byte, 5)
	if _, err := rand.Read(noise); err != nil {
		return "", "", fmt.Errorf("split keys: %w", err)
	}
	if _, err := rand.Read(set); err != nil {
		return "", "", fmt.Errorf("split keys: %w", err)
	}
	name := paper.EncodeToString(set)
	return printShare(name+"-1", noise), printShare(name+"-2", xor(secret, noise)), nil
}

var paper = base32.StdEncoding.WithPadding(base32.NoPadding)

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	for i := range a {
		out[i] = a[i] ^ b[i]
	}
	return out
}

func printShare(name string, data []byte) string {
	text := paper.EncodeToString(data)
	var out strings.Builder
	fmt.Fprintf(&out, "share %s %s\n", name, checkWord(name, 0, name))
	for n := 1; len(text) > 0; n++ {
		line := text[:min(shareLine, len(text))]
		text = text[len(line):]
		var groups []string
		for i := 0; i < len(line); i += 4 {
			groups = append(groups, line[i:min(i+4, len(line))])
		}
		fmt.Fprintf(&out, "%2d  %s  %s\n", n, strings.Join(groups, " "), checkWord(name, n, line))
	}
	return out.String()
}

// checkWord is a word that can be read aloud.
func checkWord(name string, line int, text string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "farwatch share %s %d %s", name, line, text))
	n := binary.BigEndian.Uint32(sum[:])
	const consonants, vowels = "bdfgjklmnprstvz", "aeiou"
	var word strings.Builder
	for range 3 {
		word.WriteByte(consonants[n%15])
		n /= 15
		word.WriteByte(vowels[n%5])
		n /= 5
	}
	return word.String()
}

// readShare reads a share as it was typed off the paper. Errors name the line
// that is wrong.
func readShare(text string) (name string, data []byte, err error) {
	var coded strings.Builder
	n := 0
	for raw := range strings.Lines(text) {
		fields := strings.Fields(strings.ToUpper(raw))
		if len(fields) == 0 {
			continue
		}
		if name == "" {
			if len(fields) != 3 || fields[0] != "SHARE" || !strings.EqualFold(fields[2], checkWord(fields[1], 0, fields[1])) {
				return "", nil, errors.New("the first line of the share is wrong: it says share, a name, and a word")
			}
			name = fields[1]
			continue
		}
		n++
		word := fields[len(fields)-1]
		line := strings.Join(fields[1:len(fields)-1], "")
		if fields[0] != fmt.Sprint(n) || !strings.EqualFold(word, checkWord(name, n, line)) {
			return "", nil, fmt.Errorf("line %d of share %s is wrong: compare it with the paper", n, name)
		}
		coded.WriteString(line)
	}
	data, err = paper.DecodeString(coded.String())
	if err != nil || name == "" {
		return "", nil, errors.New("this is no share")
	}
	return name, data, nil
}

// RecoverKeys puts two shares together and makes the key file of them, where
// there is none.
func RecoverKeys(path, one, two string) error {
	nameOne, a, err := readShare(one)
	if err != nil {
		return err
	}
	nameTwo, b, err := readShare(two)
	if err != nil {
		return err
	}
	setOne, partOne, _ := strings.Cut(nameOne, "-")
	setTwo, partTwo, _ := strings.Cut(nameTwo, "-")
	if setOne != setTwo || partOne == partTwo || len(a) != len(b) || len(a) < 8 {
		return fmt.Errorf("shares %s and %s do not belong together", nameOne, nameTwo)
	}
	secret := xor(a, b)
	plain := []byte(strings.TrimRight(string(secret[8:]), "\x00"))
	sum := sha256.Sum256(plain)
	if string(sum[:8]) != string(secret[:8]) {
		return errors.New("the shares do not fit together: a line is missing")
	}
	var k Keys
	if err := k.parse(plain); err != nil {
		return fmt.Errorf("the shares hold no keys: %w", err)
	}
	if err := writeNew(path, plain); err != nil {
		return fmt.Errorf("make key file %s: %w; move the one that is there out of the way", path, err)
	}
	return nil
}
