package api

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var sung = regexp.MustCompile(song + "[0-9a-f]{32}")

// disguises are the other ways in which a text may leave: what begins a canary
// in each of them.
func disguises(text string) []string {
	percent, escaped, wide := "", "", ""
	for _, r := range []byte(text) {
		percent += fmt.Sprintf("%%%02X", r)
		escaped += fmt.Sprintf("\\u%04x", r)
		wide += string(r) + "\x00"
	}
	out := []string{hex.EncodeToString([]byte(text)), percent, escaped, wide}
	for shift := range 3 { // where a base64 triple begins is not known
		coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + text))
		out = append(out, coded[(shift*8+5)/6:(shift+len(text))*8/6])
	}
	return out
}

var disguisedSong = disguises(song)

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// heard are the canaries in some bytes.
func (v *aviary) heard(data []byte) (out []*canary) {
	for _, text := range sung.FindAll(bytes.ToLower(data), -1) {
		if bird := v.birds[string(text)]; bird != nil {
			out = append(out, bird)
		}
	}
	for _, begin := range disguisedSong {
		if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(begin))) {
			out = append(out, v.disguised(data)...)
			break
		}
	}
	for sum, bird := range v.sums {
		if bytes.Contains(data, []byte(sum)) {
			out = append(out, bird)
		}
	}
	return out
}

func (v *aviary) disguised(data []byte) (out []*canary) {
	for text, bird := range v.birds {
		if slices.ContainsFunc(disguises(text), func(d string) bool { return bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(d))) }) {
			out = append(out, bird)
		}
	}
	return out
}

// listen scans an answer: its headers, its bytes, and what is in it if it is a
// zip. What the request said itself is no news.
func (v *aviary) listen(w who, what string, request string, a answer) {
	var head bytes.Buffer
	_ = a.header.Write(&head)
	parts := [][]byte{head.Bytes(), a.body}
	if z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			must(v.t, err)
			data, err := io.ReadAll(r)
			must(v.t, err)
			parts = append(parts, []byte(f.Name+f.Comment), data)
		}
	}
	v.asked++
	for _, data := range parts {
		v.scanned += int64(len(data))
		for _, bird := range v.heard(data) {
			switch {
			case bird.may(w):
				v.seen[bird.text] = true
			case !strings.Contains(request, bird.text):
				v.t.Errorf("%s shows %s the %s", what, w.kind, bird.field)
			}
		}
	}
}

// queryOf are the parameters that an operation needs.
func (v *aviary) queryOf(operation string) []string {
	refs := url.QueryEscape(strings.Join(v.ids["ref"], ","))
	sorts := []string{"?limit=200"}
	switch operation {
	case "listIncidents":
		for _, sort := range []string{"updated_at", "-created_at", "first_reported", "title", "-origin_country", "host_country"} {
			sorts = append(sorts, "?limit=200&sort="+sort)
		}
		return append(sorts, "?q=telephoned", "?q=officer&limit=1", "?mine=true")
	case "incidentSnippets":
		return []string{"?q=example&refs=" + refs, "?q=file&refs=" + refs}
	case "searchSpelling":
		return []string{"?q=telefoned", "?q=kanary"}
	case "incidentFacets":
		return []string{"?fields=origin_country,communities,methods,target_roles,target_responses,campaigns,sensitivity,evidence_kinds,workflow_status"}
	case "exportIncidentsCsv":
		return []string{"", "?level=public", "?level=de_identified", "?bom=true"}
	case "readIncident":
		return []string{"", "?content=pending"}
	case "readRevision":
		return []string{"", "?against=1", "?against=2"}
	case "listSources":
		return []string{"?limit=200", "?q=example.org", "?q=kanari"}
	case "stats":
		return []string{"", "?include_implied=true", "?include_implied=true&panels=true"}
	case "statsTable":
		return []string{"?rows=communities&columns=methods&include_implied=true", "?rows=target_roles&columns=target_responses&measure=persons", "?rows=channels&measure=acts"}
	}
	return []string{""}
}

// paths of a reading operation: one for each thing that its path may name.
func (v *aviary) paths(operation, path string) []string {
	out := []string{strings.ReplaceAll(path, ":version", "1")}
	if strings.Contains(path, ":version") {
		out = append(out, strings.ReplaceAll(path, ":version", "2"))
	}
	for _, name := range []string{"ref", "file_id", "comment_id", "upload_id", "import_id", "export_id", "snapshot_id", "release_id", "number", "name", "saved_search_id", "working_copy_id", "source"} {
		if !strings.Contains(path, ":"+name) {
			continue
		}
		ids := v.ids[name]
		switch operation {
		case "readCampaign":
			ids = v.ids["campaign"]
		case "readSource":
			ids = v.ids["source"]
		}
		var next []string
		for _, p := range out {
			for _, id := range ids {
				next = append(next, strings.ReplaceAll(p, ":"+name, id))
			}
		}
		out = next
	}
	for _, p := range out {
		if strings.Contains(p, ":") {
			v.t.Errorf("%s: no value for a parameter of %s", operation, p)
		}
	}
	return out
}

// TestCanaries_EverySideDoor_IsShut is T-02: every reading operation of the
// contract, by everybody, and the side doors of writing ones.
func TestCanaries_EverySideDoor_IsShut(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		c, die := newPeople(t, a)
		v := newAviary(c)
		v.findSources()
		c.open = c.records[0] // for those who were let in once
		for _, r := range c.records {
			if r.sensitivity == "open" && r.state == "published" {
				c.open = r
			}
		}
		die()
		owner := who{person: v.foreign, kind: foreignOwner, roles: roleOf("caseworker"), member: memberOfAll}
		for _, w := range append(c.people, owner) {
			if w.kind != foreignOwner && w.kind != "org_admin" && w.kind != "author" && c.sampledOut("canaries", w.kind) {
				continue
			}
			for key, op := range a.contract.operations {
				if method, path, _ := strings.Cut(key, " "); method == http.MethodGet {
					for _, p := range v.paths(op.id, path) {
						v.read(w, op.id, p)
					}
				}
			}
			for _, path := range sitePaths {
				v.listen(w, "page "+path, "", v.call0(w.person, http.MethodGet, path))
			}
			for _, r := range c.records {
				v.listen(w, "page of a record", "", v.call0(w.person, http.MethodGet, "/public/incidents/"+r.ref))
			}
			v.writeSideways(w)
		}
		for text, bird := range v.birds {
			if !v.seen[text] {
				t.Errorf("nobody saw the %s, so this test shows nothing of it", bird.field)
			}
		}
		for _, bird := range v.heard(a.log.Bytes()) {
			t.Errorf("the log has the %s", bird.field)
		}
		t.Logf("%d canaries, %d answers to %d kinds of people, %d bytes scanned, %d bytes of log", len(v.birds), v.asked, len(c.people)+1, v.scanned, a.log.Len())
	})
}

func (v *aviary) read(w who, operation, path string) {
	for _, query := range v.queryOf(operation) {
		a := v.call(w.person, http.MethodGet, path+query, nil)
		v.listen(w, operation+" "+query, "", a)
		if a.status < 300 && (operation == "downloadFile" || operation == "readIncident" || operation == "exportIncidentsCsv" || operation == "downloadExport") {
			v.listen(w, "HEAD of "+operation, "", v.call0(w.person, http.MethodHead, path+query))
			v.listen(w, "part of "+operation, "", v.call0(w.person, http.MethodGet, path+query, "Range", "bytes=0-63", "If-None-Match", a.header.Get("ETag")))
		}
	}
	for _, method := range []string{http.MethodOptions, http.MethodTrace} {
		v.listen(w, method+" of "+operation, "", v.call0(w.person, method, path))
	}
}

// call0 is call for answers that may have no body.
func (v *aviary) call0(u *person, method, path string, headers ...string) answer {
	_, w := u.send(method, path, nil, headers...)
	return answer{status: w.Code, body: w.Body.Bytes(), header: w.Header()}
}

// TestCanaries_EveryDisguise_IsHeard keeps the scan itself honest.
func TestCanaries_EveryDisguise_IsHeard(t *testing.T) {
	t.Parallel()
	v := &aviary{birds: map[string]*canary{}}
	text := v.sing("title", func(who) bool { return false })
	forms := append(disguises(text), text, strings.ToUpper(text))
	for shift := range 3 {
		forms = append(forms, base64.URLEncoding.EncodeToString([]byte(strings.Repeat("x", shift)+text+"y")))
	}
	for _, form := range forms {
		if got := v.heard([]byte("before " + form + " after")); len(got) == 0 || got[0].field != "title" {
			t.Errorf("%q is not heard", form)
		}
	}
	if got := v.heard([]byte("before kanari after, " + strings.Repeat("0", 40))); len(got) != 0 {
		t.Errorf("heard %v where there is none", got)
	}
}
