package shapes

import (
	"encoding/json"
	"testing"
)

const world = `{"type":"Topology","transform":{"scale":[0.5,1],"translate":[-10,0]},
 "arcs":[[[0,0],[20,0],[0,10]],[[20,10],[-20,0],[0,-10]],[[2,2],[2,0],[0,2],[-2,-2]]],
 "objects":{"countries":{"type":"GeometryCollection","geometries":[
  {"type":"Polygon","id":"826","properties":{"name":"One"},"arcs":[[0,1]]},
  {"type":"MultiPolygon","id":"826","properties":{"name":"Island"},"arcs":[[[-3]]]},
  {"type":"Polygon","properties":{"name":"Nobody's"},"arcs":[[2]]}]}}}`

func TestParse_AreasOfOneCountry_OneClosedGeometry(t *testing.T) {
	t.Parallel()
	got, err := Parse([]byte(world), func(numeric, _ string) string {
		return map[string]string{"826": "GBR"}[numeric]
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	want := `{"GBR":{"type":"MultiPolygon","coordinates":[[[[-10,0],[0,0],[0,10],[-10,10],[-10,0]]],[[[-9,2],[-8,4],[-8,2],[-9,2]]]]}}`
	if err != nil || string(text) != want {
		t.Errorf("got  %s %v\nwant %s", text, err, want)
	}
}

func TestParse_BrokenFile_Refused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{`, `{"objects":{"countries":{"geometries":[{"type":"Polygon","id":"1","arcs":[[7]]}]}}}`} {
		if _, err := Parse([]byte(text), func(string, string) string { return "X" }); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}
