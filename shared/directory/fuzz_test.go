package directory_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// FuzzAnswers reads anything as an answer of each kind and line: it ends in items, a failure or a refusal that names rule and place.
func FuzzAnswers(f *testing.F) {
	for i, v := range directory.Versions() {
		for _, b := range bodies(f, v) {
			f.Add(b, byte(i))
		}
	}
	f.Add([]byte("<query:QueryResponse/>"), byte(3))
	f.Fuzz(func(t *testing.T, b []byte, line byte) {
		asked := []directory.Version{directory.Versions()[int(line)%4]}
		check := func(n int, err error) {
			failure, failed := errors.AsType[*directory.Failure](err)
			refusal, refused := errors.AsType[*directory.Refusal](err)
			switch {
			case err == nil && n == 0, err != nil && !failed && !refused:
				t.Errorf("%d items, %v", n, err)
			case failed:
				if _, known := directory.MeaningOf(failure.Code); !known {
					t.Errorf("unknown code: %v", failure)
				}
			case refused && (refusal.Rule == "" || refusal.Place == "" || refusal.Detail == ""):
				t.Errorf("a refusal without rule, place or detail: %+v", refusal)
			}
		}
		r, _, err := directory.ParseRequirements(b, asked)
		check(len(r), err)
		e, _, err := directory.ParseEvidenceTypes(b, asked)
		check(len(e), err)
		d, _, err := directory.ParseDataServices(b, asked)
		check(len(d), err)
		directory.Lists(e, "LV")
		directory.Select(d, directory.Wish{})
		_, _ = directory.ParseCodeList(b)
	})
}

// FuzzSignature gives anything as headers: nothing but what the key signed verifies.
func FuzzSignature(f *testing.F) {
	trust := directory.Trust{}
	f.Add("SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "e30..AAAA", []byte{})
	f.Add("", "..", []byte("x"))
	f.Fuzz(func(t *testing.T, digest, signature string, body []byte) {
		h := http.Header{directory.HeaderDigest: {digest}, directory.HeaderSignature: {signature}}
		_, err := trust.Verify(h, body, today)
		if _, refused := errors.AsType[*directory.Refusal](err); !refused {
			t.Errorf("%q: %v", signature, err)
		}
	})
}
