package enc

import (
	"crypto/ecdh"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// AppendXML appends the element as octets, its namespaces declared where they
// are first used (eDelivery AS4 examples, spec §5.1 and §5.4) and without
// whitespace. The str is the XML of the wsse:SecurityTokenReference that names
// the recipient's key, with its own declarations; it is written as it is.
// Only what [Wrap] made is written; a ConcatKDF key that was read is refused.
func (k *EncryptedKey) AppendXML(dst []byte, str []byte) ([]byte, error) {
	if err := k.check(); err != nil {
		return nil, err
	}
	dst = append(dst, `<xenc:EncryptedKey xmlns:xenc="`+Namespace+`"`...)
	if k.ID != "" {
		dst = appendAttribute(dst, "Id", k.ID)
	}
	dst = append(dst, '>')
	var err error
	if k.Agreement != nil {
		dst, err = k.Agreement.appendXML(dst, str)
	} else {
		dst = k.Transport.appendXML(dst, str)
	}
	if err != nil {
		return nil, fmt.Errorf("write EncryptedKey: %w", err)
	}
	dst = append(dst, `<xenc:CipherData><xenc:CipherValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, k.CipherValue)
	dst = append(dst, `</xenc:CipherValue></xenc:CipherData>`...)
	return append(k.appendReferences(dst), `</xenc:EncryptedKey>`...), nil
}

func (k *EncryptedKey) appendReferences(dst []byte) []byte {
	if len(k.DataReferences) == 0 {
		return dst
	}
	dst = append(dst, `<xenc:ReferenceList>`...)
	for _, uri := range k.DataReferences {
		dst = append(dst, `<xenc:DataReference`...)
		dst = appendAttribute(dst, "URI", uri)
		dst = append(dst, `/>`...)
	}
	return append(dst, `</xenc:ReferenceList>`...)
}

const keyInfoStart = `<ds:KeyInfo xmlns:ds="` + namespaceDS + `">`

func (t *Transport) appendXML(dst, str []byte) []byte {
	dst = append(dst, `<xenc:EncryptionMethod`...)
	dst = appendAttribute(dst, "Algorithm", t.Algorithm)
	dst = append(dst, '>')
	if len(t.OAEPParams) > 0 {
		dst = appendBase64(dst, "xenc:OAEPparams", t.OAEPParams)
	}
	dst = append(dst, `<ds:DigestMethod xmlns:ds="`+namespaceDS+`"`...)
	dst = appendAttribute(dst, "Algorithm", t.Digest)
	dst = append(dst, `/><xenc11:MGF xmlns:xenc11="`+Namespace11+`"`...)
	dst = appendAttribute(dst, "Algorithm", t.MGF)
	dst = append(dst, `/></xenc:EncryptionMethod>`+keyInfoStart...)
	dst = append(dst, str...)
	return append(dst, `</ds:KeyInfo>`...)
}

func (a *Agreement) appendXML(dst, str []byte) ([]byte, error) {
	if a.Derivation.Algorithm != HKDF {
		return nil, refuse(RuleAlgorithm, "KeyDerivationMethod", "%q is read only", a.Derivation.Algorithm)
	}
	dst = append(dst, `<xenc:EncryptionMethod`...)
	dst = appendAttribute(dst, "Algorithm", a.Wrap)
	dst = append(dst, `/>`+keyInfoStart+`<xenc:AgreementMethod`...)
	dst = appendAttribute(dst, "Algorithm", a.Algorithm)
	dst = append(dst, '>')
	dst = a.Derivation.appendXML(dst, algorithms[a.Wrap].size)
	dst, err := appendOriginator(dst, a.Originator)
	if err != nil {
		return nil, err
	}
	dst = append(dst, `<xenc:RecipientKeyInfo>`...)
	dst = append(dst, str...)
	return append(dst, `</xenc:RecipientKeyInfo></xenc:AgreementMethod></ds:KeyInfo>`...), nil
}

func (d *Derivation) appendXML(dst []byte, size int) []byte {
	dst = append(dst, `<xenc11:KeyDerivationMethod xmlns:xenc11="`+Namespace11+`"`...)
	dst = appendAttribute(dst, "Algorithm", d.Algorithm)
	dst = append(dst, `><dsig-more:HKDFParams xmlns:dsig-more="`+namespaceDSMore+`"><dsig-more:PRF`...)
	dst = appendAttribute(dst, "Algorithm", d.PRF)
	dst = append(dst, `/>`...)
	if len(d.Salt) > 0 {
		dst = appendBase64(dst, "dsig-more:Salt", d.Salt)
	}
	if len(d.Info) > 0 {
		dst = appendBase64(dst, "dsig-more:Info", d.Info)
	}
	dst = append(dst, `<dsig-more:KeyLength>`...)
	dst = strconv.AppendInt(dst, int64(size), 10)
	return append(dst, `</dsig-more:KeyLength></dsig-more:HKDFParams></xenc11:KeyDerivationMethod>`...)
}

// curveNames are the NamedCurve URIs; X25519 is written as SubjectPublicKeyInfo.
var curveNames = map[ecdh.Curve]string{
	ecdh.P256(): CurveP256,
	ecdh.P384(): CurveP384,
	ecdh.P521(): CurveP521,
}

func appendOriginator(dst []byte, key *ecdh.PublicKey) ([]byte, error) {
	const ds11 = ` xmlns:dsig11="` + namespaceDS11 + `"`
	dst = append(dst, `<xenc:OriginatorKeyInfo>`...)
	if name, ok := curveNames[key.Curve()]; ok {
		dst = append(dst, `<ds:KeyValue><dsig11:ECKeyValue`+ds11+`><dsig11:NamedCurve`...)
		dst = appendAttribute(dst, "URI", name)
		dst = append(dst, `/>`...)
		dst = appendBase64(dst, "dsig11:PublicKey", key.Bytes())
		dst = append(dst, `</dsig11:ECKeyValue></ds:KeyValue>`...)
	} else {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return nil, fmt.Errorf("marshal ephemeral key: %w", err)
		}
		dst = append(dst, `<dsig11:DEREncodedKeyValue`+ds11+`>`...)
		dst = base64.StdEncoding.AppendEncode(dst, der)
		dst = append(dst, `</dsig11:DEREncodedKeyValue>`...)
	}
	return append(dst, `</xenc:OriginatorKeyInfo>`...), nil
}

func appendBase64(dst []byte, name string, octets []byte) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	dst = base64.StdEncoding.AppendEncode(dst, octets)
	dst = append(dst, "</"...)
	dst = append(dst, name...)
	return append(dst, '>')
}

var attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")

func appendAttribute(dst []byte, name, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	dst = append(dst, attributeEscapes.Replace(value)...)
	return append(dst, '"')
}
