package config

import (
	"strings"
	"testing"
)

func TestLoad_PublicSide_WhatFitsTogether(t *testing.T) {
	t.Parallel()
	https := "FARWATCH_BASE_URL=https://farwatch.example"
	for name, c := range map[string]struct {
		environ []string
		want    string // "" is no fault
	}{
		"none":                 {nil, ""},
		"on this machine":      {[]string{"FARWATCH_PUBLIC_ADDR=127.0.0.1:8081"}, ""},
		"a host of its own":    {[]string{https, "FARWATCH_PUBLIC_ADDR=127.0.0.1:8081", "FARWATCH_PUBLIC_URL=https://public.example"}, ""},
		"the same host":        {[]string{https, "FARWATCH_PUBLIC_ADDR=127.0.0.1:8081", "FARWATCH_PUBLIC_URL=https://farwatch.example"}, "another host"},
		"plain beside https":   {[]string{https, "FARWATCH_PUBLIC_ADDR=127.0.0.1:8081"}, "both be https"},
		"plain elsewhere":      {[]string{"FARWATCH_PUBLIC_ADDR=0.0.0.0:8081", "FARWATCH_PUBLIC_URL=http://public.example"}, "must be https"},
		"an address alone":     {[]string{https, "FARWATCH_PUBLIC_URL=https://public.example"}, "of use only"},
		"no address":           {[]string{"FARWATCH_PUBLIC_ADDR=8081"}, "host:port"},
		"a path":               {[]string{https, "FARWATCH_PUBLIC_ADDR=127.0.0.1:8081", "FARWATCH_PUBLIC_URL=https://public.example/a"}, "is not an address"},
		"authority and a port": {[]string{https, "FARWATCH_ACME=on", "FARWATCH_PUBLIC_ADDR=127.0.0.1:8081", "FARWATCH_PUBLIC_URL=https://public.example:8443"}, "without a port"},
	} {
		loaded, err := Load(nil, c.environ)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if name == "on this machine" && (loaded.PublicURL == nil || loaded.PublicURL.String() != "http://localhost:8081") {
			t.Errorf("%s: %v", name, loaded.PublicURL)
		}
	}
}
