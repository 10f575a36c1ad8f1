package reception_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
)

const signedInfo = `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#m"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue></ds:Reference></ds:SignedInfo>`

// listed are entries as a journal gives them.
type listed []journal.Entry

func (l listed) First(_ context.Context, _ string, _ time.Time, visit func(journal.Entry) error) error {
	for _, e := range l {
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

func TestASeedTellsWhatItCouldNotGive(t *testing.T) {
	t.Parallel()
	now := time.Now()
	whole := journal.Entry{Subject: "message-a", Sequence: 1, Kind: journal.RequestReceived, At: now.Add(-time.Hour), MessageID: "a@x", From: "AP_LT_01", SignedInfo: []byte(signedInfo), Signal: []byte("<receipt/>")}
	with := func(edit func(*journal.Entry)) journal.Entry { e := whole; edit(&e); return e }
	for name, c := range map[string]struct {
		entry journal.Entry
		want  reception.Seeded
	}{
		"a whole entry":                        {whole, reception.Seeded{Given: 1}},
		"one that is older than ids are kept":  {with(func(e *journal.Entry) { e.At = now.Add(-reception.Retention - time.Minute) }), reception.Seeded{Forgotten: 1}},
		"one without a receipt":                {with(func(e *journal.Entry) { e.Signal = nil }), reception.Seeded{Unusable: []string{"message-a"}}},
		"one without digests":                  {with(func(e *journal.Entry) { e.SignedInfo = nil }), reception.Seeded{Unusable: []string{"message-a"}}},
		"one whose digests are something else": {with(func(e *journal.Entry) { e.SignedInfo = []byte("<ds:Signature/>") }), reception.Seeded{Unusable: []string{"message-a"}}},
		"one without an id":                    {with(func(e *journal.Entry) { e.MessageID = "" }), reception.Seeded{Unusable: []string{"message-a"}}},
	} {
		s := openStore(t, t.TempDir())
		told := 0
		got, err := (&reception.Seed{Journal: listed{c.entry}, State: s.State, Now: func() time.Time { return now }, Progress: func(reception.Seeded) { told++ }}).Run(t.Context())
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" || told != 1 {
			t.Errorf("%s: %v, told %d times (-want +got):\n%s", name, err, told, diff)
		}
		_, err = s.State.Load(t.Context(), reception.Kind, "a")
		if known := err == nil; known != (c.want.Given == 1) {
			t.Errorf("%s: the store knows it: %v, %v", name, known, err)
		}
	}
}

func TestASeedEndsWhereTheStoreCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := journal.Entry{Subject: "message-a", At: time.Now(), MessageID: "a@x", SignedInfo: []byte(signedInfo), Signal: []byte("<receipt/>")}
	if _, err := (&reception.Seed{Journal: listed{e}, State: s.State, Now: time.Now}).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := s.State.Load(t.Context(), reception.Kind, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
