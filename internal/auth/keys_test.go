package auth

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestKeys_BehindASymlink_StayOutOfTheData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	for _, made := range []string{data, filepath.Join(dir, "elsewhere")} {
		if err := os.Mkdir(made, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	into := link(data, "into-data")
	for what, paths := range map[string][2]string{
		"key through a link into the data":          {filepath.Join(into, "k"), data},
		"deep below a link into the data":           {filepath.Join(into, "not", "yet", "k"), data},
		"data named by a link, key by its real way": {filepath.Join(data, "k"), into},
		"data below a link, not made yet":           {filepath.Join(data, "new", "k"), filepath.Join(into, "new")},
		"up and down again":                         {filepath.Join(data, "..", "data", "k"), data},
	} {
		if _, err := LoadOrCreateKeys(paths[0], paths[1], false); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	out := link(filepath.Join(dir, "elsewhere"), "data/out")
	if _, err := LoadOrCreateKeys(filepath.Join(out, "k"), data, false); err != nil {
		t.Errorf("a link that leads out of the data: %v", err)
	}
	if _, err := LoadOrCreateKeys(filepath.Join(dir, "..data", "k"), data, false); err != nil {
		t.Errorf("a neighbour of the data: %v", err)
	}
}

func TestKeys_FileThatIsALinkIntoTheData_Refused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if _, err := LoadOrCreateKeys(filepath.Join(data, "k"), data, true); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "k")
	if err := os.Symlink(filepath.Join(data, "k"), link); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKeys(link, data, false); err == nil {
		t.Error("accepted")
	}
	hanging := filepath.Join(dir, "hanging")
	if err := os.Symlink(filepath.Join(data, "new"), hanging); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKeys(hanging, data, false); err == nil {
		t.Error("a key file was made behind a link that hangs into the data")
	}
}

func TestKeys_ProgramsStartedAtOnce_ShareOneSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "keys", "k")
	var mu sync.Mutex
	secrets := map[[32]byte]bool{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			keys, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			secrets[keys.Derive("a")] = true
		})
	}
	wg.Wait()
	if len(secrets) != 1 {
		t.Errorf("%d secrets, want 1", len(secrets))
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files beside each other (%v), want the key file alone", len(left), err)
	}
}

// TestKeys_CrashWhileWriting leaves what a crash before the file has its name
// would: a temporary file, half written.
func TestKeys_CrashWhileWriting_NextStartMakesThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "keys", "k")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".123.new", []byte(`{"version":1,"ro`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestKeys_DamagedFile_IsNeverReplaced(t *testing.T) {
	t.Parallel()
	for _, damaged := range []string{"", "{}", `{"version":1,"root":""}`, `{"version":1,"root":"QUJD"}`, `{"version":2,"root":""}`, "null"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "k")
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateKeys(path, filepath.Join(dir, "data"), false); err == nil {
			t.Errorf("%q accepted", damaged)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != damaged {
			t.Errorf("%q became %q, %v", damaged, left, err)
		}
	}
}
