package xmlsafe

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse: what we accept encoding/xml tokenises too, to the same text; a
// refusal is an *Error; and reading in pieces changes neither.
func FuzzParse(f *testing.F) {
	for _, tc := range readings {
		f.Add([]byte(tc.doc), uint64(0))
	}
	for _, tc := range refusals {
		f.Add([]byte(tc.doc), uint64(1))
	}
	f.Fuzz(func(t *testing.T, doc []byte, seed uint64) {
		l := Limits{Comments: true, Value: 1 << 10}
		whole, wholeErr := tokens(newBytesScanner(doc, l))
		inPieces, piecesErr := tokens(NewScanner(randomReads(bytes.NewReader(doc), seed), l))
		if diff := cmp.Diff(whole, inPieces); diff != "" {
			t.Fatalf("tokens (-whole +in pieces):\n%s", diff)
		}
		if !sameRefusal(wholeErr, piecesErr) {
			t.Fatalf("whole: %v, in pieces: %v", wholeErr, piecesErr)
		}
		tree, err := ParseBytes(doc, l)
		var refusal *Error
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("error %v", err)
		}
		if err != nil {
			return
		}
		if tree.Root() == nil {
			t.Fatal("no root")
		}
		compareText(t, doc)
	})
}

// sameRefusal lets two readings differ in what they meet first of several
// faults when one of them is a limit: a piece ends before the next fault is seen.
func sameRefusal(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Error() == b.Error() || isLimit(a) || isLimit(b)
}

func isLimit(err error) bool {
	var refusal *Error
	return errors.As(err, &refusal) && strings.HasPrefix(refusal.Rule, "xml.limit.")
}

func compareText(t *testing.T, doc []byte) {
	t.Helper()
	var want []byte
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth := 0
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil && strings.Contains(err.Error(), "invalid XML name") {
			return // it knows the names of the fourth edition only
		}
		if err != nil {
			t.Fatalf("encoding/xml: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth > 0 {
				want = append(want, token...)
			}
		}
	}
	var got []byte
	s := newBytesScanner(doc, Limits{Comments: true})
	for {
		k, err := s.Next()
		if err != nil {
			break
		}
		if k == Text {
			got = append(got, s.Bytes()...)
		}
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("text %q, encoding/xml %q", got, want)
	}
}
