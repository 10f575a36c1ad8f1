package partners_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/partners"
)

// noon is when these tests take place.
var noon = time.Date(2030, 6, 15, 12, 0, 0, 0, time.UTC)

// lasting is a certificate from and until so many hours from noon.
func lasting(party string, from, until int) *x509.Certificate {
	return as4test.IssueUntil(party, as4test.KeysOf(as4test.RSA, party).Sign.Public(), noon.Add(time.Duration(from)*time.Hour), noon.Add(time.Duration(until)*time.Hour))
}

func list(certs ...*x509.Certificate) []partners.Certificate {
	all := []partners.Certificate{}
	for _, c := range certs {
		all = append(all, partners.NewCertificate(c))
	}
	return all
}

// dated is the fixtures' document with one partner of these certificates.
func dated(t testing.TB, signing, encryption []partners.Certificate) *partners.Document {
	t.Helper()
	d := document(t)
	d.Partners = d.Partners[:1]
	d.Partners[0].Signing, d.Partners[0].Encryption = signing, encryption
	return d
}

func TestDaysLeftAreToldInWords(t *testing.T) {
	t.Parallel()
	for want, hours := range map[string][2]int{
		"365 days left":         {-1, 365 * 24},
		"2 days left":           {-1, 71},
		"1 day left":            {-1, 47},
		"expires within a day":  {-1, 23},
		"expired today":         {-100, -1},
		"expired 1 day ago":     {-100, -25},
		"expired 2 days ago":    {-100, -49},
		"valid from 2030-06-16": {24, 48},
	} {
		c := list(lasting("AP_XA_01", hours[0], hours[1]))
		e := dated(t, c, c).Expiries(noon)
		if len(e) != 1 || e[0].String() != want || e[0].Use != "signing+encryption" || e[0].Path != "partners[0].signing[0]" {
			t.Errorf("got %v, want %s", e, want)
		}
	}
}

func TestExpiriesListTheFirstToEndFirst(t *testing.T) {
	t.Parallel()
	old, fresh, enc := lasting("AP_XA_01", -100, 50), lasting("AP_XA_01", -1, 500), lasting("AP_XA_01", -1, 25)
	d := dated(t, list(old, fresh), list(enc, as4test.TestCA().Cert))
	var got []string
	for _, e := range d.Expiries(noon) {
		replaced := ""
		if e.Replaced {
			replaced = " replaced"
		}
		got = append(got, e.Path+" "+e.Use+replaced)
	}
	want := []string{"partners[0].encryption[1] encryption", "partners[0].encryption[0] encryption", "partners[0].signing[0] signing replaced", "partners[0].signing[1] signing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckJudgesDates(t *testing.T) {
	t.Parallel()
	good, soon, over, later := lasting("AP_XA_01", -100, 10000), lasting("AP_XA_01", -100, 10*24+1), lasting("AP_XA_01", -100, -49), lasting("AP_XA_01", 49, 20000)
	for name, c := range map[string]struct {
		signing, encryption []partners.Certificate
		days                int
		severity            partners.Severity
		want                string
	}{
		"a certificate that lasts":                  {list(good), list(good), 30, "", ""},
		"one that ends within the days":             {list(soon), list(soon), 30, partners.Problem, "10 days left"},
		"one that ends on the day":                  {list(soon), list(soon), 11, partners.Problem, "10 days left"},
		"one that ends after the days":              {list(soon), list(soon), 10, "", ""},
		"one that is over":                          {list(over), list(over), 0, partners.Problem, "expired 2 days ago"},
		"one that is not valid yet":                 {list(good, later), list(good), 30, partners.Warning, "valid from"},
		"an old one beside its replacement":         {list(over, good), list(good), 30, partners.Warning, "end the roll-over"},
		"an old one beside one that is not yet":     {list(over, later), list(later), 30, partners.Problem, "expired 2 days ago"},
		"an encryption certificate that is over":    {list(good), list(over), 30, partners.Problem, "partners[0].encryption[0]"},
		"an old one that still has to be encrypted": {list(soon, good), list(soon), 30, partners.Problem, "10 days left"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := partners.Check(encode(t, dated(t, c.signing, c.encryption)), noon, c.days)
			switch {
			case err != nil:
				t.Fatal(err)
			case c.want == "" && len(found) > 0:
				t.Errorf("found %v", found)
			case c.want != "" && !contains(found, c.severity, "AP_XA_01", c.want):
				t.Errorf("no %s with %q among %v", c.severity, c.want, found)
			}
		})
	}
}

func TestCheckAlsoSaysWhatParseRefuses(t *testing.T) {
	t.Parallel()
	for path, octets := range map[string][]byte{"partners[0].dialect": edited(t, `"oots-1"`, `"oots-3"`), "partners[0].x": edited(t, `"dialect"`, `"x": 1, "dialect"`)} {
		found, err := partners.Check(octets, today, 30)
		if err != nil || !contains(found, partners.Problem, path) {
			t.Errorf("%s: %v, %v", path, found, err)
		}
	}
	if _, err := partners.Check([]byte("rubbish"), today, 30); err == nil || !strings.Contains(err.Error(), "no JSON") {
		t.Errorf("rubbish: %v", err)
	}
}

func TestWorstKnowsTheOrderOfSeverities(t *testing.T) {
	t.Parallel()
	order := []partners.Severity{partners.Note, partners.Warning, partners.Problem}
	for i, has := range order {
		for j, asked := range order {
			if got := partners.Worst([]partners.Finding{{Severity: has}}, asked); got != (i >= j) {
				t.Errorf("a %s as %s: %v", has, asked, got)
			}
		}
	}
}
