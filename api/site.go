package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"farwatch/frontend"
	"farwatch/handlers"
	"farwatch/models"
)

// stylePath is the stylesheet of the public pages.
const stylePath = "/public/site.css"

// publicSite is what serves the public pages.
type publicSite struct {
	*edge
	pages *handlers.Site
	style []byte
}

// servePublic routes the public pages: HTML that is no operation of the
// contract. They have store.Public() only, set no cookie and read none.
func (e *edge) servePublic(engine *gin.Engine, alone bool) *publicSite {
	style := publicStyle()
	sum := sha256.Sum256(style)
	own, scripts := pictureFiles(e.Files)
	styles := append([]string{stylePath + "?v=" + hex.EncodeToString(sum[:6])}, own...)
	p := &publicSite{edge: e, pages: e.Handlers.Site(styles, scripts, alone), style: style}
	public := engine.Group("/public", p.limitPages)
	get := func(path string, answer func(ctx *gin.Context) (handlers.SitePage, error)) {
		public.GET(path, func(ctx *gin.Context) { p.answer(ctx, answer) })
		public.HEAD(path, func(ctx *gin.Context) { p.answer(ctx, answer) })
	}
	get("", func(ctx *gin.Context) (handlers.SitePage, error) {
		return p.pages.Dashboard(ctx.Copy(), ctx.Request.URL.RawQuery)
	})
	get("/incidents", func(ctx *gin.Context) (handlers.SitePage, error) {
		return p.pages.List(ctx.Copy(), ctx.Request.URL.RawQuery)
	})
	get("/incidents/:ref", func(ctx *gin.Context) (handlers.SitePage, error) { return p.pages.Record(ctx.Copy(), ctx.Param("ref")) })
	get("/about", func(ctx *gin.Context) (handlers.SitePage, error) { return p.pages.About(ctx.Copy()) })
	get("/releases", func(ctx *gin.Context) (handlers.SitePage, error) { return p.pages.Releases(ctx.Copy()) })
	get("/feed.atom", func(ctx *gin.Context) (handlers.SitePage, error) { return p.pages.Feed(ctx.Copy(), true) })
	get("/feed.json", func(ctx *gin.Context) (handlers.SitePage, error) { return p.pages.Feed(ctx.Copy(), false) })
	get("/embed/:panel", func(ctx *gin.Context) (handlers.SitePage, error) {
		return p.pages.Embed(ctx.Copy(), ctx.Param("panel"), ctx.Request.URL.RawQuery)
	})
	engine.GET(stylePath, p.stylesheet)
	engine.GET("/public/:ref", func(ctx *gin.Context) { // the address that records had first
		if ref, err := models.ParseRef(ctx.Param("ref")); err == nil {
			ctx.Redirect(http.StatusMovedPermanently, "/public/incidents/"+ref)
			return
		}
		p.failure(ctx, models.NotFound("incident"))
	})
	return p
}

// limitPages holds back who asks too often; like the API's limit it counts by
// address, in memory.
func (p *publicSite) limitPages(ctx *gin.Context) {
	if p.Limits == nil {
		return
	}
	if wait := p.Limits.take("public", "page", ctx.ClientIP()); wait > 0 {
		ctx.Header("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		p.failure(ctx, models.TooMany("rate.limited", "Too many requests. Wait a moment and try again.", wait))
	}
}

func (p *publicSite) answer(ctx *gin.Context, make func(ctx *gin.Context) (handlers.SitePage, error)) {
	page, err := make(ctx)
	if err != nil {
		p.failure(ctx, err)
		return
	}
	if page.Framed {
		p.letFrame(ctx)
	}
	sendPublic(ctx, page.Type, page.Body)
}

// letFrame lets other sites show a page in a frame, or a picture: these hold
// published numbers only, know no session and change nothing.
func (p *publicSite) letFrame(ctx *gin.Context) {
	h := ctx.Writer.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors *", 1))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Del("X-Frame-Options")
	h.Del("Cross-Origin-Opener-Policy")
}

// failure is a page that says what happened, with the status that the API
// would answer.
func (p *publicSite) failure(ctx *gin.Context, err error) {
	var known *models.Error
	if !errors.As(err, &known) {
		known = models.Fail(models.KindInternal, "internal", "").Because(err)
	}
	status := statusOf[known.Kind]
	ctx.Set(errCodeKey, known.Code)
	ctx.Abort()
	page, pageErr := p.pages.Failure(status, known)
	if pageErr != nil {
		p.fail(ctx, pageErr)
		return
	}
	ctx.Header("Cache-Control", "no-store")
	ctx.Data(status, page.Type, page.Body)
}

func (p *publicSite) stylesheet(ctx *gin.Context) {
	ctx.Header("Cache-Control", "public, max-age=31536000, immutable")
	ctx.Header("Cross-Origin-Resource-Policy", "cross-origin") // of the page in a frame
	ctx.Data(http.StatusOK, "text/css; charset=utf-8", p.style)
}

// darkTokens are the colours for the dark.
var darkTokens = regexp.MustCompile(`(?s):root\[data-theme='dark'\] \{(.*?)\n\}`)

// publicStyle is the program's own tokens and base elements, the same that the
// screens use, and the rules of the public pages. Without JavaScript nobody
// writes the theme into the page: the system's choice holds.
func publicStyle() []byte {
	base := string(frontend.BaseStyle())
	dark := darkTokens.FindStringSubmatch(base)
	if dark != nil {
		base += "\n@media (prefers-color-scheme: dark) {\n:root:not([data-theme='light']) {" + dark[1] + "\n}\n}\n"
	}
	return append([]byte(base), handlers.SiteStylesheet()...)
}

// pictureFiles are the built files that draw the pictures; none when the
// screens were not built.
func pictureFiles(files fs.FS) (styles, scripts []string) {
	data, err := fs.ReadFile(files, ".vite/manifest.json")
	if err != nil {
		return nil, nil
	}
	type chunk struct {
		File    string
		CSS     []string
		Imports []string
	}
	var chunks map[string]chunk
	if json.Unmarshal(data, &chunks) != nil {
		return nil, nil
	}
	entry, ok := chunks["src/public-main.ts"]
	if !ok {
		return nil, nil
	}
	seen := map[string]bool{}
	var walk func(c chunk)
	walk = func(c chunk) {
		for _, name := range c.Imports {
			if !seen[name] {
				seen[name] = true
				walk(chunks[name])
			}
		}
		for _, file := range c.CSS {
			if !seen[file] {
				seen[file] = true
				styles = append(styles, "/"+file)
			}
		}
	}
	walk(entry)
	return styles, []string{"/" + entry.File}
}
