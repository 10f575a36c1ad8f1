package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
}

type objects interface {
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
}

type entries interface {
	Write(ctx context.Context, e journal.Entry) error
	Last(ctx context.Context, subject string, after int) (int, error)
}

// role takes what is for it. An error means that the item shall come again.
type role interface {
	Take(ctx context.Context, l *Letter) error
}

// requester also learns what became of its requests.
type requester interface {
	role
	Sent(ctx context.Context, m *sending.Message) error
}

type keeper interface {
	End(ctx context.Context, key string) error
	Drop(ctx context.Context, keys ...string) error
}

// Intake handles the items of the queue inbound.
type Intake struct {
	State     states
	Objects   objects
	Journal   entries
	Keeper    keeper
	Requester requester
	Provider  role
}

// Handle takes one item: a received message, a sent one, or an exchange that
// has ended. What is of no known kind is an error, for the dead letters.
func (i *Intake) Handle(ctx context.Context, item string) error {
	kind, key, _ := strings.Cut(item, "/")
	switch kind {
	case reception.Kind:
		return i.received(ctx, key)
	case sending.Kind:
		return i.sent(ctx, key)
	case conduct.Ended:
		return i.Keeper.End(ctx, key)
	}
	return fmt.Errorf("item %.80q of queue %s is of no known kind", item, conduct.Inbound)
}

// sent tells the requester what became of its message, and lets an exchange
// that has ended forget what it kept for it.
func (i *Intake) sent(ctx context.Context, key string) error {
	m, err := sending.Load(ctx, i.State, key)
	if err != nil {
		return err
	}
	if m.Header.Action == ebms.ExecuteQueryRequest && m.Note.Exchange != "" {
		if err := i.Requester.Sent(ctx, m); err != nil {
			return err
		}
	}
	if m.Note.Exchange != "" {
		return i.Keeper.End(ctx, m.Note.Exchange)
	}
	for _, c := range m.Contents {
		if err := i.Keeper.Drop(ctx, c.Key); err != nil {
			return err
		}
	}
	return nil
}

func (i *Intake) received(ctx context.Context, key string) error {
	row, err := i.State.Load(ctx, reception.Kind, key)
	if err != nil {
		return fmt.Errorf("load received message: %w", err)
	}
	m := new(reception.Message)
	if err := json.Unmarshal(row.Body, m); err != nil {
		return fmt.Errorf("read received message: %w", err)
	}
	observe.FollowMessage(ctx, m.Trace, key, "")
	octets, err := i.document(ctx, m)
	if errors.Is(err, store.ErrNotFound) {
		return i.gone(ctx, key, m)
	}
	if err != nil {
		return err
	}
	l := open(key, m, octets)
	if err := i.arrived(ctx, l, m, octets); err != nil {
		return err
	}
	return i.give(ctx, l)
}

// arrived journals a letter. An arrival that was journalled otherwise was so by an
// earlier release, which judged it otherwise and died: that it arrived is recorded
// (architecture rule 15).
func (i *Intake) arrived(ctx context.Context, l *Letter, m *reception.Message, octets []byte) error {
	err := i.Journal.Write(ctx, arrival(l, m, octets))
	if errors.Is(err, journal.ErrTaken) {
		return nil
	}
	return err
}

// gone is for a message whose document is no longer there: it was handled before, and
// forgotten. Else the bucket's lifecycle was quicker than whoever should have handled
// it, and the journal must say that it has arrived.
func (i *Intake) gone(ctx context.Context, key string, m *reception.Message) error {
	last, err := i.Journal.Last(ctx, reception.Kind+"-"+key, 0)
	if err != nil || last > 0 {
		return err
	}
	slog.ErrorContext(ctx, "a message has a receipt and was never handled: its document is deleted; its journal entry says whose it is", slog.Time("received", m.Received))
	l := &Letter{Key: key, Header: m.Header, Received: m.Received, Parts: m.Parts, Findings: []rules.Finding{{
		Rule: "vienreiz.forgotten", Level: rules.Fatal, Place: "the first part",
		Text: "the message was not handled before its parts were deleted by the lifecycle of their bucket", Fix: "ask its sender to send it again",
	}}}
	return i.arrived(ctx, l, m, nil)
}

// give hands a letter to its role. What is for nobody was journalled, and its
// parts go.
func (i *Intake) give(ctx context.Context, l *Letter) error {
	switch {
	case l.Header.Service.Value != ebms.QueryManager:
		return i.Keeper.Drop(ctx, l.Objects()...)
	case l.Header.Action == ebms.ExecuteQueryRequest:
		return i.Provider.Take(ctx, l)
	default:
		return i.Requester.Take(ctx, l)
	}
}

// document is the first part, as far as it may be a RegRep document.
func (i *Intake) document(ctx context.Context, m *reception.Message) ([]byte, error) {
	if len(m.Parts) == 0 || m.Parts[0].Size > regrep.LimitBytes {
		return nil, nil
	}
	r, _, err := i.Objects.Open(ctx, reception.Bucket, m.Parts[0].Key, store.Range{})
	if err != nil {
		return nil, fmt.Errorf("read the document of a received message: %w", err)
	}
	defer r.Close()
	return io.ReadAll(r)
}

// missing says why a message has no document that could be read.
func missing(m *reception.Message) *rules.Finding {
	switch {
	case len(m.Parts) == 0:
		return &rules.Finding{Rule: rules.RuleUnreadable, Level: rules.Fatal, Place: "eb:PayloadInfo", Text: "the message has a RegRep document as its first part", Fix: "send it"}
	case m.Parts[0].Size > regrep.LimitBytes:
		return &rules.Finding{
			Rule: "xml.limit.bytes", Level: rules.Fatal, Place: "the first part", Value: fmt.Sprintf("%d octets", m.Parts[0].Size),
			Text: fmt.Sprintf("the RegRep document has at most %d octets (regrep.LimitBytes)", regrep.LimitBytes), Fix: "send evidence in parts of its own",
		}
	}
	return nil
}

// open parses and judges.
func open(key string, m *reception.Message, octets []byte) *Letter {
	l := &Letter{Key: key, Header: m.Header, Received: m.Received, Parts: m.Parts}
	if no := missing(m); no != nil {
		l.Findings = []rules.Finding{*no}
		return l
	}
	d, err := edm.Parse(octets)
	if err != nil {
		l.Findings = []rules.Finding{rules.Unreadable(err)}
		return l
	}
	l.Document = d
	header, err := rules.ParseHeader(ebms.AppendUserMessage(nil, "m", m.Header))
	if err != nil {
		l.Findings = []rules.Finding{rules.Unreadable(err)}
		return l
	}
	l.Findings = rules.Examine(octets, header, nil)
	return l
}

var kinds = map[string]journal.Kind{ebms.ExecuteQueryRequest: journal.RequestReceived, ebms.ExecuteQueryResponse: journal.ResponseReceived, ebms.ExceptionResponse: journal.ErrorReceived}

// arrival is the same entry whenever the message is handled: entry 1 of its own
// subject, so that what cannot be read leaves a trace too.
func arrival(l *Letter, m *reception.Message, octets []byte) journal.Entry {
	e := journal.Entry{
		Subject: reception.Kind + "-" + l.Key, Sequence: 1, Kind: kinds[l.Header.Action], At: l.Received, ConversationID: l.Header.ConversationID,
		MessageID: l.Header.MessageID, Action: l.Header.Action, From: l.Header.From.ID.Value, To: l.Header.To.ID.Value,
		SignedInfo: m.SignedInfo, Signal: m.Receipt,
	}
	if l.Document != nil || l.declared() {
		e.RegRep = octets
	}
	if l.Document == nil || e.Kind == "" {
		e.Kind = journal.MessageUnreadable
	}
	if p := l.Problem(); p != nil {
		e.Code, e.Detail = p.Rule, p.Text+": "+p.Fix
	}
	for n := range min(len(l.Header.Parts), len(l.Parts)) {
		mime, _ := l.Header.Parts[n].Property(ebms.MimeType)
		e.Parts = append(e.Parts, journal.Part{ContentID: l.Header.Parts[n].CID(), MimeType: mime, Size: l.Parts[n].Size})
	}
	return e
}
