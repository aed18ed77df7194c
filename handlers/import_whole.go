package handlers

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/mapping"
	"farwatch/internal/sheet"
	"farwatch/models"
)

// wholeRecord reads a line of JSON Lines that is a record as the API gives it,
// with everything in it.
func (h *Handlers) wholeRecord(m mapping.Map, row sheet.Row) (mapping.Result, bool) {
	if row.Object == nil {
		return mapping.Result{}, false
	}
	if _, ok := row.Object["acts"].([]any); !ok {
		return mapping.Result{}, false
	}
	result := mapping.Result{Fields: map[string]bool{"record": true}}
	result.Key, _ = row.Object["external_id"].(string)
	if ref, ok := row.Object["ref"].(string); ok && m.Key == mapping.KeyRef {
		result.Ref = ref
	}
	if result.Key == "" && m.Key == mapping.KeyExternal {
		if result.Key, _ = row.Object["ref"].(string); result.Key == "" {
			result.Faults = append(result.Faults, mapping.Fault{Field: "external_id", Code: "key_missing"})
		}
	}
	data, err := json.Marshal(row.Object)
	var in spec.IncidentInput
	if err == nil {
		err = json.Unmarshal(data, &in)
	}
	if err != nil {
		result.Faults = append(result.Faults, mapping.Fault{Code: "damaged_line"})
		return result, true
	}
	result.Input = incidentInput(in)
	var invalid *models.Error
	if err := result.Input.Validate(h.Clock(), h.Vocab); errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			result.Faults = append(result.Faults, mapping.Fault{Field: strings.TrimPrefix(f.Pointer, "#/"), Code: f.Code})
		}
	}
	return result, true
}

// packagedRecord puts the entries of a data package in place of those that the
// wide row suggests.
func (h *Handlers) packagedRecord(r mapping.Result, row sheet.Row) mapping.Result {
	in := &r.Input
	fault := func(table string, err error) {
		r.Faults = append(r.Faults, mapping.Fault{Column: table, Value: err.Error(), Code: "bad_entry"})
	}
	for _, t := range longTables {
		list := reflect.MakeSlice(reflect.SliceOf(t.entry), 0, len(row.Entries[t.name]))
		for _, cells := range row.Entries[t.name] {
			entry := reflect.New(t.entry).Elem()
			if err := setEntry(entry, t.columns, cells); err != nil {
				fault(t.name, err)
			}
			list = reflect.Append(list, entry)
		}
		t.get(in).Set(list)
	}
	for _, cells := range row.Entries["amounts"] {
		var m amountRow
		if err := setEntry(reflect.ValueOf(&m).Elem(), amountColumns, cells); err != nil {
			fault("amounts", err)
		}
		if i := slices.IndexFunc(in.Inducements, func(x models.Inducement) bool { return x.ID == m.Inducement }); i >= 0 {
			in.Inducements[i].Amounts = append(in.Inducements[i].Amounts, m.Amount)
		}
	}
	for _, cells := range row.Entries["scope_tests"] {
		if err := setEntry(reflect.ValueOf(&in.ScopeTest).Elem(), scopeColumns, cells); err != nil {
			fault("scope_tests", err)
		}
	}
	in.Normalize()
	var invalid *models.Error
	if err := in.Validate(h.Clock(), h.Vocab); errors.As(err, &invalid) && len(r.Faults) == 0 {
		for _, f := range invalid.Fields {
			r.Faults = append(r.Faults, mapping.Fault{Field: strings.TrimPrefix(f.Pointer, "#/"), Code: f.Code})
		}
	}
	return r
}

// unseen keeps what of a record no file of ours holds, when a whole record is
// put over it: notes, identities, finer places.
func unseen(old, in models.IncidentInput, packaged bool) models.IncidentInput {
	if !packaged {
		return in
	}
	in.InternalNote, in.HostPlace.Site = old.InternalNote, old.HostPlace.Site
	if in.HostPlace.PublicGeoPrecision == old.HostPlace.PublicGeoPrecision {
		in.HostPlace = old.HostPlace
	}
	for i, t := range in.Targets {
		j := slices.IndexFunc(old.Targets, func(o models.Target) bool { return o.ID == t.ID })
		if j >= 0 {
			in.Targets[i].RolesRestricted, in.Targets[i].ResponseRestricted, in.Targets[i].Identity = old.Targets[j].RolesRestricted, old.Targets[j].ResponseRestricted, old.Targets[j].Identity
		}
	}
	for i, p := range in.Perpetrators {
		if j := slices.IndexFunc(old.Perpetrators, func(o models.Perpetrator) bool { return o.ID == p.ID }); j >= 0 {
			in.Perpetrators[i].PersonName = old.Perpetrators[j].PersonName
		}
	}
	for i, s := range in.Sources {
		if j := slices.IndexFunc(old.Sources, func(o models.Source) bool { return o.ID == s.ID }); j >= 0 {
			in.Sources[i].SubmittedBy = old.Sources[j].SubmittedBy
			if models.NonPublicSource(s.Kind) && s.Kind == old.Sources[j].Kind {
				in.Sources[i] = old.Sources[j]
			}
		}
	}
	for _, e := range old.Evidence {
		if models.RestrictedEvidence(e.Kind) && !slices.ContainsFunc(in.Evidence, func(x models.Evidence) bool { return x.ID == e.ID }) {
			in.Evidence = append(in.Evidence, e)
		}
	}
	for i, c := range in.Consents {
		if j := slices.IndexFunc(old.Consents, func(o models.Consent) bool { return o.ID == c.ID && o.Level == c.Level }); j >= 0 {
			in.Consents[i] = old.Consents[j]
		}
	}
	return in
}
