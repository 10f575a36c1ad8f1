package as4

import (
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

const (
	openEnvelopeTag = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<env:Envelope xmlns:env="` + ebms.SOAP12 + `"><env:Header>`
	openBodyTag     = `<env:Body xmlns:env="` + ebms.SOAP12 + `" xmlns:wsu="` + wssec.Utility + `" wsu:Id="`
)

// signedEnvelope holds the octets of a signed SOAP message that no attempt
// changes. Messaging, Body and SignedInfo stand in canonical form.
type signedEnvelope struct {
	Messaging  []byte // eb:Messaging
	Body       []byte // env:Body
	Security   []byte // the signer's token and ds:Signature
	SignedInfo []byte // canonical ds:SignedInfo, which Security holds too
	References []dsig.Reference
}

// signEnvelope signs eb:Messaging, an empty Body and the parts' references.
func signEnvelope(rand io.Reader, key SigningKey, messageID string, messaging func(id string) []byte, parts []dsig.Reference) (*signedEnvelope, error) {
	messagingID, bodyID := wsuID("_1", messageID), wsuID("_2", messageID)
	s := &signedEnvelope{Messaging: messaging(messagingID), Body: []byte(openBodyTag + bodyID + `"></env:Body>`)}
	s.References = append([]dsig.Reference{
		elementReference(messagingID, s.Messaging),
		elementReference(bodyID, s.Body),
	}, parts...)
	method, err := dsig.MethodFor(publicKey(key.Chain[0]))
	if err != nil {
		return nil, err
	}
	s.SignedInfo = dsig.AppendSignedInfo(nil, dsig.SignedInfo{Method: method, References: s.References})
	value, err := dsig.Sign(rand, key.Key, method, s.SignedInfo)
	if err != nil {
		return nil, err
	}
	tokenID := wsuID("X509-", messageID)
	s.Security = wssec.AppendToken(make([]byte, 0, 8<<10), tokenID, key.Chain)
	s.Security = dsig.AppendSignature(s.Security, wsuID("SIG-", messageID), s.SignedInfo, value, wssec.AppendTokenReference(nil, tokenID, key.Chain))
	return s, nil
}

// elementReference refers to an element whose octets are canonical already.
func elementReference(id string, octets []byte) dsig.Reference {
	digest := sha256.Sum256(octets)
	return dsig.Reference{
		URI:          "#" + id,
		Transforms:   []dsig.Transform{{Algorithm: c14n.Algorithm}},
		DigestMethod: dsig.SHA256,
		DigestValue:  digest[:],
	}
}

func partReference(cid string, digest []byte) dsig.Reference {
	return dsig.Reference{
		URI:          "cid:" + cid,
		Transforms:   []dsig.Transform{{Algorithm: dsig.AttachmentContent}},
		DigestMethod: dsig.SHA256,
		DigestValue:  digest,
	}
}

// soap writes the envelope; encryption stands above the signature, as the
// order of processing wants it (WSS 1.1.1 §5).
func (s *signedEnvelope) soap(encryption []byte) []byte {
	dst := make([]byte, 0, len(openEnvelopeTag)+len(s.Messaging)+len(encryption)+len(s.Security)+len(s.Body)+512)
	dst = append(dst, openEnvelopeTag...)
	dst = append(dst, s.Messaging...)
	dst = wssec.AppendOpen(dst, "env")
	dst = append(dst, encryption...)
	dst = append(dst, s.Security...)
	dst = wssec.AppendClose(dst)
	dst = append(dst, `</env:Header>`...)
	dst = append(dst, s.Body...)
	return append(dst, `</env:Envelope>`...)
}

// dialectError says which message properties a dialect misses or has too many.
func (d Dialect) check(m *ebms.UserMessage) error {
	var want []string
	switch d {
	case Dialect1:
		want = []string{ebms.OriginalSender, ebms.FinalRecipient}
	case Dialect2:
		want = []string{ebms.OriginalSender, ebms.FinalRecipient, ebms.ExchangeID, ebms.SpecificationID}
	default:
		return nil
	}
	if m.Test() {
		return nil
	}
	for _, name := range want {
		if v, ok := m.Property(name); !ok || v == "" {
			return fmt.Errorf("message property %s is missing; dialect %s has exactly %v (R-EDM-ebMS-018, -019)", name, d, want)
		}
	}
	if len(m.Properties) != len(want) {
		return fmt.Errorf("message has %d properties; dialect %s has exactly %v, and a partner refuses others (R-EDM-ebMS-018)", len(m.Properties), d, want)
	}
	return nil
}
