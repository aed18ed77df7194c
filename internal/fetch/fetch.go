// Package fetch gets one page of the open web for a person who gave its
// address. It is off unless the operator switches it on (rule S50): whom a page
// is asked for tells its owner that somebody is interested.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Limits of one fetch.
const (
	MaxBytes      = 10 << 20
	patience      = 10 * time.Second
	mostRedirects = 3
	// agent is what the most common browser says: it names neither us nor a version.
	agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

// Why a page was not fetched.
var (
	ErrOff      = errors.New("fetching is switched off")
	ErrAddress  = errors.New("not an address of the open web")
	ErrTooLarge = errors.New("the page is larger than what is fetched")
	ErrFailed   = errors.New("the page could not be fetched")
)

// StatusError is an answer other than 200.
type StatusError int

func (s StatusError) Error() string { return fmt.Sprintf("the page answered %d", int(s)) }

// Fetcher gets pages. The zero value and nil get none.
type Fetcher struct{ client *http.Client }

// Page is what came back.
type Page struct {
	Data    []byte
	Address *url.URL // after redirects
}

// New makes a fetcher of a setting: off, on, or proxy=URL (http, https, socks5,
// socks5h).
func New(setting string) (*Fetcher, error) {
	switch {
	case setting == "" || setting == "off":
		return nil, nil
	case setting == "on":
		return build(nil, globalOnly), nil
	case strings.HasPrefix(setting, "proxy="):
		proxy, err := url.Parse(strings.TrimPrefix(setting, "proxy="))
		if err != nil || proxy.Host == "" || proxy.Scheme != "http" && proxy.Scheme != "https" && proxy.Scheme != "socks5" && proxy.Scheme != "socks5h" {
			return nil, errors.New("FARWATCH_FETCH: proxy= needs an address like socks5h://127.0.0.1:9050")
		}
		// Only the proxy is dialled, and it stands where the operator put it.
		return build(http.ProxyURL(proxy), nil), nil
	}
	return nil, fmt.Errorf("FARWATCH_FETCH is %q: say off, on or proxy=URL", setting)
}

func build(proxy func(*http.Request) (*url.URL, error), control func(network, address string, _ syscall.RawConn) error) *Fetcher {
	dialer := &net.Dialer{Timeout: patience, Control: control}
	return &Fetcher{&http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			Proxy: proxy, DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: patience,
			ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > mostRedirects {
				return fmt.Errorf("%w: more than %d redirects", ErrFailed, mostRedirects)
			}
			r.Header.Del("Referer")
			return allowed(r.URL)
		},
	}}
}

// Fetch gets a page.
func (f *Fetcher) Fetch(ctx context.Context, address string) (Page, error) {
	if f == nil || f.client == nil {
		return Page{}, ErrOff
	}
	u, err := url.Parse(address)
	if err != nil {
		return Page{}, ErrAddress
	}
	if err := allowed(u); err != nil {
		return Page{}, err
	}
	u.Fragment = ""
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Page{}, ErrAddress
	}
	request.Header.Set("User-Agent", agent)
	request.Header.Set("Accept", "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.5")
	answer, err := f.client.Do(request)
	if err != nil {
		if errors.Is(err, ErrAddress) {
			return Page{}, ErrAddress
		}
		return Page{}, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Page{}, StatusError(answer.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, MaxBytes+1))
	if err != nil {
		return Page{}, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	if len(data) > MaxBytes {
		return Page{}, ErrTooLarge
	}
	return Page{Data: data, Address: answer.Request.URL}, nil
}

// allowed tells whether an address may be asked at all; where a name leads is
// known only when it is dialled.
func allowed(u *url.URL) error {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	port := u.Port()
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.User != nil, host == "", len(u.String()) > 2048:
		return ErrAddress
	case port != "" && port != "80" && port != "443":
		return ErrAddress
	case host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal"):
		return ErrAddress
	case !strings.Contains(host, ".") && !strings.Contains(host, ":"):
		return ErrAddress // a name of the local network, or a number for an address
	}
	if ip, err := netip.ParseAddr(host); err == nil && !global(ip) {
		return ErrAddress
	}
	return nil
}

// globalOnly refuses a connection by the address that a name led to, which
// defeats redirects and names that change.
func globalOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !global(at.Addr()) || at.Port() != 80 && at.Port() != 443 {
		return ErrAddress
	}
	return nil
}

// special are ranges for other uses than the open web (IANA special-purpose
// registries).
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range strings.Fields("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 2001::/23 2001:db8::/32 2002::/16 3fff::/20") {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}()

// globalV6 is all that is given out for the open web.
var globalV6 = netip.MustParsePrefix("2000::/3")

func global(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.Zone() != "" || ip.Is6() && !globalV6.Contains(ip) {
		return false
	}
	for _, p := range special {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
