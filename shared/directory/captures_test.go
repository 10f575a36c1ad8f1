package directory_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// testdata is the folder of captured answers, or the test is skipped.
func testdata(t *testing.T, elem ...string) string {
	t.Helper()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set, captured answers of the Common Services are not read")
	}
	return filepath.Join(append([]string{dir, "common-services"}, elem...)...)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const france = "numerique-gouv+oots-france"

// capture reads one signed answer of the acceptance environment with its headers.
func capture(t *testing.T, name string) (http.Header, []byte) {
	t.Helper()
	base := filepath.Join(testdata(t, france, "spec", "fixtures", "common_services"), name)
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(read(t, base+".headers"), "\r\n\r\n"...)))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	return http.Header(header), read(t, base+".xml")
}

func acceptanceRoots(t *testing.T) directory.Trust {
	t.Helper()
	var trust directory.Trust
	rest := read(t, testdata(t, france, "config", "certificats", "services_communs_acc.pem"))
	for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		trust.Roots = append(trust.Roots, c)
	}
	return trust
}

var captured = time.Date(2026, 7, 29, 12, 0, 0, 0, time.UTC)

var captures = []string{
	"dsd_aucun_service_fr", "dsd_data_services_fi", "eb_evidence_types_fi", "eb_evidence_types_fr",
	"eb_requirements_catalogue", "eb_requirements_fr", "eb_requirements_vides",
}

func TestCapturedSignaturesVerifyAndOneFlippedByteDoesNot(t *testing.T) {
	t.Parallel()
	trust := acceptanceRoots(t)
	trust.MaxAge = 30 * 24 * time.Hour
	for _, name := range captures {
		header, body := capture(t, name)
		signed, err := trust.Verify(header, body, captured)
		if err != nil || signed.By != "EC-OOTS-CS-ACC" {
			t.Errorf("%s: signed by %q, %v", name, signed.By, err)
		}
		for _, at := range []int{0, len(body) / 2, len(body) - 1} {
			flipped := bytes.Clone(body)
			flipped[at] ^= 1
			if _, err := trust.Verify(header, flipped, captured); !breaks(err, "signature.digest") {
				t.Errorf("%s with byte %d flipped: %v", name, at, err)
			}
		}
		if _, err := (directory.Trust{MaxAge: trust.MaxAge}).Verify(header, body, captured); !breaks(err, "signature.chain") {
			t.Errorf("%s without a root: %v", name, err)
		}
		if _, err := trust.Verify(header, body, captured.Add(60*24*time.Hour)); !breaks(err, "signature.iat") {
			t.Errorf("%s two months later: %v", name, err)
		}
	}
}

func TestCapturedAnswersRead(t *testing.T) {
	t.Parallel()
	asked := []directory.Version{directory.V20}
	_, body := capture(t, "eb_requirements_catalogue")
	all, version, err := directory.ParseRequirements(body, asked)
	if err != nil || version != directory.V20 || len(all) != 53 {
		t.Fatalf("catalogue: %d requirements in %s, %v", len(all), version, err)
	}
	frameworks, countries := 0, map[string]bool{}
	for _, r := range all {
		frameworks += len(r.ReferenceFramework)
		for _, f := range r.ReferenceFramework {
			countries[f.Jurisdiction.AdminUnitLevel1] = true
		}
	}
	if frameworks != 687 || len(countries) != 27 {
		t.Errorf("catalogue: %d frameworks of %d countries, want 687 of 27", frameworks, len(countries))
	}
	_, body = capture(t, "eb_requirements_vides")
	_, _, err = directory.ParseRequirements(body, asked)
	if f, ok := errors.AsType[*directory.Failure](err); !ok || f.Code != directory.EBNothingFound || f.Detail != "EMPTY_RESULT" {
		t.Errorf("empty result: %v", err)
	}
	for _, name := range []string{"eb_evidence_types_fi", "eb_evidence_types_fr"} {
		_, body = capture(t, name)
		all, _, err := directory.ParseEvidenceTypes(body, asked)
		if err != nil || len(all) != 1 || len(all[0].EvidenceTypeList) != 1 || len(all[0].EvidenceTypeList[0].EvidenceType) != 1 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
	_, body = capture(t, "dsd_data_services_fi")
	services, _, err := directory.ParseDataServices(body, asked)
	if err != nil || len(services) != 1 || services[0].AccessService.Identifier.Value != "AP_FI_03" || services[0].AccessService.Publisher.Identifier.Value != "FIKEHA02" {
		t.Errorf("data services: %+v, %v", services, err)
	}
	_, body = capture(t, "dsd_aucun_service_fr")
	_, _, err = directory.ParseDataServices(body, asked)
	if f, ok := errors.AsType[*directory.Failure](err); !ok || f.Code != directory.DSDNothingFound {
		t.Errorf("no data service: %v", err)
	}
}

// published are samples of 1.0 and answers composed for 2.0, and what each is: "" reads, else the failure's code or the broken rule.
var published = []struct{ folder, name, query, version, want string }{
	{requirementSamples, "4.2. Get List of Requirements Query - Birth Certificate.xml", "requirements", "1.0", ""},
	{requirementSamples, "4.2. Get List of Requirements Query - Secondary Education.xml", "requirements", "1.0", ""},
	{requirementSamples, "4.2. Get List of Requirements Query - Social Security Contributions.xml", "requirements", "1.0", ""},
	{requirementSamples, "4.2. Get List of Requirements Query - Birth Certificate.xml", "evidence types", "1.0", "R-EB-EVI-S016"},
	{requirementSamples, "4.3. Get Evidence Types for Requirement Query - Birth Certificate.xml", "evidence types", "1.0", ""},
	{requirementSamples, "4.3. Get Evidence Types for Requirement Query - Secondary Education.xml", "evidence types", "1.0", ""},
	{requirementSamples, "4.3. Get Evidence Types for Requirement Query - Social Security Contributions.xml", "evidence types", "1.0", ""},
	{requirementSamples, "4.3. Get Evidence Types for Requirement Query - Birth Certificate.xml", "requirements", "1.0", "R-EB-REQ-S016"},
	{requirementSamples, "4.4. Query Error Response of the Evidence Broker - Birth.xml", "evidence types", "1.0", "EB:ERR:0003"},
	{requirementSamples, "4.4. Query Error Response of the Evidence Broker - Secondary Education.xml", "evidence types", "1.0", "EB:ERR:0004"},
	{requirementSamples, "4.4. Query Error Response of the Evidence Broker - Social Security Contributions.xml", "requirements", "1.0", "EB:ERR:0002"},
	{serviceSamples, "4.3. Query Response of the DSD - Birth Certificate Simple Flow.xml", "data services", "1.0", ""},
	{serviceSamples, "4.3. Query Response of the DSD - Birth Certificate.xml", "data services", "1.0", ""},
	{serviceSamples, "4.3. Query Response of the DSD - Secondary Education.xml", "data services", "1.0", ""},
	{serviceSamples, "4.3. Query Response of the DSD - Social Security Contributions.xml", "data services", "1.0", ""},
	{serviceSamples, "4.4.3. Query Error Response of the DSD requesting additional User Provided Attributes - Birth Certificate - DSD-ERR005.xml", "data services", "1.0", "DSD:ERR:0005"},
	{serviceSamples, "4.4.3. Query Error Response of the DSD requesting additional User Provided Attributes - Secondary Education - DSD-ERR005.xml", "data services", "1.0", "DSD:ERR:0005"},
	{serviceSamples, "4.4.3. Query Error Response of the DSD requesting additional User Provided Attributes - Social Security Contributions - DSD-ERR005.xml", "data services", "1.0", "DSD:ERR:0005"},
	{serviceSamples, "4.4.1 Query Error Response of the DSD - Birth Certificate.xml", "requirements", "1.0", "R-EB-ERR-016"},
	{italySamples, "DSD_Error005_classificationConcept.xml", "data services", "1.0", "DSD:ERR:0005"},
	{italySamples, "DSD_Error005_jurisdictionAndclassification.xml", "data services", "1.0", "DSD:ERR:0005"},
	{italySamples, "DSD_Error005_jurisdictionDeterminaton.xml", "data services", "1.0", "DSD:ERR:0005"},
	{italySamples, "evidenceTypeList - Secondary Education.xml", "evidence types", "1.0", ""},
	{italySamples, "retrieveDataServiceList - estratto PDF V2.xml", "data services", "1.0", ""},
	{"own-examples", "dsd-error-0005.v1.x.xml", "data services", "1.0", "DSD:ERR:0005"},
	{"own-examples", "dsd-error-0005.v2.0.xml", "data services", "2.0", "DSD:ERR:0005"},
	{"own-examples", "dsd-success.v2.0.xml", "data services", "2.0", ""},
	{"own-examples", "dsd-success.v2.0.xml", "data services", "1.2", "answer.version"},
	{"own-examples", "eb-error-0001.v2.0.xml", "requirements", "2.0", "EB:ERR:0001"},
	{"own-examples", "eb-evidence-types-success.v2.0.xml", "evidence types", "2.0", ""},
	{"own-examples", "eb-requirements-success.v2.0.xml", "requirements", "2.0", ""},
}

const (
	models             = "hego00+im/v1/backend/models/xml"
	requirementSamples = models + "/EB/Complete XML examples (EB)"
	serviceSamples     = models + "/DSD/Complete XML examples (DSD)"
	italySamples       = "AgID+sdg_it_architype/SDG - Componenti Nazionali/TDD_100/esempi"
)

func TestPublishedSamplesReadOrBreakTheRuleThatTheyBreak(t *testing.T) {
	t.Parallel()
	for _, p := range published {
		v, _ := directory.ParseVersion(p.version)
		if got := outcome(p.query, read(t, testdata(t, p.folder, p.name)), v); got != p.want {
			t.Errorf("%s as answer about %s in %s: got %q, want %q", p.name, p.query, p.version, got, p.want)
		}
	}
}

// outcome is what reading an answer ends in: "", a failure's code, a refusal's rule, or the text of another error.
func outcome(query string, body []byte, asked ...directory.Version) string {
	var err error
	switch query {
	case "requirements":
		_, _, err = directory.ParseRequirements(body, asked)
	case "evidence types":
		_, _, err = directory.ParseEvidenceTypes(body, asked)
	case "data services":
		_, _, err = directory.ParseDataServices(body, asked)
	}
	if f, ok := errors.AsType[*directory.Failure](err); ok {
		return string(f.Code)
	}
	if r, ok := errors.AsType[*directory.Refusal](err); ok {
		return r.Rule
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestTheClientReadsCapturedAnswersAndNoneThatWasTouched(t *testing.T) {
	t.Parallel()
	header, body := capture(t, "eb_requirements_catalogue")
	ask := func(body []byte) (directory.Answer[directory.Requirement], error) {
		client, c := newClient(t, func(o *directory.Options) {
			o.Trust = acceptanceRoots(t)
			o.Trust.MaxAge, o.Trust.Signers = 30*24*time.Hour, []string{"EC-OOTS-CS-ACC"}
			o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
			})
		})
		c.t = captured
		return client.Requirements(context.Background(), directory.RequirementsQuery{Procedure: "T2", Country: "LV"})
	}
	a, err := ask(body)
	if err != nil || !a.Verified {
		t.Fatal(err)
	}
	// The four requirements on which Latvia's procedure declaration for T2 rests, by hand from the catalogue.
	want := []string{"5247bb6b-6bec-43fd-9b2e-f99be2dbae39", "8c72f89b-86bc-4960-b684-80a2c5dda00b", "94b2c6f8-332d-4f82-b0d2-93462f08a7a2", "9ae7f802-7fd4-41ff-b03a-de56bdf1ffdb"}
	var got []string
	for _, r := range a.Items {
		got = append(got, r.Identifier[strings.LastIndexByte(r.Identifier, '/')+1:])
		if len(r.ReferenceFramework) != 1 || r.ReferenceFramework[0].Identifier != "e6d08b98-8074-47b7-8eb2-333fc958dfdc" {
			t.Errorf("%s rests on %+v", r.Identifier, r.ReferenceFramework)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || len(a.Dropped) != 49 {
		t.Errorf("got %v, %d dropped", got, len(a.Dropped))
	}
	flipped := bytes.Clone(body)
	flipped[len(flipped)/3] ^= 1
	if _, err := ask(flipped); !breaks(err, "signature.digest") {
		t.Errorf("one byte flipped: %v", err)
	}
}
