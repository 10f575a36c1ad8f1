package partners

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// minRSABits is the least RSA key length of eDelivery AS4 (security controls guidance).
const minRSABits = 2048

// Validate says everything that is wrong with a document, whatever the time is.
// Problems make it unusable; warnings do not.
func (d *Document) Validate() []Finding {
	var f findings
	if d.Version != Version {
		f.problem("version", d.Version, "is not known", "write "+Version)
	}
	if d.Revision < 1 {
		f.problem("revision", fmt.Sprint(d.Revision), "is no revision", "begin with 1 and count each change")
	}
	f.party("me", d.Me.Party())
	if d.Me.Endpoint != "" {
		f.endpoint("me.endpoint", d.Me.Endpoint)
	}
	if d.Sources != nil {
		f.source("sources.pmode", d.Sources.PMode)
		f.source("sources.trustStore", d.Sources.TrustStore)
	}
	if len(d.Partners) > MaxPartners {
		f.problem("partners", fmt.Sprint(len(d.Partners)), fmt.Sprintf("are more than %d partners (limit.partners)", MaxPartners), "split the document")
		return f.list
	}
	seen := map[ebms.PartyID]int{}
	for i := range d.Partners {
		p, path := &d.Partners[i], fmt.Sprintf("partners[%d]", i)
		f.partner(path, p)
		if first, twice := seen[p.Party()]; twice {
			f.problem(path+".id", p.ID, fmt.Sprintf("is also partners[%d]", first), "write each partner once")
		} else {
			seen[p.Party()] = i
		}
		if p.Party() == d.Me.Party() {
			f.problem(path+".id", p.ID, "is our own party", "leave it out of the partners")
		}
	}
	return f.list
}

func (f *findings) source(path string, s Source) {
	f.text(path+".file", s.File, true)
	f.digest(path+".sha256", s.SHA256)
}

// party checks an id as ebMS 3.0 Core §5.2.2.4 and our own eyes want it.
func (f *findings) party(path string, id ebms.PartyID) {
	f.text(path+".id", id.Value, true)
	f.text(path+".type", id.Type, false)
	if u, err := url.Parse(id.Value); id.Type == "" && id.Value != "" && (err != nil || u.Scheme == "") {
		f.problem(path+".type", "", "is missing, and the id is no URI", "write the registered type, as "+ebms.OOTSPartyType)
	}
}

// text checks what goes onto the wire or the screen as it is.
func (f *findings) text(path, s string, needed bool) {
	switch {
	case s == "" && needed:
		f.problem(path, "", "is missing", "write it")
	case len(s) > MaxText:
		f.problem(path, s, fmt.Sprintf("has %d octets, more than %d (limit.text)", len(s), MaxText), "write less")
	case strings.TrimSpace(s) != s:
		f.problem(path, s, "begins or ends with blanks", "leave them out: texts are compared octet by octet")
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		f.problem(path, s, "holds characters that cannot be printed", "leave them out")
	}
}

func (f *findings) digest(path, s string) {
	if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size || strings.ToLower(s) != s {
		f.problem(path, s, "is no SHA-256 in lower-case hex", "write 64 digits of 0-9 and a-f, without colons")
	}
}

func (f *findings) endpoint(path, s string) {
	f.text(path, s, true)
	u, err := url.Parse(s)
	switch {
	case s == "":
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		f.problem(path, s, "is no address of an access point", "write https://host/path")
	case u.User != nil || u.Fragment != "":
		f.problem(path, "", "holds a user or a fragment", "write https://host/path alone")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		f.warn(path, s, "is not protected by TLS", "use the https address (eDelivery AS4 1.15 §3.2.6.1)")
	}
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

func (f *findings) partner(path string, p *Partner) {
	f.party(path, p.Party())
	f.endpoint(path+".endpoint", p.Endpoint)
	f.dialect(path+".dialect", p.Dialect)
	if p.Holds != "" {
		f.digest(path+".holds", p.Holds)
	}
	f.legs(path, p)
	profile := f.profile(path+".profile", p.Profile)
	f.certificates(path, p, profile)
	if i := p.Imported; i != nil {
		f.text(path+".imported.endpoint", i.Endpoint, true)
		f.profile(path+".imported.profile", i.Profile)
		f.dialect(path+".imported.dialect", i.Dialect)
	}
}

func (f *findings) dialect(path, s string) {
	known := []string{string(as4.Dialect1), string(as4.Dialect2), NoDialect}
	if !slices.Contains(known, s) {
		f.problem(path, s, "is no dialect", "write one of "+strings.Join(known, ", "))
	}
}

func (f *findings) profile(path, s string) *as4.Profile {
	profile, err := as4.ProfileNamed(s)
	if err != nil {
		var known []string
		for _, p := range as4.Profiles {
			known = append(known, p.Name)
		}
		f.problem(path, s, "is no profile", "write one of "+strings.Join(known, ", "))
	}
	return profile
}

func (f *findings) legs(path string, p *Partner) {
	if len(p.Legs) > MaxLegs {
		f.problem(path+".legs", fmt.Sprint(len(p.Legs)), fmt.Sprintf("are more than %d legs (limit.legs)", MaxLegs), "leave out those that are not used")
		return
	}
	type key struct{ service, serviceType, action string }
	seen := map[key]int{}
	for i, l := range p.Legs {
		at := fmt.Sprintf("%s.legs[%d]", path, i)
		f.text(at+".service", l.Service, true)
		f.text(at+".serviceType", l.ServiceType, false)
		f.text(at+".action", l.Action, true)
		f.text(at+".role", l.Role, l.ToRole != "")
		f.text(at+".toRole", l.ToRole, false)
		k := key{l.Service, l.ServiceType, l.Action}
		if first, twice := seen[k]; twice {
			f.problem(at+".action", l.Action, fmt.Sprintf("is of the same service as legs[%d]", first), "write each service and action once")
		} else {
			seen[k] = i
		}
	}
}

func (f *findings) certificates(path string, p *Partner, profile *as4.Profile) {
	if n := len(p.Signing); n == 0 || n > MaxSigning {
		f.problem(path+".signing", fmt.Sprint(n), fmt.Sprintf("certificates; one is pinned, two during roll-over (limit.signing %d)", MaxSigning), "write the partner's signing certificate")
	}
	if n := len(p.Encryption); n > MaxChain {
		f.problem(path+".encryption", fmt.Sprint(n), fmt.Sprintf("certificates, more than %d (limit.chain)", MaxChain), "write the end entity and its issuers")
	} else if n == 0 {
		f.warn(path+".encryption", "", "is empty: nothing can be sent to this partner", "write the certificate that it decrypts with, unless that is meant")
	}
	for i := range p.Signing {
		at := fmt.Sprintf("%s.signing[%d]", path, i)
		if c := f.certificate(at, &p.Signing[i]); c != nil && profile != nil && !signsBy(profile, c) {
			f.problem(at+".pem", keyKind(c), "does not sign by "+profile.Name, "write a certificate with the profile's kind of key, or its profile")
		}
	}
	if len(p.Signing) == 2 && same(p.Signing[:1], p.Signing[1:]) {
		f.problem(path+".signing[1]", "", "is the same certificate as signing[0]", "write it once")
	}
	for i := range p.Encryption {
		at := fmt.Sprintf("%s.encryption[%d]", path, i)
		c := f.certificate(at, &p.Encryption[i])
		if i == 0 && c != nil && profile != nil && !encryptsBy(profile, c) {
			f.problem(at+".pem", keyKind(c), "is no key to encrypt for by "+profile.Name, "write the certificate of the key that the partner decrypts with")
		}
	}
}

// certificate checks one certificate, and its description by what it is.
func (f *findings) certificate(path string, c *Certificate) *x509.Certificate {
	parsed, err := parsePEM(c.PEM)
	if err != nil {
		f.problem(path+".pem", "", err.Error(), "write one certificate as PEM text, lines ended by \\n")
		return nil
	}
	c.parsed = parsed
	truth := NewCertificate(parsed)
	for _, d := range []struct{ field, is, should string }{
		{"subject", c.Subject, truth.Subject}, {"sha256", c.SHA256, truth.SHA256}, {"notAfter", c.NotAfter, truth.NotAfter},
	} {
		if d.is != "" && d.is != d.should && !sameTime(d.is, d.should) {
			f.problem(path+"."+d.field, d.is, "is not that of the certificate in pem", "leave it out, or write "+d.should)
		}
	}
	if k, ok := publicKey(parsed).(*rsa.PublicKey); ok && k.N.BitLen() < minRSABits {
		f.warn(path+".pem", fmt.Sprintf("RSA %d", k.N.BitLen()), fmt.Sprintf("is shorter than %d bits", minRSABits), "ask the partner for a longer key")
	}
	return parsed
}

func sameTime(a, b string) bool {
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	return errX == nil && errY == nil && x.Equal(y)
}

func signsBy(p *as4.Profile, c *x509.Certificate) bool {
	method, err := dsig.MethodFor(publicKey(c))
	return err == nil && slices.Contains(p.Signatures, method)
}

func encryptsBy(p *as4.Profile, c *x509.Certificate) bool {
	switch k := publicKey(c).(type) {
	case *rsa.PublicKey:
		return p.Keys&enc.AllowRSA != 0
	case *ecdh.PublicKey:
		return p.Keys&enc.AllowX25519 != 0 && k.Curve() == ecdh.X25519()
	case *ecdsa.PublicKey:
		return p.Keys&enc.AllowECDH != 0 && k.Curve != elliptic.P224()
	}
	return false
}

func keyKind(c *x509.Certificate) string {
	if k, ok := publicKey(c).(*ecdh.PublicKey); ok {
		return fmt.Sprintf("%v key", k.Curve())
	}
	return c.PublicKeyAlgorithm.String() + " key"
}
