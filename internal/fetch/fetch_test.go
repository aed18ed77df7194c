package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestFetch_HostileAddresses is T-30: nothing but the open web is dialled.
func TestFetch_HostileAddresses_AreNeverDialled(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	local := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer local.Close()
	_, port, _ := net.SplitHostPort(local.Listener.Addr().String())
	f, err := New("on")
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{
		"127.0.0.1", "localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1",
		"2130706433", "0x7f000001", "017700000001", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
		"255.255.255.255", "198.18.0.1", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]", "intranet",
		"printer.local", "metadata.google.internal", "192.0.2.1", "203.0.113.9", "[ff02::1]", "[2001::1]", "",
	}
	tried := 0
	for _, host := range hosts {
		for _, shape := range []string{"http://%s/", "https://%s/", "http://%s:" + port + "/", "http://user@%s/", "//%s/", "ftp://%s/", "gopher://%s:80/", "file://%s/etc/passwd", "http://%s:22/"} {
			tried++
			if _, err := f.Fetch(t.Context(), fmt.Sprintf(shape, host)); err == nil || !errors.Is(err, ErrAddress) && !errors.Is(err, ErrFailed) {
				t.Errorf(shape+": got %v", host, err)
			}
		}
	}
	for _, address := range []string{"", "x", "javascript:alert(1)", "data:text/html,x", "http://", "http:///etc", "http://example.org:8080/", "http://" + strings.Repeat("a", 2050) + ".org", "http://[", "http://a b.org/"} {
		tried++
		if _, err := f.Fetch(t.Context(), address); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: got %v", address, err)
		}
	}
	if tried < 300 || hits.Load() != 0 {
		t.Errorf("tried %d, connections %d", tried, hits.Load())
	}
}

// TestFetch_NameThatLeadsHome: what a name resolves to is looked at when it is
// dialled, so a name that changes between two looks gains nothing.
func TestFetch_NameThatLeadsHome_IsRefusedAtTheSocket(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:80", "[::1]:443", "10.1.2.3:443", "169.254.169.254:80", "93.184.216.34:22", "nonsense"} {
		if err := globalOnly("tcp", address, nil); !errors.Is(err, ErrAddress) {
			t.Errorf("%s was allowed: %v", address, err)
		}
	}
	for _, address := range []string{"93.184.216.34:443", "[2606:2800:220:1::1]:80"} {
		if err := globalOnly("tcp", address, nil); err != nil {
			t.Errorf("%s was refused: %v", address, err)
		}
	}
}

// at makes a fetcher that reaches the test server under a public name.
func at(t *testing.T, server *httptest.Server) *Fetcher {
	t.Helper()
	f := build(nil, func(string, string, syscall.RawConn) error { return nil })
	transport, ok := f.client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("another transport")
	}
	transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(server.URL) }
	return f
}

func TestFetch_Answers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" || strings.Contains(r.UserAgent(), "Go-http") || strings.Contains(strings.ToLower(r.UserAgent()), "farwatch") {
			t.Errorf("the request tells too much: %v", r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		var n int
		switch path := r.URL.Path; path {
		case "/ok":
			fmt.Fprint(w, "hello")
		case "/home":
			http.Redirect(w, r, "http://127.0.0.1/secret", http.StatusFound)
		case "/big":
			_, _ = w.Write(make([]byte, MaxBytes+1))
		case "/gone":
			w.WriteHeader(http.StatusGone)
		default:
			if _, err := fmt.Sscanf(path, "/hop/%d", &n); err != nil || n == 0 {
				http.Redirect(w, r, "/ok", http.StatusFound)
				return
			}
			http.Redirect(w, r, fmt.Sprintf("/hop/%d", n-1), http.StatusFound)
		}
	}))
	defer server.Close()
	f := at(t, server)
	for path, want := range map[string]error{
		"/ok#part": nil, "/hop/2": nil, "/hop/9": ErrFailed, "/home": ErrAddress, "/big": ErrTooLarge, "/gone": StatusError(http.StatusGone),
	} {
		page, err := f.Fetch(t.Context(), "http://news.example.org"+path)
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
		if want == nil && (string(page.Data) != "hello" || page.Address.Path != "/ok") {
			t.Errorf("%s: got %q from %v", path, page.Data, page.Address)
		}
	}
}

func TestNew_Settings(t *testing.T) {
	t.Parallel()
	for _, off := range []string{"", "off"} {
		f, err := New(off)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Fetch(t.Context(), "https://example.org/"); !errors.Is(err, ErrOff) {
			t.Errorf("%q fetched: %v", off, err)
		}
	}
	for _, wrong := range []string{"yes", "proxy=", "proxy=ftp://x", "proxy=127.0.0.1:9050", "http://x"} {
		if _, err := New(wrong); err == nil {
			t.Errorf("%q was accepted", wrong)
		}
	}
	if f, err := New("proxy=socks5h://127.0.0.1:9050"); err != nil || f == nil {
		t.Errorf("a proxy was refused: %v", err)
	}
}
