package saml

import (
	"encoding/base64"
	"fmt"

	"github.com/beevik/etree"
)

const (
	metadataNamespace = "urn:oasis:names:tc:SAML:2.0:metadata"
	postBinding       = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Metadata describes us to the national node (SAML 2.0 Metadata §2.4; eIDAS SAML
// Message Format §2.1): one role, that of a public service provider which signs
// what it asks, wants assertions signed and encrypted, and takes answers by
// HTTP-POST at one place. It is signed with the key that signs requests.
func (sp *ServiceProvider) Metadata() ([]byte, error) {
	signed, err := sp.signAt(sp.descriptor(), 0)
	if err != nil {
		return nil, fmt.Errorf("sign the metadata: %w", err)
	}
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.SetRoot(signed)
	return doc.WriteToBytes()
}

func (sp *ServiceProvider) descriptor() *etree.Element {
	root := etree.NewElement("md:EntityDescriptor")
	for _, a := range [][2]string{{"xmlns:md", metadataNamespace}, {"xmlns:ds", xmldsig}, {"xmlns:eidas", EIDAS}, {"ID", "_metadata"}, {"entityID", sp.EntityID}} {
		root.CreateAttr(a[0], a[1])
	}
	root.CreateAttr("validUntil", sp.Certificate.NotAfter.UTC().Format("2006-01-02T15:04:05Z"))
	root.CreateElement("md:Extensions").CreateElement("eidas:SPType").SetText("public")
	role := root.CreateElement("md:SPSSODescriptor")
	for _, a := range [][2]string{{"AuthnRequestsSigned", "true"}, {"WantAssertionsSigned", "true"}, {"protocolSupportEnumeration", Protocol}} {
		role.CreateAttr(a[0], a[1])
	}
	for _, use := range []string{"signing", "encryption"} {
		sp.keyDescriptor(role.CreateElement("md:KeyDescriptor"), use)
	}
	role.CreateElement("md:NameIDFormat").SetText(unspecified)
	acs := role.CreateElement("md:AssertionConsumerService")
	for _, a := range [][2]string{{"Binding", postBinding}, {"Location", sp.ACS}, {"index", "0"}, {"isDefault", "true"}} {
		acs.CreateAttr(a[0], a[1])
	}
	return root
}

// encryption are the methods that assertions may be encrypted with, keys and contents.
var encryption = []string{"http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"}

func (sp *ServiceProvider) keyDescriptor(d *etree.Element, use string) {
	d.CreateAttr("use", use)
	d.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(sp.Certificate.Raw))
	if use != "encryption" {
		return
	}
	for _, method := range encryption {
		d.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", method)
	}
}
