package handler_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// linked takes somebody to the preview link, which they follow without signing in there.
func linked(p *person, v *requester.View) string {
	p.t.Helper()
	p.open(v.PersonURL).signIn(nil).send("/ask", nil).until("/continue")
	return p.send("/continue", nil).leads()
}

func TestAForwardedPreviewLinkShowsNothingAndLetsNobodyElseIn(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	anna := w.person(t, "anna")
	link := linked(anna, v)
	anna.open(link).signIn(nil).says("Your evidence", "Zvaigžņu kartogrāfija")

	other := w.person(t, "janis")
	other.open(link).is(http.StatusOK).silent("Anna", "Paraudziņa", "1987", "Zvaigžņu", "/document/")
	other.open(link+"/document/1").is(http.StatusForbidden).silent("Zvaigžņu", "Paraudziņa")
	other.post(link+"/decide", url.Values{"answer": {"chosen"}, "piece": {"1"}}).is(http.StatusForbidden)
	if got := w.view(t, v.ID); got.Final {
		t.Fatalf("the exchange ended as %s", got.State)
	}
	other.open(link).signIn(nil).is(http.StatusGone).says("The evidence cannot be provided", "could not be confirmed")
	other.silent("Anna", "Sample authority", "diploma", "Diploma", w.host("LT"))
	anna.open(link).says("The evidence cannot be provided").silent("Zvaigžņu")
	anna.open(v.PersonURL).until("could not be matched")
}

func TestASignInBelongsToTheBrowserThatBeganItAndWorksOnce(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	anna, thief := w.person(t, "anna"), w.person(t, "janis")
	anna.open(v.PersonURL).toNode(nil)
	answer := anna.hidden()
	acs := w.Tenants["LT"].People + "/sign-in/acs"
	thief.post(acs, answer).is(http.StatusForbidden).says("You are not signed in")
	thief.open(v.PersonURL).send("/sign-in", nil)
	thief.post(acs, answer).is(http.StatusForbidden) // with a sign-in cookie of its own

	swapped := url.Values{"SAMLResponse": answer["SAMLResponse"], "RelayState": {"unknown"}}
	anna.post(acs, swapped).is(http.StatusForbidden)
	anna.post(acs, url.Values{"SAMLResponse": {"x"}, "RelayState": {""}}).is(http.StatusForbidden)
	anna.post(acs, answer).is(http.StatusOK).says("Do you want to ask for this evidence?")
	anna.post(acs, answer).is(http.StatusForbidden).says("already used")
	thief.open(v.PersonURL).says("Get your evidence from another country").silent("Anna")

	bad := w.person(t, "anna").open(v.PersonURL).toNode(url.Values{"cancel": {"1"}})
	bad.send("/sign-in/acs", nil).is(http.StatusForbidden).says("was not completed", "Try again")
}

// hidden are the fields of the form on the page.
func (p *person) hidden() url.Values {
	return url.Values{"SAMLResponse": {p.field("SAMLResponse")}, "RelayState": {p.field("RelayState")}}
}

// field is the value of a field on the page.
func (p *person) field(name string) string {
	value := ""
	each(p.root, func(n *html.Node) {
		if n.Data == "input" && attr(n, "name") == name {
			value = attr(n, "value")
		}
	})
	return value
}

func TestTwoSignInsInTwoTabsBothWork(t *testing.T) {
	w := open(t, world.Options{})
	v, u := w.order(t, "T3", "tertiary-qualification", nil), w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna")
	acs := w.Tenants["LT"].People + "/sign-in/acs"
	first := p.open(v.PersonURL).toNode(nil).hidden()
	second := p.open(u.PersonURL).toNode(nil).hidden()
	p.post(acs, first).says("Do you want to ask")
	p.post(acs, second).says("Do you want to ask")
}

func TestAJourneyGoesOnInTheBrowserThatAsked(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	anna, janis := w.person(t, "anna"), w.person(t, "janis")
	janis.open(v.PersonURL).signIn(nil).says("Do you want to ask", "Jānis") // both hold the link
	anna.open(v.PersonURL).signIn(nil).silent("Jānis").send("/ask", nil).until("/continue")
	for _, step := range []string{"/ask", "/continue", "/cancel"} {
		janis.post(v.PersonURL+step, nil).is(http.StatusForbidden)
	}
	janis.open(v.PersonURL).is(http.StatusForbidden).says("You are not signed in here").silent("Anna", "iploma")
	janis.post(v.PersonURL+"/sign-in", nil).is(http.StatusGone)
	janis.open(v.PersonURL + "/return").is(http.StatusForbidden)
	anna.open(v.PersonURL).says("Your evidence was found")
}

func TestADecisionIsMadeOnce(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "V2", "vehicle-registration", nil)
	p := w.person(t, "anna")
	link := linked(p, v)
	p.open(link).signIn(nil)
	for _, wrong := range []url.Values{{"answer": {"chosen"}, "piece": {"9"}}, {"answer": {"chosen"}, "piece": {"x"}}, {"piece": {"1"}}, {"answer": {"all"}}} {
		p.post(link+"/decide", wrong).is(http.StatusBadRequest).says("cannot be used")
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			r, _ := http.NewRequest(http.MethodPost, link+"/decide", strings.NewReader("answer=chosen&piece=1"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if resp, err := p.client.Do(r); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%v, %v", resp, err)
			} else {
				resp.Body.Close()
			}
		})
	}
	group.Wait()
	p.post(link+"/decide", url.Values{"answer": {"none"}}).says("Your decision is on its way")
	p.open(link + "/document/1").is(http.StatusGone)
	p.open(v.PersonURL).until("The evidence has arrived")
	if n := len(w.view(t, v.ID).Documents); n != 2 {
		t.Errorf("%d documents", n)
	}
}

func TestNothingIsShownOrDecidedOnceTheTimeIsOver(t *testing.T) {
	var late sync.Map
	now := func() time.Time {
		_, ok := late.Load("late")
		if ok {
			return time.Now().Add(63 * time.Minute)
		}
		return time.Now()
	}
	w := open(t, world.Options{Now: now})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna")
	link := linked(p, v)
	p.open(link).signIn(nil).says("Your evidence", "You can decide for")
	late.Store("late", true)
	p.open(link + "/document/1").is(http.StatusGone)
	p.post(link+"/decide", url.Values{"answer": {"chosen"}, "piece": {"1"}}).is(http.StatusGone).silent("Zvaigžņu")
	p.open(link).says("The time is over").silent("Zvaigžņu", "Anna")
	p.post(link+"/sign-in", nil).is(http.StatusGone)
}

func TestFormsOfOtherSitesAndBigFormsAreRefused(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna").open(v.PersonURL).signIn(nil)
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		for _, step := range []string{"/ask", "/cancel", "/sign-in", "/answers"} {
			r, _ := http.NewRequest(http.MethodPost, v.PersonURL+step, nil)
			r.Header.Set(name, value)
			p.do(r).is(http.StatusForbidden).says("This was not asked for here")
		}
	}
	if got := w.view(t, v.ID); got.State != requester.AwaitingPerson {
		t.Errorf("it is %s", got.State)
	}
	p.post(v.PersonURL+"/answers", url.Values{"answer.x": {strings.Repeat("x", 600<<10)}}).is(http.StatusRequestEntityTooLarge).says("too large")
	p.post(w.Tenants["LT"].People+"/sign-in/acs", url.Values{"SAMLResponse": {strings.Repeat("x", 600<<10)}}).is(http.StatusRequestEntityTooLarge)
	for _, path := range []string{"/journey/nothing", "/preview/nothing", "/preview/nothing/document/1", "/preview/", "/elsewhere"} {
		p.open(w.Tenants["LT"].People + path).is(http.StatusNotFound).says("There is nothing here")
	}
}

func TestPagesAreHardened(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna").open(v.PersonURL)
	csp := p.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script") {
		t.Error(csp)
	}
	if p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Content-Type-Options") != "nosniff" || p.header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v", p.header)
	}
	var set []*http.Cookie
	p.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		set = append(set, r.Response.Cookies()...)
		return nil
	}
	p.signIn(nil)
	for _, c := range append(set, p.open(v.PersonURL+"?lang=LV").cookies()...) {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite == 0 {
			t.Errorf("cookie %s", c)
		}
	}
	if len(set) == 0 {
		t.Error("signing in set no cookie")
	}
	p.open(w.Tenants["LT"].People + "/sign-in/metadata").is(http.StatusOK)
	for _, part := range []string{`AuthnRequestsSigned="true"`, `WantAssertionsSigned="true"`, `use="signing"`, `use="encryption"`, w.Tenants["LT"].People + "/sign-in/acs"} {
		if !strings.Contains(p.body, part) {
			t.Errorf("the metadata does not say %s", part)
		}
	}
}

func (p *person) cookies() []*http.Cookie { return (&http.Response{Header: p.header}).Cookies() }

func TestAReturnAddressThatIsNotSafeIsForgotten(t *testing.T) {
	w := open(t, world.Options{Speak: "v1.2"})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna")
	link, _, _ := strings.Cut(linked(p, v), "?")
	for _, bad := range []string{"javascript:alert(1)", "http://portal.example/", "https://u:p@portal.example/", "//portal.example/"} {
		p.open(link+"?returnurl="+url.QueryEscape(bad)).is(http.StatusOK).says("no automatic way back").silent("javascript:", "portal.example")
	}
	p.open(link + "?returnurl=" + url.QueryEscape("https://portal.example/back")).silent("no automatic way back")
	p.open(link + "?returnurl=" + url.QueryEscape("https://evil.example/"))
	p.send("/leave", nil).says("portal.example").silent("evil.example")
}

func TestWhoSignedInIsForgottenWithTheClick(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna").open(v.PersonURL).signIn(nil)
	objects := w.Tenants["LT"].Assembly.Objects
	list, err := objects.List(context.Background(), "evidence", "visit/", "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	p.send("/ask", nil)
	if list, _ = objects.List(context.Background(), "evidence", "visit/", "", 10); len(list) != 0 {
		t.Errorf("%v", list)
	}
}
