package store_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"farwatch/models"
)

// TestReleases_WhatWasPublished_StaysAndHidesItsMembers: the database refuses to
// change a published file, and who was counted is nowhere in the clear.
func TestReleases_WhatWasPublished_StaysAndHidesItsMembers(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	analyst := person(t, s, "alpha", "analyst", models.RoleAnalyst)
	reviewer := person(t, s, "alpha", "reviewer", models.RoleReviewer)
	admin := person(t, s, "alpha", "admin", models.RoleInstanceAdmin)
	state := models.ReleaseState{Build: 1, Members: []models.ReleaseMember{{Key: 1, Records: []string{"canary-record-in-a-release"}, Year: 2023, Persons: 3, Origin: "CHN"}}}
	_, err := s.For(analyst).ProposeRelease(t.Context(), state, "", nil)
	must(t, err)
	_, err = s.For(reviewer).ApproveRelease(t.Context(), 1)
	must(t, err)
	_, err = s.For(admin).PublishRelease(t.Context(), 1, 1, []models.ReleaseFile{{Name: "a.csv", Type: "text/csv", Bytes: 1, SHA256: "00", Data: []byte("x")}})
	must(t, err)
	db := raw(t, path)
	for _, statement := range []string{"UPDATE release_files SET data = 'y'", "DELETE FROM release_files"} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "published file") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	texts, _ := filesOf(t, filepath.Dir(path))
	for _, data := range texts {
		if bytes.Contains(data, []byte("canary-record-in-a-release")) {
			t.Error("who was counted is in the clear")
		}
	}
	audited := column(t, db, "SELECT action FROM audit WHERE action LIKE 'release.%' ORDER BY seq")
	if strings.Join(audited, " ") != "release.propose release.approve release.publish" {
		t.Errorf("audited %v", audited)
	}
}
