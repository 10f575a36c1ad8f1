package edm

import (
	"fmt"
	"slices"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Loss is something that a message had and its conversion has not, or that the conversion had to make up.
type Loss struct {
	// Place is the path in the message, from the root.
	Place string
	// Detail says what happened to it. It quotes no value of a person.
	Detail string
}

// IDs gives a new UUID at each call. Converting to 2.0 needs them for packages and classifications.
type IDs func() string

// Convert gives the message in another line, as a copy, with what was lost on the way. The original stays as it is. ids is called only when
// flat evidence is packed (1.x to 2.0).
func Convert(m Message, to Version, ids IDs) (Message, []Loss, error) {
	if !to.Known() {
		return nil, nil, fmt.Errorf("convert the %s: %q is none of %v", m.Kind(), to, Versions())
	}
	c := &converter{to: to, ids: ids}
	switch m := m.(type) {
	case *EvidenceRequest:
		return c.request(*m), c.lost, nil
	case *EvidenceResponse:
		return c.response(*m), c.lost, nil
	case *ErrorResponse:
		return c.failure(*m), c.lost, nil
	}
	return nil, nil, fmt.Errorf("convert a message of type %T", m)
}

type converter struct {
	to   Version
	ids  IDs
	lost []Loss
}

func (c *converter) lose(place, format string, args ...any) {
	c.lost = append(c.lost, Loss{place, fmt.Sprintf(format, args...)})
}

// drop empties a value that the target line does not have.
func drop[T any](c *converter, lineHasIt, there bool, v *T, place string) {
	if there && !lineHasIt {
		var zero T
		*v = zero
		c.lose(place, "dropped: %s does not have it", c.to)
	}
}

const requestRoot = "/query:QueryRequest"

func (c *converter) request(m EvidenceRequest) *EvidenceRequest {
	to := c.to
	m.SpecificationIdentifier = to
	m.Requirements = slices.Clone(m.Requirements)
	for i := range m.Requirements {
		r := &m.Requirements[i]
		drop(c, to.requirementDescription(), len(r.Description) > 0, &r.Description, fmt.Sprintf("%s/Requirements/sdg:Requirement[%d]/sdg:Description", requestRoot, i+1))
	}
	drop(c, to.returnLocation(), m.ReturnLocation != "", &m.ReturnLocation, requestRoot+"/ReturnLocation")
	drop(c, to.extraIdentity(), m.AuthorizedRepresentativeLegalPerson != nil, &m.AuthorizedRepresentativeLegalPerson,
		requestRoot+"/query:Query/AuthorizedRepresentativeLegalPerson")
	c.evidenceType(&m)
	m.NaturalPerson = c.person(m.NaturalPerson, requestRoot+"/query:Query/NaturalPerson")
	m.AuthorizedRepresentative = c.person(m.AuthorizedRepresentative, requestRoot+"/query:Query/AuthorizedRepresentative")
	m.LegalPerson = c.legalPerson(m.LegalPerson, requestRoot+"/query:Query/LegalPerson")
	m.AuthorizedRepresentativeLegalPerson = c.legalPerson(m.AuthorizedRepresentativeLegalPerson, requestRoot+"/query:Query/AuthorizedRepresentativeLegalPerson")
	return &m
}

// evidenceType moves the wished language between the request and its distributions, and keeps the first distribution where only one may be.
func (c *converter) evidenceType(m *EvidenceRequest) {
	const place = requestRoot + "/query:Query/EvidenceRequest/sdg:DataServiceEvidenceType/sdg:DistributedAs"
	all := slices.Clone(m.EvidenceType.DistributedAs)
	if len(all) > 1 && !c.to.distributionWishes() {
		c.lose(place, "kept the first of %d: %s has one", len(all), c.to)
		all = all[:1]
	}
	for i := range all {
		d := &all[i]
		if !c.to.distributionWishes() && c.to.requestLanguage() && m.Language == "" && len(d.Language) == 1 {
			m.Language, d.Language = d.Language[0], nil
		}
		drop(c, c.to.distributionWishes(), len(d.Language) > 0, &d.Language, place+"/sdg:Language")
		drop(c, c.to.distributionWishes(), len(d.AssociatedDocumentRequest) > 0, &d.AssociatedDocumentRequest, place+"/sdg:AssociatedDocumentRequest")
		if c.to.distributionWishes() && m.Language != "" && len(d.Language) == 0 {
			d.Language = []string{m.Language}
		}
		drop(c, c.to.transformation(), d.Transformation != "", &d.Transformation, place+"/sdg:Transformation")
	}
	if !c.to.requestLanguage() {
		m.Language = ""
	}
	m.EvidenceType.DistributedAs = all
}

func (c *converter) person(p *Person, place string) *Person {
	if p == nil {
		return nil
	}
	q := *p
	for _, t := range []*Text{&q.FamilyName, &q.GivenName, &q.BirthName, &q.PlaceOfBirth} {
		drop(c, c.to.extraIdentity(), t.NonLatin != "", &t.NonLatin, place+"/sdg:Person/*/@nonLatin")
	}
	drop(c, c.to.extraIdentity(), len(q.Nationality) > 0, &q.Nationality, place+"/sdg:Person/sdg:Nationality")
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"CountryOfBirth", &q.CountryOfBirth}, {"TownOfBirth", &q.TownOfBirth}, {"CountryOfResidence", &q.CountryOfResidence},
		{"PhoneNumber", &q.PhoneNumber}, {"EmailAddress", &q.EmailAddress},
	} {
		drop(c, c.to.extraIdentity(), *f.value != "", f.value, place+"/sdg:Person/sdg:"+f.name)
	}
	numeric := q.Gender != "" && q.Gender[0] >= '0' && q.Gender[0] <= '9'
	drop(c, c.to.genderCodes(), numeric, &q.Gender, place+"/sdg:Person/sdg:Gender")
	return &q
}

func (c *converter) legalPerson(p *LegalPerson, place string) *LegalPerson {
	if p == nil {
		return nil
	}
	q := *p
	drop(c, c.to.extraIdentity(), q.LegalName.NonLatin != "", &q.LegalName.NonLatin, place+"/sdg:LegalPerson/sdg:LegalName/@nonLatin")
	drop(c, c.to.extraIdentity(), q.LegalPhoneNumber != "", &q.LegalPhoneNumber, place+"/sdg:LegalPerson/sdg:LegalPhoneNumber")
	drop(c, c.to.extraIdentity(), q.LegalEmailAddress != "", &q.LegalEmailAddress, place+"/sdg:LegalPerson/sdg:LegalEmailAddress")
	return &q
}

const responseRoot = "/query:QueryResponse"

func (c *converter) response(m EvidenceResponse) *EvidenceResponse {
	from := m.SpecificationIdentifier
	m.SpecificationIdentifier = c.to
	packed := make([]Package, 0, len(m.Packages))
	for i, p := range m.Packages {
		p.Objects, p.Associations = slices.Clone(p.Objects), slices.Clone(p.Associations)
		for j := range p.Objects {
			c.evidence(&p.Objects[j].Metadata)
		}
		switch {
		case c.to.packages() && !from.packages():
			p = c.pack(p)
		case !c.to.packages() && from.packages():
			var ok bool
			if p, ok = c.flatten(p, i); !ok {
				continue
			}
		}
		packed = append(packed, p)
	}
	m.Packages = packed
	if len(packed) == 0 {
		m.Packages = nil
	}
	return &m
}

func (c *converter) evidence(e *Evidence) {
	const place = responseRoot + "//sdg:Evidence"
	e.NaturalPerson = c.person(e.NaturalPerson, place+"/sdg:IsAbout")
	e.LegalPerson = c.legalPerson(e.LegalPerson, place+"/sdg:IsAbout")
	drop(c, c.to.transformation(), e.Distribution.Transformation != "", &e.Distribution.Transformation, place+"/sdg:Distribution/sdg:Transformation")
}

// pack wraps flat evidence. The ids are new and therefore no loss.
func (c *converter) pack(p Package) Package {
	p.ID = c.ids()
	for i := range p.Objects {
		p.Objects[i].Classification, p.Objects[i].ClassificationID = MainEvidence, c.ids()
	}
	return p
}

// flatten keeps the main evidence of a package; companions have no place before 2.0.
func (c *converter) flatten(p Package, i int) (Package, bool) {
	place := fmt.Sprintf("%s/rim:RegistryObjectList/rim:RegistryObject[%d]", responseRoot, i+1)
	main := p.Main()
	if main == nil {
		c.lose(place, "dropped: the package has no main evidence")
		return p, false
	}
	for j := range p.Objects {
		if o := &p.Objects[j]; o != main {
			c.lose(place, "dropped: the %s %s, which %s cannot bind to its evidence; its part cid:%s has no reference any more",
				o.Classification, o.ID, c.to, regrep.Excerpt(o.ContentID))
		}
	}
	flat := *main
	flat.Classification, flat.ClassificationID = "", ""
	return Package{Objects: []EvidenceObject{flat}}, true
}

func (c *converter) failure(m ErrorResponse) *ErrorResponse {
	m.SpecificationIdentifier = c.to
	m.Exceptions = slices.Clone(m.Exceptions)
	if len(m.Exceptions) > 1 && !c.to.severalExceptions() {
		c.lose(responseRoot+"/rs:Exception", "kept the first of %d: %s has one", len(m.Exceptions), c.to)
		m.Exceptions = m.Exceptions[:1]
	}
	for i := range m.Exceptions {
		c.exception(&m.Exceptions[i])
	}
	return &m
}

// exception drops the preview method, which 2.0 fixed to GET, and supplies that GET where a line wants it said.
func (c *converter) exception(x *Exception) {
	const place = responseRoot + "/rs:Exception/PreviewMethod"
	switch {
	case !c.to.previewMethod():
		if x.PreviewMethod != "" && x.PreviewMethod != "GET" {
			c.lose(place, "dropped: %s always uses GET", c.to)
		}
		x.PreviewMethod = ""
	case x.PreviewLocation != "" && x.PreviewMethod == "":
		x.PreviewMethod = "GET"
	case x.PreviewMethod == "PUT" && c.to != V12:
		x.PreviewMethod = "GET"
		c.lose(place, "PUT became GET: %s does not have it", c.to)
	}
}
