package models

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// trackingParameters say where a reader came from, never what they read.
var trackingParameters = regexp.MustCompile(`^(utm_.*|mtm_.*|pk_.*|hsa_.*|_hs.*|at_.*|fb_.*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|ref|ref_src|ref_url|referrer|cmpid|cmp|ocid|ncid|smid|smtyp|spm|scm|xtor|ito|s_cid|sr_share|si|guccounter|guce_referrer.*|_ga|_gl|__twitter_impression|amp|amp_.*|outputtype)$`)

// Forms in which one page stands under several addresses.
var (
	archiveOfPage = regexp.MustCompile(`^(?:web\.archive\.org/web/[0-9]{1,14}(?:[a-z]{2}_)?|webarchive\.[a-z.]+/(?:ukgwa|wayback)/[0-9]{1,14}|archive\.(?:ph|today|is|li|vn|md|fo)/(?:[0-9]{4}[0-9.:-]*|o/[A-Za-z0-9]+|newest|oldest)|arquivo\.pt/(?:wayback|noFrame/replay)/[0-9]{1,14})/(.+)$`)
	ampCache      = regexp.MustCompile(`^(?:[a-z0-9-]+\.)*cdn\.ampproject\.org/(?:[acvi]/)?(?:s/)?(.+)$`)
	googleAMP     = regexp.MustCompile(`^google\.[a-z.]+/amp/(?:s/)?(.+)$`)
	mobileHost    = regexp.MustCompile(`^(?:www[0-9]*|m|mobile|amp)\.(.+\..+)$`)
	ampPath       = regexp.MustCompile(`(?i)(?:/amp|\.amp|/amp\.html?|\.amp\.html?|/index\.amp)$`)
)

// maxUnwraps bounds how often a copy of a copy is followed.
const maxUnwraps = 4

// CanonicalURL is one name for all addresses of a page: without scheme, www,
// mobile and AMP variants, tracking parameters, fragment and trailing slash,
// and for a copy in an archive the page that was archived. "" when raw is no
// web address. The result is for comparison, not for opening.
func CanonicalURL(raw string) string {
	name := strings.TrimSpace(raw)
	for range maxUnwraps {
		next := canonicalOnce(name)
		if next == "" {
			return ""
		}
		inner, wrapped := unwrapped(next)
		if !wrapped {
			return next
		}
		name = inner
	}
	return canonicalOnce(name)
}

// ArchivedPage is the page that an archived copy shows; false when the address
// is no copy in an archive.
func ArchivedPage(raw string) (string, bool) {
	name := canonicalOnce(strings.TrimSpace(raw))
	m := archiveOfPage.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return CanonicalURL(withScheme(m[1])), true
}

// unwrapped is the page inside an archive's or a cache's address.
func unwrapped(name string) (string, bool) {
	for _, form := range []*regexp.Regexp{archiveOfPage, ampCache, googleAMP} {
		if m := form.FindStringSubmatch(name); m != nil {
			inner := withScheme(m[1])
			return inner, canonicalOnce(inner) != ""
		}
	}
	return "", false
}

// oneSlash: an address inside a path loses a slash in some programs.
var oneSlash = regexp.MustCompile(`^(https?):/+`)

// hostName has at least two labels; a port may follow nowhere but in the URL.
var hostName = regexp.MustCompile(`^[\pL\pN_-]+(\.[\pL\pN_-]+)+$`)

func withScheme(s string) string {
	if oneSlash.MatchString(s) {
		return oneSlash.ReplaceAllString(s, "$1://")
	}
	return "https://" + s
}

func canonicalOnce(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if !hostName.MatchString(host) {
		return ""
	}
	for m := mobileHost.FindStringSubmatch(host); m != nil; m = mobileHost.FindStringSubmatch(host) {
		host = m[1]
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	out := host + canonicalPath(u.EscapedPath())
	if query := canonicalQuery(u.Query()); query != "" {
		out += "?" + query
	}
	if strings.HasPrefix(u.Fragment, "!") { // a page of its own on old one-page sites
		out += "#" + u.Fragment
	}
	return out
}

// canonicalPath keeps the path as written but for one spelling of escapes,
// repeated slashes, the AMP ending and the last slash.
func canonicalPath(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		path = (&url.URL{Path: plain}).EscapedPath()
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	for {
		trimmed := strings.TrimRight(path, "/")
		trimmed = ampPath.ReplaceAllString(trimmed, "")
		if trimmed == path {
			return path
		}
		path = trimmed
	}
}

func canonicalQuery(q url.Values) string {
	for name := range q {
		if trackingParameters.MatchString(strings.ToLower(name)) {
			delete(q, name)
		}
	}
	for _, values := range q {
		slices.Sort(values)
	}
	return q.Encode() // sorted by name
}
