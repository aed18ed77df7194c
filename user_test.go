package main

import (
	"slices"
	"testing"

	"farwatch/models"
)

func TestUserCreate_MakesOrganisationAndAccount(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "create: done for amina\n", goodPassword+"\n", "user", "create", "-name", "amina",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "caseworker, analyst")
	user, err := p.user("amina")
	if err != nil || user.Organisation != "example_ngo" || user.Status != models.UserActive {
		t.Errorf("%+v, %v", user, err)
	}
	if want := []models.Role{models.RoleAnalyst, models.RoleCaseworker}; !slices.Equal(user.Roles, want) {
		t.Errorf("roles %v, want %v", user.Roles, want)
	}
	p.want(0, "done for boris", goodPassword, "user", "create", "-name", "boris", "-organisation", "example_ngo", "-roles", "reviewer")
	p.want(0, "done for chen", goodPassword+"\r\n", "user", "create", "-name", "chen",
		"-organisation", "example_ngo", "-organisation-name", "Example NGO again", "-roles", "advocate")
	p.want(1, "This user name is taken", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-roles", "analyst")
}

func TestUserCreate_Refused_NoAccount(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	create := func(words, password, name, roles string, more ...string) {
		t.Helper()
		p.want(1, words, password, append([]string{"user", "create", "-name", name, "-roles", roles}, more...)...)
	}
	create("there is no organisation \"example_ngo\"", goodPassword, "amina", "analyst", "-organisation", "example_ngo")
	known := []string{"-organisation", "example_ngo", "-organisation-name", "Example NGO"}
	create("password_too_short", "short\n", "amina", "analyst", known...)
	create("password_too_short", "", "amina", "analyst", known...)
	create("password_common", "Passwordpassword\n", "amina", "analyst", known...)
	create("password_common", "amina-amina-amina-1\n", "amina", "analyst", known...)
	create(`"superhero" is no role`, goodPassword, "amina", "analyst,superhero", known...)
	create(`"" is no role`, goodPassword, "amina", "", known...)
	create("user_name: bad_format", goodPassword, "Amina K", "analyst", known...)
	create("organisation_code: bad_format", goodPassword, "amina", "analyst", "-organisation", "Example NGO", "-organisation-name", "Example NGO")
	if _, err := p.user("amina"); models.KindOf(err) != models.KindNotFound {
		t.Errorf("an account was made: %v", err)
	}
	// Nor was an organisation made along the way, not even for a name that is taken.
	p.want(0, "", goodPassword, "user", "create", "-name", "taken", "-organisation", "first_ngo", "-organisation-name", "First NGO", "-roles", "analyst")
	create("This user name is taken", goodPassword, "taken", "analyst", known...)
	create("there is no organisation \"example_ngo\"", goodPassword, "amina", "analyst", "-organisation", "example_ngo")
}

func TestUserDisable_ClosesAndResetOpens(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	before, err := p.user("amina")
	if err != nil {
		t.Fatal(err)
	}
	p.want(0, "disable: done for amina", "", "user", "disable", "-name", "amina")
	if user, err := p.user("amina"); err != nil || user.Status != models.UserDisabled {
		t.Errorf("after disable: %+v, %v", user, err)
	}
	p.want(1, "password_too_short", "short", "user", "reset", "-name", "amina")
	if user, err := p.user("amina"); err != nil || user.Status != models.UserDisabled || user.PasswordHash != before.PasswordHash {
		t.Errorf("after a refused reset: %+v, %v", user, err)
	}
	p.want(0, "reset: done for amina", "seven blue doors sing\n", "user", "reset", "-name", "amina")
	if user, err := p.user("amina"); err != nil || user.Status != models.UserActive || user.PasswordHash == before.PasswordHash {
		t.Errorf("after reset: %+v, %v", user, err)
	}
	p.want(1, "", "", "user", "disable", "-name", "nobody")
	p.want(1, "", goodPassword, "user", "reset", "-name", "nobody")
}

func TestUserResetFactor_TakesFactorsAway_KeepsThePassword(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	before, err := p.user("amina")
	if err != nil {
		t.Fatal(err)
	}
	p.want(0, "reset-factor: done for amina", "", "user", "reset-factor", "-name", "amina")
	if user, err := p.user("amina"); err != nil || user.PasswordHash != before.PasswordHash || user.Status != models.UserActive {
		t.Errorf("after: %+v, %v", user, err)
	}
	p.want(0, "The audit chain is intact: 3 rows.", "", "audit", "verify")
	p.want(1, "", "", "user", "reset-factor", "-name", "nobody")
}

func TestUserRolesAndEnable_FromTheShell(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	p.want(0, "roles: done for amina", "", "user", "roles", "-name", "amina", "-roles", "instance_admin, caseworker")
	user, err := p.user("amina")
	if want := []models.Role{models.RoleCaseworker, models.RoleInstanceAdmin}; err != nil || !slices.Equal(user.Roles, want) {
		t.Errorf("roles %v, want %v: %v", user.Roles, want, err)
	}
	p.want(1, `"superhero" is no role`, "", "user", "roles", "-name", "amina", "-roles", "superhero")
	p.want(1, "", "", "user", "roles", "-name", "nobody", "-roles", "analyst")
	p.want(0, "", "", "user", "disable", "-name", "amina")
	p.want(0, "enable: done for amina", "", "user", "enable", "-name", "amina")
	if user, err := p.user("amina"); err != nil || user.Status != models.UserActive || len(user.Roles) != 2 {
		t.Errorf("after enable: %+v, %v", user, err)
	}
	p.want(1, "", "", "user", "enable", "-name", "nobody")
}

func TestAuditVerify_AfterRealWork_Intact(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "The audit chain is intact: 0 rows.", "", "audit", "verify")
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	p.want(0, "", "", "user", "disable", "-name", "amina")
	p.want(0, "", "seven blue doors sing", "user", "reset", "-name", "amina")
	p.want(0, "The audit chain is intact: 4 rows.", "", "audit", "verify")
}

// TestAuditVerify_AnotherKey says nothing of the chain: who has no key of the
// database can neither read nor write it. (The store's own tests show that no
// row of the chain fits another key.)
func TestAuditVerify_AnotherKey_Refused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.want(0, "", goodPassword, "user", "create", "-name", "amina", "-organisation", "example_ngo", "-organisation-name", "Example NGO", "-roles", "analyst")
	other := newPlace(t)
	p.environ = append(p.environ, other.environ[1])
	p.want(1, "does not open", "", "audit", "verify")
}
