package partners_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/partners"
)

func merged(t *testing.T, old, fresh *partners.Document, rollOver bool) (*partners.Document, string) {
	t.Helper()
	d, changes, err := partners.Merge(old, fresh, rollOver)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, c.String())
	}
	return parse(t, encode(t, d)), strings.Join(lines, "\n")
}

func TestTheSameImportChangesNothing(t *testing.T) {
	t.Parallel()
	old := parse(t, encode(t, document(t)))
	d, changes, err := partners.Merge(old, document(t), false)
	if err != nil || d != old || len(changes) != 0 {
		t.Errorf("%v, %v", changes, err)
	}
}

func TestMergeTellsWhatChanges(t *testing.T) {
	t.Parallel()
	xb := pemFixture(t, "xb.pem")
	store := published(t)
	for name, c := range map[string]struct {
		text  string
		store []partners.Trusted
		want  []string
		ids   string
	}{
		"a new partner":               {fixture(t, "pmode.xml"), append(published(t), partners.Trusted{Alias: "ap_xc_01", Certificate: pemFixture(t, "xa.pem")}), []string{"+ AP_XC_01: https://xc.example.org/as4"}, "AP_XA_01 AP_XB_01 AP_XC_01"},
		"a partner that has gone":     {replaced(t, `<initiatorParty name="AP_XB_01"/>`, "", `<responderParty name="AP_XB_01"/>`, ""), store, []string{"- AP_XB_01: https://xb.example.org/as4"}, "AP_XA_01"},
		"a certificate that has gone": {fixture(t, "pmode.xml"), store[:1], []string{"- AP_XB_01", "= AP_XA_01 holds"}, "AP_XA_01"},
		"another endpoint":            {replaced(t, "https://xa.example.org/as4", "https://new.example.org/as4"), store, []string{"~ AP_XA_01 endpoint: https://xa.example.org/as4 -> https://new.example.org/as4"}, "AP_XA_01 AP_XB_01"},
		"our own endpoint":            {replaced(t, "https://xx.example.org/as4", "https://new.example.org/as4"), store, []string{"our endpoint: https://xx.example.org/as4 -> https://new.example.org/as4"}, "AP_XA_01 AP_XB_01"},
		"another certificate":         {fixture(t, "pmode.xml"), []partners.Trusted{{Alias: "ap_xa_01", Certificate: xb}, store[1], store[2]}, []string{"~ AP_XA_01 signing certificates: " + partners.Fingerprint(store[0].Certificate)[:16], "~ AP_XA_01 encryption certificates"}, "AP_XA_01 AP_XB_01"},
		"another leg":                 {replaced(t, `action="executeQueryRequest" propertySet="fourCorners" compressPayloads="true"`, `action="executeQueryRequest" propertySet="fourCorners" compressPayloads="false"`), store, []string{"~ AP_XA_01 legs: QueryManager/ExecuteQueryRequest (http://sdg.europa.eu/edelivery/gateway), "}, "AP_XA_01 AP_XB_01"},
		"another dialect":             {replaced(t, "</propertySet>", bothMore), store, []string{"~ AP_XA_01 dialect: oots-1 -> oots-2"}, "AP_XA_01 AP_XB_01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh, _ := imported(t, c.text, c.store)
			d, lines := merged(t, document(t), fresh, false)
			for _, want := range c.want {
				if !strings.Contains(lines, want) {
					t.Errorf("%q is not in\n%s", want, lines)
				}
			}
			if got := strings.Join(ids(d), " "); got != c.ids || d.Revision != 2 {
				t.Errorf("partners %s, revision %d", got, d.Revision)
			}
		})
	}
}

func TestWhatWasSetByHandStays(t *testing.T) {
	t.Parallel()
	old := document(t)
	hand := partners.Fingerprint(pemFixture(t, "xb.pem"))
	p := &old.Partners[0]
	p.Holds, p.Dialect, p.Endpoint, p.Profile = hand, "oots-2", "https://by.hand.example.org/as4", "edelivery-as4-1.12"
	written := old.Partners[1]
	written.ID, written.Imported, written.Endpoint = "urn:by:hand", nil, "https://hand.example.org/as4"
	old.Partners = append(old.Partners, written)
	fresh, _ := imported(t, replaced(t, "https://xb.example.org/as4 ", "https://xb2.example.org/as4"), published(t))

	d, lines := merged(t, old, fresh, false)
	got := d.Partners[0]
	if got.Holds != hand || got.Dialect != "oots-2" || got.Endpoint != "https://by.hand.example.org/as4" || got.Profile != "edelivery-as4-1.12" {
		t.Errorf("got %+v", got)
	}
	if want := (partners.Imported{Endpoint: "https://xa.example.org/as4", Profile: "edelivery-as4-1.15", Dialect: "oots-1"}); *got.Imported != want {
		t.Errorf("imported %+v", *got.Imported)
	}
	if s := strings.Join(ids(d), " "); s != "AP_XA_01 AP_XB_01 urn:by:hand" || d.Partners[1].Endpoint != "https://xb2.example.org/as4" {
		t.Errorf("partners %s", s)
	}
	for _, want := range []string{"= AP_XA_01 dialect: oots-2 -> the import says oots-1", "= urn:by:hand written by hand", "= AP_XA_01 holds"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in\n%s", want, lines)
		}
	}
	again, lines := merged(t, d, fresh, false)
	if diff := diff(t, d, again); diff != "" || again.Revision != 2 {
		t.Errorf("once more it changes: %s\n%s", diff, lines)
	}
}

func TestAPartnerByHandThatIsPublishedLaterKeepsItsDialect(t *testing.T) {
	t.Parallel()
	old := document(t)
	p := &old.Partners[0]
	p.Imported, p.Dialect, p.Holds, p.Endpoint = nil, "oots-2", "", "https://early.example.org/as4"
	d, _ := merged(t, old, document(t), false)
	if got := d.Partners[0]; got.Dialect != "oots-2" || got.Holds != "" || got.Endpoint != "https://xa.example.org/as4" || got.Imported == nil {
		t.Errorf("got %+v", got)
	}
}

func TestRollOverPinsTheNewCertificateBesideTheOldOne(t *testing.T) {
	t.Parallel()
	first, second, third := lasting("AP_XA_01", -3, 100), lasting("AP_XA_01", -2, 200), lasting("AP_XA_01", -1, 300)
	fresh := func(c partners.Trusted) *partners.Document {
		d, _ := imported(t, fixture(t, "pmode.xml"), []partners.Trusted{c, published(t)[1], published(t)[2]})
		return d
	}
	names := func(d *partners.Document) (list []string) {
		for _, c := range d.Partners[0].Signing {
			list = append(list, c.SHA256)
		}
		return append(list, "enc "+d.Partners[0].Encryption[0].SHA256)
	}
	f := partners.Fingerprint
	one, two, three := fresh(partners.Trusted{Alias: "ap_xa_01", Certificate: first}), fresh(partners.Trusted{Alias: "ap_xa_01", Certificate: second}), fresh(partners.Trusted{Alias: "ap_xa_01", Certificate: third})
	for _, step := range []struct {
		name     string
		old      *partners.Document
		fresh    *partners.Document
		rollOver bool
		want     []string
	}{
		{"without the flag the new one replaces the old", one, two, false, []string{f(second), "enc " + f(second)}},
		{"with it both are pinned, and the new one is encrypted for", one, two, true, []string{f(first), f(second), "enc " + f(second)}},
		{"the same import leaves both", after(t, one, two), two, true, []string{f(first), f(second), "enc " + f(second)}},
		{"the oldest gives way to a third", after(t, one, two), three, true, []string{f(second), f(third), "enc " + f(third)}},
		{"without the flag the roll-over ends", after(t, one, two), two, false, []string{f(second), "enc " + f(second)}},
		{"a partner that is new has one", without(t, one), two, true, []string{f(second), "enc " + f(second)}},
	} {
		d, lines := merged(t, step.old, step.fresh, step.rollOver)
		if diff := cmp.Diff(step.want, names(d)); diff != "" {
			t.Errorf("%s: %s\n%s", step.name, diff, lines)
		}
	}
}

func after(t *testing.T, old, fresh *partners.Document) *partners.Document {
	t.Helper()
	d, _ := merged(t, old, fresh, true)
	return d
}

func without(t *testing.T, d *partners.Document) *partners.Document {
	t.Helper()
	c := *d
	c.Partners = d.Partners[1:]
	return &c
}

func TestAnImportForAnotherPartyIsNotMerged(t *testing.T) {
	t.Parallel()
	other, _, err := partners.Import(readPMode(t, fixture(t, "pmode.xml")), published(t), partners.Options{Me: "AP_XA_01", Now: today, Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := partners.Merge(document(t), other, false); err == nil || !strings.Contains(err.Error(), "AP_XX_01") || !strings.Contains(err.Error(), "--me") {
		t.Errorf("got %v", err)
	}
}

func TestARollOverToAnotherKindOfKeyPinsTheNewOneAlone(t *testing.T) {
	t.Parallel()
	ecc := replaced(t, `policy="eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `profile="ECC"`)
	fresh, _ := imported(t, ecc, keysOf(as4test.ECDSA, "AP_XA_01"))
	d, lines := merged(t, document(t), fresh, true)
	if p := d.Partners[0]; len(p.Signing) != 1 || p.Profile != "edelivery-as4-2.0-ecc" || !strings.Contains(lines, "~ AP_XA_01 signing certificates") {
		t.Errorf("%d certificates by %s\n%s", len(p.Signing), p.Profile, lines)
	}
}
