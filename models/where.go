package models

import (
	"slices"
	"strconv"
	"strings"
)

// Bounds of a combined condition.
const (
	MaxWhereText  = 2000
	MaxWhereDepth = 8
	MaxWhereTerms = 100
)

// WhereOp joins conditions.
type WhereOp string

// The operators; the zero value is a single condition.
const (
	WhereTerm WhereOp = ""
	WhereAnd  WhereOp = "and"
	WhereOr   WhereOp = "or"
	WhereNot  WhereOp = "not"
)

// Where is a combined condition over the coded fields: either one term, which
// holds when the record has any of the values, or parts under an operator.
type Where struct {
	Op       WhereOp
	Parts    []Where // at least two under and/or, one under not
	Field    string
	Values   []string
	Position int // of the term in the text, from 1; not part of the meaning
}

// ParseWhere reads the text of a combined condition:
//
//	(origin_country:CHN,RUS or communities:uyghur) and not methods:spyware
//
// "and" binds closer than "or", "not" closest. Errors: validation.failed on
// the parameter where, with the position of the fault.
func ParseWhere(text string) (Where, error) {
	if len(text) > MaxWhereText {
		return Where{}, whereFault("where_too_long", 0, map[string]any{"max": MaxWhereText})
	}
	p := whereParser{text: text}
	p.next()
	w, err := p.any(0)
	if err != nil {
		return Where{}, err
	}
	if p.token != "" {
		return Where{}, p.expected("where_operator_expected")
	}
	if len(w.String()) > MaxWhereText {
		return Where{}, whereFault("where_too_long", 0, map[string]any{"max": MaxWhereText})
	}
	return w, nil
}

func whereFault(code string, position int, params map[string]any) error {
	if params == nil {
		params = map[string]any{}
	}
	if position > 0 {
		params["position"] = position
	}
	return Invalid([]FieldError{{Parameter: "where", Code: code, Params: params}})
}

type whereParser struct {
	text  string
	end   int    // of the token
	start int    // of the token
	token string // "" at the end of the text
	terms int
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// next reads a word or a single character.
func (p *whereParser) next() {
	for p.end < len(p.text) && p.text[p.end] == ' ' {
		p.end++
	}
	p.start = p.end
	for p.end < len(p.text) && wordByte(p.text[p.end]) {
		p.end++
	}
	if p.end == p.start && p.end < len(p.text) {
		p.end++
	}
	p.token = p.text[p.start:p.end]
}

func (p *whereParser) word() bool { return p.token != "" && wordByte(p.token[0]) }

func (p *whereParser) expected(code string) error { return whereFault(code, p.start+1, nil) }

func (p *whereParser) any(depth int) (Where, error) { return p.list(WhereOr, depth, p.all) }

func (p *whereParser) all(depth int) (Where, error) { return p.list(WhereAnd, depth, p.one) }

// list reads parts joined by one operator; a part that is itself such a list,
// in brackets, melts into it.
func (p *whereParser) list(op WhereOp, depth int, part func(int) (Where, error)) (Where, error) {
	var parts []Where
	for {
		w, err := part(depth)
		if err != nil {
			return Where{}, err
		}
		if w.Op == op {
			parts = append(parts, w.Parts...)
		} else {
			parts = append(parts, w)
		}
		if p.token != string(op) {
			break
		}
		p.next()
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return Where{Op: op, Parts: parts}, nil
}

func (p *whereParser) one(depth int) (Where, error) {
	if depth > MaxWhereDepth {
		return Where{}, whereFault("where_too_deep", p.start+1, map[string]any{"max": MaxWhereDepth})
	}
	switch {
	case p.token == string(WhereNot):
		p.next()
		w, err := p.one(depth + 1)
		if err != nil {
			return Where{}, err
		}
		return Where{Op: WhereNot, Parts: []Where{w}}, nil
	case p.token == "(":
		p.next()
		w, err := p.any(depth + 1)
		if err != nil {
			return Where{}, err
		}
		if p.token != ")" {
			return Where{}, p.expected("where_bracket_expected")
		}
		p.next()
		return w, nil
	}
	return p.term()
}

func (p *whereParser) term() (Where, error) {
	if !p.word() || p.token == string(WhereAnd) || p.token == string(WhereOr) {
		return Where{}, p.expected("where_field_expected")
	}
	field, ok := FilterFieldNamed(p.token)
	if !ok {
		return Where{}, p.expected("where_unknown_field")
	}
	if p.terms++; p.terms > MaxWhereTerms {
		return Where{}, whereFault("where_too_many", p.start+1, map[string]any{"max": MaxWhereTerms})
	}
	w := Where{Field: field.Name, Position: p.start + 1}
	p.next()
	if p.token != ":" {
		return Where{}, p.expected("where_colon_expected")
	}
	for {
		p.next()
		if !p.word() {
			return Where{}, p.expected("where_value_expected")
		}
		if field.Kind == FieldNumber && !shortNumber(p.token) {
			return Where{}, p.expected("where_number_expected")
		}
		if !slices.Contains(w.Values, p.token) {
			w.Values = append(w.Values, p.token)
		}
		p.next()
		if p.token != "," {
			return w, nil
		}
	}
}

// shortNumber is a figure as it is written: no sign, no leading zero.
func shortNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && len(s) <= 4 && strconv.Itoa(n) == s
}

// String is the canonical text: ParseWhere of it gives the same condition.
func (w Where) String() string {
	switch w.Op {
	case WhereTerm:
		return w.Field + ":" + strings.Join(w.Values, ",")
	case WhereNot:
		return "not " + w.Parts[0].under(WhereNot)
	case WhereAnd, WhereOr:
	}
	parts := make([]string, len(w.Parts))
	for i, part := range w.Parts {
		parts[i] = part.under(w.Op)
	}
	return strings.Join(parts, " "+string(w.Op)+" ")
}

// under is the text inside an operator, in brackets where they are needed.
func (w Where) under(op WhereOp) string {
	if w.Op == WhereOr || w.Op == WhereAnd && op != WhereOr {
		return "(" + w.String() + ")"
	}
	return w.String()
}

// Faults names every term whose value is no code of its list.
func (w Where) Faults(v *Vocabulary) []FieldError {
	if w.Op != WhereTerm {
		var out []FieldError
		for _, part := range w.Parts {
			out = append(out, part.Faults(v)...)
		}
		return out
	}
	field, _ := FilterFieldNamed(w.Field)
	for _, value := range w.Values {
		if field.Fault(v, value) != "" {
			return []FieldError{{Parameter: "where", Code: "where_unknown_code", Params: map[string]any{"position": w.Position, "field": w.Field}}}
		}
	}
	return nil
}
