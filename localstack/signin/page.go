package signin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var style string

// script sends the answer's form.
const script = `document.getElementById("answer").submit()`

var pages = template.Must(template.New("page").Parse(pageHTML))

// page is what the templates show.
type page struct {
	Style   template.CSS
	Script  template.JS
	Country string
	Problem string

	Request    string // SAMLRequest, as it came
	Relayed    bool
	RelayState string
	Service    string
	Legal      bool
	Level      saml.Level
	Levels     []saml.Level
	Groups     []group
	Companies  []company

	Action, Response string
}

// group are the persons of one country.
type group struct {
	Country string
	Persons []*residents.Person
}

// company is one that somebody may act for, with the names of who may.
type company struct {
	*residents.Company
	By []string
}

func (n *Node) company(c *residents.Company) company {
	x := company{Company: c}
	for _, key := range c.Representatives {
		p := n.o.Residents.Persons[key]
		x.By = append(x.By, p.GivenName.Value+" "+p.FamilyName.Value)
	}
	return x
}

func (n *Node) page(q *request) page {
	p := page{Style: template.CSS(style), Script: script, Country: n.o.Country}
	if q != nil {
		p.Request, p.Relayed, p.RelayState, p.Service, p.Legal, p.Level = q.encoded, q.relayed, q.relayState, q.sp.Name, q.legal, q.level
	}
	return p
}

// ask shows the page on which somebody chooses.
func (n *Node) ask(w http.ResponseWriter, status int, q *request, problem string) {
	p := n.page(q)
	p.Problem, p.Levels = problem, levels
	seen := map[string]bool{}
	for _, person := range n.o.Residents.From(n.o.Country) {
		companies := n.o.Residents.CompaniesOf(person.Key)
		if q.legal && len(companies) == 0 {
			continue
		}
		if len(p.Groups) == 0 || p.Groups[len(p.Groups)-1].Country != person.Country {
			p.Groups = append(p.Groups, group{Country: person.Country})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Persons = append(g.Persons, person)
		for _, c := range companies {
			if !seen[c.Key] {
				seen[c.Key] = true
				p.Companies = append(p.Companies, n.company(c))
			}
		}
	}
	policy(w.Header(), "'self'", style, "")
	show(w, status, "choose", p)
}

// answer shows the page that sends the answer on.
func (n *Node) answer(w http.ResponseWriter, q *request, a samltest.Answer) {
	a.InResponseTo, a.ACS, a.Audience, a.EncryptFor = q.id, q.sp.ACS, q.sp.EntityID, q.sp.EncryptFor
	response, err := n.provider.Respond(a)
	if err != nil {
		n.explain(w, http.StatusInternalServerError, "The answer cannot be made: is the service's certificate one of RSA?")
		return
	}
	p := n.page(q)
	p.Action, p.Response = q.sp.ACS, response
	policy(w.Header(), origin(q.sp.ACS), style, script)
	show(w, http.StatusOK, "answer", p)
}

// explain shows why there is no sign-in.
func (n *Node) explain(w http.ResponseWriter, status int, problem string) {
	p := n.page(nil)
	p.Problem = problem
	policy(w.Header(), "'none'", style, "")
	show(w, status, "explain", p)
}

func show(w http.ResponseWriter, status int, name string, p page) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// harden sets what every answer has.
func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

// policy lets nothing in but the style and the script that stand in the page, and the form only go where it belongs.
func policy(h http.Header, formAction, style, script string) {
	p := "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action " + formAction + "; style-src " + hash(style)
	if script != "" {
		p += "; script-src " + hash(script)
	}
	h.Set("Content-Security-Policy", p)
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}
