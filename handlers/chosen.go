package handlers

import (
	"encoding/json"
	"fmt"

	"farwatch/api/spec"
)

// incidentPage is a page whose records may have some members only.
type incidentPage struct {
	spec.IncidentPage
	Items []any `json:"items"`
}

// chosen keeps the wanted members of each record; without a wish all of them.
func chosen(items []spec.IncidentSummary, fields *[]spec.ListIncidentsParamsFields) ([]any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = item
		if fields == nil {
			continue
		}
		data, err := json.Marshal(item)
		if err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(data, &members); err != nil {
			return nil, fmt.Errorf("decode record: %w", err)
		}
		kept := map[string]json.RawMessage{}
		for _, name := range *fields {
			kept[string(name)] = members[string(name)]
		}
		out[i] = kept
	}
	return out, nil
}
