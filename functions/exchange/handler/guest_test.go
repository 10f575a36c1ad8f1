package handler_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/functions/exchange/handler"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// queues notes what is sent and buried, and what the outbox is told.
type queues struct {
	store.Queue
	store.State
	folded map[string]bool
	fails  error
	did    []string
	back   []string // what comes again, and when
}

func (q *queues) Send(_ context.Context, queue string, item store.Item, _ time.Duration) error {
	q.did = append(q.did, "sent to "+queue+": "+string(item.Body))
	return q.fails
}

func (q *queues) Bury(_ context.Context, queue string, item store.Item) error {
	q.did = append(q.did, "buried in "+queue+": "+string(item.Body))
	return q.fails
}

func (q *queues) PutOff(_ context.Context, id string, until time.Time) error {
	q.did = append(q.did, "put off "+id)
	return nil
}

func (q *queues) Sooner(_ context.Context, queue, handle string, hidden time.Duration) error {
	q.back = append(q.back, fmt.Sprintf("%s of %s in %s", handle, queue, hidden))
	return nil
}

func (q *queues) Folded(queue string) bool { return q.folded[queue] }

// function is that of a folded queue, and what it got.
type function struct {
	got   []events.SQSEvent
	back  bool
	fails error
}

func (f *function) hand(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	f.got = append(f.got, e)
	var r events.SQSEventResponse
	if f.back {
		r.BatchItemFailures = []events.SQSBatchItemFailure{{ItemIdentifier: e.Records[0].MessageId}}
	}
	return r, f.fails
}

// item is one as SQS gives it.
func item(queue, body, receives string) events.SQSMessage {
	return events.SQSMessage{MessageId: "of " + body, Body: body, ReceiptHandle: "held", Attributes: map[string]string{"ApproximateReceiveCount": receives}, MessageAttributes: gate.Naming(queue, "of "+body)}
}

func TestAnItemOfAnotherQueueIsThatOnes(t *testing.T) {
	for name, c := range map[string]struct {
		item   events.SQSMessage
		folded bool
		broken function
		fails  error // of the queues
		handed bool
		failed bool
		did    []string
		says   string
	}{
		"a guest is handed on":                             {item: item("requests", "resolve/a", "1"), folded: true, handed: true},
		"what its function gives back comes again":         {item: item("requests", "resolve/a", "1"), folded: true, broken: function{back: true}, handed: true, failed: true, says: "gave it back"},
		"what its function breaks over comes again":        {item: item("provide", "match/a", "1"), folded: true, broken: function{fails: errors.New("it broke")}, handed: true, failed: true, says: "it broke"},
		"the last reception of its own queue is tried":     {item: item("requests", "resolve/a", "5"), folded: true, handed: true},
		"one more is the dead letters'":                    {item: item("requests", "resolve/a", "6"), folded: true, did: []string{"buried in requests: resolve/a", "put off of resolve/a"}, says: "dead letters"},
		"what cannot be buried comes again":                {item: item("requests", "resolve/a", "6"), folded: true, fails: errors.New("no queue"), did: []string{"buried in requests: resolve/a"}, failed: true, says: "no queue"},
		"a queue that is polled again gets its own":        {item: item("requests", "resolve/a", "7"), did: []string{"sent to requests: resolve/a"}},
		"what cannot be sent there comes again":            {item: item("requests", "resolve/a", "1"), fails: errors.New("no queue"), did: []string{"sent to requests: resolve/a"}, failed: true, says: "no queue"},
		"an item of a queue that is nowhere comes again":   {item: item("notary", "a/b", "1"), folded: true, failed: true, says: "functions.yaml has not"},
		"an item that names this queue is ours":            {item: item("inbound", "nonsense/a", "1"), folded: true, failed: true, did: []string{"put off of nonsense/a"}, says: "of no known kind"},
		"an item of a release that named none is ours too": {item: item("", "nonsense/a", "1"), folded: true, failed: true, did: []string{"put off of nonsense/a"}, says: "of no known kind"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			was := slog.Default()
			slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
			t.Cleanup(func() { slog.SetDefault(was) })
			q := &queues{folded: map[string]bool{"requests": c.folded, "provide": c.folded}, fails: c.fails}
			a := assembly.New(assembly.Ports{State: q, Queue: q, Tenant: &tenant.Live{}, Now: clock(), Folded: map[string]gate.Queued{"requests": c.broken.hand, "provide": c.broken.hand}})
			answer, err := handler.New(a)(t.Context(), events.SQSEvent{Records: []events.SQSMessage{c.item}})
			if err != nil {
				t.Fatal(err)
			}
			if failed := len(answer.BatchItemFailures) == 1 && answer.BatchItemFailures[0].ItemIdentifier == c.item.MessageId; failed != c.failed {
				t.Errorf("given back: %+v", answer)
			}
			if diff := cmp.Diff(c.did, q.did); diff != "" {
				t.Error(diff)
			}
			if back := hides(c.item); c.failed != (len(q.back) == 1) || c.failed && q.back[0] != back {
				t.Errorf("it comes again: %v, want %s", q.back, back)
			}
			if c.handed {
				if diff := cmp.Diff([]events.SQSEvent{{Records: []events.SQSMessage{c.item}}}, c.broken.got); diff != "" {
					t.Errorf("its function got:\n%s", diff)
				}
			} else if len(c.broken.got) > 0 {
				t.Errorf("its function got %+v", c.broken.got)
			}
			if !strings.Contains(log.String(), c.says) {
				t.Errorf("the log does not say %q: %s", c.says, log.String())
			}
		})
	}
}

// clock is one that goes on by ten seconds whenever somebody looks.
func clock() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time {
		now = now.Add(10 * time.Second)
		return now
	}
}

// hides is how long an item that took ten seconds stays hidden: as in its own queue.
// One that is settled here took twenty.
func hides(m events.SQSMessage) string {
	queue, took := "inbound", 10*time.Second
	if named := m.MessageAttributes[store.QueueAttribute].StringValue; named != nil {
		queue = *named
	}
	if queue == "inbound" {
		took = 20 * time.Second
	}
	return fmt.Sprintf("held of inbound in %s", max(functions.All().Queues[queue].Hidden()-took, time.Second))
}

// TestGuestsOfOneBatchFareByThemselves: one that fails takes no other with it.
func TestGuestsOfOneBatchFareByThemselves(t *testing.T) {
	well, bad := &function{}, &function{back: true}
	q := &queues{folded: map[string]bool{"requests": true, "provide": true}}
	a := assembly.New(assembly.Ports{Queue: q, Now: clock(), Folded: map[string]gate.Queued{"requests": well.hand, "provide": bad.hand}})
	answer, err := handler.New(a)(t.Context(), events.SQSEvent{Records: []events.SQSMessage{item("requests", "resolve/a", "1"), item("provide", "match/b", "1"), item("requests", "resolve/c", "1")}})
	if err != nil || len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "of match/b" || len(well.got) != 2 || len(bad.got) != 1 {
		t.Errorf("%+v, %v; %d and %d were handed on", answer, err, len(well.got), len(bad.got))
	}
}

// TestAFoldedQueueThatNobodyHandsOnIsNamed, and its items go in no circle.
func TestAFoldedQueueThatNobodyHandsOnIsNamed(t *testing.T) {
	q := &queues{folded: map[string]bool{"requests": true}}
	answer, err := handler.New(assembly.New(assembly.Ports{Queue: q}))(t.Context(), events.SQSEvent{Records: []events.SQSMessage{item("requests", "resolve/a", "1")}})
	if err != nil || len(answer.BatchItemFailures) != 1 || len(q.did) > 0 {
		t.Errorf("%+v, %v, %v", answer, err, q.did)
	}
}

// TestAQueueThatTakesGuestsOutlastsThem: provide answers a registry that cannot
// be asked on the last reception that its own queue allows, which must come before
// the queue in which its items travel gives up.
func TestAQueueThatTakesGuestsOutlastsThem(t *testing.T) {
	t.Parallel()
	list := functions.All()
	for name, q := range list.Queues {
		if q.Fold == "" {
			continue
		}
		into, known := list.Queues[q.Fold]
		if !known || into.Fold != "" || list.Taker(q.Fold) == "" || list.Taker(name) == "" {
			t.Errorf("queue %s is folded into %s, which is no queue with a function and items of its own", name, q.Fold)
		}
		if into.Receives < q.Receives+3 {
			t.Errorf("%s gives an item %d receptions; its guest of %s needs %d, and some to be buried by", q.Fold, into.Receives, name, q.Receives)
		}
		if taker := list.Functions[list.Taker(q.Fold)]; taker.Permissions.Queues[name] != "send" {
			t.Errorf("%s may not give an item back to %s, which it needs when that is polled again", list.Taker(q.Fold), name)
		}
	}
}

// TestAGuestIsKnownAsLambdaGivesIt: the event of the folder is what SQS makes of one.
func TestAGuestIsKnownAsLambdaGivesIt(t *testing.T) {
	octets, err := os.ReadFile("../../../events/exchange-guest.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.SQSEvent
	if err := json.Unmarshal(octets, &e); err != nil {
		t.Fatal(err)
	}
	f := &function{}
	a := assembly.New(assembly.Ports{Queue: &queues{folded: map[string]bool{"requests": true}}, Now: clock(), Folded: map[string]gate.Queued{"requests": f.hand}})
	answer, err := handler.New(a)(t.Context(), e)
	if err != nil || len(answer.BatchItemFailures) > 0 || len(f.got) != 1 {
		t.Fatalf("%+v, %v; its function got %d", answer, err, len(f.got))
	}
	if diff := cmp.Diff(e, f.got[0]); diff != "" {
		t.Error(diff)
	}
}

// TestAStoreThatKnowsNoFoldedQueueKeepsWhatItCannotPlace: sent on, it could come back for ever.
func TestAStoreThatKnowsNoFoldedQueueKeepsWhatItCannotPlace(t *testing.T) {
	answer, err := handler.New(assembly.New(assembly.Ports{Queue: struct{ store.Queue }{}}))(t.Context(), events.SQSEvent{Records: []events.SQSMessage{item("requests", "resolve/a", "1")}})
	if err != nil || len(answer.BatchItemFailures) != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}
