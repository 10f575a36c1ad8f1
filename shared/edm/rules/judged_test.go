package rules

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// testdata returns the folder of foreign messages, and skips loudly without it.
func testdata(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: set VIENREIZ_TESTDATA to the folder of foreign messages; without it no foreign message is judged")
	}
	return dir
}

// judged are the findings that published messages must give, checked by hand, by the end of the path. What is not listed must have none.
var judged = map[string]struct {
	why   string
	rules []string
}{
	// AgID, Italian samples of TDD 1.0 and 1.1. Their national steps ("GeneratePreviewURL", "EvidenceRequestDS") write bare ids and own codes.
	"TDD_100/esempi/EvidenceRequestDS-example-INPUT_request1.xml": {
		"a slot of a draft, the classification IntermediaryPlatform, and a > in front of two URLs",
		[]string{"R-EDM-REQ-S019", "R-EDM-REQ-C014", "R-EDM-REQ-C027", "R-EDM-REQ-C034"},
	},
	"TDD_100/esempi/GeneratePreviewURL-example-INPUT.xml": {
		"an id without urn:uuid:, a slot of a draft, languages in lower case (one name, two titles), a classification and a country in words",
		[]string{"R-EDM-REQ-S004", "R-EDM-REQ-S019", "R-EDM-REQ-C009", "R-EDM-REQ-C014", "R-EDM-REQ-C015", "R-EDM-REQ-C028", "R-EDM-REQ-C028"},
	},
	"TDD_100/esempi/EvidenceResponseDS-example-INPUT_preview.xml": {
		"a requestId without urn:uuid:, schemes without their prefix, severity FAILURE, no code",
		[]string{"R-EDM-ERR-S004", "R-EDM-ERR-C004", "R-EDM-ERR-C010", "R-EDM-ERR-C014", "R-EDM-ERR-C026"},
	},
	"TDD_110/Esempi/EvidenceResponseDS-example-INPUT_preview.xml": {
		"a requestId without urn:uuid:, schemes without their prefix, severity FAILURE",
		[]string{"R-EDM-ERR-S004", "R-EDM-ERR-C004", "R-EDM-ERR-C010", "R-EDM-ERR-C014"},
	},
	"TDD_100/esempi/EvidenceResponseDS-example-INPUT_evidence.xml": {"the prefix xmime is not declared", []string{"xml.namespace.undeclared"}},
	"TDD_100/esempi/oots_responseOK_request2_con_evidence.xml":     {"the prefix xmime is not declared", []string{"xml.namespace.undeclared"}},
	"TDD_110/Esempi/EvidenceResponseDS-example-INPUT_evidence.xml": {"the prefix xmime is not declared", []string{"xml.namespace.undeclared"}},
	"TDD_110/Esempi/oots_responseOK_request2_con_evidence.xml":     {"the prefix xmime is not declared", []string{"xml.namespace.undeclared"}},
	"TDD_100/esempi/oots_responseOK_request2_senza_evidence.xml":   {"status Waiting", []string{"R-EDM-RESP-S006"}},
	"TDD_100/esempi/oots_responseOK_senza_evidence.xml":            {"status Waiting", []string{"R-EDM-RESP-S006"}},
	"TDD_110/Esempi/oots_responseOK_request2_senza_evidence.xml":   {"status Waiting", []string{"R-EDM-RESP-S006"}},
	"TDD_110/Esempi/oots_responseOK_senza_evidence.xml":            {"status Waiting", []string{"R-EDM-RESP-S006"}},
	"TDD_100/esempi/oots_responseKO_request2.xml":                  {"an exception without any slot around it", []string{"R-EDM-ERR-S009", "R-EDM-ERR-S010", "R-EDM-ERR-S011", "R-EDM-ERR-S012", "R-EDM-ERR-S013"}},
	"TDD_100/esempi/oots_responseOK_con_evidence.xml":              {"evidence inline, no requestId, bare ids and schemes, the provider outside rim:Element", agidEvidence},
	"TDD_110/Esempi/oots_responseOK_con_evidence.xml":              {"evidence inline, no requestId, bare ids and schemes, the provider outside rim:Element", agidEvidence},
	"TDD_110/Esempi/GeneratePreviewURL-example-INPUT.xml":          {"scheme Tax instead of TAX", []string{"R-EDM-REQ-C089"}},
	"TDD_110/Esempi/oots_request.xml":                              {"scheme Tax instead of TAX", []string{"R-EDM-REQ-C089"}},
	"TDD_110/Esempi/oots_request1.xml":                             {"scheme Tax instead of TAX", []string{"R-EDM-REQ-C089"}},
	"TDD_110/Esempi/oots_request2_after_preview.xml":               {"scheme Tax instead of TAX", []string{"R-EDM-REQ-C089"}},
	"TDD_110/Esempi/oots_request2_after_preview2.xml":              {"scheme Tax instead of TAX", []string{"R-EDM-REQ-C089"}},
	"TDD_110/Esempi/EvidenceRequestDS-example-INPUT_request1.xml":  {"a slot of a draft, scheme Tax, and a > in front of two URLs", []string{"R-EDM-REQ-S019", "R-EDM-REQ-C089", "R-EDM-REQ-C027", "R-EDM-REQ-C034"}},
	"messages/examples/TC09_Response_2.xml":                        {"a PreviewLocation left in a timeout, with the severity Error", []string{"R-EDM-ERR-C022"}},
	"3.2 Step 2 Error Response - Education - full example.xml":     {"a U+007F behind the severity, copied from the code list", []string{"R-EDM-ERR-C014"}},
	"TDD_100/esempi/oots_responseKO_con_previewLink.xml":           {"a U+007F behind the severity", []string{"R-EDM-ERR-C014"}},
	"TDD_110/Esempi/oots_responseKO_con_previewLink.xml":           {"a U+007F behind the severity", []string{"R-EDM-ERR-C014"}},
	"messages/exchange/snippets/QueryRequest.xml":                  {"an empty template", emptyRequest},
	"messages/exchange/snippets/QueryResponse.xml":                 {"a namespace is declared twice", []string{"xml.attribute.duplicate"}},
	"own-examples/edm-preview-timeout.v2.0.xml":                    {"an extract: its agents are left out", []string{"R-EDM-ERR-S011", "R-EDM-ERR-S012"}},
	"own-examples/edm-second-request-slots.v2.0.xml":               {"an extract: only the slots that differ", secondRequestExtract},
}

var (
	agidEvidence = []string{
		"R-EDM-RESP-S003", "R-EDM-RESP-S033", "R-EDM-RESP-S037", "R-EDM-RESP-C013", "R-EDM-RESP-C046", "R-EDM-RESP-C017", "R-EDM-RESP-C039",
	}
	emptyRequest = []string{
		"R-EDM-REQ-S005", "R-EDM-REQ-S006", "R-EDM-REQ-S007", "R-EDM-REQ-S009", "R-EDM-REQ-S010", "R-EDM-REQ-S011", "R-EDM-REQ-S012", "R-EDM-REQ-S013",
		"R-EDM-REQ-S015", "R-EDM-REQ-S016",
	}
	secondRequestExtract = []string{
		"R-EDM-REQ-S006", "R-EDM-REQ-S007", "R-EDM-REQ-S010", "R-EDM-REQ-S011", "R-EDM-REQ-S012", "R-EDM-REQ-S013", "R-EDM-REQ-S015", "R-EDM-REQ-S016",
	}
)

func expected(path string) []string {
	for suffix, j := range judged {
		if strings.HasSuffix(path, suffix) {
			return j.rules
		}
	}
	return nil
}

// isExchange tells messages of the exchange from answers of the Common Services, which are RegRep too.
func isExchange(path string, b []byte) bool {
	if !bytes.Contains(b, []byte("QueryRequest")) && !bytes.Contains(b, []byte("QueryResponse")) {
		return false
	}
	for _, other := range []string{"/EB/", "/DSD/", "/LCM/", "common_services/", "DSD_", "retrieve", "evidenceTypeList", "/soap/", "/incoming/", ".entete.", "eader", "own-examples/dsd", "own-examples/eb", "own-examples/lcm"} {
		if strings.Contains(path, other) {
			return false
		}
	}
	return true
}

func TestEveryForeignMessageGivesTheFindingsThatAHandCheckedListSays(t *testing.T) {
	t.Parallel()
	root := testdata(t)
	messages := 0
	for _, folder := range []string{"edm", "common-services"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".xml" {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil || !isExchange(filepath.ToSlash(path), b) {
				return err
			}
			messages++
			want := slices.Sorted(slices.Values(expected(filepath.ToSlash(path))))
			got := slices.Sorted(slices.Values(idsOf(Examine(b, nil, nil))))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", path, diff)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if messages == 0 {
		t.Error("no message was found")
	}
	t.Logf("%d messages judged", messages)
}

func TestEveryForeignMessageThatIsXMLCanBeReadOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	root := testdata(t)
	err := filepath.WalkDir(filepath.Join(root, "edm"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".xml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || !isExchange(filepath.ToSlash(path), b) {
			return err
		}
		r, err := regrep.Parse(b, regrep.Limits())
		if err != nil {
			return nil // the list above has the reason
		}
		m, err := edm.NewDocument(r).Decode()
		if err != nil {
			if !strings.Contains(err.Error(), "/query:Query") {
				t.Errorf("%s: the refusal does not name the element: %v", path, err)
			}
			return nil
		}
		if edm.Summary(m) == "" {
			t.Errorf("%s: no summary", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
