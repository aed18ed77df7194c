package models

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// maxCanonicalURL is the longest name that is kept: an index of PostgreSQL
// takes no longer entries.
const maxCanonicalURL = 2000

// maxRawURL is the longest address that is looked at.
const maxRawURL = 8192

// maxPasses bounds how often a copy of a copy is followed.
const maxPasses = 16

// CanonicalURL is one name for all addresses of a page: host and path without
// scheme, default port, www, mobile and AMP variants, tracking parameters,
// fragment and trailing slash; for a copy in an archive or a cache the page
// that was copied. "" when raw is no web address. The result is for
// comparison: WebAddress makes it one to open.
func CanonicalURL(raw string) string {
	name := onePass(strings.TrimSpace(raw))
	for range maxPasses {
		if name == "" || len(name) > maxCanonicalURL {
			return ""
		}
		next := onePass(WebAddress(name))
		if next == name {
			return name
		}
		name = next
	}
	return ""
}

// WebAddress makes a canonical name an address that a browser opens.
func WebAddress(canonical string) string { return "https://" + canonical }

// ArchiveOf tells whether an address is an archived or cached copy, and of
// which page; original is "" where the address does not say.
func ArchiveOf(raw string) (original string, archived bool) {
	p, ok := parsePage(strings.TrimSpace(raw))
	if !ok {
		return "", false
	}
	inner, wrapped := p.unwrap()
	return CanonicalURL(inner), wrapped
}

// onePass brings an address to its name, or to that of the page inside.
func onePass(raw string) string {
	p, ok := parsePage(raw)
	if !ok {
		return ""
	}
	if inner, _ := p.unwrap(); inner != "" {
		if q, ok := parsePage(inner); ok {
			p = q
		}
	}
	return p.name()
}

// page is an address in its parts; path, query and fragment are still escaped.
type page struct{ host, port, path, query, fragment string }

func parsePage(raw string) (page, bool) {
	if len(raw) > maxRawURL {
		return page{}, false
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return page{}, false
	}
	host := canonicalHost(u.Hostname())
	if host == "" {
		return page{}, false
	}
	p := page{host: host, path: u.EscapedPath(), query: u.RawQuery, fragment: u.EscapedFragment()}
	if port := u.Port(); port != "80" && port != "443" {
		p.port = port
	}
	return p, true
}

func (p page) name() string {
	out := p.host
	if p.port != "" {
		out += ":" + p.port
	}
	out += canonicalPath(p.path)
	if query := canonicalQuery(p.query); query != "" {
		out += "?" + query
	}
	if strings.HasPrefix(p.fragment, "!") { // a page of its own on old one-page sites
		out += "#" + p.fragment
	}
	return out
}

// domain is for names with two labels at least, in their ASCII form.
var domain = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)+$`)

// variantHost has a first label that says how the page is shown, not what it is.
var variantHost = regexp.MustCompile(`^(?:www[0-9]?|m|mobile|amp)\.(.+\..+)$`)

// mobileWiki is the one large site that has its m in second place.
var mobileWiki = regexp.MustCompile(`^([a-z-]+)\.m\.(wikipedia|wikinews|wikimedia|wikisource)\.org$`)

// names folds case and width as browsers do and keeps labels with underscores.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.BidiRule())

func canonicalHost(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return ""
		}
		if ip.Is6() {
			return "[" + ip.String() + "]"
		}
		return ip.String()
	}
	ascii, err := names.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil {
		return ""
	}
	host = strings.TrimSuffix(strings.ToLower(ascii), ".")
	for m := variantHost.FindStringSubmatch(host); m != nil; m = variantHost.FindStringSubmatch(host) {
		host = m[1]
	}
	host = mobileWiki.ReplaceAllString(host, "$1.$2.org")
	if !domain.MatchString(host) {
		return ""
	}
	return host
}

// ampEnding is the last segment of a page in AMP markup, or its ending.
var ampEnding = regexp.MustCompile(`(?i)^(.*?)(?:/amp|/amp\.html?|/index\.amp|\.amp|\.amp(\.html?))$`)

// canonicalPath has one spelling of escapes, no empty and no dot segments, no
// AMP ending and no trailing slash.
func canonicalPath(escaped string) string {
	var kept []string
	for _, segment := range strings.Split(escaped, "/") {
		if plain, err := url.PathUnescape(segment); err == nil {
			segment = url.PathEscape(plain)
		}
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	path := "/" + strings.Join(kept, "/")
	for m := ampEnding.FindStringSubmatch(path); m != nil; m = ampEnding.FindStringSubmatch(path) {
		path = m[1] + m[2]
	}
	return strings.TrimRight(path, "/")
}

// tracking parameters say where a reader came from, never what they read.
var tracking = regexp.MustCompile(`^(utm_.*|mtm_.*|pk_(campaign|kwd|source|medium)|hsa_.*|_hs(enc|mi|fp)|__hs.*|at_(medium|campaign|custom.*|link.*|ptr.*|bbc.*)|fb_.*|` +
	`fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|ml_subscriber.*|vero_(id|conv)|oly_(anon|enc)_id|` +
	`ref_src|ref_url|referrer|cmpid|ocid|ncid|smid|smtyp|spm|xtor|s_cid|sr_share|guccounter|guce_referrer.*|_ga|_gl|__twitter_impression|__tn__|__cft__.*|` +
	`feature|share_id|sharetype|amp|_amp|amp_.*|usqp|aoh)$`)

// ampMarkup are parameters that ask for AMP by their value.
var ampMarkup = regexp.MustCompile(`^(outputtype|output|mode|view|markup|format)=amp$`)

// canonicalQuery drops what tracks, and sorts the rest by name and value.
func canonicalQuery(raw string) string {
	var kept []string
	for _, pair := range strings.Split(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescaped(name), unescaped(value)
		lower := strings.ToLower(name)
		if name == "" && value == "" || tracking.MatchString(lower) || ampMarkup.MatchString(lower+"="+strings.ToLower(value)) {
			continue
		}
		part := url.QueryEscape(name)
		if value != "" {
			part += "=" + url.QueryEscape(value)
		}
		kept = append(kept, part)
	}
	slices.Sort(kept)
	return strings.Join(slices.Compact(kept), "&")
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
