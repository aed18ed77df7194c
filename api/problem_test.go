package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"farwatch/models"
)

// valid is the smallest record the API takes, as loose JSON.
func valid() map[string]any {
	return map[string]any{
		"title": "Invented example", "summary": "Somebody was called.", "origin_country": "CHN", "host_country": "GBR",
		"police_reported": "unknown", "occurred": map[string]any{"precision": "unknown"},
		"scope_test": map[string]any{"state_link": "yes", "cross_border": "yes", "reason": "yes", "aim": "yes", "act": "yes"},
	}
}

func with(name string, v any) map[string]any {
	body := valid()
	if v == nil {
		delete(body, name)
		return body
	}
	body[name] = v
	return body
}

func TestCreateIncident_BadInput_NamesTheFieldAndSavesNothing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		text, err := json.Marshal(valid())
		must(t, err)
		body := string(text)
		for name, c := range map[string]struct {
			body   any
			status int
			code   string
			field  string
		}{
			"malformed JSON":      {body[:len(body)-1], 400, "request.malformed", "# bad_json"},
			"no JSON":             {"hello", 400, "request.malformed", "# bad_json"},
			"trailing data":       {body + "{}", 400, "request.malformed", "# trailing_data"},
			"duplicated key":      {strings.Replace(body, `{"host`, `{"title":"x","host`, 1), 400, "request.malformed", "#/title duplicate_key"},
			"bad UTF-8":           {strings.Replace(body, "called", "ca\xffed", 1), 400, "request.malformed", "# bad_utf8"},
			"too deep":            {with("acts", json.RawMessage(strings.Repeat("[", 40)+strings.Repeat("]", 40))), 400, "request.malformed", ""},
			"number beyond 2^53":  {with("targets", json.RawMessage(`[{"id":"T1","counting_unit":"person","count_min":9007199254740993}]`)), 400, "request.malformed", "#/targets/0/count_min number_too_large"},
			"empty body":          {"", 422, "validation.failed", "# required"},
			"wrong type":          {with("title", 5), 422, "validation.failed", "#/title wrong_type"},
			"null title":          {with("title", json.RawMessage("null")), 422, "validation.failed", "#/title not_null"},
			"missing member":      {with("title", nil), 422, "validation.failed", "#/title required"},
			"empty title":         {with("title", ""), 422, "validation.failed", "#/title required"},
			"long title":          {with("title", strings.Repeat("x", 301)), 422, "validation.failed", "#/title too_long"},
			"unknown member":      {with("colour", "red"), 422, "validation.failed", "#/colour unknown_member"},
			"case variant":        {with("Title", "x"), 422, "validation.failed", "#/Title unknown_member"},
			"bad country form":    {with("host_country", "gb"), 422, "validation.failed", "#/host_country bad_format"},
			"unknown country":     {with("host_country", "ZZZ"), 422, "validation.failed", "#/host_country unknown_country"},
			"unknown code":        {with("police_reported", "perhaps"), 422, "validation.failed", "#/police_reported unknown_code"},
			"scope answer":        {with("scope_test", map[string]any{"state_link": "aye", "cross_border": "yes", "reason": "yes", "aim": "yes", "act": "yes"}), 422, "validation.failed", "#/scope_test/state_link not_allowed"},
			"impossible date":     {with("first_reported", "2023-02-30"), 422, "validation.failed", "#/first_reported impossible_date"},
			"no date":             {with("first_reported", "yesterday"), 422, "validation.failed", "#/first_reported bad_format"},
			"unknown entry":       {with("acts", []any{map[string]any{"id": "A1", "method": "assault", "target": "T7"}}), 422, "validation.failed", "#/acts/0/target unknown_entry"},
			"server's own member": {with("workflow_status", "published"), 422, "validation.failed", "#/workflow_status unknown_member"},
			"NUL in text":         {with("summary", "a\x00b"), 422, "validation.failed", "#/summary control_character"},
			"10 MB":               {bytes.Repeat([]byte("x"), 10<<20), 413, "request.too_large", ""},
		} {
			t.Log(name)
			r := u.log(c.body, "bad-input-key")
			if c.field == "" {
				r.wantProblem(c.status, c.code)
			} else {
				r.wantProblem(c.status, c.code, c.field)
			}
		}
		var page struct{ Total int }
		u.get("/api/v1/incidents").want(200).json(&page)
		if page.Total != 0 {
			t.Errorf("%d records were saved", page.Total)
		}
	})
}

func TestRequest_OtherContentTypes_415(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.do(http.MethodPost, "/api/v1/incidents", valid(), "Idempotency-Key", "key-key-1", "Content-Type", "text/plain").
			wantProblem(415, "request.not_json")
		u.do(http.MethodPost, "/api/v1/incidents", valid(), "Idempotency-Key", "key-key-1", "Content-Encoding", "gzip").
			wantProblem(415, "request.compressed")
	})
}

func TestRequest_UnknownParameter_400(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "analyst", models.RoleAnalyst)
		for _, path := range []string{"/api/v1/incidents", "/api/v1/stats", "/api/v1/exports/incidents.csv"} {
			u.get(path+"?orign_country=CHN").wantProblem(400, "request.unknown_parameter", "orign_country unknown_parameter")
			u.get(path+"?origin_country=CHN&origin_country=RUS").wantProblem(400, "request.unknown_parameter", "origin_country repeated_parameter")
			u.get(path+"?origin_country=%zz").wantProblem(400, "request.malformed")
			u.get(path+"?methods=nagging").wantProblem(422, "validation.failed", "methods unknown_code")
			u.get(path+"?origin_country=ZZZ").wantProblem(422, "validation.failed", "origin_country unknown_country")
			u.get(path+"?stage=9").wantProblem(422, "validation.failed", "stage too_large")
			u.get(path+"?date_from=2023-02-30").wantProblem(422, "validation.failed", "date_from impossible_date")
			u.get(path+"?date_from=2023-03-01&date_to=2023-02-01").wantProblem(422, "validation.failed", "date_to before_earliest")
			u.get(path+"?target_roles=lgbtq_person").wantProblem(422, "validation.failed", "target_roles unknown_code")
			u.get(path+"?counted=maybe").wantProblem(422, "validation.failed", "counted wrong_type")
		}
		u.get("/api/v1/incidents?sort=secret").wantProblem(422, "validation.failed", "sort not_allowed")
		u.get("/api/v1/incidents?limit=201").wantProblem(422, "validation.failed", "limit too_large")
		u.get("/api/v1/incidents?cursor=nonsense").wantProblem(400, "cursor.invalid")
	})
}

func TestRequest_EdgeOfTheServer(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		guest := a.anyone()
		guest.get("/api/v1/nothing").wantProblem(404, "request.not_found")
		guest.do(http.MethodPut, "/api/v1/health", nil).wantProblem(405, "request.method_not_allowed")
		guest.get("/api/v1/incidents").wantProblem(401, "session.required")
		guest.get("/incidents/FW-4F7K-Q2ME").want(200)
		guest.get("/assets/app-1.js").want(200)
		guest.get("/assets/gone.js").wantProblem(404, "request.not_found")
		guest.do(http.MethodPost, "/api/v1/sessions", map[string]any{"user_name": "x", "password": "y"}).
			wantProblem(403, "request.header_missing")
		guest.do(http.MethodPost, "/api/v1/sessions", map[string]any{"user_name": "x", "password": "y"}, "X-Farwatch", "1", "Sec-Fetch-Site", "cross-site").
			wantProblem(403, "request.cross_origin")
	})
}

func TestRequest_WrongHost_421(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.anyone()
		u.t = t
		r := u.doHost("evil.example", "/api/v1/instance")
		r.wantProblem(421, "request.wrong_host")
		if got := u.doHost("127.0.0.1:8080", "/incidents").want(307).Header.Get("Location"); got != "http://localhost:8080/" {
			t.Errorf("Location %q", got)
		}
		u.doHost("127.0.0.1:8080", "/api/v1/health").want(200)
	})
}

func TestReadIncident_MistypedRef_SaysSo(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		u.get("/api/v1/incidents/FW-4F7K-Q2MF").wantProblem(400, "ref.check_digit")
		u.get("/api/v1/incidents/hello").wantProblem(400, "ref.malformed")
		u.get("/api/v1/incidents/FW-4F7K-Q2ME").wantProblem(404, "incident.not_found")
	})
}

func TestProblem_NeverHoldsSubmittedValues(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		u := a.person("example_ngo", "caseworker", models.RoleCaseworker)
		for i, body := range []map[string]any{
			with("host_country", "CANARY"), with("police_reported", "CANARY"), with("first_reported", "CANARY"),
			with("title", map[string]any{"x": "CANARY"}), with("targets", "CANARY"),
		} {
			r := u.log(body, "canary-key-"+strconv.Itoa(i)).want(422)
			if bytes.Contains(r.Body, []byte("CANARY")) {
				t.Errorf("the answer quotes what was sent: %s", r.Body)
			}
		}
		if strings.Contains(a.log.String(), "CANARY") {
			t.Error("the log quotes what was sent")
		}
	})
}
