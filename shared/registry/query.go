package registry

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// Query is what is asked of a registry: evidence of one type about one subject.
type Query struct {
	// RequestID is the same each time the exchange asks: the evidence request's id.
	RequestID string
	// EvidenceType is the type's URL in the Semantic Repository, Procedure the code for which the evidence is asked.
	EvidenceType, Procedure string
	// Person or LegalPerson is whom the evidence is about; exactly one is set.
	Person      *edm.Person
	LegalPerson *edm.LegalPerson
	// Representative or RepresentativeLegalPerson acts for the subject; at most one is set.
	Representative            *edm.Person
	RepresentativeLegalPerson *edm.LegalPerson
	// Answers are the user's to the directory's questions.
	Answers []edm.EvidenceProviderClassification
}

// Request is a query as it stands in the body of the POST: what a registry reads.
type Request struct {
	RequestID      string       `json:"requestId"`
	EvidenceType   string       `json:"evidenceType"`
	Procedure      string       `json:"procedure,omitempty"`
	Subject        Party        `json:"subject"`
	Representative *Party       `json:"representative,omitempty"`
	Answers        []UserAnswer `json:"answers,omitempty"`
	// Entry is the handle of what is fetched; empty in a search.
	Entry string `json:"entry,omitempty"`
	// Languages are wished, the first most; Formats are what is taken. Both in a fetch only.
	Languages []string `json:"languages,omitempty"`
	Formats   []string `json:"formats,omitempty"`
}

// Party is a natural or a legal person.
type Party struct {
	Person      *Person      `json:"person,omitempty"`
	LegalPerson *LegalPerson `json:"legalPerson,omitempty"`
}

// Person is a natural person with the eIDAS attributes of the sign-in. Names ending in Original are the writing in
// another script.
type Person struct {
	// Identifier is the eIDAS identifier "LV/IT/…"; NationalIdentifier its last part when the registry's own country issued it.
	Identifier           string   `json:"identifier,omitempty"`
	NationalIdentifier   string   `json:"nationalIdentifier,omitempty"`
	FamilyName           string   `json:"familyName"`
	FamilyNameOriginal   string   `json:"familyNameOriginal,omitempty"`
	GivenName            string   `json:"givenName"`
	GivenNameOriginal    string   `json:"givenNameOriginal,omitempty"`
	DateOfBirth          string   `json:"dateOfBirth"` // YYYY-MM-DD
	BirthName            string   `json:"birthName,omitempty"`
	BirthNameOriginal    string   `json:"birthNameOriginal,omitempty"`
	PlaceOfBirth         string   `json:"placeOfBirth,omitempty"`
	PlaceOfBirthOriginal string   `json:"placeOfBirthOriginal,omitempty"`
	Gender               string   `json:"gender,omitempty"`
	CurrentAddress       *Address `json:"currentAddress,omitempty"`
	LevelOfAssurance     string   `json:"levelOfAssurance,omitempty"`
}

// LegalPerson is a legal person with the eIDAS attributes of the sign-in.
type LegalPerson struct {
	Identifier         string `json:"identifier,omitempty"`
	NationalIdentifier string `json:"nationalIdentifier,omitempty"`
	Name               string `json:"name"`
	NameOriginal       string `json:"nameOriginal,omitempty"`
	// Identifiers are further ones by scheme: VAT, TAX, BusinessCode, LEI, EORI, SEED, SIC.
	Identifiers      map[string]string `json:"identifiers,omitempty"`
	LevelOfAssurance string            `json:"levelOfAssurance,omitempty"`
}

// Address is where a person lives.
type Address struct {
	Full              string `json:"full,omitempty"`
	Thoroughfare      string `json:"thoroughfare,omitempty"`
	LocatorDesignator string `json:"locatorDesignator,omitempty"`
	PostCode          string `json:"postCode,omitempty"`
	PostCityName      string `json:"postCityName,omitempty"`
	Country           string `json:"country"`
}

// UserAnswer is one answer of the user to a question of the directory.
type UserAnswer struct {
	Question string `json:"question"` // the question's UUID
	Value    string `json:"value"`    // "true" and "false" for questions of yes and no
}

// body writes the request for a registry of a country.
func (q *Query) body(country string, edit func(*Request)) ([]byte, error) {
	r := Request{RequestID: q.RequestID, EvidenceType: q.EvidenceType, Procedure: q.Procedure, Subject: party(q.Person, q.LegalPerson, country)}
	if q.Representative != nil || q.RepresentativeLegalPerson != nil {
		p := party(q.Representative, q.RepresentativeLegalPerson, country)
		r.Representative = &p
	}
	for i := range q.Answers {
		r.Answers = append(r.Answers, UserAnswer{q.Answers[i].Identifier.Value, answered(&q.Answers[i])})
	}
	edit(&r)
	return json.Marshal(&r)
}

func answered(c *edm.EvidenceProviderClassification) string {
	switch {
	case c.BooleanValue != nil:
		return strconv.FormatBool(*c.BooleanValue)
	case c.DateValue != "":
		return c.DateValue
	}
	return c.StringValue
}

func party(p *edm.Person, l *edm.LegalPerson, country string) Party {
	switch {
	case p != nil:
		return Party{Person: person(p, country)}
	case l != nil:
		return Party{LegalPerson: legalPerson(l, country)}
	}
	return Party{}
}

func person(p *edm.Person, country string) *Person {
	w := &Person{
		FamilyName: p.FamilyName.Value, FamilyNameOriginal: p.FamilyName.NonLatin, GivenName: p.GivenName.Value, GivenNameOriginal: p.GivenName.NonLatin,
		DateOfBirth: p.DateOfBirth, BirthName: p.BirthName.Value, BirthNameOriginal: p.BirthName.NonLatin,
		PlaceOfBirth: p.PlaceOfBirth.Value, PlaceOfBirthOriginal: p.PlaceOfBirth.NonLatin, Gender: p.Gender, LevelOfAssurance: p.LevelOfAssurance,
	}
	w.Identifier, w.NationalIdentifier = identifiers(p.Identifier, country)
	if a := p.CurrentAddress; a != nil {
		w.CurrentAddress = &Address{a.FullAddress, a.Thoroughfare, a.LocatorDesignator, a.PostCode, a.PostCityName, a.AdminUnitLevel1}
	}
	return w
}

func legalPerson(p *edm.LegalPerson, country string) *LegalPerson {
	w := &LegalPerson{Name: p.LegalName.Value, NameOriginal: p.LegalName.NonLatin, LevelOfAssurance: p.LevelOfAssurance}
	w.Identifier, w.NationalIdentifier = identifiers(p.LegalPersonIdentifier, country)
	for _, id := range p.Identifier {
		if w.Identifiers == nil {
			w.Identifiers = map[string]string{}
		}
		w.Identifiers[id.SchemeID] = id.Value
	}
	return w
}

// identifiers are the eIDAS identifier and the part of it that is the country's own.
func identifiers(id *edm.Identifier, country string) (eidas, national string) {
	if id == nil {
		return "", ""
	}
	parts := strings.SplitN(id.Value, "/", 3)
	if len(parts) == 3 && parts[0] == country {
		return id.Value, parts[2]
	}
	return id.Value, ""
}
