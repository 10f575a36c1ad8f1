package saml

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// IdentityProvider is the national node.
type IdentityProvider struct {
	EntityID     string
	SSO          string              // where the browser posts the request
	Certificates []*x509.Certificate // pinned; two during roll-over
}

// ServiceProvider is our side. It is safe for use by many sign-ins at once.
type ServiceProvider struct {
	EntityID    string           // the URL of our metadata
	ACS         string           // our assertion consumer service
	Name        string           // ProviderName, as the person sees it
	Key         crypto.Signer    // RSA
	Decrypter   crypto.Decrypter // RSA; what assertions are encrypted for
	Certificate *x509.Certificate
	Provider    IdentityProvider
	Now         func() time.Time
	Rand        io.Reader
}

// Login is what must be remembered of a sign-in until its response comes: in
// the person's session, never in the browser alone.
type Login struct {
	ID     string // of the AuthnRequest
	Level  Level  // at least
	Issued time.Time
}

// LoginTTL is how long a person may take to sign in.
const LoginTTL = 15 * time.Minute

// Form is what the browser posts to the identity provider.
type Form struct {
	Action      string
	SAMLRequest string // base64
}

// Begin makes a signed AuthnRequest for a natural person, or for a legal person
// who is represented by one.
func (sp *ServiceProvider) Begin(level Level, legal bool) (Login, Form, error) {
	id := make([]byte, 20)
	if _, err := io.ReadFull(sp.Rand, id); err != nil {
		return Login{}, Form{}, err
	}
	login := Login{ID: "_" + hex.EncodeToString(id), Level: level, Issued: sp.Now().UTC()}
	request, err := sp.sign(sp.request(login, legal))
	if err != nil {
		return Login{}, Form{}, fmt.Errorf("sign the AuthnRequest: %w", err)
	}
	doc := etree.NewDocument()
	doc.SetRoot(request)
	octets, err := doc.WriteToBytes()
	if err != nil {
		return Login{}, Form{}, err
	}
	return login, Form{Action: sp.Provider.SSO, SAMLRequest: base64.StdEncoding.EncodeToString(octets)}, nil
}

// request builds the AuthnRequest of eIDAS SAML Message Format §2.3.
func (sp *ServiceProvider) request(login Login, legal bool) *etree.Element {
	r := etree.NewElement("saml2p:AuthnRequest")
	for _, a := range [][2]string{
		{"xmlns:saml2p", Protocol}, {"xmlns:saml2", Assertions}, {"xmlns:eidas", EIDAS}, {"ID", login.ID}, {"Version", "2.0"}, {"IssueInstant", login.Issued.Format(instant)},
		{"Destination", sp.Provider.SSO}, {"AssertionConsumerServiceURL", sp.ACS}, {"ProviderName", sp.Name}, {"ForceAuthn", "true"}, {"IsPassive", "false"},
	} {
		r.CreateAttr(a[0], a[1])
	}
	r.CreateElement("saml2:Issuer").SetText(sp.EntityID)
	ext := r.CreateElement("saml2p:Extensions")
	ext.CreateElement("eidas:SPType").SetText("public")
	list := ext.CreateElement("eidas:RequestedAttributes")
	for _, a := range requested(legal) {
		el := list.CreateElement("eidas:RequestedAttribute")
		el.CreateAttr("FriendlyName", a.friendly)
		el.CreateAttr("Name", a.uri)
		el.CreateAttr("NameFormat", uriName)
		el.CreateAttr("isRequired", fmt.Sprint(a.mandatory))
	}
	policy := r.CreateElement("saml2p:NameIDPolicy")
	policy.CreateAttr("AllowCreate", "true")
	policy.CreateAttr("Format", unspecified)
	context := r.CreateElement("saml2p:RequestedAuthnContext")
	context.CreateAttr("Comparison", "minimum")
	context.CreateElement("saml2:AuthnContextClassRef").SetText(login.Level.URI())
	return r
}

const instant = "2006-01-02T15:04:05.000Z"

// sign puts the signature behind the Issuer, where the schema wants it.
func (sp *ServiceProvider) sign(el *etree.Element) (*etree.Element, error) { return sp.signAt(el, 1) }

// signAt puts the signature at a place among the children.
func (sp *ServiceProvider) signAt(el *etree.Element, place int) (*etree.Element, error) {
	if _, ok := sp.Key.Public().(*rsa.PublicKey); !ok {
		return nil, fmt.Errorf("key is %T; sign-in requests are signed with RSA", sp.Key.Public())
	}
	ctx, err := dsig.NewSigningContext(sp.Key, [][]byte{sp.Certificate.Raw})
	if err != nil {
		return nil, err
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return nil, err
	}
	signature, err := ctx.ConstructSignature(el, true)
	if err != nil {
		return nil, err
	}
	el.InsertChildAt(place, signature)
	return el, nil
}
