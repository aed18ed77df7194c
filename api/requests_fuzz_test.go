package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"farwatch/models"
	"farwatch/store/storetest"
)

// requester makes requests out of the contract: mostly of the right shape, so
// that they get far, with something wrong in many of them.
type requester struct {
	dice  *rand.Rand
	known map[string][]string // path parameter → values that exist
}

// hostile are values that programs choke on.
var hostile = []any{
	nil, true, -1, 0, 1e300, 9007199254740993.0, "", " ", "\x00", "\u202e\u2066", "ÿþ", "𝕏", strings.Repeat("a", 5000), "' OR 1=1 --", "%s%n", "../../etc/passwd",
	"=1+1", "0000-00-00", "9999-12-31", "2024-02-30", "2024-02-29T25:61:61Z", "FW-0000-0000", "NaN", "1e999", "null",
	[]any{},
	map[string]any{},
	[]any{nil},
	map[string]any{"": nil},
	map[string]any{"__proto__": 1},
	"\ufffe", "a\u0301", "I\u0307", "ß", "\r\n",
}

func (q *requester) odd() any { return hostile[q.dice.IntN(len(hostile))] }

func (q *requester) chance(of int) bool { return q.dice.IntN(of) == 0 }

// value follows a schema, or does not.
func (q *requester) value(s *openapi3.Schema, depth int) any {
	if depth > 12 || q.chance(40) {
		return q.odd()
	}
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf, s.AllOf} {
		if len(list) > 0 {
			return q.value(list[q.dice.IntN(len(list))].Value, depth+1)
		}
	}
	if len(s.Enum) > 0 {
		return s.Enum[q.dice.IntN(len(s.Enum))]
	}
	switch {
	case s.Type.Is("object"):
		out := map[string]any{}
		for name, p := range s.Properties {
			if slices.Contains(s.Required, name) && !q.chance(30) || q.chance(3) {
				out[name] = q.value(p.Value, depth+1)
			}
		}
		if s.AdditionalProperties.Schema != nil {
			out[fmt.Sprint(q.odd())] = q.value(s.AdditionalProperties.Schema.Value, depth+1)
		} else if q.chance(30) {
			out["surplus"] = q.odd()
		}
		return out
	case s.Type.Is("array"):
		out := []any{}
		for range q.dice.IntN(4) {
			out = append(out, q.value(s.Items.Value, depth+1))
		}
		return out
	case s.Type.Is("integer"), s.Type.Is("number"):
		return q.dice.IntN(200) - 3
	case s.Type.Is("boolean"):
		return q.chance(2)
	}
	return q.text(s)
}

func (q *requester) text(s *openapi3.Schema) string {
	words := []string{
		"Somebody was called.", "CHN", "GBR", "IRN", "S1", "A1", "T1", "D1", "2024-05-06", "2024", "2024-05", "assault", "stalking", "uyghur", "https://news.example/1",
		"open", "day", "unknown", "yes", "primary_publisher", "de", "amina", "FW-4F7K-Q2ME", "caf\u00e9 -word \"a phrase\" AND", `{"all":[{"field":"methods","any":["assault"]}]}`,
		"2024-05-06T07:08:09Z", "offered", "x",
	}
	text := words[q.dice.IntN(len(words))]
	switch {
	case s.Format == "date":
		text = "2024-05-06"
	case s.Format == "date-time":
		text = "2024-05-06T07:08:09Z"
	case q.chance(3) && s.Pattern == "":
		text = strings.Repeat(text+" ", 1+q.dice.IntN(30))
	}
	return text
}

// request is one for an operation, as method, path with query, body, headers.
func (q *requester) request(key string, op operation) (method, path string, body any, headers []string) {
	method, path, _ = strings.Cut(key, " ")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			values := q.known[name]
			if parts[i] = url.PathEscape(fmt.Sprint(q.odd())); len(values) > 0 && !q.chance(8) {
				parts[i] = values[q.dice.IntN(len(values))]
			}
			if parts[i] == "" || parts[i] == "." || parts[i] == ".." {
				parts[i] = "x"
			}
		}
	}
	query := url.Values{}
	for _, p := range append(slices.Clone(op.item.Parameters), op.op.Parameters...) {
		switch v := p.Value; {
		case v.In == openapi3.ParameterInQuery && (v.Required || q.chance(6)):
			value := q.value(v.Schema.Value, 8)
			if list, ok := value.([]any); ok {
				var texts []string
				for _, one := range list {
					texts = append(texts, fmt.Sprint(one))
				}
				value = strings.Join(texts, ",")
			}
			query.Set(v.Name, fmt.Sprint(value))
		case v.In == openapi3.ParameterInHeader && !q.chance(10):
			text := fmt.Sprintf("key-%016d", q.dice.IntN(1000))
			if v.Name != "Idempotency-Key" {
				text = []string{`"v1-00000000"`, "*", "W/\"x\"", "bytes=0-", "x"}[q.dice.IntN(5)]
			}
			headers = append(headers, v.Name, text)
		}
	}
	path = strings.Join(parts, "/")
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if op.op.RequestBody == nil {
		return method, path, nil, headers
	}
	content := op.op.RequestBody.Value.Content.Get("application/json")
	if content == nil {
		kinds := slices.Sorted(maps.Keys(op.op.RequestBody.Value.Content))
		return method, path, []byte(fmt.Sprint(q.odd())), append(headers, "Content-Type", kinds[0])
	}
	data, err := json.Marshal(q.value(content.Schema.Value, 0))
	if err != nil {
		panic(err)
	}
	if q.chance(20) { // broken on the way
		data = data[:q.dice.IntN(len(data)+1)]
	}
	return method, path, data, append(headers, "X-Farwatch", "1")
}

// storm sends requests of every operation and fails on an answer that the
// contract does not know, or that is our fault.
func storm(t testing.TB, a *app, people []*person, seed uint64, requests int) map[int]int {
	t.Helper()
	q := &requester{dice: rand.New(rand.NewPCG(seed, 7)), known: map[string][]string{}}
	var page struct{ Items []struct{ Ref string } }
	people[0].get("/api/v1/incidents").want(200).json(&page)
	for _, i := range page.Items {
		q.known["ref"] = append(q.known["ref"], i.Ref)
		q.known["other"] = q.known["ref"]
	}
	q.known["version"] = []string{"1", "2", "999999"}
	keys := []string{}
	for key, op := range a.contract.operations {
		// Who signs out, or locks the whole instance, cannot go on; the people of tests have no password to try.
		if !slices.Contains([]string{
			"signOut", "changePassword", "signIn", "setUp", "acceptInvitation", "endSession", "readArticlePage", "useResetLink", "stepUp",
			"signOutOrganisation", "signOutMember", "endMemberSession", "setInstanceMode",
		}, op.id) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	answers := map[int]int{}
	for range requests {
		key := keys[q.dice.IntN(len(keys))]
		method, path, body, headers := q.request(key, a.contract.operations[key])
		r := people[q.dice.IntN(len(people))].do(method, path, body, headers...)
		answers[r.Status]++
	}
	return answers
}

func stormers(a *app) []*person {
	one := a.person("example_ngo", "stormer", models.RoleCaseworker, models.RoleReviewer, models.RoleAnalyst, models.RoleOrgAdmin)
	for n := range 3 {
		one.log(with("title", fmt.Sprintf("Record %d", n)), fmt.Sprintf("record-of-storm-%d", n)).want(201)
	}
	return []*person{one, a.person("example_ngo", "advocate", models.RoleAdvocate), a.person("other_ngo", "stranger", models.RoleCaseworker)}
}

func TestRequests_MadeFromTheContract_NeverOurFault(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		requests := 3000
		if testing.Short() {
			requests = 500
		}
		answers := storm(t, a, stormers(a), 1, requests)
		t.Logf("answers by status: %v", answers)
		if answers[200] == 0 || answers[422] == 0 || answers[404] == 0 {
			t.Errorf("the requests do not get far: %v", answers)
		}
	})
}

func FuzzRequests(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	opened, clock := storetest.SQLite(f)
	a := newApp(f, opened, clock)
	people := stormers(a)
	f.Fuzz(func(t *testing.T, seed uint64) {
		a.t = t
		a.log.Reset()
		storm(t, a, people, seed, 20)
	})
}
