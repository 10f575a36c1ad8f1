package cloud_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	inbox "github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/rotation"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
	"github.com/vienreiz/vienreiz/shared/tenant/folder"
)

// configuration is one that can be written.
type configuration interface {
	tenant.Source
	Replace(ctx context.Context, name string, was, octets []byte) error
}

// rehearsal moves the partners of one node to a new certificate, with one that has
// it already and one that has not.
type rehearsal struct {
	ours   configuration // of the node that rotates
	theirs configuration // of its partner
	where  []string      // flags by which the command finds ours
	clock  *atomic.Int64 // how far the partner's clock, and ours when it is in this process, is ahead
	keep   func(t *testing.T, key crypto.Signer) (sign, decrypt string)
	sleep  time.Duration // until our node has read its documents anew
	walk   func(t *testing.T, what, from, to string)
}

func (r *rehearsal) now() time.Time { return time.Now().Add(time.Duration(r.clock.Load())) }

func TestAKeyIsRotatedPartnerByPartnerInAFolder(t *testing.T) {
	r := &rehearsal{clock: new(atomic.Int64)}
	data := filepath.Join(t.TempDir(), "world")
	w, err := world.Open(t.Context(), world.Options{Data: data, Names: []string{theirs, ours}, Now: r.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	own := filepath.Join(data, strings.ToLower(ours), "config")
	r.ours, r.theirs = openFolder(t, own), openFolder(t, filepath.Join(data, strings.ToLower(theirs), "config"))
	r.where = []string{"--tenant", filepath.Join(own, "tenant.yaml")}
	r.keep = func(t *testing.T, key crypto.Signer) (string, string) {
		if err := file.WritePrivate(filepath.Join(own, "as4-2027-key.pem"), key); err != nil {
			t.Fatal(err)
		}
		return "as4-2027-key.pem", "as4-2027-key.pem"
	}
	r.walk = func(t *testing.T, what, from, to string) { walked(t, w, nil, what, from, to) }
	r.run(t)
}

func TestAKeyIsRotatedPartnerByPartnerInABucket(t *testing.T) {
	needEmulator(t)
	runner := zipped(t, "rotate")
	d := runner.Deployed
	keys, err := kms.Open(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	importer, err := kms.OpenImporter(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsal{clock: new(atomic.Int64), ours: &bucket.Source{Objects: d.Store.Objects, Keys: keys}, sleep: tenant.Fresh}
	r.where = []string{"--bucket", bucketOf(d, bucket.Bucket)}
	data := filepath.Join(t.TempDir(), "world")
	w, err := world.Open(t.Context(), world.Options{Data: data, Names: []string{theirs, ours}, Now: r.now, Hosts: map[string]world.Host{ours: runner.Host}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	r.theirs = openFolder(t, filepath.Join(data, strings.ToLower(theirs), "config"))
	r.keep = func(t *testing.T, key crypto.Signer) (string, string) {
		sign, err := importer.Import(t.Context(), d.Name, kms.Sign, key)
		if err != nil {
			t.Fatal(err)
		}
		decrypt, err := importer.Import(t.Context(), d.Name, kms.Decrypt, key)
		if err != nil {
			t.Fatal(err)
		}
		return sign.Name, decrypt.Name
	}
	r.walk = func(t *testing.T, what, from, to string) {
		walked(t, w, map[string]demo.Journal{ours: d.Journal}, what, from, to)
	}
	r.run(t)
}

func openFolder(t *testing.T, dir string) *folder.Source {
	t.Helper()
	s, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func walked(t *testing.T, w *world.World, journals map[string]demo.Journal, what, from, to string) {
	t.Helper()
	running := *w.Running()
	running.From, running.To = from, to
	d, err := demo.New(&running, demo.Options{Count: 1, NoPreview: from == theirs, Journals: journals})
	if err != nil {
		t.Fatal(err)
	}
	result, err := d.Run(t.Context())
	if err != nil || result.Lost+result.Doubled+len(result.Errors) > 0 || result.Ended["confirmed"] == 0 {
		t.Fatalf("%s: %+v, %v", what, result, err)
	}
}

func (r *rehearsal) run(t *testing.T) {
	key, err := file.New(file.RSA, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := file.ThrowAway(key, "2027", nil, r.now())
	if err != nil {
		t.Fatal(err)
	}
	other := r.other(t, cert)
	r.install(t, key.(crypto.Signer), cert, other)

	want := map[string]rotation.Outcome{"AP_XB_01": rotation.Flipped, theirs: rotation.Remains}
	report := r.rotate(t)
	if diff := cmp.Diff(want, outcomes(report)); diff != "" || report.Remain != 1 {
		t.Fatalf("first run: %s%+v", diff, report)
	}
	for _, p := range report.Partners {
		if p.Outcome == rotation.Remains && !strings.Contains(p.Reason, "EBMS:0101") {
			t.Errorf("%s remains because of %q", p.Party, p.Reason)
		}
	}
	r.walk(t, "the partner that remains is spoken to as before", theirs, ours)

	r.pin(t, cert, true)
	want = map[string]rotation.Outcome{"AP_XB_01": rotation.Already, theirs: rotation.Flipped}
	report = r.rotate(t)
	if diff := cmp.Diff(want, outcomes(report)); diff != "" || report.Remain != 0 {
		t.Fatalf("second run: %s%+v", diff, report)
	}
	r.walk(t, "both keys are there", ours, theirs)

	r.retire(t)
	r.pin(t, cert, false)
	time.Sleep(r.sleep)
	r.walk(t, "only the new key is left, and the partner takes no other", theirs, ours)
	r.walk(t, "the same the other way", ours, theirs)
}

// other is a partner that has the new certificate from the beginning.
func (r *rehearsal) other(t *testing.T, cert *x509.Certificate) partners.Partner {
	t.Helper()
	keys := as4test.KeysOf(as4test.RSA, "AP_XB_01")
	box, err := inbox.NewInbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	us := r.document(t).Party
	id := ebms.PartyID{Type: us.Type, Value: "AP_XB_01"}
	receiver := &as4.Receiver{
		Identity: as4.Identity{Party: id, Signing: []as4.SigningKey{{Chain: []*x509.Certificate{keys.SignCert}, Key: keys.Sign}}},
		Partners: one{&as4.Partner{ID: ebms.PartyID{Type: us.Type, Value: us.ID}, Profile: as4.EDelivery115, Signing: []*x509.Certificate{cert}}},
		Inbox:    box, Now: r.now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, "xb"),
	}
	server := httptest.NewServer(&as4.Handler{Receiver: receiver})
	t.Cleanup(server.Close)
	return partners.Partner{
		ID: id.Value, Type: id.Type, Endpoint: server.URL + "/as4", Profile: as4.EDelivery115.Name, Dialect: partners.NoDialect,
		Signing: []partners.Certificate{partners.NewCertificate(keys.SignCert)}, Encryption: []partners.Certificate{partners.NewCertificate(keys.EncCert)},
	}
}

// one is all that the other partner has agreed.
type one struct{ with *as4.Partner }

func (o one) Partner(_ context.Context, id ebms.PartyID) (*as4.Partner, error) {
	if o.with.ID != id {
		return nil, nil
	}
	return o.with, nil
}

func (r *rehearsal) document(t *testing.T) *tenant.Document {
	t.Helper()
	d := new(tenant.Document)
	octets, err := r.ours.Read(t.Context(), "tenant.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(octets, d); err != nil {
		t.Fatal(err)
	}
	return d
}

func (r *rehearsal) write(t *testing.T, d *tenant.Document) {
	t.Helper()
	octets, err := yaml.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, r.ours, "tenant.yaml", octets)
}

// install puts the new key beside the old one, and adds the other partner.
func (r *rehearsal) install(t *testing.T, key crypto.Signer, cert *x509.Certificate, other partners.Partner) {
	t.Helper()
	if err := r.ours.Replace(t.Context(), "as4-2027.pem", nil, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})); err != nil {
		t.Fatal(err)
	}
	edit(t, r.ours, func(b *partners.Document) { b.Partners = append(b.Partners, other) })
	at, err := url.Parse(other.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	sign, decrypt := r.keep(t, key)
	d := r.document(t)
	d.Places.Partners = append(d.Places.Partners, at.Host)
	d.Keys.Signing = append(d.Keys.Signing, tenant.Key{Key: sign, Certificate: "as4-2027.pem"})
	d.Keys.Decryption = append(d.Keys.Decryption, tenant.Key{Key: decrypt, Certificate: "as4-2027.pem"})
	r.write(t, d)
	time.Sleep(r.sleep)
}

// retire leaves the new key alone.
func (r *rehearsal) retire(t *testing.T) {
	t.Helper()
	d := r.document(t)
	d.Keys.Signing, d.Keys.Decryption = d.Keys.Signing[1:], d.Keys.Decryption[1:]
	r.write(t, d)
}

// pin lets the partner have the new certificate, beside the old one or alone. It
// encrypts for it from then on.
func (r *rehearsal) pin(t *testing.T, cert *x509.Certificate, beside bool) {
	t.Helper()
	edit(t, r.theirs, func(b *partners.Document) {
		p := &b.Partners[0]
		if !beside {
			p.Signing = nil
		}
		p.Signing = append(p.Signing, partners.NewCertificate(cert))
		p.Encryption = []partners.Certificate{partners.NewCertificate(cert)}
	})
	r.clock.Add(int64(tenant.Fresh))
}
