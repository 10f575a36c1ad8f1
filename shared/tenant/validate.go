package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/outward"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Invalid is the error for a document that cannot be used: everything that is wrong.
type Invalid struct{ Findings []string }

// Error gives one line a finding.
func (e *Invalid) Error() string {
	return "tenant document cannot be used:\n  " + strings.Join(e.Findings, "\n  ")
}

type findings []string

func (f *findings) want(holds bool, format string, args ...any) {
	if !holds {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

// Validate says everything that is wrong, and what to write.
func (d *Document) Validate() []string {
	var f findings
	f.want(d.Version == Version, "version: write %q", Version)
	f.want(store.CheckName("name", d.Name) == nil, "name: write a-z, 0-9 and hyphens, beginning with a letter")
	f.want(codelist.Of("CountryIdentificationCode", "2.0").Has(d.Country), "country: %q is no country code; write one such as LV", d.Country)
	f.want(d.Party.ID != "" && d.Party.Type != "", "party: write id and type as the partners know this access point")
	f.want(d.Platform.Identifier != "" && len(d.Platform.Name) > 0, "platform: write identifier, scheme and name of who runs the node")
	d.addresses(&f)
	f.want(d.Partners != "", "partners: name the file of the partner document")
	d.keys(&f)
	f.want(d.SignIn.EntityID != "" && isURL(d.SignIn.SSO, "https", "http") && d.SignIn.Certificates != "", "signIn: write entityId, sso and certificates of the national eIDAS node")
	f.want(slices.Contains([]string{"", "Low", "Substantial", "High"}, d.SignIn.Level), "signIn.level: %q; write Low, Substantial or High, or leave it out for Substantial", d.SignIn.Level)
	for _, v := range d.Speak {
		_, ok := edm.ParseVersion(v)
		f.want(ok, "speak: %q is no line of the exchange; write one such as v2.0", v)
	}
	d.directory(&f)
	d.places(&f)
	d.timers(&f)
	d.served(&f)
	for i := range d.Maintenance {
		err := d.Maintenance[i].Check()
		f.want(err == nil, "maintenance[%d]: %v", i, err)
	}
	return f
}

func (d *Document) directory(f *findings) {
	f.want(d.Directory.Roots != "", "directory.roots: name the file of the certificates that the Common Services' signatures end in")
	for _, v := range d.Directory.Versions {
		_, ok := directory.ParseVersion(v)
		f.want(ok, "directory.versions: %q is no line of the Common Services; write one such as v2.0", v)
	}
	env := directory.Environment(d.Directory.Environment)
	f.want(env == "" || env == directory.Acceptance || env == directory.Production, "directory.environment: %q; write %s or %s", env, directory.Acceptance, directory.Production)
	for _, u := range []struct{ name, url string }{
		{"evidenceBroker", d.Directory.EvidenceBroker}, {"dataServices", d.Directory.DataServices}, {"repository", d.Directory.Repository},
	} {
		f.want(u.url == "" || isURL(u.url, "https", "http"), "directory.%s: %q is no https URL", u.name, u.url)
	}
}

// places are judged here, as a wrong one would stop every call.
func (d *Document) places(f *findings) {
	for _, p := range []struct {
		name string
		list []string
	}{{"partners", d.Places.Partners}, {"directory", d.Places.Directory}, {"registries", d.Places.Registries}} {
		for _, place := range p.list {
			_, err := outward.ListPlaces(place)
			f.want(err == nil, "places.%s: %q is no place; write host:port", p.name, place)
		}
	}
}

// MaxMinutes is the longest that any timer may be: a day, after which evidence
// is deleted in any case (architecture rule 10).
const MaxMinutes = 24 * 60

func (d *Document) timers(f *findings) {
	for _, s := range []struct {
		name string
		set  TimerSet
	}{{"requester", d.Timers.Requester}, {"provider", d.Timers.Provider}} {
		for _, v := range []struct {
			name    string
			minutes float64
		}{{"link", s.set.Link}, {"launch", s.set.Launch}, {"preview", s.set.Preview}, {"overall", s.set.Overall}, {"keep", s.set.Keep}} {
			f.want(v.minutes >= 0, "timers.%s.%s: %v minutes; write a number above 0, or leave it out for the published value", s.name, v.name, v.minutes)
			f.want(v.minutes <= MaxMinutes, "timers.%s.%s: %v minutes; write at most %d: evidence does not stay longer than a day", s.name, v.name, v.minutes, MaxMinutes)
		}
	}
}

func (d *Document) addresses(f *findings) {
	for _, a := range []struct{ name, url, scheme string }{{"as4", d.Address.AS4, "http"}, {"api", d.Address.API, "http"}, {"people", d.Address.People, "https"}} {
		ok := isURL(a.url, "https", a.scheme) && !strings.HasSuffix(a.url, "/")
		f.want(ok, "address.%s: %q is no https URL without a slash at its end", a.name, a.url)
	}
}

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return true
		}
	}
	return false
}

func (d *Document) keys(f *findings) {
	f.want(len(d.Keys.Signing) > 0, "keys.signing: name at least one key with its certificate")
	f.want(len(d.Keys.Decryption) > 0, "keys.decryption: name at least one key with its certificate")
	pairs := append(append([]Key{d.Keys.SignIn}, d.Keys.Signing...), d.Keys.Decryption...)
	for _, k := range pairs {
		f.want(k.Key != "" && k.Certificate != "", "keys: every key but tokens needs key and certificate")
	}
	f.want(d.Keys.Tokens.Key != "", "keys.tokens: name an Ed25519 or P-256 key")
}

// served are the portals and registries: each judges itself, and no id stands twice.
func (d *Document) served(f *findings) {
	seen := map[string]bool{}
	for i := range d.Portals {
		p := &d.Portals[i]
		f.want(!seen["portal "+p.ID], "portals: id %q stands twice", p.ID)
		seen["portal "+p.ID] = true
		for _, x := range p.Validate() {
			f.want(false, "portals[%s].%s", p.ID, x)
		}
	}
	for i := range d.Registries {
		r := &d.Registries[i]
		f.want(!seen["registry "+r.ID], "registries: id %q stands twice", r.ID)
		seen["registry "+r.ID] = true
		for _, x := range r.Validate() {
			f.want(false, "registries[%s].%s", r.ID, x)
		}
	}
}
