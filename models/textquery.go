package models

// TextQuery is what somebody looks for in the texts of records, free of any
// engine's syntax: every clause of All and none of Not.
type TextQuery struct {
	All []TextClause
	Not []TextClause
}

// TextClause holds when one of its phrases stands in a record: the spellings of
// one word.
type TextClause []TextPhrase

// TextPhrase is terms in a row; with Prefix the last one only begins so.
type TextPhrase struct {
	Terms  []string
	Prefix bool
}

// MaxSearchClauses is the most words and phrases of one search.
const MaxSearchClauses = 20
