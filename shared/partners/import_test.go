package partners_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/partners"
)

func TestImportGivesTheGoldenDocument(t *testing.T) {
	t.Parallel()
	d, found := imported(t, fixture(t, "pmode.xml"), published(t))
	golden(t, "document.golden.json", encode(t, d))
	if want := []string{"AP_XA_01", "AP_XB_01"}; !cmp.Equal(want, ids(d)) {
		t.Errorf("partners: %v", ids(d))
	}
	if !contains(found, partners.Warning, "AP_XB_01", "blanks") || !contains(found, partners.Warning, "AP_XC_01", "no certificate") || len(found) != 2 {
		t.Errorf("findings: %v", found)
	}
	if d := diff(t, d, parse(t, encode(t, d))); d != "" {
		t.Errorf("it reads otherwise than it was written: %s", d)
	}
}

func TestImportIsTheSameWhateverTheOrderOfTheTrustStore(t *testing.T) {
	t.Parallel()
	store := published(t)
	other := []partners.Trusted{store[2], store[0], store[1]}
	a, _ := imported(t, fixture(t, "pmode.xml"), store)
	b, _ := imported(t, fixture(t, "pmode.xml"), other)
	if d := diff(t, a, b); d != "" {
		t.Error(d)
	}
}

const bothMore = `<propertyRef property="exchangeIdProperty"/><propertyRef property="specificationIdProperty"/></propertySet>`

func TestImportReadsWhatThePModeSays(t *testing.T) {
	t.Parallel()
	process := `<process name="again" mep="oneway" binding="push" initiatorRole="gateway" responderRole="gateway"><initiatorParties><initiatorParty name="AP_XX_01"/></initiatorParties><responderParties><responderParty name="AP_XA_01"/></responderParties><legs><leg name="%s"/></legs></process></businessProcesses>`
	cases := map[string]struct {
		pairs    []string
		partners string // ids
		check    func(p partners.Partner) string
		want     string // of check for AP_XA_01
		severity partners.Severity
		finding  string
	}{
		"two properties are dialect oots-1": {check: dialect, want: "oots-1"},
		"four properties are dialect oots-2": {
			pairs: []string{"</propertySet>", bothMore}, check: dialect, want: "oots-2"},
		"four properties of which two may be left out are dialect oots-2, with a note": {
			pairs: []string{"</propertySet>", bothMore, `key="ExchangeId" datatype="string" required="true"`, `key="ExchangeId" datatype="string" required="false"`},
			check: dialect, want: "oots-2", severity: partners.Note, finding: "speak 1.x"},
		"three properties are no dialect": {
			pairs: []string{"</propertySet>", `<propertyRef property="exchangeIdProperty"/></propertySet>`}, check: dialect, want: "none", severity: partners.Note, finding: "not the properties of OOTS"},
		"RSA_SHA256 is 1.15":          {check: profile, want: "edelivery-as4-1.15"},
		"profile rsa alone is 1.15":   {pairs: []string{`policy="eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `profile="rsa"`}, check: profile, want: "edelivery-as4-1.15"},
		"profile RSA is 1.15":         {pairs: []string{`eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `eDeliveryAS4Policy.xml" profile="RSA"`}, check: profile, want: "edelivery-as4-1.15"},
		"a policy in a folder counts": {pairs: []string{`eDeliveryAS4Policy_BST.xml`, `/conf/policies/eDeliveryAS4Policy_BST_PKIP.xml`}, check: profile, want: "edelivery-as4-1.15"},
		"compressPayloads is kept per leg": {check: func(p partners.Partner) string {
			return fmt.Sprint(*p.Legs[0].Compress, *p.Legs[1].Compress)
		}, want: "true false"},
		"different roles are kept in their order": {
			pairs: []string{`responderRole="gateway"`, `responderRole="other"`},
			check: func(p partners.Partner) string { return p.Legs[0].Role + " " + p.Legs[0].ToRole }, want: "http://sdg.europa.eu/edelivery/gateway http://example.org/role/other"},
		"an agreement that is not empty is reported": {
			pairs: []string{`agreement="agreementEmpty"`, `agreement="agreementNamed"`}, severity: partners.Warning, finding: "is not empty"},
		"a type that is a URI itself is taken": {
			pairs: []string{`partyIdType="partyTypeUrn"`, `partyIdType="urn:example:type"`}, check: func(p partners.Partner) string { return p.Type }, want: "urn:example:type"},
		"a URI needs no type": {
			pairs: []string{`partyId="AP_XA_01" partyIdType="partyTypeUrn"`, `partyId="urn:example:xa"`}, partners: "AP_XB_01 urn:example:xa"},
		"an id without type that is no URI is left out": {
			pairs: []string{`partyId="AP_XA_01" partyIdType="partyTypeUrn"`, `partyId="AP_XA_01"`}, partners: "AP_XB_01", severity: partners.Problem, finding: "no URI"},
		"a type that names nothing leaves the party out": {
			pairs: []string{`partyId="AP_XA_01" partyIdType="partyTypeUrn"`, `partyId="AP_XA_01" partyIdType="nothing"`}, partners: "AP_XB_01", severity: partners.Problem, finding: "names no partyIdType"},
		"a party without identifier is left out": {
			pairs: []string{`<identifier partyId="AP_XA_01" partyIdType="partyTypeUrn"/>`, ``}, partners: "AP_XB_01", severity: partners.Problem, finding: "no identifier"},
		"of two identifiers the first counts": {
			pairs:    []string{`<identifier partyId="AP_XA_01" partyIdType="partyTypeUrn"/>`, `<identifier partyId="AP_XA_01" partyIdType="partyTypeUrn"/><identifier partyId="AP_XA_02" partyIdType="partyTypeUrn"/>`},
			partners: "AP_XA_01 AP_XB_01", severity: partners.Warning, finding: "one of 2 identifiers"},
		"a party in none of our processes is left out": {
			pairs: []string{`<initiatorParty name="AP_XA_01"/>`, ``, `<responderParty name="AP_XA_01"/>`, ``}, partners: "AP_XB_01", severity: partners.Warning, finding: "shares no process"},
		"a party on one side is a partner": {
			pairs: []string{`<initiatorParty name="AP_XA_01"/>`, ``}, partners: "AP_XA_01 AP_XB_01"},
		"an endpoint that is no address leaves the party out": {
			pairs: []string{`https://xa.example.org/as4`, `file:///etc/passwd`}, partners: "AP_XB_01", severity: partners.Problem, finding: "no address of an access point"},
		"an endpoint without TLS is a warning": {
			pairs: []string{`https://xa.example.org/as4`, `http://xa.example.org/as4`}, partners: "AP_XA_01 AP_XB_01", severity: partners.Warning, finding: "not protected by TLS"},
		"a leg that refers to nothing is left out": {
			pairs: []string{`<leg name="responseLeg"/>`, `<leg name="nothing"/>`}, check: legs, want: "ExecuteQueryRequest", severity: partners.Problem, finding: "not defined"},
		"a leg that only signs is left out": {
			pairs: []string{`name="responseLeg" security="as4"`, `name="responseLeg" security="signOnly"`}, check: legs, want: "ExecuteQueryRequest", severity: partners.Warning, finding: "sign and encrypt"},
		"a leg of a weaker method is left out": {
			pairs: []string{`name="responseLeg" security="as4"`, `name="responseLeg" security="weak"`, `</securities>`, `<security name="weak" policy="eDeliveryAS4Policy.xml" signatureMethod="RSA_SHA1"/></securities>`},
			check: legs, want: "ExecuteQueryRequest", severity: partners.Warning, finding: `"RSA_SHA1" is not known`},
		"a leg whose security contradicts itself is left out": {
			pairs: []string{`name="responseLeg" security="as4"`, `name="responseLeg" security="odd"`, `</securities>`, `<security name="odd" profile="ECC" signatureMethod="RSA_SHA256"/></securities>`},
			check: legs, want: "ExecuteQueryRequest", severity: partners.Warning, finding: "contradict"},
		"a leg whose security says nothing is left out": {
			pairs: []string{`name="responseLeg" security="as4"`, `name="responseLeg" security="none"`, `</securities>`, `<security name="none" policy="eDeliveryAS4Policy.xml"/></securities>`},
			check: legs, want: "ExecuteQueryRequest", severity: partners.Warning, finding: "neither profile nor signatureMethod"},
		"a pull process is left out": {
			pairs: []string{`</businessProcesses>`, fmt.Sprintf(strings.Replace(process, `"push"`, `"pull"`, 1), "requestLeg")}, check: legs, want: "ExecuteQueryRequest ExecuteQueryResponse", severity: partners.Warning, finding: "one-way and push"},
		"a role that is not defined leaves the legs out": {
			pairs: []string{`</businessProcesses>`, fmt.Sprintf(strings.Replace(process, `"gateway"`, `"nothing"`, 1), "requestLeg")}, check: legs, want: "ExecuteQueryRequest ExecuteQueryResponse", severity: partners.Problem, finding: "role"},
		"a leg in two processes is taken once": {
			pairs: []string{`</businessProcesses>`, fmt.Sprintf(process, "requestLeg")}, check: legs, want: "ExecuteQueryRequest ExecuteQueryResponse"},
		"a leg in two processes with other roles is reported": {
			pairs: []string{`</businessProcesses>`, fmt.Sprintf(strings.Replace(process, `"gateway"`, `"other"`, 1), "requestLeg")}, check: legs, want: "ExecuteQueryRequest ExecuteQueryResponse", severity: partners.Warning, finding: "two processes"},
		"a party with the test service alone is a partner": {
			pairs: []string{`<leg name="requestLeg"/>`, ``, `<leg name="responseLeg"/>`, ``}, check: func(p partners.Partner) string { return fmt.Sprintf("%d %s", len(p.Legs), p.Dialect) }, want: "0 none"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, found := imported(t, replaced(t, c.pairs...), append(published(t), partners.Trusted{Alias: "urn:example:xa", Certificate: pemFixture(t, "xa.pem")}))
			if got := strings.Join(ids(d), " "); c.partners != "" && got != c.partners {
				t.Errorf("partners: %s, want %s", got, c.partners)
			}
			if c.check != nil {
				if got := c.check(d.Partners[0]); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
			if c.finding != "" && !contains(found, c.severity, c.finding) {
				t.Errorf("no %s with %q among %v", c.severity, c.finding, found)
			}
			parse(t, encode(t, d))
		})
	}
}

func dialect(p partners.Partner) string { return p.Dialect }
func profile(p partners.Partner) string { return p.Profile }
func legs(p partners.Partner) string {
	var actions []string
	for _, l := range p.Legs {
		actions = append(actions, l.Action)
	}
	return strings.Join(actions, " ")
}

func TestImportChoosesTheProfileOfTheCertificatesKey(t *testing.T) {
	t.Parallel()
	ecc := replaced(t, `policy="eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `policy="eDeliveryAS4Policy.xml" profile="ECC"`)
	for suite, want := range map[as4test.Suite]*as4.Profile{as4test.RSA: as4.EDelivery115, as4test.EdDSA: as4.EDelivery20, as4test.ECDSA: as4.EDelivery20ECC, as4test.P384: as4.EDelivery20ECC, as4test.P521: as4.EDelivery20ECC} {
		text := ecc
		if suite == as4test.RSA {
			text = fixture(t, "pmode.xml")
		}
		d, found := imported(t, text, keysOf(suite, "AP_XA_01", "AP_XX_01"))
		agreements, err := parse(t, encode(t, d)).Agreements()
		if err != nil || len(agreements) != 1 || agreements[0].Profile != want {
			t.Fatalf("%s: %v, %v, %v", suite, agreements, err, found)
		}
		keys := as4test.KeysOf(suite, "AP_XA_01")
		if a := agreements[0]; !a.Signing[0].Equal(keys.SignCert) || !a.Encryption[0].Equal(keys.EncCert) {
			t.Errorf("%s: other certificates than in the trust store", suite)
		}
		if own := as4test.KeysOf(suite, "AP_XX_01").SignCert; d.Partners[0].Holds != partners.Fingerprint(own) {
			t.Errorf("%s: holds %q", suite, d.Partners[0].Holds)
		}
	}
	_, found, err := partners.Import(readPMode(t, ecc), published(t), partners.Options{Now: today})
	if err == nil || !contains(found, partners.Problem, "AP_XA_01", "RSA key") {
		t.Errorf("RSA certificates under profile ECC: %v, %v", err, found)
	}
}

func TestASigningKeyAloneCannotBeEncryptedFor(t *testing.T) {
	t.Parallel()
	ecc := replaced(t, `policy="eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `profile="ecc"`)
	store := []partners.Trusted{{Alias: "ap_xa_01", Certificate: as4test.KeysOf(as4test.EdDSA, "AP_XA_01").SignCert}}
	d, found := imported(t, ecc, store)
	if len(d.Partners[0].Encryption) != 0 || !contains(found, partners.Warning, "AP_XA_01", "nothing can be sent") {
		t.Errorf("%v, %v", d.Partners[0].Encryption, found)
	}
}

func TestOnePartysCertificateNeverServesAnother(t *testing.T) {
	t.Parallel()
	xa, xb := pemFixture(t, "xa.pem"), pemFixture(t, "xb.pem")
	named := []string{`name="AP_XC_01"`, `name="AP_XA_01x"`}
	t.Run("an alias that is another's id is not taken by name", func(t *testing.T) {
		t.Parallel()
		// AP_XC_01's party is renamed to AP_XA_01's id, which is renamed away.
		text := replaced(t, `name="AP_XA_01"`, `name="first"`, `name="AP_XC_01"`, `name="AP_XA_01"`)
		d, found := imported(t, text, []partners.Trusted{{Alias: "ap_xa_01", Certificate: xa}, {Alias: "ap_xb_01", Certificate: xb}})
		if got := strings.Join(ids(d), " "); got != "AP_XA_01 AP_XB_01" || !contains(found, partners.Warning, "AP_XC_01", "no certificate") {
			t.Errorf("partners %s, %v", got, found)
		}
	})
	t.Run("the name serves where no id claims it", func(t *testing.T) {
		t.Parallel()
		d, _ := imported(t, replaced(t, named...), []partners.Trusted{{Alias: "ap_xa_01x", Certificate: xa}})
		if got := strings.Join(ids(d), " "); got != "AP_XC_01" {
			t.Errorf("partners %s", got)
		}
	})
	t.Run("ids that differ by case alone have no alias", func(t *testing.T) {
		t.Parallel()
		text := replaced(t, `partyId="AP_XC_01"`, `partyId="ap_xa_01"`)
		d, found := imported(t, text, published(t))
		if got := strings.Join(ids(d), " "); got != "AP_XB_01" || !contains(found, partners.Problem, "alias of 2 parties") {
			t.Errorf("partners %s, %v", got, found)
		}
	})
	t.Run("an alias with two certificates is nobody's", func(t *testing.T) {
		t.Parallel()
		store := append(published(t), partners.Trusted{Alias: "AP_XA_01", Certificate: xb})
		d, found := imported(t, fixture(t, "pmode.xml"), store)
		if got := strings.Join(ids(d), " "); got != "AP_XB_01" || !contains(found, partners.Problem, "ap_xa_01", "twice") {
			t.Errorf("partners %s, %v", got, found)
		}
	})
	t.Run("an alias of two parties' purposes goes to the id", func(t *testing.T) {
		t.Parallel()
		text := replaced(t, `partyId="AP_XC_01"`, `partyId="AP_XA_01_RSA_SIGN"`)
		d, _ := imported(t, text, append(published(t), partners.Trusted{Alias: "ap_xa_01_rsa_sign", Certificate: xb}))
		if p := d.Partners[0]; p.ID != "AP_XA_01" || !p.Signing[0].X509().Equal(xa) {
			t.Errorf("%s is pinned to %s", p.ID, p.Signing[0].Subject)
		}
	})
}

func TestTheTrustStoreIsReportedOn(t *testing.T) {
	t.Parallel()
	soon := as4test.IssueUntil("soon", as4test.KeysOf(as4test.RSA, "AP_XA_01").Sign.Public(), today.AddDate(-1, 0, 0), today.AddDate(0, 0, 10).Add(time.Hour))
	over := as4test.IssueUntil("over", as4test.KeysOf(as4test.RSA, "AP_XA_01").Sign.Public(), today.AddDate(-1, 0, 0), today.AddDate(0, 0, -3).Add(-time.Hour))
	store := []partners.Trusted{
		{Alias: "ap_xa_01", Certificate: soon}, {Alias: "ap_xb_01", Certificate: over}, {Alias: "ap_xx_01", Certificate: over},
		{Alias: "stranger", Certificate: over}, {Alias: "broken", Err: errors.New("no certificate")}, {Certificate: soon},
	}
	d, found := imported(t, fixture(t, "pmode.xml"), store)
	if got := strings.Join(ids(d), " "); got != "AP_XA_01 AP_XB_01" {
		t.Errorf("partners %s", got)
	}
	for _, want := range [][]string{{"AP_XA_01", "10 days left"}, {"AP_XB_01", "expired 3 days ago"}, {"our own", "expired 3 days ago"}, {"stranger", "belongs to no partner"}, {"no alias"}} {
		if !contains(found, partners.Warning, want...) {
			t.Errorf("no warning with %q among %v", want, found)
		}
	}
	if !contains(found, partners.Problem, "broken", "cannot be read") {
		t.Errorf("the broken entry is not reported: %v", found)
	}
}

func TestWeAreThePartyOfTheFileUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, me, want, err string
	}{
		"the file's party":            {fixture(t, "pmode.xml"), "", "AP_XX_01", ""},
		"another by id":               {fixture(t, "pmode.xml"), "AP_XA_01", "AP_XA_01", ""},
		"another by name":             {replaced(t, `name="AP_XA_01"`, `name="xa_gw"`), "xa_gw", "AP_XA_01", ""},
		"nobody of that id":           {fixture(t, "pmode.xml"), "ap_xa_01", "", "case-sensitive"},
		"the file's party is missing": {replaced(t, `party="AP_XX_01"`, `party="AP_XX_02"`), "", "", "--me ID"},
		"the file has no party":       {replaced(t, `party="AP_XX_01"`, ``), "", "", "--me ID"},
		"our id cannot be used":       {replaced(t, `partyId="AP_XX_01" partyIdType="partyTypeUrn"`, `partyId="AP_XX_01"`), "", "", "me.type"},
	} {
		d, _, err := partners.Import(readPMode(t, c.text), published(t), partners.Options{Me: c.me, Now: today, Sources: sources})
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: got %v, want %q", name, err, c.err)
		case c.err == "" && (err != nil || d.Me.ID != c.want):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestAnImportThatLeavesNobodyIsAnError(t *testing.T) {
	t.Parallel()
	if _, found, err := partners.Import(readPMode(t, fixture(t, "pmode.xml")), nil, partners.Options{Now: today, Sources: sources}); err == nil || !contains(found, partners.Warning, "AP_XA_01", "no certificate") {
		t.Errorf("an empty trust store: %v, %v", err, found)
	}
}
