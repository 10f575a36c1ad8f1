package directory

import (
	"encoding/json"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// Texts is a text in several languages, in the order of the answer.
type Texts []edm.LocalizedText

// In returns the text in the first of the languages that there is, then in English, then any; "" when there is none.
// Languages are codes such as "LV", compared without case.
func (t Texts) In(languages ...string) string {
	for _, lang := range append(languages, "EN") {
		for _, x := range t {
			if strings.EqualFold(x.Lang, lang) {
				return x.Text
			}
		}
	}
	if len(t) == 0 {
		return ""
	}
	return t[0].Text
}

// MarshalJSON writes an array of lang and text.
func (t Texts) MarshalJSON() ([]byte, error) {
	type text struct {
		Lang string `json:"lang"`
		Text string `json:"text"`
	}
	all := make([]text, len(t))
	for i, x := range t {
		all[i] = text{x.Lang, x.Text}
	}
	return json.Marshal(all)
}

// PartyID is an identifier of a party with its scheme.
type PartyID edm.Identifier

// MarshalJSON writes schemeId and value.
func (p PartyID) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		SchemeID string `json:"schemeId"`
		Value    string `json:"value"`
	}{p.SchemeID, p.Value})
}
