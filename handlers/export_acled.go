package handlers

import (
	"slices"
	"strconv"
	"strings"

	"farwatch/internal/country"
	"farwatch/internal/tabular"
	"farwatch/models"
)

// acledColumns are ACLED's columns in its order.
var acledColumns = strings.Fields(`event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1
	actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location latitude longitude geo_precision
	source source_scale notes fatalities tags timestamp`)

// acledTable is DOMAIN.md's ACLED-shaped view: a row per incident, and empty
// whatever of theirs we do not know.
func (h *Handlers) acledTable() outTable {
	t := outTable{name: "acled"}
	whole := []string{"year", "time_precision", "geo_precision", "fatalities", "timestamp", "iso"}
	lists := map[string]string{"event_type": "families", "sub_event_type": "methods", "actor1": "perpetrator_type", "actor2": "communities", "assoc_actor_1": listCountries}
	for i, name := range acledColumns {
		kind := kindText
		if slices.Contains(whole, name) {
			kind = kindInt
		}
		if lists[name] != "" && name != "assoc_actor_1" {
			kind = kindList
		}
		t.columns = append(t.columns, outColumn{name: name, kind: kind, list: lists[name], from: i})
	}
	cells := make([]tabular.Cell, len(acledColumns))
	t.rows = func(rec *models.Incident, emit func([]tabular.Cell) error) error {
		values := h.acledRow(rec)
		for i, name := range acledColumns {
			if cells[i] = tabular.Text(values[name]); t.columns[i].kind == kindInt {
				cells[i] = tabular.Number(values[name])
			}
		}
		return emit(cells)
	}
	return t
}

func (h *Handlers) acledRow(rec *models.Incident) map[string]string {
	out := map[string]string{
		"event_id_cnty": rec.Ref, "notes": rec.Summary, "country": country.Name(rec.HostCountry), "assoc_actor_1": rec.OriginCountry,
		"timestamp":  strconv.FormatInt(rec.UpdatedAt.Unix(), 10),
		"event_type": codeList(rec.Computed.Families),
	}
	if rec.Occurred.Earliest != nil && rec.Occurred.Latest != nil {
		out["event_date"] = string(*rec.Occurred.Earliest)
	}
	if rec.Computed.EventYear != nil {
		out["year"] = strconv.Itoa(*rec.Computed.EventYear)
	}
	if t, ok := h.Vocab.Term("date_precision", rec.Occurred.Precision); ok && t.ACLEDTime != nil {
		out["time_precision"] = strconv.Itoa(*t.ACLEDTime)
	}
	if t, ok := h.Vocab.Term("geo_precision", rec.HostPlace.PublicGeoPrecision); ok && t.ACLEDGeo != nil {
		out["geo_precision"] = strconv.Itoa(*t.ACLEDGeo)
	}
	var methods, types, communities, publishers []string
	for _, a := range rec.Acts {
		methods = append(methods, a.Method)
	}
	for _, p := range rec.Perpetrators {
		types = append(types, p.Type)
	}
	dead := map[string]bool{}
	for _, x := range rec.Harms {
		dead[x.Target] = dead[x.Target] || x.Kind == "death"
	}
	fatalities := 0
	for _, t := range rec.Targets {
		communities = append(communities, t.Communities...)
		if u, ok := h.Vocab.Term("counting_unit", t.CountingUnit); ok && u.CountsPersons && dead[t.ID] {
			fatalities += t.CountMin
		}
	}
	for _, s := range rec.Sources {
		if s.Publisher != nil && !models.NonPublicSource(s.Kind) {
			publishers = append(publishers, *s.Publisher)
		}
	}
	wide := wideRow{rec: rec}
	out["admin1"] = wide.place(rec.HostPlace.Admin1, "admin1", "locality", "site").Plain()
	out["location"] = wide.place(rec.HostPlace.Locality, "locality", "site").Plain()
	out["sub_event_type"], out["actor1"] = codeList(methods), codeList(types)
	out["actor2"], out["source"] = codeList(communities), codeList(publishers)
	out["fatalities"] = strconv.Itoa(fatalities)
	out["tags"] = "origin:" + rec.OriginCountry
	if rec.Computed.Stage != nil {
		out["tags"] += ";stage:" + strconv.Itoa(*rec.Computed.Stage)
	}
	for _, c := range country.All() {
		if c.Code == rec.HostCountry {
			out["iso"] = strings.TrimLeft(c.Numeric, "0")
		}
	}
	return out
}

func codeList(items []string) string { return tabular.List(items).Plain() }
