package handlers

import (
	"slices"
	"strconv"
	"time"

	"farwatch/internal/tabular"
	"farwatch/models"
)

// wideRow is one record on its way into incidents.csv.
type wideRow struct {
	rec *models.Incident
	url string
}

// column is one column of incidents.csv: its name and what stands in it.
type column struct {
	name string
	cell func(*wideRow) tabular.Cell
}

// dialectColumn marks files whose text cells carry the reversible formula
// guard (S44); its cells hold the export's id.
const dialectColumn = "_csv_v2_apostrophe"

// wideColumns are the columns of a level, in the order of DOMAIN.md section 12.
func wideColumns(level string) []column {
	if level == levelPublic {
		return publicColumns
	}
	return slices.Concat(publicColumns, deIdentifiedColumns)
}

var publicColumns = []column{
	{"ref", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Ref) }},
	{"version", func(r *wideRow) tabular.Cell { return tabular.Int(r.rec.Version) }},
	{"record_url", func(r *wideRow) tabular.Cell { return tabular.Text(r.url) }},
	{"title", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Title) }},
	{"summary", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Summary) }},
	{"origin_country", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.OriginCountry) }},
	{"origin_entity", func(r *wideRow) tabular.Cell { return text(r.rec.OriginEntity) }},
	{"host_country", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.HostCountry) }},
	{"host_admin1", func(r *wideRow) tabular.Cell { return r.place(r.rec.HostPlace.Admin1, "admin1", "locality", "site") }},
	{"host_locality", func(r *wideRow) tabular.Cell { return r.place(r.rec.HostPlace.Locality, "locality", "site") }},
	{"geo_precision", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.HostPlace.PublicGeoPrecision) }},
	{"proxy_country", func(r *wideRow) tabular.Cell { return text(r.rec.ProxyCountry) }},
	{"occurred_earliest", func(r *wideRow) tabular.Cell { return text(r.rec.Occurred.Earliest) }},
	{"occurred_latest", func(r *wideRow) tabular.Cell { return text(r.rec.Occurred.Latest) }},
	{"occurred_precision", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Occurred.Precision) }},
	{"occurred_edtf", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Computed.EDTF) }},
	{"event_year", func(r *wideRow) tabular.Cell { return number(r.rec.Computed.EventYear) }},
	{"ongoing", func(r *wideRow) tabular.Cell { return yesNo(r.rec.Occurred.Ongoing) }},
	{"repeated", func(r *wideRow) tabular.Cell { return yesNo(r.rec.Occurred.Repeated) }},
	{"first_reported", func(r *wideRow) tabular.Cell { return text(r.rec.FirstReported) }},
	{"communities", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return t.Communities })
	}},
	{"target_roles", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return t.Roles })
	}},
	{"target_responses", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return []string{t.Response} })
	}},
	{"persons_min", func(r *wideRow) tabular.Cell { return tabular.Int(r.rec.Computed.PersonsMin) }},
	{"persons_max", func(r *wideRow) tabular.Cell { return number(r.rec.Computed.PersonsMax) }},
	{"methods", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Acts, func(a models.Act) []string { return []string{a.Method} })
	}},
	{"methods_explicit", func(r *wideRow) tabular.Cell { return gather(r.rec.Acts, statedMethod) }},
	{"families", func(r *wideRow) tabular.Cell { return tabular.List(r.rec.Computed.Families) }},
	{"stage", func(r *wideRow) tabular.Cell { return number(r.rec.Computed.Stage) }},
	{"channels", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Acts, func(a models.Act) []string { return a.Channels })
	}},
	{"perpetrator_types", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Perpetrators, func(p models.Perpetrator) []string { return []string{p.Type} })
	}},
	{"attribution_basis", func(r *wideRow) tabular.Cell { return tabular.List(r.rec.AttributionBasis) }},
	{"inducements", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Inducements, func(i models.Inducement) []string { return []string{i.Kind} })
	}},
	{"demands", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Demands, func(d models.Demand) []string { return []string{d.Kind} })
	}},
	{"harms", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Harms, func(h models.Harm) []string { return []string{h.Kind} })
	}},
	{"police_reported", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.PoliceReported) }},
	{"host_responses", func(r *wideRow) tabular.Cell { return r.responses("host_state") }},
	{"origin_responses", func(r *wideRow) tabular.Cell { return r.responses("origin_state") }},
	{"evidence_kinds", func(r *wideRow) tabular.Cell { return gather(r.rec.Evidence, plainEvidence) }},
	{"source_urls", func(r *wideRow) tabular.Cell { return gather(r.rec.Sources, publicURL) }},
	{"independent_origins", func(r *wideRow) tabular.Cell { return tabular.Int(r.rec.Computed.IndependentOrigins) }},
	{"verification_status", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.VerificationStatus) }},
	{"in_fh_scope", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Computed.InFHScope) }},
	{"in_uk_scope", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Computed.InUKScope) }},
	{"in_ohchr_scope", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Computed.InOHCHRScope) }},
	{"campaigns", func(r *wideRow) tabular.Cell { return tabular.List(r.rec.Campaigns) }},
	{"vocabulary_version", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.VocabularyVersion) }},
	{"published_at", func(r *wideRow) tabular.Cell { return instant(r.rec.PublishedAt) }},
	{"updated_at", func(r *wideRow) tabular.Cell { return instant(&r.rec.UpdatedAt) }},
}

var deIdentifiedColumns = []column{
	{"scope", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Computed.Scope) }},
	{"genders", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return []string{t.Gender} })
	}},
	{"age_bands", func(r *wideRow) tabular.Cell {
		return gather(r.rec.Targets, func(t models.Target) []string { return []string{t.AgeBand} })
	}},
	{"consent", func(r *wideRow) tabular.Cell { return text(r.rec.Computed.EffectiveConsent) }},
	{"sensitivity", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Sensitivity) }},
	{"discovery_route", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.DiscoveryRoute) }},
	{"workflow_status", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.WorkflowStatus) }},
	{"organisation", func(r *wideRow) tabular.Cell { return tabular.Text(r.rec.Organisation) }},
	{"created_at", func(r *wideRow) tabular.Cell { return instant(&r.rec.CreatedAt) }},
}

// place lets a finer place through only as far as the public precision allows.
func (r *wideRow) place(part *string, allowed ...string) tabular.Cell {
	if !slices.Contains(allowed, r.rec.HostPlace.PublicGeoPrecision) {
		return tabular.Null()
	}
	return text(part)
}

func (r *wideRow) responses(party string) tabular.Cell {
	return gather(r.rec.Responses, func(x models.Response) []string {
		if x.Party != party {
			return nil
		}
		return []string{x.Kind}
	})
}

// statedMethod is a method that was a deed or said in words.
func statedMethod(a models.Act) []string {
	if a.Explicitness != nil && *a.Explicitness != "explicit" {
		return nil
	}
	return []string{a.Method}
}

func plainEvidence(e models.Evidence) []string {
	if models.RestrictedEvidence(e.Kind) {
		return nil
	}
	return []string{e.Kind}
}

func publicURL(s models.Source) []string {
	if s.URL == nil || models.NonPublicSource(s.Kind) {
		return nil
	}
	return []string{*s.URL}
}

// gather is the sorted, distinct list of all entries' codes.
func gather[T any](entries []T, codes func(T) []string) tabular.Cell {
	var all []string
	for _, e := range entries {
		all = append(all, codes(e)...)
	}
	return tabular.ListOf(all)
}

func text[T ~string](s *T) tabular.Cell {
	if s == nil {
		return tabular.Null()
	}
	return tabular.Text(string(*s))
}

func number(n *int) tabular.Cell {
	if n == nil {
		return tabular.Null()
	}
	return tabular.Number(strconv.Itoa(*n))
}

func yesNo(b *bool) tabular.Cell {
	if b == nil {
		return tabular.Null()
	}
	return tabular.Bool(*b)
}

func instant(t *time.Time) tabular.Cell {
	if t == nil {
		return tabular.Null()
	}
	return tabular.Text(t.UTC().Format("2006-01-02T15:04:05Z"))
}
