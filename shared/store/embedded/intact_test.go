package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// What was deleted under a store that is open is told, and not taken for an object
// that was deleted or for an empty bucket; and it is not made anew.
func TestAFolderThatWasDeletedIsNoEmptyBucket(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]string{"the bucket": "objects/plain", "all objects": "objects"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s, err := embedded.Open(t.Context(), dir, bucket(time.Now, embedded.Bucket{Name: "plain"}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			put := func() error {
				_, err := s.Objects.Put(t.Context(), "plain", "a/b", strings.NewReader("x"), store.PutOptions{})
				return err
			}
			if err := errors.Join(put(), s.Intact()); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(gone))); err != nil {
				t.Fatal(err)
			}
			_, listed := s.Objects.List(t.Context(), "plain", "", "", 1)
			_, looked := s.Objects.Stat(t.Context(), "plain", "a/b")
			_, _, opened := s.Objects.Open(t.Context(), "plain", "a/b", store.Range{})
			for what, err := range map[string]error{"put": put(), "list": listed, "stat": looked, "open": opened, "delete": s.Objects.Delete(t.Context(), "plain", "a/b"), "intact": s.Intact()} {
				if err == nil || errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "put back what is missing from a backup") {
					t.Errorf("%s: %v", what, err)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "objects", "plain")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("it was made anew: %v", err)
			}
		})
	}
}
