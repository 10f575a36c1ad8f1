package conduct

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// RegRepType is the MimeType of the first part (TDD 4.7.1).
const RegRepType = "application/x-ebrs+xml"

// Envelope is what a message says beside its contents.
type Envelope struct {
	Key                         string // of the outgoing message; unique
	Action                      string
	Partner                     ebms.PartyID
	ConversationID, ExchangeID  string
	Version                     edm.Version
	OriginalSender, Recipient   edm.Identifier
	RequestID, ResponseID, Code string // for the journal
	Exchange                    string // the exchange's key; empty outside any
	Trace                       string
	Contents                    []Content
}

// Order makes the order of a message: what as4-send carries out once it is
// committed. The key of the record is in the envelope.
func (k *Keeper) Order(e Envelope) (Effect, error) {
	m := sending.Message{Partner: e.Partner, Header: ebms.UserMessage{
		MessageInfo:    ebms.MessageInfo{MessageID: k.NewID() + "@vienreiz", Timestamp: k.Now()},
		Service:        ebms.Service{Type: ebms.OOTSServiceType, Value: ebms.QueryManager},
		Action:         e.Action,
		ConversationID: e.ConversationID,
		Properties:     e.properties(),
	}, Note: sending.Note{Exchange: e.Exchange, RequestID: e.RequestID, ResponseID: e.ResponseID, Code: e.Code, Trace: e.Trace}}
	for i, c := range e.Contents {
		compression := as4.CompressWhenUseful
		if i == 0 {
			compression = as4.CompressAlways
		}
		m.Contents = append(m.Contents, sending.Content{Key: c.Key, CID: c.CID, MimeType: c.MimeType, Compression: compression})
	}
	change, command, err := sending.Order(e.Key, m)
	return Effect{Changes: []store.Change{change}, Commands: []store.Command{command}}, err
}

// properties are those of TDD 4.7.1 §2.5; the last two exist since 2.0.
func (e *Envelope) properties() []ebms.Property {
	list := []ebms.Property{
		{Name: ebms.OriginalSender, Type: e.OriginalSender.SchemeID, Value: e.OriginalSender.Value},
		{Name: ebms.FinalRecipient, Type: e.Recipient.SchemeID, Value: e.Recipient.Value},
	}
	if e.Version == edm.V20 {
		list = append(list, ebms.Property{Name: ebms.ExchangeID, Value: e.ExchangeID}, ebms.Property{Name: ebms.SpecificationID, Value: string(e.Version)})
	}
	return list
}

// OrderFor orders a message of an exchange, to the other access point, with the
// record's Contents, and notes it on the record.
func (k *Keeper) OrderFor(r *Record, action string, from, to edm.Identifier) (Effect, error) {
	key := fmt.Sprintf("%s-%d", r.Key, r.Transition)
	r.Outgoing = append(r.Outgoing, key)
	return k.Order(Envelope{
		Key: key, Action: action, Partner: r.Partner, ConversationID: r.ConversationID, ExchangeID: r.ID, Version: r.Version,
		OriginalSender: from, Recipient: to, RequestID: r.RequestID(), ResponseID: r.ResponseID, Code: r.Code, Exchange: r.Key, Trace: r.Trace, Contents: r.Contents,
	})
}

// Put stores octets under a new key in the exchange's folder.
func (k *Keeper) Put(ctx context.Context, folder, name string, octets []byte) (string, error) {
	key := folder + "/" + name + "-" + k.NewID()
	return key, k.PutAt(ctx, key, octets)
}

// PutAt stores octets under a key; equal octets may be there.
func (k *Keeper) PutAt(ctx context.Context, key string, octets []byte) error {
	if _, err := k.Objects.Put(ctx, Bucket, key, bytes.NewReader(octets), store.PutOptions{Size: int64(len(octets))}); err != nil {
		return fmt.Errorf("store %s: %w", key, err)
	}
	return nil
}

// PutMessage encodes a RegRep document and stores it as the first content of
// the next message.
func (k *Keeper) PutMessage(ctx context.Context, folder string, m edm.Message) (Content, error) {
	octets, err := edm.Encode(m)
	if err != nil {
		return Content{}, fmt.Errorf("encode %s: %w", m.Kind(), err)
	}
	key, err := k.Put(ctx, folder, "regrep", octets)
	return Content{Key: key, CID: k.NewID() + "@vienreiz", MimeType: RegRepType}, err
}

// ReadDocument reads and parses a RegRep document.
func (k *Keeper) ReadDocument(ctx context.Context, key string) (*edm.Document, []byte, error) {
	octets, err := k.Read(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	d, err := edm.Parse(octets)
	return d, octets, err
}

// Read reads a small object whole: a RegRep document or less.
func (k *Keeper) Read(ctx context.Context, key string) ([]byte, error) {
	r, _, err := k.Objects.Open(ctx, Bucket, key, store.Range{Length: regrep.LimitBytes + 1})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	defer r.Close()
	octets, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return octets, nil
}
