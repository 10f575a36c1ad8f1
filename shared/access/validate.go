package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/edm/codelist"
)

// Prefixes of an agent's scheme (TDD 4.4, R-EDM-REQ-C012).
const (
	easPrefix          = "urn:cef.eu:names:identifier:EAS:"
	unregisteredPrefix = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:"
)

// Validate says everything that is wrong with the entry; nothing is wrong with
// one that can be used.
func (p *Portal) Validate() []Finding {
	var f findings
	f.id(p.ID)
	f.names("name", p.Name)
	f.requester(&p.Requester)
	f.keys(p.Keys)
	f.procedures(p.Procedures)
	f.hosts("returnHosts", p.ReturnHosts)
	f.hosts("hosts", p.Hosts)
	if len(p.ReturnHosts) == 0 {
		f.add("returnHosts", "", "is empty: no person could come back", "write the portal's host, as portal.example.lv")
	}
	return f
}

func (f *findings) id(id string) {
	if !IsPortalID(id) {
		f.add("id", id, "is no client id", fmt.Sprintf("write 1 to %d of a-z, 0-9 and hyphens, beginning with a letter", MaxPortalID))
	}
}

// IsPortalID tells whether a text can be a portal's ID.
func IsPortalID(id string) bool {
	return id != "" && len(id) <= MaxPortalID && id[0] >= 'a' && id[0] <= 'z' && strings.IndexFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

func (f *findings) names(path string, names map[string]string) {
	if len(names) == 0 {
		f.add(path, "", "is missing", `write it by language, as "EN": "Example Portal"`)
	}
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		at := path + "." + clip(lang)
		if !codelist.Of("LanguageCode", "2.0").Has(lang) {
			f.add(at, lang, "is no code of LanguageCode", "write an ISO 639-1 code in upper case, as LV")
		}
		f.text(at, names[lang], true)
	}
}

// text checks what goes onto the wire and onto a screen as it is.
func (f *findings) text(path, s string, needed bool) {
	switch {
	case s == "" && needed:
		f.add(path, "", "is missing", "write it")
	case utf8.RuneCountInString(s) >= MaxText:
		f.add(path, s, fmt.Sprintf("has %d characters", utf8.RuneCountInString(s)), fmt.Sprintf("write fewer than %d", MaxText))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		f.add(path, s, "holds characters that cannot be printed", "leave them out")
	case strings.TrimSpace(s) != s:
		f.add(path, s, "begins or ends with blanks", "leave them out")
	}
}

func (f *findings) requester(a *Agent) {
	f.text("requester.identifier", a.Identifier, true)
	if !isScheme(a.Scheme) {
		f.add("requester.scheme", a.Scheme, "is no scheme of an agent (R-EDM-REQ-C012)",
			"write "+easPrefix+"CODE with a code of EAS, or "+unregisteredPrefix+"CC with the country, or …:oots")
	}
	f.names("requester.name", a.Name)
	f.address(&a.Address)
}

func isScheme(scheme string) bool {
	if code, ok := strings.CutPrefix(scheme, easPrefix); ok {
		return codelist.Of("EAS", "2.0").Has(code)
	}
	country, ok := strings.CutPrefix(scheme, unregisteredPrefix)
	return ok && (country == "oots" || codelist.Of("OOTSCountry", "2.0").Has(country))
}

func (f *findings) address(a *Address) {
	for _, line := range []struct{ name, text string }{
		{"full", a.Full}, {"number", a.Number}, {"street", a.Street}, {"postCode", a.PostCode}, {"city", a.City},
	} {
		f.text("requester.address."+line.name, line.text, false)
	}
	if !codelist.Of("CountryIdentificationCode", "2.0").Has(a.Country) {
		f.add("requester.address.country", a.Country, "is no code of CountryIdentificationCode (R-EDM-REQ-C015, C073)", "write the country of the authority, as LV")
	}
	if a.Region != "" && !codelist.Of("NUTS", "2.0").Has(a.Region) {
		f.add("requester.address.region", a.Region, "is no code of NUTS (R-EDM-REQ-C016)", "write one, as LV00C, or leave it out")
	}
}

func (f *findings) procedures(list []string) {
	if len(list) == 0 || len(list) > MaxProcedures {
		f.add("procedures", "", fmt.Sprintf("has %d codes", len(list)), fmt.Sprintf("write the procedures that the portal offers, 1 to %d codes, as T3", MaxProcedures))
		return
	}
	for i, code := range list {
		at := fmt.Sprintf("procedures[%d]", i)
		switch {
		case !codelist.Of("Procedures", "2.0").Has(code):
			f.add(at, code, "is no code of the list Procedures", "write one of the list, as T3")
		case slices.Index(list, code) < i:
			f.add(at, code, "stands there twice", "write it once")
		}
	}
}

func (f *findings) keys(list []Key) {
	if len(list) == 0 || len(list) > MaxKeys {
		f.add("keys", "", fmt.Sprintf("has %d keys", len(list)), fmt.Sprintf("write 1 to %d public JWKs of the portal", MaxKeys))
		return
	}
	for i := range list {
		k, at := &list[i], fmt.Sprintf("keys[%d]", i)
		f.text(at+".kid", k.ID, true)
		if slices.IndexFunc(list, func(o Key) bool { return o.ID == k.ID }) < i {
			f.add(at+".kid", k.ID, "stands there twice", "give each key its own kid")
		}
		if k.Use != "" && k.Use != "sig" || len(k.Ops) > 0 && !slices.Contains(k.Ops, "verify") {
			f.add(at+".use", k.Use, "is no key for signatures", `write "use": "sig", or leave use and key_ops out`)
		}
		if _, _, err := k.verifier(); err != nil {
			f.add(at, "", err.Error(), fmt.Sprintf("write the public key alone: EC P-256 (ES256), OKP Ed25519 (EdDSA), or RSA of %d to %d bits (PS256, RS256)", MinRSABits, MaxRSABits))
		}
	}
}
