package facts

import "github.com/RoaringBitmap/roaring/v2"

// Reader reads the index as it is at one change.
type Reader struct {
	x   *Index
	Seq int64
}

// Read runs fn while nothing changes. What fn was given ends with it.
func (x *Index) Read(fn func(Reader)) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	fn(Reader{x, x.seq})
}

// Set is some records. Sets are never changed: every operation makes a new one.
type Set struct{ bitmap *roaring.Bitmap }

// None is the empty set.
func None() Set { return Set{roaring.New()} }

// SetOf is these records; some may stand in no index.
func SetOf(ids []uint32) Set { return Set{roaring.BitmapOf(ids...)} }

// And is what both hold.
func (s Set) And(o Set) Set { return Set{roaring.And(s.bitmap, o.bitmap)} }

// Or is what either holds.
func (s Set) Or(o Set) Set { return Set{roaring.Or(s.bitmap, o.bitmap)} }

// Without is what the other does not hold.
func (s Set) Without(o Set) Set { return Set{roaring.AndNot(s.bitmap, o.bitmap)} }

// Count is how many records it holds.
func (s Set) Count() int { return int(s.bitmap.GetCardinality()) }

// CountAnd is how many records both hold.
func (s Set) CountAnd(o Set) int { return int(s.bitmap.AndCardinality(o.bitmap)) }

// All is every record.
func (r Reader) All() Set { return Set{r.x.all} }

// Any is the records with any of some codes.
func (r Reader) Any(dimension string, codes ...string) Set {
	var sets []*roaring.Bitmap
	for _, code := range codes {
		if set := r.x.codes[dimension][code]; set != nil {
			sets = append(sets, set)
		}
	}
	switch len(sets) {
	case 0:
		return None()
	case 1:
		return Set{sets[0]}
	}
	return Set{roaring.FastOr(sets...)}
}

// Counts tells how many records of a set have each code of a dimension, but for
// codes that none has.
func (r Reader) Counts(dimension string, of Set) map[string]int {
	if c := r.x.columns[dimension]; c != nil {
		return c.counts(of)
	}
	out := map[string]int{}
	everything := of.Count() == r.All().Count() // sets hold records of the index only
	for code, set := range r.x.codes[dimension] {
		n := 0
		if everything {
			n = int(set.GetCardinality())
		} else {
			n = int(set.AndCardinality(of.bitmap))
		}
		if n > 0 {
			out[code] = n
		}
	}
	return out
}

// Having is the records that have a number in a column.
func (r Reader) Having(column string) Set {
	if n := r.x.numbers[column]; n != nil {
		return Set{n.present}
	}
	return None()
}

// Sum adds the numbers of a set.
func (r Reader) Sum(column string, of Set) (sum int) {
	n := r.x.numbers[column]
	if n == nil {
		return 0
	}
	for digit, set := range n.digits {
		sum += int(set.AndCardinality(of.bitmap)) << digit
	}
	return sum
}

// AtLeast is the records of a set whose number is not below a value; those
// without a number are not among them.
func (r Reader) AtLeast(column string, of Set, value uint64) Set {
	n := r.x.numbers[column]
	if n == nil {
		return None()
	}
	// From the highest digit on: above is what is greater already, equal what has
	// had the same digits so far.
	above, equal := roaring.New(), roaring.And(of.bitmap, n.present)
	for digit := 63; digit >= 0 && !equal.IsEmpty(); digit-- {
		wanted := value>>digit&1 == 1
		if digit >= len(n.digits) {
			if wanted {
				return Set{above}
			}
			continue
		}
		if set := n.digits[digit]; wanted {
			equal = roaring.And(equal, set)
		} else {
			above.Or(roaring.And(equal, set))
			equal = roaring.AndNot(equal, set)
		}
	}
	above.Or(equal)
	return Set{above}
}

// AtMost is the records of a set whose number is not above a value.
func (r Reader) AtMost(column string, of Set, value uint64) Set {
	return of.And(r.Having(column)).Without(r.AtLeast(column, of, value+1))
}

// First is the records of a set that come first in the order of a column, at
// least k of them if there are so many, and all that share the last one's
// number. Those without a number are not among them.
func (r Reader) First(column string, of Set, k int, descending bool) Set {
	n := r.x.numbers[column]
	if n == nil || k <= 0 {
		return None()
	}
	// From the highest digit on: chosen comes first in any case, rest has had the
	// same digits so far and more than there is room for.
	chosen, rest := roaring.New(), roaring.And(of.bitmap, n.present)
	for digit := len(n.digits) - 1; digit >= 0 && !rest.IsEmpty(); digit-- {
		first, last := roaring.And(rest, n.digits[digit]), roaring.AndNot(rest, n.digits[digit])
		if !descending {
			first, last = last, first
		}
		if room := k - int(first.GetCardinality()); room > 0 {
			chosen.Or(first)
			rest, k = last, room
		} else {
			rest = first
		}
	}
	chosen.Or(rest)
	return Set{chosen}
}

// IDs are the records of a set, the lowest first.
func (s Set) IDs() []uint32 { return s.bitmap.ToArray() }
