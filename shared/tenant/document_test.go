package tenant_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// right is a document that can be used.
const right = `version: "1"
name: lv
country: LV
party: {id: LV-AP, type: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"}
platform: {identifier: LV-PLATFORM, scheme: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", name: {EN: Platform}, address: {country: LV}}
address: {as4: "https://as4.example.lv/as4", api: "https://api.example.lv", people: "https://people.example.lv"}
partners: partners.json
keys:
  signing: [{key: as4.key, certificate: as4.pem}]
  decryption: [{key: as4.key, certificate: as4.pem}]
  signIn: {key: sp.key, certificate: sp.pem}
  tokens: {key: as4.key}
directory: {roots: roots.pem}
signIn: {entityId: "https://eidas.example.lv", sso: "https://eidas.example.lv/sso", certificates: as4.pem}
`

func TestARightDocumentIsTaken(t *testing.T) {
	t.Parallel()
	d, err := tenant.Parse([]byte(right))
	if err != nil || d.Name != "lv" || len(d.Keys.Signing) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestEachFindingSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was, is string
		says    []string
	}{
		"another version":                      {`version: "1"`, `version: "2"`, []string{`version: write "1"`}},
		"a name with capitals":                 {"name: lv", "name: LV", []string{"name: write a-z"}},
		"an unknown country":                   {"country: LV\nparty", "country: Atlantis\nparty", []string{`country: "Atlantis"`, "write one such as LV"}},
		"a party without a type":               {`, type: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"}` + "\nplatform", "}\nplatform", []string{"party: write id and type"}},
		"a platform without a name":            {"name: {EN: Platform}", "name: {}", []string{"platform: write identifier, scheme and name"}},
		"an address with a slash at its end":   {"api.example.lv", "api.example.lv/", []string{`address.api: "https://api.example.lv/"`, "without a slash"}},
		"an address of people without TLS":     {"https://people", "http://people", []string{"address.people", "https URL"}},
		"no partners":                          {"partners: partners.json", `partners: ""`, []string{"partners: name the file"}},
		"no key that signs":                    {"signing: [{key: as4.key, certificate: as4.pem}]", "signing: []", []string{"keys.signing: name at least one"}},
		"a key without its certificate":        {"decryption: [{key: as4.key, certificate: as4.pem}]", "decryption: [{key: as4.key}]", []string{"needs key and certificate"}},
		"no key of tokens":                     {"tokens: {key: as4.key}", "tokens: {}", []string{"keys.tokens: name an Ed25519 or P-256 key"}},
		"no roots of the directory":            {"directory: {roots: roots.pem}", "directory: {}", []string{"directory.roots: name the file"}},
		"an unknown line of the directory":     {"roots.pem}", "roots.pem, versions: [v2]}", []string{`directory.versions: "v2"`, "such as v2.0"}},
		"an unknown environment":               {"roots.pem}", "roots.pem, environment: test}", []string{`directory.environment: "test"`, "acc or prod"}},
		"a directory that is no URL":           {"roots.pem}", "roots.pem, dataServices: dsd}", []string{`directory.dataServices: "dsd"`}},
		"no sign-in":                           {`sso: "https://eidas.example.lv/sso"`, `sso: ""`, []string{"signIn: write entityId, sso and certificates"}},
		"an unknown level of the sign-in":      {"certificates: as4.pem}\n", "certificates: as4.pem, level: high}\n", []string{`signIn.level: "high"`, "write Low, Substantial or High"}},
		"an unknown line of the exchange":      {"name: lv\n", "name: lv\nspeak: [v3.0]\n", []string{`speak: "v3.0"`, "such as v2.0"}},
		"a place without a port":               {"name: lv\n", "name: lv\nplaces: {partners: [localhost]}\n", []string{`places.partners: "localhost"`, "host:port"}},
		"a negative timer":                     {"name: lv\n", "name: lv\ntimers: {provider: {link: -1}}\n", []string{"timers.provider.link: -1 minutes"}},
		"evidence that stays over a day":       {"name: lv\n", "name: lv\ntimers: {requester: {keep: 1441}}\n", []string{"timers.requester.keep: 1441 minutes; write at most 1440"}},
		"two portals with one id":              {"name: lv\n", "name: lv\nportals: [{id: p}, {id: p}]\n", []string{`portals: id "p" stands twice`, "portals[p]."}},
		"two registries with one id":           {"name: lv\n", "name: lv\nregistries: [{id: R}, {id: R}]\n", []string{`registries: id "R" stands twice`, "registries[R]."}},
		"everything that is wrong, not a part": {right, "version: \"1\"\n", []string{"name:", "country:", "party:", "platform:", "address.as4:", "partners:", "keys.signing:", "directory.roots:", "signIn:"}},
		"nothing":                              {right, "", []string{"version:", "name:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(right, c.was) {
				t.Fatalf("the right document has no %q", c.was)
			}
			_, err := tenant.Parse([]byte(strings.Replace(right, c.was, c.is, 1)))
			if invalid := (*tenant.Invalid)(nil); !errors.As(err, &invalid) {
				t.Fatalf("%v is no list of findings", err)
			}
			for _, words := range c.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%v does not say %q", err, words)
				}
			}
		})
	}
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, says string }{
		"an unknown field":          {right + "signin: {}\n", "field signin not found"},
		"an unknown field in a key": {strings.Replace(right, "tokens: {key", "tokens: {keys", 1), "field keys not found"},
		"broken YAML":               {right + "a: [\n", "line "},
		"a list":                    {"- 1\n", "read tenant document"},
		"one over the limit":        {strings.Repeat("#", tenant.MaxBytes+1), "at most 4194304 are read"},
	} {
		if _, err := tenant.Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTimersThatAreNotSetAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	timers := tenant.Timers{Provider: tenant.TimerSet{Link: 0.5}}
	want := exchange.DefaultTimers(exchange.Provider)
	want.Link = 30 * time.Second
	if got := timers.Of(exchange.Provider); got != want {
		t.Errorf("%+v", got)
	}
	if got := timers.Of(exchange.Requester); got != exchange.DefaultTimers(exchange.Requester) {
		t.Errorf("%+v", got)
	}
}
