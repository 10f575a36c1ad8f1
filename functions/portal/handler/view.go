package handler

import (
	"strconv"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// address is where a request is.
func address(id string) string { return "/v1/requests/" + id }

// shown is a view as the contract has it.
func shown(v *requester.View) api.View {
	return api.View{
		Id: v.ID, State: api.State(v.State), Final: v.Final, Code: v.Code, Reason: v.Reason,
		Created: v.Created, Deadline: v.Deadline, PersonUrl: v.PersonURL, Available: v.Available,
		Documents: documents(v), Questions: questions(v.Questions), Choices: choices(v.Choices),
	}
}

func documents(v *requester.View) []api.Document {
	list := make([]api.Document, len(v.Documents))
	for i, d := range v.Documents {
		list[i] = api.Document{
			Number: d.Number, Href: address(v.ID) + "/evidence/" + strconv.Itoa(d.Number), Identifier: d.Identifier, Classification: d.Classification,
			Title: d.Title, MediaType: d.MediaType, Language: d.Language, ConformsTo: d.ConformsTo, Size: d.Size, Sha256: d.SHA256,
		}
	}
	return list
}

func questions(from []requester.Question) []api.Question {
	var list []api.Question
	for _, q := range from {
		shown := api.Question{Id: q.ID, Type: q.Type, Text: q.Text}
		for _, o := range q.Options {
			shown.Options = append(shown.Options, api.Option{Code: o.Code, Name: o.Name})
		}
		list = append(list, shown)
	}
	return list
}

func choices(from []requester.Choice) []api.Choice {
	var list []api.Choice
	for _, c := range from {
		list = append(list, api.Choice{Provider: c.Provider, Name: c.Name, EvidenceType: c.EvidenceType, Title: c.Title})
	}
	return list
}
