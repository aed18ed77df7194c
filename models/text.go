package models

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// eachText visits every text a person typed, with its JSON pointer. It is the
// one list of them: Normalize and Validate both walk it.
func (in *IncidentInput) eachText(visit func(pointer string, s *string)) {
	optional := func(pointer string, s *string) {
		if s != nil {
			visit(pointer, s)
		}
	}
	all := func(pointer string, list []string) {
		for i := range list {
			visit(at(pointer, i), &list[i])
		}
	}
	visit("#/title", &in.Title)
	visit("#/summary", &in.Summary)
	optional("#/internal_note", in.InternalNote)
	optional("#/origin_entity", in.OriginEntity)
	optional("#/host_place/admin1", in.HostPlace.Admin1)
	optional("#/host_place/locality", in.HostPlace.Locality)
	optional("#/host_place/site", in.HostPlace.Site)
	for i := range in.Targets {
		if id := in.Targets[i].Identity; id != nil {
			p := at("#/targets", i) + "/identity"
			all(p+"/names", id.Names)
			all(p+"/aliases", id.Aliases)
			all(p+"/contacts", id.Contacts)
			optional(p+"/address", id.Address)
			optional(p+"/relatives", id.Relatives)
			optional(p+"/note", id.Note)
		}
	}
	for i := range in.Perpetrators {
		x, p := &in.Perpetrators[i], at("#/perpetrators", i)
		optional(p+"/body", x.Body)
		optional(p+"/person_name", x.PersonName)
		optional(p+"/note", x.Note)
	}
	for i := range in.Acts {
		optional(at("#/acts", i)+"/note", in.Acts[i].Note)
	}
	for i := range in.Inducements {
		x, p := &in.Inducements[i], at("#/inducements", i)
		optional(p+"/condition", x.Condition)
		optional(p+"/note", x.Note)
		for j := range x.Amounts {
			visit(at(p+"/amounts", j)+"/amount_text", &x.Amounts[j].AmountText)
			visit(at(p+"/amounts", j)+"/currency_as_stated", &x.Amounts[j].CurrencyAsStated)
		}
	}
	for i := range in.Demands {
		optional(at("#/demands", i)+"/note", in.Demands[i].Note)
	}
	for i := range in.Sources {
		x, p := &in.Sources[i], at("#/sources", i)
		optional(p+"/publisher", x.Publisher)
		optional(p+"/title", x.Title)
		optional(p+"/url", x.URL)
		optional(p+"/archive_url", x.ArchiveURL)
		optional(p+"/author", x.Author)
		optional(p+"/text", x.Text)
		optional(p+"/submitted_by", x.SubmittedBy)
	}
	for i := range in.Citations {
		optional(at("#/citations", i)+"/quote", in.Citations[i].Quote)
		optional(at("#/citations", i)+"/note", in.Citations[i].Note)
	}
	for i := range in.Evidence {
		optional(at("#/evidence", i)+"/tool", in.Evidence[i].Tool)
		optional(at("#/evidence", i)+"/note", in.Evidence[i].Note)
	}
	for i := range in.Responses {
		optional(at("#/responses", i)+"/body", in.Responses[i].Body)
		optional(at("#/responses", i)+"/note", in.Responses[i].Note)
	}
	for i := range in.Harms {
		optional(at("#/harms", i)+"/note", in.Harms[i].Note)
	}
	for i := range in.Relations {
		optional(at("#/relations", i)+"/note", in.Relations[i].Note)
	}
	for i := range in.Consents {
		optional(at("#/consents", i)+"/explained_by", in.Consents[i].ExplainedBy)
		optional(at("#/consents", i)+"/note", in.Consents[i].Note)
	}
}

func at(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }

// NormalizeText is S43: NFC, and LF for every line end.
func NormalizeText(s string) string {
	return norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// TextFault names what S43 refuses in a text: bad_utf8, control_character or
// unpaired_bidi; "" when the text is fine.
func TextFault(s string) string {
	if !utf8.ValidString(s) {
		return "bad_utf8"
	}
	depth, isolates := 0, 0
	for _, r := range s {
		switch {
		case r == '\t' || r == '\n':
			if r == '\n' { // a paragraph end closes what is open (UAX 9)
				depth, isolates = 0, 0
			}
		case r < 0x20, r >= 0x7f && r <= 0x9f, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
			return "control_character"
		case r == 0x202a || r == 0x202b || r == 0x202d || r == 0x202e:
			depth++
		case r == 0x202c:
			depth--
		case r >= 0x2066 && r <= 0x2068:
			isolates++
		case r == 0x2069:
			isolates--
		}
		if depth < 0 || isolates < 0 {
			return "unpaired_bidi"
		}
	}
	if depth != 0 || isolates != 0 {
		return "unpaired_bidi"
	}
	return ""
}
