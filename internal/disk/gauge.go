package disk

import (
	"sync"
	"time"
)

// Gauge tells whether a disk is too full to save anything more (S53). It asks
// the machine at most every half second.
type Gauge struct {
	path  string
	least uint64 // 0: by the size of the disk

	mu    sync.Mutex
	asked time.Time
	full  bool
}

// NewGauge watches the disk below path.
func NewGauge(path string, least uint64) *Gauge { return &Gauge{path: path, least: least} }

const askEvery = 500 * time.Millisecond

// Full tells whether there is too little room. A disk that does not tell counts
// as having room: the database then says so itself.
func (g *Gauge) Full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); now.Sub(g.asked) >= askEvery {
		g.asked = now
		_, _, g.full, _ = g.Measure()
	}
	return g.full
}

// Measure asks now. Errors: ErrUnknown.
func (g *Gauge) Measure() (free, least uint64, full bool, err error) {
	free, total, err := Free(g.path)
	if least = g.least; least == 0 {
		least = Least(total)
	}
	return free, least, err == nil && free < least, err
}
