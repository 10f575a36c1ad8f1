package folder_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant/folder"
)

func TestAFileIsReplacedByWhoHasReadItAndNothingIsLeftBeside(t *testing.T) {
	t.Parallel()
	s, dir := open(t, map[string]string{"partners.json": "old"})
	for _, step := range []struct {
		what, name string
		was, now   []byte
		want       error
	}{
		{"what was read", "partners.json", []byte("old"), []byte("new"), nil},
		{"what somebody else has replaced", "partners.json", []byte("old"), []byte("newer"), store.ErrConflict},
		{"none, when there is one", "partners.json", nil, []byte("newer"), store.ErrConflict},
		{"what is not there", "other.json", []byte("old"), []byte("new"), store.ErrConflict},
		{"none", "other.json", nil, []byte("new"), nil},
	} {
		if err := s.Replace(t.Context(), step.name, step.was, step.now); !errors.Is(err, step.want) || (err == nil) != (step.want == nil) {
			t.Errorf("%s: %v", step.what, err)
		}
	}
	for _, name := range []string{"partners.json", "other.json"} {
		if got, err := s.Read(t.Context(), name); err != nil || string(got) != "new" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
	if err := s.Replace(t.Context(), "../partners.json", nil, []byte("x")); err == nil {
		t.Error("written outside of the folder")
	}
}

func TestWhoWritesAtTheSameTimeLosesNoChangeOfTheOther(t *testing.T) {
	t.Parallel()
	s, dir := open(t, map[string]string{"counter": "0"})
	const writers, changes = 4, 10
	var group sync.WaitGroup
	for range writers {
		other, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = other.Close() })
		group.Go(func() {
			for n := 0; n < changes; {
				was, err := other.Read(context.Background(), "counter")
				count, _ := strconv.Atoi(string(was))
				if err == nil {
					err = other.Replace(context.Background(), "counter", was, fmt.Append(nil, count+1))
				}
				if err == nil {
					n++
				} else if !errors.Is(err, store.ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if got, err := s.Read(t.Context(), "counter"); err != nil || string(got) != fmt.Sprint(writers*changes) {
		t.Errorf("after %d changes it is %q, %v", writers*changes, got, err)
	}
}

func TestAWriterThatWasKilledIsNamedWithTheWayOut(t *testing.T) {
	t.Parallel()
	s, dir := open(t, map[string]string{"partners.json": "old", "partners.json.new": "ne"})
	if err := s.Replace(t.Context(), "partners.json", []byte("old"), []byte("new")); err == nil || !strings.Contains(err.Error(), "partners.json.new is there") || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("%v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := s.Replace(ended, "partners.json", []byte("old"), []byte("new")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if octets, err := os.ReadFile(filepath.Join(dir, "partners.json")); err != nil || string(octets) != "old" {
		t.Errorf("%q, %v", octets, err)
	}
}
