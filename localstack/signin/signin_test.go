package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/localstack/signin"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

type pair struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

func newPair() pair {
	key, cert, err := samltest.NewKey("test", now)
	if err != nil {
		panic(err)
	}
	return pair{key, cert}
}

var (
	service  = sync.OnceValue(newPair)
	stranger = sync.OnceValue(newPair)
)

const acs = "http://127.0.0.1:9999/sign-in/saml"

// open runs a node of Latvia and a service provider that is registered there.
func open(t *testing.T) (*signin.Node, *saml.ServiceProvider, string) {
	t.Helper()
	r, err := residents.Default()
	if err != nil {
		t.Fatal(err)
	}
	var node *signin.Node
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { node.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	node, err = signin.New(signin.Options{
		BaseURL: server.URL, Country: "LV", Residents: r, Now: clock, Key: stranger().key, Certificate: stranger().cert,
		ServiceProviders: []signin.ServiceProvider{{EntityID: "https://people.example/saml", ACS: acs, Name: "Preview <space>", Certificate: service().cert}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return node, &saml.ServiceProvider{
		EntityID: "https://people.example/saml", ACS: acs, Name: "Preview", Key: service().key, Decrypter: service().key, Certificate: service().cert,
		Provider: node.IdentityProvider(), Now: clock, Rand: rand.Reader,
	}, server.URL
}

func post(t *testing.T, address string, form url.Values) (*http.Response, string) {
	t.Helper()
	resp, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// field is the value of a hidden field of a page.
func field(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no %s in\n%s", name, page)
	}
	return html.UnescapeString(m[1])
}

func TestAPersonSignsInThroughThePage(t *testing.T) {
	t.Parallel()
	node, sp, _ := open(t)
	login, form, err := sp.Begin(saml.Substantial, false)
	if err != nil {
		t.Fatal(err)
	}
	const relay = `state "1" & <2> ū`
	resp, page := post(t, form.Action, url.Values{"SAMLRequest": {form.SAMLRequest}, "RelayState": {relay}})
	if resp.StatusCode != http.StatusOK || form.Action != node.SSO() || !strings.Contains(page, "Eleni Paradeigmatopoulou (Παραδειγματοπούλου), 1988-08-09") || strings.Contains(page, `name="company"`) || !strings.Contains(page, "Preview &lt;space&gt;") {
		t.Fatalf("%s\n%s", resp.Status, page)
	}
	resp, page = post(t, form.Action, url.Values{"SAMLRequest": {field(t, page, "SAMLRequest")}, "RelayState": {field(t, page, "RelayState")}, "resident": {"eleni"}, "level": {"High"}})
	if resp.StatusCode != http.StatusOK || field(t, page, "RelayState") != relay || !strings.Contains(page, `action="`+acs+`"`) {
		t.Fatalf("%s\n%s", resp.Status, page)
	}
	subject, err := sp.Finish(field(t, page, "SAMLResponse"), login)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := residents.Default()
	if diff := cmp.Diff(r.Persons["eleni"].Person("LV", "High"), subject.Person); diff != "" || subject.Level != saml.High {
		t.Errorf("level %s\n%s", subject.Level, diff)
	}
}

func TestEveryResidentSignsInAsItIsAtOnce(t *testing.T) {
	t.Parallel()
	_, sp, base := open(t)
	r, _ := residents.Default()
	for key, p := range r.Persons {
		login, form, err := sp.Begin(saml.Low, false)
		if err != nil {
			t.Fatal(err)
		}
		_, page := post(t, base+"/sso", url.Values{"SAMLRequest": {form.SAMLRequest}, "resident": {key}, "level": {"Low"}})
		subject, err := sp.Finish(field(t, page, "SAMLResponse"), login)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if diff := cmp.Diff(p.Person("LV", "Low"), subject.Person); diff != "" || strings.Contains(page, "RelayState") {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

func TestACompanySignsInThroughWhoMayActForIt(t *testing.T) {
	t.Parallel()
	_, sp, base := open(t)
	login, form, err := sp.Begin(saml.Substantial, true)
	if err != nil {
		t.Fatal(err)
	}
	_, page := post(t, base+"/sso", url.Values{"SAMLRequest": {form.SAMLRequest}})
	if !strings.Contains(page, `<option value="primer">Primer i sinove OOD (Пример и синове ООД), BG 900000001 – by Tsvetelina Primerova</option>`) || strings.Contains(page, `<option value="giulia">`) {
		t.Error(page)
	}
	for company, want := range map[string]int{"": 422, "naidis": 422, "primer": 200} {
		resp, page := post(t, base+"/sso", url.Values{"SAMLRequest": {form.SAMLRequest}, "resident": {"tsvetelina"}, "level": {"High"}, "company": {company}})
		if resp.StatusCode != want {
			t.Fatalf("%q: %s", company, resp.Status)
		}
		if want != 200 {
			if !strings.Contains(page, `role="alert"`) {
				t.Error("the page does not say what is wrong")
			}
			continue
		}
		subject, err := sp.Finish(field(t, page, "SAMLResponse"), login)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := residents.Default()
		if diff := cmp.Diff(r.Companies["primer"].LegalPerson("LV", "High"), subject.LegalPerson); diff != "" {
			t.Error(diff)
		}
		want := &edm.Person{
			LevelOfAssurance: "High", Identifier: &edm.Identifier{SchemeID: "eidas", Value: "BG/LV/9199010001"}, Gender: "Female", DateOfBirth: "1991-09-01",
			FamilyName: edm.Text{Value: "Primerova", NonLatin: "Примерова"}, GivenName: edm.Text{Value: "Tsvetelina", NonLatin: "Цветелина"},
		}
		if diff := cmp.Diff(want, subject.Representative); diff != "" || subject.Person != nil {
			t.Error(diff)
		}
	}
}

func TestWhoCancelsOrHasTooLowALevelIsNotSignedIn(t *testing.T) {
	t.Parallel()
	_, sp, base := open(t)
	for name, choice := range map[string]url.Values{"cancel": {"cancel": {"yes"}}, "low": {"resident": {"anna"}, "level": {"Low"}}} {
		login, form, err := sp.Begin(saml.High, false)
		if err != nil {
			t.Fatal(err)
		}
		choice.Set("SAMLRequest", form.SAMLRequest)
		_, page := post(t, base+"/sso", choice)
		if _, err := sp.Finish(field(t, page, "SAMLResponse"), login); err == nil || !strings.HasPrefix(err.Error(), "saml.status") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAChoiceThatIsNoneIsAskedAgain(t *testing.T) {
	t.Parallel()
	_, sp, base := open(t)
	_, form, err := sp.Begin(saml.Low, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []url.Values{{"resident": {"?"}, "level": {"Low"}}, {"resident": {"anna"}, "level": {"low"}}, {"level": {"High"}}} {
		c.Set("SAMLRequest", form.SAMLRequest)
		if resp, page := post(t, base+"/sso", c); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `role="alert"`) || !strings.Contains(page, `value="anna"`) {
			t.Errorf("%v: %s", c, resp.Status)
		}
	}
}
