package enc

import (
	"strings"

	"github.com/beevik/etree"
)

// Limits of a foreign EncryptedKey. Octets are counted after base64 decoding.
const (
	MaxCipherValueBytes = 2048 // RSA-16384
	MaxOAEPParamsBytes  = 256
	MaxSaltBytes        = 256 // HKDFParams/Salt
	MaxInfoBytes        = 1024
	MaxPartyInfoBytes   = 512 // each attribute of ConcatKDFParams
	MaxKeyValueBytes    = 256 // ephemeral key; SPKI of P-521 has 158
	MaxDataReferences   = 64  // one a part
	MaxURIBytes         = 1024
)

// ParseEncryptedKey reads xenc:EncryptedKey from a tree that the caller already
// guarded (no DOCTYPE, no undeclared prefix, limits of depth and size). It
// decrypts nothing. Every refusal is an [*Error].
func ParseEncryptedKey(el *etree.Element, allow Allow) (*EncryptedKey, error) {
	return profileOf(allow).parse(el)
}

func (p *profile) parse(el *etree.Element) (*EncryptedKey, error) {
	if !is(el, Namespace, "EncryptedKey") {
		return nil, refuse(RuleChild, el.Tag, "not an xenc:EncryptedKey")
	}
	attrs, err := attributes(el, "Id", "Type", "Recipient")
	if err != nil {
		return nil, err
	}
	c, err := childrenOf(el)
	if err != nil {
		return nil, err
	}
	k := &EncryptedKey{ID: attrs[0], profile: p}
	if err := p.parseMethodAndInfo(c, k); err != nil {
		return nil, err
	}
	if k.CipherValue, err = cipherValue(c); err != nil {
		return nil, err
	}
	if list := c.take(Namespace, "ReferenceList"); list != nil {
		if k.DataReferences, err = dataReferences(list); err != nil {
			return nil, err
		}
	}
	return k, c.end()
}

func (p *profile) parseMethodAndInfo(c *children, k *EncryptedKey) error {
	method, err := c.need(Namespace, "EncryptionMethod")
	if err != nil {
		return err
	}
	uri, err := requiredAttribute(method, "Algorithm")
	if err != nil {
		return err
	}
	info := c.take(namespaceDS, "KeyInfo")
	if info == nil && p.allow&AllowSAML == 0 {
		return refuse(RuleMissing, "EncryptedKey", "no ds:KeyInfo to say whose key")
	}
	if p.algorithms[uri].use == useTransport {
		if k.Transport, err = p.transport(method, uri); err != nil || info == nil {
			return err
		}
		k.Recipient, err = p.recipient(info)
		return err
	}
	if _, err := p.find(useWrap, "EncryptionMethod", uri); err != nil {
		return err
	}
	if err := empty(method); err != nil {
		return err
	}
	if info == nil {
		return refuse(RuleMissing, "EncryptedKey", "no ds:KeyInfo with an AgreementMethod for the key wrap")
	}
	return p.parseAgreement(info, uri, k)
}

// transport reads the parameters of RSA-OAEP. DigestMethod and MGF come in
// either order: the schema has them as "any".
func (p *profile) transport(method *etree.Element, uri string) (*Transport, error) {
	if _, err := p.find(useTransport, method.Tag, uri); err != nil {
		return nil, err
	}
	c, err := childrenOf(method)
	if err != nil {
		return nil, err
	}
	t := &Transport{Algorithm: uri, Digest: SHA1, MGF: MGF1SHA1}
	if params := c.take(Namespace, "OAEPparams"); params != nil {
		if t.OAEPParams, err = octets(params, MaxOAEPParamsBytes); err != nil {
			return nil, err
		}
	}
	mgf := c.take(Namespace11, "MGF")
	digest := c.take(namespaceDS, "DigestMethod")
	if mgf == nil {
		mgf = c.take(Namespace11, "MGF")
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	if err := override(&t.Digest, digest); err != nil {
		return nil, err
	}
	if err := override(&t.MGF, mgf); err != nil {
		return nil, err
	}
	if !p.permits(t) {
		return nil, refuse(RuleAlgorithm, method.Tag, "%s with digest %s and mask %s is not allowed; eDelivery AS4 1.15 wants SHA-256 for both, spelt out", t.Algorithm, t.Digest, t.MGF)
	}
	return t, nil
}

func override(value *string, el *etree.Element) error {
	if el == nil {
		return nil
	}
	uri, err := algorithmOf(el)
	*value = uri
	return err
}

// recipient returns what names the key, left to the caller who knows tokens.
func (p *profile) recipient(info *etree.Element) ([]*etree.Element, error) {
	if _, err := attributes(info, "Id"); err != nil {
		return nil, err
	}
	c, err := childrenOf(info)
	if err != nil {
		return nil, err
	}
	for _, el := range c.rest {
		x509 := p.allow&AllowSAML != 0 && is(el, namespaceDS, "X509Data")
		if !x509 && !is(el, namespaceWSSE, "SecurityTokenReference") {
			return nil, refuse(RuleChild, info.Tag, "%q does not name a key in a way that is allowed; use a wsse:SecurityTokenReference", el.Tag)
		}
	}
	if len(c.rest) != 1 {
		return nil, refuse(RuleChild, info.Tag, "names %d keys instead of one", len(c.rest))
	}
	return c.rest, nil
}

func cipherValue(c *children) ([]byte, error) {
	data, err := c.need(Namespace, "CipherData")
	if err != nil {
		return nil, err
	}
	if _, err := attributes(data); err != nil {
		return nil, err
	}
	in, err := childrenOf(data)
	if err != nil {
		return nil, err
	}
	value, err := in.need(Namespace, "CipherValue")
	if err != nil {
		return nil, err
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	return octets(value, MaxCipherValueBytes)
}

func dataReferences(list *etree.Element) ([]string, error) {
	if _, err := attributes(list); err != nil {
		return nil, err
	}
	c, err := childrenOf(list)
	if err != nil {
		return nil, err
	}
	if len(c.rest) > MaxDataReferences {
		return nil, refuse(RuleLimit, list.Tag, "%d references, more than %d", len(c.rest), MaxDataReferences)
	}
	var uris []string
	for el := c.take(Namespace, "DataReference"); el != nil; el = c.take(Namespace, "DataReference") {
		uri, err := dataReference(el)
		if err != nil {
			return nil, err
		}
		uris = append(uris, uri)
	}
	return uris, c.end()
}

func dataReference(el *etree.Element) (string, error) {
	uri, err := requiredAttribute(el, "URI")
	if err != nil {
		return "", err
	}
	if len(uri) > MaxURIBytes {
		return "", refuse(RuleLimit, el.Tag, "URI has %d octets, more than %d", len(uri), MaxURIBytes)
	}
	if !strings.HasPrefix(uri, "#") || len(uri) == 1 {
		return "", refuse(RuleValue, el.Tag, "URI %q does not name an element of this document", uri)
	}
	return uri, empty(el)
}
