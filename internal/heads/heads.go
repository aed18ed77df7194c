// Package heads keeps signed marks of how far the audit chain had got. Whoever
// can change the database and knows its keys can write another chain that fits;
// a mark on another machine still shows that the old one was longer, or other
// (SECURITY.md S42).
package heads

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Head is one line of the file.
type Head struct {
	Seq      int64     `json:"seq"`
	MAC      string    `json:"mac"`
	Time     time.Time `json:"time"`
	Restored *int64    `json:"restored,omitempty"` // a restore took the chain back to this row
	Sig      string    `json:"sig"`
}

func (h Head) signed() []byte {
	data := fmt.Appendf(nil, "farwatch/audit-head/v1\n%d\n%s\n%d", h.Seq, h.MAC, h.Time.UnixMilli())
	if h.Restored != nil {
		data = fmt.Appendf(data, "\nrestored %d", *h.Restored)
	}
	return data
}

// Append signs a head and adds it to the file; it is on the disk afterwards.
func Append(path string, h Head, key ed25519.PrivateKey) error {
	h.Time = h.Time.UTC().Truncate(time.Millisecond)
	h.Sig = hex.EncodeToString(ed25519.Sign(key, h.signed()))
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make folder of heads: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open file of heads: %w", err)
	}
	err = begin(f)
	if err == nil {
		_, err = f.Write(append(line, '\n'))
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	return nil
}

// begin ends a line that a crash cut short, so that the next one can be read.
func begin(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err = f.WriteString("\n")
	return err
}

// File is what a file of heads says.
type File struct {
	Heads []Head // that count, in the order they were written
	// Forged are the numbers of lines that are no heads of this instance's key:
	// altered, cut short or of another instance.
	Forged   []int
	Restores int
}

// longestLine is far above what a head needs.
const longestLine = 4096

// Read reads and checks every line. Heads beyond the point of a later restore
// do not count any more: what they stood for is gone, and the restore is there
// to be seen.
func Read(path string, key ed25519.PublicKey) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("read heads: %w", err)
	}
	defer func() { _ = f.Close() }() // read only
	var out File
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 0, longestLine), longestLine)
	for n := 1; lines.Scan(); n++ {
		h, good := parse(lines.Bytes(), key)
		switch {
		case !good:
			out.Forged = append(out.Forged, n)
			continue
		case h.Restored != nil:
			out.Restores++
			out.Heads = upTo(out.Heads, *h.Restored)
		}
		out.Heads = append(out.Heads, h)
	}
	if err := lines.Err(); err != nil {
		return File{}, fmt.Errorf("read heads: %w", err)
	}
	return out, nil
}

func parse(line []byte, key ed25519.PublicKey) (h Head, good bool) {
	if err := json.Unmarshal(line, &h); err != nil {
		return Head{}, false
	}
	sig, err := hex.DecodeString(h.Sig)
	return h, err == nil && ed25519.Verify(key, h.signed(), sig)
}

// upTo keeps what a restore left of the chain.
func upTo(heads []Head, seq int64) []Head {
	var kept []Head
	for _, h := range heads {
		if h.Seq <= seq {
			kept = append(kept, h)
		}
	}
	return kept
}

// Missing gives the first head that the chain does not bear out: macs holds the
// links of the rows that are there.
func (f File) Missing(macs map[int64]string) (Head, bool) {
	for _, h := range f.Heads {
		if h.Seq > 0 && macs[h.Seq] != h.MAC {
			return h, true
		}
	}
	return Head{}, false
}
