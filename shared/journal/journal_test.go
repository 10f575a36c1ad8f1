package journal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

var ctx = context.Background()

func open(t *testing.T) (*journal.Journal, *embedded.Store) {
	t.Helper()
	s, err := embedded.Open(ctx, t.TempDir(), embedded.Config{Now: time.Now, Buckets: []embedded.Bucket{{Name: journal.Bucket, Lock: 24 * time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &journal.Journal{Objects: s.Objects}, s
}

func entry(sequence int, kind journal.Kind) journal.Entry {
	return journal.Entry{
		Subject: "7020f336-a728-4c6b-956d-0fd54e485d74", Sequence: sequence, Kind: kind, At: time.Date(2026, 11, 24, 12, 0, sequence, 123_456_789, time.FixedZone("EET", 7200)),
		MessageID: "m@x", Parts: []journal.Part{{ContentID: "a@x", MimeType: "application/pdf", Size: 5}}, Fields: []journal.Field{{Name: "procedure", Value: "T1"}}, RegRep: []byte("<q/>"), Signal: []byte{0, 255},
	}
}

func TestEntriesAreReadBackInOrder(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	want := []journal.Entry{entry(1, journal.ExplicitRequestGiven), entry(2, journal.RequestSent), entry(3, journal.ReceiptReceived)}
	for _, i := range []int{1, 0, 2} {
		if err := j.Write(ctx, want[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range want {
		want[i].At = want[i].At.UTC().Truncate(time.Millisecond)
	}
	got, err := j.Read(ctx, want[0].Subject)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-written +read):\n%s", err, diff)
	}
}

func TestTheSameEntryAgainIsNothingAndAnotherIsRefused(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	e := entry(1, journal.RequestSent)
	for range 2 {
		if err := j.Write(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	other := e
	other.MessageID = "other@x"
	if err := j.Write(ctx, other); !errors.Is(err, journal.ErrTaken) {
		t.Errorf("another entry under the number: %v", err)
	}
	if got, _ := j.Read(ctx, e.Subject); len(got) != 1 || got[0].MessageID != "m@x" {
		t.Errorf("the journal has %+v", got)
	}
}

func TestOfManyWritersOneGetsTheNumber(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			e := entry(1, journal.RequestSent)
			e.MessageID = string(rune('a' + i))
			errs[i] = j.Write(ctx, e)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, journal.ErrTaken) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d writers got the number", won)
	}
}

func TestAGapIsSeen(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	for _, n := range []int{1, 3} {
		if err := j.Write(ctx, entry(n, journal.RequestSent)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Read(ctx, entry(1, "").Subject); err == nil || !strings.Contains(err.Error(), "entry 2 is missing") {
		t.Errorf("got %v", err)
	}
}

func TestTheLastNumberIsFoundWhateverLiesBefore(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	last := func(after, want int) {
		t.Helper()
		if got, err := j.Last(ctx, entry(1, "").Subject, after); err != nil || got != want {
			t.Errorf("after %d: %d, %v, want %d", after, got, err, want)
		}
	}
	last(0, 0)
	last(7, 7)
	other := entry(9, journal.RequestSent)
	other.Subject += "-return"
	for _, e := range []journal.Entry{entry(1, journal.RequestSent), entry(2, journal.RequestSent), entry(12, journal.RequestSent), other} {
		if err := j.Write(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	last(0, 12)
	last(2, 12)
	last(12, 12)
}

// many is a bucket with the entries 1 to 2500 of one subject, of which it lists keys only.
type many struct{ store.Objects }

func (many) List(_ context.Context, _, prefix, after string, limit int) ([]store.Object, error) {
	var list []store.Object
	for n := 1; n <= 2500 && len(list) < limit; n++ {
		if key := fmt.Sprintf("%s%06d.json", prefix, n); key > after {
			list = append(list, store.Object{Key: key})
		}
	}
	return list, nil
}

func TestTheLastNumberIsFoundBehindMoreEntriesThanOneListHolds(t *testing.T) {
	t.Parallel()
	if n, err := (&journal.Journal{Objects: many{}}).Last(ctx, "x", 3); err != nil || n != 2500 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestWhatIsWrittenCannotBeRemoved(t *testing.T) {
	t.Parallel()
	j, s := open(t)
	e := entry(1, journal.RequestSent)
	if err := j.Write(ctx, e); err != nil {
		t.Fatal(err)
	}
	list, err := s.Objects.List(ctx, journal.Bucket, "", "", 2)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	if err := s.Objects.Delete(ctx, journal.Bucket, list[0].Key); !errors.Is(err, store.ErrLocked) {
		t.Errorf("deleting: %v", err)
	}
}

func TestEntriesThatSayTooLittleOrTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	j, _ := open(t)
	for name, edit := range map[string]func(*journal.Entry){
		"no subject":            func(e *journal.Entry) { e.Subject = "" },
		"no number":             func(e *journal.Entry) { e.Sequence = 0 },
		"no kind":               func(e *journal.Entry) { e.Kind = "" },
		"no time":               func(e *journal.Entry) { e.At = time.Time{} },
		"too large":             func(e *journal.Entry) { e.RegRep = make([]byte, journal.MaxEntryBytes) },
		"a subject that climbs": func(e *journal.Entry) { e.Subject = "../x" },
	} {
		e := entry(1, journal.RequestSent)
		edit(&e)
		if err := j.Write(ctx, e); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
