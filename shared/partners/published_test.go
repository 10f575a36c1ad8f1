package partners_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/partners"
)

// publishedData finds the recorded P-Modes.
func publishedData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("VIENREIZ_TESTDATA")
	if root == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set; what the Commission published is not tried")
	}
	octets, err := os.ReadFile(filepath.Join(root, "as4", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

// printedStore reads a trust store as keytool -list -rfc prints it.
func printedStore(t *testing.T, text string) []partners.Trusted {
	t.Helper()
	var list []partners.Trusted
	for _, entry := range strings.Split(text, "Alias name: ")[1:] {
		alias, _, _ := strings.Cut(entry, "\n")
		block, _ := pem.Decode([]byte(entry[strings.Index(entry, "-----BEGIN"):]))
		c, err := x509.ParseCertificate(block.Bytes)
		list = append(list, partners.Trusted{Alias: strings.TrimSpace(alias), Certificate: c, Err: err})
	}
	return list
}

func TestTheCommissionsPublicationOf2023IsImportedWhole(t *testing.T) {
	t.Parallel()
	store := printedStore(t, publishedData(t, "slovak-egov+oots-poc/gateway_truststore-2023-10.certs.txt"))
	at := time.Date(2023, 10, 20, 0, 0, 0, 0, time.UTC)
	for _, me := range []string{"cs-lcm-projectathon", "cz_test_ap", "oots_test_platform", "sk_test_ap"} {
		p := readPMode(t, publishedData(t, "slovak-egov+oots-poc/pmode-2023-10/"+me+".xml"))
		d, found, err := partners.Import(p, store, partners.Options{Now: at, Sources: sources})
		if err != nil {
			t.Fatal(err)
		}
		if d.Me.ID != me || len(d.Partners) != 31 {
			t.Errorf("%s: %d partners of %s", me, len(d.Partners), d.Me.ID)
		}
		for _, partner := range d.Partners {
			if partner.Profile != "edelivery-as4-1.15" || partner.Dialect != "oots-1" || len(partner.Legs) != 6 || len(partner.Signing) != 1 || len(partner.Encryption) != 1 || partner.Holds == "" {
				t.Errorf("%s: %s: %s, %s, %d legs", me, partner.ID, partner.Profile, partner.Dialect, len(partner.Legs))
			}
			if request, response := partner.Legs[0], partner.Legs[1]; !*request.Compress || *response.Compress {
				t.Errorf("%s: %s: compression is not that of the P-Mode", me, partner.ID)
			}
		}
		if !contains(found, partners.Warning, "party[cs-lcm-projectathon]", "blanks") {
			t.Errorf("%s: the blank behind an endpoint is not reported", me)
		}
		if partners.Worst(found, partners.Problem) {
			t.Errorf("%s: %v", me, found)
		}
		parse(t, encode(t, d))
	}
}

func TestOtherPublishedPModesAreReadOrRefusedForAReason(t *testing.T) {
	t.Parallel()
	xa := pemFixture(t, "xa.pem")
	for name, c := range map[string]struct {
		aliases, me, partners, dialect string
		finding, err                   string
	}{
		"nordic-institute+harmony-common/pmode_org1.xml":                      {aliases: "harmony-org2", partners: "harmony-org2", dialect: "oots-1"},
		"nordic-institute+harmony-common/pmode_org2.xml":                      {aliases: "org1_gw", partners: "harmony-org1", dialect: "oots-1"},
		"numerique-gouv+oots-france/pmode/configuration_PMode_Domibus.xml":    {aliases: "blue_gw", err: "no partner can be imported"},
		"betagouv+domibus/pmodes/domibus-gw-sample-pmode-blue.xml":            {aliases: "red_gw", partners: "domibus-red", dialect: "oots-1"},
		"betagouv+domibus/pmodes/domibus-gw-sample-pmode-red.xml":             {aliases: "blue_gw", partners: "domibus-blue", dialect: "oots-1"},
		"betagouv+domibus/pmodes/domibus-gw-sample-pmode-blue-twoway.xml":     {aliases: "blue_gw red_gw", err: "no partner can be imported", finding: "shares no process"},
		"betagouv+domibus/pmodes/domibus-configuration-splitting-valid.xml":   {aliases: "red_gw", err: "no partner can be imported", finding: "sign and encrypt"},
		"betagouv+domibus/pmodes/domibus-configuration-valid-testservice.xml": {aliases: "red_gw", err: "no partner can be imported", finding: "sign and encrypt"},
		"betagouv+domibus/pmodes/domibus-pmode.xsd":                           {err: "the root is"},
		"holodeck-b2b+Holodeck-B2B/pmodes/ex-pm-push-init.xml":                {err: "the root is"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := publishedData(t, name)
			p, err := partners.ReadPMode([]byte(text))
			var d *partners.Document
			var found []partners.Finding
			if err == nil {
				var store []partners.Trusted
				for _, alias := range strings.Fields(c.aliases) {
					store = append(store, partners.Trusted{Alias: alias, Certificate: xa})
				}
				d, found, err = partners.Import(p, store, partners.Options{Me: c.me, Now: today, Sources: sources})
			}
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %q", err, c.err)
				}
			} else if err != nil || strings.Join(ids(d), " ") != c.partners || d.Partners[0].Dialect != c.dialect {
				t.Errorf("got %v, %v, %v", d, err, found)
			}
			if c.finding != "" && !contains(found, partners.Warning, c.finding) {
				t.Errorf("no warning with %q among %v", c.finding, found)
			}
		})
	}
}
