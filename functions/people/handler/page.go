package handler

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/text"
)

//go:embed pages/*.html
var files embed.FS

//go:embed style.css
var sheet []byte

// templates are the pages by language and name: base.html around one of them. In a page,
// {{t "key"}} is a text in the person's language.
var templates = parse()

func parse() map[string]*template.Template {
	all := map[string]*template.Template{}
	list, err := files.ReadDir("pages")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, lang := range text.Languages() {
		for _, f := range list {
			if name := strings.TrimSuffix(f.Name(), ".html"); name != "base" && name != "parts" {
				all[lang+"/"+name] = template.Must(template.New("base.html").Funcs(words(lang)).ParseFS(files, "pages/base.html", "pages/parts.html", "pages/"+f.Name()))
			}
		}
	}
	return all
}

// words are what templates can call.
func words(lang string) template.FuncMap {
	return template.FuncMap{
		"t":         func(key string, args ...any) string { return text.In(lang, key, args...) },
		"country":   func(code string) string { return named(lang, "country.", code) },
		"procedure": func(code string) string { return named(lang, "procedure.", code) },
		"tongue":    func(code string) string { return named(lang, "tongue.", strings.ToUpper(code)) },
		"format":    func(mediaType string) string { return named(lang, "format.", mediaType) },
		"size":      func(octets int64) string { return size(lang, octets) },
		"lower":     strings.ToLower,
	}
}

// named is the name of a code, else the code.
func named(lang, prefix, code string) string {
	if name := text.In(lang, prefix+code); name != prefix+code {
		return name
	}
	return code
}

func size(lang string, octets int64) string {
	switch {
	case octets < 1<<10:
		return text.In(lang, "size.bytes", octets)
	case octets < 1<<20:
		return text.In(lang, "size.kilobytes", (octets+1<<9)>>10)
	}
	return text.In(lang, "size.megabytes", (octets+1<<19)>>20)
}

// show writes a page in the person's language. "Here" in data is where the page
// can be fetched in another one; without it, that is where a GET went.
func (p *pages) show(v *visit, w http.ResponseWriter, r *http.Request, status int, page string, data map[string]any) {
	here, _ := data["Here"].(string)
	if here == "" && r.Method == http.MethodGet {
		here = r.URL.EscapedPath()
	}
	if here != "" {
		data["Tongues"] = tongues(v.lang, v.root+here)
	}
	if path, ok := data["Path"].(string); ok {
		data["Path"] = v.root + path
	}
	data["Lang"], data["Root"], data["Page"], data["Node"] = strings.ToLower(v.lang), v.root, page, p.node(r.Context(), v.lang)
	var b bytes.Buffer
	if err := templates[v.lang+"/"+page].Execute(&b, data); err != nil {
		slog.ErrorContext(r.Context(), "a page cannot be made", slog.String("page", page), slog.String("error", err.Error()))
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", strings.ToLower(v.lang))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = b.WriteTo(w) // the browser is gone: nobody to tell
	}
}

// node is the name of who runs the pages; empty when the configuration cannot be read.
func (p *pages) node(ctx context.Context, lang string) string {
	c, err := p.Tenant.Configuration(ctx)
	if err != nil {
		return ""
	}
	if name := c.Platform.Name[lang]; name != "" {
		return name
	}
	return c.Platform.Name["EN"]
}

// moment is a time as pages say it: the clock of the person is not known.
type moment struct {
	Machine, Human string
	Minutes        int // from now
}

func (p *pages) moment(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{t.UTC().Format(time.RFC3339), t.UTC().Format("2006-01-02 15:04") + " UTC", max(0, int(t.Sub(p.Now()).Round(time.Minute)/time.Minute))}
}

// allowForm lets a form of this page go to another origin.
func allowForm(h http.Header, action string) {
	if u, err := url.Parse(action); err == nil {
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+" "+u.Scheme+"://"+u.Host)
	}
}

func style(w http.ResponseWriter, _ *http.Request) {
	harden(w.Header())
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(sheet)
}
