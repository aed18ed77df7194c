package models

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// MaxComments is how many comments a record takes.
const MaxComments = 500

// Comment is what a colleague says about a record. The text is protected.
type Comment struct {
	ID         string
	Author     string // user name
	Body       string // empty when deleted
	At         time.Time
	EditedAt   *time.Time
	DeletedAt  *time.Time
	ResolvedAt *time.Time
	ResolvedBy *string // user name
	Mentions   []string
}

// MayChangeComment tells whether the principal may still change or delete the
// comment: its author, for 15 minutes. Errors: permission.denied, comment.late.
func (p Principal) MayChangeComment(c Comment, now time.Time) error {
	if c.Author != p.UserName || c.DeletedAt != nil {
		return Fail(KindForbidden, "permission.denied", "Only its author may change a comment.")
	}
	if now.Sub(c.At) > undoWindow {
		return Fail(KindConflict, "comment.late", "A comment is changed or deleted within 15 minutes. Write another one.")
	}
	return nil
}

// mention is a name after an at sign that is no part of an address.
var mention = regexp.MustCompile(`(?:^|[^\w@.])@([a-z0-9._-]{3,32})`)

// Mentioned are the people whom a text names as @user_name, each once. A dot or
// hyphen that ends a sentence is no part of a name.
func Mentioned(body string, people []Teammate) []Teammate {
	var out []Teammate
	for _, m := range mention.FindAllStringSubmatch(body, -1) {
		for _, name := range []string{m[1], strings.TrimRight(m[1], ".-_")} {
			at := slices.IndexFunc(people, func(t Teammate) bool { return t.UserName == name })
			if at < 0 {
				continue
			}
			if !slices.ContainsFunc(out, func(t Teammate) bool { return t.UserID == people[at].UserID }) {
				out = append(out, people[at])
			}
			break
		}
	}
	return out
}
