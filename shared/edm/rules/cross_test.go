package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

func idsOf(found []Finding) []string {
	ids := []string{}
	for _, f := range found {
		ids = append(ids, f.Rule)
	}
	return ids
}

const (
	hUser  = "eb:UserMessage"
	hInfo  = hUser + "/eb:CollaborationInfo"
	hProps = hUser + "/eb:MessageProperties"
)

func property(name string) string { return hProps + "/eb:Property[@name='" + name + "']" }

func TestABrokenHeaderIsReportedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule    string
		version edm.Version
		kind    edm.Kind
		change  change
	}{
		{"R-EDM-ebMS-017", edm.V12, edm.KindRequest, set(hInfo+"/eb:ConversationId", "session 1")},
		{"R-EDM-ebMS-017", edm.V20, edm.KindError, set(hInfo+"/eb:ConversationId", "")},
		{"R-EDM-ebMS-018", edm.V12, edm.KindRequest, add(hProps, `<eb:Property name="ExchangeId">1b8f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10</eb:Property>`)},
		{"R-EDM-ebMS-018", edm.V20, edm.KindRequest, add(hProps, `<eb:Property name="ConversationId">1b8f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10</eb:Property>`)},
		{"R-EDM-ebMS-019", edm.V10, edm.KindRequest, drop(property("originalSender"))},
		{"R-EDM-ebMS-019", edm.V20, edm.KindRequest, drop(property("SpecificationId"))},
		{"R-EDM-ebMS-037", edm.V20, edm.KindResponse, set(property("ExchangeId"), "exchange 1")},
		{"R-EDM-ebMS-038", edm.V20, edm.KindRequest, set(property("SpecificationId"), "oots-edm:v1.2")},
		{"R-EDM-ebMS-038", edm.V20, edm.KindRequest, set(property("SpecificationId"), " oots-edm:v2.0")},
		{"X-HEADER-ACTION", edm.V20, edm.KindResponse, set(hInfo+"/eb:Action", "ExceptionResponse")},
		{"X-HEADER-SENDER", edm.V20, edm.KindRequest, set(property("originalSender"), "SOMEBODY")},
		{"X-HEADER-SENDER", edm.V10, edm.KindRequest, attr(property("originalSender"), "type", "urn:example")},
		{"X-HEADER-RECIPIENT", edm.V20, edm.KindRequest, set(property("finalRecipient"), "SOMEBODY")},
		{"X-HEADER-PART", edm.V20, edm.KindResponse, drop(hUser + "/eb:PayloadInfo/eb:PartInfo[2]")},
		{"X-HEADER-UNREFERENCED", edm.V12, edm.KindResponse, add(hUser+"/eb:PayloadInfo", `<eb:PartInfo href="cid:stray@example.lv"/>`)},
	} {
		messages := map[edm.Kind]edm.Message{edm.KindRequest: edmtest.Request(c.version), edm.KindResponse: edmtest.Response(c.version), edm.KindError: edmtest.Failure(c.version)}
		h, err := ParseHeader(mutated(t, edmtest.Header(c.kind, c.version), c.change))
		if err != nil {
			t.Fatal(err)
		}
		if got := idsOf(Examine(encode(t, messages[c.kind]), h, nil)); !slices.Equal(got, []string{c.rule}) {
			t.Errorf("%s %s %s: got %v", c.rule, c.version, c.kind, got)
		}
	}
}

func TestAHeaderOfAnotherLineThanItsBodyIsFatal(t *testing.T) {
	t.Parallel()
	h, err := ParseHeader(edmtest.Header(edm.KindRequest, edm.V20))
	if err != nil {
		t.Fatal(err)
	}
	found := Examine(encode(t, edmtest.Request(edm.V12)), h, nil)
	if !slices.Contains(idsOf(found), "X-HEADER-SPECIFICATION") || IsValid(found) {
		t.Errorf("got %v", idsOf(found))
	}
}

func TestAHeaderMayStandInAnEnvelopeAndOmitTypes(t *testing.T) {
	t.Parallel()
	b := mutated(t, edmtest.Header(edm.KindRequest, edm.V10), do(unattr(property("originalSender"), "type"), unattr(property("finalRecipient"), "type")))
	envelope := `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>` + string(b) + `</s:Header><s:Body/></s:Envelope>`
	h, err := ParseHeader([]byte(envelope))
	if err != nil {
		t.Fatal(err)
	}
	if found := Examine(encode(t, edmtest.Request(edm.V10)), h, nil); len(found) > 0 {
		t.Errorf("got %v", idsOf(found))
	}
	if _, err := ParseHeader([]byte(`<a/>`)); err == nil || !strings.Contains(err.Error(), "eb:UserMessage") {
		t.Errorf("a document without a header: %v", err)
	}
}

func TestAnAnswerThatIsNotToTheRequestIsReported(t *testing.T) {
	t.Parallel()
	person := aEv + "/sdg:IsAbout/sdg:NaturalPerson"
	for _, c := range []struct {
		name, rule string
		level      Level
		base       string
		change     change
	}{
		{"the id of another request", "X-AGAINST-REQUEST-ID", Fatal, "response", attr("", "requestId", "urn:uuid:99999999-aaaa-4bbb-8ccc-000000000000")},
		{"the error to another request", "X-AGAINST-REQUEST-ID", Fatal, "failure", attr("", "requestId", "urn:uuid:99999999-aaaa-4bbb-8ccc-000000000000")},
		{"another requester", "X-AGAINST-REQUESTER", Fatal, "response", set(aER+"/sdg:Agent/sdg:Identifier", "BE9999999999")},
		{"another requester of an error", "X-AGAINST-REQUESTER", Fatal, "failure", set(eER+"/sdg:Agent/sdg:Identifier", "BE9999999999")},
		{"another type of evidence", "X-AGAINST-TYPE", Fatal, "response", set(aEv+"/sdg:IsConformantTo/sdg:EvidenceTypeClassification", "https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/LV/00000000-0d8e-4b6f-9c44-0d7a0b6c5e77")},
		{"a format that was not asked for", "X-AGAINST-FORMAT", Warning, "response", do(set(aDist+"/sdg:Format", "image/png"), drop(aDist+"/sdg:ConformsTo"))},
		{"another person", "X-AGAINST-SUBJECT", Warning, "response", set(person+"/sdg:DateOfBirth", "1990-05-18")},
		{"another identifier", "X-AGAINST-SUBJECT", Warning, "response", set(person+"/sdg:Identifier", "BE/LV/ZZ7654321")},
	} {
		request := documentOf(t, encode(t, edmtest.Request(edm.V20)))
		found := Examine(mutated(t, encode(t, edmtest.Messages(edm.V20)[c.base]), c.change), nil, request)
		if len(found) != 1 || found[0].Rule != c.rule || found[0].Level != c.level {
			t.Errorf("%s: got %+v", c.name, found)
		}
		if c.rule == "X-AGAINST-SUBJECT" && found[0].Value != withheld {
			t.Errorf("%s: the finding shows %q", c.name, found[0].Value)
		}
	}
}

func TestAnAnswerInAnotherLineIsFatal(t *testing.T) {
	t.Parallel()
	request := documentOf(t, encode(t, edmtest.Request(edm.V20)))
	found := Examine(encode(t, edmtest.Failure(edm.V12)), nil, request)
	if !slices.Equal(idsOf(found), []string{"X-AGAINST-SPECIFICATION"}) {
		t.Errorf("got %v", idsOf(found))
	}
}

func TestARequestIsNotJudgedAgainstARequest(t *testing.T) {
	t.Parallel()
	request := documentOf(t, encode(t, edmtest.Request(edm.V20)))
	found := Examine(encode(t, edmtest.Request(edm.V20)), nil, request)
	if !slices.Equal(idsOf(found), []string{"X-AGAINST-KIND"}) {
		t.Errorf("got %v", idsOf(found))
	}
}

func TestEveryHeaderAndCrossRuleSaysWhatAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, r := range HeaderRules() {
		if r.Text == "" || r.Fix == "" {
			t.Errorf("%s has no text or fix", r.ID)
		}
	}
	for _, r := range CrossRules() {
		if r.Text == "" || r.Fix == "" {
			t.Errorf("%s has no text or fix", r.ID)
		}
	}
}
