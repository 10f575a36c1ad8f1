package partners

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Agreements turns every partner into what [as4] sends and receives by.
func (d *Document) Agreements() ([]*as4.Partner, error) {
	list := make([]*as4.Partner, len(d.Partners))
	for i := range d.Partners {
		p, err := d.Partners[i].Agreement()
		if err != nil {
			return nil, fmt.Errorf("partners[%d]: %w", i, err)
		}
		list[i] = p
	}
	return list, nil
}

// Agreement is the P-Mode of all legs with the partner. It fails only for a
// partner that [Document.Validate] has a problem with.
func (p *Partner) Agreement() (*as4.Partner, error) {
	profile, err := as4.ProfileNamed(p.Profile)
	if err != nil {
		return nil, err
	}
	a := &as4.Partner{ID: p.Party(), Endpoint: p.Endpoint, Profile: profile}
	if p.Dialect != NoDialect {
		a.Dialect = as4.Dialect(p.Dialect)
	}
	if p.Holds != "" {
		if a.Holds, err = hex.DecodeString(p.Holds); err != nil {
			return nil, fmt.Errorf("read holds: %w", err)
		}
	}
	if a.Signing, err = chain(p.Signing); err != nil {
		return nil, fmt.Errorf("read signing certificates: %w", err)
	}
	if a.Encryption, err = chain(p.Encryption); err != nil {
		return nil, fmt.Errorf("read encryption certificates: %w", err)
	}
	for _, l := range p.Legs {
		a.Legs = append(a.Legs, l.agreement())
	}
	return a, nil
}

func (l Leg) agreement() as4.Leg {
	leg := as4.Leg{Service: ebms.Service{Type: l.ServiceType, Value: l.Service}, Action: l.Action, Role: l.Role, ToRole: l.ToRole}
	if !l.compressed() {
		leg.Compression = as4.CompressNever
	}
	return leg
}

func chain(list []Certificate) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for i := range list {
		c := list[i].X509()
		if c == nil {
			return nil, fmt.Errorf("certificate %d cannot be read", i+1)
		}
		certs = append(certs, c)
	}
	return certs, nil
}
