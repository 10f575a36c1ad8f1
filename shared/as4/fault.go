package as4

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// soap11 is the namespace of SOAP 1.1, in which some servers answer what they
// cannot read, whatever the request was.
const soap11 = "http://schemas.xmlsoap.org/soap/envelope/"

// faultText is what a SOAP Fault without an ebMS signal says for itself, as a
// clause for the reason of a judgement: often the only trace of what is wrong
// at the partner's. It is empty when there is no Fault.
func faultText(octets []byte) string {
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: MaxAnswerBytes, Comments: true})
	if err != nil {
		return ""
	}
	for _, body := range doc.Root().ChildElements() {
		for _, fault := range body.ChildElements() {
			if ns := fault.NamespaceURI(); body.Tag == "Body" && fault.Tag == "Fault" && (ns == ebms.SOAP12 || ns == soap11) {
				return fmt.Sprintf("; the SOAP Fault says %q", clip(faultReason(fault)))
			}
		}
	}
	return ""
}

// faultReason is the text of env:Reason (SOAP 1.2 §5.4.2) or faultstring (1.1 §4.4).
func faultReason(fault *etree.Element) string {
	for _, kid := range fault.ChildElements() {
		switch kid.Tag {
		case "faultstring":
			return strings.TrimSpace(kid.Text())
		case "Reason":
			for _, text := range kid.ChildElements() {
				return strings.TrimSpace(text.Text())
			}
		}
	}
	return ""
}
