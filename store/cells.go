package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// cells are the columns of one row, taken one after the other. They are read
// into plain values: many records are read at a time, and finding the fields of
// a struct by reflection costs more than the database does. What is NULL, or was
// not asked for, is the zero value, or nil where NULL says something.
type cells struct {
	values []any
	into   []any // places in values of the columns that were asked for
	next   int
	err    error
}

// newCells are those of a selection.
func newCells(s selection) *cells {
	c := &cells{values: make([]any, len(s.present))}
	for i, present := range s.present {
		if present {
			c.into = append(c.into, &c.values[i])
		}
	}
	return c
}

func (c *cells) scan(rows *sql.Rows) error {
	c.next = 0
	return rows.Scan(c.into...) //nolint:wrapcheck // the caller names the table
}

func (c *cells) take() any {
	v := c.values[c.next]
	c.next++
	return v
}

// misfit notes the first cell that holds what its column cannot.
func (c *cells) misfit(v any) {
	if c.err == nil {
		c.err = fmt.Errorf("column %d holds %T", c.next, v)
	}
}

// taken is one cell of a type, or nil.
func taken[T any](c *cells) *T {
	v := c.take()
	if v == nil {
		return nil
	}
	t, ok := v.(T)
	if !ok {
		c.misfit(v)
		return nil
	}
	return &t
}

func (c *cells) someText() *string { return taken[string](c) }

func (c *cells) text() string {
	v := c.take()
	s, ok := v.(string)
	if !ok && v != nil {
		c.misfit(v)
	}
	return s
}

func (c *cells) bytes() []byte {
	v := c.take()
	b, ok := v.([]byte)
	if !ok && v != nil {
		c.misfit(v)
	}
	return b
}

func (c *cells) id() int64 {
	v := c.take()
	n, ok := v.(int64)
	if !ok && v != nil {
		c.misfit(v)
	}
	return n
}

func (c *cells) whole() int { return int(c.id()) }

func (c *cells) someWhole() *int {
	n := taken[int64](c)
	if n == nil {
		return nil
	}
	whole := int(*n)
	return &whole
}

func (c *cells) someNumber() *float64 { return taken[float64](c) }

// someYes reads what SQLite keeps as 0 and 1.
func (c *cells) someYes() *bool {
	var yes bool
	switch v := c.take().(type) {
	case nil:
		return nil
	case bool:
		yes = v
	case int64:
		yes = v != 0
	default:
		c.misfit(v)
	}
	return &yes
}

func (c *cells) yes() bool {
	yes := c.someYes()
	return yes != nil && *yes
}

func (c *cells) someInstant() *time.Time { return taken[time.Time](c) }

func (c *cells) instant() time.Time {
	t := c.someInstant()
	if t == nil {
		return time.Time{}
	}
	return *t
}

// codes is a list of codes. A column that was not asked for gives nil.
func (c *cells) codes() []string {
	s := c.text()
	if s == "" {
		return nil
	}
	list, plain := plainCodes(s)
	if plain {
		return list
	}
	list = []string{}
	if err := json.Unmarshal([]byte(s), &list); err != nil && c.err == nil {
		c.err = fmt.Errorf("decode code list: %w", err)
	}
	return list
}

// plainCodes reads a JSON array of texts without escapes, which nearly all are.
func plainCodes(s string) (list []string, plain bool) {
	if len(s) < 2 || s[0] != '[' || s[len(s)-1] != ']' || strings.IndexByte(s, '\\') >= 0 {
		return nil, false
	}
	rest := s[1 : len(s)-1]
	list = make([]string, 0, (strings.Count(rest, `"`)+1)/2)
	for first := true; rest != ""; first = false {
		if !first {
			if rest[0] != ',' {
				return nil, false
			}
			rest = rest[1:]
		}
		if len(rest) < 2 || rest[0] != '"' {
			return nil, false
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			return nil, false
		}
		list, rest = append(list, rest[1:1+end]), rest[2+end:]
	}
	return list, true
}
