package registries

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// fetch gives the documents of an entry. The same request gets the same ones, however late it asks again.
func (q *call) fetch() (*registry.Evidence, error) {
	list := q.all()
	i := slices.IndexFunc(list, func(k known) bool { return q.handle(&k) == q.Entry })
	if i < 0 {
		return nil, errors.New("there is no such entry")
	}
	k := &list[i]
	if at := q.ready(k); !at.IsZero() {
		return &registry.Evidence{AvailableFrom: at}, nil
	}
	form, err := q.form()
	if err != nil {
		return nil, err
	}
	e := &registry.Evidence{IssuingAuthority: &registry.Authority{Identifier: q.provider.ID, Scheme: scheme(q.provider.Scheme), Name: q.provider.Name}}
	for n := range k.records {
		documents, err := q.documents(k, n, form)
		if err != nil {
			return nil, err
		}
		e.Documents = append(e.Documents, documents...)
	}
	q.spoil(e)
	return e, nil
}

// spoil breaks an answer where it is switched on.
func (q *call) spoil(e *registry.Evidence) {
	switch q.fault.Broken {
	case "no documents":
		e.Documents = nil
	case "bad document":
		e.Documents[0].Content = []byte("<html>not found</html")
	case "other document":
		e.Documents[0].MediaType, e.Documents[0].ConformsTo = "image/png", ""
	}
}

// form is the first form asked for that is offered.
func (q *call) form() (string, error) {
	offered := formats(q.evidence)
	if len(q.Formats) == 0 && len(offered) > 0 {
		return offered[0], nil
	}
	for _, m := range q.Formats {
		if slices.Contains(offered, m) {
			return m, nil
		}
	}
	return "", errors.New("none of the formats is offered")
}

// documents are a record in the form asked for, and as PDF to read beside XML.
func (q *call) documents(k *known, n int, form string) ([]registry.Document, error) {
	record := k.records[n]
	asOf := q.s.since("asked", q.RequestID, q.Entry).Truncate(24 * time.Hour) // registers are copied every night
	c := q.certificate(k, &record, asOf)
	c.id = derived("document", q.RequestID, q.Entry, fmt.Sprint(n))
	main := registry.Document{
		Identifier: c.id, Title: c.title, MediaType: form, Language: c.language, Classification: edm.MainEvidence,
		IssuingDate: record.Issued, ValidUntil: record.ValidUntil, AsOf: asOf,
	}
	if record.ValidUntil != "" {
		main.ValidFrom = record.Issued
	}
	printed, err := c.pdf()
	if err != nil {
		return nil, err
	}
	if form == media["pdf"] {
		main.Content = printed
		return []registry.Document{main}, nil
	}
	if main.Content, err = c.xml(); err != nil {
		return nil, err
	}
	main.ConformsTo = q.s.world.Repository + "/datamodels/" + Model
	readable := main
	readable.Identifier = derived("readable", c.id)
	readable.Classification, readable.CompanionOf, readable.ConformsTo = edm.HumanReadableVersion, c.id, ""
	readable.MediaType, readable.Content = media["pdf"], printed
	return []registry.Document{main, readable}, nil
}

// certificate is a record in the wished language.
func (q *call) certificate(k *known, record *residents.Record, asOf time.Time) *certificate {
	w := q.s.words
	language := w.language(q.Languages)
	return &certificate{
		kind: q.kind, language: language, title: w.title(q.kind, q.evidence.Title, language),
		authority: in(q.provider.Name, language), authorityID: q.provider.ID, headings: w.headings(language),
		subject: w.fields(q.subject(k), language), content: w.fields(record.Fields, language),
		issued: record.Issued, validUntil: record.ValidUntil, asOf: asOf, scan: q.scan,
	}
}

// subject is how the register writes somebody.
func (q *call) subject(k *known) map[string]string {
	e := q.entry(k)
	values := map[string]string{"identifier": e.Identifier, "name": e.Name, "givenName": e.GivenName, "dateOfBirth": e.DateOfBirth, "placeOfBirth": e.PlaceOfBirth}
	if len(e.FamilyNames) > 0 {
		values["familyName"] = e.FamilyNames[0]
	}
	if k.person != nil && k.person.FamilyName.Original != "" {
		values["familyName"] = both(k.person.FamilyName)
		values["givenName"] = both(k.person.GivenName)
		values["placeOfBirth"] = or(k.records[0].As.PlaceOfBirth, both(k.person.PlaceOfBirth))
	}
	maps.DeleteFunc(values, func(_, v string) bool { return v == "" })
	return values
}

// both is a name in Latin letters with the original behind.
func both(t residents.Text) string {
	if t.Original == "" {
		return t.Value
	}
	return t.Value + " (" + t.Original + ")"
}
