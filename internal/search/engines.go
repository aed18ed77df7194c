package search

import (
	"strconv"
	"strings"

	"farwatch/models"
)

// gapTerm fills the place of a Gap in SQLite: no word has such a sign.
const gapTerm = "¶"

// FTS5Text is the terms as SQLite's index takes them: parted by spaces, for the
// tokenizer "ascii", which leaves every other sign alone.
func FTS5Text(terms []string) string {
	var b strings.Builder
	for _, t := range terms {
		if t == Gap {
			t = gapTerm
		}
		b.WriteString(t)
		b.WriteByte(' ')
	}
	return b.String()
}

// TSVector is the terms with their positions as PostgreSQL reads a tsvector. No
// term has a quote or a backslash in it.
func TSVector(terms []string) string {
	at := map[string][]string{}
	var order []string
	for i, t := range terms {
		if t == Gap {
			continue
		}
		if at[t] == nil {
			order = append(order, t)
		}
		at[t] = append(at[t], strconv.Itoa(i+1))
	}
	var b strings.Builder
	for _, t := range order {
		b.WriteString("'" + t + "':" + strings.Join(at[t], ",") + " ")
	}
	return b.String()
}

// FTS5Query is the question in SQLite's syntax.
func FTS5Query(q models.TextQuery) string {
	phrase := func(p models.TextPhrase) string {
		star := ""
		if p.Prefix {
			star = "*"
		}
		return `"` + strings.Join(p.Terms, " ") + `"` + star
	}
	out := "(" + joined(q.All, phrase, " AND ", " OR ") + ")"
	if len(q.Not) > 0 {
		out += " NOT (" + joined(q.Not, phrase, " OR ", " OR ") + ")"
	}
	return out
}

// TSQuery is the question in PostgreSQL's syntax.
func TSQuery(q models.TextQuery) string {
	phrase := func(p models.TextPhrase) string {
		out := "('" + strings.Join(p.Terms, "' <-> '") + "'"
		if p.Prefix {
			out += ":*"
		}
		return out + ")"
	}
	out := "(" + joined(q.All, phrase, " & ", " | ") + ")"
	if len(q.Not) > 0 {
		out += " & !(" + joined(q.Not, phrase, " | ", " | ") + ")"
	}
	return out
}

func joined(clauses []models.TextClause, phrase func(models.TextPhrase) string, and, or string) string {
	out := make([]string, len(clauses))
	for i, c := range clauses {
		phrases := make([]string, len(c))
		for j, p := range c {
			phrases[j] = phrase(p)
		}
		out[i] = "(" + strings.Join(phrases, or) + ")"
	}
	return strings.Join(out, and)
}
