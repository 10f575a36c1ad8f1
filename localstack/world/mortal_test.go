package world_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	"github.com/vienreiz/vienreiz/functions/assembly"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/sending"
)

// mortal is a node that dies by plan. The test itself is no part of it: it looks
// at the store and moves the items as what never dies.
type mortal struct {
	*side
	plan   *deaths
	time   *handTime
	calls  assembly.Ports  // its store: calls that can be died of
	done   map[string]bool // items that were handled, and came again
	spare  int             // receptions of an item that the queue itself may lose
	few    bool            // few queues are polled: see folded
	handed int             // items of queues that are not
	lost   map[string]bool // items that a queue has lost, each once; nil: none does
}

// start puts the node together anew over the same store: what it had in memory is lost.
func (m *mortal) start() {
	tenant, opened := *m.Tenant, *m.Opened
	ports := m.Assembly.Ports
	ports.State, ports.Queue, ports.Objects = m.calls.State, m.calls.Queue, m.calls.Objects
	if m.few {
		ports.Folded = m.hands()
	}
	opened.Assembly = assembly.New(ports)
	tenant.Opened = &opened
	again := newSide(&tenant, m.line)
	again.state, again.queues, again.objects, again.hidden = m.state, m.queues, m.objects, m.hidden
	m.side = again
}

// live makes an attempt at a piece of work, and reports whether it came through.
func (m *mortal) live(kind, id string, most int, do func(context.Context) error) bool {
	ctx, l := m.plan.begin(context.Background(), kind, id, most)
	err := do(ctx)
	if l.end(err) {
		m.start()
		m.time.pass(time.Second) // whoever comes next journals at another time
		return false
	}
	return err == nil
}

// kindOf names an item without what differs from exchange to exchange.
func kindOf(queue, body string) string {
	kind, _, known := strings.Cut(body, "/")
	if !known {
		return queue
	}
	return queue + " " + kind
}

// carry handles one item of a queue, and reports whether there was one. One that
// was not handled comes again at once, as its visibility time need not be waited
// for; so does every item once after it was handled: its worker died before it was deleted.
func (m *mortal) carry(queue string) bool {
	ctx := context.Background()
	list, err := m.queues.Receive(ctx, queue, 1, m.hidden)
	if err != nil || len(list) == 0 {
		return false
	}
	item := list[0]
	named, body := unfold(string(item.Body))
	e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body, MessageAttributes: gate.Naming(named, item.Command), Attributes: map[string]string{"ApproximateReceiveCount": fmt.Sprint(item.Receives)}}}}
	whose := cmp.Or(named, queue)
	if m.lost != nil && !m.lost[whose+body] {
		m.lost[whose+body] = true
		_ = m.queues.Delete(ctx, queue, item.Handle)
		return true
	}
	through := m.live(kindOf(whose, body), body, functions.All().Queues[whose].Receives-2-m.spare, func(ctx context.Context) error {
		answer, err := m.handlers[queue](ctx, e)
		if err == nil && len(answer.BatchItemFailures) > 0 {
			err = errors.New("the item was given back")
		}
		return err
	})
	if through && (m.done[whose+body] || m.plan.most < 0) {
		_ = m.queues.Delete(ctx, queue, item.Handle)
		return true
	}
	m.done[whose+body] = m.done[whose+body] || through
	_ = m.queues.Extend(ctx, queue, item.Handle, 0)
	return true
}

// tick is a round of the clock. One that dies is followed by the next minute's.
func (m *mortal) tick() {
	m.live("clock", "", 0, func(ctx context.Context) error { return clock.New(m.Assembly)(ctx, events.CloudWatchEvent{}) })
}

// courier is the wire from one node to another: whoever is dead sends nothing and
// answers nothing.
type courier struct{ to **mortal }

func (p *courier) Client(http.RoundTripper) http.RoundTripper { return p }
func (p *courier) Server(h http.Handler) http.Handler         { return h }

// RoundTrip lets the receiver die of each message so often that the sender has a try left.
func (p *courier) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil || gone(r.Context()) {
		return nil, errors.Join(err, errLine)
	}
	message, answer := lifeOf(r.Context()).name, httptest.NewRecorder()
	through := (*p.to).live("as4-receive", message, sending.Tries-1, func(ctx context.Context) error {
		in := httptest.NewRequestWithContext(ctx, r.Method, r.URL.String(), bytes.NewReader(body))
		in.Header = r.Header
		receive.New((*p.to).Assembly).ServeHTTP(answer, in)
		return nil
	})
	if !through || gone(r.Context()) {
		return nil, errLine
	}
	return answer.Result(), nil
}
