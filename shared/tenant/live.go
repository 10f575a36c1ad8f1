package tenant

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/provider"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// Fresh is how long a document is used before it is read again.
const Fresh = 30 * time.Second

// Source gives configuration files and keys by the names that the document has.
type Source interface {
	// Read gives a file, at most [MaxBytes].
	Read(ctx context.Context, name string) ([]byte, error)
	// Key gives a private key: crypto.Signer, crypto.Decrypter or *ecdh.PrivateKey.
	Key(ctx context.Context, name string) (crypto.PrivateKey, error)
	// Certificates gives the certificates of a file, in its order.
	Certificates(ctx context.Context, name string) ([]*x509.Certificate, error)
}

// Live is the configuration as it is now. It is safe for use by many at once.
type Live struct {
	Source Source
	File   string // name of the tenant document
	Now    func() time.Time
	// AtFirstUse leaves a key closed until something is signed or decrypted with it,
	// for whoever may not open every key; the certificates tell the public halves.
	// Without it every key is opened when the documents are read.
	AtFirstUse bool
	// Tried, where set, is told by the section under keys of each opening of a key, of
	// each signature that failed, and of the first that did not again.
	Tried func(section string, err error)

	used sync.Map // use of each kind of key that was opened

	mu    sync.Mutex
	last  *Configuration
	read  time.Time
	right time.Time // when last was read
	wrong error     // of the last reading
}

// Configuration is one reading of all documents.
type Configuration struct {
	*Document
	Identity as4.Identity
	Partners map[ebms.PartyID]*as4.Partner
	Book     *partners.Document // what Partners was made of
	SPKey    crypto.PrivateKey  // of the sign-in: crypto.Signer and crypto.Decrypter
	SPCert   *x509.Certificate
	IdP      []*x509.Certificate
	Roots    []*x509.Certificate // of servers
	CSRoots  []*x509.Certificate // of the Common Services' signatures

	tokens *held
}

// Configuration reads what is configured. A document that has become wrong is logged, and
// the last right one stays in force.
func (l *Live) Configuration(ctx context.Context) (*Configuration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	if l.last != nil && now.Sub(l.read) < Fresh {
		return l.last, nil
	}
	c, err := l.load(ctx)
	if err == nil || ctx.Err() == nil {
		l.wrong = err
	}
	if err != nil && l.last == nil {
		return nil, err
	}
	if err != nil && ctx.Err() != nil {
		return l.last, nil // the caller gave up, which says nothing of the documents: the next one reads them
	}
	l.read = now
	if err != nil {
		slog.ErrorContext(ctx, "the configuration cannot be used; the last one stays in force", slog.String("error", err.Error()))
		return l.last, nil
	}
	l.last, l.right = c, now
	return c, nil
}

func (l *Live) load(ctx context.Context) (*Configuration, error) {
	octets, err := l.Source.Read(ctx, l.File)
	if err != nil {
		return nil, fmt.Errorf("read tenant document: %w", err)
	}
	d, err := Parse(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.File, err)
	}
	c := &Configuration{Document: d}
	return c, errors.Join(ofKeys(l.identity(ctx, c)), l.partners(ctx, c), l.certificates(ctx, c), ofKeys(l.signers(ctx, c)))
}

func (l *Live) identity(ctx context.Context, c *Configuration) error {
	c.Identity.Party = ebms.PartyID{Type: c.Party.Type, Value: c.Party.ID}
	for _, k := range c.Keys.Signing {
		key, chain, err := l.hold(ctx, k, toSign)
		if err != nil {
			return err
		}
		c.Identity.Signing = append(c.Identity.Signing, as4.SigningKey{Chain: chain, Key: key})
	}
	for _, k := range c.Keys.Decryption {
		key, chain, err := l.hold(ctx, k, toDecrypt)
		if err != nil {
			return err
		}
		c.Identity.Decryption = append(c.Identity.Decryption, as4.DecryptionKey{Certificate: chain[0], Key: decrypting(key)})
	}
	return nil
}

// hold reads a key's certificates. The key itself is opened when it is due.
func (l *Live) hold(ctx context.Context, k Key, of use) (*held, []*x509.Certificate, error) {
	chain, err := l.Source.Certificates(ctx, k.Certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate %s: %w", k.Certificate, err)
	}
	if len(chain) == 0 {
		return nil, nil, fmt.Errorf("certificate %s: the file holds none", k.Certificate)
	}
	h := &held{live: l, use: of, of: k, cert: chain[0]}
	return h, chain, l.due(ctx, h)
}

// due opens a key that has to be right before the documents are: every key where
// nothing keeps them back, and otherwise those whose like this process has used
// before. So a document that names a wrong key changes nothing for those who sign.
func (l *Live) due(ctx context.Context, h *held) error {
	if _, used := l.used.Load(h.use); !used && l.AtFirstUse {
		return nil
	}
	_, err := h.open(ctx)
	return err
}

func (l *Live) hasUsed(of use) { l.used.Store(of, true) }

func (l *Live) partners(ctx context.Context, c *Configuration) error {
	octets, err := l.Source.Read(ctx, c.Document.Partners)
	if err != nil {
		return fmt.Errorf("read partner document: %w", err)
	}
	book, err := partners.Parse(octets)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Document.Partners, err)
	}
	list, err := book.Agreements()
	if err != nil {
		return fmt.Errorf("%s: %w", c.Document.Partners, err)
	}
	c.Book = book
	c.Partners = make(map[ebms.PartyID]*as4.Partner, len(list))
	for _, p := range list {
		c.Partners[p.ID] = p
	}
	return nil
}

func (l *Live) certificates(ctx context.Context, c *Configuration) error {
	for _, f := range []struct {
		name string
		to   *[]*x509.Certificate
	}{{c.Document.Roots, &c.Roots}, {c.Directory.Roots, &c.CSRoots}, {c.SignIn.Certificates, &c.IdP}} {
		if f.name == "" {
			continue
		}
		list, err := l.Source.Certificates(ctx, f.name)
		if err != nil {
			return fmt.Errorf("certificates %s: %w", f.name, err)
		}
		*f.to = list
	}
	return nil
}

func (l *Live) signers(ctx context.Context, c *Configuration) error {
	key, chain, err := l.hold(ctx, c.Keys.SignIn, toSignIn)
	if err != nil {
		return err
	}
	c.SPKey, c.SPCert = transport{key}, chain[0]
	c.tokens = &held{live: l, use: forTokens, of: c.Keys.Tokens}
	return l.due(ctx, c.tokens)
}

// Tokens opens the key of access tokens, which has no certificate to tell its
// public half: Ed25519 or P-256.
func (c *Configuration) Tokens(ctx context.Context) (crypto.Signer, error) {
	key, err := c.tokens.open(ctx)
	if err != nil {
		return nil, err
	}
	return key.(crypto.Signer), nil
}

// Partner finds an access point; nil when there is none.
func (l *Live) Partner(ctx context.Context, id ebms.PartyID) (*as4.Partner, error) {
	c, err := l.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	return c.Partners[id], nil
}

// Portal finds a portal; [access.ErrNoPortal] when there is none.
func (l *Live) Portal(ctx context.Context, id string) (*access.Portal, error) {
	c, err := l.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	for i := range c.Portals {
		if c.Portals[i].ID == id {
			return &c.Portals[i], nil
		}
	}
	return nil, access.ErrNoPortal
}

// Provider is what the provider's side needs.
func (l *Live) Provider(ctx context.Context) (*provider.Settings, error) {
	c, err := l.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	return &provider.Settings{Country: c.Country, Platform: c.platform(), Registries: c.Registries, People: c.Address.People, Timers: c.Timers.Of(exchange.Provider)}, nil
}

// Requester is what the requester's side needs.
func (l *Live) Requester(ctx context.Context) (*requester.Settings, error) {
	c, err := l.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	return &requester.Settings{Country: c.Country, Platform: c.platform(), People: c.Address.People, Timers: c.Timers.Of(exchange.Requester), Portals: c.Portals, Versions: c.speak()}, nil
}

func (c *Configuration) platform() edm.Agent {
	a := c.Platform.EDM()
	a.Classification = edm.ClassificationIP
	return a
}

// speak are the lines that this node and the partners' agreements allow; the
// partner's dialect is judged when the message is signed.
func (c *Configuration) speak() []edm.Version {
	if len(c.Speak) == 0 {
		all := slices.Clone(edm.Versions())
		slices.Reverse(all)
		return all
	}
	var list []edm.Version
	for _, s := range c.Speak {
		if v, ok := edm.ParseVersion(s); ok {
			list = append(list, v)
		}
	}
	return list
}
