package embedded_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// Who died between commit and send is not waited for: only this process sends.
func TestWhatWasNeverSentIsOverdueWhenTheStoreIsOpenedAgain(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	s := open(t, dir, config(c.now))
	list := []store.Command{
		{ID: "sent", Queue: storetest.WorkQueue, Body: []byte("1")}, {ID: "unsent", Queue: storetest.WorkQueue, Body: []byte("2")},
		{ID: "later", Queue: storetest.WorkQueue, Body: []byte("3"), NotBefore: c.now().Add(time.Minute)},
	}
	if _, err := s.State.Commit(ctx, nil, list); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Dispatch(ctx, s.State, s.Queues, c.now(), list[:1]), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, config(c.now))
	for after, want := range map[time.Duration][]string{0: {"unsent"}, time.Minute: {"unsent", "later"}, store.Patience: {"unsent", "later", "sent"}} {
		list, err := s.State.Uncleared(ctx, c.now().Add(after), 10)
		var got []string
		for _, c := range list {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("overdue after %s, %v: %s", after, err, diff)
		}
	}
}
