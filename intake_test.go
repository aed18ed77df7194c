package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// intakeRun runs `farwatch intake` without any setting or data directory.
func intakeRun(t *testing.T, input string, args ...string) (status int, out, fault string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), program{args: append([]string{"intake"}, args...), stdin: strings.NewReader(input), stdout: &stdout, stderr: &stderr})
	return status, stdout.String(), stderr.String()
}

func TestIntake_Eval_PrintsEveryField(t *testing.T) {
	t.Parallel()
	status, out, fault := intakeRun(t, "", "eval")
	if status != 0 || fault != "" {
		t.Fatalf("status %d: %s", status, fault)
	}
	for _, field := range []string{"is_incident", "origin_country", "host_country", "communities", "methods", "no rule was tuned on"} {
		if !strings.Contains(out, field) {
			t.Errorf("%s is missing in\n%s", field, out)
		}
	}
	own := filepath.Join(t.TempDir(), "own.txt")
	if err := os.WriteFile(own, []byte("CHN|DEU|uyghur|informant_recruitment|A Uyghur in Berlin was asked by a Chinese officer to spy on his friends.\n-||||The match ended in a draw.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, _ = intakeRun(t, "", "eval", own); status != 0 || !strings.Contains(out, "2 texts") || strings.Contains(out, "tuned") {
		t.Errorf("own texts: status %d\n%s", status, out)
	}
}

func TestIntake_Read_PrintsSuggestions(t *testing.T) {
	t.Parallel()
	status, out, fault := intakeRun(t, "<html><body><p>A Uyghur in Berlin was asked by a Chinese officer to spy on his friends.</p></body></html>", "read", "-")
	var got struct {
		Document struct{ Kind string }
		Reading  struct {
			Incident    bool
			Suggestions []struct{ Field, Code string }
		}
	}
	if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil || got.Document.Kind != "html" || !got.Reading.Incident || len(got.Reading.Suggestions) < 4 {
		t.Errorf("status %d, %v: %s%s", status, err, out, fault)
	}
}

func TestIntake_WrongUse_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   []string
		status int
		fault  string
	}{
		{nil, 2, "farwatch intake read"},
		{[]string{"sing"}, 2, "farwatch intake read"},
		{[]string{"read", "a", "b"}, 2, "farwatch intake read"},
		{[]string{"read", "no such file"}, 1, "no such file"},
		{[]string{"read"}, 1, "no readable text"},
		{[]string{"eval", "-"}, 1, "no labelled text"},
	} {
		if status, _, fault := intakeRun(t, "", c.args...); status != c.status || !strings.Contains(fault, c.fault) {
			t.Errorf("%v: status %d, %s", c.args, status, fault)
		}
	}
}
