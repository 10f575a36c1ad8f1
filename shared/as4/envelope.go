package as4

import (
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// envelope is the one tree of a SOAP message: what is verified is what is read.
type envelope struct {
	root, body, messaging *etree.Element
	security              *etree.Element // nil when there is none
	ids                   wssec.IDs
	content               *ebms.Content
}

// openEnvelope parses and checks the structure: SOAP 1.2, one Header, one Body,
// exactly one eb:Messaging in the whole document, at most one wsse:Security,
// unique Ids, no comments inside. The error is an *ebms.Error; the envelope is
// returned as far as it was understood, so that a refusal can name the message.
func openEnvelope(octets []byte, limit int64) (*envelope, error) {
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: limit, Comments: true})
	if err != nil {
		return nil, ebms.InvalidHeader.Refuse("soap.xml", "the SOAP part is refused: "+err.Error(), "send one well-formed UTF-8 document without DOCTYPE")
	}
	e := &envelope{root: doc.Root()}
	if err := e.structure(); err != nil {
		return e, err
	}
	e.content, err = ebms.Read(e.messaging)
	if err != nil {
		return e, err
	}
	e.ids, err = wssec.IndexIDs(e.root)
	if err != nil {
		rule, detail, _ := wssec.IsShape(err)
		return e, ebms.InvalidHeader.Refuse(rule, detail, "give every element its own Id")
	}
	return e, nil
}

func (e *envelope) structure() error {
	if e.root.Tag != "Envelope" || e.root.NamespaceURI() != ebms.SOAP12 {
		return badEnvelope("soap.envelope", fmt.Sprintf("the root is %s in %q, not a SOAP 1.2 Envelope", e.root.Tag, e.root.NamespaceURI()))
	}
	kids := e.root.ChildElements()
	if holdsText(e.root) {
		return badEnvelope("soap.text", "text stands between the elements of the Envelope")
	}
	if len(kids) != 2 || !soap(kids[0], "Header") || !soap(kids[1], "Body") {
		return badEnvelope("soap.structure", "the Envelope must hold one Header and one Body")
	}
	e.body = kids[1]
	if holdsText(kids[0]) {
		return badEnvelope("soap.text", "text stands between the blocks of the Header")
	}
	for _, h := range kids[0].ChildElements() {
		if err := e.header(h); err != nil {
			return err
		}
	}
	if e.messaging == nil {
		return badEnvelope("soap.messaging", "the Header holds no eb:Messaging")
	}
	return e.walk(e.root)
}

// securityNamespaces are those of header blocks that would have to be decrypted
// or verified, as wsse11:EncryptedHeader (CVE-2026-89238).
var securityNamespaces = []string{wssec.Namespace, wssec.Namespace11, enc.Namespace, dsig.Namespace}

// header takes one SOAP header block. Others than ours are passed over unless
// they must be understood (SOAP 1.2 §2.4).
func (e *envelope) header(h *etree.Element) error {
	switch {
	case h.Tag == "Messaging" && h.NamespaceURI() == ebms.Namespace:
		if e.messaging != nil {
			return badEnvelope("soap.messaging", "the Header holds more than one eb:Messaging")
		}
		e.messaging = h
		return nil
	case h.Tag == "Security" && h.NamespaceURI() == wssec.Namespace:
		if e.security != nil {
			return ebms.PolicyNoncompliance.Refuse("wssec.one", "the Header holds more than one wsse:Security", "send one wsse:Security")
		}
		if _, ok := xmlsafe.Attribute(h, ebms.SOAP12, "role"); ok {
			return ebms.PolicyNoncompliance.Refuse("wssec.role", "wsse:Security is addressed to another SOAP role", "leave env:role out")
		}
		e.security = h
		return nil
	case slices.Contains(securityNamespaces, h.NamespaceURI()):
		return ebms.PolicyNoncompliance.Refuse("wssec.header", h.Tag+" stands in the Header; AS4 encrypts and signs no header block by itself", "leave everything of security to one wsse:Security")
	}
	mu, _ := xmlsafe.Attribute(h, ebms.SOAP12, "mustUnderstand")
	if mu = strings.TrimSpace(mu); mu == "true" || mu == "1" {
		return badEnvelope("soap.mustunderstand", fmt.Sprintf("the header block %s in %q is not understood", h.Tag, h.NamespaceURI()))
	}
	return nil
}

// walk refuses comments and processing instructions inside the Envelope, which
// parsers read differently, and a Messaging or Security in any other place
// (signature wrapping).
func (e *envelope) walk(el *etree.Element) error {
	for _, child := range el.Child {
		switch t := child.(type) {
		case *etree.Comment, *etree.ProcInst:
			return badEnvelope("soap.comment", "a comment or processing instruction stands inside the Envelope")
		case *etree.Element:
			if t.Tag == "Messaging" && t != e.messaging && t.NamespaceURI() == ebms.Namespace {
				return badEnvelope("soap.wrapping", "a second eb:Messaging stands inside "+el.Tag)
			}
			if t.Tag == "Security" && t != e.security && t.NamespaceURI() == wssec.Namespace {
				return ebms.PolicyNoncompliance.Refuse("wssec.wrapping", "a second wsse:Security stands inside "+el.Tag, "send one wsse:Security, in the Header")
			}
			if err := e.walk(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// emptyBody holds eDelivery AS4 §3.2.4: the SOAP body of a user message is empty.
func (e *envelope) emptyBody() error {
	if len(e.body.ChildElements()) > 0 || holdsText(e.body) {
		return badEnvelope("soap.body.empty", "the SOAP Body of a user message is not empty")
	}
	return nil
}

func holdsText(el *etree.Element) bool {
	return slices.ContainsFunc(el.Child, func(child etree.Token) bool {
		text, ok := child.(*etree.CharData)
		return ok && strings.TrimSpace(text.Data) != ""
	})
}

func soap(el *etree.Element, local string) bool {
	return el.Tag == local && el.NamespaceURI() == ebms.SOAP12
}

func badEnvelope(rule, what string) *ebms.Error {
	return ebms.InvalidHeader.Refuse(rule, what, "send a SOAP 1.2 envelope as eDelivery AS4 lays it out")
}
