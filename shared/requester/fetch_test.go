package requester

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// delivered is an order of portal p with one small document and one that is large.
func (f *fixture) delivered(t *testing.T) string {
	t.Helper()
	id := f.create(t, "", order()).ID
	_, err := f.Keeper.Note(t.Context(), conduct.Key(exchange.Requester, id), func(r *conduct.Record) bool {
		r.State = exchange.Delivered
		for key, size := range map[string]int64{"small": conduct.LinkAbove, "large": conduct.LinkAbove + 1} {
			if err := f.Keeper.PutAt(t.Context(), key, []byte("octets")); err != nil {
				t.Fatal(err)
			}
			d := conduct.Document{Key: key, Identifier: key, CID: key + "@x", MediaType: "application/pdf", Size: size, SHA256: strings.Repeat("0", 64)}
			if key == "small" {
				r.Documents = append([]conduct.Document{d}, r.Documents...)
				continue
			}
			r.Documents = append(r.Documents, d)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// linking is a store that makes links, and notes what it is asked for.
type linking struct {
	store.Objects
	asked []store.Shown
}

func (l *linking) Link(_ context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error) {
	l.asked = append(l.asked, as)
	return "https://" + bucket + ".example/" + key + "?" + valid.String(), nil
}

// fetches are the entries that say that a document left.
func (f *fixture) fetches(t *testing.T, id string) []journal.Entry {
	t.Helper()
	all, err := f.Journal.(*journal.Journal).Read(t.Context(), conduct.Key(exchange.Requester, id))
	if err != nil {
		t.Fatal(err)
	}
	var list []journal.Entry
	for _, e := range all {
		if e.Kind == journal.EvidenceFetched {
			list = append(list, e)
		}
	}
	return list
}

func TestASmallDocumentIsGivenAndALargeOneLinkedWhereTheStoreCan(t *testing.T) {
	t.Parallel()
	for links, want := range map[bool][]string{false: {"octets", "octets"}, true: {"octets", "https://evidence.example/large?1m0s"}} {
		f := open(t)
		id := f.delivered(t)
		l := &linking{Objects: f.store.Objects}
		if links {
			f.Keeper.Objects = l
		}
		var got []string
		for number := range 2 {
			o, err := f.Open(t.Context(), "p", id, number+1)
			if err != nil {
				t.Fatal(err)
			}
			if o.Link != "" {
				got = append(got, o.Link)
				continue
			}
			octets, err := io.ReadAll(o.Body)
			if err := errors.Join(err, o.Body.Close()); err != nil {
				t.Fatal(err)
			}
			got = append(got, string(octets))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("links %v: %s", links, diff)
		}
		if want := []store.Shown{{MediaType: "application/pdf", Disposition: `attachment; filename="evidence-2.pdf"`}}; links && !cmp.Equal(want, l.asked) {
			t.Errorf("linked as %+v", l.asked)
		}
	}
}

func TestThatADocumentLeavesIsJournalledOnceAndBefore(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.delivered(t)
	l := &linking{Objects: f.store.Objects}
	f.Keeper.Objects = l
	down := errors.New("the journal is down")
	log := f.Keeper.Journal
	f.Keeper.Journal = dumb{down}
	if o, err := f.Open(t.Context(), "p", id, 2); !errors.Is(err, down) || o != nil || len(l.asked) > 0 {
		t.Fatalf("%+v, %v, %d links without an entry", o, err, len(l.asked))
	}
	f.Keeper.Journal = log
	for range 3 {
		if _, err := f.Open(t.Context(), "p", id, 2); err != nil {
			t.Fatal(err)
		}
	}
	list := f.fetches(t, id)
	if len(list) != 1 {
		t.Fatalf("%d entries", len(list))
	}
	want := []journal.Part{{ContentID: "large@x", MimeType: "application/pdf", Evidence: "large", Size: conduct.LinkAbove + 1}}
	if diff := cmp.Diff(want, list[0].Parts); diff != "" || list[0].Fields[0] != (journal.Field{Name: "portal", Value: "p"}) {
		t.Error(diff, list[0].Fields)
	}
	if _, err := f.Open(t.Context(), "p", id, 1); err != nil || len(f.fetches(t, id)) != 2 {
		t.Errorf("%v, %d entries for two documents", err, len(f.fetches(t, id)))
	}
}

// dumb is a journal that takes nothing.
type dumb struct{ err error }

func (b dumb) Write(context.Context, journal.Entry) error     { return b.err }
func (b dumb) Last(context.Context, string, int) (int, error) { return 0, b.err }

// Rule 12: what portal p waits for does not exist for portal q, linked or not.
func TestRule12AnotherPortalGetsNoLink(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.delivered(t)
	l := &linking{Objects: f.store.Objects}
	f.Keeper.Objects = l
	for number := range 2 {
		if _, err := f.Open(t.Context(), "q", id, number+1); refusalOf(t, err).Kind != Unknown {
			t.Error(err)
		}
	}
	if len(l.asked) > 0 || len(f.fetches(t, id)) > 0 {
		t.Errorf("%d links, %d entries", len(l.asked), len(f.fetches(t, id)))
	}
}

func TestWhatWasConfirmedMeanwhileIsNotGiven(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.delivered(t)
	l := &linking{Objects: f.store.Objects}
	f.Keeper.Objects = l
	f.before = func() {
		if _, err := f.Confirm(t.Context(), "p", id); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.Open(t.Context(), "p", id, 2); refusalOf(t, err).Kind != WrongTime || len(l.asked) > 0 {
		t.Errorf("%v, %d links", err, len(l.asked))
	}
}
