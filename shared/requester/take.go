package requester

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Take takes an answer. One that answers nothing of ours, comes too late or
// twice, or from somebody else, is journalled and forgotten (TDD 4.4).
func (d *Desk) Take(ctx context.Context, l *intake.Letter) error {
	r, why, err := d.asked(ctx, l)
	if err != nil {
		return err
	}
	switch {
	case why != "":
		return d.drop(ctx, l, why)
	case slices.Contains(r.Seen, l.Key):
		return nil
	case r.State.Final():
		return d.drop(ctx, l, "the exchange has ended as "+string(r.State))
	}
	step, err := d.answer(ctx, r, l)
	if err != nil {
		return err
	}
	step.Event.ID, step.Event.Message, step.Event.RequestID = l.Key, l.Header.Timestamp, answered(l)
	_, err = d.Keeper.Apply(ctx, r.Key, step)
	ignored := (*exchange.Ignored)(nil)
	switch {
	case !errors.As(err, &ignored):
		return err
	case ignored.Rule == "exchange.repeated":
		return nil
	}
	return d.drop(ctx, l, ignored.Error())
}

// answered is the id of the request that a letter answers, as far as it can be read.
func answered(l *intake.Letter) string {
	if l.Document == nil {
		return ""
	}
	if m, err := l.Document.Response(); err == nil && l.Document.Kind == edm.KindResponse {
		return m.RequestID
	}
	if m, err := l.Document.ErrorResponse(); err == nil && l.Document.Kind == edm.KindError {
		return m.RequestID
	}
	return ""
}

// asked finds the exchange that a letter answers, or says why there is none.
func (d *Desk) asked(ctx context.Context, l *intake.Letter) (*conduct.Record, string, error) {
	id := answered(l)
	if id == "" {
		return nil, "it names no request", nil
	}
	row, err := d.State.Load(ctx, AskedKind, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, "it answers no request of ours", nil
	}
	if err != nil {
		return nil, "", err
	}
	r, err := d.Keeper.Load(ctx, string(row.Body))
	switch {
	case err != nil:
		return nil, "", err
	case r.Partner != l.Header.From.ID:
		return nil, "it comes from another access point than was asked", nil
	case r.Version == edm.V20 && l.ExchangeID() != r.ID:
		return nil, "its ExchangeId is of another exchange", nil
	case l.Header.ConversationID != r.ConversationID:
		return nil, "its ConversationId is of another conversation", nil
	}
	return r, "", nil
}

// drop journals what is not used and deletes what it brought.
func (d *Desk) drop(ctx context.Context, l *intake.Letter, why string) error {
	e := journal.Entry{Subject: "message-" + l.Key, Sequence: 2, Kind: journal.ResponseRefused, At: l.Received, ConversationID: l.Header.ConversationID, MessageID: l.Header.MessageID, Detail: why}
	if err := d.Journal.Write(ctx, e); err != nil && !errors.Is(err, journal.ErrTaken) {
		return err
	}
	return d.Keeper.Drop(ctx, l.Objects()...)
}

// answer is what a letter means for its exchange.
func (d *Desk) answer(ctx context.Context, r *conduct.Record, l *intake.Letter) (conduct.Step, error) {
	parts := func(r *conduct.Record) { r.Parts = append(r.Parts, l.Objects()...) }
	if p := l.Problem(); p != nil {
		return refused(CodeBroken, p.Rule+" at "+p.Place+": "+p.Text, parts), nil
	}
	if l.Document.Kind == edm.KindError {
		m, err := l.Document.ErrorResponse()
		if err != nil {
			return refused(CodeBroken, err.Error(), parts), nil
		}
		return failed(m, parts), nil
	}
	m, err := l.Document.Response()
	if err != nil {
		return refused(CodeBroken, err.Error(), parts), nil
	}
	return d.response(ctx, r, l, m, parts)
}

func refused(code, detail string, edit func(*conduct.Record)) conduct.Step {
	return conduct.Step{Event: exchange.Event{Kind: exchange.ErrorArrived, Code: code}, Edit: func(r *conduct.Record) { edit(r); r.Detail = detail }}
}

// failed is an error response: the way to the preview, or the end.
func failed(m *edm.ErrorResponse, parts func(*conduct.Record)) conduct.Step {
	edit := func(r *conduct.Record) { parts(r); r.ResponseID = m.EvidenceResponseIdentifier }
	for _, e := range m.Exceptions {
		if e.Severity == edm.SeverityPreviewRequired && e.PreviewLocation != "" {
			if why := unsafe(e.PreviewLocation); why != "" {
				return refused(CodeBroken, "slot PreviewLocation: "+why, edit)
			}
			return conduct.Step{Event: exchange.Event{Kind: exchange.PreviewDemanded, PreviewLocation: e.PreviewLocation}, Edit: edit}
		}
	}
	first := edm.Exception{}
	if len(m.Exceptions) > 0 {
		first = m.Exceptions[0]
	}
	return refused(first.Code, first.Detail, edit)
}

// MaxLink bounds a preview link, in octets.
const MaxLink = 2048

// unsafe says why a person must not be sent to a link.
func unsafe(link string) string {
	u, err := url.Parse(link)
	switch {
	case len(link) > MaxLink:
		return fmt.Sprintf("it has %d octets, at most %d are taken (requester.MaxLink)", len(link), MaxLink)
	case err != nil || u.Scheme != "https" || u.Host == "":
		return "it is no https link"
	case u.User != nil:
		return "it has user information"
	}
	return ""
}

// response is a success with or without documents, or evidence that comes later.
func (d *Desk) response(ctx context.Context, r *conduct.Record, l *intake.Letter, m *edm.EvidenceResponse, parts func(*conduct.Record)) (conduct.Step, error) {
	edit := func(r *conduct.Record) { parts(r); r.ResponseID = m.EvidenceResponseIdentifier }
	if m.Status == regrep.StatusUnavailable {
		return conduct.Step{Event: exchange.Event{Kind: exchange.Postponed, Available: m.ResponseAvailableDateTime}, Edit: edit}, nil
	}
	if len(m.Packages) == 0 {
		return conduct.Step{Event: exchange.Event{Kind: exchange.NothingArrived}, Edit: edit}, nil
	}
	subject, err := d.subject(ctx, r)
	if err != nil {
		return conduct.Step{}, err
	}
	if !about(m, subject) {
		return refused(CodeForeign, "IsAbout names somebody else than the request", edit), nil
	}
	documents, err := d.documents(ctx, l, m)
	if err != nil {
		return conduct.Step{}, err
	}
	return conduct.Step{
		Event: exchange.Event{Kind: exchange.EvidenceArrived, Accepted: len(documents)},
		Edit:  func(r *conduct.Record) { edit(r); r.Documents = documents },
	}, nil
}

// about reports whether every piece of evidence is about the subject of the
// request: no chapter asks for it, and it costs nothing.
func about(m *edm.EvidenceResponse, s *Subject) bool {
	for i := range m.Packages {
		main := m.Packages[i].Main()
		if main == nil {
			continue
		}
		if p := main.Metadata.NaturalPerson; p != nil && (s.Person == nil || !identity.SamePerson(s.Person, p)) {
			return false
		}
		if p := main.Metadata.LegalPerson; p != nil && (s.LegalPerson == nil || !identity.SameName(s.LegalPerson.LegalName.Value, p.LegalName.Value)) {
			return false
		}
	}
	return true
}

// documents are the pieces of evidence with the parts that hold them. That each
// cid: has its part is a rule that was judged before.
func (d *Desk) documents(ctx context.Context, l *intake.Letter, m *edm.EvidenceResponse) ([]conduct.Document, error) {
	var list []conduct.Document
	for i := range m.Packages {
		for j := range m.Packages[i].Objects {
			o := &m.Packages[i].Objects[j]
			part, info, ok := l.Part(o.ContentID)
			if !ok {
				return nil, fmt.Errorf("part %q of a message that was judged right is missing", o.ContentID)
			}
			sum, err := d.digest(ctx, part.Key)
			if err != nil {
				return nil, err
			}
			mime, _ := info.Property(ebms.MimeType)
			c := conduct.Document{
				Key: part.Key, Piece: i + 1, Identifier: o.Metadata.Identifier, Classification: o.Classification, Title: o.Title, MediaType: mime,
				ConformsTo: o.Metadata.Distribution.ConformsTo, IssuingDate: o.Metadata.IssuingDate, CID: o.ContentID, Size: part.Size, SHA256: sum,
			}
			if lang := o.Metadata.Distribution.Language; len(lang) > 0 {
				c.Language = lang[0]
			}
			list = append(list, c)
		}
	}
	return list, nil
}

// digest hashes an object in flat memory.
func (d *Desk) digest(ctx context.Context, key string) (string, error) {
	r, _, err := d.Objects.Open(ctx, conduct.Bucket, key, store.Range{})
	if err != nil {
		return "", fmt.Errorf("read evidence: %w", err)
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", fmt.Errorf("read evidence: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Sent learns what became of a request: one that was refused or never reached
// the partner ends its exchange.
func (d *Desk) Sent(ctx context.Context, m *sending.Message) error {
	if m.State != sending.Undelivered && m.State != sending.Refused {
		return nil
	}
	code, detail := ebms.MissingReceipt.Code, ""
	if e := m.Missing(); e != nil {
		detail = e.Detail
	}
	if n := len(m.Attempts); n > 0 && m.State == sending.Refused {
		code, detail = ebms.DeliveryFailure.Code, m.Attempts[n-1].Reason
	}
	_, err := d.Keeper.Apply(ctx, m.Note.Exchange, conduct.Step{
		Event: exchange.Event{Kind: exchange.MessageFailed, ID: "failed/" + m.Header.MessageID, RequestID: m.Note.RequestID, Code: code},
		Edit:  func(r *conduct.Record) { r.Detail = detail },
	})
	return quiet(err)
}
