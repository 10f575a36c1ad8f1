package journal_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/journal"
)

func TestTheFirstEntryOfEachSubjectIsVisited(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	var want []string
	for i := range 40 {
		for n := range 2 {
			for _, begins := range []string{"message-", "exchange-"} {
				e := entry(n+1, journal.RequestReceived)
				e.Subject = fmt.Sprintf("%s%02d", begins, i)
				if err := j.Write(ctx, e); err != nil {
					t.Fatal(err)
				}
			}
		}
		want = append(want, fmt.Sprintf("message-%02d", i))
	}
	var got []string
	visit := func(e journal.Entry) error { got = append(got, e.Subject); return nil }
	if err := j.First(ctx, "message-", time.Now().Add(-time.Hour), visit); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = nil
	if err := j.First(ctx, "message-", time.Now().Add(time.Hour), visit); err != nil || got != nil {
		t.Errorf("of an hour that is to come: %v, %v", got, err)
	}
	enough := errors.New("enough")
	if err := j.First(ctx, "message-", time.Time{}, func(journal.Entry) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("what visit says is lost: %v", err)
	}
}
