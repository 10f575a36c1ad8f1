package requester

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/journal"
)

// Found is whom to ask, and how.
type Found struct {
	Requirement    directory.Requirement
	Candidate      directory.Candidate
	Classification []edm.EvidenceProviderClassification
	asked          []journal.Entry
}

// Stop is why nobody can be asked as the order stands.
type Stop struct {
	Code      string // a code of the directory or one of this package
	Why       string // never an answer of the person
	Questions []Question
	Choices   []Choice
	asked     []journal.Entry
}

func (f *Found) entries(now time.Time) []journal.Entry { return stamped(f.asked, now) }
func (s *Stop) entries(now time.Time) []journal.Entry  { return stamped(s.asked, now) }

func stamped(list []journal.Entry, now time.Time) []journal.Entry {
	for i := range list {
		list[i].At = now
	}
	return list
}

// requirement is the Evidence Broker's, as the request holds it.
func (f *Found) requirement() edm.Requirement {
	return edm.Requirement{Identifier: f.Requirement.Identifier, Name: f.Requirement.Name, Description: f.Requirement.Description}
}

// Find asks the directory whom an order can go to. The error is an outage: ask
// again later.
func (d *Desk) Find(ctx context.Context, s *Settings, o Order, assurance string) (*Found, *Stop, error) {
	outcome, err := d.Directory.Resolve(ctx, directory.Case{
		Procedure: o.Procedure, RequesterCountry: s.Country, ProviderCountry: o.Country, Requirements: []string{o.Requirement}, Answers: o.Answers,
		Wish: directory.Wish{Versions: s.Versions, LevelOfAssurance: assurance, Formats: o.Formats, Languages: o.Languages, Provider: o.Provider},
	})
	if err != nil {
		return stopped(err)
	}
	for i := range outcome.Requirements {
		if strings.EqualFold(outcome.Requirements[i].Requirement.Identifier, o.Requirement) {
			return chosen(&outcome.Requirements[i], o)
		}
	}
	return nil, &Stop{Code: CodeNobody, Why: "the procedure has no such requirement in the Evidence Broker; choose one of the procedure's"}, nil
}

// stopped tells an outage, which passes, from an answer that stays.
func stopped(err error) (*Found, *Stop, error) {
	if outage := (*directory.Outage)(nil); errors.As(err, &outage) {
		return nil, nil, err
	}
	if failure := (*directory.Failure)(nil); errors.As(err, &failure) {
		return nil, &Stop{Code: string(failure.Code), Why: failure.Error()}, nil
	}
	if refusal := (*directory.Refusal)(nil); errors.As(err, &refusal) {
		return nil, &Stop{Code: refusal.Rule, Why: refusal.Error()}, nil
	}
	return nil, nil, err
}

// chosen picks the evidence type and the provider of one requirement.
func chosen(r *directory.Resolved, o Order) (*Found, *Stop, error) {
	if r.Err != nil {
		return stopped(r.Err)
	}
	types := typesOf(r, o)
	switch len(types) {
	case 0:
		return nil, &Stop{Code: CodeNobody, Why: r.Why}, nil
	case 1:
		return provider(r, &types[0], o)
	}
	return nil, &Stop{Code: CodeChoose, Why: "several evidence types prove the requirement together; order each", Choices: choices(types)}, nil
}

// typesOf are the evidence types that the order can mean.
func typesOf(r *directory.Resolved, o Order) []directory.Providers {
	for i := range r.Alternatives {
		for _, t := range r.Alternatives[i].Types {
			if o.EvidenceType != "" && t.EvidenceType == o.EvidenceType {
				return []directory.Providers{t}
			}
		}
	}
	if o.EvidenceType != "" || r.Chosen < 0 {
		return nil
	}
	return r.Alternatives[r.Chosen].Types
}

// provider is who is asked for one evidence type.
func provider(r *directory.Resolved, p *directory.Providers, o Order) (*Found, *Stop, error) {
	asked := journalled(p)
	switch p.State {
	case directory.Ready:
		return &Found{Requirement: r.Requirement, Candidate: p.Candidates[0], Classification: p.Classification, asked: asked}, nil, nil
	case directory.Choose:
		return nil, &Stop{Code: CodeChoose, Why: "several providers issue this evidence; order with one of them", Choices: choices([]directory.Providers{*p}), asked: asked}, nil
	case directory.Ask:
		return nil, &Stop{Code: string(directory.DSDAdditionalInput), Why: p.Why, Questions: questions(p.Questions, o.Language), asked: asked}, nil
	case directory.StepUp:
		return nil, &Stop{Code: CodeStepUp, Why: p.Why, asked: asked}, nil
	case directory.Failed:
		found, stop, err := stopped(p.Err)
		if stop != nil {
			stop.asked = asked
		}
		return found, stop, err
	}
	code := CodeNobody
	if p.Failure != nil {
		code = string(p.Failure.Code)
	}
	return nil, &Stop{Code: code, Why: p.Why, asked: asked}, nil
}

func choices(types []directory.Providers) []Choice {
	var list []Choice
	for i := range types {
		for _, c := range types[i].Candidates {
			list = append(list, Choice{
				Provider: c.Service.AccessService.Publisher.Identifier.Value, Name: c.Service.AccessService.Publisher.Name.In("EN"),
				EvidenceType: types[i].EvidenceType, Title: c.Service.Title.In("EN"),
			})
		}
	}
	return list
}

func questions(open []directory.Question, language string) []Question {
	list := make([]Question, len(open))
	for i, q := range open {
		list[i] = Question{ID: q.ID, Type: q.Type, Text: q.Text.In(language)}
		for _, o := range q.Options {
			list[i].Options = append(list[i].Options, Option{Code: o.Code, Name: o.Name})
		}
	}
	return list
}

// journalled are the entries of a search: one a query, without the person's answers (TDD 3.8).
func journalled(p *directory.Providers) []journal.Entry {
	var list []journal.Entry
	for _, step := range p.Steps {
		list = append(list, journal.Entry{Kind: journal.DirectoryAsked, Fields: []journal.Field{
			{Name: "service", Value: string(p.Answer.Service)}, {Name: "asked", Value: step.Asked}, {Name: "answered", Value: step.Answered},
			{Name: "version", Value: string(p.Answer.Version)}, {Name: "signedBy", Value: p.Answer.Signed.By},
			{Name: "signedAt", Value: p.Answer.Signed.At.UTC().Format(time.RFC3339)}, {Name: "stale", Value: strconv.FormatBool(p.Answer.Stale)},
		}})
	}
	return list
}
