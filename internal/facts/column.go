package facts

// column is the one code that each record has in a dimension of thousands of
// codes: counting them reads two bytes a record, where a bitmap a code would
// have to be joined thousands of times.
type column struct {
	codes   []string
	numbers map[string]uint16
	chunks  []*[chunkSize]uint16
}

const (
	chunkBits = 16
	chunkSize = 1 << chunkBits
)

// Value gives a record its only code in a column. Counts reads columns only.
func (b *Batch) Value(name, code string, id uint32) {
	if b.values == nil {
		b.values = map[string]map[string][]uint32{}
	}
	codes := b.values[name]
	if codes == nil {
		codes = map[string][]uint32{}
		b.values[name] = codes
	}
	codes[code] = append(codes[code], id)
}

// set never takes a code back: what a record that is gone had is not read.
func (c *column) set(code string, ids []uint32) {
	number, known := c.numbers[code]
	if !known {
		number = uint16(len(c.codes)) // two countries make fewer than 65,536 pairs
		c.numbers[code], c.codes = number, append(c.codes, code)
	}
	for _, id := range ids {
		for len(c.chunks) <= int(id>>chunkBits) {
			c.chunks = append(c.chunks, nil)
		}
		chunk := &c.chunks[id>>chunkBits]
		if *chunk == nil {
			*chunk = new([chunkSize]uint16)
		}
		(*chunk)[id%chunkSize] = number
	}
}

// counts reads the column of every record of a set.
func (c *column) counts(of Set) map[string]int {
	sums := make([]int, len(c.codes))
	var ids [4096]uint32
	rows := of.bitmap.ManyIterator()
	for n := rows.NextMany(ids[:]); n > 0; n = rows.NextMany(ids[:]) {
		for _, id := range ids[:n] {
			sums[c.chunks[id>>chunkBits][id%chunkSize]]++
		}
	}
	out := map[string]int{}
	for number, n := range sums {
		if n > 0 {
			out[c.codes[number]] = n
		}
	}
	return out
}
