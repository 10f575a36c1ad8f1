package registry

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatIsLeftOutOfAnAnswerChangesNothingOfItsShape(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", longText)
	for body, want := range map[string]string{
		`{"a":"b","c":1}`:                            `{"a":"b","c":1}`,
		`{"content":"` + long + `","title":"t"}`:     `{"content":"","title":"t"}`,
		`{"content":"` + long + `\"","title":"t"}`:   `{"content":"","title":"t"}`,
		`{"content":"` + long + `\\\\","title":"t"}`: `{"content":"","title":"t"}`,
		`{"content":"` + long:                        `{"content":"` + long,
		`{"content":"x\`:                             `{"content":"x\`,
		`"`:                                          `"`,
		``:                                           ``,
	} {
		if got := string(shortened([]byte(body))); got != want {
			t.Errorf("%.60q became %.60q", body, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(rapid.String().Draw(t, "text"), rapid.SampledFrom([]int{0, 1, longText}).Draw(t, "times"))
		})).Draw(t, "texts")
		body, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "broken") {
			body = body[:rapid.IntRange(0, len(body)).Draw(t, "at")]
		}
		if short := shortened(body); json.Valid(short) != json.Valid(body) || json.Valid(body) && bytes.Count(short, []byte(",")) > bytes.Count(body, []byte(",")) {
			t.Fatalf("%.200q became %.200q", body, short)
		}
	})
}

func TestALongTextIsRefusedAsOne(t *testing.T) {
	t.Parallel()
	for _, length := range []int{longText - 1, longText, 10 * longText} {
		title := strings.Repeat("x", length)
		body := fmt.Sprintf(`{"documents":[{"identifier":"5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b11","title":%q,"mediaType":"application/pdf","issuingDate":"2015-06-30","content":"JVBERi0xLjcK"}],"issuingAuthority":{"identifier":"A","name":{"EN":"A"}}}`, title)
		if _, err := ParseEvidence([]byte(body), nil, now); err == nil || !strings.Contains(err.Error(), "documents[0].title") {
			t.Errorf("a title of %d octets: %v", length, err)
		}
	}
}

// A document of 25 MB costs what it is, and its base64: nothing is copied to judge it.
func TestALargeAnswerIsJudgedInLittleMemory(t *testing.T) {
	content := append([]byte("%PDF-1.7\n"), make([]byte, MaxDocumentBytes-9)...)
	body := fmt.Appendf(nil, `{"documents":[{"identifier":"5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b11","title":"t","mediaType":"application/pdf","issuingDate":"2015-06-30","content":%q}],"issuingAuthority":{"identifier":"A","name":{"EN":"A"}}}`,
		base64.StdEncoding.EncodeToString(content))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e, err := ParseEvidence(body, nil, now)
	runtime.ReadMemStats(&after)
	if err != nil || !bytes.Equal(e.Documents[0].Content, content) {
		t.Fatal(err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > MaxDocumentBytes+1<<20 {
		t.Errorf("%d octets were allocated for %d", took, len(content))
	}
}
