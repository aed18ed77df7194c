package models

// LinkedRecord is the other end of a link, as far as a page names it.
type LinkedRecord struct {
	Ref                string
	Title              string
	Summary            string
	WorkflowStatus     string
	VerificationStatus string
	Sensitivity        string
	Occurred           Occurred
}

// Linked is the record as a link names it.
func (rec Incident) Linked() LinkedRecord {
	return LinkedRecord{
		Ref: rec.Ref, Title: rec.Title, Summary: rec.Summary, WorkflowStatus: rec.WorkflowStatus, VerificationStatus: rec.VerificationStatus,
		Sensitivity: rec.Sensitivity, Occurred: rec.Occurred,
	}
}

// Link is a relation with the record at its other end.
type Link struct {
	Relation Relation
	Record   LinkedRecord
}

// Links are the relations of a record, those of others to it, and the
// campaigns it belongs to.
type Links struct {
	Outgoing  []Link
	Incoming  []Link
	Campaigns []Campaign
}

// MaxLinks is the most relations of others that are shown.
const MaxLinks = 200

// SeenThrough is the relation as the principal may see it, given whether they
// are on the team of the record that has it; false when they may not see it.
func (l Relation) SeenThrough(p Principal, onTeam bool) (Relation, bool) {
	if p.SeesProtected(onTeam) {
		return l, true
	}
	l.Note = nil
	return l, l.organisationMaySee()
}
