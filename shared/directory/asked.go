package directory

import (
	"context"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// TypePlace is the kind of question that asks for a place, beside edm.TypeString, TypeBoolean and TypeCodelist.
const TypePlace = "place"

// Question is one question of the directory to the user. The data serve to find the authority only (Regulation 2022/1463, art. 11(2)(a)):
// tell the user.
type Question struct {
	// ID is the key of the answer.
	ID string `json:"id"`
	// Type is edm.TypeString, TypeBoolean (answer true or false), TypeCodelist (a code) or TypePlace (a NUTS or LAU code).
	Type string `json:"type"`
	Text Texts  `json:"text"`
	// Level is that of a place: Country, NUTS1, NUTS2, NUTS3 or LAU.
	Level string `json:"level,omitempty"`
	// List is the URL of the code list, Options its values; NoOptions says why they could not be fetched.
	List      string        `json:"list,omitempty"`
	Options   []ListedValue `json:"options,omitempty"`
	NoOptions string        `json:"noOptions,omitempty"`
	// Again says why an answer that was given is asked for again.
	Again string `json:"again,omitempty"`
}

// open ends with the questions that the user must answer, with the code lists' values.
func (d *dialogue) open(ctx context.Context, again string) bool {
	d.out.Questions = nil
	if j := d.asked.Jurisdiction; j != nil && j.JurisdictionLevel != "Country" {
		d.out.Questions = append(d.out.Questions, d.note(Question{ID: j.JurisdictionContextID, Type: TypePlace, Text: j.JurisdictionContext, Level: j.JurisdictionLevel}, again))
	}
	for _, c := range d.asked.Concepts {
		q := d.note(Question{ID: c.Identifier, Type: c.Type, Text: c.Description}, again)
		if c.Type == edm.TypeCodelist {
			q.List = c.ValueExpression
			options, err := d.Ask.CodeList(ctx, c.ValueExpression)
			if err != nil {
				q.NoOptions = err.Error()
			}
			q.Options = options
		}
		d.out.Questions = append(d.out.Questions, q)
	}
	return d.end(Ask, nil, "the directory asks the user, to find the authority")
}

func (d *dialogue) note(q Question, again string) Question {
	if _, given := d.answer(q.ID); given {
		q.Again = again
		if again == "" && q.Type == edm.TypeBoolean {
			q.Again = "answer true or false"
		}
		if again == "" && q.Type == TypePlace {
			q.Again = "answer with the code of a NUTS region"
		}
	}
	return q
}

// classification are the answers that were sent, for the request (R-EDM-REQ-S031).
func (d *dialogue) classification() []edm.EvidenceProviderClassification {
	var all []edm.EvidenceProviderClassification
	for _, c := range d.sent {
		v := d.query.Answers[c.Identifier]
		e := edm.EvidenceProviderClassification{
			Identifier: edm.Identifier{SchemeID: c.SchemeID, Value: c.Identifier}, Type: c.Type, ValueExpression: c.ValueExpression, Description: c.Description,
		}
		switch c.Type {
		case edm.TypeBoolean:
			yes := v == "true"
			e.BooleanValue = &yes
		case "date":
			e.DateValue = v
		default:
			e.StringValue = v
		}
		all = append(all, e)
	}
	return all
}
