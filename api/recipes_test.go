package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"farwatch/models"
)

// recipes are the programs of docs/api.md by the name in their first line.
func recipes(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "api.md"))
	must(t, err)
	out := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```(?:python|r)\n# (\\S+)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		out[m[1]] = m[2]
	}
	return out
}

// TestRecipes_Python_RunAsTheyStandInTheDocs against a live server.
func TestRecipes_Python_RunAsTheyStandInTheDocs(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: there is no python3 here")
	}
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		p := a.person("example_ngo", "nadia", models.RoleAnalyst).tokenFor("Recipes", "records:read")
		server := httptest.NewServer(hosted(a.handler))
		defer server.Close()
		dir := t.TempDir()
		run := func(name string) string {
			t.Helper()
			file := filepath.Join(dir, name)
			must(t, os.WriteFile(file, []byte(recipes(t)[name]), 0o600))
			cmd := exec.CommandContext(t.Context(), python, file)
			cmd.Env = append(os.Environ(), "FARWATCH_URL="+server.URL, "FARWATCH_TOKEN="+p.token, "FARWATCH_COPY="+filepath.Join(dir, "copy.json"))
			var out, failed bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &failed
			if err := cmd.Run(); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, failed.String())
			}
			return out.String()
		}
		total := func(query string) int {
			t.Helper()
			var page struct{ Total int }
			p.get("/api/v1/incidents?limit=1" + query).want(200).json(&page)
			return page.Total
		}
		whole := total("")
		if got := run("mirror.py"); got != strconv.Itoa(whole)+" records\n" || whole < 200 {
			t.Errorf("mirror.py says %q, there are %d", got, whole)
		}
		var kept struct {
			Records map[string]struct{ Title string }
		}
		author := a.person("example_ngo", "amina", models.RoleCaseworker)
		body := founding(t)
		body["sensitivity"], body["title"] = "open", "Came in meanwhile"
		var made struct{ Ref string }
		author.log(body, "recipe-key-1").want(201).json(&made)
		if got := run("mirror.py"); got != strconv.Itoa(whole+1)+" records\n" {
			t.Errorf("mirror.py says %q after one more", got)
		}
		data, err := os.ReadFile(filepath.Join(dir, "copy.json"))
		must(t, err)
		must(t, json.Unmarshal(data, &kept))
		if kept.Records[made.Ref].Title != "Came in meanwhile" {
			t.Errorf("%+v", kept.Records[made.Ref])
		}
		sum := 0
		for line := range strings.Lines(run("count.py")) {
			parts := strings.Split(strings.TrimSpace(line), "\t")
			n, err := strconv.Atoi(parts[len(parts)-1])
			must(t, err)
			sum += n
		}
		if sum < total("&counted=true") {
			t.Errorf("count.py counts %d methods of %d records", sum, total("&counted=true"))
		}
	})
}

// TestRecipes_R_RunAsTheyStandInTheDocs where R and its packages are at hand.
func TestRecipes_R_RunAsTheyStandInTheDocs(t *testing.T) {
	t.Parallel()
	r, err := exec.LookPath("Rscript")
	if err != nil {
		t.Skip("skipped: there is no R here")
	}
	if err := exec.CommandContext(t.Context(), r, "-e", "library(httr2); library(jsonlite)").Run(); err != nil {
		t.Skip("skipped: R has no httr2 or jsonlite here")
	}
	eachApp(t, func(t *testing.T, a *app) {
		a.seedDemo(0)
		p := a.person("example_ngo", "nadia", models.RoleAnalyst).tokenFor("Recipes", "records:read", "exports:public")
		server := httptest.NewServer(hosted(a.handler))
		defer server.Close()
		type page struct {
			Total int
			Items []struct{ Methods []string }
			Next  *string
		}
		var all page
		p.get("/api/v1/incidents?limit=1").want(200).json(&all)
		methods, first := 0, "/api/v1/incidents?limit=200&counted=true"
		for next := &first; next != nil; {
			var some page
			p.get(*next).want(200).json(&some)
			for _, item := range some.Items {
				methods += len(item.Methods)
			}
			next = some.Next
		}
		if methods < 500 {
			t.Fatalf("%d methods: this test shows little", methods)
		}
		// What the recipe holds at its end, as a number.
		for name, end := range map[string]struct {
			tells string
			want  int
		}{
			"count.R": {`cat("\nHOLDS", length(count), "\n")`, methods},
			"table.R": {`cat("\nHOLDS", nrow(incidents), "\n")`, all.Total},
		} {
			file := filepath.Join(t.TempDir(), name)
			must(t, os.WriteFile(file, []byte(recipes(t)[name]+end.tells), 0o600))
			cmd := exec.CommandContext(t.Context(), r, file)
			cmd.Env = append(os.Environ(), "FARWATCH_URL="+server.URL, "FARWATCH_TOKEN="+p.token)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.HasSuffix(string(out), "\nHOLDS "+strconv.Itoa(end.want)+" \n") {
				t.Errorf("%s: %v, want %d\n%s", name, err, end.want, out)
			}
		}
	})
}

// hosted lets a server of the test answer under the configured name, whatever
// its port.
func hosted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = testHost
		next.ServeHTTP(w, r)
	})
}
