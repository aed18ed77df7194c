package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
	"farwatch/store/storetest"
)

// fillCleared puts approved records with consent for counting into a place.
func fillCleared(t *testing.T, p place, owner string, n int) {
	t.Helper()
	var errs bytes.Buffer
	i, err := open(t.Context(), program{environ: p.environ, stderr: &errs})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = i.store.Close() }()
	var records []store.SeedIncident
	for k := range n {
		b := storetest.ACall().Titled(fmt.Sprintf("Call %d", k)).Between("2023-03-01", "2023-03-09").Sensitivity("restricted").With(func(in *models.IncidentInput) {
			in.Consents = []models.Consent{{ID: "N1", Target: "T1", Level: "given_aggregate"}}
			if k%4 == 0 {
				in.HostCountry = "DEU"
			}
		})
		records = append(records, store.SeedIncident{
			Input: b.Input, Derived: models.Derive(b.Input, i.vocab), WorkflowStatus: "approved", VerificationStatus: "corroborated",
			CreatedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
		})
	}
	if err := i.store.System().Seed(t.Context(), "example_ngo", owner, i.vocab, slices.Values(records), func(int) {}); err != nil {
		t.Fatal(err)
	}
}

func TestRelease_FromTheShell_ProposedApprovedPublishedAudited(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker,analyst")
	p.want(0, "", goodPassword, "user", "create", "-name", "boris", "-organisation", "example_ngo", "-roles", "reviewer")
	p.want(0, "", goodPassword, "user", "create", "-name", "elif", "-organisation", "example_ngo", "-roles", "instance_admin")
	p.want(2, "farwatch release list", "", "release")
	p.want(2, "farwatch release list", "", "release", "build")
	p.want(2, "farwatch release list", "", "release", "publish", "-user", "elif")
	p.want(0, "No release was built yet", "", "release", "list")
	p.want(0, "there is nothing to audit", "", "release", "audit")
	p.want(1, "No number can be shown", "", "release", "build", "-user", "amina")
	fillCleared(t, p, "amina", 200)
	p.want(1, "Your roles do not allow this", "", "release", "build", "-user", "boris")
	p.want(0, "It could be proposed, with", "", "release", "build", "-user", "amina", "-check")
	p.want(0, "No release was built yet", "", "release", "list")
	p.want(0, "1 of 1 years audited", "", "release", "build", "-user", "amina", "-note", "Calls of 2023")
	p.want(1, "Another release is on its way", "", "release", "build", "-user", "amina")
	p.want(1, "cannot go this way", "", "release", "publish", "-user", "elif", "1")
	p.want(1, "Your roles do not allow this step", "", "release", "approve", "-user", "amina", "1")
	p.want(0, "is approved", "", "release", "approve", "-user", "boris", "1")
	p.want(0, "Release 1 is published.", "", "release", "publish", "-user", "elif", "1")
	p.want(0, "number 1\tpublished\tproposed", "", "release", "list")
	p.want(0, "files as they were published", "", "release", "audit")
	p.want(0, "0 counts could be found out, 0 not checked", "", "release", "audit")
	p.want(1, "The next one can be proposed on 20", "", "release", "build", "-user", "amina")
	p.want(0, "The audit chain is intact: ", "", "audit", "verify")

	var errs bytes.Buffer
	i, err := open(t.Context(), program{environ: p.environ, stderr: &errs})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = i.store.Close() }()
	total, err := i.store.Public().ReleaseFile(t.Context(), 1, "total.csv")
	if err != nil || !strings.HasPrefix(string(total.Data), "\"year\",\"persons\",\"shown\"\r\n\"2023\",\"") {
		t.Errorf("%q, %v", total.Data, err)
	}
	readme, err := i.store.Public().ReleaseFile(t.Context(), 1, "README.md")
	if err != nil || !strings.Contains(string(readme.Data), "Calls of 2023") {
		t.Errorf("%s, %v", readme.Data, err)
	}
}
