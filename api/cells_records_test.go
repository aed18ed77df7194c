package api

import (
	"fmt"
	"net/http"
	"slices"

	"farwatch/models"
)

// recordCase is one operation on a record, as one request.
type recordCase struct {
	operation string
	variant   string // where one operation has several cases
	// path behind /api/v1/incidents/{ref}; "" with at for another address
	rest string
	at   func(r cell) string
	body func(c *cells, r cell) any
	// want is the answer to somebody who may call the operation and reads the
	// record; nil: 200.
	want func(w who, r cell) string
	// hidden is the answer to somebody who does not read the record; nil: 404 as
	// for an absent one.
	hidden func(w who, r cell) string
	alone  bool // what it does can be done once: it gets a record of its own
	// before makes what the request takes away, and gives the rest of the path.
	before func(c *cells, w who, r cell) string
	after  func(c *cells, w who, a answer)
	match  bool // needs If-Match
}

func fixed(answer string) func(who, cell) string { return func(who, cell) string { return answer } }

func sent(body any) func(*cells, cell) any { return func(*cells, cell) any { return body } }

// protectedOr answers for what only those do who see protected fields.
func protectedOr(answer string) func(who, cell) string {
	return func(w who, r cell) string {
		if !w.seesProtected(r) {
			return "403 permission.denied"
		}
		return answer
	}
}

// editedOr is the same for changes, which closed, withdrawn and merged records
// do not take.
func editedOr(answer string) func(who, cell) string {
	return func(w who, r cell) string {
		switch {
		case !w.seesProtected(r):
			return "403 permission.denied"
		case locked(r):
			return "409 incident.not_editable"
		}
		return answer
	}
}

// held answers for a file of a record: those that take no edit have none here.
func held(answer string) func(who, cell) string {
	return func(w who, r cell) string {
		switch {
		case !w.seesProtected(r):
			return "403 permission.denied"
		case locked(r):
			return "404 file.not_found"
		}
		return answer
	}
}

// stepped answers for a step of the workflow that a second reviewer makes.
func stepped(from ...string) func(who, cell) string {
	return func(w who, r cell) string {
		if !slices.Contains(from, r.state) {
			return "409 workflow.not_possible"
		}
		if refused := w.reviews(); refused != "" {
			return "403 " + refused
		}
		return "200"
	}
}

func submitted(w who, r cell) string {
	switch r.state {
	case "draft":
		if w.has(models.RoleCaseworker) && w.onTeam(r) {
			return "200"
		}
		return "403 permission.denied"
	case "embargoed", "published", "in_review", "merged":
		return "409 workflow.not_possible"
	}
	return stepped(r.state)(w, r)
}

func published(w who, r cell) string {
	answer := stepped("approved", "embargoed")(w, r)
	if answer == "200" && r.sensitivity != "open" {
		return "422 workflow.not_ready"
	}
	return answer
}

func reviewedOr(answer func(r cell) string) func(who, cell) string {
	return func(w who, r cell) string {
		if refused := w.reviews(); refused != "" {
			return "403 " + refused
		}
		return answer(r)
	}
}

func verified(r cell) string {
	if locked(r) {
		return "409 incident.not_editable"
	}
	return "200"
}

func unmerged(w who, r cell) string {
	if r.state != models.StatusMerged {
		return "409 merge.none"
	}
	return reviewedOr(func(cell) string { return "200" })(w, r)
}

// tombstone is what reading a withdrawn or merged record answers to those who
// would see it otherwise. An advocate never saw these.
func tombstone(w who, r cell) string {
	code := map[string]string{models.StatusWithdrawn: "410 incident.withdrawn", models.StatusMerged: "410 incident.merged"}[r.state]
	if code == "" {
		return "200"
	}
	return code
}

func tombstoneOrAbsent(w who, r cell) string {
	if w.inCircle(r) && slices.Contains(ended, r.state) && w.has(models.RoleAnalyst, models.RoleCaseworker, models.RoleReviewer) {
		return tombstone(w, r)
	}
	return "404 incident.not_found"
}

func inPublic(_ who, r cell) string {
	if r.sensitivity == "open" && r.state == models.StatusPublished {
		return "200"
	}
	return "404 incident.not_found"
}

func reason(more ...any) func(*cells, cell) any {
	body := object{"reason": "The matrix asks."}
	for i := 0; i < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return sent(body)
}

// askable: a reviewer who sees the record, which nobody asked does while it is
// sealed.
func askable(w who, r cell) string {
	if w.seesProtected(r) && r.sensitivity == "sealed" {
		return "409 team.no_reviewer"
	}
	return protectedOr("200")(w, r)
}

func inBulk(w who, r cell) string {
	if !w.seesProtected(r) {
		return "200 permission.denied"
	}
	return "200"
}

// ownComment: only its author takes a comment away.
func ownComment(w who, r cell) string {
	if w.kind == "author" {
		return "204"
	}
	return "403 permission.denied"
}

func (c *cells) other(r cell) string {
	if r.ref == c.open.ref {
		return c.records[0].ref // an open draft
	}
	return c.open.ref
}

// deletable: what the public reads is withdrawn first.
func deletable(_ who, r cell) string {
	if r.state == models.StatusPublished {
		return "409 deletion.withdraw_first"
	}
	return "204"
}

// recordCases are the operations on one record.
var recordCases = []recordCase{
	{operation: "readIncident", want: tombstone, hidden: tombstoneOrAbsent},
	{operation: "readIncident", variant: "pending", rest: "?content=pending", want: tombstone, hidden: tombstoneOrAbsent},
	{operation: "updateIncident", body: reason("title", "Changed"), match: true, alone: true, want: editedOr("200")},
	{operation: "moveIncident", variant: "submit", rest: "/transitions", body: reason("to", "in_review"), match: true, alone: true, want: submitted},
	{operation: "moveIncident", variant: "publish", rest: "/transitions", body: reason("to", "published"), match: true, alone: true, want: published},
	{
		operation: "moveIncident", variant: "close", rest: "/transitions", body: reason("to", "closed", "closing_reason", "out_of_scope"), match: true, alone: true,
		want: stepped("draft", "in_review", "approved", "embargoed"),
	},
	{
		operation: "moveIncident", variant: "withdraw", rest: "/transitions", body: reason("to", "withdrawn", "withdrawal_reason", "safety"), match: true, alone: true,
		want: stepped("approved", "embargoed", "published"),
	},
	{operation: "verifyIncident", rest: "/verification", body: reason("verification_status", "single_source"), match: true, alone: true, want: reviewedOr(verified)},
	{operation: "decidePending", rest: "/pending", body: reason("decision", "approve"), match: true, want: fixed("409 pending.none")},
	{operation: "restoreIncident", rest: "/restore", body: reason("version", 1), match: true, alone: true, want: editedOr("200")},
	{operation: "undoIncident", rest: "/undo", match: true, want: fixed("409 undo.not_possible")},
	{
		operation: "mergeIncident", variant: "itself", rest: "/merge", body: func(_ *cells, r cell) any { return object{"into": r.ref, "reason": "Twice."} }, match: true,
		want: reviewedOr(func(cell) string { return "409 workflow.not_possible" }),
	},
	{operation: "mergeIncident", variant: "absent", rest: "/merge", body: sent(object{"into": "FW-4F7K-Q2ME"}), match: true, want: fixed("404 incident.not_found")},
	{operation: "unmergeIncident", rest: "/unmerge", body: reason(), match: true, alone: true, want: unmerged},
	{operation: "deleteIncident", rest: "/deletion", body: reason(), match: true, alone: true, want: deletable},
	{operation: "undeleteIncident", rest: "/deletion", want: fixed("409 deletion.none")},
	{operation: "readHold", rest: "/hold"},
	{operation: "askRelease", rest: "/hold/release", body: reason(), want: fixed("409 hold.none")},
	{operation: "decideRelease", rest: "/hold/decision", body: sent(object{"decision": "release"}), want: fixed("409 hold.none")},
	{operation: "placeHold", rest: "/hold", body: reason(), alone: true},
	{operation: "listRevisions", rest: "/revisions"},
	{operation: "readRevision", rest: "/revisions/1"},
	{operation: "listDuplicates", rest: "/duplicates"},
	{operation: "listLinks", rest: "/links"},
	{operation: "dismissDuplicate", before: func(c *cells, _ who, r cell) string { return "/duplicates/" + c.other(r) }, body: sent(object{})},
	{operation: "restoreDuplicate", before: func(c *cells, _ who, r cell) string { return "/duplicates/" + c.other(r) }, want: fixed("204")},
	{operation: "readTeam", rest: "/team"},
	{operation: "assignMember", before: func(c *cells, _ who, _ cell) string { return "/team/" + c.bystand.id }, want: protectedOr("200")},
	{operation: "unassignMember", before: func(c *cells, _ who, _ cell) string { return "/team/" + c.bystand.id }, want: protectedOr("200")},
	{operation: "askReview", before: func(c *cells, _ who, _ cell) string { return "/review-requests/" + c.asked.id }, want: askable},
	{operation: "unaskReview", before: func(c *cells, _ who, _ cell) string { return "/review-requests/" + c.asked.id }, want: protectedOr("200")},
	{operation: "listComments", rest: "/comments", want: protectedOr("200")},
	{operation: "createComment", rest: "/comments", body: sent(object{"body": "Said."}), want: protectedOr("201")},
	{operation: "changeComment", before: func(_ *cells, _ who, r cell) string { return "/comments/" + r.comment }, body: sent(object{"resolved": true}), want: protectedOr("200")},
	{operation: "deleteComment", before: freshComment, want: ownComment},
	{operation: "changeIncidents", at: func(cell) string { return "/api/v1/incidents/bulk" }, body: func(c *cells, r cell) any {
		return object{"action": "assign", "user_id": c.bystand.id, "items": []object{{"ref": r.ref, "version": 1}}}
	}, want: inBulk, hidden: fixed("200 incident.not_found")},
	{operation: "listFiles", rest: "/files", want: protectedOr("200")},
	{operation: "beginUpload", rest: "/files", body: sent(object{"name": "two.txt", "bytes": 3}), want: editedOr("201"), after: cancelUpload},
	{operation: "markFile", before: filePath(""), body: sent(object{"graphic": true}), want: editedOr("200")},
	{operation: "deleteFile", before: freshFile, body: reason(), want: editedOr("200")},
	{operation: "viewFile", before: filePath("/view"), want: held("200")},
	{operation: "downloadFile", before: filePath("/original"), want: held("200")},
	{operation: "listCustody", before: filePath("/custody"), want: held("200")},
	{operation: "readPublicIncident", at: func(r cell) string { return "/api/v1/public/incidents/" + r.ref }, want: inPublic, hidden: inPublic},
}

func filePath(rest string) func(*cells, who, cell) string {
	return func(_ *cells, _ who, r cell) string { return "/files/" + r.file + rest }
}

// freshComment is one's own where one may take it away.
func freshComment(c *cells, w who, r cell) string {
	if w.kind == "author" {
		r.comment = c.say(c.author, r.ref, "Said too soon.")
	}
	return "/comments/" + r.comment
}

// freshFile is one that may go.
func freshFile(c *cells, w who, r cell) string {
	if w.seesProtected(r) && w.has(models.RoleCaseworker, models.RoleReviewer) && !locked(r) {
		c.files++
		r.file = c.attach(c.author, r.ref, fmt.Sprintf("gone-%d.png", c.files), pngBytes(c.t, 64+c.files))
	}
	return "/files/" + r.file + "/removal"
}

func cancelUpload(c *cells, w who, a answer) {
	var up struct {
		ID string `json:"upload_id"`
	}
	decode(c.t, a.body, &up)
	if r := c.call(w.person, http.MethodDelete, "/api/v1/uploads/"+up.ID, nil); r.status != http.StatusNoContent {
		c.t.Errorf("cancel upload: %s", r)
	}
}
