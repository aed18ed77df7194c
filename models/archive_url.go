package models

import (
	"net/url"
	"regexp"
	"strings"
)

// Services that keep or serve copies of pages, by the host without www.
var (
	archiveHost = regexp.MustCompile(`^(web\.archive\.org|wayback\.archive\.org|archive\.org|archive\.(ph|today|is|li|vn|md|fo)|wayback\.archive-it\.org|arquivo\.pt|webarchive\.nationalarchives\.gov\.uk|webarchive\.loc\.gov|perma\.cc|ghostarchive\.org|megalodon\.jp)$`)
	ampCDN      = regexp.MustCompile(`^([a-z0-9-]+\.)?(cdn\.ampproject\.org|bing-amp\.com)$`)
	ampCDNPath  = regexp.MustCompile(`^/(?:[acv]/)?(s/)?([^/]+\.[^/].*)$`)
	google      = regexp.MustCompile(`^google\.[a-z]{2,3}(\.[a-z]{2})?$`)
	googleAMP   = regexp.MustCompile(`^/amp/(s/)?([^/]+\.[^/].*)$`)
	cachedPage  = regexp.MustCompile(`^cache:(?:[A-Za-z0-9_-]{12}:)?(\S+)`)
)

// inside finds a whole address within a path; some programs make its two
// slashes one, others escape it.
var inside = regexp.MustCompile(`(?i)https?(:|%3a)(/|%2f)+`)

// bareInside is an archived address that was written without a scheme.
var bareInside = regexp.MustCompile(`^/web/(?:[0-9*]{1,14}(?:[a-z]{2}_)?/)?([^/:]+\.[^/:]+(?:/.*)?)$`)

// ownArchive are pages of archive.org that are no copies of other pages.
var ownArchive = regexp.MustCompile(`^/(details|download|about|search)(/|$)`)

// unwrap is the address of the page that p is a copy of, "" where p does not
// say; wrapped tells that p is a copy.
func (p page) unwrap() (inner string, wrapped bool) {
	switch {
	case archiveHost.MatchString(p.host):
		return p.archived()
	case ampCDN.MatchString(p.host):
		return p.served(ampCDNPath)
	case google.MatchString(p.host):
		return p.served(googleAMP)
	case p.host == "webcache.googleusercontent.com":
		query, err := url.ParseQuery(p.query)
		if err != nil {
			return "", true
		}
		if m := cachedPage.FindStringSubmatch(query.Get("q")); m != nil {
			return withScheme(m[1]), true
		}
		return "", true
	}
	return "", false
}

// archived reads the addresses of archives, which hold the original behind
// the time of the copy.
func (p page) archived() (string, bool) {
	if p.host == "archive.org" && !strings.HasPrefix(p.path, "/web/") || ownArchive.MatchString(p.path) {
		return "", false
	}
	rest := p.path
	if p.query != "" {
		rest += "?" + p.query
	}
	if at := inside.FindStringSubmatchIndex(rest); at != nil {
		inner := rest[at[0]:]
		if rest[at[2]:at[3]] != ":" {
			inner = unescaped(inner)
		}
		return withScheme(inner), true
	}
	if m := bareInside.FindStringSubmatch(rest); m != nil {
		return withScheme(m[1]), true
	}
	return "", strings.Trim(p.path, "/") != ""
}

// served reads the addresses of AMP caches, which hold host and path.
func (p page) served(pattern *regexp.Regexp) (string, bool) {
	m := pattern.FindStringSubmatch(p.path)
	if m == nil {
		return "", false
	}
	inner := "http://" + m[2]
	if p.query != "" {
		inner += "?" + p.query
	}
	return inner, true
}

// oneSlash: an address inside a path loses a slash in some programs.
var oneSlash = regexp.MustCompile(`(?i)^(https?):/+`)

func withScheme(s string) string {
	if oneSlash.MatchString(s) {
		return oneSlash.ReplaceAllString(s, "$1://")
	}
	return "https://" + s
}
