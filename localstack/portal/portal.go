// Package portal is a sample procedure portal: somebody applies in one country,
// and what an authority of another country knows about them is got through the
// once-only system, if they want that. It uses nothing but the API for procedure
// portals, keeps what it has in memory, and forgets the oldest first.
package portal

import (
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// Text is a text by language, English always among them.
type Text map[string]string

// In is the text in a language, else in English, and which of them it is.
func (t Text) In(language string) Words {
	if s := t[language]; s != "" {
		return Words{language, s}
	}
	return Words{"EN", t["EN"]}
}

// Words are a text and its language, for readers who hear the page.
type Words struct{ Language, Text string }

// Tag is the language as HTML has it.
func (w Words) Tag() string { return strings.ToLower(w.Language) }

// Procedure is one of Annex II of Regulation (EU) 2018/1724.
type Procedure struct {
	Code string
	Name Text
}

// Requirement is what can be proven, for which procedures, by evidence from where.
type Requirement struct {
	URL        string
	Name       Text
	Procedures []string // codes
	Countries  []string // that published what proves it
}

// Options are what a portal is made of. All are needed.
type Options struct {
	Name         Text
	Country      string   // whose procedures these are
	Others       []string // countries that are known
	Reachable    []string // those that can be asked for evidence
	Procedures   []Procedure
	Requirements []Requirement
	Client       *client.Client
	BaseURL      string // where this portal is
	Now          func() time.Time
	NewID        func() string // that nobody guesses
}

// New is the portal's pages.
func New(o Options) (http.Handler, error) {
	if o.Client == nil || o.BaseURL == "" || o.Now == nil || o.NewID == nil || len(o.Procedures) == 0 {
		return nil, errors.New("make a portal: every option is needed")
	}
	o.Procedures = named(o.Procedures)
	p := &portal{Options: o, mux: http.NewServeMux(), sessions: newSessions(o.NewID), secure: strings.HasPrefix(o.BaseURL, "https:")}
	p.routes()
	return http.NewCrossOriginProtection().Handler(p), nil
}

// named gives procedures the names that their publisher does not have.
func named(list []Procedure) []Procedure {
	list = slices.Clone(list)
	for i, x := range list {
		list[i].Name = maps.Clone(x.Name)
		for language, s := range table()["procedure."+x.Code] {
			if list[i].Name[language] == "" {
				list[i].Name[language] = s
			}
		}
	}
	return list
}

type portal struct {
	Options
	mux      *http.ServeMux
	sessions *sessions
	secure   bool // cookies go over TLS only
}

// MaxForm is how many octets of a form are read that has no file.
const MaxForm = 16 << 10

func (p *portal) routes() {
	p.page("GET /{$}", p.home)
	p.page("GET /apply", p.choose)
	p.page("POST /apply", p.order)
	p.page("GET /return", p.comeBack)
	p.page("GET /feedback", p.feedback)
	p.page("POST /feedback", p.thank)
	p.page("GET /applications/{id}", p.own(p.application))
	p.page("GET /applications/{id}/leave", p.own(p.leave))
	p.page("POST /applications/{id}/cancel", p.own(p.cancel))
	p.page("GET /applications/{id}/documents/{number}", p.own(p.document))
	p.page("POST /applications/{id}/documents", p.own(p.upload))
	p.page("POST /applications/{id}/submit", p.own(p.submit))
	p.page("GET /applications/{id}/receipt", p.own(p.receipt))
	p.mux.HandleFunc("GET /style.css", style)
	p.page("GET /", func(http.ResponseWriter, *http.Request) error { return notFound })
}

// page serves a page; what goes wrong is explained on one.
func (p *portal) page(pattern string, h func(http.ResponseWriter, *http.Request) error) {
	p.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			p.explain(w, r, err)
		}
	})
}

const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP gives every answer what keeps a browser strict.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		r.Body = http.MaxBytesReader(w, r.Body, MaxForm)
	}
	p.speak(w, r)
	p.mux.ServeHTTP(w, r)
}

// own lets only the browser to an application that began it.
func (p *portal) own(h func(http.ResponseWriter, *http.Request, *application) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.session(r).application(func(a *application) bool { return a.id == r.PathValue("id") })
		if a == nil {
			return notFound
		}
		return h(w, r, a)
	}
}

func (p *portal) procedure(code string) *Procedure {
	i := slices.IndexFunc(p.Procedures, func(x Procedure) bool { return x.Code == code })
	if i < 0 {
		return nil
	}
	return &p.Procedures[i]
}

// requirements are those of a procedure.
func (p *portal) requirements(procedure string) []Requirement {
	var list []Requirement
	for _, x := range p.Requirements {
		if slices.Contains(x.Procedures, procedure) {
			list = append(list, x)
		}
	}
	return list
}

func (p *portal) warn(r *http.Request, message string, err error, attributes ...slog.Attr) {
	slog.LogAttrs(r.Context(), slog.LevelWarn, message, append(attributes, slog.String("error", err.Error()))...)
}
