package registry

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// Finding is one thing in the configuration that keeps a registry from working.
type Finding struct {
	Path   string `json:"path"`   // place, as "evidenceTypes[0].formats"
	Detail string `json:"detail"` // what is wrong
	Do     string `json:"do"`     // what to write
}

// String is the finding on one line.
func (f Finding) String() string { return f.Path + ": " + f.Detail + ": " + f.Do }

// Error makes a finding an error.
func (f Finding) Error() string { return f.String() }

type findings []Finding

// want adds a finding when what should hold does not.
func (f *findings) want(holds bool, path, detail, do string) {
	if !holds {
		*f = append(*f, Finding{path, detail, do})
	}
}

// Validate says what to correct; nothing means that the registry can be called.
func (r *Registry) Validate() []Finding {
	var f findings
	f.want(r.ID != "" && len(r.ID) < 256 && !strings.ContainsAny(r.ID, " \t\r\n"), "id", "is no agent identifier", "write the provider's identifier of the Data Service Directory, such as LV-PERSONS")
	f.want(r.Scheme == "" || strings.HasPrefix(r.Scheme, "urn:"), "scheme", "is no schemeID", "write urn:cef.eu:names:identifier:EAS:… or leave it out")
	f.want(list("OOTSCountry").Has(r.Country), "country", "is no country of the list OOTSCountry", "write two capital letters, such as LV (Greece is EL)")
	f.texts("name", r.Name)
	f.want(isAddress(r.URL), "url", "is no https address", "write https://host/path without user, query or fragment; http only for localhost and loopback addresses")
	f.want(!strings.ContainsAny(r.TokenSecret, " \t\r\n"), "tokenSecret", "is no name of a secret", "write the secret's name, not the secret")
	f.want(len(r.EvidenceTypes) > 0, "evidenceTypes", "is empty", "list what the registry issues")
	seen := map[string]bool{}
	for i := range r.EvidenceTypes {
		t, path := &r.EvidenceTypes[i], fmt.Sprintf("evidenceTypes[%d]", i)
		f.want(!seen[t.Type], path+".type", "stands twice", "keep one of them")
		seen[t.Type] = true
		f.evidenceType(path, t)
	}
	return f
}

func (f *findings) evidenceType(path string, t *EvidenceType) {
	f.want(typeURL.MatchString(t.Type), path+".type", "is no type of evidence", "write https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/LV/<uuid>")
	f.texts(path+".titles", t.Titles)
	f.want(t.Subject == Natural || t.Subject == Legal, path+".subject", "is neither natural nor legal", "write whom the evidence is about")
	f.want(t.Assurance == "" || rank(t.Assurance) > 0, path+".assurance", "is no level of assurance", "write Low, Substantial or High")
	f.want(len(t.Formats) > 0, path+".formats", "is empty", "list media types, such as application/pdf")
	for _, m := range t.Formats {
		f.want(list("OOTSMediaTypes").Has(m), path+".formats", fmt.Sprintf("%.40q is not of the list OOTSMediaTypes", m), "write application/pdf, application/xml, application/json, image/png, image/jpeg or image/svg+xml")
	}
	for _, p := range t.Procedures {
		f.want(list("Procedures").Has(p), path+".procedures", fmt.Sprintf("%.40q is not of the list Procedures", p), "write codes such as T2")
	}
}

// texts wants at least one text, under codes of LanguageCode.
func (f *findings) texts(path string, texts map[string]string) {
	f.want(len(texts) > 0, path, "is empty", "write a text for at least EN")
	for _, x := range localized(texts) {
		f.want(list("LanguageCode").Has(x.Lang), path, fmt.Sprintf("%.10q is no language", x.Lang), "write two capital letters, such as EN")
		f.want(strings.TrimSpace(x.Text) != "", path+"."+x.Lang, "is empty", "write the text, or leave the language out")
	}
}

var typeURL = regexp.MustCompile(`^https://[a-z0-9.-]+/evidencetypeclassifications/[A-Za-z]{2,4}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// isAddress wants https, or http to this machine.
func isAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && here
}
