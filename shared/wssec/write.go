package wssec

import (
	"crypto/x509"
	"encoding/base64"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// AppendOpen writes the start tag of wsse:Security; soapPrefix is bound to the
// SOAP 1.2 namespace around it.
func AppendOpen(dst []byte, soapPrefix string) []byte {
	return append(dst, `<wsse:Security xmlns:wsse="`+Namespace+`" xmlns:wsu="`+Utility+`" `+soapPrefix+`:mustUnderstand="true">`...)
}

// AppendClose writes the end tag.
func AppendClose(dst []byte) []byte { return append(dst, `</wsse:Security>`...) }

// AppendToken writes a wsse:BinarySecurityToken: a chain of one is X509v3, a
// longer one (end entity first, as TLS files have it) X509PKIPathv1.
func AppendToken(dst []byte, id string, chain []*x509.Certificate) []byte {
	valueType, octets := X509v3, chain[0].Raw
	if len(chain) > 1 {
		valueType, octets = X509PKIPathv1, pkiPath(chain)
	}
	dst = append(dst, `<wsse:BinarySecurityToken EncodingType="`+Base64Binary+`" ValueType="`+valueType+`" wsu:Id="`+id+`">`...)
	dst = base64.StdEncoding.AppendEncode(dst, octets)
	return append(dst, `</wsse:BinarySecurityToken>`...)
}

// pkiPath is the SEQUENCE OF Certificate with the end entity last.
func pkiPath(chain []*x509.Certificate) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for i := len(chain) - 1; i >= 0; i-- {
			b.AddBytes(chain[i].Raw)
		}
	})
	return b.BytesOrPanic()
}

// AppendTokenReference writes a wsse:SecurityTokenReference to the token with that Id.
func AppendTokenReference(dst []byte, id string, chain []*x509.Certificate) []byte {
	valueType := X509v3
	if len(chain) > 1 {
		valueType = X509PKIPathv1
	}
	return append(dst, `<wsse:SecurityTokenReference><wsse:Reference URI="#`+id+`" ValueType="`+valueType+`"/></wsse:SecurityTokenReference>`...)
}

// AppendEncryptedData writes xenc:EncryptedData for one attachment, its key
// named by a reference to the EncryptedKey.
func AppendEncryptedData(dst []byte, d EncryptedData) []byte {
	dst = append(dst, `<xenc:EncryptedData xmlns:xenc="`+enc.Namespace+`" Id="`+d.ID+`" MimeType="`...)
	dst = c14n.AppendAttribute(dst, d.MimeType)
	dst = append(dst, `" Type="`+AttachmentContentOnly+`"><xenc:EncryptionMethod Algorithm="`+enc.AES128GCM+`"/>`...)
	dst = append(dst, `<ds:KeyInfo xmlns:ds="`+dsig.Namespace+`"><wsse:SecurityTokenReference xmlns:wsse11="`+Namespace11+`" wsse11:TokenType="`+EncryptedKeyToken+`"><wsse:Reference URI="#`+d.Key+`"/></wsse:SecurityTokenReference></ds:KeyInfo>`...)
	dst = append(dst, `<xenc:CipherData><xenc:CipherReference URI="`...)
	dst = c14n.AppendAttribute(dst, d.URI)
	return append(dst, `"><xenc:Transforms><ds:Transform xmlns:ds="`+dsig.Namespace+`" Algorithm="`+AttachmentCiphertext+`"/></xenc:Transforms></xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>`...)
}
