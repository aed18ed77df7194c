package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// call is one that changed a file, as strace saw it. Times are of the same clock
// as the clients'.
type call struct {
	name        string // pwrite64, ftruncate, fsync, fdatasync
	path        string
	data        []byte
	at          int64 // offset, or the new length
	entry, exit float64
}

var (
	// tid, time, rest; strace pads the tid.
	traceLine = regexp.MustCompile(`^(\d+)\s+(\d+\.\d+) (.*)$`)
	// name, path, the other arguments.
	traceCall   = regexp.MustCompile(`^(pwrite64|ftruncate|fsync|fdatasync)\(\d+<((?:\\x[0-9a-f]{2})*)>(?:, (.*?))?(?:\)\s+= \d+ <(\d+\.\d+)>| <unfinished \.\.\.>)$`)
	traceResume = regexp.MustCompile(`^<\.\.\. (?:pwrite64|ftruncate|fsync|fdatasync) resumed>.*= \d+ <\d+\.\d+>$`)
)

// unhex reads \x41\x42.
func unhex(s string) ([]byte, error) {
	out := make([]byte, 0, len(s)/4)
	for n := 0; n+4 <= len(s); n += 4 {
		b, err := strconv.ParseUint(s[n+2:n+4], 16, 8)
		if err != nil {
			return nil, err
		}
		out = append(out, byte(b))
	}
	return out, nil
}

// readTrace gives the calls on the database file and its log, in the order they
// began.
func readTrace(t *testing.T, name string) (calls []call) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pending := map[string]int{} // by thread
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	for lines.Scan() {
		m := traceLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		tid, rest := m[1], m[3]
		at, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		if n, waiting := pending[tid]; waiting && traceResume.MatchString(rest) {
			calls[n].exit = at
			delete(pending, tid)
			continue
		}
		c, finished, err := parseCall(rest, at)
		if err != nil {
			t.Fatalf("%v in %.200s", err, rest)
		}
		if c.name == "" {
			continue
		}
		if !finished {
			pending[tid] = len(calls)
		}
		calls = append(calls, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calls
}

// never is the end of a call that did not end.
const never = 1e18

func parseCall(rest string, at float64) (c call, finished bool, err error) {
	m := traceCall.FindStringSubmatch(rest)
	if m == nil {
		return call{}, false, nil
	}
	path, err := unhex(m[2])
	if err != nil {
		return call{}, false, err
	}
	name := filepath.Base(string(path))
	if name != databaseName && name != databaseName+"-wal" {
		return call{}, false, nil
	}
	c = call{name: m[1], path: name, entry: at, exit: never}
	if m[4] != "" {
		took, err := strconv.ParseFloat(m[4], 64)
		if err != nil {
			return call{}, false, err
		}
		c.exit, finished = at+took, true
	}
	if c.name == "fsync" || c.name == "fdatasync" {
		return c, finished, nil
	}
	args := strings.Split(m[3], ", ")
	if c.at, err = strconv.ParseInt(args[len(args)-1], 10, 64); err != nil {
		return call{}, false, err
	}
	if c.name == "pwrite64" {
		if !strings.HasSuffix(args[0], `"`) {
			return call{}, false, fmt.Errorf("data cut short")
		}
		c.data, err = unhex(strings.Trim(args[0], `"`))
	}
	return c, finished, err
}

// apply does to an image what the call did to the file.
func (c call) apply(image []byte) []byte {
	if c.name == "ftruncate" {
		return grow(image, int(c.at))[:c.at]
	}
	image = grow(image, int(c.at)+len(c.data))
	copy(image[c.at:], c.data)
	return image
}

func grow(image []byte, size int) []byte {
	if size > len(image) {
		image = append(image, make([]byte, size-len(image))...)
	}
	return image
}

// sector is what a disk writes as a whole.
const sector = 512

// tear keeps some of the sectors that a write touches.
func (c call) tear(image []byte, dice *rand.Rand) []byte {
	for from := int64(0); from < int64(len(c.data)); {
		to := min((c.at+from)/sector*sector+sector-c.at, int64(len(c.data)))
		if dice.IntN(2) == 0 {
			image = call{name: "pwrite64", data: c.data[from:to], at: c.at + from}.apply(image)
		}
		from = to
	}
	return image
}

// cutPower gives the files as they may be after the power failed at a moment:
// what was written before a sync that had ended is there, and of the rest any
// part is, in any order, down to torn sectors.
func cutPower(base map[string][]byte, calls []call, moment float64, dice *rand.Rand) map[string][]byte {
	out := map[string][]byte{}
	for _, name := range []string{databaseName, databaseName + "-wal"} {
		synced := -1.0
		for _, c := range calls {
			if c.path == name && (c.name == "fsync" || c.name == "fdatasync") && c.exit <= moment {
				synced = max(synced, c.entry)
			}
		}
		image := append([]byte(nil), base[name]...)
		// A disk that keeps everything, nothing, or any part of what was not synced.
		mood := dice.IntN(4)
		for _, c := range calls {
			if c.path != name || c.entry > moment || c.name == "fsync" || c.name == "fdatasync" {
				continue
			}
			kept := mood
			if mood > 1 {
				kept = dice.IntN(3)
			}
			switch {
			case c.exit <= synced, kept == 1:
				image = c.apply(image)
			case kept == 2 && c.name == "pwrite64":
				image = c.tear(image, dice)
			}
		}
		out[name] = image
	}
	return out
}
