package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// tape notes the order of calls and fails where it is told to.
type tape struct {
	calls []string
	fail  map[string]error
	left  []store.Command
}

func (f *tape) note(call string) error {
	f.calls = append(f.calls, call)
	return f.fail[call]
}

func (f *tape) Send(_ context.Context, queue string, item store.Item, _ time.Duration) error {
	return f.note("send " + string(item.Body) + " of " + item.Command + " to " + queue)
}

func (f *tape) Clear(_ context.Context, ids ...string) error {
	return f.note("clear " + strings.Join(ids, " "))
}

func (f *tape) PutOff(_ context.Context, id string, until time.Time) error {
	return f.note("put " + id + " off by " + until.Sub(noon).String())
}

func (f *tape) Uncleared(context.Context, time.Time, int) ([]store.Command, error) {
	return f.left, f.note("look")
}

var (
	errBroken = errors.New("broken on purpose")
	noon      = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	two       = []store.Command{{ID: "1", Queue: "q", Body: []byte("a")}, {ID: "2", Queue: "q", Body: []byte("b"), NotBefore: noon.Add(time.Minute)}}
)

func TestWhatIsSentStaysInTheOutboxAndWhatIsNotIsOverdue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail string
		want []string
	}{
		"all goes well":         {"", []string{"send a of 1 to q", "send b of 2 to q"}},
		"the first is not sent": {"send a of 1 to q", []string{"send a of 1 to q", "put 1 off by 0s", "send b of 2 to q"}},
		"the last is not sent":  {"send b of 2 to q", []string{"send a of 1 to q", "send b of 2 to q", "put 2 off by 1m0s"}},
	} {
		f := &tape{fail: map[string]error{c.fail: errBroken}}
		err := store.Dispatch(context.Background(), f, f, noon, two)
		if !slices.Equal(f.calls, c.want) || errors.Is(err, errBroken) != (c.fail != "") {
			t.Errorf("%s: %q, %v", name, f.calls, err)
		}
	}
}

func TestWhatIsSentAgainIsLeftAloneUntilItIsTwiceAsOld(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		since time.Time // zero: a release before did not note it
		fail  string
		want  []string
	}{
		"a young one":           {noon.Add(-time.Minute), "", []string{"look", "send a of 1 to q", "put 1 off by 2m0s"}},
		"an older one":          {noon.Add(-time.Hour), "", []string{"look", "send a of 1 to q", "put 1 off by 1h0m0s"}},
		"one for the last time": {noon.AddDate(0, 0, -15), "", []string{"look", "send a of 1 to q", "clear 1"}},
		"one of days ago":       {noon.AddDate(0, 0, -9), "", []string{"look", "send a of 1 to q", "put 1 off by 24h0m0s"}},
		"one of no known age":   {time.Time{}, "", []string{"look", "send a of 1 to q", "put 1 off by 24h0m0s"}},
		"one that waits yet":    {noon.Add(time.Minute), "", []string{"look", "send a of 1 to q", "put 1 off by 3m0s"}},
		"one not sent":          {noon.Add(-time.Hour), "send a of 1 to q", []string{"look", "send a of 1 to q", "put 1 off by 0s"}},
		"who cannot look":       {noon, "look", []string{"look"}},
	} {
		f := &tape{fail: map[string]error{c.fail: errBroken}, left: []store.Command{{ID: "1", Queue: "q", Body: []byte("a"), NotBefore: c.since}}}
		r, err := store.Resend(context.Background(), f, f, noon, noon, 10)
		if !slices.Equal(f.calls, c.want) || errors.Is(err, errBroken) != (c.fail != "") {
			t.Errorf("%s: %q, %v", name, f.calls, err)
		}
		if stuck := c.fail != "" && c.fail != "look"; stuck != (r.Failed == store.Tally{Commands: 1, Oldest: time.Hour}) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestACommandIsClearedOnlyWhenItsItemWasHandled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command string
		failed  error
		last    bool
		want    []string
	}{
		"handled":                    {"1", nil, false, []string{"clear 1"}},
		"handled at the last moment": {"1", nil, true, []string{"clear 1"}},
		"failed":                     {"1", errBroken, false, []string{"put 1 off by 15m0s"}},
		"failed for the last time":   {"1", errBroken, true, []string{"put 1 off by 24h0m0s"}},
	} {
		f := &tape{fail: map[string]error{"clear 1": errBroken}} // which is logged
		store.Settle(context.Background(), f, noon, c.command, c.failed, c.last)
		if !slices.Equal(f.calls, c.want) {
			t.Errorf("%s: %q", name, f.calls)
		}
	}
}

func TestACommandIsNeverGivenUpUnsent(t *testing.T) {
	t.Parallel()
	f := &tape{fail: map[string]error{"send a of 1 to q": errBroken}, left: []store.Command{{ID: "1", Queue: "q", Body: []byte("a"), NotBefore: noon.AddDate(0, 0, -15)}}}
	r, err := store.Resend(context.Background(), f, f, noon, noon, 10)
	if want := []string{"look", "send a of 1 to q", "put 1 off by 0s"}; !slices.Equal(f.calls, want) || !errors.Is(err, errBroken) || r.Failed.Commands != 1 {
		t.Errorf("%q, %+v, %v", f.calls, r, err)
	}
}
