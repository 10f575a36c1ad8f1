package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Evidence is what a registry gave: documents that are stored, or the time from
// which there will be some.
type Evidence struct {
	Documents []conduct.Document
	Later     exchange.Event // of the kind EvidencePostponed; zero: not postponed
}

// Fetch asks the registry for the evidence of an exchange and stores it under
// the exchange's folder. The registry gives the same for the same request.
func (d *Desk) Fetch(ctx context.Context, r *conduct.Record) (*Evidence, error) {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return nil, err
	}
	q, err := d.request(ctx, r)
	if err != nil {
		return nil, err
	}
	reg := registryOf(q, s)
	if reg == nil {
		return nil, fmt.Errorf("registry %q is not configured any more", r.Provider.Identifier.Value)
	}
	m, err := d.matched(ctx, r)
	if err != nil {
		return nil, err
	}
	e, err := d.Registries.Fetch(ctx, *reg, queryOf(q), m.Handle, languages(q), formats(q))
	if err != nil {
		return nil, err
	}
	if len(e.Documents) == 0 {
		return &Evidence{Later: exchange.Event{Kind: exchange.EvidencePostponed, ID: "fetch", Available: e.AvailableFrom}}, nil
	}
	documents, err := d.store(ctx, r, q, reg, e)
	return &Evidence{Documents: documents}, err
}

func (d *Desk) matched(ctx context.Context, r *conduct.Record) (*matched, error) {
	octets, err := d.Keeper.Read(ctx, matchObject(r))
	if err != nil {
		return nil, err
	}
	m := new(matched)
	if err := json.Unmarshal(octets, m); err != nil {
		return nil, fmt.Errorf("read match: %w", err)
	}
	return m, nil
}

// languages are those that the request wishes for.
func languages(q *edm.EvidenceRequest) []string {
	if q.Language != "" {
		return []string{q.Language}
	}
	for _, f := range q.EvidenceType.DistributedAs {
		if len(f.Language) > 0 {
			return f.Language
		}
	}
	return nil
}

func formats(q *edm.EvidenceRequest) []string {
	var list []string
	for _, f := range q.EvidenceType.DistributedAs {
		list = append(list, f.Format)
	}
	return list
}

// store keeps the documents that were asked for: main evidence, and the
// companions that the request names; before 2.0 there are none. A readable
// version is kept in any case: the person must see what structured evidence says.
func (d *Desk) store(ctx context.Context, r *conduct.Record, q *edm.EvidenceRequest, reg *registry.Registry, e *registry.Evidence) ([]conduct.Document, error) {
	wanted := map[string]bool{edm.MainEvidence: true}
	for _, f := range q.EvidenceType.DistributedAs {
		for _, companion := range f.AssociatedDocumentRequest {
			wanted[companion] = true
		}
	}
	var list []conduct.Document
	pieces := numbered(e)
	for i := range e.Documents {
		c := &e.Documents[i]
		if !wanted[c.Classification] && c.Classification != edm.HumanReadableVersion {
			continue
		}
		doc := described(c, pieces[i], authority(reg, e))
		doc.ShownOnly = !wanted[c.Classification]
		doc.Key = fmt.Sprintf("%s/evidence-%02d-%s", r.Folder(), i+1, doc.SHA256[:16])
		doc.CID = doc.Identifier + "@vienreiz"
		if err := d.Keeper.PutAt(ctx, doc.Key, c.Content); err != nil {
			return nil, err
		}
		list = append(list, doc)
	}
	return list, nil
}

// numbered are the pieces of evidence of the documents, from 1: a companion is
// of its main document's, or of the one before it.
func numbered(e *registry.Evidence) []int {
	pieces, of, last := make([]int, len(e.Documents)), map[string]int{}, 0
	for i := range e.Documents {
		if c := &e.Documents[i]; c.Classification == edm.MainEvidence {
			last++
			of[c.Identifier], pieces[i] = last, last
		}
	}
	for i := range e.Documents {
		if c := &e.Documents[i]; pieces[i] == 0 {
			pieces[i] = max(of[c.CompanionOf], 1)
		}
	}
	return pieces
}

func described(c *registry.Document, piece int, issuer edm.Agent) conduct.Document {
	sum := sha256.Sum256(c.Content)
	return conduct.Document{
		Piece: piece, Identifier: c.Identifier, Classification: c.Classification, Title: c.Title, MediaType: c.MediaType, Language: c.Language,
		ConformsTo: c.ConformsTo, IssuingDate: c.IssuingDate, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil, Authority: issuer,
		Size: int64(len(c.Content)), SHA256: hex.EncodeToString(sum[:]),
	}
}

// authority is who issued the evidence: the registry's word, else the registry.
func authority(reg *registry.Registry, e *registry.Evidence) edm.Agent {
	agent := named(reg.Agent())
	a := e.IssuingAuthority
	if a == nil {
		return agent
	}
	agent.Identifier.Value, agent.Name = a.Identifier, nil
	if a.Scheme != "" {
		agent.Identifier.SchemeID = a.Scheme
	}
	for _, lang := range slices.Sorted(maps.Keys(a.Name)) {
		agent.Name = append(agent.Name, edm.LocalizedText{Lang: lang, Text: a.Name[lang]})
	}
	return agent
}

// fetch is for exchanges without a preview: everything that came goes.
func (d *Desk) fetch(ctx context.Context, r *conduct.Record) error {
	e, err := d.Fetch(ctx, r)
	if err != nil {
		return err
	}
	if e.Later.Kind != "" {
		return d.apply(ctx, r.Key, conduct.Step{Event: e.Later})
	}
	for i := range e.Documents {
		e.Documents[i].Accepted = true
	}
	r.Documents = e.Documents
	return d.build(ctx, r)
}

// build makes the response with the accepted documents, exactly those octets
// that were shown.
func (d *Desk) build(ctx context.Context, r *conduct.Record) error {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return err
	}
	q, err := d.request(ctx, r)
	if err != nil {
		return err
	}
	m := d.response(r, s, regrep.StatusSuccess)
	m.Packages = d.packages(r, q)
	content, err := d.Keeper.PutMessage(ctx, r.Folder(), m)
	if err != nil {
		return err
	}
	contents := []conduct.Content{content}
	for _, c := range r.Documents {
		if c.Sent() {
			contents = append(contents, conduct.Content{Key: c.Key, CID: c.CID, MimeType: c.MediaType})
		}
	}
	documents := r.Documents
	return d.apply(ctx, r.Key, conduct.Step{
		Event: exchange.Event{Kind: exchange.AnswerReady, ID: "build"},
		Edit: func(r *conduct.Record) {
			r.Contents, r.Documents, r.ResponseID = contents, documents, m.EvidenceResponseIdentifier
		},
	})
}
