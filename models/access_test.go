package models_test

import (
	"encoding/json"
	"strings"
	"testing"

	"farwatch/models"
)

// secretive has a canary in every protected member.
func secretive() models.Incident {
	in := recruitment()
	in.InternalNote = p("CANARY")
	in.HostPlace.Site = p("CANARY")
	in.Targets[0].RolesRestricted = []string{"CANARY"}
	in.Targets[0].ResponseRestricted = p("CANARY")
	in.Targets[0].Identity = &models.Identity{Names: []string{"CANARY"}, Note: p("CANARY")}
	in.Perpetrators[0].PersonName = p("CANARY")
	in.Sources = append(in.Sources, models.Source{ID: "S3", Kind: "direct_interview", Title: p("CANARY"), URL: p("CANARY"), Text: p("CANARY")})
	in.Sources[0].SubmittedBy = p("CANARY")
	in.Citations = []models.Citation{
		{ID: "C1", Entity: "incident", Source: "S3", Quote: p("CANARY"), Note: p("CANARY")},
		{ID: "C2", Entity: "P1", Field: p("person_name"), Source: "S1", Quote: p("CANARY")},
		{ID: "C3", Entity: "E1", Source: "S1", Quote: p("CANARY")},
		{ID: "C4", Entity: "L2", Source: "S1", Quote: p("CANARY")},
	}
	in.Evidence = []models.Evidence{{ID: "E1", Kind: "medical_record", Note: p("CANARY"), Tool: p("CANARY")}}
	in.Relations = []models.Relation{
		{ID: "L1", Kind: "same_incident", To: "FW-4F7K-Q2ME", Note: p("CANARY")},
		{ID: "L2", Kind: "possible_duplicate", To: "CANARY"},
	}
	in.Consents[0].Note, in.Consents[0].ExplainedBy = p("CANARY"), p("CANARY")
	return models.Incident{IncidentInput: in}
}

func TestRedact_HidesEveryProtectedMember(t *testing.T) {
	t.Parallel()
	for _, who := range []models.Principal{
		{Roles: []models.Role{models.RoleAdvocate}},
		{Roles: []models.Role{models.RoleAnalyst}},
		{Roles: []models.Role{models.RoleCaseworker}}, // not on the team
		{Roles: []models.Role{models.RoleOrgAdmin, models.RoleInstanceAdmin}},
	} {
		rec, hidden := who.Redact(secretive())
		if text := dump(rec); strings.Contains(text, "CANARY") || !hidden {
			t.Errorf("%v: hidden=%v, %s", who.Roles, hidden, text)
		}
	}
}

func TestRedact_TeamAndReviewer_SeeAll(t *testing.T) {
	t.Parallel()
	team := secretive()
	team.OnTeam = true
	for role, rec := range map[models.Role]models.Incident{models.RoleCaseworker: team, models.RoleReviewer: secretive()} {
		got, hidden := models.Principal{Roles: []models.Role{role}}.Redact(rec)
		if n := strings.Count(dump(got), "CANARY"); n != 22 || hidden {
			t.Errorf("%s sees %d canaries, hidden=%v", role, n, hidden)
		}
	}
}

func TestRedact_LeavesTheStoredRecordAlone(t *testing.T) {
	t.Parallel()
	rec := secretive()
	_, _ = models.Principal{}.Redact(rec)
	if rec.Targets[0].Identity == nil || rec.Sources[2].Title == nil {
		t.Error("redaction changed its argument")
	}
}

// dump writes a record with everything its pointers lead to.
func dump(rec models.Incident) string {
	data, err := json.Marshal(rec)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
