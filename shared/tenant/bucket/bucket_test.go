package bucket_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
)

// objects are those of one bucket.
type objects map[string]string

func (o objects) Open(_ context.Context, name, key string, _ store.Range) (io.ReadCloser, store.Object, error) {
	text, ok := o[key]
	if name != bucket.Bucket || !ok {
		return nil, store.Object{}, store.ErrNotFound
	}
	return io.NopCloser(strings.NewReader(text)), store.Object{}, nil
}

func (o objects) Replace(_ context.Context, name, key string, was, octets []byte) error {
	if text, there := o[key]; name != bucket.Bucket || there != (was != nil) || text != string(was) {
		return store.ErrConflict
	}
	o[key] = string(octets)
	return nil
}

func TestAnObjectOfTheConfigurationIsReadWithinItsLimit(t *testing.T) {
	t.Parallel()
	s := &bucket.Source{Objects: objects{"tenant.yaml": "name: lv", "large": strings.Repeat("x", tenant.MaxBytes+1)}}
	if octets, err := s.Read(t.Context(), "tenant.yaml"); err != nil || string(octets) != "name: lv" {
		t.Errorf("%q, %v", octets, err)
	}
	for name, says := range map[string]string{"none": "read none: not found", "large": "large has more than 4194304 octets"} {
		if _, err := s.Read(t.Context(), name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPrivateKeyDoesNotLieInABucket(t *testing.T) {
	t.Parallel()
	s := &bucket.Source{Objects: objects{"as4-key.pem": "-----BEGIN PRIVATE KEY-----"}}
	for _, name := range []string{"as4-key.pem", "", "kms:1", "file:as4-key.pem"} {
		if _, err := s.Key(t.Context(), name); err == nil || !strings.Contains(err.Error(), "write kms-sign:ID, kms-decrypt:ID, secret:ID or parameter:NAME") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAnObjectIsReplacedByWhoHasReadIt(t *testing.T) {
	t.Parallel()
	s := &bucket.Source{Objects: objects{"partners.json": "old"}}
	if err := s.Replace(t.Context(), "partners.json", []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if octets, err := s.Read(t.Context(), "partners.json"); err != nil || string(octets) != "new" {
		t.Errorf("%q, %v", octets, err)
	}
	if err := s.Replace(t.Context(), "partners.json", []byte("old"), []byte("newer")); !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "write partners.json") {
		t.Errorf("%v", err)
	}
}
