package directory_test

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestARefusalSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"signature.chain":  "acceptance and production differ",
		"signature.iat":    "clock",
		"signature.value":  "do not act on the answer",
		"http.tls":         "roots of TLS",
		"http.redirect":    "base URL",
		"outward.address":  "static override",
		"discovery.none":   "country",
		"codelist.host":    "cannot be put to the user",
		"answer.question":  "cache",
		"R-EB-RESP-S001":   "manual upload",
		"xml.limit.depth":  "manual upload",
		"a.rule.not.known": "tell the service's operator",
	} {
		r := &directory.Refusal{Rule: rule, Place: "here", Detail: "wrong"}
		if !strings.Contains(r.Do(), want) || !strings.HasSuffix(r.Error(), "here: wrong ("+rule+"); "+r.Do()) {
			t.Errorf("%s: %v", rule, r)
		}
	}
}
