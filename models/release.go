package models

import (
	"slices"
	"time"
)

// States of a release. A release that was seen and given up stays in the list
// as discarded: what was seen counts in every later audit.
const (
	ReleaseDraft     = "draft"
	ReleaseApproved  = "approved"
	ReleasePublished = "published"
	ReleaseDiscarded = "discarded"
)

// ReleaseDelay is how long after a year has ended its numbers may first appear,
// and how long lies between two releases at least (R3).
const ReleaseDelay = 90 * 24 * time.Hour

// Cleared is what a release reads of a record that is cleared for counting
// (letter C of DOMAIN.md section 8): no text, no name, no restricted code.
type Cleared struct {
	Ref            string
	OrganisationID int64
	Year           int
	Day            string // earliest day, to tell the first of several records about one person
	Persons        []int  // distinct persons of each target that counts persons
	Origin         string
	Host           string
	Families       []string
	Communities    []string // with every community above
	Police         string
	// Linked are the refs of records about the same target.
	Linked []string
}

// ReleaseMember is one contributor to the numbers of one year: a person, family
// or group with everything recorded about it in that year.
type ReleaseMember struct {
	Key         uint64   `json:"key,string"` // HMAC of its records and persons
	Records     []string `json:"records"`    // HMACs of its records' refs
	Orgs        []int64  `json:"orgs"`
	Year        int      `json:"year"`
	Persons     int      `json:"persons"`
	Largest     int      `json:"largest"` // persons of its largest single target
	Origin      string   `json:"origin"`
	Host        string   `json:"host"`
	Families    []string `json:"families"`
	Communities []string `json:"communities"`
	Police      string   `json:"police"`
}

// ReleaseCell is one number of a release. Table is total, origin, host, family,
// community, police, origin_host or origin_family; Row and Column are codes, or
// ReleaseRest.
type ReleaseCell struct {
	Table  string `json:"table"`
	Year   int    `json:"year"`
	Row    string `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	Shown  string `json:"shown"` // number, below, withheld or unlisted
	Number int    `json:"number,omitempty"`
	// Build is the release whose records the number was counted from: an earlier
	// one where fewer than K persons entered or left since (R8).
	Build int `json:"build"`
	// Reason why there is no number: threshold, noise, organisations or share.
	Reason string `json:"reason,omitempty"`
}

// ReleaseRest is the row or column of all codes that have none of their own.
const ReleaseRest = "rest"

// What a cell shows.
const (
	ShownNumber   = "number"
	ShownBelow    = "below"
	ShownWithheld = "withheld"
	ShownUnlisted = "unlisted" // its code has no row: it is counted with the rest
)

// ReleaseState is what later releases must know of one: every contributor and
// every number, also those that nobody was shown. It never leaves the store but
// to build and audit.
type ReleaseState struct {
	Build   int             `json:"build"` // counts every release that was ever built
	Members []ReleaseMember `json:"members"`
	Cells   []ReleaseCell   `json:"cells"`
	Known   []string        `json:"known"` // HMACs of refs that were ever published
}

// ReleaseBasis is everything that a release is built from, read in one snapshot.
type ReleaseBasis struct {
	Cleared       []Cleared
	Published     []string // refs of records that are or ever were published
	Organisations int      // of the instance
	Earlier       []ReleaseState
}

// Release is one release as people see it.
type Release struct {
	ID          int    // the build
	Number      *int   // given when it is published
	State       string // draft, approved, published, discarded
	Note        string // what it is, or what it corrects
	Corrects    *int   // number of the release that it corrects
	ProposedBy  string // user name
	ProposedAt  time.Time
	ApprovedBy  *string
	ApprovedAt  *time.Time
	PublishedBy *string
	PublishedAt *time.Time
	DiscardedAt *time.Time
	Files       []ReleaseFile
	Moves       []string // steps that the reader may take now: approve, publish, discard
}

// ReleaseFile is one file of a release. Data is empty in lists.
type ReleaseFile struct {
	Name   string
	Type   string // media type
	Bytes  int
	SHA256 string
	Data   []byte
}

// CountingLevels and CountingSensitivities are the values with which a record is
// cleared for counting.
func (v *Vocabulary) CountingLevels() []string { return v.allowing("consent", "count") }

// CountingSensitivities of a record that is cleared for counting.
func (v *Vocabulary) CountingSensitivities() []string { return v.allowing("sensitivity", "count") }

func (v *Vocabulary) allowing(list, use string) []string {
	var out []string
	for _, code := range v.Codes(list) {
		if term, _ := v.Term(list, code); slices.Contains(term.Allows, use) {
			out = append(out, code)
		}
	}
	return out
}

// LastReleaseYear is the last year whose numbers may appear at a time.
func LastReleaseYear(now time.Time) int { return now.UTC().Add(-ReleaseDelay).Year() - 1 }

// ReleaseSteps are the steps of a release that was proposed.
func ReleaseSteps() []string { return []string{"approve", "publish", "discard"} }

// MayMoveRelease compares people: proposer, approver and publisher are
// three. Errors: permission.denied, release.same_person, release.not_possible.
func (p Principal) MayMoveRelease(r Release, step string) error {
	type rule struct {
		from       []string
		permission Permission
		taken      []string
	}
	rules := map[string]rule{
		"approve": {[]string{ReleaseDraft}, "releases:approve", []string{r.ProposedBy}},
		"publish": {[]string{ReleaseApproved}, "releases:publish", []string{r.ProposedBy, deref(r.ApprovedBy)}},
		"discard": {[]string{ReleaseDraft, ReleaseApproved}, "releases:read", nil},
	}
	s, known := rules[step]
	if !known || !slices.Contains(s.from, r.State) {
		return Fail(KindConflict, "release.not_possible", "A release cannot go this way from where it stands. Load it again to see what is possible.")
	}
	if !p.May(s.permission) {
		return Fail(KindForbidden, "permission.denied", "Your roles do not allow this step of a release.")
	}
	if slices.Contains(s.taken, p.UserName) {
		return Fail(KindForbidden, "release.same_person", "You took an earlier step of this release. Another person must take this one.")
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
