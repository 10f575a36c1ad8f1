package assembly

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
)

// noted is a state that notes what becomes of commands.
type noted struct {
	store.State
	notes []string
}

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func (n *noted) Clear(_ context.Context, ids ...string) error {
	n.notes = append(n.notes, "cleared "+strings.Join(ids, " "))
	return nil
}

func (n *noted) PutOff(_ context.Context, id string, until time.Time) error {
	n.notes = append(n.notes, "put off "+id+" by "+until.Sub(noon).String())
	return nil
}

func TestAnItemIsSettledByHowItWent(t *testing.T) {
	t.Parallel()
	broke := errors.New("it broke")
	for name, c := range map[string]struct {
		item  gate.Item
		fails error
		want  []string
	}{
		"what was handled is cleared":             {gate.Item{Queue: "provide", Command: "c", Receives: 4}, nil, []string{"cleared c"}},
		"what failed comes again by itself":       {gate.Item{Queue: "provide", Command: "c", Receives: 3}, broke, []string{"put off c by 15m0s"}},
		"the last time is its queue's own":        {gate.Item{Queue: "provide", Command: "c", Receives: 4}, broke, []string{"put off c by 24h0m0s"}},
		"an item of a release before has none":    {gate.Item{Queue: "provide", Receives: 1}, nil, nil},
		"and none that failed":                    {gate.Item{Queue: "provide", Receives: 1}, broke, nil},
		"an event that does not count is no last": {gate.Item{Queue: "provide", Command: "c"}, broke, []string{"put off c by 15m0s"}},
	} {
		s := &noted{}
		a := &Assembly{Ports: Ports{State: s, Now: func() time.Time { return noon }}}
		err := a.Settled(func(context.Context, gate.Item) error { return c.fails })(t.Context(), c.item)
		if !errors.Is(err, c.fails) || !slices.Equal(s.notes, c.want) {
			t.Errorf("%s: %v, %q", name, err, s.notes)
		}
	}
}
