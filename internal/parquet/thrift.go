package parquet

import "encoding/binary"

// compact writes Thrift's compact protocol, as far as the footer of a file and
// the heads of pages need it.
type compact struct {
	out  []byte
	last []int16 // ids of the fields before, one for each open struct
}

// Types of the compact protocol.
const (
	typeI32    = 5
	typeI64    = 6
	typeBinary = 8
	typeList   = 9
	typeStruct = 12
)

func (c *compact) field(id int16, kind byte) {
	n := len(c.last) - 1
	c.out = append(c.out, byte(id-c.last[n])<<4|kind) // ids rise, by 15 at most
	c.last[n] = id
}

func (c *compact) begin() { c.last = append(c.last, 0) }

func (c *compact) end() {
	c.out = append(c.out, 0)
	c.last = c.last[:len(c.last)-1]
}

func (c *compact) integer(n int64) {
	c.out = binary.AppendUvarint(c.out, uint64(n)<<1^uint64(n>>63)) //nolint:gosec // G115: zigzag
}

func (c *compact) i32(id int16, n int) {
	c.field(id, typeI32)
	c.integer(int64(n))
}

func (c *compact) i64(id int16, n int64) {
	c.field(id, typeI64)
	c.integer(n)
}

func (c *compact) bytes(s string) {
	c.out = binary.AppendUvarint(c.out, uint64(len(s)))
	c.out = append(c.out, s...)
}

func (c *compact) text(id int16, s string) {
	c.field(id, typeBinary)
	c.bytes(s)
}

// list begins a list of n elements.
func (c *compact) list(id int16, kind byte, n int) {
	c.field(id, typeList)
	if n < 15 {
		c.out = append(c.out, byte(n)<<4|kind) //nolint:gosec // G115: below 15
		return
	}
	c.out = append(c.out, 15<<4|kind)
	c.out = binary.AppendUvarint(c.out, uint64(n)) //nolint:gosec // G115: a length
}
