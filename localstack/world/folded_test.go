package world_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// folded is queues of which few are polled, as [aws.Queues] has them: what is for the
// others travels in inbound and names its queue, here before its body.
type folded struct{ store.Queue }

const guestMark = "guest of "

func (f folded) Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error {
	if host := functions.All().Queues[queue].Fold; host != "" {
		queue, item.Body = host, fmt.Appendf(nil, "%s%s\n%s", guestMark, queue, item.Body)
	}
	return f.Queue.Send(ctx, queue, item, delay)
}

func (f folded) Folded(queue string) bool { return functions.All().Queues[queue].Fold != "" }

func (f folded) Bury(_ context.Context, queue string, item store.Item) error {
	return fmt.Errorf("item %s of %s died: nobody dies so often", item.Body, queue)
}

// Sooner does nothing: whatever fails comes again at once here.
func (f folded) Sooner(context.Context, string, string, time.Duration) error { return nil }

// unfold is the queue that an item names, or none, and its body.
func unfold(body string) (queue, rest string) {
	if guest, ok := strings.CutPrefix(body, guestMark); ok {
		queue, rest, _ = strings.Cut(guest, "\n")
		return queue, rest
	}
	return "", body
}

// hands are the functions of folded queues, which live and die with who waits for them.
func (m *mortal) hands() map[string]gate.Queued {
	all := map[string]gate.Queued{}
	for queue, q := range functions.All().Queues {
		if q.Fold == "" {
			continue
		}
		all[queue] = func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
			m.handed++
			answer, err := m.handlers[queue](ctx, e)
			if gone(ctx) {
				err = errors.New("the function broke")
			}
			return answer, err
		}
	}
	return all
}

// Rules 1 to 4 hold where few queues are polled, too.
func TestWhereverANodeWithFewQueuesIsKilledTheExchangeComesToItsEnd(t *testing.T) {
	quiet(t)
	r := newRound(t, func(m *mortal) {
		life := storetest.Life(call)
		m.few, m.calls = true, assembly.Ports{State: life.State(m.state), Queue: folded{life.Queue(m.queues)}, Objects: life.Objects(m.objects)}
	})
	r.kill()
	for _, m := range []*mortal{r.lt, r.lv} {
		if m.handed == 0 {
			t.Errorf("%s: nothing was handed on", m.Country)
		}
	}
}

// promptly is [prompt] of queues of which few are polled.
type promptly struct{ *aws.Queues }

func (p promptly) Send(ctx context.Context, queue string, item store.Item, _ time.Duration) error {
	return p.Queues.Send(ctx, queue, item, 0)
}

// fold lets the items of queues travel in others, as Terraform does.
func fold(list []aws.Queue) {
	urls := map[string]string{}
	for _, q := range list {
		urls[q.Name] = q.URL
	}
	for i := range list {
		if host := functions.All().Queues[list[i].Name].Fold; host != "" {
			list[i].URL, list[i].Idle = urls[host], list[i].URL
		}
	}
}

// hands are the functions of folded queues.
func (w *walk) hands(country string) map[string]gate.Queued {
	all := map[string]gate.Queued{}
	for queue, q := range functions.All().Queues {
		if q.Fold != "" {
			all[queue] = func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
				return w.sides[country].handlers[queue](ctx, e)
			}
		}
	}
	return all
}
