package listen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Secrets says where the certificate comes from: two files, or an authority
// that speaks ACME. Neither means plain HTTP, behind a proxy or on this machine.
type Secrets struct {
	CertFile, KeyFile string
	ACME              bool
	ACMEDirectory     string // address of the authority; empty for Let's Encrypt
	Host              string // the name that a certificate is asked for
	PublicHost        string // the public pages' own name, if they have one
	CacheDir          string // where ACME's account and certificates are kept
	Client            *http.Client
}

// TLS is the configuration of the server, nil for plain HTTP. redirect answers
// plain requests: the authority's questions, and everybody else's way to https.
func TLS(s Secrets) (config *tls.Config, redirect http.Handler, err error) {
	switch {
	case s.ACME:
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(s.CacheDir), HostPolicy: autocert.HostWhitelist(s.names()...),
			Client: &acme.Client{DirectoryURL: s.ACMEDirectory, HTTPClient: s.Client},
		}
		if s.ACMEDirectory == "" {
			m.Client.DirectoryURL = autocert.DefaultACMEDirectory
		}
		config = m.TLSConfig()
		redirect = m.HTTPHandler(toHTTPS(s.names()...))
	case s.CertFile != "":
		p := &pair{certFile: s.CertFile, keyFile: s.KeyFile}
		if err := p.load(); err != nil {
			return nil, nil, err
		}
		config = &tls.Config{GetCertificate: p.get, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
		redirect = toHTTPS(s.names()...)
	default:
		return nil, nil, nil
	}
	config.MinVersion = tls.VersionTLS12
	return config, redirect, nil
}

func (s Secrets) names() []string {
	if s.PublicHost == "" {
		return []string{s.Host}
	}
	return []string{s.Host, s.PublicHost}
}

// toHTTPS sends readers to the same page of a known name, the first one if they
// asked for none of them; whoever writes is refused, since what was sent has
// been read on the way already.
func toHTTPS(names ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Use https.", http.StatusBadRequest)
			return
		}
		host := names[0]
		if slices.Contains(names, r.Host) {
			host = r.Host
		}
		to := url.URL{Scheme: "https", Host: host, Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusMovedPermanently)
	})
}

// lookAgain is how often the files are looked at for a renewed certificate.
const lookAgain = time.Minute

// pair is a certificate in files. A renewed one is taken without a restart; one
// that cannot be read leaves the old one in place.
type pair struct {
	certFile, keyFile string

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time
	looked  time.Time
}

func (p *pair) load() error {
	changed, err := p.stamp()
	if err != nil {
		return err
	}
	c, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return fmt.Errorf("read certificate %s with key %s: %w", p.certFile, p.keyFile, err)
	}
	p.current, p.changed = &c, changed
	return nil
}

// stamp is when the later of the two files was written.
func (p *pair) stamp() (time.Time, error) {
	cert, err := os.Stat(p.certFile)
	key, err2 := os.Stat(p.keyFile)
	if err := errors.Join(err, err2); err != nil {
		return time.Time{}, fmt.Errorf("read certificate: %w", err)
	}
	if key.ModTime().After(cert.ModTime()) {
		return key.ModTime(), nil
	}
	return cert.ModTime(), nil
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.looked) >= lookAgain {
		p.looked = now
		if changed, err := p.stamp(); err == nil && changed.After(p.changed) {
			_ = p.load() // the two files may be half replaced: the next look finds both
		}
	}
	return p.current, nil
}
