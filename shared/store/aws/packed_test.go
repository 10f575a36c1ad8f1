package aws

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/store"
)

func TestABodyIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := bytes.Repeat(rapid.SliceOf(rapid.Byte()).Draw(t, "piece"), rapid.IntRange(0, 50).Draw(t, "times"))
		item := map[string]types.AttributeValue{}
		putBody(item, body)
		if got, err := bodyOf(item); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%d octets became %d, %v", len(body), len(got), err)
		}
	})
}

func TestOnlyWhatGetsShorterIsPacked(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4000)
	_, _ = rand.Read(noise)
	for name, c := range map[string]struct {
		body   []byte
		packed bool
	}{
		"a record of JSON":         {[]byte(strings.Repeat(`{"state":"request1-sent"},`, 200)), true},
		"one that fits a kilobyte": {[]byte(strings.Repeat("a", worthPacking-1)), false},
		"noise":                    {noise, false},
		"the longest":              {make([]byte, store.MaxBody), true},
	} {
		item := map[string]types.AttributeValue{}
		putBody(item, c.body)
		if got := item[bodyForm] != nil; got != c.packed {
			t.Errorf("%s: packed is %v", name, got)
		}
		if got, err := bodyOf(item); err != nil || !bytes.Equal(got, c.body) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABodyThatCannotBeReadIsSaidToBe(t *testing.T) {
	t.Parallel()
	bomb := packer().EncodeAll(make([]byte, 2*store.MaxBody), nil)
	for name, c := range map[string]struct {
		item map[string]types.AttributeValue
		want string
	}{
		"a form of a later release": {map[string]types.AttributeValue{recordBody: blob(nil), bodyForm: text("brotli")}, "later"},
		"octets of something else":  {map[string]types.AttributeValue{recordBody: blob([]byte("{}")), bodyForm: text(packed)}, "unpack"},
		"more than a record has":    {map[string]types.AttributeValue{recordBody: blob(bomb), bodyForm: text(packed)}, "unpack"},
	} {
		if _, err := bodyOf(c.item); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
