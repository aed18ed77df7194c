package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is Pebble, the test authority of Let's Encrypt, with a name server
// of its own that sends every name to this machine.
type authority struct {
	directory, root string // addresses of its ACME directory, and of the root of what it signs
	trust           string // file with the certificate that it speaks https with
	client          *http.Client
}

// startAuthority begins one that knocks on tlsPort, as the real one does on 443.
func startAuthority(t *testing.T, programs, tlsPort string) authority {
	t.Helper()
	dir := t.TempDir()
	trust, key := filepath.Join(dir, "authority.pem"), filepath.Join(dir, "authority-key.pem")
	writeCertificate(t, trust, key)
	acme, manage, names, namesManage := freePort(t), freePort(t), freePort(t), freePort(t)
	settings, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": "127.0.0.1:" + acme, "managementListenAddress": "127.0.0.1:" + manage, "certificate": trust, "privateKey": key,
		"httpPort": 1, "tlsPort": json.Number(tlsPort), "profiles": map[string]any{"default": map[string]any{"description": "test", "validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "authority.json")
	if err := os.WriteFile(path, settings, 0o600); err != nil {
		t.Fatal(err)
	}
	begin := func(line ...string) {
		var said output
		cmd := exec.Command(filepath.Join(programs, line[0]), line[1:]...) //nolint:gosec // programs of this test
		cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			if t.Failed() {
				t.Logf("%s said:\n%s", line[0], said.String())
			}
		})
	}
	begin("pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dnsserver", "127.0.0.1:"+names, "-management", "127.0.0.1:"+namesManage,
		"-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "")
	begin("pebble", "-config", path, "-dnsserver", "127.0.0.1:"+names)
	pool := x509.NewCertPool()
	text, err := os.ReadFile(trust)
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatal(err)
	}
	return authority{
		directory: "https://localhost:" + acme + "/dir", root: "https://localhost:" + manage + "/roots/0", trust: trust,
		client: &http.Client{Timeout: time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}},
	}
}

// roots are those that sign the authority's certificates, once it is up.
func (a authority) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	for deadline := time.Now().Add(startTime); ; time.Sleep(100 * time.Millisecond) {
		answer, err := a.client.Get(a.root)
		if err == nil {
			text, fault := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			pool := x509.NewCertPool()
			if fault == nil && pool.AppendCertsFromPEM(text) {
				return pool
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the authority does not come up: %v", err)
		}
	}
}

// TestServe_ACME_CertificateOfATestAuthority gets a real certificate: account,
// order, the authority's own look at the server, and issue.
func TestServe_ACME_CertificateOfATestAuthority(t *testing.T) {
	t.Parallel()
	programs := os.Getenv("FARWATCH_TEST_ACME")
	if programs == "" {
		t.Skip("FARWATCH_TEST_ACME names no folder with pebble and pebble-challtestsrv: ACME was not tried (make soak-acme gets both)")
	}
	needSignals(t)
	const name = "cases.example"
	p := newPlace(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	a := startAuthority(t, programs, port)
	pool := a.roots(t)
	settings := []string{"FARWATCH_ADDR=127.0.0.1:" + port, "FARWATCH_BASE_URL=https://" + name, "FARWATCH_ACME=" + a.directory, "SSL_CERT_FILE=" + a.trust, "FARWATCH_SECOND_FACTOR=required"}
	// look signs nothing in: it asks for health over https, as a browser would that
	// trusts the authority.
	look := func(host string) (*x509.Certificate, time.Duration, error) {
		began := time.Now()
		client := &http.Client{Timeout: startTime, Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12, ServerName: host},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
			},
		}}
		answer, err := client.Get("https://" + name + "/api/v1/health")
		if err != nil {
			return nil, 0, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Strict-Transport-Security") == "" {
			return nil, 0, fmt.Errorf("status %d, headers %v", answer.StatusCode, answer.Header)
		}
		return answer.TLS.PeerCertificates[0], time.Since(began), nil
	}
	s := p.startAs([]string{path, "serve"}, settings...)
	first, took, err := look(name)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.errs)
	}
	if len(first.DNSNames) != 1 || first.DNSNames[0] != name || !strings.HasPrefix(first.Issuer.CommonName, "Pebble Intermediate") {
		t.Errorf("a certificate for %v by %s", first.DNSNames, first.Issuer.CommonName)
	}
	_, again, err := look(name)
	if err != nil {
		t.Error(err)
	}
	if _, _, err := look("another.example"); err == nil {
		t.Error("a certificate for a name that is not ours")
	}
	s.stop(sigterm)

	s = p.startAs([]string{path, "serve"}, settings...)
	kept, restarted, err := look(name)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.errs)
	}
	if kept.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Error("a restart asked for another certificate")
	}
	s.stop(sigterm)
	t.Logf("first answer with a new certificate after %s, the next in %s, the first after a restart in %s", took.Round(time.Millisecond), again.Round(time.Millisecond), restarted.Round(time.Millisecond))
}
