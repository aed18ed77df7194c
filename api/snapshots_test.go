package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"farwatch/handlers"
	"farwatch/internal/sheet"
	"farwatch/models"
)

type snapshotBody struct {
	ID      string `json:"snapshot_id"`
	Title   string
	Query   string
	Records int
	Omitted int
	SHA256  string
}

// snapped makes a snapshot and its first package.
func (u *person) snapped(title, query, key string) (s snapshotBody, file []byte) {
	u.t.Helper()
	var begun struct {
		Snapshot snapshotBody
		Export   exportBody
	}
	u.do(http.MethodPost, "/api/v1/snapshots", object{"title": title, "query": query}, "Idempotency-Key", key).want(202).json(&begun)
	must(u.t, u.handlers.WorkExports(u.t.Context(), u.store.System()))
	e := u.export(begun.Export.ID)
	if e.State != "done" {
		u.t.Fatalf("%+v %v", e, *e.Failure)
	}
	u.get("/api/v1/snapshots/" + begun.Snapshot.ID).want(200).json(&s)
	return s, u.get("/api/v1/exports/" + e.ID + "/file").want(200).Body
}

// rebuilt asks for the package of a snapshot again.
func (u *person) rebuilt(id string) (e exportBody, file []byte) {
	u.t.Helper()
	u.ask(object{"format": "package", "level": "de_identified", "snapshot": id}).want(202).json(&e)
	must(u.t, u.handlers.WorkExports(u.t.Context(), u.store.System()))
	if e = u.export(e.ID); e.State != "done" {
		return e, nil
	}
	return e, u.get("/api/v1/exports/" + e.ID + "/file").want(200).Body
}

// context is what a request of the person works in.
func (u *person) context() context.Context {
	c := cells{app: u.app, t: u.t.(*testing.T)}
	return handlers.WithPrincipal(u.t.Context(), c.principal(u))
}

func TestSnapshot_SameIdSameBytes_AfterEdits(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		a.seedRandom("example_ngo", "author", 40)
		ref := u.logged(t, founding(t), "snapshot-record")
		s, file := u.snapped("Choirs of 2024", "", "snapshot-key-1")
		if !regexp.MustCompile(`^FWD-2026-[0-9A-Z]{8}$`).MatchString(s.ID) || s.Records != 41 || len(s.SHA256) != 64 {
			t.Fatalf("%+v", s)
		}
		files := unzip(t, file)
		if !strings.Contains(files["README.md"], "Choirs of 2024") || !strings.Contains(files["README.md"], s.ID) || strings.Contains(files["README.md"], "author") {
			t.Errorf("README %s", files["README.md"])
		}
		for name, want := range map[string]string{
			"datapackage.json": `"type": "integer"`, "codebook.md": "| killing | Killing |", "incidents.csv": ref,
		} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		var page struct {
			Items []struct {
				Ref     string
				Version int
			}
		}
		u.get("/api/v1/incidents?limit=20").want(200).json(&page)
		for _, item := range page.Items {
			r := u.get("/api/v1/incidents/" + item.Ref).want(200)
			patch := object{"title": "Changed since", "reason": "Better known."}
			u.do(http.MethodPatch, "/api/v1/incidents/"+item.Ref, patch, "If-Match", r.Header.Get("ETag"))
		}
		u.logged(t, founding(t), "snapshot-record-later")
		if again := u.exported(); strings.Count(unzip(t, again)["incidents.csv"], "Changed since") < 10 {
			t.Fatal("too few records were changed: the test shows too little")
		}
		e, again := u.rebuilt(s.ID)
		if e.State != "done" {
			t.Fatalf("rebuilt: %s, %s", e.State, *e.Failure)
		}
		if !bytes.Equal(file, again) || e.Name != s.ID+".zip" {
			was, is := unzip(t, file), unzip(t, again)
			for name := range was {
				if was[name] != is[name] {
					t.Errorf("%s: %s", name, firstDifference(was[name], is[name]))
				}
			}
			t.Fatalf("not the same bytes: %+v", e)
		}
		other, _ := u.snapped("Choirs of 2024", "", "snapshot-key-2")
		if other.SHA256 == s.SHA256 || other.Records != 42 {
			t.Errorf("%+v", other)
		}
		if sum, _, err := a.handlers.RebuildSnapshot(u.context(), s.ID); err != nil || sum != s.SHA256 {
			t.Errorf("rebuilt as %s, %v", sum, err)
		}
	})
}

func TestSnapshot_RecordClosedSince_NotGivenOut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		ref := u.logged(t, founding(t), "closed-record")
		s, _ := u.snapped("One call", "", "closed-key-1")
		r := u.get("/api/v1/incidents/" + ref).want(200)
		u.do(http.MethodPatch, "/api/v1/incidents/"+ref, object{"sensitivity": "restricted"}, "If-Match", r.Header.Get("ETag")).want(200)
		if e, file := u.rebuilt(s.ID); e.State != "failed" || *e.Failure != "snapshot.closed" || file != nil {
			t.Errorf("%+v", e)
		}
	})
}

func TestSnapshot_Strangers_SeeNothing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		u.logged(t, founding(t), "stranger-record")
		s, _ := u.snapped("One call", "q=lodge", "stranger-key-1")
		stranger := a.person("other_ngo", "stranger", models.RoleAnalyst)
		stranger.get("/api/v1/snapshots/"+s.ID).wantProblem(404, "snapshot.not_found")
		stranger.ask(object{"format": "package", "level": "de_identified", "snapshot": s.ID}).wantProblem(404, "snapshot.not_found")
		if text := string(stranger.get("/api/v1/snapshots").want(200).Body); text != "{\"items\":[]}\n" && text != `{"items":[]}` {
			t.Errorf("list %s", text)
		}
		a.person("example_ngo", "advocate", models.RoleAdvocate).get("/api/v1/snapshots").wantProblem(403, "permission.denied")
		// A caseworker who is on no team gets no package of everybody's records.
		colleague := a.person("example_ngo", "colleague", models.RoleCaseworker)
		if s.Records > 0 {
			if e, _ := colleague.rebuilt(s.ID); e.State != "failed" || *e.Failure != "snapshot.closed" {
				t.Errorf("%+v", e)
			}
		}
		u.ask(object{"format": "csv", "level": "public", "snapshot": s.ID}).wantProblem(422, "validation.failed", "#/snapshot not_with_format")
		u.do(http.MethodPost, "/api/v1/snapshots", object{"title": "Bad", "query": "nonsense=1"}, "Idempotency-Key", "stranger-key-2").wantProblem(422, "validation.failed", "#/query unknown_parameter")
		for i := range 3 {
			u.do(http.MethodPost, "/api/v1/snapshots", object{"title": "Again"}, "Idempotency-Key", fmt.Sprintf("stranger-key-%d", 3)).want(202)
			if i == 2 {
				var list struct{ Items []snapshotBody }
				u.get("/api/v1/snapshots").want(200).json(&list)
				if len(list.Items) != 2 {
					t.Errorf("%d snapshots", len(list.Items))
				}
			}
		}
	})
}

// TestSnapshot_File_PassesItsCheck: what the command line proves of a file holds
// of ours, and of none that was altered.
func TestSnapshot_File_PassesItsCheck(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", models.RoleCaseworker, models.RoleAnalyst)
		a.seedRandom("example_ngo", "author", 20)
		s, file := u.snapped("Twenty", "", "check-key-1")
		name := filepath.Join(t.TempDir(), "s.zip")
		must(t, os.WriteFile(name, file, 0o600))
		f, err := os.Open(name)
		must(t, err)
		defer f.Close()
		report, err := sheet.CheckPackage(f)
		if err != nil || report.ID != s.ID || report.Records != 20 || report.Files != 18 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
