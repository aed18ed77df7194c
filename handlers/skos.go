package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"farwatch/api/spec"
	"farwatch/internal/country"
	"farwatch/internal/vocab"
)

// concept is a code of the vocabulary as SKOS has it (w3.org/TR/skos-reference).
type concept struct {
	Code       string  `json:"code"`
	Label      string  `json:"label"`
	Definition string  `json:"definition"`
	Note       string  `json:"note"`
	Family     string  `json:"family"`
	Parent     *string `json:"parent"`
	Status     string  `json:"status"`
	ReplacedBy *string `json:"replaced_by"`
	Names      []struct {
		Name string `json:"name"`
		Lang string `json:"lang"`
	} `json:"names"`
}

// turtle is the vocabulary as Turtle. Names are relative to where it is served,
// so that every installation names its own.
var turtle = sync.OnceValues(func() ([]byte, error) {
	var file struct {
		Version     string    `json:"version"`
		Families    []concept `json:"families"`
		Methods     []concept `json:"methods"`
		Communities []concept `json:"communities"`
		Lists       map[string]struct {
			Label string    `json:"label"`
			Items []concept `json:"items"`
		} `json:"lists"`
	}
	if err := json.Unmarshal(vocab.JSON(), &file); err != nil {
		return nil, fmt.Errorf("decode vocabulary: %w", err)
	}
	var out bytes.Buffer
	out.WriteString("@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n")
	scheme := func(name, label string, items []concept) {
		fmt.Fprintf(&out, "\n<#%s> a skos:ConceptScheme ; dct:title %s@en ; owl:versionInfo %s .\n", name, literal(label), literal(file.Version))
		for _, c := range items {
			c.write(&out, name)
		}
	}
	scheme("families", "Families of methods", file.Families)
	scheme("methods", "Methods", file.Methods)
	scheme("communities", "Communities", file.Communities)
	names := []string{}
	for name := range file.Lists {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		scheme(name, file.Lists[name].Label, file.Lists[name].Items)
	}
	var countries []concept
	for _, c := range country.All() {
		countries = append(countries, concept{Code: c.Code, Label: c.Name})
	}
	scheme(listCountries, "Countries", countries)
	return out.Bytes(), nil
})

func (c concept) write(out *bytes.Buffer, scheme string) {
	fmt.Fprintf(out, "<#%s/%s> a skos:Concept ; skos:inScheme <#%s> ; skos:notation %s ; skos:prefLabel %s@en", scheme, c.Code, scheme, literal(c.Code), literal(c.Label))
	if c.Definition != "" {
		fmt.Fprintf(out, " ; skos:definition %s@en", literal(c.Definition))
	}
	if c.Note != "" {
		fmt.Fprintf(out, " ; skos:scopeNote %s@en", literal(c.Note))
	}
	for _, n := range c.Names {
		if n.Lang != "" {
			fmt.Fprintf(out, " ; skos:altLabel %s@%s", literal(n.Name), n.Lang)
		}
	}
	switch {
	case c.Family != "":
		fmt.Fprintf(out, " ; skos:broader <#families/%s>", c.Family)
	case c.Parent != nil:
		fmt.Fprintf(out, " ; skos:broader <#%s/%s>", scheme, *c.Parent)
	default:
		fmt.Fprintf(out, " ; skos:topConceptOf <#%s>", scheme)
	}
	if c.Status == "retired" {
		out.WriteString(" ; owl:deprecated true")
	}
	if c.ReplacedBy != nil {
		fmt.Fprintf(out, " ; dct:isReplacedBy <#%s/%s>", scheme, *c.ReplacedBy)
	}
	out.WriteString(" .\n")
}

var turtleEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func literal(s string) string { return `"` + turtleEscapes.Replace(s) + `"` }

// VocabularySkos answers the vocabulary as SKOS.
func (h *Handlers) VocabularySkos(_ context.Context, _ spec.VocabularySkosRequestObject) (spec.VocabularySkosResponseObject, error) {
	data, err := turtle()
	if err != nil {
		return nil, err
	}
	return spec.VocabularySkos200TextturtleResponse{Body: bytes.NewReader(data), ContentLength: int64(len(data))}, nil
}
