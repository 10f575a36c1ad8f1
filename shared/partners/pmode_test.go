package partners_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

func TestPModesThatCannotBeReadOneWayAreRefused(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                   {"", "xml."},
		"no XML":                    {"party=AP_XX_01", "xml."},
		"a DOCTYPE":                 {`<!DOCTYPE a [<!ENTITY x "y">]>` + fixture(t, "pmode.xml")[strings.Index(fixture(t, "pmode.xml"), "<db:"):], xmlsafe.RuleDoctype},
		"an external entity":        {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, xmlsafe.RuleDoctype},
		"another root":              {`<configuration party="a"/>`, "not {http://domibus.eu/configuration}configuration"},
		"another namespace":         {replaced(t, "http://domibus.eu/configuration", "http://domibus.eu/other"), "give the file that Domibus loads"},
		"sections in the namespace": {replaced(t, "xmlns:db=", `xmlns="http://domibus.eu/configuration" xmlns:db=`), "businessProcesses is missing"},
		"two businessProcesses":     {replaced(t, "</db:configuration>", "<businessProcesses/></db:configuration>"), "2 times"},
		"two parties of a name":     {replaced(t, `name="AP_XB_01"`, `name="AP_XA_01"`), "two parties"},
		"two services of a name":    {replaced(t, `<service name="testService"`, `<service name="queryManager"`), "two service"},
		"two legs of a name":        {replaced(t, `<legConfiguration name="responseLeg"`, `<legConfiguration name="requestLeg"`), "two legConfiguration"},
		"two lists of parties":      {replaced(t, `</parties>`, `</parties><parties/>`), "parties stands there 2 times"},
		"too many parties":          {replaced(t, `</parties>`, many(partners.MaxPartners, `<party name="p%d"/>`)+`</parties>`), "limit.partners"},
		"too many processes":        {replaced(t, `</businessProcesses>`, many(partners.MaxProcesses, `<process name="p%d"/>`)+`</businessProcesses>`), "processes are more"},
		"too many legs":             {replaced(t, `</legs>`, many(partners.MaxProcesses, `<leg name="p%d"/>`)+`</legs>`), "legs, more than"},
		"too many elements":         {replaced(t, `</legs>`, strings.Repeat("<x/>", partners.MaxPModeElements)+`</legs>`), xmlsafe.RuleLimitElements},
		"too deep":                  {strings.Repeat("<x>", 100), xmlsafe.RuleLimitDepth},
		"too much":                  {strings.Repeat(" ", partners.MaxPModeBytes+1), "xml."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := partners.ReadPMode([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	_, err := partners.ReadPMode([]byte(`<a/`))
	var refusal *xmlsafe.Error
	if !errors.As(err, &refusal) {
		t.Errorf("the guard's refusal is lost: %v", err)
	}
}

func TestAttributesOfOtherNamespacesAreNotThePModes(t *testing.T) {
	t.Parallel()
	text := replaced(t, `endpoint="https://xa.example.org/as4"`, `xmlns:o="urn:o" o:endpoint="https://evil.example.org/as4" endpoint="https://xa.example.org/as4"`,
		`</parties>`, `<o:party xmlns:o="urn:o" name="AP_XD_01" endpoint="https://evil.example.org/as4"><identifier partyId="AP_XD_01"/></o:party></parties>`)
	d, _ := imported(t, text, append(published(t), partners.Trusted{Alias: "ap_xd_01", Certificate: pemFixture(t, "xa.pem")}))
	if p := d.Partners[0]; len(d.Partners) != 2 || p.Endpoint != "https://xa.example.org/as4" {
		t.Errorf("%d partners, endpoint %s", len(d.Partners), p.Endpoint)
	}
}

func TestForeignTextCannotSteerATerminal(t *testing.T) {
	t.Parallel()
	_, found := imported(t, replaced(t, `name="AP_XC_01"`, "name=\"AP&#x9b;31m\u202eXC\""), published(t))
	for _, f := range found {
		if strings.ContainsAny(f.String(), "\u009b\u202e\x1b") {
			t.Errorf("finding %q", f)
		}
	}
}

func FuzzReadPMode(f *testing.F) {
	f.Add(fixture(f, "pmode.xml"))
	f.Add(replaced(f, `policy="eDeliveryAS4Policy_BST.xml"`, `profile="ECC"`, "</propertySet>", bothMore))
	f.Add(replaced(f, `endpoint="https://xa.example.org/as4"`, `endpoint=" http://u@xa.example.org#f"`, `binding="push"`, `binding="pull"`))
	store := published(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := partners.ReadPMode([]byte(text))
		if err != nil {
			return
		}
		d, _, err := partners.Import(p, store, partners.Options{Now: today, Sources: sources})
		if err != nil {
			return
		}
		if again := diff(t, d, parse(t, encode(t, d))); again != "" {
			t.Error(again)
		}
		if _, err := d.Agreements(); err != nil {
			t.Error(err)
		}
	})
}
