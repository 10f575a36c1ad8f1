package handler

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Kind is that of records of what operators were told of, so that they are not
// told every minute.
const (
	Kind         = "notice"
	certificates = "certificates" // key; the body is the time of the last notice
	measured     = "measured"     // key of the last measurement of all certificates
	// Quiet is for how long nothing is said again.
	Quiet = 24 * time.Hour
	// Measured is how often it is measured how long each certificate lasts:
	// CloudWatch charges a metric by the hours in which it is measured.
	Measured = 12 * time.Hour
)

// ending is a certificate that ends soon, or has ended.
type ending struct {
	owner       string // "own", "eIDAS node", or the id of the partner's access point
	use         string
	certificate *x509.Certificate
	do          string
}

// daysLeft is whole days until the end, rounded down; negative after it.
func (e *ending) daysLeft(now time.Time) float64 {
	return math.Floor(e.certificate.NotAfter.Sub(now).Hours() / 24)
}

// name is short, and of no person: subjects of certificates are not named, as some
// are of people.
func (e *ending) name() string {
	sum := sha256.Sum256(e.certificate.Raw)
	return fmt.Sprintf("%s %s %x", e.owner, e.use, sum[:4])
}

// warn measures how long certificates last, once in [Measured], and logs those
// that end within [partners.SoonDays], once in [Quiet].
func warn(ctx context.Context, a *assembly.Assembly) error {
	c, err := a.Tenant.Configuration(ctx)
	if err != nil {
		return fmt.Errorf("look for certificates that end: %w", err)
	}
	all := lasting(c, a.Now())
	return errors.Join(measure(ctx, a, all), tell(ctx, a, soon(all, a.Now())))
}

func measure(ctx context.Context, a *assembly.Assembly, list []ending) error {
	first, err := notice(ctx, a, measured, Measured)
	if err != nil || !first {
		return err
	}
	for _, e := range list {
		observe.CertificateDaysLeft.Add(ctx, e.daysLeft(a.Now()), e.name())
	}
	return nil
}

func tell(ctx context.Context, a *assembly.Assembly, list []ending) error {
	if len(list) == 0 {
		return nil
	}
	if first, err := notice(ctx, a, certificates, Quiet); err != nil || !first {
		return err
	}
	for _, e := range list {
		sum := sha256.Sum256(e.certificate.Raw)
		slog.WarnContext(ctx, "a certificate ends soon, or has ended", slog.String("owner", e.owner), slog.String("use", e.use),
			slog.Time("ends", e.certificate.NotAfter), slog.String("sha256", hex.EncodeToString(sum[:])), slog.String("do", e.do))
	}
	return nil
}

// notice reports whether it is time to tell: of all who ask in one period, one
// is the first.
func notice(ctx context.Context, a *assembly.Assembly, key string, every time.Duration) (bool, error) {
	now := a.Now()
	r, err := a.State.Load(ctx, Kind, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("look for the last notice: %w", err)
	}
	if at, parseErr := time.Parse(time.RFC3339, string(r.Body)); parseErr == nil && now.Before(at.Add(every)) {
		return false, nil
	}
	next := store.Record{Kind: Kind, Key: key, Body: []byte(now.UTC().Format(time.RFC3339))}
	_, err = a.State.Commit(ctx, []store.Change{{Record: next, Expect: r.Version}}, nil)
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// soon are those that end within [partners.SoonDays].
func soon(all []ending, now time.Time) []ending {
	return slices.DeleteFunc(slices.Clone(all), func(e ending) bool {
		return now.Before(e.certificate.NotAfter.AddDate(0, 0, -partners.SoonDays))
	})
}

// lasting are the certificates to look after: our own, those of the national eIDAS
// node, and the partners' that nothing replaces yet.
func lasting(c *tenant.Configuration, now time.Time) []ending {
	var list []ending
	add := func(owner, use, do string, certificate *x509.Certificate) {
		if certificate != nil {
			list = append(list, ending{owner, use, certificate, do})
		}
	}
	for _, k := range c.Identity.Signing {
		add("own", "signing", "get a new one, add it to keys.signing, and tell the partners", k.Chain[0])
	}
	for _, k := range c.Identity.Decryption {
		add("own", "decryption", "get a new one, add it to keys.decryption, and tell the partners", k.Certificate)
	}
	add("own", "sign-in", "get a new one for keys.signIn, and tell the national eIDAS node", c.SPCert)
	for _, idp := range c.IdP {
		add("eIDAS node", "assertions", "get the node's new one, and add it to the file that signIn.certificates names", idp)
	}
	if c.Book == nil {
		return list
	}
	for _, e := range c.Book.Expiries(now) {
		if !e.Replaced {
			add(e.Party.Value, e.Use, "get the partner's new certificate and import it with --roll-over", e.Certificate)
		}
	}
	return list
}
