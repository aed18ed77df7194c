package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
	"farwatch/store"
)

// TestPlan_Audit_EveryFilterHasItsIndex: no question about the audit reads all
// of it, and none sorts it but the one about a single record.
func TestPlan_Audit_EveryFilterHasItsIndex(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	p := person(t, s, "example_ngo", "elif", models.RoleOrgAdmin, models.RoleInstanceAdmin)
	db := raw(t, path)
	taken, err := s.Record()
	must(t, err)
	from := time.Now().Add(-time.Hour)
	to := time.Now().Add(time.Hour)
	cursor := &models.AuditCursor{At: time.Now()}
	for what, f := range map[string]models.AuditFilter{
		"all": {}, "person": {UserName: "elif"}, "action": {Action: "user.create"}, "record": {Ref: "FW-4F7K-Q2ME"},
		"time": {From: &from, To: &to}, "person, action and time": {UserName: "elif", Action: "user.create", From: &from},
	} {
		for name, read := range map[string]func() error{
			"organisation": func() error { _, _, err := s.For(p).OrganisationAudit(t.Context(), f, cursor, 50); return err },
			"own":          func() error { _, _, err := s.For(p).OwnAudit(t.Context(), f, cursor, 50); return err },
			"instance":     func() error { _, _, err := s.For(p).InstanceAudit(t.Context(), f, cursor, 50); return err },
		} {
			taken()
			must(t, read())
			statements := taken()
			i := slices.IndexFunc(statements, func(s store.Statement) bool { return strings.Contains(s.SQL, "FROM audit a") })
			if i < 0 {
				t.Fatalf("%s, %s: no statement about the audit", name, what)
			}
			for _, step := range plan(t, db, statements[i]) {
				scan := strings.HasPrefix(step, "SCAN a") && !strings.Contains(step, "USING INDEX")
				sort := strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && f.Ref == ""
				if scan || sort {
					t.Errorf("%s, %s: %s", name, what, step)
				}
			}
		}
	}
}

func TestVerifyAudit_Altered_ToldToEachAsTheyMayKnow(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	admin := person(t, s, "example_ngo", "elif", models.RoleOrgAdmin)
	operator := person(t, s, "example_ngo", "ines", models.RoleInstanceAdmin)
	whole, err := s.For(admin).VerifyAudit(t.Context(), time.Minute)
	must(t, err)
	if !whole.Whole || !whole.Complete || whole.Checked != 4 || whole.BrokenAt != nil {
		t.Errorf("before: %+v", whole)
	}
	exec(t, raw(t, path), "UPDATE audit SET action = 'user.praise' WHERE seq = 4")
	told, err := s.For(admin).VerifyAudit(t.Context(), time.Minute)
	must(t, err)
	if told.Whole || !told.Complete || told.Broken != 0 || told.BrokenAt == nil {
		t.Errorf("administrator: %+v", told)
	}
	told, err = s.For(operator).VerifyAudit(t.Context(), time.Minute)
	must(t, err)
	if told.Whole || told.Broken != 4 || told.Checked != 3 {
		t.Errorf("operator: %+v", told)
	}
	short, err := s.For(operator).VerifyAudit(t.Context(), time.Nanosecond)
	if err != nil || short.Complete {
		t.Errorf("without time: %+v, %v", short, err)
	}
}
