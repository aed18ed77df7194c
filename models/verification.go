package models

import "slices"

// Judgement is a change of verification_status with its reason.
type Judgement struct {
	Status string
	Reason string // protected
}

// MayVerify tells whether the principal may set the status now. A denial by
// the accused state is a response and never a reason for disputed. Errors:
// permission.denied, workflow.own_work, incident.not_editable,
// verification.rule_failed naming what the record lacks.
func (p Principal) MayVerify(rec Incident, j Judgement, v *Vocabulary) error {
	if err := p.MayReview(rec); err != nil {
		return err
	}
	if slices.Contains(lockedStates, rec.WorkflowStatus) {
		return notEditable()
	}
	if faults := codeFault("#/verification_status", "verification_status", &j.Status, v); len(faults) > 0 {
		return Invalid(faults)
	}
	if Waits(rec.WorkflowStatus) && slices.Contains([]string{"unreviewed", "debunked", "retracted_by_source"}, j.Status) {
		return Fail(KindConflict, "verification.withdraw_first", "An approved or published record that does not hold is withdrawn or sent back to review first.")
	}
	if code := verificationFault(j.Status, rec.IncidentInput, rec.Computed, v); code != "" {
		return &Error{
			Kind: KindInvalid, Code: "verification.rule_failed", Detail: "The record does not meet the rule of this status.",
			Fields: []FieldError{{Pointer: "#/verification_status", Code: code}},
		}
	}
	return nil
}

// verificationFault is the rule of DOMAIN.md section 7 that the record breaks
// at this status; "" for none.
func verificationFault(status string, in IncidentInput, c Computed, v *Vocabulary) string {
	term, _ := v.Term("verification_status", status)
	if c.IndependentOrigins < term.MinOrigins {
		if term.MinOrigins > 1 {
			return "needs_two_origins"
		}
		return "needs_origin"
	}
	switch {
	case status == "evidence_examined" && !examined(in, v):
		return "needs_primary_evidence"
	case status == "officially_confirmed" && !official(in, v):
		return "needs_official_source"
	case status == "disputed" && !contradicted(in):
		return "needs_contradiction"
	}
	return ""
}

// VerificationAfter is the status that a record keeps after an edit: the same
// while its rule holds, else the one that needs least.
func VerificationAfter(status string, in IncidentInput, c Computed, v *Vocabulary) string {
	for _, s := range []string{status, "single_source"} {
		if verificationFault(s, in, c, v) == "" {
			return s
		}
	}
	return "unreviewed"
}

// examined: evidence of a primary kind, held or seen by us or a partner.
func examined(in IncidentInput, v *Vocabulary) bool {
	return slices.ContainsFunc(in.Evidence, func(e Evidence) bool {
		kind, _ := v.Term("evidence_kind", e.Kind)
		access, _ := v.Term("evidence_access", e.Access)
		return kind.Primary && access.Examined
	})
}

// officialEvidence are the kinds of evidence that a court or authority makes.
var officialEvidence = []string{"official_document", "court_record", "police_report"}

// official: something that a host authority or court said itself.
func official(in IncidentInput, v *Vocabulary) bool {
	return slices.ContainsFunc(in.Sources, func(s Source) bool { return s.Kind == "official" }) ||
		slices.ContainsFunc(in.Evidence, func(e Evidence) bool {
			access, _ := v.Term("evidence_access", e.Access)
			return slices.Contains(officialEvidence, e.Kind) && access.Examined
		})
}

// coreFact tells whether a citation is about who did what to whom: targets,
// perpetrators, acts, or the record itself. Differing amounts are no dispute.
func (c Citation) coreFact() bool {
	return c.Entity == "incident" || slices.Contains([]byte("TPA"), c.Entity[0])
}

// contradicted: a source other than the accused state's own answer conflicts
// with a core fact.
func contradicted(in IncidentInput) bool {
	denials := map[string]bool{}
	for _, r := range in.Responses {
		if r.Party == "origin_state" {
			denials[r.ID] = true
			if r.Source != nil {
				denials[*r.Source] = true
			}
		}
	}
	return slices.ContainsFunc(in.Citations, func(c Citation) bool {
		return c.Standing == "conflicting" && c.coreFact() && !denials[c.Entity] && !denials[c.Source]
	})
}
