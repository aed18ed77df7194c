package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"farwatch/models"
)

// referenceGroup is the operations of one tag.
type referenceGroup struct {
	Name, Title string
	Operations  []referenceOperation
}

type referenceOperation struct {
	ID, Method, Path, Summary, Description, Who string
	Scopes                                      []models.TokenScope
	Parameters                                  []referenceMember
	Body                                        *referenceShape
	Answers                                     []referenceAnswer
}

// has tells whether the operation has every word of the query.
func (op referenceOperation) has(query string) bool {
	text := op.ID + " " + op.Path + " " + op.Summary + " " + op.Description
	for _, p := range op.Parameters {
		text += " " + p.Name
	}
	text = strings.ToLower(text)
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(query)), func(word string) bool { return !strings.Contains(text, word) })
}

type referenceMember struct {
	Name, In, Description string
	Required              bool
	Type                  referenceShape
}

type referenceAnswer struct {
	Status, Description string
	Type                referenceShape
}

// referenceShape is a type in words, or the name of one that has a place of
// its own on the page.
type referenceShape struct {
	Before, Ref, Text string
	Nullable          bool
}

type referenceType struct {
	Name, Description string
	Members           []referenceMember
	Type              referenceShape
}

// described are all operations by tag, in the order of the contract's tags;
// within one by address.
func (c *contract) described() []referenceGroup {
	by := map[string][]referenceOperation{}
	for _, key := range slices.Sorted(maps.Keys(c.operations)) {
		op := c.operations[key]
		method, _, _ := strings.Cut(key, " ")
		by[op.op.Tags[0]] = append(by[op.op.Tags[0]], op.described(method))
	}
	var out []referenceGroup
	for _, tag := range c.doc.Tags {
		list := by[tag.Name]
		slices.SortStableFunc(list, func(a, b referenceOperation) int { return strings.Compare(a.Path, b.Path) })
		out = append(out, referenceGroup{Name: tag.Name, Title: tag.Description, Operations: list})
	}
	return out
}

func (op operation) described(method string) referenceOperation {
	out := referenceOperation{
		ID: op.id, Method: method, Path: op.path, Summary: op.op.Summary, Description: op.op.Description, Who: op.who(), Scopes: op.scopes,
	}
	for _, p := range append(slices.Clone(op.item.Parameters), op.op.Parameters...) {
		out.Parameters = append(out.Parameters, referenceMember{
			Name: p.Value.Name, In: p.Value.In, Description: p.Value.Description, Required: p.Value.Required, Type: shapeOf(p.Value.Schema),
		})
	}
	if op.op.RequestBody != nil {
		body := contentShape(op.op.RequestBody.Value.Content)
		out.Body = &body
	}
	for _, status := range slices.Sorted(maps.Keys(op.op.Responses.Map())) {
		answer := op.op.Responses.Map()[status].Value
		description := ""
		if answer.Description != nil {
			description = *answer.Description
		}
		if status == "default" {
			status = "otherwise"
		}
		out.Answers = append(out.Answers, referenceAnswer{Status: status, Description: description, Type: contentShape(answer.Content)})
	}
	return out
}

// who says in words who may ask.
func (op operation) who() string {
	text := "Needs the permission " + string(op.permission) + "."
	switch op.permission {
	case models.PermissionPublic:
		text = "Open to everybody."
	case models.PermissionSession:
		text = "For everybody who is signed in."
	}
	if op.stepUp {
		text += " Asks for a fresh proof that it is you."
	}
	return text
}

func contentShape(content openapi3.Content) referenceShape {
	kinds := slices.Sorted(maps.Keys(content))
	if len(kinds) == 0 {
		return referenceShape{}
	}
	if kinds[0] != "application/json" && kinds[0] != "application/problem+json" {
		return referenceShape{Text: kinds[0]}
	}
	return shapeOf(content[kinds[0]].Schema)
}

func (c *contract) types() []referenceType {
	var out []referenceType
	for _, name := range slices.Sorted(maps.Keys(c.doc.Components.Schemas)) {
		s := c.doc.Components.Schemas[name].Value
		t := referenceType{Name: name, Description: s.Description, Type: shapeOf(&openapi3.SchemaRef{Value: s})}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[member]
			t.Members = append(t.Members, referenceMember{
				Name: member, Description: p.Value.Description, Required: slices.Contains(s.Required, member), Type: shapeOf(p),
			})
		}
		out = append(out, t)
	}
	return out
}

// shapeOf says a type in words.
func shapeOf(ref *openapi3.SchemaRef) referenceShape {
	if ref == nil || ref.Value == nil {
		return referenceShape{}
	}
	if name, found := strings.CutPrefix(ref.Ref, "#/components/schemas/"); found {
		return referenceShape{Ref: name}
	}
	s := ref.Value
	if len(s.AllOf) == 1 {
		inner := shapeOf(s.AllOf[0])
		inner.Nullable = inner.Nullable || s.Nullable
		return inner
	}
	if s.Type.Is("array") {
		inner := shapeOf(s.Items)
		inner.Before = "list of " + inner.Before
		return inner
	}
	text := "anything"
	if s.Type != nil {
		text = strings.Join(s.Type.Slice(), " or ")
	}
	if s.Format != "" {
		text += " (" + s.Format + ")"
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		text = "one of " + strings.Join(values, ", ")
	}
	return referenceShape{Text: text + bounds(s), Nullable: s.Nullable}
}

func bounds(s *openapi3.Schema) string {
	var parts []string
	if s.Min != nil {
		parts = append(parts, fmt.Sprintf("from %v", *s.Min))
	}
	if s.Max != nil {
		parts = append(parts, fmt.Sprintf("to %v", *s.Max))
	}
	if s.MaxLength != nil {
		parts = append(parts, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, " ")
}
