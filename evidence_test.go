package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/internal/config"
	"farwatch/internal/demo"
	"farwatch/models"
	"farwatch/store"
)

// holdPicture logs an invented record and holds a picture with it; it answers
// the record and the file.
func (p place) holdPicture() (ref, file string) {
	p.t.Helper()
	check := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	c, err := config.Load(nil, p.environ)
	check(err)
	i, err := openWith(p.t.Context(), c, &bytes.Buffer{})
	check(err)
	defer i.store.Close()
	ctx := p.t.Context()
	user, err := i.store.System().UserByName(ctx, "amina")
	check(err)
	session, err := i.store.System().StartSession(ctx, user.ID, "test", models.FactorTOTP)
	check(err)
	principal, _, err := i.store.System().Principal(ctx, session.ID)
	check(err)
	view := i.store.For(principal)
	var rec models.Incident
	for r := range demo.Generate(1, 1, i.vocab, time.Now()) {
		rec, _, err = view.CreateIncident(ctx, store.CreateIncident{
			Input: r.Input, Derived: models.Derive(r.Input, i.vocab), VocabularyVersion: i.vocab.Version, IdempotencyKey: "evidence", BodyHash: "x",
		})
		check(err)
	}
	var picture bytes.Buffer
	check(png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 300, 300))))
	u, err := view.BeginUpload(ctx, models.Upload{Incident: rec.Ref, Name: "call.png", Bytes: int64(picture.Len())})
	check(err)
	_, err = view.AddPart(ctx, u.ID, 0, picture.Bytes())
	check(err)
	h := &handlers.Handlers{Store: i.store, Files: i.files, Judging: make(chan struct{}, 1), Clock: time.Now, Vocab: i.vocab}
	answer, err := h.CompleteUpload(handlers.WithPrincipal(ctx, principal), spec.CompleteUploadRequestObject{UploadId: u.ID, Body: &spec.UploadComplete{}})
	check(err)
	return rec.Ref, answer.(spec.CompleteUpload201JSONResponse).FileId
}

func TestEvidenceVerify_OneByteAltered_IsNamed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker")
	p.want(0, "0 files are as they arrived, 0 are not", "", "evidence", "verify")
	ref, file := p.holdPicture()
	p.want(0, "1 files are as they arrived, 0 are not", "", "evidence", "verify")

	folder := filepath.Join(strings.TrimPrefix(p.environ[0], "FARWATCH_DATA_DIR="), "files")
	stored, err := os.ReadDir(folder)
	if err != nil || len(stored) != 2 {
		t.Fatalf("%d stored: %v", len(stored), err)
	}
	for _, entry := range stored {
		name := filepath.Join(folder, entry.Name())
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(whole, []byte("PNG")) {
			t.Error("the stored bytes are readable")
		}
		for _, at := range []int{10, len(whole) / 2, len(whole) - 1} {
			changed := bytes.Clone(whole)
			changed[at] ^= 1
			if err := os.WriteFile(name, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			status, stdout, _ := p.farwatch("", "evidence", "verify")
			if status != 1 || !strings.Contains(stdout, "altered") || !strings.Contains(stdout, "file "+file+" of "+ref) || strings.Contains(stdout, "call.png") {
				t.Errorf("byte %d of %s: status %d, %s", at, entry.Name(), status, stdout)
			}
		}
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(folder, stored[0].Name())); err != nil {
		t.Fatal(err)
	}
	if status, stdout, _ := p.farwatch("", "evidence", "verify"); status != 1 || !strings.Contains(stdout, "missing") {
		t.Errorf("missing: status %d, %s", status, stdout)
	}
	p.want(2, "farwatch evidence verify", "", "evidence")
}

func TestFilesURL_BadSetting_Refused(t *testing.T) {
	t.Parallel()
	newPlace(t, "FARWATCH_FILES_URL=s3://host/bucket").want(1, "FARWATCH_FILES_URL", "", "evidence", "verify")
}
