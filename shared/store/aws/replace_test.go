package aws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

func plain(t *testing.T) *aws.Objects {
	t.Helper()
	emulated(t)
	return open(t, tenant(t, nil, []string{storetest.PlainBucket}, []string{storetest.LockedBucket})).Objects
}

func read(ctx context.Context, o *aws.Objects, key string) (string, error) {
	r, _, err := o.Open(ctx, storetest.PlainBucket, key, store.Range{})
	if err != nil {
		return "", err
	}
	defer r.Close()
	octets, err := io.ReadAll(r)
	return string(octets), err
}

func TestOnlyWhatWasReadIsReplaced(t *testing.T) {
	o := plain(t)
	for _, step := range []struct {
		what     string
		was, now []byte
		want     error
		then     string
	}{
		{"what is not there, as if it were", []byte("old"), []byte("new"), store.ErrConflict, ""},
		{"none by the first", nil, []byte("1"), nil, "1"},
		{"none, when there is one", nil, []byte("2"), store.ErrConflict, "1"},
		{"none by the same: its answer was lost", nil, []byte("1"), nil, "1"},
		{"what was read", []byte("1"), []byte("2"), nil, "2"},
		{"what somebody else has replaced", []byte("1"), []byte("3"), store.ErrConflict, "2"},
		{"what begins alike", []byte("2 "), []byte("3"), store.ErrConflict, "2"},
		{"by nothing", []byte("2"), []byte{}, nil, ""},
		{"nothing", []byte{}, []byte("4"), nil, "4"},
	} {
		if err := o.Replace(t.Context(), storetest.PlainBucket, "partners.json", step.was, step.now); !errors.Is(err, step.want) || (err == nil) != (step.want == nil) {
			t.Errorf("%s: %v", step.what, err)
		}
		if step.want == nil || step.then != "" {
			if got, err := read(t.Context(), o, "partners.json"); err != nil || got != step.then {
				t.Errorf("%s: %q is there, %v", step.what, got, err)
			}
		}
	}
	if err := o.Replace(t.Context(), storetest.LockedBucket, "entry", nil, []byte("x")); !errors.Is(err, store.ErrLocked) {
		t.Errorf("in a locked bucket: %v", err)
	}
}

// Operators who write at the same time, each of whom reads anew when it came too late,
// lose no change of each other.
func TestNoChangeIsLostToAnotherWriter(t *testing.T) {
	o := plain(t)
	const writers, changes = 4, 5
	if err := o.Replace(t.Context(), storetest.PlainBucket, "counter", nil, []byte("0")); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n, tries := 0, 0; n < changes; tries++ {
				was, err := read(t.Context(), o, "counter")
				count, _, _ := strings.Cut(was, " ")
				i, _ := strconv.Atoi(count)
				if err == nil {
					err = o.Replace(t.Context(), storetest.PlainBucket, "counter", []byte(was), fmt.Appendf(nil, "%d by %d.%d", i+1, w, n))
				}
				switch {
				case err == nil:
					n++
				case tries == 1000 || !errors.Is(err, store.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if got, err := read(t.Context(), o, "counter"); err != nil || !strings.HasPrefix(got, fmt.Sprint(writers*changes, " ")) {
		t.Errorf("after %d changes it is %q, %v", writers*changes, got, err)
	}
}
