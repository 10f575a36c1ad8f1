package handler

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/vienreiz/vienreiz/shared/text"
)

//go:embed pages/*.html
var files embed.FS

//go:embed style.css
var sheet []byte

// templates are the pages: base.html around one of them. In a page, {{t "key"}} is a text in
// the person's language.
var templates = parse()

func parse() map[string]*template.Template {
	all := map[string]*template.Template{}
	list, err := files.ReadDir("pages")
	if err != nil {
		panic(err) // they are part of the program
	}
	functions := template.FuncMap{"t": func(key string, args ...any) string { return text.In("EN", key, args...) }}
	for _, f := range list {
		name := f.Name()[:len(f.Name())-len(".html")]
		if name != "base" {
			all[name] = template.Must(template.New("base.html").Funcs(functions).ParseFS(files, "pages/base.html", "pages/"+f.Name()))
		}
	}
	return all
}

// show writes a page in the person's language.
func (p *pages) show(w http.ResponseWriter, r *http.Request, status int, page string, data map[string]any) {
	lang := language(r)
	t, err := templates[page].Clone()
	if err != nil {
		slog.ErrorContext(r.Context(), "a page cannot be made", slog.String("page", page), slog.String("error", err.Error()))
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	t.Funcs(template.FuncMap{"t": func(key string, args ...any) string { return text.In(lang, key, args...) }})
	data["Lang"], data["Page"] = lang, page
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		slog.ErrorContext(r.Context(), "a page cannot be made", slog.String("page", page), slog.String("error", err.Error()))
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // the browser is gone: nobody to tell
}

// allowForm lets a form of this page go to another origin.
func allowForm(h http.Header, action string) {
	if u, err := url.Parse(action); err == nil {
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+" "+u.Scheme+"://"+u.Host)
	}
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(sheet)
}

// metadata is our description for the national node (SAML 2.0 Metadata).
var metadata = template.Must(template.New("metadata").Parse(`<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`))
