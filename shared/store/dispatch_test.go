package store_test

import (
	"context"
	"errors"
	"slices"
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

func (f *tape) Send(_ context.Context, queue string, body []byte, _ time.Duration) error {
	return f.note("send " + string(body) + " to " + queue)
}

func (f *tape) Clear(_ context.Context, ids ...string) error {
	call := "clear"
	for _, id := range ids {
		call += " " + id
	}
	return f.note(call)
}

func (f *tape) Uncleared(context.Context, time.Time, int) ([]store.Command, error) {
	return f.left, f.note("look")
}

var (
	errBroken = errors.New("broken on purpose")
	two       = []store.Command{{ID: "1", Queue: "q", Body: []byte("a")}, {ID: "2", Queue: "q", Body: []byte("b")}}
)

func TestACommandIsClearedOnlyAfterItWasSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail string
		want []string
	}{
		"all goes well":         {"", []string{"send a to q", "send b to q", "clear 1 2"}},
		"the first is not sent": {"send a to q", []string{"send a to q", "send b to q", "clear 2"}},
		"the last is not sent":  {"send b to q", []string{"send a to q", "send b to q", "clear 1"}},
		"clearing fails":        {"clear 1 2", []string{"send a to q", "send b to q", "clear 1 2"}},
	} {
		f := &tape{fail: map[string]error{c.fail: errBroken}}
		err := store.Dispatch(context.Background(), f, f, time.Time{}, two)
		if !slices.Equal(f.calls, c.want) || errors.Is(err, errBroken) != (c.fail != "") {
			t.Errorf("%s: %q, %v", name, f.calls, err)
		}
	}
}

func TestNothingIsClearedWhenNothingWasSent(t *testing.T) {
	t.Parallel()
	f := &tape{fail: map[string]error{"send a to q": errBroken}}
	if err := store.Dispatch(context.Background(), f, f, time.Time{}, two[:1]); !errors.Is(err, errBroken) || len(f.calls) != 1 {
		t.Errorf("%q, %v", f.calls, err)
	}
	if err := store.Dispatch(context.Background(), &tape{}, &tape{}, time.Time{}, nil); err != nil {
		t.Error(err)
	}
}

func TestAResendThatCannotLookSendsNothing(t *testing.T) {
	t.Parallel()
	f := &tape{left: two, fail: map[string]error{"look": errBroken}}
	if n, err := store.Resend(context.Background(), f, f, time.Time{}, time.Time{}, 10); n != 0 || !errors.Is(err, errBroken) || len(f.calls) != 1 {
		t.Errorf("%d, %q, %v", n, f.calls, err)
	}
}
