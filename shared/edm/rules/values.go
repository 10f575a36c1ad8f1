package rules

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

func isUUID(s string) bool { return regrep.IsUUID(s) }

// isBareUUID: identifiers in slots and content. Lines before 1.2 matched the end of the value only, and their samples write urn:uuid: in front.
func isBareUUID(m *message, s string) bool {
	if m.version == edm.V10 || m.version == edm.V11 {
		s = strings.TrimPrefix(s, "urn:uuid:")
	}
	return regrep.IsUUID(s)
}

func isURN(s string) bool {
	_, ok := regrep.CutURN(strings.TrimSpace(s))
	return ok
}

func isHTTPS(s string) bool {
	return len(s) > len("https://") && strings.EqualFold(s[:len("https://")], "https://")
}

// dateTimeShape is what the rules look for: a date and a time to the second, whatever stands around them.
var dateTimeShape = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}`)

// isDateTime finds a date and time to the second that exists. Midnight may be written 24:00:00.
func isDateTime(s string) bool {
	found := dateTimeShape.FindString(s)
	if found == "" {
		return false
	}
	found = strings.Replace(found, "T24:00:00", "T00:00:00", 1)
	_, err := time.Parse("2006-01-02T15:04:05", found)
	return err == nil
}

var (
	dateShape   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	dateShape10 = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$`)
)

// isDate accepts YYYY-MM-DD that exists. 1.0 did not look behind it, and xs:date allows a time zone there.
func isDate(m *message, s string) bool {
	shape := dateShape
	if m.version == edm.V10 {
		shape = dateShape10
	}
	if !shape.MatchString(s) {
		return false
	}
	_, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	return err == nil
}

// Hosts of the Semantic Repository: that of today, and that of the messages before October 2023, which 1.0 messages may still carry.
const (
	repositoryHost     = "oots.tech.ec.europa.eu"
	repositoryHost2023 = "oots.tech.europa.eu"
)

// repository takes a Semantic Repository URL apart: its environment label ("" in production) and what follows the family.
func repository(m *message, url, family string) (label, rest string, ok bool) {
	rest, ok = strings.CutPrefix(strings.TrimSpace(url), "https://sr.")
	if !ok {
		return "", "", false
	}
	if r, ok := atHost(m, rest); ok {
		return "", strings.TrimPrefix(r, family+"/"), strings.HasPrefix(r, family+"/")
	}
	label, rest, ok = strings.Cut(rest, ".")
	if !ok || !isLetters(label) {
		return "", "", false
	}
	r, ok := atHost(m, rest)
	return label, strings.TrimPrefix(r, family+"/"), ok && strings.HasPrefix(r, family+"/")
}

func atHost(m *message, s string) (string, bool) {
	if r, ok := strings.CutPrefix(s, repositoryHost+"/"); ok {
		return r, true
	}
	if m.version == edm.V10 {
		return strings.CutPrefix(s, repositoryHost2023+"/")
	}
	return "", false
}

func isLetters(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isLowerUUID is the form in URLs. 1.0 accepted either case.
func isLowerUUID(m *message, s string) bool {
	return regrep.IsUUID(s) && (m.version == edm.V10 || s == strings.ToLower(s))
}

// isRequirementURL: R-EDM-REQ-C008. In 1.0 the UUID could be written as a URN.
func isRequirementURL(m *message, s string) bool {
	_, rest, ok := repository(m, s, "requirements")
	if m.version == edm.V10 {
		rest = strings.TrimPrefix(rest, "urn:uuid:")
	}
	return ok && isLowerUUID(m, rest)
}

// isTypeURL: R-EDM-REQ-C027, R-EDM-RESP-C017.
func isTypeURL(m *message, s string) bool {
	_, rest, ok := repository(m, s, "evidencetypeclassifications")
	country, id, cut := strings.Cut(rest, "/")
	if m.version == edm.V10 {
		country = strings.ToUpper(country)
	}
	return ok && cut && isLowerUUID(m, id) && (m.list("OOTSCountry").Has(country) || strings.EqualFold(country, "oots"))
}

// isModelURL: R-EDM-REQ-C034, R-EDM-RESP-C022 and the rules on Transformation.
func isModelURL(m *message, s string) bool {
	for _, family := range []string{"datamodels", "distributions"} {
		if _, _, ok := repository(m, s, family); ok {
			return true
		}
	}
	return false
}

// isProduction: an environment label in the URL is worth a caution.
func isProduction(family ...string) func(m *message, s string) bool {
	return func(m *message, s string) bool {
		for _, f := range family {
			if label, _, ok := repository(m, s, f); ok {
				return label == ""
			}
		}
		return true
	}
}

const (
	easPrefix          = "urn:cef.eu:names:identifier:EAS:"
	unregisteredPrefix = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"
	identifierLength   = 256
)

// isAgentScheme: the scheme of an agent's identifier. Before 1.1 any unregistered scheme was accepted.
func isAgentScheme(m *message, scheme string) bool {
	if code, ok := strings.CutPrefix(scheme, easPrefix); ok {
		return m.list("EAS").Has(code)
	}
	rest, ok := strings.CutPrefix(scheme, unregisteredPrefix)
	if !ok {
		return false
	}
	if m.version == edm.V10 {
		return true
	}
	country, ok := strings.CutPrefix(rest, ":")
	return ok && (country == "oots" || m.list("OOTSCountry").Has(country))
}

// agentIdentifier judges scheme and length; a missing scheme is another rule's.
func agentIdentifier(m *message, e *regrep.Element) *breach {
	scheme, ok := e.Attr("schemeID")
	if ok && !isAgentScheme(m, scheme) {
		return &breach{"/@schemeID", scheme}
	}
	return when(utf8.RuneCountInString(e.Text) >= identifierLength, "", e.Text)
}

const eidasTailLeast, eidasTailMost = 6, 256

// isEIDAS: the identifier is AA/BB/ and 6 to 256 characters that are not blank, in either case.
func isEIDAS(m *message, s string) bool {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) != 3 {
		return false
	}
	n := utf8.RuneCountInString(parts[2])
	return isEIDASCountry(m, parts[0]) && isEIDASCountry(m, parts[1]) &&
		n >= eidasTailLeast && n <= eidasTailMost && !strings.ContainsAny(parts[2], " \t\r\n")
}

// isEIDASCountry: the rule of 1.0 took any two letters, and an official example has Greece's ISO code; the list has EL.
func isEIDASCountry(m *message, code string) bool {
	code = strings.ToUpper(code)
	return m.list("OOTSCountry").Has(code) || m.version == edm.V10 && code == "GR"
}

// eidasValue judges an identifier that names the eidas scheme, or none; of another scheme the rule on schemes speaks.
func eidasValue(m *message, e *regrep.Element) *breach {
	if v, ok := e.Attr("schemeID"); ok && v != "eidas" {
		return nil
	}
	return when(!isEIDAS(m, e.Trimmed()), "", e.Text)
}

// isStructured reports whether a media type is one for which a data model exists; of an unknown type neither is true.
func isStructured(m *message, format string) (structured, known bool) {
	c, ok := m.list("OOTSMediaTypes").Find(format)
	return c.Structure == "structured", ok
}

// isScope reports whether a sector-specific attribute is the power of representation.
func isScope(attribute *regrep.Element) bool {
	return attribute.Child(sdg, "AttributeName").Trimmed() == edm.PowerOfRepresentationScope ||
		attribute.Child(sdg, "AttributeURI").Trimmed() == edm.PowerOfRepresentationScopeURI
}

// filled turns a predicate off for blank text, where the rule on presence speaks.
func filled(ok func(m *message, s string) bool) func(m *message, s string) bool {
	return func(m *message, s string) bool { return s == "" || ok(m, s) }
}

// always makes a predicate of the line out of one that does not depend on it.
func always(ok func(s string) bool) func(m *message, s string) bool {
	return func(_ *message, s string) bool { return ok(s) }
}
