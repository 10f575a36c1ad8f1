package as4test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Party is one access point in a test.
type Party struct {
	ID    ebms.PartyID
	Suite Suite
	Keys  Keys
}

// NewParty makes one with the keys of its name.
func NewParty(suite Suite, id string) *Party {
	return &Party{ID: ebms.PartyID{Type: ebms.OOTSPartyType, Value: id}, Suite: suite, Keys: KeysOf(suite, id)}
}

// Identity is what the party signs and decrypts with.
func (p *Party) Identity() as4.Identity {
	return as4.Identity{
		Party:      p.ID,
		Signing:    []as4.SigningKey{{Chain: []*x509.Certificate{p.Keys.SignCert}, Key: p.Keys.Sign}},
		Decryption: []as4.DecryptionKey{{Certificate: p.Keys.EncCert, Key: p.Keys.Agree}},
	}
}

// Agreement is what others have agreed with the party.
func (p *Party) Agreement() *as4.Partner {
	return &as4.Partner{
		ID:         p.ID,
		Signing:    []*x509.Certificate{p.Keys.SignCert},
		Encryption: []*x509.Certificate{p.Keys.EncCert},
		Profile:    must(as4.ProfileFor(p.Keys.SignCert)),
		Legs:       as4.OOTSLegs,
	}
}

// Partners is a look-up over agreements.
type Partners []*as4.Partner

// Partner finds by id.
func (ps Partners) Partner(_ context.Context, id ebms.PartyID) (*as4.Partner, error) {
	for _, p := range ps {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, nil
}

// Sender is a sender of the party.
func (p *Party) Sender() *as4.Sender {
	return &as4.Sender{Identity: p.Identity(), Client: http.DefaultClient, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, p.ID.Value)}
}

// Receiver is a receiver of the party, for messages of others, into an inbox.
func (p *Party) Receiver(inbox as4.Inbox, others ...*Party) *as4.Receiver {
	var book Partners
	for _, o := range others {
		book = append(book, o.Agreement())
	}
	return &as4.Receiver{Identity: p.Identity(), Partners: book, Inbox: inbox, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, p.ID.Value)}
}

// Request is an OOTS evidence request with these payloads.
func Request(contents ...as4.Content) as4.Outgoing {
	return as4.Outgoing{
		UserMessage: ebms.UserMessage{
			Service:        ebms.Service{Type: ebms.OOTSServiceType, Value: ebms.QueryManager},
			Action:         ebms.ExecuteQueryRequest,
			ConversationID: "9a1c3f62-7f0e-4b7e-8a35-5d5e4c1f0b11",
			Properties: []ebms.Property{
				{Name: ebms.OriginalSender, Type: "urn:cef.eu:names:identifier:EAS:0204", Value: "C1"},
				{Name: ebms.FinalRecipient, Type: "urn:cef.eu:names:identifier:EAS:0204", Value: "C4"},
			},
		},
		Contents: contents,
	}
}

// Octets is a payload in memory.
func Octets(mimeType string, compression as4.Compression, content []byte) as4.Content {
	return as4.Content{MimeType: mimeType, Compression: compression, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

// Wire signs and encrypts a message and returns its HTTP body and Content-Type.
func (p *Party) Wire(to *Party, out as4.Outgoing) (contentType string, body []byte, signed *as4.SignedMessage) {
	box := &as4.MemoryOutbox{}
	partner := to.Agreement()
	signed = must(p.Sender().Sign(context.Background(), partner, out, box))
	pkg := must(as4.Pack(rand.Reader, signed, partner))
	var buf bytes.Buffer
	must(0, pkg.Write(&buf, box))
	return pkg.ContentType, buf.Bytes(), signed
}

// Inbox keeps messages in memory and answers repetitions as the port wants.
type Inbox struct {
	mu       sync.Mutex
	messages map[as4.MessageKey]*Delivered
	Attempts int // begun
	Left     int // quarantined parts of attempts that ended neither way
}

// Delivered is a committed message.
type Delivered struct {
	Message *as4.Message
	Receipt []byte
	Parts   [][]byte
}

// Get returns what was committed under a key, or nil.
func (b *Inbox) Get(key as4.MessageKey) *Delivered {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.messages[key]
}

// Len is how many messages were committed.
func (b *Inbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.messages)
}

// Begin starts an attempt.
func (b *Inbox) Begin(_ context.Context, key as4.MessageKey) (as4.Attempt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Attempts++
	b.Left++
	return &attempt{inbox: b, key: key}, nil
}

type attempt struct {
	inbox *Inbox
	key   as4.MessageKey
	parts []*bytes.Buffer
}

type closable struct{ *bytes.Buffer }

func (closable) Close() error { return nil }

func (a *attempt) Part(n int, _ ebms.PartInfo) (io.WriteCloser, error) {
	for len(a.parts) <= n {
		a.parts = append(a.parts, new(bytes.Buffer))
	}
	return closable{a.parts[n]}, nil
}

func (a *attempt) Commit(_ context.Context, m *as4.Message, receipt []byte) ([]byte, error) {
	b := a.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Left--
	if first := b.messages[a.key]; first != nil {
		if first.Message.DigestSet != m.DigestSet {
			b.Left++
			return nil, as4.ErrConflict
		}
		return first.Receipt, nil
	}
	d := &Delivered{Message: m, Receipt: receipt}
	for _, p := range a.parts {
		d.Parts = append(d.Parts, p.Bytes())
	}
	if b.messages == nil {
		b.messages = map[as4.MessageKey]*Delivered{}
	}
	b.messages[a.key] = d
	return receipt, nil
}

func (a *attempt) Discard() error {
	a.inbox.mu.Lock()
	defer a.inbox.mu.Unlock()
	a.inbox.Left--
	a.parts = nil
	return nil
}
