package cloud_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
)

// A table that was restored to before an exchange knows the messages of it again
// when the operator's command has read the journal, and not before /as4 is closed.
func TestARestoredTableKnowsTheMessagesOfTheJournal(t *testing.T) {
	needEmulator(t)
	r := zipped(t, "restored")
	d := r.Deployed
	walked(t, open(t, r.Host), map[string]demo.Journal{ours: d.Journal}, "before the table was lost", theirs, ours)

	were := forgotten(t, d)
	source := &bucket.Source{Objects: d.Store.Objects}
	args := []string{"restore", "--table", d.Config.Table, "--journal", bucketOf(d, journal.Bucket), "--configuration", bucketOf(d, bucket.Bucket), "--since", time.Now().Add(-time.Hour).Format(time.RFC3339), "--json"}
	if out, said, err := typed(t, args...); err == nil || !strings.Contains(said, "/as4 is open") {
		t.Fatalf("while /as4 is open: %v %s%s", err, out, said)
	}
	document, err := source.Read(t.Context(), "tenant.yaml")
	if err != nil {
		t.Fatal(err)
	}
	replace(t, source, "tenant.yaml", append(document, "\nclosed: restoring the state\n"...))
	out, said, err := typed(t, args...)
	var got reception.Seeded
	if err := errors.Join(err, json.Unmarshal(out, &got)); err != nil {
		t.Fatalf("%v: %s%s", err, out, said)
	}
	if diff := cmp.Diff(reception.Seeded{Given: len(were)}, got); diff != "" || len(were) == 0 {
		t.Errorf("of %d messages:\n%s", len(were), diff)
	}
	for key, was := range were {
		is, err := (&reception.Inbox{State: d.Store.State}).Load(t.Context(), key)
		if err != nil || is.Digests != was.Digests || string(is.Receipt) != string(was.Receipt) {
			t.Errorf("message %s is known as %+v, was %+v; %v", was.Header.MessageID, is, was, err)
		}
	}
}

// forgotten are the messages that the journal has, none of which the table has any more.
func forgotten(t *testing.T, d *cloud.Deployed) map[string]*reception.Message {
	t.Helper()
	inbox, all := &reception.Inbox{State: d.Store.State}, map[string]*reception.Message{}
	err := (&journal.Journal{Objects: d.Store.Objects}).First(t.Context(), reception.Kind+"-", time.Time{}, func(e journal.Entry) error {
		key := strings.TrimPrefix(e.Subject, reception.Kind+"-")
		m, err := inbox.Load(t.Context(), key)
		if err != nil {
			return err
		}
		all[key] = m
		r, err := d.Store.State.Load(t.Context(), reception.Kind, key)
		if err != nil {
			return err
		}
		_, err = d.Store.State.Commit(t.Context(), []store.Change{{Record: store.Record{Kind: reception.Kind, Key: key}, Expect: r.Version, Delete: true}}, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bucketOf(d *cloud.Deployed, name string) string {
	for _, b := range d.Config.Buckets {
		if b.Name == name {
			return b.Bucket
		}
	}
	return ""
}
