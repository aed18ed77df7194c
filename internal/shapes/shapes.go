// Package shapes turns the outlines of countries that the screens draw into
// geometries of GeoJSON (RFC 7946).
package shapes

import (
	"encoding/json"
	"fmt"
)

// Geometry is a MultiPolygon.
type Geometry struct {
	Type     string   `json:"type"`
	Polygons [][]Ring `json:"coordinates"`
}

// Ring is closed: its first point is its last.
type Ring [][2]float64

type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]float64
	Objects   struct {
		Countries struct{ Geometries []area }
	}
}

type area struct {
	Type       string
	ID         string
	Properties struct{ Name string }
	Arcs       json.RawMessage
}

// Parse reads a world atlas in TopoJSON. code turns the number and the name of
// an area into a country, "" for none; areas of one country become one geometry.
func Parse(data []byte, code func(numeric, name string) string) (map[string]*Geometry, error) {
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("parse shapes: %w", err)
	}
	lines := t.lines()
	out := map[string]*Geometry{}
	for _, a := range t.Objects.Countries.Geometries {
		name := code(a.ID, a.Properties.Name)
		if name == "" || len(a.Arcs) == 0 {
			continue
		}
		polygons, err := a.polygons()
		if err != nil {
			return nil, err
		}
		if out[name] == nil {
			out[name] = &Geometry{Type: "MultiPolygon"}
		}
		for _, rings := range polygons {
			polygon := make([]Ring, len(rings))
			for i, arcs := range rings {
				if polygon[i], err = ring(lines, arcs); err != nil {
					return nil, err
				}
			}
			out[name].Polygons = append(out[name].Polygons, polygon)
		}
	}
	return out, nil
}

func (a area) polygons() (out [][][]int, err error) {
	if a.Type == "Polygon" {
		out = make([][][]int, 1)
		err = json.Unmarshal(a.Arcs, &out[0])
	} else {
		err = json.Unmarshal(a.Arcs, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("parse shape of %s: %w", a.Properties.Name, err)
	}
	return out, nil
}

// lines are the arcs in degrees: each point was given by its distance from the
// one before.
func (t topology) lines() [][][2]float64 {
	out := make([][][2]float64, len(t.Arcs))
	for i, arc := range t.Arcs {
		x, y := 0.0, 0.0
		for _, p := range arc {
			x, y = x+p[0], y+p[1]
			out[i] = append(out[i], [2]float64{degrees(x, t.Transform.Scale[0], t.Transform.Translate[0]), degrees(y, t.Transform.Scale[1], t.Transform.Translate[1])})
		}
	}
	return out
}

// degrees has three places: a hundred metres, finer than the outlines are.
func degrees(n, scale, translate float64) float64 {
	d := (n*scale + translate) * 1000
	if d < 0 {
		return float64(int(d-0.5)) / 1000
	}
	return float64(int(d+0.5)) / 1000
}

// ring joins arcs; a negative one is walked backwards.
func ring(lines [][][2]float64, arcs []int) (Ring, error) {
	var out Ring
	for _, a := range arcs {
		back := a < 0
		if back {
			a = ^a
		}
		if a >= len(lines) {
			return nil, fmt.Errorf("shape names arc %d of %d", a, len(lines))
		}
		line := lines[a]
		for i := range line {
			p := line[i]
			if back {
				p = line[len(line)-1-i]
			}
			if len(out) == 0 || out[len(out)-1] != p {
				out = append(out, p)
			}
		}
	}
	return out, nil
}
