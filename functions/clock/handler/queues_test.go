package handler

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/infra/cost"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// On AWS there are queues that nobody polls; everywhere they can be looked at.
var (
	_ sweeper = (*aws.Queues)(nil)
	_ reacher = (*aws.Queues)(nil)
	_ reacher = (*embedded.Queues)(nil)
)

// looked are queues of which one is gone.
type looked struct {
	store.Queue
	gone string
	at   []string
}

func (l *looked) Reach(_ context.Context, queue string) error {
	l.at = append(l.at, queue)
	if queue == l.gone {
		return errors.New("it is gone")
	}
	return nil
}

func TestAQueueThatIsGoneIsToldOfAlthoughNobodyNeedsIt(t *testing.T) {
	t.Parallel()
	quarter := time.Date(2026, 12, 1, 12, 15, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		at    time.Time
		gone  string
		looks int
		says  string
	}{
		"all are there":                 {quarter.Add(59 * time.Second), "", len(functions.All().Queues), ""},
		"one is gone":                   {quarter, "provide", len(functions.All().Queues), "look at queue provide: it is gone"},
		"it is looked for in a quarter": {quarter.Add(time.Minute), "provide", 0, ""},
		"and not the minute before":     {quarter.Add(-time.Second), "provide", 0, ""},
	} {
		q := &looked{gone: c.gone}
		l := lookout{Assembly: &assembly.Assembly{Ports: assembly.Ports{Queue: q, Now: func() time.Time { return c.at }}}}
		err := l.look(t.Context())
		if len(q.at) != c.looks || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: looked at %v, %v", name, q.at, err)
		}
	}
}

func TestTheCostOfLookingIsCounted(t *testing.T) {
	t.Parallel()
	if time.Hour/Reached != cost.Looks {
		t.Errorf("each queue is looked at every %s, and vienreiz cost counts %d times an hour", Reached, cost.Looks)
	}
}

func TestAQueueThatIsMissedIsLookedForEachMinuteUntilItIsBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 12, 15, 0, 0, time.UTC)
	q := &looked{}
	l := lookout{Assembly: &assembly.Assembly{Ports: assembly.Ports{Queue: q, Now: func() time.Time { return now }}}}
	for minute, gone := range []string{"provide", "provide", "", ""} {
		q.gone, q.at = gone, nil
		err := l.look(t.Context())
		if looks := minute < 3; (len(q.at) > 0) != looks || (err != nil) != (gone != "") {
			t.Errorf("minute %d: looked at %v, %v", minute, q.at, err)
		}
		now = now.Add(time.Minute)
	}
}
