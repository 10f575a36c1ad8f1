package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// rivals run beside each other. Each is given its number; it returns nil if it
// won, and [store.ErrConflict] if another did.
func rivals(t *testing.T, n int, compete func(i int) error) (winners []int) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = compete(i) })
	}
	wg.Wait()
	for i, err := range errs {
		if err == nil {
			winners = append(winners, i)
		} else if !errors.Is(err, store.ErrConflict) {
			t.Error(err)
		}
	}
	return winners
}

func oneMakesAnew(t *testing.T, w World) {
	old := w.put("session", "x", "old", 0)
	old.Expires = w.Now().Add(time.Second)
	w.commit(t, []store.Change{old})
	w.Advance(t, 2*time.Second)
	winners := rivals(t, 8, func(i int) error {
		_, err := w.State.Commit(ctx, []store.Change{w.put("session", "x", strconv.Itoa(i), 0)}, nil)
		return err
	})
	if len(winners) != 1 || w.body("session", "x") != strconv.Itoa(winners[0]) {
		t.Errorf("%v have won, there is %s", winners, w.body("session", "x"))
	}
}

// oneOrders: who orders the same under the id as the winner does not disturb it,
// everybody else is refused with what it wanted to write.
func oneOrders(t *testing.T, w World) {
	winners := rivals(t, 8, func(i int) error {
		c := command("c")
		c.Body = fmt.Append(nil, i%4)
		_, err := w.State.Commit(ctx, []store.Change{w.put("order", strconv.Itoa(i), "1", 0)}, []store.Command{c})
		return err
	})
	if len(winners) == 0 || len(winners) > 2 {
		t.Fatalf("%v have won", winners)
	}
	for _, i := range winners {
		if i%4 != winners[0]%4 {
			t.Errorf("%v have won with different commands", winners)
		}
	}
	for i := range 8 {
		if i%4 != winners[0]%4 {
			w.absent(t, "order", strconv.Itoa(i))
		}
	}
	w.uncleared(t, ever, "c")
}

// transfers moves ones between three accounts; what is there in all never changes.
func transfers(t *testing.T, w World) {
	const accounts, each, workers, times = 3, 100, 4, 6
	var opening []store.Change
	for i := range accounts {
		opening = append(opening, w.put("account", strconv.Itoa(i), strconv.Itoa(each), 0))
	}
	w.commit(t, opening)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for k := range times {
				if err := w.transfer((i+k)%accounts, (i+k+1+k%2)%accounts); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for i := range accounts {
		sum += atoi(t, w.body("account", strconv.Itoa(i)))
	}
	if sum != accounts*each {
		t.Errorf("%d are there, want %d", sum, accounts*each)
	}
}

// transfer moves a one, however often others are faster.
func (w *World) transfer(from, to int) error {
	for {
		a, errA := w.State.Load(ctx, "account", strconv.Itoa(from))
		b, errB := w.State.Load(ctx, "account", strconv.Itoa(to))
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		n, errA := strconv.Atoi(string(a.Body))
		m, errB := strconv.Atoi(string(b.Body))
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		_, err := w.State.Commit(ctx, []store.Change{
			w.put("account", a.Key, strconv.Itoa(n-1), a.Version), w.put("account", b.Key, strconv.Itoa(m+1), b.Version),
		}, nil)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}
