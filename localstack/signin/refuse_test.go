package signin_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/localstack/signin"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
)

func TestRequestsThatAreNotTheServicesAreRefused(t *testing.T) {
	t.Parallel()
	node, right, _ := open(t)
	for name, edit := range map[string]func(*saml.ServiceProvider){
		"signed by another":  func(sp *saml.ServiceProvider) { sp.Key, sp.Certificate = stranger().key, stranger().cert },
		"unknown service":    func(sp *saml.ServiceProvider) { sp.EntityID = "https://other.example/saml" },
		"another address":    func(sp *saml.ServiceProvider) { sp.ACS = "https://evil.example/acs" },
		"another node":       func(sp *saml.ServiceProvider) { sp.Provider.SSO = "https://other.example/sso" },
		"too old":            func(sp *saml.ServiceProvider) { sp.Now = func() time.Time { return now.Add(-16 * time.Minute) } },
		"from the future":    func(sp *saml.ServiceProvider) { sp.Now = func() time.Time { return now.Add(16 * time.Minute) } },
		"signed by nobody":   nil,
		"no base64":          nil,
		"changed afterwards": nil,
		"a document type":    nil,
		"another element":    nil,
	} {
		sp := *right
		if edit != nil {
			edit(&sp)
		}
		_, form, err := sp.Begin(saml.Substantial, false)
		if err != nil {
			t.Fatal(err)
		}
		octets, _ := base64.StdEncoding.DecodeString(form.SAMLRequest)
		request := string(octets)
		switch name {
		case "signed by nobody":
			request = regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).ReplaceAllString(request, "")
		case "changed afterwards":
			request = strings.Replace(request, "LoA/substantial", "LoA/low", 1)
		case "a document type":
			request = "<!DOCTYPE a>" + request
		case "another element":
			request = "<a>" + request + "</a>"
		}
		encoded := base64.StdEncoding.EncodeToString([]byte(request))
		if name == "no base64" {
			encoded = "%%%"
		}
		resp, page := post(t, node.SSO(), url.Values{"SAMLRequest": {encoded}, "resident": {"anna"}, "level": {"High"}})
		if resp.StatusCode != http.StatusBadRequest || strings.Contains(page, "SAMLResponse") || strings.Contains(page, "<form") {
			t.Errorf("%s: %s\n%s", name, resp.Status, page)
		}
	}
}

func TestPagesLetNothingForeignIn(t *testing.T) {
	t.Parallel()
	node, sp, base := open(t)
	_, form, err := sp.Begin(saml.Low, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		form   url.Values
		action string
	}{
		{url.Values{"SAMLRequest": {form.SAMLRequest}}, "'self'"},
		{url.Values{"SAMLRequest": {form.SAMLRequest}, "resident": {"anna"}, "level": {"Low"}}, "http://127.0.0.1:9999"},
		{url.Values{}, "'none'"},
	} {
		resp, page := post(t, node.SSO(), c.form)
		csp := resp.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action "+c.action+";") || strings.Contains(csp, "unsafe") || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("policy %s", csp)
		}
		for _, tag := range []string{"style", "script"} {
			for _, m := range regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(page, -1) {
				sum := sha256.Sum256([]byte(m[1]))
				if !strings.Contains(csp, tag+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
					t.Errorf("the policy does not let this in: <%s>%s", tag, m[1])
				}
			}
		}
		if regexp.MustCompile(` (src|href|style|on[a-z]+)="`).MatchString(page) {
			t.Error("the page loads something, or has scripts in attributes")
		}
	}
	for address, want := range map[string]int{base + "/sso": 405, base + "/": 404} {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s", address, resp.Status)
		}
	}
}

func TestANodeIsNotMadeOfHalfOptions(t *testing.T) {
	t.Parallel()
	r, _ := residents.Default()
	whole := signin.Options{BaseURL: "http://127.0.0.1:1/", Country: "LV", Residents: r, Now: clock}
	node, err := signin.New(whole)
	if err != nil || node.SSO() != "http://127.0.0.1:1/sso" || node.IdentityProvider().EntityID != "http://127.0.0.1:1/metadata" || node.Certificate() == nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*signin.Options){
		"no address":          func(o *signin.Options) { o.BaseURL = "" },
		"no country":          func(o *signin.Options) { o.Country = "" },
		"half a key":          func(o *signin.Options) { o.Certificate = stranger().cert },
		"a nameless provider": func(o *signin.Options) { o.ServiceProviders = []signin.ServiceProvider{{ACS: acs}} },
	} {
		o := whole
		edit(&o)
		if _, err := signin.New(o); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}
