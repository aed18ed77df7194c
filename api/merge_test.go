package api

import (
	"net/http"
	"testing"
)

func TestMerge_ForwardsTheRefAndComesBack_WithNegativeTwins(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var kept object
		d.author.log(founding(t), "kept-key").want(201).json(&kept)
		body := object{"into": kept["ref"]}
		d.refused("merge own work", d.as(d.author, http.MethodPost, "/merge", body), 403, "workflow.own_work")
		d.refused("merge by a caseworker", d.as(d.colleague, http.MethodPost, "/merge", body), 403, "permission.denied")
		d.refused("merge by another organisation", d.as(d.stranger, http.MethodPost, "/merge", body), 404, "incident.not_found")
		d.refused("merge by nobody", d.as(a.anyone(), http.MethodPost, "/merge", body), 401, "session.required")
		d.refused("into no ref", d.as(d.reviewer, http.MethodPost, "/merge", object{"into": "nonsense"}), 422, "validation.failed")
		d.refused("into itself", d.as(d.reviewer, http.MethodPost, "/merge", object{"into": d.ref}), 409, "workflow.not_possible")
		d.refused("without a match", d.reviewer.do(http.MethodPost, d.path("/merge"), body), 428, "incident.match_required")
		var survivor object
		d.as(d.reviewer, http.MethodPost, "/merge", body).want(200).json(&survivor)
		if survivor["ref"] != kept["ref"] || len(survivor["sources"].([]any)) != len(kept["sources"].([]any)) {
			t.Errorf("survivor %v with %d sources", survivor["ref"], len(survivor["sources"].([]any)))
		}
		var p struct {
			Code      string
			Tombstone object
		}
		d.analyst.get(d.path("")).want(410).json(&p)
		if p.Code != "incident.merged" || p.Tombstone["merged_into"] != kept["ref"] {
			t.Errorf("%s leads to %v", p.Code, p.Tombstone["merged_into"])
		}
		d.refused("undo by its author", d.as(d.author, http.MethodPost, "/unmerge", object{}), 403, "workflow.own_work")
		d.as(d.reviewer, http.MethodPost, "/unmerge", object{}).want(200)
		d.analyst.get(d.path("")).want(200)
		d.refused("nothing to undo", d.as(d.reviewer, http.MethodPost, "/unmerge", object{}), 409, "merge.none")
	})
}

func TestUnmerge_ClosedAndEmbargoedRecords_KeepReasonAndDay(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		for state, want := range map[string]object{
			"closed":    {"workflow_status": "closed", "closing_reason": "too_thin", "embargo_until": nil},
			"embargoed": {"workflow_status": "embargoed", "closing_reason": nil, "embargo_until": "2026-03-01"},
		} {
			d := newDeskOf(a, "-"+state, nil)
			if state == "closed" {
				d.move(d.reviewer, "closed", "closing_reason", "too_thin").want(200)
			} else {
				d.move(d.author, "in_review").want(200)
				d.verify(d.reviewer, "single_source").want(200)
				d.move(d.reviewer, "approved").want(200)
				d.move(d.second, "embargoed", "embargo_until", "2026-03-01").want(200)
			}
			var kept, back object
			d.author.log(founding(t), "kept-"+state).want(201).json(&kept)
			d.as(d.reviewer, http.MethodPost, "/merge", object{"into": kept["ref"]}).want(200)
			d.as(d.reviewer, http.MethodPost, "/unmerge", object{}).want(200).json(&back)
			for name, value := range want {
				if back[name] != value {
					t.Errorf("%s: %s is %v, want %v", state, name, back[name], value)
				}
			}
		}
	})
}
