package partners_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/partners"
)

func TestADocumentBecomesTheAgreementsOfTheWire(t *testing.T) {
	t.Parallel()
	d := document(t)
	d.Partners[0].Dialect = partners.NoDialect
	d.Partners[0].Legs[0].Compress = nil
	d.Partners[0].Legs[1].ToRole = "urn:other"
	agreements, err := parse(t, encode(t, d)).Agreements()
	if err != nil || len(agreements) != 2 {
		t.Fatalf("%d agreements, %v", len(agreements), err)
	}
	service := ebms.Service{Type: ebms.OOTSServiceType, Value: ebms.QueryManager}
	want := []as4.Leg{
		{Service: service, Action: ebms.ExecuteQueryRequest, Role: ebms.OOTSRole},
		{Service: service, Action: ebms.ExecuteQueryResponse, Role: ebms.OOTSRole, ToRole: "urn:other", Compression: as4.CompressNever},
	}
	a, b := agreements[0], agreements[1]
	if diff := cmp.Diff(want, a.Legs); diff != "" {
		t.Error(diff)
	}
	if a.ID != (ebms.PartyID{Type: ebms.OOTSPartyType, Value: "AP_XA_01"}) || a.Endpoint != "https://xa.example.org/as4" || a.Profile != as4.EDelivery115 {
		t.Errorf("got %v %s %s", a.ID, a.Endpoint, a.Profile.Name)
	}
	if a.Dialect != as4.DialectAny || b.Dialect != as4.Dialect1 {
		t.Errorf("dialects %q and %q", a.Dialect, b.Dialect)
	}
	xa := pemFixture(t, "xa.pem")
	if len(a.Signing) != 1 || !a.Signing[0].Equal(xa) || len(a.Encryption) != 1 || !a.Encryption[0].Equal(xa) {
		t.Error("other certificates")
	}
	if fmt.Sprintf("%x", a.Holds) != partners.Fingerprint(pemFixture(t, "xx.pem")) {
		t.Errorf("holds %x", a.Holds)
	}
}

// edited changes a document's JSON as a hand would.
func edited(t testing.TB, pairs ...string) []byte {
	t.Helper()
	text := string(encode(t, document(t)))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the document does not hold %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return []byte(text)
}

func TestADocumentThatIsWrongSaysWhereWhatAndWhatToDo(t *testing.T) {
	t.Parallel()
	xa := jsonText(t, fixture(t, "xa.pem"))
	ecdsaPEM := jsonText(t, partners.NewCertificate(as4test.KeysOf(as4test.ECDSA, "AP_XA_01").SignCert).PEM)
	long := strings.Repeat("x", partners.MaxText+1)
	for name, c := range map[string]struct {
		octets []byte
		want   []string
	}{
		"nothing":                     {nil, []string{"no JSON"}},
		"a list":                      {[]byte("[]"), []string{"array", `"version"`}},
		"text behind it":              {edited(t, "\n}\n", "\n} {}"), []string{"no JSON"}},
		"no version":                  {[]byte("{}"), []string{`no "version"`, `"1"`, "vienreiz partners import"}},
		"a number for version":        {[]byte(`{"version": 1}`), []string{"number", `"version"`}},
		"a newer version":             {[]byte(`{"version": "2", "new": 1}`), []string{`"2"`, `"1"`, "import the P-Mode again"}},
		"an unknown field":            {edited(t, `"dialect": "oots-1"`, `"dialekt": "oots-1"`), []string{"partners[0].dialekt", "no field", "dialect"}},
		"an unknown object":           {edited(t, `"dialect": "oots-1"`, `"x": {"y": [{}]}`), []string{"partners[0].x", "no field"}},
		"a field in another case":     {edited(t, `"endpoint": "https://xa`, `"Endpoint": "https://xa`), []string{"partners[0].Endpoint", "no field"}},
		"a field twice":               {edited(t, `"endpoint": "https://xa`, `"endpoint": "https://evil", "endpoint": "https://xa`), []string{"partners[0].endpoint", "twice"}},
		"a text for a number":         {edited(t, `"revision": 1`, `"revision": "1"`), []string{"revision", "a number"}},
		"a list for a text":           {edited(t, `"id": "AP_XX_01"`, `"id": ["AP_XX_01"]`), []string{"me.id", `"["`, "a text"}},
		"null for a list":             {edited(t, `"partners": [`, `"partners": null, "x": [`), []string{"partners", "a list"}},
		"half a number":               {edited(t, `"revision": 1`, `"revision": 1.5`), []string{"revision"}},
		"revision nought":             {edited(t, `"revision": 1`, `"revision": 0`), []string{"revision", `"0"`, "begin with 1"}},
		"no id of ours":               {edited(t, `"id": "AP_XX_01"`, `"id": ""`), []string{"me.id", "is missing"}},
		"no type":                     {edited(t, `"type": "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"`, `"type": ""`), []string{"me.type", "no URI", ebms.OOTSPartyType}},
		"blanks around an id":         {edited(t, `"id": "AP_XA_01"`, `"id": "AP_XA_01 "`), []string{"partners[0].id", `"AP_XA_01 "`, "blanks"}},
		"a line end in an id":         {edited(t, `"id": "AP_XA_01"`, `"id": "AP\n01"`), []string{"partners[0].id", "cannot be printed"}},
		"an id that is too long":      {edited(t, `"id": "AP_XA_01"`, `"id": "`+long+`"`), []string{"partners[0].id", "limit.text"}},
		"a partner twice":             {edited(t, `"id": "AP_XB_01"`, `"id": "AP_XA_01"`), []string{"partners[1].id", "partners[0]"}},
		"ourselves among partners":    {edited(t, `"id": "AP_XB_01"`, `"id": "AP_XX_01"`), []string{"partners[1].id", "our own party"}},
		"an endpoint without a host":  {edited(t, `"https://xa.example.org/as4"`, `"xa.example.org"`), []string{"partners[0].endpoint", `"xa.example.org"`, "https://host/path"}},
		"an endpoint with a password": {edited(t, `"https://xa.example.org/as4"`, `"https://user:secret@xa.example.org"`), []string{"partners[0].endpoint", "a user"}},
		"an unknown profile":          {edited(t, `"edelivery-as4-1.15"`, `"as4"`), []string{"partners[0].profile", `"as4"`, "edelivery-as4-2.0"}},
		"an unknown dialect":          {edited(t, `"oots-1"`, `"oots-3"`), []string{"partners[0].dialect", `"oots-3"`, "oots-2"}},
		"a fingerprint with colons":   {edited(t, `"holds": "`, `"holds": "aa:`), []string{"partners[0].holds", "64 digits"}},
		"a leg without action":        {edited(t, `"action": "ExecuteQueryRequest"`, `"action": ""`), []string{"partners[0].legs[0].action", "missing"}},
		"a leg twice":                 {edited(t, `"action": "ExecuteQueryResponse"`, `"action": "ExecuteQueryRequest"`), []string{"partners[0].legs[1].action", "legs[0]"}},
		"a role of one side alone":    {edited(t, `"role": "http://sdg.europa.eu/edelivery/gateway"`, `"toRole": "urn:x"`), []string{"partners[0].legs[0].role", "missing"}},
		"no certificate":              {edited(t, xa, `""`), []string{"partners[0].signing[0].pem", "BEGIN CERTIFICATE"}},
		"two certificates in one":     {edited(t, xa, xa[:len(xa)-1]+xa[1:]), []string{"partners[0].signing[0].pem", "more than one"}},
		"a certificate that is cut":   {edited(t, "MIID", "MIIE"), []string{"partners[0].signing[0].pem", "no certificate that can be read"}},
		"another subject":             {edited(t, `"subject": "`, `"subject": "CN=other,`), []string{"partners[0].signing[0].subject", "is not that of the certificate"}},
		"another date":                {edited(t, `"notAfter": "`, `"notAfter": "1`), []string{"partners[0].signing[0].notAfter"}},
		"another digest":              {edited(t, `"sha256": "`+partners.Fingerprint(pemFixture(t, "xa.pem")), `"sha256": "00`), []string{"partners[0].signing[0].sha256"}},
		"a key of another profile":    {edited(t, `"edelivery-as4-1.15"`, `"edelivery-as4-2.0"`), []string{"partners[0].signing[0].pem", "RSA key", "does not sign", "partners[0].encryption[0].pem", "no key to encrypt for"}},
		"an elliptic key for 1.15":    {withPEM(t, ecdsaPEM), []string{"partners[0].signing[0].pem", "ECDSA key", "does not sign by edelivery-as4-1.15"}},
		"nothing pinned":              {withSigning(t), []string{"partners[0].signing", `"0"`, "limit.signing"}},
		"three pinned":                {withSigning(t, "xa.pem", "xb.pem", "xx.pem"), []string{"partners[0].signing", `"3"`, "limit.signing"}},
		"one pinned twice":            {withSigning(t, "xa.pem", "xa.pem"), []string{"partners[0].signing[1]", "same certificate"}},
		"too many legs":               {withLegs(t, partners.MaxLegs+1), []string{"partners[0].legs", "limit.legs"}},
		"too many partners":           {withPartners(t, partners.MaxPartners+1), []string{"partners", "limit.partners"}},
		"too much":                    {append(edited(t), bytes.Repeat([]byte(" "), partners.MaxBytes)...), []string{"limit.bytes"}},
		"deep nesting":                {[]byte(`{"version": "1", "x": ` + strings.Repeat("[", 1_000_000)), []string{"no JSON"}},
		"two things at once":          {edited(t, `"oots-1"`, `"oots-3"`, `"id": "AP_XB_01"`, `"id": ""`), []string{"partners[0].dialect", "partners[1].id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := partners.Parse(c.octets)
			if err == nil || d != nil {
				t.Fatalf("accepted: %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func jsonText(t testing.TB, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// withPEM writes a certificate with nothing to describe it.
func withPEM(t testing.TB, pem string) []byte {
	t.Helper()
	d := document(t)
	var c partners.Certificate
	if err := json.Unmarshal([]byte(`{"pem": `+pem+`}`), &c); err != nil {
		t.Fatal(err)
	}
	d.Partners[0].Signing = []partners.Certificate{c}
	return encode(t, d)
}

func withSigning(t testing.TB, names ...string) []byte {
	t.Helper()
	d := document(t)
	d.Partners[0].Signing = []partners.Certificate{}
	for _, n := range names {
		d.Partners[0].Signing = append(d.Partners[0].Signing, partners.NewCertificate(pemFixture(t, n)))
	}
	return encode(t, d)
}

func withLegs(t testing.TB, n int) []byte {
	t.Helper()
	d := document(t)
	d.Partners[0].Legs = nil
	for i := range n {
		d.Partners[0].Legs = append(d.Partners[0].Legs, partners.Leg{Service: "urn:s", Action: fmt.Sprint("a", i)})
	}
	return encode(t, d)
}

func withPartners(t testing.TB, n int) []byte {
	t.Helper()
	d := document(t)
	d.Partners = nil
	for i := range n {
		d.Partners = append(d.Partners, partners.Partner{ID: fmt.Sprint("urn:p:", i)})
	}
	return encode(t, d)
}

func TestADocumentByHandNeedsLittle(t *testing.T) {
	t.Parallel()
	text := fmt.Sprintf(`{"version": "1", "revision": 7,
		"me": {"id": "urn:me"},
		"partners": [{"id": "urn:you", "endpoint": "https://you.example.org", "profile": "1.15", "dialect": "none", "legs": [],
			"signing": [{"pem": %s}], "encryption": []}]}`, jsonText(t, fixture(t, "xa.pem")))
	d, err := partners.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	agreements, err := d.Agreements()
	if err != nil || agreements[0].Profile != as4.EDelivery115 || agreements[0].Holds != nil || agreements[0].Encryption != nil {
		t.Errorf("%+v, %v", agreements, err)
	}
	if found := d.Validate(); !contains(found, partners.Warning, "partners[0].encryption", "nothing can be sent") || len(found) != 1 {
		t.Errorf("findings %v", found)
	}
}

func TestPairsOfProfilesAndKeysAreKnown(t *testing.T) {
	t.Parallel()
	fits := map[as4test.Suite][]*as4.Profile{
		as4test.RSA: {as4.EDelivery115, as4.EDeliveryOld}, as4test.EdDSA: {as4.EDelivery20},
		as4test.ECDSA: {as4.EDelivery20ECC}, as4test.P384: {as4.EDelivery20ECC}, as4test.P521: {as4.EDelivery20ECC},
	}
	for suite, profiles := range fits {
		keys := as4test.KeysOf(suite, "AP_XA_01")
		for _, profile := range as4.Profiles {
			d := document(t)
			d.Partners = d.Partners[:1]
			p := &d.Partners[0]
			p.Profile, p.Signing, p.Encryption = profile.Name, []partners.Certificate{partners.NewCertificate(keys.SignCert)}, []partners.Certificate{partners.NewCertificate(keys.EncCert)}
			want := false
			for _, fit := range profiles {
				want = want || fit == profile
			}
			if _, err := partners.Parse(encode(t, d)); (err == nil) != want {
				t.Errorf("%s with %s: %v", suite, profile.Name, err)
			}
		}
	}
}

func TestAnInvalidDocumentIsAnErrorWithItsFindings(t *testing.T) {
	t.Parallel()
	_, err := partners.Parse(edited(t, `"oots-1"`, `"oots-3"`))
	var invalid *partners.Invalid
	if !errors.As(err, &invalid) || len(invalid.Findings) != 1 || invalid.Findings[0].Path != "partners[0].dialect" {
		t.Errorf("got %v", err)
	}
}

func TestDocumentsReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	certs := []partners.Certificate{partners.NewCertificate(pemFixture(t, "xa.pem")), partners.NewCertificate(pemFixture(t, "xb.pem"))}
	id := rapid.StringMatching(`urn:[a-zA-Z0-9ĀāŠžя<>&"\\]{1,20}`)
	maybe := rapid.OneOf(rapid.Just(""), id)
	leg := rapid.Custom(func(t *rapid.T) partners.Leg {
		l := partners.Leg{Service: id.Draw(t, "service"), ServiceType: maybe.Draw(t, "type"), Action: id.Draw(t, "action"), Role: maybe.Draw(t, "role")}
		if rapid.Bool().Draw(t, "says") {
			compress := rapid.Bool().Draw(t, "compress")
			l.Compress = &compress
		}
		return l
	})
	partner := rapid.Custom(func(t *rapid.T) partners.Partner {
		return partners.Partner{
			ID: id.Draw(t, "id"), Type: maybe.Draw(t, "type"), Endpoint: "https://example.org/" + rapid.StringMatching(`[a-z]{0,9}`).Draw(t, "path"),
			Profile: rapid.SampledFrom([]string{"edelivery-as4-1.15", "1.15", "edelivery-as4-1.12"}).Draw(t, "profile"),
			Dialect: rapid.SampledFrom([]string{"oots-1", "oots-2", "none"}).Draw(t, "dialect"),
			Legs:    rapid.SliceOfNDistinct(leg, 0, 5, func(l partners.Leg) string { return l.Service + l.ServiceType + l.Action }).Draw(t, "legs"),
			Signing: certs[:rapid.IntRange(1, 2).Draw(t, "signing")], Encryption: certs[:rapid.IntRange(0, 2).Draw(t, "encryption")],
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		d := &partners.Document{Version: partners.Version, Revision: rapid.IntRange(1, 1e6).Draw(t, "revision"), Me: partners.Me{ID: "urn:me:self"}}
		d.Partners = rapid.SliceOfNDistinct(partner, 0, 4, func(p partners.Partner) string { return p.ID }).Draw(t, "partners")
		if d.Partners == nil {
			d.Partners = []partners.Partner{}
		}
		octets, err := d.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := partners.Parse(octets)
		if err != nil {
			t.Fatal(err)
		}
		if octets2, err := again.Encode(); err != nil || !bytes.Equal(octets, octets2) {
			t.Fatal(cmp.Diff(string(octets), string(octets2)))
		}
		if _, err := again.Agreements(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(encode(f, document(f)))
	f.Add(edited(f, `"oots-1"`, `"oots-3"`))
	f.Add([]byte(`{"version": "1", "partners": [{"legs": [{}]}]}`))
	f.Add([]byte(`{"version": "1", "x": [[{"a": null}]]}`))
	f.Fuzz(func(t *testing.T, octets []byte) {
		if _, err := partners.Check(octets, today, partners.SoonDays); err != nil && err.Error() == "" {
			t.Error("an error says nothing")
		}
		d, err := partners.Parse(octets)
		if err != nil {
			return
		}
		if _, err := d.Agreements(); err != nil {
			t.Errorf("valid, and no agreement: %v", err)
		}
		if again := diff(t, d, parse(t, encode(t, d))); again != "" {
			t.Error(again)
		}
	})
}
