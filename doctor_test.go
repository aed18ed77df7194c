package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/internal/backup"
	"farwatch/store/storetest"
)

// examined runs the doctor and gives what it says of each check.
func (p place) examined(wantStatus int) map[string]finding {
	p.t.Helper()
	status, stdout, stderr := p.farwatch("", "doctor", "-json")
	if status != wantStatus {
		p.t.Errorf("doctor: status %d, want %d\n%s%s", status, wantStatus, stdout, stderr)
	}
	var list []finding
	if err := json.Unmarshal([]byte(stdout), &list); err != nil {
		p.t.Fatalf("%v in %s", err, stdout)
	}
	said := map[string]finding{}
	for _, f := range list {
		if (f.Fix == "") != (f.State == fine) {
			p.t.Errorf("%+v: what is not fine needs a fix, and nothing else does", f)
		}
		if before, twice := said[f.Check]; !twice || before.State == fine {
			said[f.Check] = f
		}
	}
	return said
}

// healthy is a place that nothing is wrong with.
func healthy(t *testing.T, more ...string) (p place, backups string) {
	t.Helper()
	backups = filepath.Join(t.TempDir(), "backups")
	p = newPlace(t, append(more, "FARWATCH_BASE_URL=https://farwatch.example", "FARWATCH_SECOND_FACTOR=required", "FARWATCH_BACKUP_DIR="+backups,
		"FARWATCH_AUDIT_HEADS="+filepath.Join(t.TempDir(), "heads"))...)
	p.environ = slices.DeleteFunc(p.environ, func(s string) bool { return strings.HasPrefix(s, "FARWATCH_PASSWORD_COST=") })
	p.sealing()
	p.want(0, "", "", "migrate")
	p.backUp(backups)
	i := p.opened()
	if err := i.signHead(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := i.store.Close(); err != nil {
		t.Fatal(err)
	}
	return p, backups
}

func TestDoctor_Healthy_Status0(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]func(t *testing.T) []string{
		"sqlite":   func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string { return []string{"FARWATCH_DATABASE_URL=" + storetest.EmptyPostgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := healthy(t, more(t)...)
			said := p.examined(0)
			for _, check := range []string{"settings", "key file", "data directory", "disk", "backup keys", "backups", "database", "audit", "records", "four eyes", "clock", "imports", "keys", "server"} {
				if said[check].State != fine {
					t.Errorf("%s: %+v", check, said[check])
				}
			}
			if super := said["database user"]; (super.State == warning) != (name == "postgres") {
				t.Errorf("superuser of %s: %+v", name, super)
			}
			p.want(0, "ok       key file ", "", "doctor")
		})
	}
}

// TestDoctor_OneThingWrong breaks one thing at a time.
func TestDoctor_OneThingWrong_IsNamedWithItsFix(t *testing.T) {
	t.Parallel()
	set := func(entry string) func(t *testing.T, p *place, backups string) {
		return func(_ *testing.T, p *place, _ string) { p.environ = append(p.environ, entry) }
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, c := range map[string]struct {
		spoil      func(t *testing.T, p *place, backups string)
		check, fix string
	}{
		"weak passwords": {set("FARWATCH_PASSWORD_COST=test"), "settings", "leave FARWATCH_PASSWORD_COST out"},
		"password alone": {func(_ *testing.T, p *place, _ string) {
			p.environ = append(p.environ, "FARWATCH_SECOND_FACTOR=optional", "FARWATCH_BASE_URL=http://localhost:8080")
		}, "second factor", "leave FARWATCH_SECOND_FACTOR out"},
		"bad setting":  {set("FARWATCH_LOG_LEVEL=loud"), "settings", "farwatch config"},
		"demo":         {set("FARWATCH_DEMO=1"), "demo", "leave FARWATCH_DEMO out"},
		"disk full":    {set("FARWATCH_LEAST_FREE=4611686018427387904"), "disk", "make room"},
		"no recipient": {set("FARWATCH_BACKUP_RECIPIENTS="), "backup keys", "FARWATCH_BACKUP_RECIPIENTS"},
		"no backups":   {set("FARWATCH_BACKUP_DIR="), "backups", "FARWATCH_BACKUP_DIR"},
		"old backup": {func(t *testing.T, _ *place, backups string) {
			made, err := backup.List(backups)
			must(t, err)
			must(t, os.Rename(filepath.Join(backups, backup.Name(made[0])), filepath.Join(backups, backup.Name(time.Now().Add(-3*time.Hour)))))
		}, "backups", "log"},
		"failed backup": {func(t *testing.T, p *place, _ string) {
			must(t, writeState(p.dataDir(), backupState{At: time.Now(), Code: "backup.disk_full"}))
		}, "backup run", "make room"},
		"key file gone": {func(t *testing.T, p *place, _ string) {
			must(t, os.Remove(strings.TrimPrefix(p.environ[1], "FARWATCH_KEY_FILE=")))
		}, "key file", "put its copy back"},
		"key file open": {func(t *testing.T, p *place, _ string) {
			must(t, os.Chmod(strings.TrimPrefix(p.environ[1], "FARWATCH_KEY_FILE="), 0o644))
		}, "key file", "see the message"},
		"directory open": {func(t *testing.T, p *place, _ string) { must(t, os.Chmod(p.dataDir(), 0o755)) }, "data permission", "chmod 700"},
		"copy open": {func(t *testing.T, p *place, _ string) {
			must(t, os.WriteFile(filepath.Join(p.dataDir(), "copy.db"), nil, 0o644))
			must(t, os.Chmod(filepath.Join(p.dataDir(), "copy.db"), 0o644))
		}, "data permission", "chmod 600"},
		"directory gone": {func(t *testing.T, p *place, _ string) { must(t, os.RemoveAll(p.dataDir())) }, "data directory", "FARWATCH_DATA_DIR"},
		"altered audit": {func(t *testing.T, p *place, _ string) {
			i := p.opened()
			must(t, i.store.System().Note(t.Context(), "test", ""))
			must(t, i.store.Close())
			past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
			past.Exec("UPDATE audit SET actor = 'somebody-else'")
			past.Close()
		}, "audit", "compare with a backup"},
		"altered record": {func(t *testing.T, p *place, _ string) {
			must(t, p.opened().store.Close())
			past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
			past.Exec("INSERT INTO record_macs (incident_id, version, mac) VALUES (77, 0, 'of a record that is gone')")
			past.Close()
		}, "records", "audit verify -rows"},
		"heads gone": {set("FARWATCH_AUDIT_HEADS=/nowhere/heads"), "audit", "compare with a backup"},
		"newer schema": {func(t *testing.T, p *place, _ string) {
			past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
			past.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
			past.Close()
		}, "database", "farwatch restore"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p, backups := healthy(t)
			c.spoil(t, &p, backups)
			if got := p.examined(1)[c.check]; got.State != wrong || !strings.Contains(got.Fix, c.fix) {
				t.Errorf("%+v, want fix %q", got, c.fix)
			}
		})
	}
}

func TestDoctor_OnePersonOrganisation_IsWarnedOf(t *testing.T) {
	t.Parallel()
	p, _ := healthy(t)
	past := storetest.PastSQLite(t, filepath.Join(p.dataDir(), databaseName))
	past.Exec("INSERT INTO organisations (code, name, created_at, four_eyes) VALUES ('solo', 'Solo', '2026-01-01', FALSE), ('pair', 'Pair', '2026-01-01', TRUE)")
	past.Close()
	if got := p.examined(0)["four eyes"]; got.State != warning || !strings.HasSuffix(got.Says, "contains: solo") {
		t.Errorf("%+v", got)
	}
}

func TestOpenSwaps_OnlyWhatIsWrittenInTheClear(t *testing.T) {
	t.Parallel()
	const head = "Filename\tType\tSize\tUsed\tPriority\n"
	for table, want := range map[string]string{
		head:                                      "",
		head + "/dev/zram0 partition 1 0 -2\n":    "",
		head + "/dev/dm-1 partition 1 0 -2\n":     "",
		head + "/swapfile file 1 0 -2\n":          "/swapfile",
		head + "/dev/vda2 partition 1 0 -2\n/s\n": "/dev/vda2 /s",
	} {
		if got := strings.Join(openSwaps([]byte(table)), " "); got != want {
			t.Errorf("%q: %q, want %q", table, got, want)
		}
	}
}
