// Package rotation moves partners from one of our signing certificates to the
// next, one by one (architecture §6): a message of the test service, signed with
// the new key, asks each partner whether it has the new certificate; a verified
// receipt is its yes, and the partner document then says so. Messages to the
// others go on being signed with the old key, and both decrypt until the last
// partner has moved.
package rotation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Outcome is what came of one partner.
type Outcome string

// The outcomes.
const (
	Flipped   Outcome = "flipped"       // it proved to have the new certificate, and the document says so now
	Already   Outcome = "has it"        // the document said so before
	Remains   Outcome = "remains"       // it keeps the old certificate, for the reason given
	Would     Outcome = "would ask"     // of a dry run
	Elsewhere Outcome = "other profile" // its profile does not sign with this kind of key
	Skipped   Outcome = "not chosen"    // another partner was named, and this one has the old certificate
)

// Result is one partner.
type Result struct {
	Party   string  `json:"party"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"`
	Holds   string  `json:"holds,omitempty"` // SHA-256 of our certificate that it has afterwards
}

// Report is one run.
type Report struct {
	New      string   `json:"new"` // SHA-256 of the certificate that partners are moved to
	Partners []Result `json:"partners"`
	Remain   int      `json:"remain"` // partners that the old certificate is still needed for
}

// documents are the configuration, to be read and replaced whole.
type documents interface {
	Read(ctx context.Context, name string) ([]byte, error)
	// Replace gives [store.ErrConflict] where a document is not what was read any more.
	Replace(ctx context.Context, name string, was, octets []byte) error
}

// maxRaces bounds how often the partner document is read anew because somebody else
// wrote it meanwhile.
const maxRaces = 16

// Rotation is one run over one tenant's partners.
type Rotation struct {
	Documents     documents
	Configuration *tenant.Configuration
	Sender        *as4.Sender // of the same configuration
	NewID         func() string
	New           string // SHA-256 of the new certificate, in hex; empty: the last of keys.signing
	Only          string // id of one partner; empty: all
	Dry           bool   // nobody is asked and nothing written
}

// Run asks every partner that has not moved yet. Each that says yes is written
// down at once, so that a run that is broken off is gone on with by the next one.
// The report tells of all partners also when there is an error.
func (r *Rotation) Run(ctx context.Context) (*Report, error) {
	key, err := r.key()
	if err != nil {
		return nil, err
	}
	report := &Report{New: partners.Fingerprint(key.Chain[0])}
	if r.Only != "" && !slices.ContainsFunc(r.Configuration.Book.Partners, func(p partners.Partner) bool { return p.ID == r.Only }) {
		return nil, fmt.Errorf("the partner document has no partner %q; write an id as it stands there", r.Only)
	}
	for i := range r.Configuration.Book.Partners {
		p := &r.Configuration.Book.Partners[i]
		result := r.partner(ctx, p, report.New, key)
		if result.Outcome == Remains || result.Outcome == Would || result.Outcome == Skipped {
			report.Remain++
		}
		report.Partners = append(report.Partners, result)
	}
	return report, ctx.Err()
}

// key is the new one. The old one stays first in the list, as it signs for partners
// of which nothing is known.
func (r *Rotation) key() (*as4.SigningKey, error) {
	list := r.Configuration.Identity.Signing
	if len(list) < 2 {
		return nil, errors.New("keys.signing of the tenant document names one key; add the new one with its certificate behind it, and behind the old one under keys.decryption")
	}
	at := len(list) - 1
	if r.New != "" {
		at = slices.IndexFunc(list, func(k as4.SigningKey) bool { return partners.Fingerprint(k.Chain[0]) == r.New })
	}
	switch {
	case at < 0:
		return nil, fmt.Errorf("no certificate of keys.signing has the SHA-256 %s; write one of those, in lower-case hex", r.New)
	case at == 0:
		return nil, errors.New("the first key of keys.signing signs for every partner of which nothing is known; list the new one behind it")
	}
	key := &list[at]
	if now := r.Sender.Now(); now.Before(key.Chain[0].NotBefore) || now.After(key.Chain[0].NotAfter) {
		return nil, fmt.Errorf("the new certificate is valid from %s to %s, which is not now", key.Chain[0].NotBefore.UTC().Format("2006-01-02"), key.Chain[0].NotAfter.UTC().Format("2006-01-02"))
	}
	return key, r.decrypts(key)
}

// decrypts wants that what a partner encrypts for the new certificate can be read,
// before any partner is told of it: with RSA one certificate signs and is encrypted
// for (TDD 4.7 §4.2).
func (r *Rotation) decrypts(key *as4.SigningKey) error {
	c := key.Chain[0]
	if c.PublicKeyAlgorithm.String() != "RSA" || slices.ContainsFunc(r.Configuration.Identity.Decryption, func(d as4.DecryptionKey) bool { return d.Certificate.Equal(c) }) {
		return nil
	}
	return errors.New("the new certificate is not under keys.decryption, and partners encrypt for it as soon as they have it; list it there too")
}

func (r *Rotation) partner(ctx context.Context, p *partners.Partner, fingerprint string, key *as4.SigningKey) Result {
	result := Result{Party: p.ID, Holds: p.Holds}
	agreed := r.Configuration.Partners[p.Party()]
	switch {
	case p.Holds == fingerprint:
		result.Outcome = Already
	case agreed == nil || !agreed.Profile.SignsWith(key.Chain[0].PublicKey):
		result.Outcome = Elsewhere
	case r.Only != "" && p.ID != r.Only:
		result.Outcome = Skipped
	case r.Dry:
		result.Outcome = Would
	default:
		result.Outcome, result.Reason = r.ask(ctx, agreed, key, fingerprint)
		if result.Outcome == Flipped {
			result.Holds = fingerprint
		}
	}
	return result
}

// ask pings a partner with the new key, and writes down its yes.
func (r *Rotation) ask(ctx context.Context, agreed *as4.Partner, key *as4.SigningKey, fingerprint string) (Outcome, string) {
	if err := ctx.Err(); err != nil {
		return Remains, "was not asked: the run was broken off"
	}
	if err := r.ping(ctx, agreed, key); err != nil {
		return Remains, err.Error()
	}
	// The partner has said yes: that is kept although the run is being broken off.
	if err := r.flip(context.WithoutCancel(ctx), agreed.ID, fingerprint); err != nil {
		return Remains, fmt.Sprintf("has the new certificate, and that could not be written: %v", err)
	}
	return Flipped, ""
}

// ping pushes one message of the test service; nil is a receipt that the partner
// has signed over it.
func (r *Rotation) ping(ctx context.Context, agreed *as4.Partner, key *as4.SigningKey) error {
	with := *r.Sender
	with.Identity.Signing = []as4.SigningKey{*key}
	to := *agreed
	to.Holds, to.Dialect = nil, as4.DialectAny // a test message has no properties
	out := as4.Outgoing{UserMessage: ebms.UserMessage{Service: ebms.Service{Value: ebms.TestService}, Action: ebms.TestAction, ConversationID: r.NewID()}}
	box := new(as4.MemoryOutbox)
	signed, err := with.Sign(ctx, &to, out, box)
	if err != nil {
		return fmt.Errorf("sign the test message: %w", err)
	}
	judgement, err := with.Push(ctx, &to, signed, box)
	switch {
	case err != nil:
		return err
	case judgement.Outcome != as4.Acknowledged:
		return fmt.Errorf("no verified receipt: %s", judgement.Reason)
	}
	return nil
}

// flip writes down which certificate a partner holds, in the document as it is now:
// somebody else may have changed it, and be changing it.
func (r *Rotation) flip(ctx context.Context, id ebms.PartyID, fingerprint string) error {
	name := r.Configuration.Document.Partners
	var err error
	for range maxRaces {
		var was, octets []byte
		if was, err = r.Documents.Read(ctx, name); err != nil {
			return err
		}
		if octets, err = flipped(was, id, fingerprint); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err = r.Documents.Replace(ctx, name, was, octets); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("others wrote %d times meanwhile; run this again: %w", maxRaces, err)
}

// flipped is a partner document in which a partner holds another certificate.
func flipped(was []byte, id ebms.PartyID, fingerprint string) ([]byte, error) {
	book, err := partners.Parse(was)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(book.Partners, func(p partners.Partner) bool { return p.Party() == id })
	if at < 0 {
		return nil, fmt.Errorf("it has no partner %q any more", id.Value)
	}
	book.Partners[at].Holds = fingerprint
	book.Revision++
	return book.Encode()
}
