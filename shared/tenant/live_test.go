package tenant_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// source is a configuration in memory.
type source struct {
	files map[string]string
	keys  map[string]crypto.PrivateKey
	certs map[string][]*x509.Certificate
	reads int

	mu     sync.Mutex
	opened []string // keys, in their order
	denied map[string]bool
}

func (s *source) Read(ctx context.Context, name string) ([]byte, error) {
	s.reads++
	octets, ok := s.files[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return []byte(octets), ctx.Err()
}

func (s *source) Key(_ context.Context, name string) (crypto.PrivateKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, name)
	if s.denied[name] {
		return nil, errors.New("access denied")
	}
	if k, ok := s.keys[name]; ok {
		return k, nil
	}
	return nil, fs.ErrNotExist
}

func (s *source) Certificates(_ context.Context, name string) ([]*x509.Certificate, error) {
	return s.certs[name], nil
}

// pair is a key with a certificate of its own.
func pair(t *testing.T) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key, certified(t, key)
}

// certified is a certificate of a key's own.
func certified(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rsaKey is that of the sign-in: its length is nobody's concern here.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func configured(t *testing.T) (*source, *tenant.Live, *time.Time) {
	t.Helper()
	book, err := (&partners.Document{Version: partners.Version, Revision: 1, Me: partners.Me{ID: "LV-AP", Type: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	key, cert := pair(t)
	s := &source{
		files: map[string]string{"tenant.yaml": right, "partners.json": string(book)},
		keys:  map[string]crypto.PrivateKey{"as4.key": key, "sp.key": rsaKey()},
		certs: map[string][]*x509.Certificate{"as4.pem": {cert}, "roots.pem": {cert}, "sp.pem": {certified(t, rsaKey())}},
	}
	now := time.Date(2026, 9, 1, 9, 30, 0, 0, time.UTC)
	return s, &tenant.Live{Source: s, File: "tenant.yaml", Now: func() time.Time { return now }}, &now
}

func TestAConfigurationIsWhatItsDocumentsSay(t *testing.T) {
	t.Parallel()
	_, live, _ := configured(t)
	ctx := t.Context()
	c, err := live.Configuration(ctx)
	if err != nil || len(c.Identity.Signing) != 1 || len(c.Identity.Decryption) != 1 || c.SPCert == nil || c.Book == nil {
		t.Fatalf("%+v, %v", c, err)
	}
	p, err := live.Provider(ctx)
	if err != nil || p.Country != "LV" || p.Platform.Classification != edm.ClassificationIP || p.Timers != exchange.DefaultTimers(exchange.Provider) {
		t.Errorf("%+v, %v", p, err)
	}
	r, err := live.Requester(ctx)
	if err != nil || len(r.Versions) != len(edm.Versions()) || r.Versions[0] != edm.V20 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := live.Portal(ctx, "nobody"); !errors.Is(err, access.ErrNoPortal) {
		t.Errorf("%v", err)
	}
	if p, err := live.Partner(ctx, ebms.PartyID{Value: "nobody"}); p != nil || err != nil {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWhatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*testing.T, *source)
		says  []string
	}{
		"no tenant document":      {func(_ *testing.T, s *source) { delete(s.files, "tenant.yaml") }, []string{"read tenant document", "tenant.yaml"}},
		"broken YAML":             {func(_ *testing.T, s *source) { s.files["tenant.yaml"] = "a: [\n" }, []string{"tenant.yaml: read tenant document"}},
		"an unknown field":        {func(_ *testing.T, s *source) { s.files["tenant.yaml"] += "b: 1\n" }, []string{"tenant.yaml: ", "field b not found"}},
		"no partner document":     {func(_ *testing.T, s *source) { delete(s.files, "partners.json") }, []string{"read partner document", "partners.json"}},
		"a broken one":            {func(_ *testing.T, s *source) { s.files["partners.json"] = "{" }, []string{"partners.json: "}},
		"a missing key":           {func(_ *testing.T, s *source) { delete(s.keys, "as4.key") }, []string{"key as4.key: "}},
		"a file of no key":        {func(_ *testing.T, s *source) { s.certs["as4.pem"] = nil }, []string{"certificate as4.pem: the file holds none"}},
		"a certificate of others": {func(t *testing.T, s *source) { _, c := pair(t); s.certs["as4.pem"] = []*x509.Certificate{c} }, []string{"certificate as4.pem", "key as4.key"}},
		"a sign-in that is not RSA": {func(_ *testing.T, s *source) {
			s.keys["sp.key"], s.certs["sp.pem"] = s.keys["as4.key"], s.certs["as4.pem"]
		}, []string{"key sp.key cannot decrypt", "RSA"}},
		"a key that cannot sign": {func(_ *testing.T, s *source) { s.keys["as4.key"] = sealed{s.certs["as4.pem"][0].PublicKey} }, []string{"key as4.key cannot sign"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, live, _ := configured(t)
			c.spoil(t, s)
			_, err := live.Configuration(t.Context())
			for _, words := range c.says {
				if err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v does not say %q", err, words)
				}
			}
		})
	}
}

// sealed is a key that can only decrypt, as those of a key service.
type sealed struct{ public crypto.PublicKey }

// Public is the public half.
func (s sealed) Public() crypto.PublicKey { return s.public }

func TestADocumentIsReadAgainWhenItIsNoLongerFresh(t *testing.T) {
	t.Parallel()
	s, live, now := configured(t)
	country := func() string {
		c, err := live.Configuration(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c.Country
	}
	country()
	s.files["tenant.yaml"] = strings.Replace(right, "country: LV\nparty", "country: EE\nparty", 1)
	*now = now.Add(tenant.Fresh - time.Second)
	if got := country(); got != "LV" {
		t.Errorf("fresh documents were read again: %s", got)
	}
	*now = now.Add(time.Second)
	if got := country(); got != "EE" {
		t.Errorf("the change is not active: %s", got)
	}
}

func TestAWrongDocumentIsLoggedOnceInAWhileAndTheLastRightOneStays(t *testing.T) {
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })
	s, live, now := configured(t)
	if _, err := live.Configuration(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.files["tenant.yaml"] = "country: Atlantis\n"
	*now = now.Add(tenant.Fresh)
	for range 3 {
		if c, err := live.Configuration(t.Context()); err != nil || c.Country != "LV" {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if n := strings.Count(log.String(), "the last one stays in force"); n != 1 || !strings.Contains(log.String(), "Atlantis") {
		t.Errorf("logged %d times: %s", n, log.String())
	}
}

// A call that is given up says nothing of the documents: the next one reads them.
func TestACallThatIsGivenUpDoesNotDelayAChange(t *testing.T) {
	t.Parallel()
	s, live, now := configured(t)
	if _, err := live.Configuration(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.files["tenant.yaml"] = strings.Replace(right, "country: LV\nparty", "country: EE\nparty", 1)
	*now = now.Add(tenant.Fresh)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := live.Configuration(gone); err != nil || c.Country != "LV" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := live.Configuration(t.Context()); err != nil || c.Country != "EE" {
		t.Errorf("%+v, %v", c, err)
	}
}
