package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoad_Defaults(t *testing.T) {
	t.Parallel()
	c, err := Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.DataDir != "./data" || c.BaseURL.String() != "http://localhost:8080" || c.ExportCap != 1_000_000 {
		t.Errorf("%+v", c)
	}
}

func TestLoad_FlagOverEnvironment(t *testing.T) {
	t.Parallel()
	c, err := Load([]string{"-addr", "127.0.0.1:9000", "-log-level=warn"}, []string{"FARWATCH_ADDR=127.0.0.1:7000", "FARWATCH_LOG_FORMAT=json"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:9000" || c.BaseURL.String() != "http://localhost:9000" || c.LogFormat != "json" || c.LogLevel != "warn" {
		t.Errorf("%+v", c)
	}
}

func TestLoad_EveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Load([]string{"-colour", "-addr"}, []string{
		"FARWATCH_ADRR=x", "FARWATCH_BASE_URL=http://192.0.2.1", "FARWATCH_DATABASE_URL=mysql://x", "FARWATCH_LOG_LEVEL=loud", "FARWATCH_EXPORT_ROW_CAP=0",
	})
	if err == nil {
		t.Fatal("no fault reported")
	}
	for _, want := range []string{
		`"-colour" is no flag`, "-addr needs a value", "FARWATCH_ADRR is no setting", "FARWATCH_BASE_URL", "must be https",
		"FARWATCH_DATABASE_URL", "FARWATCH_LOG_LEVEL", "must be one of debug", "FARWATCH_EXPORT_ROW_CAP",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

func TestLoad_SecretFromFile_MaskedInPrint(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("postgres://farwatch:s3cret@db.example/farwatch\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(nil, []string{"FARWATCH_DATABASE_URL_FILE=" + file})
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL != "postgres://farwatch:s3cret@db.example/farwatch" {
		t.Errorf("database %q", c.DatabaseURL)
	}
	var out strings.Builder
	if err := c.Describe(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "s3cret") || !strings.Contains(out.String(), "db.example") {
		t.Errorf("printed:\n%s", out.String())
	}
}

func TestLoad_TLS_WhatFitsTogether(t *testing.T) {
	t.Parallel()
	https := "FARWATCH_BASE_URL=https://farwatch.example"
	for name, c := range map[string]struct {
		environ []string
		want    string // "" is no fault
	}{
		"files":                   {[]string{https, "FARWATCH_TLS_CERT=c.pem", "FARWATCH_TLS_KEY=k.pem", "FARWATCH_REDIRECT_ADDR=0.0.0.0:80"}, ""},
		"certificate without key": {[]string{https, "FARWATCH_TLS_CERT=c.pem"}, "go together"},
		"files on plain address":  {[]string{"FARWATCH_TLS_CERT=c.pem", "FARWATCH_TLS_KEY=k.pem"}, "must be https"},
		"authority":               {[]string{https, "FARWATCH_ACME=on"}, ""},
		"another authority":       {[]string{https, "FARWATCH_ACME=https://ca.example/directory"}, ""},
		"authority in plain":      {[]string{https, "FARWATCH_ACME=http://ca.example/directory"}, "FARWATCH_ACME"},
		"authority and files":     {[]string{https, "FARWATCH_ACME=on", "FARWATCH_TLS_CERT=c.pem", "FARWATCH_TLS_KEY=k.pem"}, "keep one"},
		"authority and a port":    {[]string{"FARWATCH_BASE_URL=https://farwatch.example:8443", "FARWATCH_ACME=on"}, "no port"},
		"authority and a number":  {[]string{"FARWATCH_BASE_URL=https://192.0.2.1", "FARWATCH_ACME=on"}, "with a name"},
		"redirect alone":          {[]string{https, "FARWATCH_REDIRECT_ADDR=0.0.0.0:80"}, "of use only"},
		"redirect to nowhere":     {[]string{https, "FARWATCH_ACME=on", "FARWATCH_REDIRECT_ADDR=80"}, "host:port"},
		"proxies":                 {[]string{"FARWATCH_PROXIES=192.0.2.1, 10.0.0.0/24,2001:db8::1"}, ""},
		"proxy by name":           {[]string{"FARWATCH_PROXIES=proxy.example"}, "no address"},
		"everybody a proxy":       {[]string{"FARWATCH_PROXIES=0.0.0.0/0"}, "trusts everybody"},
	} {
		_, err := Load(nil, c.environ)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	c, err := Load(nil, []string{"FARWATCH_PROXIES=192.0.2.1, 10.0.0.7/24"})
	if err != nil || len(c.Proxies) != 2 || c.Proxies[0].String() != "192.0.2.1/32" || c.Proxies[1].String() != "10.0.0.0/24" {
		t.Errorf("%v, %v", c.Proxies, err)
	}
}

func TestLoad_SecondFactorOptional_DemoOrLocalhostOnly(t *testing.T) {
	t.Parallel()
	optional := "FARWATCH_SECOND_FACTOR=optional"
	if c, err := Load(nil, []string{"FARWATCH_SECOND_FACTOR=app", "FARWATCH_BASE_URL=https://farwatch.example.org"}); err != nil || c.SecondFactor != "app" {
		t.Errorf("app: %q, %v", c.SecondFactor, err)
	}
	if c, err := Load(nil, nil); err != nil || c.SecondFactor != "required" {
		t.Errorf("default %q: %v", c.SecondFactor, err)
	}
	for _, good := range [][]string{{optional}, {optional, "FARWATCH_BASE_URL=https://farwatch.example", "FARWATCH_DEMO=1"}} {
		if c, err := Load(nil, good); err != nil || c.SecondFactor != "optional" {
			t.Errorf("%v: %q, %v", good, c.SecondFactor, err)
		}
	}
	for _, bad := range [][]string{{optional, "FARWATCH_BASE_URL=https://farwatch.example"}, {"FARWATCH_SECOND_FACTOR=off"}} {
		if _, err := Load(nil, bad); err == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
}

func TestLoad_WeakPasswords_LoopbackOnly(t *testing.T) {
	t.Parallel()
	if _, err := Load(nil, []string{"FARWATCH_PASSWORD_COST=test"}); err != nil {
		t.Error(err)
	}
	if _, err := Load(nil, []string{"FARWATCH_PASSWORD_COST=test", "FARWATCH_ADDR=0.0.0.0:8080"}); err == nil {
		t.Error("weak hashes must be refused beyond loopback")
	}
}
