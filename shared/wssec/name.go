package wssec

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// MaxNameBytes bounds a distinguished name in text.
const MaxNameBytes = 4096

// distinguishedName is a name as a sorted list of "oid=value", values folded
// the way X.520 caseIgnoreMatch folds them.
type distinguishedName []string

// attributeOIDs are the short names of RFC 4514 §3 and those that Java and
// OpenSSL write besides.
var attributeOIDs = map[string]string{
	"CN": "2.5.4.3", "SN": "2.5.4.4", "SURNAME": "2.5.4.4", "SERIALNUMBER": "2.5.4.5", "C": "2.5.4.6", "L": "2.5.4.7",
	"ST": "2.5.4.8", "S": "2.5.4.8", "STREET": "2.5.4.9", "O": "2.5.4.10", "OU": "2.5.4.11", "T": "2.5.4.12", "TITLE": "2.5.4.12",
	"GIVENNAME": "2.5.4.42", "GN": "2.5.4.42", "DNQ": "2.5.4.46", "ORGANIZATIONIDENTIFIER": "2.5.4.97",
	"DC": "0.9.2342.19200300.100.1.25", "UID": "0.9.2342.19200300.100.1.1",
	"EMAILADDRESS": "1.2.840.113549.1.9.1", "E": "1.2.840.113549.1.9.1", "EMAIL": "1.2.840.113549.1.9.1",
}

func attributesOf(seq pkix.RDNSequence) distinguishedName {
	var n distinguishedName
	for _, rdn := range seq {
		for _, a := range rdn {
			n = append(n, a.Type.String()+"="+fold(fmt.Sprint(a.Value)))
		}
	}
	slices.Sort(n)
	return n
}

func (n distinguishedName) sameAttributes(other distinguishedName) bool {
	return slices.Equal(n, other)
}

func fold(value string) string {
	return strings.ToLower(strings.Join(strings.Fields(value), " "))
}

// parseName reads a distinguished name in the spelling of RFC 2253 or 4514,
// with the freedoms that products take: blanks after commas, "OID." prefixes,
// semicolons, quoted values, #hex values.
func parseName(text string) (distinguishedName, error) {
	if len(text) > MaxNameBytes {
		return nil, refuse("issuername", "an X509IssuerName of %d octets, at most %d are taken", len(text), MaxNameBytes)
	}
	var n distinguishedName
	for _, attribute := range splitUnquoted(text, ",;+") {
		key, value, ok := strings.Cut(attribute, "=")
		if !ok {
			return nil, refuse("issuername", "an X509IssuerName part without '='")
		}
		oid, err := attributeOID(strings.TrimSpace(key))
		if err != nil {
			return nil, err
		}
		v, err := attributeValue(trimUnescaped(value))
		if err != nil {
			return nil, err
		}
		n = append(n, oid+"="+fold(v))
	}
	slices.Sort(n)
	return n, nil
}

func attributeOID(key string) (string, error) {
	key = strings.ToUpper(key)
	if oid, ok := attributeOIDs[key]; ok {
		return oid, nil
	}
	key = strings.TrimPrefix(key, "OID.")
	if key == "" || strings.Trim(key, "0123456789.") != "" {
		return "", refuse("issuername", "attribute type %q of an X509IssuerName is not known", key)
	}
	return key, nil
}

// trimUnescaped takes off the blanks around a value, but not a last one that is
// escaped (RFC 4514 §2.4).
func trimUnescaped(value string) string {
	v := strings.TrimSpace(value)
	if escapes := len(v) - len(strings.TrimRight(v, `\`)); escapes%2 == 1 {
		v += " "
	}
	return v
}

// attributeValue undoes quoting, escapes, and a BER value in hexadecimal.
func attributeValue(v string) (string, error) {
	if strings.HasPrefix(v, "#") {
		return hexValue(v[1:])
	}
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			b.WriteByte(v[i])
			continue
		}
		if i+2 < len(v) {
			if octet, err := hex.DecodeString(v[i+1 : i+3]); err == nil {
				b.WriteByte(octet[0])
				i += 2
				continue
			}
		}
		i++
		b.WriteByte(v[i])
	}
	return b.String(), nil
}

func hexValue(digits string) (string, error) {
	der, err := hex.DecodeString(digits)
	if err != nil {
		return "", refuse("issuername", "a #value of an X509IssuerName is not hexadecimal")
	}
	var value any
	if rest, err := asn1.Unmarshal(der, &value); err != nil || len(rest) > 0 {
		return "", refuse("issuername", "a #value of an X509IssuerName is no ASN.1 value")
	}
	return fmt.Sprint(value), nil
}

// splitUnquoted cuts at separators that stand outside quotes and are not escaped.
func splitUnquoted(text, separators string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(separators, text[i]) >= 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
