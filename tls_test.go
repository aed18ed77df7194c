package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate makes a self-signed pair for localhost.
func writeCertificate(t *testing.T, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServe_TLS: the program itself speaks https, sends plain readers there,
// and `farwatch health` finds it.
func TestServe_TLS(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key)
	plain := "127.0.0.1:" + freePort(t)
	settings := []string{"FARWATCH_BASE_URL=https://localhost", "FARWATCH_TLS_CERT=" + cert, "FARWATCH_TLS_KEY=" + key, "FARWATCH_REDIRECT_ADDR=" + plain}
	s := p.start("serve", settings...)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.base, "http://"), ":")

	pool := x509.NewCertPool()
	chain, err := os.ReadFile(cert)
	if err != nil || !pool.AppendCertsFromPEM(chain) {
		t.Fatal("no certificate to trust: ", err)
	}
	client := &http.Client{
		Timeout:       startTime,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func(address string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "localhost"
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	page := ask("https://127.0.0.1:" + port + "/api/v1/instance")
	if page.StatusCode != http.StatusOK || page.ProtoMajor != 2 || page.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d over HTTP/%d, HSTS %q", page.StatusCode, page.ProtoMajor, page.Header.Get("Strict-Transport-Security"))
	}
	if moved := ask("http://" + plain + "/public?x=1"); moved.StatusCode != http.StatusMovedPermanently || moved.Header.Get("Location") != "https://localhost/public?x=1" {
		t.Errorf("plain readers: %d to %q", moved.StatusCode, moved.Header.Get("Location"))
	}
	if moved := ask("http://127.0.0.1:" + port + "/"); moved.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP on the port of TLS: %d, want 400", moved.StatusCode)
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	health := exec.Command(path, "health")
	health.Env = append(append(p.environ, settings...), "FARWATCH_ADDR=127.0.0.1:"+port)
	if out, err := health.CombinedOutput(); err != nil || !strings.Contains(string(out), `"status":"ok"`) {
		t.Errorf("health: %v\n%s", err, out)
	}
}
