package listen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// dial connects from a loopback address of its own.
func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// alive tells whether the other side keeps the connection.
func alive(t *testing.T, c net.Conn) bool {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(150 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	_, err := c.Read(make([]byte, 1))
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// serve takes every connection and hands it over.
func serve(l net.Listener) <-chan net.Conn {
	taken := make(chan net.Conn, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- c
		}
	}()
	return taken
}

func TestLimit_OneAddress_HoldsNoMoreThanItsShare(t *testing.T) {
	t.Parallel()
	l := limit(open(t), 100, 2, nil)
	taken := serve(l)
	at := l.Addr().String()
	first, second := dial(t, "127.0.0.1", at), dial(t, "127.0.0.1", at)
	kept := <-taken
	<-taken
	if third := dial(t, "127.0.0.1", at); alive(t, third) {
		t.Error("the third of one address stays open")
	}
	if !alive(t, first) || !alive(t, second) {
		t.Error("the first two must stay")
	}
	if other := dial(t, "127.0.0.2", at); !alive(t, other) {
		t.Error("another address is shut out")
	}
	<-taken
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	_ = kept.Close() // a second close gives no second place back
	if again := dial(t, "127.0.0.1", at); !alive(t, again) {
		t.Error("a place that was given back is not taken")
	}
	<-taken
	if more := dial(t, "127.0.0.1", at); alive(t, more) {
		t.Error("closing twice made two places")
	}
}

func TestLimit_TrustedProxy_StandsForMany(t *testing.T) {
	t.Parallel()
	l := limit(open(t), 100, 1, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	serve(l)
	for range 5 {
		if c := dial(t, "127.0.0.1", l.Addr().String()); !alive(t, c) {
			t.Fatal("a connection of the proxy was closed")
		}
	}
}

func TestLimit_AllTogether_OthersWait(t *testing.T) {
	t.Parallel()
	l := limit(open(t), 2, 2, nil)
	taken := serve(l)
	dial(t, "127.0.0.1", l.Addr().String())
	dial(t, "127.0.0.1", l.Addr().String())
	first := <-taken
	<-taken
	dial(t, "127.0.0.2", l.Addr().String())
	select {
	case <-taken:
		t.Fatal("a third was taken")
	case <-time.After(100 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-taken:
	case <-time.After(5 * time.Second):
		t.Fatal("nobody took the free place")
	}
}

// certificate writes a fresh pair for a name and answers its serial number.
func certificate(t *testing.T, dir, name string) *big.Int {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return serial
}

func TestTLS_Files_ServedAndTakenAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serial := certificate(t, dir, "farwatch.example")
	config, _, err := TLS(Secrets{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), Host: "farwatch.example"})
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{certFile: filepath.Join(dir, "cert.pem"), keyFile: filepath.Join(dir, "key.pem")}
	if err := p.load(); err != nil {
		t.Fatal(err)
	}
	server := &http.Server{TLSConfig: config, ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	})}
	l := open(t)
	go func() { _ = server.ServeTLS(l, "", "") }()
	t.Cleanup(func() { _ = server.Close() })
	shown := func(version uint16) (*big.Int, error) {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "farwatch.example", InsecureSkipVerify: true, MaxVersion: version}) //nolint:gosec // G402: the test looks at the certificate itself
		if err != nil {
			return nil, err
		}
		defer func() { _ = c.Close() }()
		return c.ConnectionState().PeerCertificates[0].SerialNumber, nil
	}
	if got, err := shown(tls.VersionTLS13); err != nil || got.Cmp(serial) != 0 {
		t.Fatalf("serial %v, %v", got, err)
	}
	if _, err := shown(tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	renewed := certificate(t, dir, "farwatch.example")
	if err := os.Chtimes(filepath.Join(dir, "cert.pem"), time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	c, err := p.get(nil)
	if err != nil || c.Leaf.SerialNumber.Cmp(renewed) != 0 {
		t.Errorf("a renewed certificate is not taken: %v, %v", c.Leaf.SerialNumber, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.looked = time.Time{}
	p.changed = time.Time{}
	if c, err := p.get(nil); err != nil || c.Leaf.SerialNumber.Cmp(renewed) != 0 {
		t.Errorf("a damaged file takes the certificate away: %v", err)
	}
}

func TestTLS_NoSuchFile_NamesIt(t *testing.T) {
	t.Parallel()
	_, _, err := TLS(Secrets{CertFile: "absent.pem", KeyFile: "absent.key"})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestToHTTPS_ReadersGo_WritersAreRefused(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{"GET": 301, "POST": 400} {
		w := httptest.NewRecorder()
		toHTTPS("farwatch.example").ServeHTTP(w, httptest.NewRequest(method, "http://evil.example/incidents?q=1", nil))
		if w.Code != want || (want == 301 && w.Header().Get("Location") != "https://farwatch.example/incidents?q=1") {
			t.Errorf("%s: %d %s", method, w.Code, w.Header().Get("Location"))
		}
	}
	odd := httptest.NewRequest("GET", "/x", nil)
	odd.URL.Path, odd.URL.Opaque = "@evil.example", "//evil.example"
	w := httptest.NewRecorder()
	toHTTPS("farwatch.example").ServeHTTP(w, odd)
	if got := w.Header().Get("Location"); got != "https://farwatch.example/@evil.example" {
		t.Errorf("an odd address leads to %s", got)
	}
}
