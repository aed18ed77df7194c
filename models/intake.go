package models

// MaxKnownArticles bounds the records that are shown for an article that is
// here already.
const MaxKnownArticles = 10

// KnownArticle is a record that has an article among its sources.
type KnownArticle struct {
	Incident Incident
	ByText   bool // the very text; else the page
}

// KnownArticleOf tells by what a record has an article.
func KnownArticleOf(rec Incident, sha256 string) KnownArticle {
	for _, s := range rec.Sources {
		if s.TextSHA256 != nil && *s.TextSHA256 == sha256 {
			return KnownArticle{rec, true}
		}
	}
	return KnownArticle{rec, false}
}
