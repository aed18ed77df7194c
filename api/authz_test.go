package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"farwatch/models"
)

// Who may call which operation: the golden table of SECURITY.md's roles. An
// operation of the contract without a row here fails the build.
// a advocate, n analyst, c caseworker, r reviewer, o org_admin, i instance_admin;
// "*" also signed out, "s" everyone with a session.
var golden = map[string]string{
	"health": "*", "instance": "*", "vocabulary": "*", "setUp": "*", "signIn": "*", "refreshSession": "*", "signOut": "*",
	"acceptInvitation": "*",
	"listSessions":     "s", "endSession": "s", "me": "s", "changePassword": "s",
	"proveFactor": "*", "challengeSignIn": "*", "stepUp": "s", "challengeStepUp": "s",
	"listFactors": "s", "beginTotp": "s", "confirmTotp": "s", "beginPasskey": "s", "addPasskey": "s", "removeFactor": "s", "renewRecoveryCodes": "s",
	"readInstanceMode": "oi", "setInstanceMode": "oi",
	"changeRoles": "o", "disableMember": "o", "enableMember": "o", "signOutMember": "o", "createResetLink": "o", "revokeResetLink": "o",
	"confirmResetLink": "o", "useResetLink": "*", "readOrganisation": "s", "changeOrganisation": "o", "listMemberSessions": "o",
	"signOutOrganisation": "o", "endMemberSession": "o",
	"listOrganisations": "i", "createOrganisation": "i", "renameOrganisation": "i", "inviteFirstAdmin": "i", "approveKeys": "i",
	"listAudit": "o", "verifyAudit": "oi", "listOwnAudit": "s", "listInstanceAudit": "i",
	"listMembers": "o", "listInvitations": "o", "createInvitation": "o", "revokeInvitation": "o",
	"listCampaigns": "ancr", "listIncidents": "ancr", "readIncident": "ancr", "stats": "ancr", "statsTable": "ancr", "exportIncidentsCsv": "ancr", "exportPackage": "ncr",
	"contractYaml": "*", "contractJson": "*",
	"listTokens": "s", "createToken": "ancr", "revokeToken": "s", "listMemberTokens": "o", "revokeMemberToken": "o", "listChanges": "ancr",
	"listExports": "ancr", "createExport": "ancr", "previewExport": "ancr", "readExport": "ancr", "deleteExport": "ancr", "decideExport": "r",
	"downloadExport": "ancr", "headExport": "ancr", "vocabularySkos": "*",
	"listSnapshots": "ncr", "createSnapshot": "ncr", "readSnapshot": "ncr",
	"incidentSnippets": "ancr", "searchSpelling": "ancr",
	"incidentFacets": "ancr",
	"listFiles":      "cr", "beginUpload": "cr", "markFile": "cr", "deleteFile": "cr", "viewFile": "cr", "downloadFile": "cr", "listCustody": "cr",
	"readUpload": "cr", "sendPart": "cr", "cancelUpload": "cr", "completeUpload": "cr",
	"readTeam": "cr", "assignMember": "cr", "unassignMember": "cr", "askReview": "cr", "unaskReview": "cr",
	"listComments": "cr", "createComment": "cr", "changeComment": "cr", "deleteComment": "cr", "changeIncidents": "cr",
	"readQueue": "cr", "readAttention": "cr", "listNotifications": "cr", "readNotifications": "cr",
	"readCampaign": "ancr", "createCampaign": "cr", "changeCampaign": "cr",
	"describeIntake": "c", "readArticleFile": "c", "readArticlePage": "c", "suggestFields": "c",
	"listImports": "c", "beginImport": "c", "readImport": "c", "forgetImport": "c", "sendImportPart": "c", "planImport": "c", "stepImport": "c",
	"listImportRows": "c", "downloadRefused": "c", "listImportMaps": "c", "saveImportMap": "c", "deleteImportMap": "c",
	"findDuplicates": "c", "listDuplicates": "ancr", "dismissDuplicate": "cr", "restoreDuplicate": "cr", "listLinks": "ancr",
	"listSavedSearches": "ancr", "createSavedSearch": "ancr", "changeSavedSearch": "ancr", "deleteSavedSearch": "ancr", "lookAtSavedSearch": "ancr",
	"createIncident": "c", "updateIncident": "cr",
	"moveIncident": "cr", "verifyIncident": "r", "mergeIncident": "r", "unmergeIncident": "r", "decidePending": "cr", "restoreIncident": "cr", "undoIncident": "cr",
	"deleteIncident": "r", "undeleteIncident": "r", "listDeleted": "r", "readHold": "r", "placeHold": "r", "askRelease": "r", "decideRelease": "r",
	"listRevisions": "ncr", "readRevision": "ncr", "readPublicIncident": "*", "listPublicIncidents": "*", "publicStats": "*",
	"listReleases": "nri", "proposeRelease": "n", "readRelease": "nri", "approveRelease": "r", "publishRelease": "i", "discardRelease": "nri",
	"listPublicReleases": "*", "readPublicRelease": "*", "readReleaseFile": "*",
	"listSources": "ancr", "lookUpSource": "ancr", "readSource": "ancr", "correctSource": "cr",
	"listGrants": "ancr", "createGrant": "cr", "listReceivers": "cr", "decideGrant": "r", "withdrawGrant": "cr",
	"listWorkingCopies": "cr", "readWorkingCopy": "cr", "saveWorkingCopy": "cr", "discardWorkingCopy": "cr",
}

var letters = map[string]models.Role{
	"a": models.RoleAdvocate, "n": models.RoleAnalyst, "c": models.RoleCaseworker,
	"r": models.RoleReviewer, "o": models.RoleOrgAdmin, "i": models.RoleInstanceAdmin,
}

func TestMatrix_EveryOperationHasARow(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	must(t, err)
	seen := map[string]bool{}
	for key, op := range c.operations {
		seen[op.id] = true
		if golden[op.id] == "" {
			t.Errorf("%s (%s) has no row in the golden table", op.id, key)
		}
	}
	for id := range golden {
		if !seen[id] {
			t.Errorf("the golden table knows %s, the contract does not", id)
		}
	}
}

func TestMatrix_RoleByOperation(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		people := map[string]*person{"": a.anyone()}
		for letter, role := range letters {
			people[letter] = a.person("example_ngo", "role-"+letter, role)
		}
		people["none"] = a.person("example_ngo", "no-role")
		cells := 0
		for key, op := range a.contract.operations {
			for who, u := range people {
				allowed := golden[op.id] == "*" || (golden[op.id] == "s" && who != "") ||
					(who != "" && strings.Contains(golden[op.id], who))
				if got := u.reaches(key); got != allowed {
					t.Errorf("%s by %q: reaches the handler %v, want %v", op.id, who, got, allowed)
				}
				cells++
			}
		}
		t.Logf("%d cells", cells)
	})
}

// concrete puts ids that name nothing into a path.
func concrete(path string) string {
	return strings.NewReplacer(
		":code", "no_such_ngo", ":ref", "FW-4F7K-Q2ME", ":session_id", "none", ":token_id", "none", ":invitation_id", "none",
		":factor_id", "no-such-factor", ":working_copy_id", "no-such-copy", ":version", "1", ":other", "FW-4F7K-Q2ME", ":user_id", "nobody",
		":comment_id", "no-such-comment", ":file_id", "no-such-file", ":upload_id", "no-such-upload", ":saved_search_id", "no-such-search",
		":grant_id", "no-such-grant", ":export_id", "no-such-export",
		":snapshot_id", "FWD-2026-00000000",
	).Replace(path)
}

// reaches tells whether the gate lets the person through: with no body and no
// parameter the request is then refused by its shape or answered.
func (u *person) reaches(key string) bool {
	u.t.Helper()
	method, path, _ := strings.Cut(key, " ")
	path = concrete(path)
	r := u.do(method, path, nil, "X-Farwatch", "1", "If-None-Match", "x")
	var p problem
	if r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden {
		r.json(&p)
		return !slices.Contains([]string{"session.required", "permission.denied"}, p.Code)
	}
	return true
}

func TestMatrix_UnknownPermission_StopsTheProgram(t *testing.T) {
	t.Parallel()
	if models.KnownPermission("incidents:burn") {
		t.Error("an unknown permission must not be known")
	}
	everything := models.Principal{UserID: "u", Roles: models.Roles()}
	if everything.May("incidents:burn") {
		t.Error("nobody holds an unknown permission, not even with every role")
	}
}

func TestCheckRoutes_DifferentRouter_Refused(t *testing.T) {
	t.Parallel()
	c, err := loadContract()
	must(t, err)
	if err := c.checkRoutes(nil); err == nil {
		t.Error("a router without the contract's operations must not start")
	}
}

func TestAuthenticate_DeadSessions_401(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		ctx := t.Context()
		for name, kill := range map[string]func(*person){
			"signed out elsewhere": func(u *person) {
				list, err := a.store.For(models.Principal{UserID: u.id}).Sessions(ctx)
				must(t, err)
				must(t, a.store.For(models.Principal{UserID: u.id}).EndSession(ctx, list[0].ID))
			},
			"disabled": func(*person) { must(t, a.store.System().DisableUser(ctx, "disabled")) },
			"password reset": func(*person) {
				must(t, a.store.System().ResetPassword(ctx, "password-reset", "other-hash"))
			},
		} {
			u := a.person("example_ngo", strings.ReplaceAll(name, " ", "-"), models.RoleCaseworker)
			u.get("/api/v1/me").want(200)
			kill(u)
			u.get("/api/v1/me").wantProblem(401, "session.expired")
		}
	})
}
