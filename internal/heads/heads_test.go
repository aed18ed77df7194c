package heads_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"farwatch/internal/heads"
)

var (
	at    = time.Date(2026, 1, 15, 9, 30, 0, 123456789, time.UTC)
	ours  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	other = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
	check = ed25519.PublicKey(ours[32:])
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written is a file with heads at these rows, each with the link "mac-SEQ".
func written(t *testing.T, seqs ...int64) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "far", "heads.jsonl")
	for _, seq := range seqs {
		must(t, heads.Append(path, heads.Head{Seq: seq, MAC: fmt.Sprint("mac-", seq), Time: at}, ours))
	}
	return path
}

// chain gives the links of n rows.
func chain(n int64) map[int64]string {
	macs := map[int64]string{}
	for seq := int64(1); seq <= n; seq++ {
		macs[seq] = fmt.Sprint("mac-", seq)
	}
	return macs
}

func TestRead_WrittenHeads_AllCount(t *testing.T) {
	t.Parallel()
	f, err := heads.Read(written(t, 0, 3, 3, 7), check)
	must(t, err)
	if len(f.Heads) != 4 || len(f.Forged) != 0 || f.Heads[3].Seq != 7 || !f.Heads[3].Time.Equal(at.Truncate(time.Millisecond)) {
		t.Errorf("%+v", f)
	}
	if h, missing := f.Missing(chain(7)); missing {
		t.Errorf("row %d is said to be missing", h.Seq)
	}
}

func TestMissing_ShorterOrOtherChain_Named(t *testing.T) {
	t.Parallel()
	f, err := heads.Read(written(t, 3, 7), check)
	must(t, err)
	if h, missing := f.Missing(chain(6)); !missing || h.Seq != 7 {
		t.Errorf("cut at 6: %v, row %d", missing, h.Seq)
	}
	rewritten := chain(9)
	rewritten[3] = "another"
	if h, missing := f.Missing(rewritten); !missing || h.Seq != 3 {
		t.Errorf("written anew: %v, row %d", missing, h.Seq)
	}
}

func TestRead_AlteredLine_IsNamedAndDoesNotCount(t *testing.T) {
	t.Parallel()
	path := written(t, 3, 7)
	data, err := os.ReadFile(path)
	must(t, err)
	for what, text := range map[string]string{
		"row": strings.Replace(string(data), `"seq":7`, `"seq":5`, 1), "link": strings.Replace(string(data), "mac-7", "mac-5", 1),
		"time": strings.Replace(string(data), "2026", "2025", 2), "restored": strings.Replace(string(data), `"mac-7",`, `"mac-7","restored":2,`, 1),
		"cut": strings.TrimRight(string(data), "}\n"), "noise": strings.Replace(string(data), "\n", "\nnoise", 1),
	} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		f, err := heads.Read(path, check)
		must(t, err)
		if len(f.Forged) == 0 || f.Forged[len(f.Forged)-1] != 2 {
			t.Errorf("%s: forged lines %v, want 2 among them", what, f.Forged)
		}
	}
}

func TestRead_AnotherKey_NothingCounts(t *testing.T) {
	t.Parallel()
	f, err := heads.Read(written(t, 3), ed25519.PublicKey(other[32:]))
	must(t, err)
	if len(f.Heads) != 0 || len(f.Forged) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestRead_AfterARestore_LaterHeadsNoLongerCount(t *testing.T) {
	t.Parallel()
	path := written(t, 3, 7, 12)
	backTo := int64(7)
	must(t, heads.Append(path, heads.Head{Seq: 9, MAC: "new-9", Time: at, Restored: &backTo}, ours))
	f, err := heads.Read(path, check)
	must(t, err)
	macs := chain(7)
	macs[9] = "new-9"
	if h, missing := f.Missing(macs); missing || f.Restores != 1 || len(f.Heads) != 3 {
		t.Errorf("%+v, row %d missing", f, h.Seq)
	}
	delete(macs, 7)
	if h, missing := f.Missing(macs); !missing || h.Seq != 7 {
		t.Errorf("a head before the restore no longer counts")
	}
}

func TestAppend_AfterALineCutShort_StartsANewOne(t *testing.T) {
	t.Parallel()
	path := written(t, 3, 7)
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, data[:len(data)-20], 0o600))
	must(t, heads.Append(path, heads.Head{Seq: 9, MAC: "mac-9", Time: at}, ours))
	f, err := heads.Read(path, check)
	must(t, err)
	if len(f.Heads) != 2 || f.Heads[1].Seq != 9 || len(f.Forged) != 1 || f.Forged[0] != 2 {
		t.Errorf("%+v", f)
	}
}

func TestRead_NoFile_IsAnError(t *testing.T) {
	t.Parallel()
	if _, err := heads.Read(filepath.Join(t.TempDir(), "gone"), check); err == nil {
		t.Error("a file that is not there was read")
	}
}
