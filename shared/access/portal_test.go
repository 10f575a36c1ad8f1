package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// student is a portal with nothing wrong.
func student(t testing.TB, keys ...Key) Portal {
	t.Helper()
	if len(keys) == 0 {
		keys = []Key{described(t, "k1", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())}
	}
	return Portal{
		ID:   "student-portal",
		Name: map[string]string{"EN": "Student portal", "LV": "Studentu portāls"},
		Requester: Agent{
			Identifier: "40900000000", Scheme: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV",
			Name:    map[string]string{"LV": "Ministrija", "EN": "Ministry"},
			Address: Address{Full: "Example street 1, Rīga", Country: "LV"},
		},
		Keys: keys, Procedures: []string{"T2", "T3"}, ReturnHosts: []string{"portal.example.lv"},
	}
}

func described(t testing.TB, id string, public any) Key {
	t.Helper()
	k, err := PublicKey(id, public)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAnEntryThatIsRightHasNoFindings(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := student(t, described(t, "ec", curve.Public()), described(t, "rsa", modulus.Public()))
	p.Hosts = []string{"hooks.example.lv:8443", "[2001:db8::1]"}
	if got := p.Validate(); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

func TestAFindingSaysWhereAndWhatToWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Portal)
		path   string
		do     string
	}{
		"an id in capitals":         {func(p *Portal) { p.ID = "Portal" }, "id", "hyphens"},
		"no name":                   {func(p *Portal) { p.Name = nil }, "name", "by language"},
		"a language in lower case":  {func(p *Portal) { p.Name["lv"] = "x" }, "name.lv", "upper case"},
		"a name with a newline":     {func(p *Portal) { p.Name["LV"] = "a\nb" }, "name.LV", "leave them out"},
		"no agent's identifier":     {func(p *Portal) { p.Requester.Identifier = "" }, "requester.identifier", "write it"},
		"a scheme of no list":       {func(p *Portal) { p.Requester.Scheme = "urn:cef.eu:names:identifier:EAS:1" }, "requester.scheme", "code of EAS"},
		"no country of the agent":   {func(p *Portal) { p.Requester.Address.Country = "" }, "requester.address.country", "as LV"},
		"a region of no list":       {func(p *Portal) { p.Requester.Address.Region = "Riga" }, "requester.address.region", "LV00C"},
		"no keys":                   {func(p *Portal) { p.Keys = nil }, "keys", "public JWKs"},
		"a private key":             {func(p *Portal) { p.Keys[0].D = "AAAA" }, "keys[0]", "the public key alone"},
		"a shared secret":           {func(p *Portal) { p.Keys[0] = Key{ID: "a", Type: "oct", K: "AAAA"} }, "keys[0]", "the public key alone"},
		"a key without an id":       {func(p *Portal) { p.Keys[0].ID = "" }, "keys[0].kid", "write it"},
		"one id for two keys":       {func(p *Portal) { p.Keys = append(p.Keys, p.Keys[0]) }, "keys[1].kid", "its own kid"},
		"a key for encryption":      {func(p *Portal) { p.Keys[0].Use = "enc" }, "keys[0].use", "sig"},
		"an algorithm of other key": {func(p *Portal) { p.Keys[0].Algorithm = "HS256" }, "keys[0]", "EdDSA"},
		"no procedures":             {func(p *Portal) { p.Procedures = nil }, "procedures", "as T3"},
		"a procedure of no list":    {func(p *Portal) { p.Procedures[1] = "T9" }, "procedures[1]", "one of the list"},
		"a procedure twice":         {func(p *Portal) { p.Procedures[1] = "T2" }, "procedures[1]", "once"},
		"nowhere to return":         {func(p *Portal) { p.ReturnHosts = nil }, "returnHosts", "portal's host"},
		"a URL for a host":          {func(p *Portal) { p.ReturnHosts[0] = "https://portal.example.lv" }, "returnHosts[0]", "nothing else"},
		"a wildcard":                {func(p *Portal) { p.ReturnHosts[0] = "*.example.lv" }, "returnHosts[0]", "nothing else"},
		"a path":                    {func(p *Portal) { p.Hosts = []string{"portal.example.lv/hook"} }, "hosts[0]", "nothing else"},
		"a user":                    {func(p *Portal) { p.Hosts = []string{"u@portal.example.lv"} }, "hosts[0]", "nothing else"},
		"the port of https":         {func(p *Portal) { p.Hosts = []string{"portal.example.lv:443"} }, "hosts[0]", "not 443"},
	} {
		p := student(t)
		c.change(&p)
		got := p.Validate()
		if len(got) != 1 || got[0].Path != c.path || !strings.Contains(got[0].Do, c.do) {
			t.Errorf("%s: got %v, want one finding at %s that says %q", name, got, c.path, c.do)
		}
	}
}

func TestAFindingNeverShowsAKey(t *testing.T) {
	t.Parallel()
	p := student(t)
	p.Keys[0].D = "c2VjcmV0"
	for _, f := range p.Validate() {
		if strings.Contains(f.String(), "c2VjcmV0") {
			t.Errorf("%s", f)
		}
	}
}

func TestAnEntryIsTheSameInJSONAndYAML(t *testing.T) {
	t.Parallel()
	want := student(t)
	want.AuthenticatesItself = true
	octets, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Portal
	if err := yaml.Unmarshal(octets, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheRequesterIsAnAgentOfARequest(t *testing.T) {
	t.Parallel()
	p := student(t)
	want := edm.Agent{
		Identifier:     edm.Identifier{SchemeID: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", Value: "40900000000"},
		Name:           []edm.LocalizedText{{Lang: "EN", Text: "Ministry"}, {Lang: "LV", Text: "Ministrija"}},
		Address:        &edm.Address{FullAddress: "Example street 1, Rīga", AdminUnitLevel1: "LV"},
		Classification: "ER",
	}
	if diff := cmp.Diff(want, p.Requester.EDM()); diff != "" {
		t.Error(diff)
	}
}

func TestANameIsShownInTheLanguageOrInEnglish(t *testing.T) {
	t.Parallel()
	p := student(t)
	for lang, want := range map[string]string{"lv": "Studentu portāls", "DE": "Student portal"} {
		if got := p.Shown(lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
