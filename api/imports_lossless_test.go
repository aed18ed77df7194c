package api

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// ofTheServer are the members of a record that no client sends.
var ofTheServer = []string{
	"ref", "version", "organisation", "record_url", "workflow_status", "verification_status", "created_at", "created_by", "updated_at", "published_at",
	"vocabulary_version", "computed", "campaigns", "relations",
}

// content is a record as the API gives it, without what the server assigned, in
// one form.
func (u *person) content(ref string) (line, content []byte) {
	u.t.Helper()
	line = u.get("/api/v1/incidents/" + ref).want(200).Body
	var whole, sent map[string]json.RawMessage
	must(u.t, json.Unmarshal(line, &whole))
	data, err := json.Marshal(u.sent(line))
	must(u.t, err)
	must(u.t, json.Unmarshal(data, &sent))
	for name := range sent {
		if slices.Contains(ofTheServer, name) {
			delete(sent, name)
		}
	}
	content, err = json.Marshal(sent)
	must(u.t, err)
	var compact bytes.Buffer
	must(u.t, json.Compact(&compact, line))
	return compact.Bytes(), content
}

// sent is what of a record a client may send.
func (u *person) sent(record []byte) object {
	u.t.Helper()
	var whole, out object
	must(u.t, json.Unmarshal(record, &whole))
	out = object{}
	schema := u.contract.doc.Components.Schemas["IncidentInput"].Value.Properties
	for name, value := range whole {
		if schema[name] != nil {
			out[name] = value
		}
	}
	return out
}

// TestImport_WholeRecords_ComeBackByteForByte: records as the API gives them, a
// line each, go into another organisation with everything in them: targets,
// citations, amounts, sources, notes.
func TestImport_WholeRecords_ComeBackByteForByte(t *testing.T) {
	t.Parallel()
	n := 200
	if testing.Short() {
		n = 60
	}
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "author", "caseworker", "reviewer")
		a.seedRandom("example_ngo", "author", n)
		u.logged(t, founding(t), "founding")
		var refs []string
		var list struct {
			Items      []struct{ Ref string }
			NextCursor *string `json:"next_cursor"`
		}
		for cursor := ""; ; cursor = *list.NextCursor {
			list.NextCursor = nil
			path := "/api/v1/incidents?limit=200"
			if cursor != "" {
				path += "&cursor=" + cursor
			}
			u.get(path).want(200).json(&list)
			for _, i := range list.Items {
				refs = append(refs, i.Ref)
			}
			if list.NextCursor == nil {
				break
			}
		}
		if len(refs) != n+1 {
			t.Fatalf("%d records of %d", len(refs), n+1)
		}
		var file bytes.Buffer
		want := map[string]bool{}
		for _, ref := range refs {
			line, content := u.content(ref)
			file.Write(line)
			file.WriteByte('\n')
			want[string(content)] = true
		}
		other := a.person("other_ngo", "importer", "caseworker", "reviewer")
		i := other.upload("records.jsonl", file.Bytes(), 1<<20)
		other.replan(i, func(m *importMap) {
			for c := range m.Columns {
				if m.Columns[c].Name == "ref" {
					m.Columns[c].Field = "external_id"
				}
			}
			m.Key, m.System = "external_id", "another farwatch"
		}).want(200)
		if c := other.step(i.ID, "check"); c.Created != n+1 {
			t.Fatalf("checked: %d created, %d refused: %+v", c.Created, c.Refused, other.importRows(i.ID, "refused")[:1])
		}
		if c := other.step(i.ID, "import"); c.Created != n+1 {
			t.Fatalf("imported: %+v", c)
		}
		wrong := 0
		for _, row := range other.importRows(i.ID, "created") {
			_, content := other.content(*row.Ref)
			if !want[string(content)] {
				if wrong++; wrong == 1 {
					t.Errorf("changed on the way: %s", content)
				}
			}
		}
		if wrong > 0 {
			t.Errorf("%d records differ", wrong)
		}
	})
}
