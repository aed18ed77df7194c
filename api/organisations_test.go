package api

import (
	"net/http"
	"strings"
	"testing"

	"farwatch/models"
)

func TestOrganisation_Settings_AreItsAdministrators(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		u := a.person("example_ngo", "amina", models.RoleCaseworker, models.RoleAnalyst)
		stranger := a.person("other_ngo", "otto", models.RoleCaseworker, models.RoleAnalyst)
		change := func(who *person, name, sensitivity string) *reply {
			return who.do(http.MethodPut, "/api/v1/organisation", object{"name": name, "initial_sensitivity": sensitivity})
		}
		change(u, "Taken", "restricted").wantProblem(403, "permission.denied")
		change(a.anyone(), "Taken", "restricted").wantProblem(401, "session.required")
		change(admin, "Night Watch", "sealed").want(422)
		change(admin, " \t ", "restricted").wantProblem(422, "validation.failed", "#/name required")
		change(admin, " Night Watch ", "restricted").want(200)
		var o struct {
			Code, Name         string
			InitialSensitivity string `json:"initial_sensitivity"`
		}
		u.get("/api/v1/organisation").want(200).json(&o)
		if o.Code != "example_ngo" || o.Name != "Night Watch" || o.InitialSensitivity != "restricted" {
			t.Errorf("organisation %+v", o)
		}
		stranger.get("/api/v1/organisation").want(200).json(&o)
		if o.Code != "other_ngo" || o.Name != "Example other_ngo" || o.InitialSensitivity != "partner" {
			t.Errorf("the stranger's %+v", o)
		}

		// A new record that says no sensitivity gets the organisation's.
		sensitivityOf := func(who *person, body object, key string) string {
			var made struct{ Sensitivity string }
			who.log(body, key).want(201).json(&made)
			return made.Sensitivity
		}
		silent := valid()
		delete(silent, "sensitivity")
		if got := sensitivityOf(u, silent, "silent-record"); got != "restricted" {
			t.Errorf("sensitivity %s", got)
		}
		if got := sensitivityOf(stranger, silent, "silent-record"); got != "partner" {
			t.Errorf("the stranger's sensitivity %s", got)
		}
		spoken := valid()
		spoken["sensitivity"] = "open"
		if got := sensitivityOf(u, spoken, "spoken-record"); got != "open" {
			t.Errorf("what was said became %s", got)
		}
	})
}

func TestOrganisations_AreTheOperators(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		operator := a.person("example_ngo", "ines", models.RoleInstanceAdmin)
		admin := a.person("example_ngo", "elif", models.RoleOrgAdmin)
		invite := func(who *person, code string) *reply {
			return who.do(http.MethodPost, "/api/v1/organisations/"+code+"/invitations", object{"note": "For the new one"})
		}
		create := func(who *person, code, name string) *reply {
			return who.do(http.MethodPost, "/api/v1/organisations", object{"code": code, "name": name})
		}
		for _, who := range []*person{admin, a.person("example_ngo", "rest", models.RoleReviewer, models.RoleCaseworker)} {
			create(who, "new_ngo", "New").wantProblem(403, "permission.denied")
			invite(who, "example_ngo").wantProblem(403, "permission.denied")
			who.get("/api/v1/organisations").wantProblem(403, "permission.denied")
			who.do(http.MethodPut, "/api/v1/organisations/example_ngo", object{"name": "Taken"}).wantProblem(403, "permission.denied")
		}
		create(a.anyone(), "new_ngo", "New").wantProblem(401, "session.required")
		create(operator, "new_ngo", "New NGO").want(201)
		create(operator, "new_ngo", "Again").wantProblem(409, "organisation.exists")
		create(operator, "New NGO", "Again").want(422)
		operator.do(http.MethodPut, "/api/v1/organisations/new_ngo", object{"name": "Newer NGO"}).want(204)
		operator.do(http.MethodPut, "/api/v1/organisations/no_such_ngo", object{"name": "X"}).wantProblem(404, "organisation.not_found")

		// Its first administrator is invited; after that, inviting is theirs.
		invite(operator, "no_such_ngo").wantProblem(404, "organisation.not_found")
		invite(operator, "example_ngo").wantProblem(409, "organisation.has_admin")
		var made struct {
			Link       string
			Invitation struct{ Roles []string }
		}
		invite(operator, "new_ngo").want(201).json(&made)
		if strings.Join(made.Invitation.Roles, " ") != "org_admin" {
			t.Errorf("roles %v", made.Invitation.Roles)
		}
		_, token, _ := strings.Cut(made.Link, "/invite#")
		var account struct {
			OrganisationCode string `json:"organisation_code"`
			OrganisationName string `json:"organisation_name"`
			Roles            []string
		}
		a.anyone().do(http.MethodPost, "/api/v1/invitations/accept", object{"token": token, "user_name": "nadia", "password": newPassword}).want(201).json(&account)
		if account.OrganisationCode != "new_ngo" || account.OrganisationName != "Newer NGO" || strings.Join(account.Roles, " ") != "org_admin" {
			t.Errorf("account %+v", account)
		}
		invite(operator, "new_ngo").wantProblem(409, "organisation.has_admin")

		var list struct {
			Items []struct {
				Code                   string
				People, Administrators int
			}
		}
		operator.get("/api/v1/organisations").want(200).json(&list)
		if len(list.Items) != 2 || list.Items[1].Code != "new_ngo" || list.Items[1].People != 1 || list.Items[1].Administrators != 1 {
			t.Errorf("organisations %+v", list.Items)
		}
		// The new organisation's own audit shows how it began.
		a.handlers.FactorOptional = true
		nadia := a.anyone().signIn("nadia", newPassword).want(201).as(a)
		if got := strings.Join(nadia.actions(""), " "); got != "session.start invitation.accept invitation.create organisation.change organisation.create" {
			t.Errorf("audit %s", got)
		}
	})
}
