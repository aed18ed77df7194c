package store

import "math/bits"

// idSet holds internal ids in a bit each: they are dense, so that a million takes
// an eighth of a megabyte.
type idSet struct {
	words []uint64
	count int
}

func (s *idSet) add(id int64) {
	word := int(id >> 6)
	for len(s.words) <= word {
		s.words = append(s.words, 0)
	}
	if bit := uint64(1) << (id & 63); s.words[word]&bit == 0 {
		s.words[word] |= bit
		s.count++
	}
}

// behind are the lowest ids above one, at most so many.
func (s *idSet) behind(last int64, most int) []int64 {
	out := make([]int64, 0, min(most, s.count))
	for word := int((last + 1) >> 6); word < len(s.words) && len(out) < most; word++ {
		left := s.words[word]
		if base := int64(word) << 6; base <= last {
			left &^= uint64(1)<<(last+1-base) - 1
		}
		for ; left != 0 && len(out) < most; left &= left - 1 {
			out = append(out, int64(word)<<6+int64(bits.TrailingZeros64(left)))
		}
	}
	return out
}

func (s *idSet) has(id int64) bool {
	word := int(id >> 6)
	return word < len(s.words) && s.words[word]&(uint64(1)<<(id&63)) != 0
}
