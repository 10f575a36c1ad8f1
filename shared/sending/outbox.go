package sending

import (
	"context"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// objectOutbox is an [as4.Outbox] over objects, for one message.
type objectOutbox struct {
	worker *Worker
	ctx    context.Context
	folder string
	keys   []string
}

func (b *objectOutbox) Create(n int) (io.WriteCloser, error) {
	key := fmt.Sprintf("out/%s-%02d", b.folder, n+1)
	b.keys = append(b.keys, key)
	r, w := io.Pipe()
	p := &pipe{PipeWriter: w, done: make(chan error, 1)}
	go func() {
		_, err := b.worker.Objects.Put(b.ctx, Signed, key, r, store.PutOptions{Once: true})
		r.CloseWithError(err)
		p.done <- err
	}()
	return p, nil
}

// pipe gives what is written to a Put; Close waits until it is durable.
type pipe struct {
	*io.PipeWriter
	done chan error
}

func (p *pipe) Close() error {
	if err := p.PipeWriter.Close(); err != nil {
		return err
	}
	return <-p.done
}

func (b *objectOutbox) Open(n int) (io.ReadCloser, error) {
	r, _, err := b.worker.Objects.Open(b.ctx, Signed, b.keys[n], store.Range{})
	return r, err
}

// Store leaves the message to the commit of its record.
func (b *objectOutbox) Store(*as4.SignedMessage) error { return nil }

// outgoing is the message as the sender takes it.
func (m *Message) outgoing(ctx context.Context, w *Worker) as4.Outgoing {
	out := as4.Outgoing{UserMessage: m.Header}
	for _, c := range m.Contents {
		out.Contents = append(out.Contents, as4.Content{CID: c.CID, MimeType: c.MimeType, CharacterSet: c.CharacterSet, Compression: c.Compression, Open: func() (io.ReadCloser, error) {
			r, _, err := w.Objects.Open(ctx, Contents, c.Key, store.Range{})
			return r, err
		}})
	}
	return out
}

// documentType is the MimeType of a RegRep document (TDD 4.7.1).
const documentType = "application/x-ebrs+xml"

// kinds are the journal's words for actions.
var kinds = map[string]journal.Kind{ebms.ExecuteQueryResponse: journal.ResponseSent, ebms.ExceptionResponse: journal.ErrorSent}

// intent is entry 1 of a message: what is about to leave, with its digests and
// its RegRep document.
func (m *Message) intent(key string, document []byte) journal.Entry {
	kind, ok := kinds[m.Header.Action]
	if !ok {
		kind = journal.RequestSent
	}
	e := m.entry(key, 1, kind)
	e.At, e.SignedInfo, e.RegRep = m.Header.Timestamp, m.Signed.SignedInfo, document
	for _, c := range m.Contents {
		e.Parts = append(e.Parts, journal.Part{ContentID: c.CID, MimeType: c.MimeType})
	}
	return e
}

// outcome is entry 2: the receipt, or why there is none. Of what was never signed it
// is the only one.
func (m *Message) outcome(key string) journal.Entry {
	last, sequence := m.Attempts[len(m.Attempts)-1], 2
	if m.Signed == nil {
		sequence = 1
	}
	e := m.entry(key, sequence, journal.AnswerNotSent)
	if m.State == Acknowledged {
		e.Kind = journal.ReceiptReceived
	}
	e.At, e.Detail, e.Signal = last.At, last.Reason, m.Signal
	return e
}

func (m *Message) entry(key string, sequence int, kind journal.Kind) journal.Entry {
	return journal.Entry{
		Subject: Kind + "-" + key, Sequence: sequence, Kind: kind, ConversationID: m.Header.ConversationID, MessageID: m.Header.MessageID, Action: m.Header.Action,
		Exchange: m.Note.Exchange, RequestID: m.Note.RequestID, ResponseID: m.Note.ResponseID, Code: m.Note.Code, From: m.Header.From.ID.Value, To: m.Partner.Value,
	}
}
