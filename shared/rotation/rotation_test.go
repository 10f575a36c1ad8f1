package rotation_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/rotation"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// documents is a configuration in memory.
type documents struct {
	octets []byte
	writes int
	err    error
	rivals int // writers that come before each of the next ones
}

func (d *documents) Read(context.Context, string) ([]byte, error) { return d.octets, nil }

func (d *documents) Replace(_ context.Context, _ string, was, octets []byte) error {
	if d.rivals > 0 {
		d.rivals--
		if err := d.rival(); err != nil {
			return err
		}
	}
	if !bytes.Equal(was, d.octets) {
		return fmt.Errorf("write: %w", store.ErrConflict)
	}
	if d.err == nil {
		d.octets, d.writes = octets, d.writes+1
	}
	return d.err
}

// rival is another operator, who raises the revision and lets another partner hold
// something else.
func (d *documents) rival() error {
	book, err := partners.Parse(d.octets)
	if err != nil {
		return err
	}
	book.Revision++
	book.Partners[len(book.Partners)-1].Endpoint = fmt.Sprintf("https://revision-%d.example/as4", book.Revision)
	d.octets, err = book.Encode()
	return err
}

func (d *documents) holds(t *testing.T) map[string]string {
	t.Helper()
	book, err := partners.Parse(d.octets)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, p := range book.Partners {
		all[p.ID] = p.Holds
	}
	return all
}

func party(id string) ebms.PartyID { return ebms.PartyID{Type: ebms.OOTSPartyType, Value: id} }

// trusting is a partner's access point that has some of our certificates.
type trusting map[string]*x509.Certificate

func (p trusting) Partner(context.Context, ebms.PartyID) (*as4.Partner, error) {
	us := &as4.Partner{ID: party("AP_XA_01"), Profile: as4.EDelivery115}
	for _, c := range p {
		us.Signing = append(us.Signing, c)
	}
	return us, nil
}

type stage struct {
	*rotation.Rotation
	documents *documents
	fresh     *x509.Certificate
	asked     atomic.Int64
}

// open is a rotation with a partner that has the new certificate, AP_XB_01, one that
// has the old one, AP_XC_01, and one of another profile, AP_XD_01.
func open(t *testing.T) *stage {
	t.Helper()
	was := as4test.KeysOf(as4test.RSA, "AP_XA_01")
	key, err := file.New(file.RSA, 2048)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := file.ThrowAway(key, "new", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{documents: new(documents), fresh: fresh}
	book := &partners.Document{Version: partners.Version, Revision: 1, Me: partners.Me{ID: "AP_XA_01", Type: ebms.OOTSPartyType}}
	for id, has := range map[string]trusting{"AP_XB_01": {"old": was.SignCert, "new": fresh}, "AP_XC_01": {"old": was.SignCert}} {
		keys := as4test.KeysOf(as4test.RSA, id)
		box, err := folder.NewInbox(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		h := &as4.Handler{Receiver: &as4.Receiver{
			Identity: as4.Identity{Party: party(id), Signing: []as4.SigningKey{{Chain: []*x509.Certificate{keys.SignCert}, Key: keys.Sign}}},
			Partners: has, Inbox: box, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, "test"),
		}}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.asked.Add(1); h.ServeHTTP(w, r) }))
		t.Cleanup(server.Close)
		book.Partners = append(book.Partners, partner(id, as4.EDelivery115, server.URL, keys))
	}
	book.Partners = append(book.Partners, partner("AP_XD_01", as4.EDelivery20, "https://xd.example/as4", as4test.KeysOf(as4test.EdDSA, "AP_XD_01")))
	if s.documents.octets, err = book.Encode(); err != nil {
		t.Fatal(err)
	}
	c := &tenant.Configuration{Document: &tenant.Document{Partners: "partners.json"}, Book: book, Partners: map[ebms.PartyID]*as4.Partner{}}
	agreements, err := book.Agreements()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range agreements {
		c.Partners[p.ID] = p
	}
	c.Identity = as4.Identity{
		Party:      party("AP_XA_01"),
		Signing:    []as4.SigningKey{{Chain: []*x509.Certificate{was.SignCert}, Key: was.Sign}, {Chain: []*x509.Certificate{fresh}, Key: key.(crypto.Signer)}},
		Decryption: []as4.DecryptionKey{{Certificate: was.EncCert, Key: was.Agree}, {Certificate: fresh, Key: key}},
	}
	sender := &as4.Sender{Identity: c.Identity, Client: http.DefaultClient, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, "test")}
	s.Rotation = &rotation.Rotation{Documents: s.documents, Configuration: c, Sender: sender, NewID: func() string { return as4.NewUUID(rand.Reader) }}
	return s
}

func partner(id string, profile *as4.Profile, endpoint string, keys as4test.Keys) partners.Partner {
	return partners.Partner{
		ID: id, Type: ebms.OOTSPartyType, Endpoint: endpoint, Profile: profile.Name, Dialect: "oots-1",
		Signing: []partners.Certificate{partners.NewCertificate(keys.SignCert)}, Encryption: []partners.Certificate{partners.NewCertificate(keys.EncCert)},
	}
}

func outcomes(r *rotation.Report) map[string]rotation.Outcome {
	all := map[string]rotation.Outcome{}
	for _, p := range r.Partners {
		all[p.Party] = p.Outcome
	}
	return all
}

func TestWhoAnswersWithAReceiptIsMovedAndNobodyElse(t *testing.T) {
	t.Parallel()
	s := open(t)
	report, err := s.Run(t.Context())
	if err != nil || report.Remain != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	want := map[string]rotation.Outcome{"AP_XB_01": rotation.Flipped, "AP_XC_01": rotation.Remains, "AP_XD_01": rotation.Elsewhere}
	if diff := cmp.Diff(want, outcomes(report)); diff != "" {
		t.Error(diff)
	}
	holds := map[string]string{"AP_XB_01": partners.Fingerprint(s.fresh), "AP_XC_01": "", "AP_XD_01": ""}
	if diff := cmp.Diff(holds, s.documents.holds(t)); diff != "" {
		t.Error(diff)
	}
	for _, p := range report.Partners {
		if p.Party == "AP_XC_01" && !strings.Contains(p.Reason, "EBMS:0101") {
			t.Errorf("%q does not say why", p.Reason)
		}
	}
}

func TestADryRunAsksNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Dry = true
	report, err := s.Run(t.Context())
	if err != nil || report.Remain != 2 || s.asked.Load() > 0 || s.documents.writes > 0 {
		t.Errorf("%+v, %v; %d asked, %d written", report, err, s.asked.Load(), s.documents.writes)
	}
}

func TestOnePartnerIsAskedWhenItIsNamed(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Only = "AP_XB_01"
	report, err := s.Run(t.Context())
	want := map[string]rotation.Outcome{"AP_XB_01": rotation.Flipped, "AP_XC_01": rotation.Skipped, "AP_XD_01": rotation.Elsewhere}
	if diff := cmp.Diff(want, outcomes(report)); diff != "" || err != nil || report.Remain != 1 || s.asked.Load() != 1 {
		t.Errorf("%s%v, %d remain, %d asked", diff, err, report.Remain, s.asked.Load())
	}
}

func TestAChangeThatSomebodyElseMakesMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Only, s.documents.rivals = "AP_XB_01", 3
	before, err := partners.Parse(s.documents.octets)
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Run(t.Context())
	if err != nil || outcomes(report)["AP_XB_01"] != rotation.Flipped {
		t.Fatalf("%+v, %v", report, err)
	}
	after, err := partners.Parse(s.documents.octets)
	if err != nil {
		t.Fatal(err)
	}
	if want := before.Revision + 4; after.Revision != want || s.documents.holds(t)["AP_XB_01"] != report.New {
		t.Errorf("revision %d, not %d; %v", after.Revision, want, s.documents.holds(t))
	}
	if got, want := after.Partners[len(after.Partners)-1].Endpoint, fmt.Sprintf("https://revision-%d.example/as4", before.Revision+3); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestWhoIsAlwaysTooLateSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Only, s.documents.rivals = "AP_XB_01", 1000
	report, err := s.Run(t.Context())
	if err != nil || outcomes(report)["AP_XB_01"] != rotation.Remains || s.documents.writes > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, p := range report.Partners {
		if p.Outcome == rotation.Remains && !strings.Contains(p.Reason, "run this again") {
			t.Errorf("%s", p.Reason)
		}
	}
}

func TestWhatCannotBeWrittenIsNoFlip(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Only, s.documents.err = "AP_XB_01", errors.New("disk full")
	report, err := s.Run(t.Context())
	if err != nil || outcomes(report)["AP_XB_01"] != rotation.Remains {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestARunThatIsBrokenOffTellsOfEveryPartner(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := s.Run(ctx)
	if !errors.Is(err, context.Canceled) || report == nil || report.Remain != 2 || s.asked.Load() > 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestWhatIsMissingForARotationIsSaidBeforeAnybodyIsAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*stage)
		says  string
	}{
		"one key":                {func(s *stage) { s.Configuration.Identity.Signing = s.Configuration.Identity.Signing[:1] }, "names one key"},
		"an unknown certificate": {func(s *stage) { s.New = "00" }, "no certificate of keys.signing"},
		"the new one is the first": {func(s *stage) {
			l := s.Configuration.Identity.Signing
			l[0], l[1] = l[1], l[0]
			s.New = partners.Fingerprint(s.fresh)
		}, "list the new one behind it"},
		"nothing decrypts by it":      {func(s *stage) { s.Configuration.Identity.Decryption = s.Configuration.Identity.Decryption[:1] }, "keys.decryption"},
		"it is not valid any more":    {func(s *stage) { s.Sender.Now = func() time.Time { return time.Now().AddDate(1, 0, 0) } }, "is not now"},
		"a partner that there is not": {func(s *stage) { s.Only = "AP_ZZ_01" }, `no partner "AP_ZZ_01"`},
	} {
		s := open(t)
		c.spoil(s)
		if _, err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) || s.asked.Load() > 0 {
			t.Errorf("%s: %v, %d asked", name, err, s.asked.Load())
		}
	}
}
