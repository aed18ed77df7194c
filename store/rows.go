package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"gorm.io/gorm"

	"farwatch/models"
)

// codeList is a small list of codes, kept in order as a JSON array; searching
// goes through incident_facets.
type codeList []string

// Value is the JSON array.
func (l codeList) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	data, err := json.Marshal([]string(l))
	return string(data), err
}

// Scan reads the JSON array.
func (l *codeList) Scan(src any) error {
	var data []byte
	switch v := src.(type) {
	case string:
		data = []byte(v)
	case []byte:
		data = v
	default:
		return errors.New("code list is no text")
	}
	*l = codeList{}
	if err := json.Unmarshal(data, (*[]string)(l)); err != nil {
		return fmt.Errorf("decode code list: %w", err)
	}
	return nil
}

// incidentRow is the table incidents.
type incidentRow struct {
	ID                 int64 `gorm:"primaryKey"`
	OrganisationID     int64
	Ref                string
	RowKey             string
	Version            int
	Title              string
	Summary            string
	OriginCountry      string
	OriginEntity       *string
	AttributionBasis   codeList
	HostCountry        string
	GeoPrecision       string
	PublicGeoPrecision string
	HostAdmin1         *string
	HostLocality       *string
	ProxyCountry       *string
	OccurredColumns    `gorm:"embedded"`
	FirstReported      *string
	ReportYear         *int
	PoliceReported     string
	ScopeStateLink     string
	ScopeCrossBorder   string
	ScopeReason        string
	ScopeAim           string
	ScopeAct           string
	DiscoveryRoute     string
	Sensitivity        string
	WorkflowStatus     string
	EmbargoUntil       *string
	ClosingReason      *string
	VerificationStatus string
	VocabularyVersion  string
	Scope              string
	Families           codeList
	Stage              *int
	InFhScope          string
	InUkScope          string
	InOhchrScope       string
	IndependentOrigins int
	Edtf               string
	EventYear          *int
	PersonsMin         int
	PersonsMax         *int
	EffectiveConsent   *string
	CreatedBy          string
	CreatedAt          time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt          time.Time `gorm:"autoUpdateTime:false"`
	PublishedAt        *time.Time
	Protected          []byte
	PendingVersion     *int
	WithdrawnAt        *time.Time
	WithdrawalReason   *string
	MergedInto         *string
	SelfReviewed       *bool // true or nil
}

func (incidentRow) TableName() string { return "incidents" }

// OccurredColumns are the bounds of an incident or an act. OccurredPrecision
// is nil where an act has the incident's.
type OccurredColumns struct {
	OccurredEarliest    *string
	OccurredLatest      *string
	OccurredPrecision   *string
	OccurredApproximate bool
	OccurredUncertain   bool
	OccurredOngoing     *bool
	OccurredRepeated    *bool
}

func occurredColumns(o models.Occurred) OccurredColumns {
	return OccurredColumns{
		OccurredEarliest: (*string)(o.Earliest), OccurredLatest: (*string)(o.Latest), OccurredPrecision: &o.Precision,
		OccurredApproximate: o.Approximate, OccurredUncertain: o.Uncertain, OccurredOngoing: o.Ongoing, OccurredRepeated: o.Repeated,
	}
}

func (c OccurredColumns) occurred() models.Occurred {
	o := models.Occurred{
		Earliest: (*models.Day)(c.OccurredEarliest), Latest: (*models.Day)(c.OccurredLatest),
		Approximate: c.OccurredApproximate, Uncertain: c.OccurredUncertain, Ongoing: c.OccurredOngoing, Repeated: c.OccurredRepeated,
	}
	if c.OccurredPrecision != nil {
		o.Precision = *c.OccurredPrecision
	}
	return o
}

// Entry is what every entry of a record has: its place in the record, and its
// protected members in one sealed column.
type Entry struct {
	IncidentID int64
	LocalID    string
	Position   int
	RowKey     string
	Protected  []byte
}

func (e *Entry) entry() *Entry { return e }

type targetRow struct {
	Entry
	CountingUnit string
	CountMin     int
	CountMax     *int
	Communities  codeList
	Roles        codeList
	Gender       string
	AgeBand      string
	Response     string
}

func (targetRow) TableName() string { return "targets" }

type perpetratorRow struct {
	Entry
	Type string
	Body *string
	Note *string
}

func (perpetratorRow) TableName() string { return "perpetrators" }

type actRow struct {
	Entry
	Method          string
	Target          string
	Explicitness    *string
	Channels        codeList
	OccurredColumns `gorm:"embedded"`
	Note            *string
}

func (actRow) TableName() string { return "acts" }

type actPerpetratorRow struct {
	IncidentID  int64
	Act         string
	Position    int
	Perpetrator string
	Involvement string
}

func (actPerpetratorRow) TableName() string { return "act_perpetrators" }

type inducementRow struct {
	Entry
	Kind         string
	Target       string
	Explicitness string
	Condition    *string
	Note         *string
}

func (inducementRow) TableName() string { return "inducements" }

type amountRow struct {
	Entry
	Inducement       string
	AmountMin        *float64
	AmountMax        *float64
	AmountText       string
	CurrencyAsStated string
	CurrencyAssumed  *string
	Period           string
	Standing         string
}

func (amountRow) TableName() string { return "amounts" }

type demandRow struct {
	Entry
	Kind         string
	Target       string
	Explicitness string
	Note         *string
}

func (demandRow) TableName() string { return "demands" }

type sourceRow struct {
	Entry
	Kind        string
	Publisher   *string
	Title       *string
	URL         *string `gorm:"column:url"`
	ArchiveURL  *string `gorm:"column:archive_url"`
	Author      *string
	Language    *string
	Published   *string
	Accessed    *string
	DerivedFrom *string
	Reliability *string
	Scale       *string
	Text        *string
	TextSHA256  *string `gorm:"column:text_sha256"`
	// SourceRecordID is set from Shared, the name of the page, on insert.
	SourceRecordID *int64
	Shared         string `gorm:"-"`
}

func (sourceRow) TableName() string { return "sources" }

type citationRow struct {
	Entry
	EntityID    string `gorm:"column:entity"`
	Field       *string
	Source      string
	Quote       *string
	StartAt     *int
	EndAt       *int
	Credibility *string
	Standing    string
	Note        *string
}

func (citationRow) TableName() string { return "citations" }

type evidenceRow struct {
	Entry
	Kind       string
	Access     string
	Source     *string
	SHA256     *string `gorm:"column:sha256"`
	CapturedAt *time.Time
	Tool       *string
	Note       *string
}

func (evidenceRow) TableName() string { return "evidence" }

type responseRow struct {
	Entry
	Party  string
	Kind   string
	Body   *string
	Date   *string
	Source *string
	Note   *string
}

func (responseRow) TableName() string { return "responses" }

type harmRow struct {
	Entry
	Kind   string
	Target string
	Note   *string
}

func (harmRow) TableName() string { return "harms" }

type relationRow struct {
	Entry
	Kind         string
	ToIncidentID int64
	Sensitivity  *string
}

func (relationRow) TableName() string { return "relations" }

type consentRow struct {
	Entry
	Target string
	Level  string
}

func (consentRow) TableName() string { return "consents" }

type facetRow struct {
	Facet      string
	Code       string
	IncidentID int64
}

func (facetRow) TableName() string { return "incident_facets" }

type campaignRow struct {
	ID             int64 `gorm:"primaryKey"`
	OrganisationID int64
	Ref            string
	Title          string
	Summary        *string
	Version        int
}

func (campaignRow) TableName() string { return "campaigns" }

type incidentCampaignRow struct {
	IncidentID int64
	Position   int
	CampaignID int64
}

func (incidentCampaignRow) TableName() string { return "incident_campaigns" }

type memberRow struct {
	IncidentID int64
	UserID     string
	Named      bool
}

func (memberRow) TableName() string { return "incident_members" }

// columnsOf are the columns of a row with their values, but for some fields.
func columnsOf(db *gorm.DB, row any, without []string) (map[string]any, error) {
	statement := &gorm.Statement{DB: db}
	if err := statement.Parse(row); err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	out := map[string]any{}
	for _, field := range statement.Schema.Fields {
		if field.DBName != "" && !slices.Contains(without, field.Name) {
			out[field.DBName], _ = field.ValueOf(context.Background(), reflect.ValueOf(row).Elem())
		}
	}
	return out, nil
}
