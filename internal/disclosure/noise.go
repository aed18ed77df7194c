package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
)

func (g *Guard) mac(purpose string, parts ...string) [sha256.Size]byte {
	h := hmac.New(sha256.New, g.secret)
	for _, p := range append([]string{purpose}, parts...) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func (g *Guard) key(purpose string, parts ...string) uint64 {
	sum := g.mac(purpose, parts...)
	return binary.BigEndian.Uint64(sum[:8])
}

// noise of a cell hangs on the records in it alone: the same records have the
// same noise in every table and every release, so that asking again averages
// nothing out; one record more or less has another noise altogether, so that a
// margin minus its parts tells nothing.
func (g *Guard) noise(sum uint64) int {
	if g.cut == 0 {
		return 0
	}
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], sum)
	u := float64(g.key("cell", string(raw[:]))>>11) / (1 << 53)
	weights := make([]float64, 2*g.cut+1)
	total := 0.0
	for i := range weights {
		weights[i] = math.Exp(-epsilon * math.Abs(float64(i-g.cut)))
		total += weights[i]
	}
	for i, w := range weights {
		if u -= w / total; u < 0 {
			return i - g.cut
		}
	}
	return g.cut
}
