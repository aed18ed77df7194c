// Package facts is a column index in memory: which records have which code, as
// Roaring bitmaps, and a few whole numbers of each record, as one bitmap a
// binary digit. It knows nothing of databases and rights; the store fills it,
// keeps it equal to its tables, and says what a principal may see.
package facts

import (
	"math/bits"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// Index holds the records up to one change of the store. It is safe for many
// readers and one writer.
type Index struct {
	mu      sync.RWMutex
	seq     int64
	all     *roaring.Bitmap
	highest uint32 // of every record that ever stood here
	codes   map[string]map[string]*roaring.Bitmap
	numbers map[string]*number
	columns map[string]*column
}

// New is an empty index.
func New() *Index {
	return &Index{
		all: roaring.New(), codes: map[string]map[string]*roaring.Bitmap{}, numbers: map[string]*number{}, columns: map[string]*column{},
	}
}

// number is a whole number of each record that has one, a bitmap a digit.
type number struct {
	present *roaring.Bitmap
	digits  []*roaring.Bitmap
}

// Batch collects what some records have. Collecting is many times faster than
// setting bit after bit.
type Batch struct {
	records []uint32
	codes   map[string]map[string][]uint32
	numbers map[string]*numberBatch
	values  map[string]map[string][]uint32 // of columns
}

type numberBatch struct {
	present []uint32
	digits  [][]uint32
}

// Record says that a record stands in the index.
func (b *Batch) Record(id uint32) { b.records = append(b.records, id) }

// Code says that a record has a code in a dimension, once.
func (b *Batch) Code(dimension, code string, id uint32) {
	b.Codes(dimension, code, id)
}

// Codes says so of several records.
func (b *Batch) Codes(dimension, code string, ids ...uint32) {
	if b.codes == nil {
		b.codes = map[string]map[string][]uint32{}
	}
	codes := b.codes[dimension]
	if codes == nil {
		codes = map[string][]uint32{}
		b.codes[dimension] = codes
	}
	codes[code] = append(codes[code], ids...)
}

// Number gives a record its number in a column.
func (b *Batch) Number(column string, id uint32, value uint64) {
	if b.numbers == nil {
		b.numbers = map[string]*numberBatch{}
	}
	n := b.numbers[column]
	if n == nil {
		n = &numberBatch{}
		b.numbers[column] = n
	}
	n.present = append(n.present, id)
	for len(n.digits) < bits.Len64(value) {
		n.digits = append(n.digits, nil)
	}
	for ; value != 0; value &= value - 1 {
		digit := bits.TrailingZeros64(value)
		n.digits[digit] = append(n.digits[digit], id)
	}
}

// Apply replaces records by what the batch says of them; those of which it says
// nothing are gone. seq is the change up to which the index then holds.
func (x *Index) Apply(seq int64, replaced []uint32, b *Batch) {
	x.mu.Lock()
	defer x.mu.Unlock()
	gone := roaring.New()
	for _, id := range replaced {
		if id <= x.highest {
			gone.Add(id)
		}
	}
	if !gone.IsEmpty() {
		x.remove(gone)
	}
	x.add(b)
	x.seq = seq
}

func (x *Index) remove(gone *roaring.Bitmap) {
	drop := func(set *roaring.Bitmap) {
		if set.Intersects(gone) {
			set.AndNot(gone)
		}
	}
	drop(x.all)
	for _, codes := range x.codes {
		for code, set := range codes {
			if drop(set); set.IsEmpty() {
				delete(codes, code)
			}
		}
	}
	for _, n := range x.numbers {
		drop(n.present)
		for _, digit := range n.digits {
			drop(digit)
		}
	}
}

func (x *Index) add(b *Batch) {
	put := func(set *roaring.Bitmap, ids []uint32) {
		set.AddMany(ids)
		for _, id := range ids {
			x.highest = max(x.highest, id)
		}
	}
	put(x.all, b.records)
	for name, codes := range b.values {
		into := x.columns[name]
		if into == nil {
			into = &column{numbers: map[string]uint16{}}
			x.columns[name] = into
		}
		for code, ids := range codes {
			into.set(code, ids)
		}
	}
	for dimension, codes := range b.codes {
		into := x.codes[dimension]
		if into == nil {
			into = map[string]*roaring.Bitmap{}
			x.codes[dimension] = into
		}
		for code, ids := range codes {
			if into[code] == nil {
				into[code] = roaring.New()
			}
			put(into[code], ids)
		}
	}
	for column, n := range b.numbers {
		into := x.numbers[column]
		if into == nil {
			into = &number{present: roaring.New()}
			x.numbers[column] = into
		}
		put(into.present, n.present)
		for digit, ids := range n.digits {
			if digit == len(into.digits) {
				into.digits = append(into.digits, roaring.New())
			}
			put(into.digits[digit], ids)
		}
	}
}

// Pack takes the least memory for what stands in the index now.
func (x *Index) Pack() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.each(func(set *roaring.Bitmap) { set.RunOptimize() })
}

// Bytes is about how much memory the index takes.
func (x *Index) Bytes() (n uint64) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	x.each(func(set *roaring.Bitmap) { n += set.GetSizeInBytes() })
	for _, c := range x.columns {
		n += uint64(len(c.chunks)) * chunkSize * 2
	}
	return n
}

func (x *Index) each(do func(*roaring.Bitmap)) {
	do(x.all)
	for _, codes := range x.codes {
		for _, set := range codes {
			do(set)
		}
	}
	for _, n := range x.numbers {
		do(n.present)
		for _, digit := range n.digits {
			do(digit)
		}
	}
}

// Seq is the change up to which the index holds.
func (x *Index) Seq() int64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.seq
}
