package handlers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"farwatch/internal/country"
	"farwatch/internal/shapes"
	"farwatch/models"
)

// hostCountry gathers what is recorded of one host country.
type hostCountry struct {
	Country    string         `json:"country"`
	Name       string         `json:"name"`
	Incidents  int            `json:"incidents"`
	PersonsMin int            `json:"persons_min"`
	Origins    map[string]int `json:"origin_country"`
	Methods    map[string]int `json:"methods"`
	Years      map[string]int `json:"event_year"` // "" where it is not known
	Refs       []string       `json:"refs"`
}

// geoJSON writes a feature for each host country with the outline that the
// dashboard draws: the shape of a country and never a point, which would claim
// to know where (DOMAIN.md section 5). A country without an outline has none.
func (m *making) geoJSON(ctx context.Context, w io.Writer) error {
	hosts := map[string]*hostCountry{}
	err := m.each(ctx, func(rec *models.Incident) error {
		c := hosts[rec.HostCountry]
		if c == nil {
			c = &hostCountry{
				Country: rec.HostCountry, Name: country.Name(rec.HostCountry),
				Origins: map[string]int{}, Methods: map[string]int{}, Years: map[string]int{},
			}
			hosts[rec.HostCountry] = c
		}
		c.add(rec)
		return nil
	})
	if err != nil {
		return err
	}
	outlines, err := m.h.outlines()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if _, err := out.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
		return fmt.Errorf("write shapes: %w", err)
	}
	for i, code := range slices.Sorted(maps.Keys(hosts)) {
		slices.Sort(hosts[code].Refs)
		line, err := json.Marshal(map[string]any{"type": "Feature", "id": code, "properties": hosts[code], "geometry": outlines[code]})
		if err != nil {
			return fmt.Errorf("encode shape: %w", err)
		}
		if i > 0 {
			line = append([]byte(","), line...)
		}
		if _, err := out.Write(append([]byte("\n"), line...)); err != nil {
			return fmt.Errorf("write shapes: %w", err)
		}
	}
	if _, err := out.WriteString("\n]}\n"); err != nil {
		return fmt.Errorf("write shapes: %w", err)
	}
	return out.Flush() //nolint:wrapcheck // of our own spool, which wraps
}

// add counts a record once, and once under each of its methods.
func (c *hostCountry) add(rec *models.Incident) {
	c.Incidents++
	c.PersonsMin += rec.Computed.PersonsMin
	c.Origins[rec.OriginCountry]++
	year := ""
	if rec.Computed.EventYear != nil {
		year = strconv.Itoa(*rec.Computed.EventYear)
	}
	c.Years[year]++
	var methods []string
	for _, a := range rec.Acts {
		methods = append(methods, a.Method)
	}
	slices.Sort(methods)
	for _, code := range slices.Compact(methods) {
		c.Methods[code]++
	}
	c.Refs = append(c.Refs, rec.Ref)
}

// outlines are those of countries; none where the screens were not built.
func (h *Handlers) outlines() (map[string]*shapes.Geometry, error) {
	if h.Atlas == nil {
		return nil, nil
	}
	data, err := h.Atlas()
	if err != nil || data == nil {
		return nil, err
	}
	codes := map[string]string{}
	for _, c := range country.All() {
		codes[c.Numeric] = c.Code
	}
	return shapes.Parse(data, func(numeric, name string) string {
		if name == "Kosovo" { // it has no number
			return "XKX"
		}
		return codes[numeric]
	})
}
