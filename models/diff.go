package models

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Kinds of change.
const (
	ChangeAdded     = "added"
	ChangeRemoved   = "removed"
	ChangeChanged   = "changed"
	ChangeReordered = "reordered"
)

// Change is one difference between two versions of a record. Path names the
// member, entries by their local id: /acts/A1/method. Before and After are
// values of JSON; for a list of codes Added and Removed say what joined and
// what left.
type Change struct {
	Path    string
	Kind    string
	Before  any
	After   any
	Added   []string
	Removed []string
}

// Diff compares two contents as decoded JSON objects, member by member in
// alphabetical order: entries of lists by their ids, lists of codes as sets,
// anything else as a value. null, "" and an absent member are the same.
func Diff(before, after map[string]any) []Change {
	return diffObjects("", before, after)
}

func diffObjects(path string, before, after map[string]any) []Change {
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	out := []Change{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, diffValues(path+"/"+name, before[name], after[name])...)
	}
	return out
}

func diffValues(path string, before, after any) []Change {
	switch {
	case reflect.DeepEqual(before, after) || (void(before) && void(after)):
		return nil
	case allObjects(before) && allObjects(after):
		return diffEntries(path, objects(before), objects(after))
	case allTexts(before) && allTexts(after):
		return diffCodes(path, texts(before), texts(after))
	}
	a, okA := before.(map[string]any)
	b, okB := after.(map[string]any)
	if okA && okB {
		return diffObjects(path, a, b)
	}
	switch {
	case void(before):
		return []Change{{Path: path, Kind: ChangeAdded, After: after}}
	case void(after):
		return []Change{{Path: path, Kind: ChangeRemoved, Before: before}}
	}
	return []Change{{Path: path, Kind: ChangeChanged, Before: before, After: after}}
}

// void holds for what says nothing.
func void(v any) bool {
	list, isList := v.([]any)
	return v == nil || v == "" || (isList && len(list) == 0)
}

// diffEntries compares lists of objects by their ids; without ids, as wholes.
func diffEntries(path string, before, after []map[string]any) []Change {
	old, current := byID(before), byID(after)
	if old == nil || current == nil {
		return []Change{{Path: path, Kind: ChangeChanged, Before: before, After: after}}
	}
	out := []Change{}
	for _, e := range before {
		if id := idOf(e); current[id] == nil {
			out = append(out, Change{Path: path + "/" + id, Kind: ChangeRemoved, Before: e})
		}
	}
	var keptBefore, keptAfter []string
	for _, e := range after {
		id := idOf(e)
		if old[id] == nil {
			out = append(out, Change{Path: path + "/" + id, Kind: ChangeAdded, After: e})
			continue
		}
		keptAfter = append(keptAfter, id)
		out = append(out, diffObjects(path+"/"+id, old[id], e)...)
	}
	for _, e := range before {
		if id := idOf(e); current[id] != nil {
			keptBefore = append(keptBefore, id)
		}
	}
	if !slices.Equal(keptBefore, keptAfter) {
		out = append(out, Change{Path: path, Kind: ChangeReordered, Before: keptBefore, After: keptAfter})
	}
	return out
}

// diffCodes compares lists as sets: their order says nothing.
func diffCodes(path string, before, after []string) []Change {
	added := slices.DeleteFunc(slices.Clone(after), func(s string) bool { return slices.Contains(before, s) })
	removed := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return slices.Contains(after, s) })
	if len(added) == 0 && len(removed) == 0 {
		return nil
	}
	return []Change{{Path: path, Kind: ChangeChanged, Before: before, After: after, Added: added, Removed: removed}}
}

// byID is nil when an object has no id.
func byID(list []map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, e := range list {
		id := idOf(e)
		if id == "" {
			return nil
		}
		out[id] = e
	}
	return out
}

func idOf(e map[string]any) string { id, _ := e["id"].(string); return id }

func allObjects(v any) bool {
	list, ok := v.([]any)
	return (ok || v == nil) && !slices.ContainsFunc(list, func(e any) bool { _, object := e.(map[string]any); return !object })
}

func allTexts(v any) bool {
	list, ok := v.([]any)
	return (ok || v == nil) && !slices.ContainsFunc(list, func(e any) bool { _, text := e.(string); return !text })
}

func objects(v any) []map[string]any {
	list, _ := v.([]any)
	return mapped(list, func(e any) map[string]any { object, _ := e.(map[string]any); return object })
}

func texts(v any) []string {
	list, _ := v.([]any)
	return mapped(list, func(e any) string { text, _ := e.(string); return text })
}

// AsObject is a value as decoded JSON, ready for Diff.
func AsObject(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode for comparison: %w", err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("decode for comparison: %w", err)
	}
	return out, nil
}
