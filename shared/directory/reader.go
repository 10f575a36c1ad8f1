package directory

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	sdg = regrep.NamespaceSDG
	rim = regrep.NamespaceRIM
	rs  = regrep.NamespaceRS

	slotSpecification = "SpecificationIdentifier"
)

// reader decodes one answer and keeps the first refusal, so that an answer reads top to bottom.
type reader struct {
	family
	version Version
	refusal *Refusal
}

// family is the set of rules of one query's answers: their prefix, and the numbers of what all answers share.
type family struct {
	service                              Service
	prefix                               string
	slot                                 string // the slot of a registry object
	hasSlot, onlySlot, anyValue, content string
	some, ids, related                   string
}

var (
	requirementRules  = family{EvidenceBroker, "R-EB-REQ-", "Requirement", "S011", "S012", "S013", "S014", "S018", "S019", "S015"}
	evidenceTypeRules = family{EvidenceBroker, "R-EB-EVI-", "Requirement", "S009", "S010", "S011", "S012", "S018", "S019", "S013"}
	dataServiceRules  = family{DataServiceDirectory, "R-DSD-RESP-", "DataServiceEvidenceType", "S009", "S009", "S010", "S011", "S015", "S014", ""}
)

func (r *reader) refuse(e *regrep.Element, rule, format string, args ...any) {
	if r.refusal == nil {
		r.refusal = refuse(rule, e.Path(), format, args...)
	}
}

func (r *reader) note(err error) {
	if x, ok := errors.AsType[*Refusal](refused(err)); ok && r.refusal == nil {
		r.refusal = x
	}
}

// rule is a rule of the asked query, err one of the catalogue's errors.
func (r *reader) rule(n string) string { return r.prefix + n }
func (r *reader) err(n string) string  { return "R-" + strings.ToUpper(string(r.service)) + "-ERR-" + n }

func (r *reader) absent(found []*regrep.Element, rule, why string) {
	if len(found) > 0 {
		r.refuse(found[0], rule, "%s", why)
	}
}

// one returns the only child with a name, and refuses none or several.
func (r *reader) one(parent *regrep.Element, local, rule string) *regrep.Element {
	found := parent.All(sdg, local)
	if len(found) != 1 {
		r.refuse(parent, rule, "exactly one sdg:%s is expected, here are %d", local, len(found))
		return nil
	}
	return found[0]
}

// optional returns the only child with a name or nil, and refuses several.
func (r *reader) optional(parent *regrep.Element, local, rule string) *regrep.Element {
	found := parent.All(sdg, local)
	if len(found) > 1 {
		r.refuse(found[1], rule, "at most one sdg:%s is expected, here are %d", local, len(found))
	}
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// uuid reads a UUID, in lower case.
func (r *reader) uuid(parent *regrep.Element, local, schema, rule string) string {
	e := r.one(parent, local, schema)
	v := e.Trimmed()
	if e != nil && !regrep.IsUUID(v) {
		r.refuse(e, rule, "%q is no UUID", regrep.Excerpt(v))
	}
	return strings.ToLower(v)
}

// texts reads a multilingual element, at least least times: @lang must be there and of the list LanguageCode.
func (r *reader) texts(parent *regrep.Element, local string, least int, schema, langRule, listRule string) Texts {
	var all Texts
	for _, e := range parent.All(sdg, local) {
		lang := e.Value("lang")
		switch {
		case strings.TrimSpace(lang) == "":
			r.refuse(e, langRule, "@lang is missing")
		case !languages.Has(lang):
			r.refuse(e, listRule, "@lang %q is no code of LanguageCode, which are compared with their case", regrep.Excerpt(lang))
		}
		all = append(all, edm.LocalizedText{Lang: lang, Text: e.Trimmed()})
	}
	if len(all) < least {
		r.refuse(parent, schema, "sdg:%s is missing", local)
	}
	return all
}

func (r *reader) country(e *regrep.Element, rule string) string {
	v := e.Trimmed()
	if e != nil && !isCountry(v) {
		r.refuse(e, rule, "%q is no country's code", regrep.Excerpt(v))
	}
	return v
}

func (r *reader) listed(e *regrep.Element, list *codelist.List, rule string) string {
	v := e.Trimmed()
	if e != nil && !list.Has(v) {
		r.refuse(e, rule, "%q is no code of %s", regrep.Excerpt(v), list.ShortName)
	}
	return v
}

func (r *reader) matches(e *regrep.Element, pattern *regexp.Regexp, rule, what string) string {
	v := e.Trimmed()
	if e != nil && !pattern.MatchString(v) {
		r.refuse(e, rule, "%q is no %s", regrep.Excerpt(v), what)
	}
	return v
}

// Code lists that answers are judged by: the widest edition, since one answer serves partners of all lines.
var (
	languages  = codelist.Of("LanguageCode", "2.0")
	countries  = codelist.Of("CountryIdentificationCode", "2.0")
	members    = codelist.Of("OOTSCountry", "2.0")
	procedures = codelist.Of("Procedures", "2.0")
	mediaTypes = codelist.Of("OOTSMediaTypes", "2.0")
	assurances = codelist.Of("LevelsOfAssurance", "2.0")
	schemes    = codelist.Of("EAS", "2.0")
	levels     = []string{"Country", "NUTS1", "NUTS2", "NUTS3", "LAU"} // list JurisdictionLevel, before 2.0
)

// isCountry knows the member states' codes, EL among them, beside ISO 3166-1.
func isCountry(code string) bool { return members.Has(code) || countries.Has(code) }

// The Semantic Repository's hosts: production, acceptance, other environments; .tech.europa.eu is that of 1.0.
const (
	repositoryHost = `sr(?:\.[a-z0-9-]{1,20})?\.oots\.tech\.(?:ec\.)?europa\.eu`
	uuidPattern    = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
)

var (
	requirementURL  = regexp.MustCompile(`(?i)^https://` + repositoryHost + `/requirements/` + uuidPattern + `$`)
	evidenceTypeURL = regexp.MustCompile(`(?i)^https://` + repositoryHost + `/evidencetypeclassifications/(?:[a-z]{2}|oots)/` + uuidPattern + `$`)
	dataModelURL    = regexp.MustCompile(`(?i)^https://` + repositoryHost + `/(?:datamodels|distributions)/[^/?#\s]+(?:/[^/?#\s]+)*$`)
	nationalList    = regexp.MustCompile(`(?i)^https://` + repositoryHost + `/codelists/[a-z]{2}/[a-z0-9]{2,50}$`)
	partyScheme     = regexp.MustCompile(`^urn:oasis:names:tc:ebcore:partyid-type:unregistered(?::[^\s]+)?$`)
	easScheme       = regexp.MustCompile(`^urn:cef\.eu:names:identifier:EAS:([0-9A-Za-z:]+)$`)
	exchangeLine    = regexp.MustCompile(`^oots-edm:v[0-9]{1,3}\.[0-9]{1,3}$`)
)

// IsRequirement reports whether s is the URL of a requirement in the Semantic Repository.
func IsRequirement(s string) bool { return requirementURL.MatchString(s) }

// IsEvidenceType reports whether s is the URL of an evidence type in the Semantic Repository.
func IsEvidenceType(s string) bool { return evidenceTypeURL.MatchString(s) }

// partyID judges an identifier of an access point or a provider.
func (r *reader) partyID(parent *regrep.Element, schema, missing, unknown string) edm.Identifier {
	e := r.one(parent, "Identifier", schema)
	scheme := e.Value("schemeID")
	switch eas := easScheme.FindStringSubmatch(scheme); {
	case e == nil:
	case e.Trimmed() == "" || len([]rune(e.Trimmed())) > regrep.StringValueLength:
		r.refuse(e, schema, "an identifier has 1 to %d characters", regrep.StringValueLength)
	case strings.TrimSpace(scheme) == "":
		r.refuse(e, missing, "@schemeID is missing")
	case eas != nil && !schemes.Has(eas[1]):
		r.refuse(e, unknown, "@schemeID %q names no code of EAS", regrep.Excerpt(scheme))
	case eas == nil && !partyScheme.MatchString(scheme):
		r.refuse(e, unknown, "@schemeID %q is neither of EAS nor urn:oasis:names:tc:ebcore:partyid-type:unregistered:…", regrep.Excerpt(scheme))
	}
	return edm.Identifier{SchemeID: scheme, Value: e.Trimmed()}
}

// Jurisdiction is where a procedure, a type or a provider is valid.
type Jurisdiction struct {
	// AdminUnitLevel1 is the country, 1.
	AdminUnitLevel1 string `json:"adminUnitLevel1"`
	// AdminUnitLevel2 (NUTS) and AdminUnitLevel3 (LAU) are 0..1, before 2.0.
	AdminUnitLevel2 string `json:"adminUnitLevel2,omitempty"`
	AdminUnitLevel3 string `json:"adminUnitLevel3,omitempty"`
	// AdditionalJurisdictionClassification is 0..n, 2.0 only: national codes by their list's URL.
	AdditionalJurisdictionClassification []ListedCode `json:"additionalJurisdictionClassification,omitempty"`
}

// ListedCode is a code with the URL of its list.
type ListedCode struct {
	ListID string `json:"listId"`
	Code   string `json:"code"`
}

func (r *reader) jurisdiction(e *regrep.Element, rule string) Jurisdiction {
	if e == nil {
		return Jurisdiction{}
	}
	j := Jurisdiction{
		AdminUnitLevel1: r.country(r.one(e, "AdminUnitLevel1", "sdg:JurisdictionType"), rule),
		AdminUnitLevel2: r.optional(e, "AdminUnitLevel2", "sdg:JurisdictionType").Trimmed(),
		AdminUnitLevel3: r.optional(e, "AdminUnitLevel3", "sdg:JurisdictionType").Trimmed(),
	}
	for _, c := range e.All(sdg, "AdditionalJurisdictionClassification") {
		j.AdditionalJurisdictionClassification = append(j.AdditionalJurisdictionClassification, ListedCode{c.Value("listID"), c.Trimmed()})
	}
	return j
}

// distinct reports whether no value stands twice.
func distinct(all []string) bool {
	sorted := slices.Sorted(slices.Values(all))
	return len(slices.Compact(sorted)) == len(all)
}
