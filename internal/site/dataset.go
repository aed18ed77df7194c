package site

import (
	"strconv"
	"time"
)

// About describes everything published as one data set.
type About struct {
	Records     int
	First, Last *int // years
	Hosts       []string
	Changed     time.Time // of the latest change; zero: none
	AsOf        time.Time
}

// dataset is the schema.org description, for search engines of data.
func (s *Site) dataset(a About) any {
	places := make([]any, 0, len(a.Hosts))
	for _, code := range a.Hosts {
		places = append(places, map[string]any{"@type": "Country", "name": s.Country(code), "identifier": code})
	}
	out := map[string]any{
		"@context": "https://schema.org", "@type": "Dataset", "@id": s.Base + "/public",
		"name":                 "Farwatch: published records of transnational repression",
		"description":          "Recorded incidents in which a state, or somebody acting for it, reaches across its border to silence, control or punish people abroad. Every record is an allegation made by its sources, reviewed by a second person and published with the consent that it needs.",
		"url":                  s.Base + "/public",
		"isAccessibleForFree":  true,
		"keywords":             []string{"transnational repression", "human rights", "intimidation", "diaspora"},
		"measurementTechnique": s.Base + "/public/about",
		"creator":              map[string]any{"@type": "Organization", "name": "Farwatch", "url": s.Base + "/public/about"},
		"variableMeasured":     []string{"recorded incidents", "accused state", "host country", "method", "verification status"},
		"distribution": []any{
			map[string]any{"@type": "DataDownload", "name": "Records as JSON", "encodingFormat": "application/json", "contentUrl": s.Base + "/api/v1/public/incidents"},
			map[string]any{"@type": "DataDownload", "name": "Numbers as JSON", "encodingFormat": "application/json", "contentUrl": s.Base + "/api/v1/public/stats"},
			map[string]any{"@type": "DataDownload", "name": "Feed", "encodingFormat": "application/atom+xml", "contentUrl": s.Base + "/public/feed.atom"},
		},
	}
	if len(places) > 0 {
		out["spatialCoverage"] = places
	}
	if a.First != nil && a.Last != nil {
		out["temporalCoverage"] = strconv.Itoa(*a.First) + "/" + strconv.Itoa(*a.Last)
	}
	if !a.Changed.IsZero() {
		out["dateModified"] = a.Changed.UTC().Format(time.DateOnly)
	}
	return out
}
