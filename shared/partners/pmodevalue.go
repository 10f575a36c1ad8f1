package partners

import (
	"strings"

	"github.com/beevik/etree"
)

func attr(name string) func(*etree.Element) string {
	return func(el *etree.Element) string { return attribute(el, name) }
}

func refs(element, name string) func(*etree.Element) []string {
	return func(el *etree.Element) []string {
		var list []string
		for _, c := range children(el, element) {
			list = append(list, attribute(c, name))
		}
		return list
	}
}

func valueOf(el *etree.Element) pmodeValue {
	return pmodeValue{attribute(el, "type"), attribute(el, "value")}
}

func propertyOf(el *etree.Element) pmodeProperty {
	return pmodeProperty{attribute(el, "key"), isTrue(attribute(el, "required"))}
}

func securityOf(el *etree.Element) pmodeSecurity {
	return pmodeSecurity{attribute(el, "policy"), attribute(el, "signatureMethod"), attribute(el, "profile")}
}

func legOf(el *etree.Element) pmodeLeg {
	return pmodeLeg{
		service: attribute(el, "service"), action: attribute(el, "action"),
		security: attribute(el, "security"), propertySet: attribute(el, "propertySet"),
		compress: isTrue(attribute(el, "compressPayloads")),
	}
}

func partyOf(el *etree.Element) pmodeParty {
	p := pmodeParty{name: attribute(el, "name"), endpoint: attribute(el, "endpoint")}
	for _, id := range children(el, "identifier") {
		p.ids = append(p.ids, pmodeValue{attribute(id, "partyIdType"), attribute(id, "partyId")})
	}
	return p
}

// isTrue reads xs:boolean.
func isTrue(s string) bool {
	s = strings.TrimSpace(s)
	return s == "true" || s == "1"
}
