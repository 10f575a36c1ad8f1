package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/provider"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// node is an intake with a provider's desk behind it.
type node struct {
	*intake.Intake
	store   *embedded.Store
	journal *journal.Journal
	asked   requester
	now     time.Time
	ids     int
}

// requester notes what it is given.
type requester struct{ taken, sent int }

func (r *requester) Take(context.Context, *intake.Letter) error   { r.taken++; return nil }
func (r *requester) Sent(context.Context, *sending.Message) error { r.sent++; return nil }

type settings struct{}

func (settings) Provider(context.Context) (*provider.Settings, error) {
	return &provider.Settings{
		Country: "LV", People: "https://people.example.lv", Timers: exchange.DefaultTimers(exchange.Provider),
		Platform: edm.Agent{
			Identifier: edm.Identifier{SchemeID: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", Value: "LV-PLATFORM"},
			Name:       []edm.LocalizedText{{Lang: "EN", Text: "Platform"}}, Address: &edm.Address{AdminUnitLevel1: "LV"},
		},
	}, nil
}

func open(t *testing.T) *node {
	t.Helper()
	n := &node{now: edmtest.Issued}
	clock := func() time.Time { return n.now }
	newID := func() string { n.ids++; return fmt.Sprintf("55555555-aaaa-4bbb-8ccc-%012d", n.ids) }
	config := embedded.Config{Now: clock, Buckets: []embedded.Bucket{{Name: conduct.Bucket}, {Name: journal.Bucket, Lock: time.Hour}}}
	for _, q := range []string{conduct.Inbound, conduct.Provide, sending.Queue} {
		config.Queues = append(config.Queues, embedded.Queue{Name: q, MaxReceives: 3})
	}
	s, err := embedded.Open(t.Context(), t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	n.store, n.journal = s, &journal.Journal{Objects: s.Objects}
	keeper := &conduct.Keeper{State: s.State, Objects: s.Objects, Queue: s.Queues, Journal: n.journal, Now: clock, NewID: newID}
	desk := &provider.Desk{Keeper: keeper, State: s.State, Queue: s.Queues, Settings: settings{}, Now: clock, NewID: newID, NewToken: newID}
	keeper.Carriers = map[exchange.Role]conduct.Carrier{exchange.Provider: desk.Carry}
	n.Intake = &intake.Intake{State: s.State, Objects: s.Objects, Journal: n.journal, Keeper: keeper, Requester: &n.asked, Provider: desk}
	return n
}

// header carries a message with one part.
func header(action string) *ebms.UserMessage {
	return &ebms.UserMessage{
		MessageInfo: ebms.MessageInfo{MessageID: "1@example.be", Timestamp: edmtest.Issued},
		From:        ebms.Party{ID: ebms.PartyID{Type: "t", Value: "BE-AP"}}, To: ebms.Party{ID: ebms.PartyID{Type: "t", Value: "LV-AP"}},
		Service: ebms.Service{Type: ebms.OOTSServiceType, Value: ebms.QueryManager}, Action: action, ConversationID: "e0a6a5b7-6b2e-4b9c-9a63-8f0c6d3a1b24",
		Properties: []ebms.Property{
			{Name: ebms.OriginalSender, Type: "urn:cef.eu:names:identifier:EAS:9925", Value: "BE0123456749"}, {Name: ebms.FinalRecipient, Type: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", Value: "EXAMPLE-EP"},
			{Name: ebms.ExchangeID, Value: edmtest.ExchangeID}, {Name: ebms.SpecificationID, Value: string(edm.V20)},
		},
		Parts: []ebms.PartInfo{{Href: "cid:body@example.be", Properties: []ebms.Property{{Name: ebms.MimeType, Value: conduct.RegRepType}}}},
	}
}

// receive puts a message where the access point leaves it; its key is "m".
func (n *node) receive(t *testing.T, h *ebms.UserMessage, octets string) {
	t.Helper()
	m := reception.Message{Header: h, Received: n.now}
	if len(h.Parts) > 0 {
		key := "in/x-01"
		if _, err := n.store.Objects.Put(t.Context(), reception.Bucket, key, strings.NewReader(octets), store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		m.Parts = []reception.Part{{Key: key, Size: int64(len(octets))}}
	}
	n.record(t, reception.Kind, "m", m)
}

func (n *node) record(t *testing.T, kind, key string, m any) {
	t.Helper()
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.store.State.Commit(t.Context(), []store.Change{{Record: store.Record{Kind: kind, Key: key, Body: body}}}, nil); err != nil {
		t.Fatal(err)
	}
}

// arrival is the entry of the message's arrival.
func (n *node) arrival(t *testing.T) journal.Entry {
	t.Helper()
	list, err := n.journal.Read(t.Context(), "message-m")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	return list[0]
}

// reply is the error response that was ordered.
func (n *node) reply(t *testing.T) *edm.ErrorResponse {
	t.Helper()
	m, err := sending.Load(t.Context(), n.store.State, "reply-m")
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := n.keeper().ReadDocument(t.Context(), m.Contents[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.ErrorResponse()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (n *node) keeper() *conduct.Keeper { return n.Keeper.(*conduct.Keeper) }

// objects are the keys of what lies in the bucket of evidence.
func (n *node) objects(t *testing.T) []string {
	t.Helper()
	list, err := n.store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range list {
		keys = append(keys, o.Key)
	}
	return keys
}

func TestAnItemOfNoKnownKindIsAnError(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, item := range []string{"", "nothing", "exchange/1", "messages/m", strings.Repeat("x", 4096)} {
		err := n.Handle(t.Context(), item)
		if err == nil || !strings.Contains(err.Error(), "of no known kind") || len(err.Error()) > 200 {
			t.Errorf("%.20q: %v", item, err)
		}
	}
	for _, item := range []string{"message/none", "outgoing/none", "ended/none"} {
		if err := n.Handle(t.Context(), item); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", item, err)
		}
	}
}

func TestARequestThatCannotBeReadIsJournalledAndAnswered(t *testing.T) {
	t.Parallel()
	response, err := edm.Encode(edmtest.Response(edm.V20))
	if err != nil {
		t.Fatal(err)
	}
	pdf := header(ebms.ExecuteQueryRequest)
	pdf.Parts[0].Properties[0].Value = "application/pdf"
	empty := header(ebms.ExecuteQueryRequest)
	empty.Parts = nil
	for name, c := range map[string]struct {
		header *ebms.UserMessage
		octets string
		kept   bool // in the journal
		says   string
	}{
		"no XML":                    {header(ebms.ExecuteQueryRequest), "what?", true, "xml"},
		"evidence in its place":     {pdf, "%PDF-1.7", false, "xml"},
		"no part at all":            {empty, "", false, "the message has a RegRep document as its first part"},
		"a document of another use": {header(ebms.ExecuteQueryRequest), string(response), true, ""},
		"a document over its limit": {header(ebms.ExecuteQueryRequest), strings.Repeat(" ", regrep.LimitBytes+1), false, "regrep.LimitBytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := open(t)
			n.receive(t, c.header, c.octets)
			for range 2 { // the item may come again
				if err := n.Handle(t.Context(), "message/m"); err != nil {
					t.Fatal(err)
				}
			}
			if e := n.arrival(t); (len(e.RegRep) > 0) != c.kept {
				t.Errorf("%d octets of the document are in the journal (%s)", len(e.RegRep), e.Kind)
			}
			e := n.reply(t).Exceptions[0]
			if e.Code != "EDM:ERR:0003" || !strings.Contains(e.Detail, c.says) {
				t.Errorf("answered %s: %s", e.Code, e.Detail)
			}
			if left := n.objects(t); len(left) != 1 || !strings.HasPrefix(left[0], "reply/") {
				t.Errorf("left are %v", left)
			}
		})
	}
}

func TestARequestStartsAnExchangeOnce(t *testing.T) {
	t.Parallel()
	q := edmtest.Request(edm.V20)
	q.PreviewLocation, q.ReturnLocation = "", ""
	octets, err := edm.Encode(q)
	if err != nil {
		t.Fatal(err)
	}
	n := open(t)
	n.receive(t, header(ebms.ExecuteQueryRequest), string(octets))
	for range 2 {
		if err := n.Handle(t.Context(), "message/m"); err != nil {
			t.Fatal(err)
		}
	}
	list, err := n.store.Queues.Receive(t.Context(), conduct.Provide, 10, time.Minute)
	if err != nil || len(list) != 1 || !strings.HasPrefix(string(list[0].Body), "match/provider-") {
		t.Errorf("the queue has %v, %v", list, err)
	}
	if e := n.arrival(t); e.Kind != journal.RequestReceived || len(e.RegRep) == 0 || e.Code != "" {
		t.Errorf("%s, %s, %s", e.Kind, e.Code, e.Detail)
	}
}

func TestARequestWhoseNamesAreTooLongIsAnsweredWithTheLimit(t *testing.T) {
	t.Parallel()
	q := edmtest.Request(edm.V20)
	q.PreviewLocation, q.ReturnLocation = "", ""
	q.EvidenceType.Title[0].Text = strings.Repeat("x", provider.MaxRequestBytes)
	octets, err := edm.Encode(q)
	if err != nil {
		t.Fatal(err)
	}
	n := open(t)
	n.receive(t, header(ebms.ExecuteQueryRequest), string(octets))
	if err := n.Handle(t.Context(), "message/m"); err != nil {
		t.Fatal(err)
	}
	m := n.reply(t)
	if e := m.Exceptions[0]; e.Code != "EDM:ERR:0003" || !strings.Contains(e.Detail, "provider.MaxRequestBytes") || m.RequestID != q.ID {
		t.Errorf("answered %s to %s: %s", e.Code, m.RequestID, e.Detail)
	}
}

func TestAnArrivalThatAnEarlierReleaseJudgedOtherwiseIsHandled(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.receive(t, header(ebms.ExecuteQueryRequest), "what?")
	was := journal.Entry{Subject: "message-m", Sequence: 1, Kind: journal.MessageUnreadable, At: n.now, Detail: "in other words"}
	if err := n.journal.Write(t.Context(), was); err != nil {
		t.Fatal(err)
	}
	if err := n.Handle(t.Context(), "message/m"); err != nil {
		t.Fatal(err)
	}
	n.reply(t)
}

func TestAMessageForNobodyLeavesATraceAndNothingElse(t *testing.T) {
	t.Parallel()
	n := open(t)
	h := header(ebms.ExecuteQueryRequest)
	h.Service.Value = "SomethingElse"
	n.receive(t, h, "<a/>")
	if err := n.Handle(t.Context(), "message/m"); err != nil {
		t.Fatal(err)
	}
	n.arrival(t)
	if left := n.objects(t); left != nil || n.asked.taken != 0 {
		t.Errorf("left are %v, taken %d", left, n.asked.taken)
	}
}

func TestAnAnswerGoesToTheRequester(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.receive(t, header(ebms.ExceptionResponse), "what?")
	if err := n.Handle(t.Context(), "message/m"); err != nil || n.asked.taken != 1 {
		t.Errorf("taken %d, %v", n.asked.taken, err)
	}
	if e := n.arrival(t); e.Kind != journal.MessageUnreadable || e.Code == "" || e.Detail == "" {
		t.Errorf("%s, %s, %s", e.Kind, e.Code, e.Detail)
	}
}

func TestWhatWasSentOutsideAnyExchangeIsForgotten(t *testing.T) {
	t.Parallel()
	n := open(t)
	if err := n.keeper().PutAt(t.Context(), "reply/1", []byte("x")); err != nil {
		t.Fatal(err)
	}
	n.record(t, sending.Kind, "1", sending.Message{Header: ebms.UserMessage{Action: ebms.ExceptionResponse}, State: sending.Acknowledged, Contents: []sending.Content{{Key: "reply/1"}}})
	if err := n.Handle(t.Context(), "outgoing/1"); err != nil || n.objects(t) != nil || n.asked.sent != 0 {
		t.Errorf("%v, %v, told %d", err, n.objects(t), n.asked.sent)
	}
}
