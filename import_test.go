package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"farwatch/store/storetest"
)

// table writes a file of n rows, each with an id of its own.
func table(t *testing.T, n int) string {
	t.Helper()
	var out strings.Builder
	out.WriteString("case id,summary,origin_country,host_country,date,methods\n")
	for i := range n {
		fmt.Fprintf(&out, "%d,A call to number %d,CHN,DEU,2021-03-%02d,threat_general;stalking\n", i, i, i%28+1)
	}
	name := filepath.Join(t.TempDir(), "cases.csv")
	if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestImport_FromTheShell_CheckedBroughtInAndTakenBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	p.want(0, "", goodPassword, "user", "create", "-name", "boris", "-organisation", "example_ngo", "-roles", "analyst")
	file := table(t, 30)
	p.want(2, "farwatch import -user NAME", "", "import")
	p.want(1, "may not log incidents", "", "import", "-user", "boris", file)
	p.want(1, `user "nobody"`, "", "import", "-user", "nobody", file)
	p.want(1, "no such file", "", "import", "-user", "amina", "nothing.csv")
	p.want(0, "checked 30 rows: 30 to create, 0 to update, 0 unchanged, 0 refused", "", "import", "-user", "amina", "-check", file)
	status, done, fault := p.farwatch("", "import", "-user", "amina", file)
	if status != 0 || !strings.Contains(done, "done: 30 created, 0 updated, 0 unchanged, 0 refused") {
		t.Fatalf("status %d: %s%s", status, done, fault)
	}
	p.want(0, "done: 0 created, 0 updated, 30 unchanged, 0 refused", "", "import", "-user", "amina", file)
	id := regexp.MustCompile(`import (\S+) done`).FindStringSubmatch(done)
	if id == nil {
		t.Fatalf("no id in %s", done)
	}
	p.want(0, "undone: 0 records kept", "", "import", "-user", "amina", "-undo", id[1])
	p.want(0, "done: 30 created", "", "import", "-user", "amina", file)
	p.want(0, "The audit chain is intact: ", "", "audit", "verify")
}

// TestImport_Kill9InTheMiddle_GoesOnToTheSameEnd kills the server under a
// running import until it is done: every row is there once.
func TestImport_Kill9InTheMiddle_GoesOnToTheSameEnd(t *testing.T) {
	t.Parallel()
	needSignals(t)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killedImport(t, newPlace(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killedImport(t, newPlace(t, "FARWATCH_DATABASE_URL="+storetest.EmptyPostgres(t)))
	})
}

func killedImport(t *testing.T, p place) {
	t.Helper()
	p.t = t
	rows := 3000
	if testing.Short() {
		rows = 1500
	}
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	data, err := os.ReadFile(table(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	s := p.start("serve")
	s.signIn("amina", goodPassword)
	var item struct {
		ID    string `json:"import_id"`
		State string
		Done  int `json:"rows_done"`
		Made  int `json:"created"`
	}
	s.must(http.StatusCreated, http.MethodPost, "/api/v1/imports", map[string]any{"name": "cases.csv", "bytes": len(data)}, &item, "Idempotency-Key", "import-of-cases")
	path := "/api/v1/imports/" + item.ID
	s.must(http.StatusOK, http.MethodPut, path+"/parts?offset=0", data, &item)
	s.must(http.StatusAccepted, http.MethodPost, path+"/steps", map[string]any{"step": "check"}, &item)
	wait := func(state string) {
		t.Helper()
		for begun := time.Now(); item.State != state; time.Sleep(20 * time.Millisecond) {
			if s.must(http.StatusOK, http.MethodGet, path, nil, &item); time.Since(begun) > time.Minute || item.State == "failed" {
				t.Fatalf("the import is %s after %d rows", item.State, item.Done)
			}
		}
	}
	wait("checked")
	s.must(http.StatusAccepted, http.MethodPost, path+"/steps", map[string]any{"step": "import"}, &item)
	kills := 0
	for last := 0; kills < 3; kills++ {
		for item.Done <= last && item.State == "running" { // something of this life is written
			time.Sleep(5 * time.Millisecond)
			s.must(http.StatusOK, http.MethodGet, path, nil, &item)
		}
		if last = item.Done; item.State == "done" {
			break
		}
		s.stop(sigkill)
		s = p.start("serve")
		s.signIn("amina", goodPassword)
		s.must(http.StatusOK, http.MethodGet, path, nil, &item)
	}
	wait("done")
	if kills == 0 {
		t.Error("no kill fell into the middle: this test shows nothing")
	}
	if item.Done != rows || item.Made != rows {
		t.Errorf("%d rows done, %d records made, of %d", item.Done, item.Made, rows)
	}
	var list struct{ Total int }
	if s.must(http.StatusOK, http.MethodGet, "/api/v1/incidents?limit=1", nil, &list); list.Total != rows {
		t.Errorf("%d records of %d", list.Total, rows)
	}
	if status := s.stop(sigterm); status != 0 {
		t.Errorf("status %d after SIGTERM", status)
	}
	p.want(0, "done: 0 created, 0 updated, "+fmt.Sprint(rows)+" unchanged, 0 refused", "", "import", "-user", "amina", tableAgain(t, data))
	p.want(0, "The audit chain is intact: ", "", "audit", "verify")
	t.Logf("%d kills in the middle of %d rows", kills, rows)
}

func tableAgain(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "again.csv")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
