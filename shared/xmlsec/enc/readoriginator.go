package enc

import (
	"crypto/ecdh"
	"crypto/x509"

	"github.com/beevik/etree"
)

// originator reads the ephemeral key: dsig11:DEREncodedKeyValue for X25519,
// ds:KeyValue/dsig11:ECKeyValue for the NIST curves (eDelivery AS4 2.0).
func (p *profile) originator(info *etree.Element, agreement algorithm) (*ecdh.PublicKey, error) {
	if _, err := attributes(info, "Id"); err != nil {
		return nil, err
	}
	c, err := childrenOf(info)
	if err != nil {
		return nil, err
	}
	read, namespace, tag := p.ecKey, namespaceDS, "KeyValue"
	if agreement.curve != nil {
		read, namespace, tag = derKey, namespaceDS11, "DEREncodedKeyValue"
	}
	el, err := c.need(namespace, tag)
	if err != nil {
		return nil, err
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	return read(el)
}

func derKey(el *etree.Element) (*ecdh.PublicKey, error) {
	der, err := octets(el, MaxKeyValueBytes)
	if err != nil {
		return nil, err
	}
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, refuse(RuleValue, el.Tag, "not a SubjectPublicKeyInfo: %v", err)
	}
	key, ok := pub.(*ecdh.PublicKey)
	if !ok {
		return nil, refuse(RuleKey, el.Tag, "%T is no X25519 key", pub)
	}
	return key, nil
}

func (p *profile) ecKey(value *etree.Element) (*ecdh.PublicKey, error) {
	if _, err := attributes(value); err != nil {
		return nil, err
	}
	c, err := childrenOf(value)
	if err != nil {
		return nil, err
	}
	el, err := c.need(namespaceDS11, "ECKeyValue")
	if err != nil {
		return nil, err
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	return p.ecKeyValue(el)
}

func (p *profile) ecKeyValue(el *etree.Element) (*ecdh.PublicKey, error) {
	if _, err := attributes(el, "Id"); err != nil {
		return nil, err
	}
	c, err := childrenOf(el)
	if err != nil {
		return nil, err
	}
	name, err := c.need(namespaceDS11, "NamedCurve")
	if err != nil {
		return nil, err
	}
	uri, err := requiredAttribute(name, "URI")
	if err != nil {
		return nil, err
	}
	if err := empty(name); err != nil {
		return nil, err
	}
	alg, err := p.find(useCurve, name.Tag, uri)
	if err != nil {
		return nil, err
	}
	point, err := c.need(namespaceDS11, "PublicKey")
	if err != nil {
		return nil, err
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	return pointOn(alg.curve, point)
}

func pointOn(curve ecdh.Curve, el *etree.Element) (*ecdh.PublicKey, error) {
	raw, err := octets(el, MaxKeyValueBytes)
	if err != nil {
		return nil, err
	}
	key, err := curve.NewPublicKey(raw)
	if err != nil {
		return nil, refuse(RuleValue, el.Tag, "not a point on %v: %v", curve, err)
	}
	return key, nil
}
