package portal

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Limits of what a portal keeps; what is oldest goes first.
const (
	MaxSessions     = 10_000   // browsers
	MaxForms        = 16       // forms that a browser may have open
	MaxApplications = 32       // of a browser
	MaxKept         = 32 << 20 // octets of all documents
)

const sessionCookie = "vienreiz-portal"

// sessions are the browsers that began an application.
type sessions struct {
	newID func() string
	mu    sync.Mutex
	all   map[string]*session
	order []string       // of sessions, oldest first
	full  []*application // with documents, oldest first
	kept  int            // octets of all documents
}

func newSessions(newID func() string) *sessions {
	return &sessions{newID: newID, all: map[string]*session{}}
}

func (s *sessions) find(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[id]
}

func (s *sessions) begin() *session {
	x := &session{id: s.newID()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[x.id], s.order = x, append(s.order, x.id)
	if len(s.order) > MaxSessions {
		delete(s.all, s.order[0])
		s.order = s.order[1:]
	}
	return x
}

// keep counts an application's documents, and takes those of the oldest
// applications away when there are too many.
func (s *sessions) keep(a *application, list ...document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(a.documents()) == 0 {
		s.full = append(s.full, a)
	}
	s.kept += a.add(list)
	for s.kept > MaxKept && len(s.full) > 1 {
		s.kept -= s.full[0].empty()
		s.full = s.full[1:]
	}
}

// session is one browser.
type session struct {
	id    string
	mu    sync.Mutex
	forms []string
	list  []*application
}

// form is the token of a new form.
func (s *session) form(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forms = append(s.forms, token)
	if len(s.forms) > MaxForms {
		s.forms = s.forms[1:]
	}
	return token
}

// apply is the application of a form: the same one however often it is sent. It
// is nil for a form that this browser was not given.
func (s *session) apply(token, id string, now time.Time) *application {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.forms, token) {
		return nil
	}
	for _, a := range s.list {
		if a.token == token {
			return a
		}
	}
	a := &application{id: id, token: token, begun: now}
	s.list = append(s.list, a)
	if len(s.list) > MaxApplications {
		s.list = s.list[1:]
	}
	return a
}

// application finds one of this browser; nil when there is none.
func (s *session) application(is func(*application) bool) *application {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.list, is); i >= 0 {
		return s.list[i]
	}
	return nil
}

// session is the browser's; nil when it has none.
func (p *portal) session(r *http.Request) *session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return p.sessions.find(c.Value)
}

// beginSession is the browser's session, new when it has none.
func (p *portal) beginSession(w http.ResponseWriter, r *http.Request) *session {
	if s := p.session(r); s != nil {
		return s
	}
	s := p.sessions.begin()
	// Lax: people come back from pages of other sites by links and redirects.
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: s.id, Path: "/", HttpOnly: true, Secure: p.secure, SameSite: http.SameSiteLaxMode})
	return s
}
