package models

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// StillCited makes plain what a failed validation of an edit means where the
// edit took away a source that something still names: the field error gets the
// code still_cited and names the entry that cites. Any other err stays as it is.
func StillCited(err error, before, after IncidentInput) error {
	var invalid *Error
	if !errors.As(err, &invalid) || invalid.Kind != KindInvalid {
		return err
	}
	for i, f := range invalid.Fields {
		id, _ := f.Params["id"].(string)
		removed := slices.ContainsFunc(before.Sources, func(s Source) bool { return s.ID == id })
		if by := after.citing(f.Pointer); f.Code == "unknown_entry" && removed && by != "" {
			invalid.Fields[i].Code = "still_cited"
			invalid.Fields[i].Params = map[string]any{"id": id, "by": by}
		}
	}
	return err
}

// citing is the local id of the entry that the pointer leads into, if the
// pointer names a member that holds a source.
func (in IncidentInput) citing(pointer string) string {
	parts := strings.Split(pointer, "/")
	if len(parts) != 4 {
		return ""
	}
	i, err := strconv.Atoi(parts[2])
	if err != nil {
		return ""
	}
	switch parts[1] + "/" + parts[3] {
	case "citations/source":
		return in.Citations[i].ID
	case "evidence/source":
		return in.Evidence[i].ID
	case "responses/source":
		return in.Responses[i].ID
	case "sources/derived_from":
		return in.Sources[i].ID
	}
	return ""
}
