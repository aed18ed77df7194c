package models

import "time"

// IncidentInput is what a person records of one incident: one state's bounded
// attempt against one target or set of targets. Codes come from the
// vocabulary, countries are alpha-3 or XKX, days are Day values. Members
// marked "protected" identify people (SECURITY.md S33).
type IncidentInput struct {
	Title            string
	Summary          string
	InternalNote     *string // protected
	OriginCountry    string
	OriginEntity     *string
	AttributionBasis []string
	HostCountry      string
	HostPlace        HostPlace
	ProxyCountry     *string
	Occurred         Occurred
	FirstReported    *Day
	PoliceReported   string
	ScopeTest        ScopeTest
	DiscoveryRoute   string
	Sensitivity      string
	Targets          []Target
	Perpetrators     []Perpetrator
	Acts             []Act
	Inducements      []Inducement
	Demands          []Demand
	Sources          []Source
	Citations        []Citation
	Evidence         []Evidence
	Responses        []Response
	Harms            []Harm
	Relations        []Relation
	Campaigns        []string // refs
	Consents         []Consent
}

// Incident is a stored record: the input, what the server assigned, and what
// the rules computed from it.
type Incident struct {
	IncidentInput
	Ref                string
	Version            int
	Organisation       string // code
	WorkflowStatus     string
	EmbargoUntil       *Day
	ClosingReason      *string
	VerificationStatus string
	// SelfReviewed: the last decision that judged it was somebody's about work of
	// their own, and nobody else approved it since (S32).
	SelfReviewed      bool
	VocabularyVersion string
	CreatedAt         time.Time
	CreatedBy         string // user name
	UpdatedAt         time.Time
	PublishedAt       *time.Time
	WithdrawnAt       *time.Time // also of a merged record
	WithdrawalReason  *string
	MergedInto        *string // ref
	Pending           *Pending
	Computed          Computed
	// OnTeam: the principal who read it is assigned to the record.
	OnTeam bool
	// Named: the principal is one of the named people of a sealed record, or
	// was when it was sealed.
	Named bool
	// Standing and LastAction come with a single record, not with lists.
	Standing   Standing
	LastAction *Revision
}

// Pending is an edit of an approved or published record that waits for a
// second person.
type Pending struct {
	Version     int
	BaseVersion int
	Author      string // user name
	At          time.Time
}

// IncidentSummary is one row of the list.
type IncidentSummary struct {
	Ref                string
	Version            int
	Title              string
	OriginCountry      string
	HostCountry        string
	Occurred           Occurred
	FirstReported      *Day
	Communities        []string
	Methods            []string
	Families           []string
	Stage              *int
	PersonsMin         int
	PersonsMax         *int
	Scope              string
	VerificationStatus string
	WorkflowStatus     string
	SelfReviewed       bool
	Sensitivity        string
	CreatedAt          time.Time
	UpdatedAt          time.Time
}

// HostPlace says where in the host country. Site is protected; the public
// never sees finer than PublicGeoPrecision.
type HostPlace struct {
	GeoPrecision       string
	PublicGeoPrecision string
	Admin1             *string
	Locality           *string
	Site               *string // protected
}

// Occurred bounds when it happened: inclusive days, nil is open. Nothing is
// ever filled in.
type Occurred struct {
	Earliest    *Day
	Latest      *Day
	Precision   string
	Approximate bool
	Uncertain   bool
	Ongoing     *bool
	Repeated    *bool
}

// ScopeTest holds the five answers (yes, no, unclear) that decide whether the
// record is an incident of transnational repression.
type ScopeTest struct {
	StateLink   string
	CrossBorder string
	Reason      string
	Aim         string
	Act         string
}

// Target is who it was done to. ID is T1, T2 …
type Target struct {
	ID                 string
	CountingUnit       string
	CountMin           int
	CountMax           *int
	Communities        []string
	Roles              []string
	RolesRestricted    []string // protected
	Gender             string
	AgeBand            string
	Response           string
	ResponseRestricted *string   // protected
	Identity           *Identity // protected
}

// Identity names the person; all of it is protected.
type Identity struct {
	Names     []string
	Aliases   []string
	Contacts  []string
	BirthDate *Day
	Address   *string
	Relatives *string
	Note      *string
}

// Perpetrator is who did it. PersonName is protected.
type Perpetrator struct {
	ID         string
	Type       string
	Body       *string
	PersonName *string // protected
	Note       *string
}

// Act is what was done: one method, one target, one date range.
type Act struct {
	ID           string
	Method       string
	Target       string // id of a target
	Perpetrators []ActPerpetrator
	Explicitness *string // nil for a deed
	Channels     []string
	Occurred     *Occurred // nil: the incident's
	Note         *string
}

// ActPerpetrator ties a perpetrator of the record to an act.
type ActPerpetrator struct {
	Perpetrator string // id of a perpetrator
	Involvement string
}

// Inducement is what was offered.
type Inducement struct {
	ID           string
	Kind         string
	Target       string
	Explicitness string
	Condition    *string
	Note         *string
	Amounts      []Amount
}

// Amount is money as stated: never converted, differing figures side by side.
type Amount struct {
	ID               string
	AmountMin        *float64
	AmountMax        *float64
	AmountText       string
	CurrencyAsStated string
	CurrencyAssumed  *string // ISO 4217, filled in by a person only
	Period           string
	Standing         string
}

// Demand is what was asked.
type Demand struct {
	ID           string
	Kind         string
	Target       string
	Explicitness string
	Note         *string
}

// Source is who reported it. Of the kinds direct_interview, partner_submission
// and tip everything but the kind is protected.
type Source struct {
	ID          string
	Kind        string
	Publisher   *string
	Title       *string
	URL         *string
	ArchiveURL  *string
	Author      *string
	Language    *string
	Published   *Day
	Accessed    *Day
	DerivedFrom *string // id of another source
	Reliability *string
	Scale       *string
	Text        *string
	TextSHA256  *string
	SubmittedBy *string // protected
}

// Citation ties one field's value to a source. Start and End count code
// points of the source's text, End exclusive.
type Citation struct {
	ID          string
	Entity      string // local id, or "incident"
	Field       *string
	Source      string
	Quote       *string // protected when the source is not public
	Start       *int
	End         *int
	Credibility *string
	Standing    string
	Note        *string
}

// Evidence is an item that supports the record. Of a restricted kind all of
// it is protected.
type Evidence struct {
	ID         string
	Kind       string
	Access     string
	Source     *string
	SHA256     *string
	CapturedAt *time.Time
	Tool       *string
	Note       *string
}

// Response is what the host state or the accused state answered.
type Response struct {
	ID     string
	Party  string
	Kind   string
	Body   *string
	Date   *Day
	Source *string
	Note   *string
}

// Harm is what came of it for a target.
type Harm struct {
	ID     string
	Kind   string
	Target string
	Note   *string
}

// Relation links two records. Its note is protected.
type Relation struct {
	ID          string
	Kind        string
	To          string  // ref
	Sensitivity *string // nil: the vocabulary's default for the kind
	Note        *string // protected
}

// Consent is what the person concerned allowed. All but target and level is
// protected.
type Consent struct {
	ID          string
	Target      string
	Level       string
	GivenBy     *string
	Date        *Day
	Language    *string
	ExplainedBy *string
	ReviewOn    *Day
	Note        *string
}

// Computed holds what DOMAIN.md section 4 derives from a record. It is
// recomputed on every write and never taken from a client.
type Computed struct {
	Scope              string
	Families           []string
	Stage              *int
	InFHScope          string
	InUKScope          string
	InOHCHRScope       string
	IndependentOrigins int
	EDTF               string
	EventYear          *int
	PersonsMin         int
	PersonsMax         *int
	EffectiveConsent   *string
}

// Campaign groups the incidents of one operation.
type Campaign struct {
	Ref       string
	Title     string
	Summary   *string
	Version   int
	Incidents int // that the principal may see
}
