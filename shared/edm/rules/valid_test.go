package rules

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

func encode(t *testing.T, m edm.Message) []byte {
	t.Helper()
	b, err := edm.Encode(m)
	if err != nil {
		t.Fatalf("encode %s %s: %v", m.Specification(), m.Kind(), err)
	}
	return b
}

func TestAWrittenMessageHasNoFinding(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		for name, m := range edmtest.Messages(v) {
			b := encode(t, m)
			for _, f := range Examine(b, nil, nil) {
				t.Errorf("%s %s: %s %s %s %q", v, name, f.Rule, f.Level, f.Place, f.Value)
			}
		}
	}
}

func TestAMessageAndItsHeaderAndRequestHaveNoFinding(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		request, err := edm.Parse(encode(t, edmtest.Request(v)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []edm.Message{edmtest.Request(v), edmtest.Response(v), edmtest.Failure(v), edmtest.Preview(v)} {
			h, err := ParseHeader(edmtest.Header(m.Kind(), v))
			if err != nil {
				t.Fatal(err)
			}
			against := request
			if m.Kind() == edm.KindRequest {
				against = nil
			}
			for _, f := range Examine(encode(t, m), h, against) {
				t.Errorf("%s %s: %s %s %s %q", v, m.Kind(), f.Rule, f.Level, f.Place, f.Value)
			}
		}
	}
}
