package enc

import (
	"crypto"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// parseAgreement reads ds:KeyInfo/xenc:AgreementMethod.
func (p *profile) parseAgreement(info *etree.Element, wrap string, k *EncryptedKey) error {
	if _, err := attributes(info, "Id"); err != nil {
		return err
	}
	in, err := childrenOf(info)
	if err != nil {
		return err
	}
	method, err := in.need(Namespace, "AgreementMethod")
	if err != nil {
		return err
	}
	if err := in.end(); err != nil {
		return err
	}
	uri, err := requiredAttribute(method, "Algorithm")
	if err != nil {
		return err
	}
	agreement, err := p.find(useAgreement, method.Tag, uri)
	if err != nil {
		return err
	}
	k.Agreement = &Agreement{Algorithm: uri, Wrap: wrap}
	return p.parseAgreementMethod(method, agreement, k)
}

func (p *profile) parseAgreementMethod(method *etree.Element, agreement algorithm, k *EncryptedKey) error {
	c, err := childrenOf(method)
	if err != nil {
		return err
	}
	derivation, err := c.need(Namespace11, "KeyDerivationMethod")
	if err != nil {
		return err
	}
	a := k.Agreement
	if a.Derivation, err = p.derivation(derivation, p.algorithms[a.Wrap].size); err != nil {
		return err
	}
	originator, err := c.need(Namespace, "OriginatorKeyInfo")
	if err != nil {
		return err
	}
	if a.Originator, err = p.originator(originator, agreement); err != nil {
		return err
	}
	recipient, err := c.need(Namespace, "RecipientKeyInfo")
	if err != nil {
		return err
	}
	if k.Recipient, err = p.recipient(recipient); err != nil {
		return err
	}
	return c.end()
}

func (p *profile) derivation(method *etree.Element, size int) (Derivation, error) {
	uri, err := requiredAttribute(method, "Algorithm")
	if err != nil {
		return Derivation{}, err
	}
	if _, err := p.find(useDerivation, method.Tag, uri); err != nil {
		return Derivation{}, err
	}
	c, err := childrenOf(method)
	if err != nil {
		return Derivation{}, err
	}
	namespace, tag, read := namespaceDSMore, "HKDFParams", p.hkdfParams
	if uri == ConcatKDF {
		namespace, tag, read = Namespace11, "ConcatKDFParams", p.concatParams
	}
	params, err := c.need(namespace, tag)
	if err != nil {
		return Derivation{}, err
	}
	if err := c.end(); err != nil {
		return Derivation{}, err
	}
	d, err := read(params, size)
	d.Algorithm = uri
	return d, err
}

// hkdfParams reads HKDFParams (RFC 9231 §2.8 with its errata: PRF, Salt, Info, KeyLength).
func (p *profile) hkdfParams(params *etree.Element, size int) (Derivation, error) {
	var d Derivation
	if _, err := attributes(params); err != nil {
		return d, err
	}
	c, err := childrenOf(params)
	if err != nil {
		return d, err
	}
	if d.PRF, err = p.prf(c); err != nil {
		return d, err
	}
	if salt := c.take(namespaceDSMore, "Salt"); salt != nil {
		if d.Salt, err = octets(salt, MaxSaltBytes); err != nil {
			return d, err
		}
	}
	if info := c.take(namespaceDSMore, "Info"); info != nil {
		if d.Info, err = octets(info, MaxInfoBytes); err != nil {
			return d, err
		}
	}
	if length := c.take(namespaceDSMore, "KeyLength"); length != nil {
		if err := keyLength(length, size); err != nil {
			return d, err
		}
	}
	return d, c.end()
}

// prf takes the element in either namespace: Santuario reads xenc11 and writes dsig-more.
func (p *profile) prf(c *children) (string, error) {
	el := c.take(Namespace11, "PRF")
	if el == nil {
		var err error
		if el, err = c.need(namespaceDSMore, "PRF"); err != nil {
			return "", err
		}
	}
	uri, err := algorithmOf(el)
	if err != nil {
		return "", err
	}
	_, err = p.find(usePRF, el.Tag, uri)
	return uri, err
}

func keyLength(el *etree.Element, size int) error {
	chars, err := text(el, 64)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(strings.Trim(chars, blanks)); err != nil || n != size {
		return refuse(RuleValue, el.Tag, "is %q, the key wrap needs %d octets", chars, size)
	}
	return nil
}

func (p *profile) concatParams(params *etree.Element, _ int) (Derivation, error) {
	var d Derivation
	info, err := attributes(params, "AlgorithmID", "PartyUInfo", "PartyVInfo", "SuppPubInfo", "SuppPrivInfo")
	if err != nil {
		return d, err
	}
	for _, value := range info {
		bits, err := bitString(params.Tag, value)
		if err != nil {
			return d, err
		}
		d.OtherInfo = append(d.OtherInfo, bits...)
	}
	c, err := childrenOf(params)
	if err != nil {
		return d, err
	}
	digest, err := c.need(namespaceDS, "DigestMethod")
	if err != nil {
		return d, err
	}
	if d.Digest, err = algorithmOf(digest); err != nil {
		return d, err
	}
	alg, err := p.find(useDigest, digest.Tag, d.Digest)
	if err != nil {
		return d, err
	}
	if alg.hash == crypto.SHA1 {
		return d, refuse(RuleAlgorithm, digest.Tag, "SHA-1 is not allowed in a key derivation")
	}
	return d, c.end()
}

// bitString decodes an attribute of ConcatKDFParams: hexadecimal, the first
// octet counts the padding bits at the end (xmlenc-core1 §5.4.1). No profile
// has values that are not whole octets, so a count other than 0 is refused.
func bitString(element, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	if len(value) > 2*MaxPartyInfoBytes {
		return nil, refuse(RuleLimit, element, "an attribute has %d hexadecimal digits, more than %d", len(value), 2*MaxPartyInfoBytes)
	}
	bits, err := hex.DecodeString(value)
	if err != nil {
		return nil, refuse(RuleValue, element, "an attribute is not hexadecimal")
	}
	if bits[0] != 0 {
		return nil, refuse(RuleValue, element, "an attribute says %d padding bits, only 0 is supported", bits[0])
	}
	return bits[1:], nil
}
