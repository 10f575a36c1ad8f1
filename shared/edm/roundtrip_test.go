package edm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// words draws text that XML must escape, without space around it.
var words = rapid.Custom(func(t *rapid.T) string {
	s := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 <>&\"'ūßЖ中]\t\n-/")), 1, 30, -1).Draw(t, "text")
	if s = strings.TrimSpace(s); s == "" {
		return "x"
	}
	return s
})

var uuids = rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func maybe[T any](t *rapid.T, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, "there") {
		return nil
	}
	v := g.Draw(t, "value")
	return &v
}

func maybeText(t *rapid.T) string {
	if s := maybe(t, words); s != nil {
		return *s
	}
	return ""
}

// several draws between least and most values, nil for none, as decoding gives it.
func several[T any](t *rapid.T, g *rapid.Generator[T], least, most int) []T {
	s := rapid.SliceOfN(g, least, most).Draw(t, "several")
	if len(s) == 0 {
		return nil
	}
	return s
}

var localized = rapid.Custom(func(t *rapid.T) edm.LocalizedText {
	return edm.LocalizedText{Lang: rapid.SampledFrom([]string{"EN", "LV", ""}).Draw(t, "lang"), Text: words.Draw(t, "text")}
})

var identifiers = rapid.Custom(func(t *rapid.T) edm.Identifier {
	return edm.Identifier{SchemeID: words.Draw(t, "scheme"), Value: words.Draw(t, "value")}
})

var addresses = rapid.Custom(func(t *rapid.T) edm.Address {
	return edm.Address{
		FullAddress: maybeText(t), LocatorDesignator: maybeText(t), PostCode: maybeText(t), PostCityName: maybeText(t), Thoroughfare: maybeText(t),
		AdminUnitLevel1: words.Draw(t, "country"), AdminUnitLevel2: maybeText(t),
	}
})

var bareAgents = rapid.Custom(func(t *rapid.T) edm.Agent {
	return edm.Agent{Identifier: identifiers.Draw(t, "id"), Name: several(t, localized, 1, 3)}
})

var agents = rapid.Custom(func(t *rapid.T) edm.Agent {
	a := bareAgents.Draw(t, "agent")
	a.Address, a.Classification = maybe(t, addresses), words.Draw(t, "classification")
	return a
})

func names(v edm.Version) *rapid.Generator[edm.Text] {
	return rapid.Custom(func(t *rapid.T) edm.Text {
		n := edm.Text{Value: words.Draw(t, "name")}
		if v != edm.V10 {
			n.NonLatin = maybeText(t)
		}
		return n
	})
}

var attributes = rapid.Custom(func(t *rapid.T) edm.SectorSpecificAttribute {
	return edm.SectorSpecificAttribute{AttributeName: words.Draw(t, "n"), AttributeURI: words.Draw(t, "u"), AttributeValue: words.Draw(t, "v")}
})

func persons(v edm.Version) *rapid.Generator[edm.Person] {
	return rapid.Custom(func(t *rapid.T) edm.Person {
		n := names(v)
		p := edm.Person{
			LevelOfAssurance: maybeText(t), Identifier: maybe(t, identifiers), FamilyName: n.Draw(t, "f"), GivenName: n.Draw(t, "g"),
			DateOfBirth: words.Draw(t, "d"), CurrentAddress: maybe(t, addresses), Gender: rapid.SampledFrom([]string{"", "Male"}).Draw(t, "gender"),
			SectorSpecificAttribute: several(t, attributes, 0, 2),
		}
		if b := maybe(t, n); b != nil {
			p.BirthName = *b
		}
		if v != edm.V10 {
			p.Nationality = several(t, words, 0, 2)
			p.CountryOfBirth, p.TownOfBirth, p.CountryOfResidence = maybeText(t), maybeText(t), maybeText(t)
			p.PhoneNumber, p.EmailAddress = maybeText(t), maybeText(t)
		}
		return p
	})
}

func legalPersons(v edm.Version) *rapid.Generator[edm.LegalPerson] {
	return rapid.Custom(func(t *rapid.T) edm.LegalPerson {
		p := edm.LegalPerson{
			LevelOfAssurance: maybeText(t), Identifier: several(t, identifiers, 0, 2), LegalPersonIdentifier: maybe(t, identifiers),
			LegalName: names(v).Draw(t, "name"), RegisteredAddress: maybe(t, addresses), SectorSpecificAttribute: several(t, attributes, 0, 2),
		}
		if v != edm.V10 {
			p.LegalPhoneNumber, p.LegalEmailAddress = maybeText(t), maybeText(t)
		}
		return p
	})
}

func requirements(v edm.Version) *rapid.Generator[edm.Requirement] {
	return rapid.Custom(func(t *rapid.T) edm.Requirement {
		r := edm.Requirement{Identifier: words.Draw(t, "id"), Name: several(t, localized, 1, 2)}
		if v == edm.V12 || v == edm.V20 {
			r.Description = several(t, localized, 0, 2)
		}
		return r
	})
}

var answers = rapid.Custom(func(t *rapid.T) edm.EvidenceProviderClassification {
	c := edm.EvidenceProviderClassification{
		Identifier: edm.Identifier{SchemeID: maybeText(t), Value: words.Draw(t, "id")}, ValueExpression: maybeText(t), Description: several(t, localized, 0, 2),
	}
	switch c.Type = rapid.SampledFrom([]string{edm.TypeString, edm.TypeBoolean, edm.TypeCodelist}).Draw(t, "type"); c.Type {
	case edm.TypeBoolean:
		b := rapid.Bool().Draw(t, "b")
		c.BooleanValue = &b
	default:
		c.StringValue = words.Draw(t, "s")
	}
	return c
})

func wantedForms(v edm.Version) *rapid.Generator[edm.DistributedAs] {
	return rapid.Custom(func(t *rapid.T) edm.DistributedAs {
		d := edm.DistributedAs{Format: words.Draw(t, "format"), ConformsTo: maybeText(t)}
		if v == edm.V20 {
			d.Language, d.AssociatedDocumentRequest = several(t, words, 0, 2), several(t, words, 0, 3)
		} else {
			d.Transformation = maybeText(t)
		}
		return d
	})
}

var times = rapid.Custom(func(t *rapid.T) time.Time {
	return time.UnixMilli(rapid.Int64Range(1, 4e12).Draw(t, "ms")).UTC()
})

func requests(v edm.Version) *rapid.Generator[edm.Message] {
	return rapid.Custom(func(t *rapid.T) edm.Message {
		most := 1
		m := &edm.EvidenceRequest{
			ID: uuids.Draw(t, "id"), SpecificationIdentifier: v, IssueDateTime: times.Draw(t, "time"), Procedure: words.Draw(t, "procedure"),
			PossibilityForPreview: rapid.Bool().Draw(t, "preview"), ExplicitRequestGiven: rapid.Bool().Draw(t, "explicit"),
			Requirements: several(t, requirements(v), 1, 2), EvidenceRequester: several(t, agents, 1, 3), EvidenceProvider: bareAgents.Draw(t, "ep"),
			EvidenceProviderClassification: several(t, answers, 0, 2), AuthorizedRepresentative: maybe(t, persons(v)),
		}
		if rapid.Bool().Draw(t, "natural") {
			p := persons(v).Draw(t, "person")
			m.NaturalPerson = &p
		} else {
			p := legalPersons(v).Draw(t, "person")
			m.LegalPerson = &p
		}
		if v != edm.V10 {
			m.AuthorizedRepresentativeLegalPerson = maybe(t, legalPersons(v))
		}
		if v == edm.V20 {
			most = 3
		} else {
			m.Language = maybeText(t)
		}
		if m.PreviewLocation = maybeText(t); m.PreviewLocation != "" && v == edm.V20 {
			m.ReturnLocation = words.Draw(t, "return")
		}
		m.EvidenceType = edm.DataServiceEvidenceType{
			Identifier: uuids.Draw(t, "type"), EvidenceTypeClassification: words.Draw(t, "class"), Title: several(t, localized, 1, 2),
			Description: several(t, localized, 0, 2), DistributedAs: several(t, wantedForms(v), 1, most),
		}
		return m
	})
}

func evidence(v edm.Version) *rapid.Generator[edm.Evidence] {
	return rapid.Custom(func(t *rapid.T) edm.Evidence {
		authority := bareAgents.Draw(t, "authority")
		person := persons(v).Draw(t, "person")
		e := edm.Evidence{
			Identifier: uuids.Draw(t, "id"), NaturalPerson: &person, IssuingAuthority: &authority,
			IsConformantTo: &edm.EvidenceType{EvidenceTypeClassification: words.Draw(t, "class"), Title: several(t, localized, 1, 2), Description: several(t, localized, 0, 1)},
			IssuingDate:    words.Draw(t, "issued"),
			Distribution:   edm.Distribution{Format: words.Draw(t, "format"), Language: several(t, words, 0, 2), ConformsTo: maybeText(t)},
		}
		if rapid.Bool().Draw(t, "valid") {
			e.ValidityPeriod = &edm.Period{StartDate: words.Draw(t, "start"), EndDate: words.Draw(t, "end")}
		}
		if v != edm.V20 {
			e.Distribution.Transformation = maybeText(t)
		}
		return e
	})
}

func packages(v edm.Version) *rapid.Generator[edm.Package] {
	return rapid.Custom(func(t *rapid.T) edm.Package {
		main := edm.EvidenceObject{ID: uuids.Draw(t, "id"), Metadata: evidence(v).Draw(t, "evidence"), ContentID: words.Draw(t, "cid"), Title: words.Draw(t, "title")}
		if v != edm.V20 {
			return edm.Package{Objects: []edm.EvidenceObject{main}}
		}
		main.Classification, main.ClassificationID = edm.MainEvidence, uuids.Draw(t, "cl")
		p := edm.Package{ID: uuids.Draw(t, "package"), Objects: []edm.EvidenceObject{main}}
		for range rapid.IntRange(0, 2).Draw(t, "companions") {
			o := edm.EvidenceObject{
				ID: uuids.Draw(t, "id"), Classification: rapid.SampledFrom([]string{edm.Annex, edm.HumanReadableVersion, edm.Translation}).Draw(t, "node"),
				ClassificationID: uuids.Draw(t, "cl"), ContentID: words.Draw(t, "cid"), Title: words.Draw(t, "title"),
				Metadata: edm.Evidence{Identifier: uuids.Draw(t, "ev"), Distribution: edm.Distribution{Format: words.Draw(t, "format"), Language: several(t, words, 0, 2)}},
			}
			p.Objects = append(p.Objects, o)
			p.Associations = append(p.Associations, edm.Association{ID: uuids.Draw(t, "as"), Type: o.Classification, Source: o.ID, Target: main.ID})
		}
		return p
	})
}

func responses(v edm.Version) *rapid.Generator[edm.Message] {
	return rapid.Custom(func(t *rapid.T) edm.Message {
		m := &edm.EvidenceResponse{
			RequestID: uuids.Draw(t, "id"), Status: regrep.StatusSuccess, SpecificationIdentifier: v, EvidenceResponseIdentifier: uuids.Draw(t, "rid"),
			IssueDateTime: times.Draw(t, "time"), EvidenceProvider: several(t, agents, 1, 2), EvidenceRequester: bareAgents.Draw(t, "er"),
		}
		if rapid.Bool().Draw(t, "deferred") {
			m.Status, m.ResponseAvailableDateTime = regrep.StatusUnavailable, times.Draw(t, "later")
		} else {
			m.Packages = several(t, packages(v), 0, 2)
		}
		return m
	})
}

func failures(v edm.Version) *rapid.Generator[edm.Message] {
	return rapid.Custom(func(t *rapid.T) edm.Message {
		er, most := bareAgents.Draw(t, "er"), 2
		if v == edm.V10 {
			most = 1
		}
		ep := agents.Draw(t, "ep")
		if ep.Address == nil {
			ep.Address = &edm.Address{AdminUnitLevel1: "LV"}
		}
		exceptions := rapid.Custom(func(t *rapid.T) edm.Exception {
			x := edm.Exception{
				Type:     rapid.SampledFrom([]string{"rs:AuthorizationExceptionType", "query:QueryExceptionType", "rs:TimeoutExceptionType"}).Draw(t, "type"),
				Severity: words.Draw(t, "severity"), Code: words.Draw(t, "code"), Message: words.Draw(t, "message"), Detail: maybeText(t),
				Timestamp: times.Draw(t, "time"), PreviewLocation: maybeText(t),
			}
			for _, d := range several(t, localized, 0, 2) {
				x.PreviewDescription = append(x.PreviewDescription, edm.LocalizedString{Lang: d.Lang, Value: d.Text})
			}
			if v != edm.V20 && x.PreviewLocation != "" {
				x.PreviewMethod = words.Draw(t, "method")
			}
			return x
		})
		return &edm.ErrorResponse{
			RequestID: uuids.Draw(t, "id"), SpecificationIdentifier: v, EvidenceResponseIdentifier: uuids.Draw(t, "rid"), ErrorProvider: ep,
			EvidenceRequester: &er, Exceptions: several(t, exceptions, 1, most),
		}
	})
}

func decoded(b []byte) (edm.Message, error) {
	d, err := edm.Parse(b)
	if err != nil {
		return nil, err
	}
	return d.Decode()
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		for name, g := range map[string]*rapid.Generator[edm.Message]{"request": requests(v), "response": responses(v), "error": failures(v)} {
			t.Run(fmt.Sprintf("%s %s", v, name), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					m := g.Draw(t, "message")
					b, err := edm.Encode(m)
					if err != nil {
						t.Fatalf("encode: %v", err)
					}
					again, err := decoded(b)
					if err != nil {
						t.Fatalf("decode: %v\n%s", err, b)
					}
					if diff := cmp.Diff(m, again); diff != "" {
						t.Fatalf("-written +read\n%s\n%s", diff, b)
					}
					twice, err := edm.Encode(again)
					if err != nil || string(twice) != string(b) {
						t.Fatalf("the second writing differs (%v)", err)
					}
				})
			})
		}
	}
}

func TestASampleSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		for name, m := range edmtest.Messages(v) {
			b, err := edm.Encode(m)
			if err != nil {
				t.Fatalf("%s %s: %v", v, name, err)
			}
			again, err := decoded(b)
			if err != nil {
				t.Fatalf("%s %s: %v", v, name, err)
			}
			if diff := cmp.Diff(m, again); diff != "" {
				t.Errorf("%s %s: -written +read\n%s", v, name, diff)
			}
		}
	}
}

func TestUnknownElementsAreSkipped(t *testing.T) {
	t.Parallel()
	b, err := edm.Encode(edmtest.Request(edm.V12))
	if err != nil {
		t.Fatal(err)
	}
	foreign := strings.Replace(string(b), "<sdg:FamilyName", "<sdg:UserIdentityAttribute><sdg:Name>x</sdg:Name></sdg:UserIdentityAttribute><sdg:FamilyName", 1)
	again, err := decoded([]byte(foreign))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(edm.Message(edmtest.Request(edm.V12)), again); diff != "" {
		t.Error(diff)
	}
}

func TestASlotThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	b, err := edm.Encode(edmtest.Request(edm.V20))
	if err != nil {
		t.Fatal(err)
	}
	slot := `<rim:Slot name="PreviewLocation"><rim:SlotValue xsi:type="rim:StringValueType"><rim:Value>https://evil.example/</rim:Value></rim:SlotValue></rim:Slot>`
	_, err = decoded([]byte(strings.Replace(string(b), "<query:ResponseOption", slot+"<query:ResponseOption", 1)))
	if err == nil || !strings.Contains(err.Error(), "PreviewLocation") {
		t.Errorf("got %v", err)
	}
}
