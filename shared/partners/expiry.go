package partners

import (
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// SoonDays is how many days before its end a certificate is worth a warning.
const SoonDays = 30

// Expiry is how long one certificate of a partner lasts.
type Expiry struct {
	Party       ebms.PartyID
	Path        string // place in the document
	Use         string // signing, encryption, or signing+encryption
	Certificate *x509.Certificate
	Days        int  // whole days left, rounded down; negative once it has expired
	Expired     bool // NotAfter has passed
	Pending     bool // NotBefore has not come
	Replaced    bool // another signing certificate of the partner lasts longer
}

// Expiries lists the certificates of all partners, the first to end first. A
// certificate that signs and encrypts is listed once.
func (d *Document) Expiries(now time.Time) []Expiry {
	var list []Expiry
	for i := range d.Partners {
		list = append(list, d.Partners[i].expiries(fmt.Sprintf("partners[%d]", i), now)...)
	}
	slices.SortStableFunc(list, func(a, b Expiry) int { return a.Certificate.NotAfter.Compare(b.Certificate.NotAfter) })
	return list
}

func (p *Partner) expiries(path string, now time.Time) []Expiry {
	var list []Expiry
	for i := range p.Signing {
		c := p.Signing[i].X509()
		if c == nil {
			continue
		}
		e := newExpiry(p.Party(), fmt.Sprintf("%s.signing[%d]", path, i), "signing", c, now)
		e.Replaced = slices.ContainsFunc(p.Signing, func(o Certificate) bool {
			return o.X509() != nil && o.X509().NotAfter.After(c.NotAfter) && !now.Before(o.X509().NotBefore)
		})
		list = append(list, e)
	}
	for i := range p.Encryption {
		c := p.Encryption[i].X509()
		if c == nil {
			continue
		}
		at := slices.IndexFunc(list, func(e Expiry) bool { return e.Certificate.Equal(c) })
		if at >= 0 {
			list[at].Use, list[at].Replaced = "signing+encryption", false
			continue
		}
		list = append(list, newExpiry(p.Party(), fmt.Sprintf("%s.encryption[%d]", path, i), "encryption", c, now))
	}
	return list
}

func newExpiry(id ebms.PartyID, path, use string, c *x509.Certificate, now time.Time) Expiry {
	return Expiry{
		Party: id, Path: path, Use: use, Certificate: c,
		Days:    int(math.Floor(c.NotAfter.Sub(now).Hours() / 24)),
		Expired: now.After(c.NotAfter),
		Pending: now.Before(c.NotBefore),
	}
}

// String tells in words how long the certificate lasts.
func (e Expiry) String() string {
	switch {
	case e.Pending:
		return "valid from " + e.Certificate.NotBefore.UTC().Format(time.DateOnly)
	case e.Expired && e.Days >= -1:
		return "expired today"
	case e.Expired && e.Days == -2:
		return "expired 1 day ago"
	case e.Expired:
		return fmt.Sprintf("expired %d days ago", -e.Days-1)
	case e.Days == 0:
		return "expires within a day"
	case e.Days == 1:
		return "1 day left"
	}
	return fmt.Sprintf("%d days left", e.Days)
}

// Check judges a document at a time: everything that [Parse] refuses and
// [Document.Validate] warns of, and certificates that have expired, are not valid
// yet or end within days. The error is for what is no document at all.
func Check(octets []byte, now time.Time, days int) ([]Finding, error) {
	d, err := decode(octets)
	var invalid *Invalid
	if errors.As(err, &invalid) {
		return invalid.Findings, nil
	}
	if err != nil {
		return nil, err
	}
	f := findings{list: d.Validate()}
	for _, e := range d.Expiries(now) {
		f.expiry(e, days)
	}
	return f.list, nil
}

// expiry reports a certificate that is out of date or soon will be. Of an old
// one beside its replacement it only says that it can go.
func (f *findings) expiry(e Expiry, days int) {
	value := e.Party.Value + ": " + subject(e.Certificate)
	switch {
	case e.Replaced && (e.Expired || e.Days < days):
		f.warn(e.Path, value, e.String(), "end the roll-over: take the old certificate out")
	case e.Expired:
		f.problem(e.Path, value, e.String(), "get the partner's new certificate and import it")
	case e.Pending:
		f.warn(e.Path, value, e.String(), "keep the old certificate beside it until then")
	case e.Days < days:
		f.problem(e.Path, value, e.String(), "get the partner's new certificate and import it with --roll-over")
	}
}
