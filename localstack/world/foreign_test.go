package world_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// offered is a world in which an exchange has come to the preview.
func offered(t *testing.T, procedure, requirement string) (*world.World, map[string]*side, *conduct.Record) {
	t.Helper()
	quiet(t)
	w, sides := still(t, &handTime{now: time.Now()}, func(string, *assembly.Ports) {})
	ctx := context.Background()
	desk := sides["LT"].Assembly.Requester
	portal, err := sides["LT"].Assembly.Tenant.Portal(ctx, world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	o := order(t, w, requirement)
	o.Procedure, o.Subject = procedure, &requester.Subject{Person: w.Residents.Persons["anna"].Person("LT", "High")}
	v, err := desk.Create(ctx, *portal, "", o)
	if err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	r, err := sides["LT"].Assembly.Keeper.Load(ctx, conduct.Key(exchange.Requester, v.ID))
	if err != nil || r.State != exchange.PreviewRequired {
		t.Fatalf("%+v, %v", r, err)
	}
	return w, sides, r
}

// post sends a message past the exchange's own bookkeeping, as a faulty peer would.
func post(t *testing.T, s *side, e conduct.Envelope) {
	t.Helper()
	effect, err := s.Assembly.Keeper.Order(e)
	if err == nil {
		_, err = s.state.Commit(context.Background(), effect.Changes, effect.Commands)
	}
	if err == nil {
		err = store.Dispatch(context.Background(), s.state, s.queues, s.Assembly.Now(), effect.Commands)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestARequestIdThatWasUsedBeforeIsRefused(t *testing.T) {
	_, sides, r := offered(t, "T3", "tertiary-qualification")
	post(t, sides["LT"], conduct.Envelope{
		Key: "replay", Action: ebms.ExecuteQueryRequest, Partner: r.Partner, ConversationID: r.ConversationID, ExchangeID: as4.NewUUID(zero{}), Version: r.Version,
		OriginalSender: r.Requester.Identifier, Recipient: r.Provider.Identifier, Contents: r.Contents,
	})
	settle(sides["LT"], sides["LV"])
	m := answerTo(t, sides["LV"])
	if m.Note.Code != "EDM:ERR:0003" || m.Header.Action != ebms.ExceptionResponse {
		t.Errorf("the replay was answered %s %s", m.Header.Action, m.Note.Code)
	}
	v, err := sides["LT"].Assembly.Requester.View(context.Background(), world.DirectID, r.ID)
	if err != nil || v.State != exchange.PreviewRequired {
		t.Errorf("the first exchange is %+v, %v", v, err)
	}
}

// zero is no randomness at all: for an id that is the same each time.
type zero struct{}

func (zero) Read(p []byte) (int, error) { return len(p), nil }

// answerTo finds the reply outside any exchange in the journal of a side.
func answerTo(t *testing.T, s *side) *sending.Message {
	t.Helper()
	list, err := s.objects.List(context.Background(), "journal", "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if i := strings.Index(o.Key, "outgoing-reply-"); i >= 0 {
			key, _, _ := strings.Cut(o.Key[i+len("outgoing-"):], ".")
			m, err := sending.Load(context.Background(), s.state, key)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
	}
	t.Fatal("nothing was answered")
	return nil
}

func TestAnAnswerToAnotherExchangeIsDropped(t *testing.T) {
	for name, edit := range map[string]func(*conduct.Envelope){
		"another ExchangeId":     func(e *conduct.Envelope) { e.ExchangeID = as4.NewUUID(zero{}) },
		"another ConversationId": func(e *conduct.Envelope) { e.ConversationID = as4.NewUUID(zero{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w, sides, r := offered(t, "T3", "tertiary-qualification")
			ctx := context.Background()
			p, err := sides["LV"].Assembly.Preview.Find(ctx, r.PreviewLink)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := sides["LT"].Assembly.Requester.Continue(ctx, world.DirectID, r.ID); err != nil {
				t.Fatal(err)
			}
			settle(sides["LT"], sides["LV"])
			accept(t, w, sides, p)
			if p, err = sides["LV"].Assembly.Keeper.Load(ctx, p.Key); err != nil {
				t.Fatal(err)
			}
			sides["LV"].move("provide", false) // the response is built, and stays in the outbound queue
			if p, err = sides["LV"].Assembly.Keeper.Load(ctx, p.Key); err != nil || p.State != exchange.Answered {
				t.Fatalf("%+v, %v", p, err)
			}
			e := conduct.Envelope{
				Key: "forged", Action: ebms.ExecuteQueryResponse, Partner: p.Partner, ConversationID: p.ConversationID, ExchangeID: p.ID, Version: p.Version,
				OriginalSender: p.Provider.Identifier, Recipient: p.Requester.Identifier, Contents: p.Contents,
			}
			edit(&e)
			post(t, sides["LV"], e)
			worker, err := sides["LV"].Assembly.Worker(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := worker.Handle(ctx, "forged"); err != nil {
				t.Fatal(err)
			}
			settle(sides["LT"])
			v, err := sides["LT"].Assembly.Requester.View(ctx, world.DirectID, r.ID)
			if err != nil || v.State != exchange.Request2Sent {
				t.Errorf("the exchange is %+v, %v", v, err)
			}
		})
	}
}

// accept signs the person in, and accepts the first piece.
func accept(t *testing.T, w *world.World, sides map[string]*side, p *conduct.Record) *conduct.Record {
	t.Helper()
	ctx, space := context.Background(), sides["LV"].Assembly.Preview
	if ok, err := space.Admit(ctx, p, preview.Present{Person: w.Residents.Persons["anna"].Person("LV", "High")}); err != nil || !ok {
		t.Fatal(ok, err)
	}
	p, err := space.Evidence(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = space.Decide(ctx, p, []int{1}); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOnlyThePiecesThatWereAcceptedAreSent(t *testing.T) {
	w, sides, r := offered(t, "V2", "vehicle-registration")
	ctx := context.Background()
	if _, err := sides["LT"].Assembly.Requester.Continue(ctx, world.DirectID, r.ID); err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	p, err := sides["LV"].Assembly.Preview.Find(ctx, r.PreviewLink)
	if err != nil {
		t.Fatal(err)
	}
	p = accept(t, w, sides, p)
	shown := 0
	for _, d := range p.Documents {
		shown = max(shown, d.Piece)
	}
	settle(sides["LT"], sides["LV"])
	v, err := sides["LT"].Assembly.Requester.View(ctx, world.DirectID, r.ID)
	if err != nil || v.State != exchange.Delivered {
		t.Fatalf("%+v, %v", v, err)
	}
	main := 0
	for _, d := range v.Documents {
		if d.Classification == "MainEvidence" {
			main++
		}
	}
	if shown != 2 || main != 1 {
		t.Errorf("%d pieces were shown and %d sent; 2 and 1 are right", shown, main)
	}
}

func TestAPartnerThatIsDownOrAnswersGarbageEndsTheExchangeInTime(t *testing.T) {
	quiet(t)
	for name, instead := range map[string]http.HandlerFunc{
		"down":            func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) },
		"garbage":         func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\x00garbage")) },
		"somebody's page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>maintenance</html>")) },
		"an unsigned error": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/soap+xml")
			_, _ = w.Write([]byte(`<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Header/><env:Body><env:Fault/></env:Body></env:Envelope>`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			now := &handTime{now: time.Now()}
			w, sides := still(t, now, func(string, *assembly.Ports) {})
			sides["LT"].line.instead = instead
			portal, err := sides["LT"].Assembly.Tenant.Portal(context.Background(), world.DirectID)
			if err != nil {
				t.Fatal(err)
			}
			desk := sides["LT"].Assembly.Requester
			v, err := desk.Create(context.Background(), *portal, "", order(t, w, "tertiary-qualification"))
			if err != nil {
				t.Fatal(err)
			}
			minutes := 0
			for ; minutes < 10 && !v.Final; minutes++ {
				settle(sides["LT"], sides["LV"])
				now.pass(time.Minute)
				if v, err = desk.View(context.Background(), world.DirectID, v.ID); err != nil {
					t.Fatal(err)
				}
			}
			if v.State != exchange.Expired || minutes > 7 || v.Reason == "" {
				t.Errorf("after %d minutes it is %s: %q", minutes, v.State, v.Reason)
			}
		})
	}
}

// The end of an exchange may be handled before its last message has gone: what
// that message carries stays until then.
func TestEvidenceStaysUntilItsMessageHasGone(t *testing.T) {
	w, sides, r := offered(t, "T3", "tertiary-qualification")
	ctx := context.Background()
	if _, err := sides["LT"].Assembly.Requester.Continue(ctx, world.DirectID, r.ID); err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	p, err := sides["LV"].Assembly.Preview.Find(ctx, r.PreviewLink)
	if err != nil {
		t.Fatal(err)
	}
	p = accept(t, w, sides, p)
	sides["LV"].move("provide", false)
	if err := sides["LV"].Assembly.Keeper.End(ctx, p.Key); err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	if v, err := sides["LT"].Assembly.Requester.View(ctx, world.DirectID, r.ID); err != nil || v.State != exchange.Delivered {
		t.Errorf("the exchange is %+v, %v", v, err)
	}
}
