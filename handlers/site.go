package handlers

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"farwatch/api/spec"
	"farwatch/internal/country"
	"farwatch/internal/disclosure"
	"farwatch/internal/site"
	"farwatch/models"
)

// SitePage is one answer of the public pages.
type SitePage = site.Page

// Site answers the public pages. It has store.Public() and nothing else of the
// store (S9).
type Site struct {
	h    *Handlers
	view *site.Site
}

// renamed are countries whose name has changed since the table that the program
// carries: browsers know the new one, and table and picture must agree.
var renamed = map[string]string{"MAC": "Macao SAR China", "MKD": "North Macedonia", "SWZ": "Eswatini", "TUR": "Türkiye"}

func countryName(code string) string {
	if name, ok := renamed[code]; ok {
		return name
	}
	return country.Name(code)
}

// SiteStylesheet is the rules of the public pages.
func SiteStylesheet() []byte { return site.Stylesheet }

// Site is the public side. Styles and scripts are the addresses of its files;
// alone says that it has a host of its own, from which nothing leads to where
// the staff signs in.
func (h *Handlers) Site(styles, scripts []string, alone bool) *Site {
	view := &site.Site{
		Words: h.Vocab, Country: countryName, Base: h.publicAddress(""), SignIn: "/sign-in", Contact: h.PublicContact, Styles: styles, Scripts: scripts, Demo: h.Demo,
	}
	if alone {
		view.SignIn = ""
	}
	return &Site{h: h, view: view}
}

// query reads the filter of a page's address; own are parameters of that page.
func (s *Site) query(raw string, own ...string) (site.Query, models.IncidentFilter, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return site.Query{}, models.IncidentFilter{}, badAddress()
	}
	kept, filters := url.Values{}, url.Values{}
	for name, list := range values {
		if len(list) != 1 || models.TextFault(list[0]) != "" || (!publicParameters[name] && !slices.Contains(own, name)) {
			return site.Query{}, models.IncidentFilter{}, badAddress()
		}
		if list[0] == "" {
			continue
		}
		kept.Set(name, list[0])
		if publicParameters[name] {
			filters.Set(name, list[0])
		}
	}
	f, _, err := s.h.filterFromQuery(filters.Encode())
	if err != nil {
		return site.Query{}, f, badAddress()
	}
	if f.Counted == nil {
		counted := true
		f.Counted = &counted
	}
	return site.Query{Values: kept}, f, nil
}

func badAddress() error {
	return models.Fail(models.KindMalformed, "request.malformed", "The filter in the address cannot be read: it names something that no published record is found by.")
}

const impliedName = "include_implied"

// publicParameters are the filters that the contract gives to the public.
var publicParameters = func() map[string]bool {
	out := map[string]bool{}
	t := reflect.TypeFor[spec.PublicStatsParams]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("form"), ","); name != "" && name != impliedName {
			out[name] = true
		}
	}
	return out
}()

// numbers are those of the filter, and those without any.
func (s *Site) numbers(ctx context.Context, q site.Query, f models.IncidentFilter) (stats, all models.Stats, err error) {
	public := s.h.Store.Public()
	if stats, err = public.Stats(ctx, s.h.Vocab, f, q.Get(impliedName) == "true"); err != nil {
		return stats, all, err
	}
	all, err = s.everything(ctx)
	return stats, all, err
}

func (s *Site) everything(ctx context.Context) (models.Stats, error) {
	counted := true
	return s.h.Store.Public().Stats(ctx, s.h.Vocab, models.IncidentFilter{Counted: &counted}, true)
}

func (s *Site) about(ctx context.Context, all models.Stats) (site.About, error) {
	out := site.About{Records: all.Incidents, AsOf: all.AsOf}
	var err error
	if out.First, out.Last, out.Hosts, err = s.h.Store.Public().Span(ctx, s.h.Vocab); err != nil {
		return out, err
	}
	changes, err := s.h.Store.Public().Changes(ctx, 1)
	if err == nil && len(changes) > 0 {
		out.Changed = changes[0].At()
	}
	return out, err
}

// Dashboard is /public.
func (s *Site) Dashboard(ctx context.Context, raw string) (SitePage, error) {
	q, f, err := s.query(raw, impliedName)
	if err != nil {
		return SitePage{}, err
	}
	stats, all, err := s.numbers(ctx, q, f)
	if err != nil {
		return SitePage{}, err
	}
	about, err := s.about(ctx, all)
	if err != nil {
		return SitePage{}, err
	}
	return s.view.Dashboard(q, stats, all, about)
}

// sitePage is how many records stand on a page.
const sitePage = 25

// List is /public/incidents.
func (s *Site) List(ctx context.Context, raw string) (SitePage, error) {
	q, f, err := s.query(raw, "cursor")
	if err != nil {
		return SitePage{}, err
	}
	items, total, next, err := s.h.Store.Public().Incidents(ctx, s.h.Vocab, f, q.Get("cursor"), sitePage)
	if err != nil {
		return SitePage{}, err
	}
	all, err := s.everything(ctx)
	if err != nil {
		return SitePage{}, err
	}
	about, err := s.about(ctx, all)
	if err != nil {
		return SitePage{}, err
	}
	return s.view.List(q, items, total, next, all, about)
}

// Record is /public/incidents/{ref}. Errors: as ReadPublicIncident.
func (s *Site) Record(ctx context.Context, text string) (SitePage, error) {
	ref, err := models.ParseRef(text)
	if err != nil {
		return SitePage{}, models.NotFound("incident")
	}
	rec, err := s.h.Store.Public().Incident(ctx, ref)
	if err != nil {
		return SitePage{}, err
	}
	return s.view.Record(rec)
}

// About is /public/about.
func (s *Site) About(ctx context.Context) (SitePage, error) {
	all, err := s.everything(ctx)
	if err != nil {
		return SitePage{}, err
	}
	about, err := s.about(ctx, all)
	if err != nil {
		return SitePage{}, err
	}
	return s.view.AboutPage(about)
}

// Releases is /public/releases.
func (s *Site) Releases(ctx context.Context) (SitePage, error) {
	list, err := s.h.Store.Public().Releases(ctx)
	if err != nil {
		return SitePage{}, err
	}
	return s.view.Releases(list, disclosure.Method, s.h.releasePublicKey())
}

// feedLength is how many changes a feed holds.
const feedLength = 100

// Feed is /public/feed.atom or /public/feed.json.
func (s *Site) Feed(ctx context.Context, atom bool) (SitePage, error) {
	changes, err := s.h.Store.Public().Changes(ctx, feedLength)
	if err != nil {
		return SitePage{}, err
	}
	if atom {
		return s.view.Atom(changes)
	}
	return s.view.JSONFeed(changes)
}

// Embed is /public/embed/{panel}: a page for frames, or with .svg a picture.
func (s *Site) Embed(ctx context.Context, panel, raw string) (SitePage, error) {
	q, f, err := s.query(raw, impliedName)
	if err != nil {
		return SitePage{}, err
	}
	stats, err := s.h.Store.Public().Stats(ctx, s.h.Vocab, f, q.Get(impliedName) == "true")
	if err != nil {
		return SitePage{}, err
	}
	id, picture := strings.CutSuffix(panel, ".svg")
	draw := s.view.Embedded
	if picture {
		draw = s.view.Picture
	}
	page, known, err := draw(id, q, stats)
	if err == nil && !known {
		err = models.Fail(models.KindNotFound, "request.not_found", "There is no such table.")
	}
	return page, err
}

// Failure is the page of what could not be shown.
func (s *Site) Failure(status int, err error) (SitePage, error) {
	var known *models.Error
	if errors.As(err, &known) {
		if t, ok := known.Params["tombstone"].(models.Tombstone); ok {
			return s.view.Gone(t)
		}
	}
	switch {
	case known == nil || known.Kind == models.KindInternal:
		return s.view.Failure(status, "This did not work", "Something failed on our side. Try again in a moment.")
	case known.Kind == models.KindNotFound:
		return s.view.Failure(status, "No published record", "Nothing is published under this address. It may have been mistyped.")
	case known.Kind == models.KindTooMany:
		return s.view.Failure(status, "Too many requests", "Wait a minute and load the page again.")
	case known.Kind == models.KindMalformed:
		return s.view.Failure(status, "This address cannot be read", known.Detail)
	}
	return s.view.Failure(status, "This did not work", "Try again in a moment.")
}
