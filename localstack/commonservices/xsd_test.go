package commonservices_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// driver imports the schemas of 1.0.0 in an order in which libxml2 finds every name.
const driver = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>
<xs:import namespace="http://www.w3.org/1999/xlink" schemaLocation="xlink.xsd"/>
<xs:import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="ws-addr.xsd"/>
<xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0" schemaLocation="rim.xsd"/>
<xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0" schemaLocation="rs.xsd"/>
<xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0" schemaLocation="query.xsd"/>
<xs:import namespace="http://data.europa.eu/p4s" schemaLocation="sdg.xsd"/>
</xs:schema>`

// schema lays out the official files of 1.0.0 with local locations and returns the driver.
func schema(t *testing.T) string {
	t.Helper()
	root := os.Getenv("VIENREIZ_TESTDATA")
	if root == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set; simulated answers are not validated against the schemas")
	}
	dir := t.TempDir()
	for name, path := range map[string]string{
		"xml.xsd": "xml/xml.xsd", "xlink.xsd": "xml/xlink.xsd", "ws-addr.xsd": "xml/ws-addr.xsd",
		"rim.xsd": "regrep4/rim.xsd", "query.xsd": "regrep4/query.xsd", "rs.xsd": "regrep4/rs.xsd", "sdg.xsd": "sdg/SDG-GenericMetadataProfile-v1.0.0.xsd",
	} {
		found, err := filepath.Glob(filepath.Join(root, "common-services", "*", "*", "*", "models", "xsd", path))
		if err != nil || len(found) == 0 {
			t.Skipf("SKIPPED: no %s below %s", path, root)
		}
		b, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		s := strings.NewReplacer(
			`<import namespace="http://www.w3.org/XML/1998/namespace" />`, `<import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>`,
			`<xs:import namespace="http://www.w3.org/XML/1998/namespace" />`, `<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>`,
			`<import namespace="http://www.w3.org/1999/xlink" />`, `<import namespace="http://www.w3.org/1999/xlink" schemaLocation="xlink.xsd"/>`,
			`<import namespace="http://www.w3.org/2005/08/addressing" />`, `<import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="ws-addr.xsd"/>`,
			"http://docs.oasis-open.org/regrep/regrep-core/v4.0/os/xsd/", "",
		).Replace(string(b))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "driver.xsd")
	if err := os.WriteFile(file, []byte(driver), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnswersOf10AreValidAgainstTheSchemas(t *testing.T) {
	t.Parallel()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("SKIPPED: xmllint is not installed; simulated answers are not validated against the schemas")
	}
	xsd := schema(t)
	_, w, base := serve(t, directory.V10)
	dir := t.TempDir()
	validate := func(body string) ([]byte, error) {
		file := filepath.Join(dir, "answer.xml")
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return exec.Command(xmllint, "--nonet", "--noout", "--schema", xsd, file).CombinedOutput()
	}
	var last string
	for what, path := range map[string]string{
		"requirements":   "eb/rest/search?" + values("queryId", directory.QueryRequirements),
		"evidence types": "eb/rest/search?" + values("queryId", directory.QueryEvidenceTypes, "requirement-id", w.RequirementURL("tertiary-qualification")),
		"an error":       "eb/rest/search?" + values("queryId", directory.QueryRequirements, "procedure-id", "Z9"),
		"data services":  "dsd/rest/search?" + values("queryId", directory.QueryDataServices, "country-code", "FI", "evidence-type-classification", w.EvidenceTypeURL("FI", "residence")),
		"with a concept": "dsd/rest/search?" + services(w, "school-certificate", "country-code", "LV", w.Concepts["school"].ID, "RIGA-1", w.Concepts["before-2000"].ID, "true"),
		"a question":     "dsd/rest/search?" + services(w, "school-certificate", "country-code", "LV"),
		"a place":        "dsd/rest/search?" + values("queryId", directory.QueryDataServices, "country-code", "DE", "evidence-type-classification", w.EvidenceTypeURL("DE", "residence")),
	} {
		_, body := get(t, base+"/"+path, http.Header{"Accept": {"application/x-ebrs+xml"}})
		if out, err := validate(body); err != nil {
			t.Errorf("%s: %v\n%s\n%s", what, err, out, body)
		}
		last = body
	}
	if _, err := validate(strings.Replace(last, "sdg:Title", "sdg:Titel", 2)); err == nil && strings.Contains(last, "sdg:Title") {
		t.Error("the schema accepted an unknown element: the oracle does not look")
	}
}
