package models

import "testing"

func TestInstanceMode_Refuses_ByModeAndPerson(t *testing.T) {
	t.Parallel()
	nobody := Principal{}
	worker := Principal{UserID: "w", Roles: []Role{RoleCaseworker, RoleReviewer}}
	admin := Principal{UserID: "a", Roles: []Role{RoleOrgAdmin}}
	operator := Principal{UserID: "o", Roles: []Role{RoleInstanceAdmin}}
	for name, c := range map[string]struct {
		mode          InstanceMode
		who           Principal
		reads, urgent bool
		want          string
	}{
		"open, a change":                  {ModeOpen, worker, false, false, ""},
		"read-only, a read":               {ModeReadOnly, worker, true, false, ""},
		"read-only, a change":             {ModeReadOnly, worker, false, false, "instance.read_only"},
		"read-only, a change by an admin": {ModeReadOnly, admin, false, false, "instance.read_only"},
		"read-only, signing in":           {ModeReadOnly, nobody, false, true, ""},
		"read-only, an invitation":        {ModeReadOnly, nobody, false, false, "instance.read_only"},
		"quarantine, a change":            {ModeQuarantine, admin, false, false, "instance.read_only"},
		"quarantine, the lock":            {ModeQuarantine, admin, false, true, ""},
		"closed, a read":                  {ModeClosed, worker, true, false, "instance.closed"},
		"closed, an urgent step":          {ModeClosed, worker, false, true, "instance.closed"},
		"closed, a read by an admin":      {ModeClosed, admin, true, false, ""},
		"closed, the lock":                {ModeClosed, operator, false, true, ""},
		"closed, a change by an admin":    {ModeClosed, admin, false, false, "instance.closed"},
		"closed, signing in":              {ModeClosed, nobody, false, true, ""},
		"closed, set-up":                  {ModeClosed, nobody, false, false, "instance.closed"},
	} {
		err := c.mode.Refuses(c.who, c.reads, c.urgent)
		if (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
