package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed pages/*.html
var files embed.FS

//go:embed style.css
var sheet []byte

//go:embed text.yaml
var texts []byte

// languages are those that the pages have.
var languages = []string{"EN", "LV"}

const languageCookie = "vienreiz-portal-language"

// table are the texts by key.
var table = sync.OnceValue(func() map[string]Text {
	t := map[string]Text{}
	if err := yaml.Unmarshal(texts, &t); err != nil {
		panic(fmt.Sprintf("texts: %v", err)) // they are part of the program
	}
	return t
})

// say is the text of a key, with what belongs into it.
func say(language, key string, args ...any) string {
	s := table()[key].In(language).Text
	if s == "" {
		return key
	}
	if len(args) > 0 {
		return fmt.Sprintf(s, args...)
	}
	return s
}

// templates are the pages: base.html around one of them, by language and name.
var templates = sync.OnceValue(func() map[string]*template.Template {
	all := map[string]*template.Template{}
	list, err := files.ReadDir("pages")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, f := range list {
		for _, language := range languages {
			if name := strings.TrimSuffix(f.Name(), ".html"); name != "base" {
				all[language+"/"+name] = template.Must(template.New("base.html").Funcs(words(language)).ParseFS(files, "pages/base.html", "pages/"+f.Name()))
			}
		}
	}
	return all
})

// words are what templates say texts by.
func words(language string) template.FuncMap {
	country := func(code string) string {
		if s := say(language, "country."+code); s != "country."+code {
			return s
		}
		return code
	}
	countries := func(codes []string) string {
		var names []string
		for _, code := range codes {
			names = append(names, country(code))
		}
		return strings.Join(names, ", ")
	}
	return template.FuncMap{
		"t": func(key string, args ...any) string { return say(language, key, args...) }, "in": func(t Text) Words { return t.In(language) },
		"country": country, "countries": countries, "has": func(list []string, s string) bool { return slices.Contains(list, s) }, "kb": func(n int) int { return (n + 1023) / 1024 },
		"state": func(s any) string { return say(language, "state."+fmt.Sprint(s)) },
	}
}

// show writes a page in the person's language.
func (p *portal) show(w http.ResponseWriter, r *http.Request, status int, page string, data map[string]any) error {
	language := language(r)
	data["Language"], data["Portal"], data["Country"], data["Page"] = language, p.Name, p.Options.Country, page
	var b bytes.Buffer
	if err := templates()[language+"/"+page].Execute(&b, data); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", strings.ToLower(language))
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // the browser is gone: nobody to tell
	return nil
}

// speak remembers the language that somebody chose by a link.
func (p *portal) speak(w http.ResponseWriter, r *http.Request) {
	if s := r.URL.Query().Get("lang"); slices.Contains(languages, s) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: s, Path: "/", HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode})
	}
}

// language is the one that was chosen, else the first of the browser's that there is.
func language(r *http.Request) string {
	if s := r.URL.Query().Get("lang"); slices.Contains(languages, s) {
		return s
	}
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(languages, c.Value) {
		return c.Value
	}
	for _, s := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		if s = strings.TrimSpace(s); len(s) >= 2 && slices.Contains(languages, strings.ToUpper(s[:2])) {
			return strings.ToUpper(s[:2])
		}
	}
	return "EN"
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(sheet)
}
