package provider

import (
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
)

// packages are the accepted pieces of evidence (TDD 4.5.2): before 2.0 each
// document by itself, since 2.0 a main document with its companions.
func (d *Desk) packages(r *conduct.Record, q *edm.EvidenceRequest) []edm.Package {
	var list []edm.Package
	var current *conduct.Document // main evidence of the last package
	for i := range r.Documents {
		c := &r.Documents[i]
		if !c.Sent() {
			continue
		}
		if r.Version != edm.V20 || current == nil || c.Piece != current.Piece {
			list, current = append(list, d.piece(c, q)), c
			continue
		}
		d.accompany(&list[len(list)-1], c)
	}
	return list
}

// piece is a package with its main evidence. A companion whose main document
// was not accepted stands for itself.
func (d *Desk) piece(c *conduct.Document, q *edm.EvidenceRequest) edm.Package {
	o := d.object(c)
	o.Metadata = metadata(c, q)
	p := edm.Package{Objects: []edm.EvidenceObject{o}}
	if q.SpecificationIdentifier == edm.V20 {
		p.ID = d.NewID()
		p.Objects[0].Classification, p.Objects[0].ClassificationID = edm.MainEvidence, d.NewID()
	}
	return p
}

func (d *Desk) object(c *conduct.Document) edm.EvidenceObject {
	return edm.EvidenceObject{ID: d.NewID(), ContentID: c.CID, Title: c.Title}
}

// accompany adds a companion, with identifier and form only (R-EDM-RESP-S062, S063).
func (d *Desk) accompany(p *edm.Package, c *conduct.Document) {
	o := d.object(c)
	o.Classification, o.ClassificationID = c.Classification, d.NewID()
	o.Metadata = edm.Evidence{Identifier: c.Identifier, Distribution: distribution(c)}
	p.Associations = append(p.Associations, edm.Association{ID: d.NewID(), Type: c.Classification, Source: o.ID, Target: p.Objects[0].ID})
	p.Objects = append(p.Objects, o)
}

func distribution(c *conduct.Document) edm.Distribution {
	f := edm.Distribution{Format: c.MediaType, ConformsTo: c.ConformsTo}
	if c.Language != "" {
		f.Language = []string{c.Language}
	}
	return f
}

// metadata describes main evidence: about the person of the request
// (R-EDM-RESP-S041, S042), of the type that was asked for.
func metadata(c *conduct.Document, q *edm.EvidenceRequest) edm.Evidence {
	issuer := c.Authority
	e := edm.Evidence{
		Identifier: c.Identifier, IssuingAuthority: &issuer, IssuingDate: c.IssuingDate, Distribution: distribution(c),
		IsConformantTo: &edm.EvidenceType{EvidenceTypeClassification: q.EvidenceType.EvidenceTypeClassification, Title: q.EvidenceType.Title, Description: q.EvidenceType.Description},
	}
	if c.ValidFrom != "" && c.ValidUntil != "" {
		e.ValidityPeriod = &edm.Period{StartDate: c.ValidFrom, EndDate: c.ValidUntil}
	}
	if p := q.NaturalPerson; p != nil {
		e.NaturalPerson = &edm.Person{Identifier: p.Identifier, FamilyName: p.FamilyName, GivenName: p.GivenName, DateOfBirth: p.DateOfBirth, PlaceOfBirth: p.PlaceOfBirth}
	}
	if p := q.LegalPerson; p != nil {
		e.LegalPerson = &edm.LegalPerson{LegalPersonIdentifier: p.LegalPersonIdentifier, LegalName: p.LegalName}
	}
	return e
}
