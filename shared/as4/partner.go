package as4

import (
	"crypto"
	"crypto/x509"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Leg is one service and action that two parties have agreed on.
type Leg struct {
	Service     ebms.Service
	AnyType     bool // Service.Type is not compared
	Action      string
	Role        string      // both sides' eb:Role; empty takes any
	ToRole      string      // eb:Role of eb:To, when it is another
	Compression Compression // of payloads whose Content leaves it open
}

// OOTSLegs are the legs of the official P-Mode (TDD 4.7.1): evidence exchange
// and updates of the Common Services, with the OOTS role on both sides.
var OOTSLegs = ootsLegs()

func ootsLegs() []Leg {
	actions := map[string][]string{
		ebms.QueryManager:     {ebms.ExecuteQueryRequest, ebms.ExecuteQueryResponse, ebms.ExceptionResponse},
		ebms.LifecycleManager: {ebms.SubmitObjectsRequest, ebms.SubmitObjectsResponse, ebms.ExceptionResponse},
	}
	var legs []Leg
	for _, service := range []string{ebms.QueryManager, ebms.LifecycleManager} {
		for _, action := range actions[service] {
			legs = append(legs, Leg{Service: ebms.Service{Type: ebms.OOTSServiceType, Value: service}, Action: action, Role: ebms.OOTSRole})
		}
	}
	return legs
}

// roles are the eb:Role of eb:From and eb:To.
func (l Leg) roles() (from, to string) {
	if l.ToRole != "" {
		return l.Role, l.ToRole
	}
	return l.Role, l.Role
}

func (l Leg) matches(m *ebms.UserMessage) bool {
	return l.Action == m.Action && l.Service.Value == m.Service.Value && (l.AnyType || l.Service.Type == m.Service.Type)
}

// Dialect is the set of message properties that a partner expects (TDD 4.7.1 §2.5).
type Dialect string

// The dialects. Any leaves the properties to the caller.
const (
	DialectAny Dialect = ""
	Dialect1   Dialect = "oots-1" // exactly originalSender and finalRecipient
	Dialect2   Dialect = "oots-2" // those, ExchangeId and SpecificationId
)

// Partner is what has been agreed with one other access point: the P-Mode of
// all its legs.
type Partner struct {
	ID         ebms.PartyID
	Endpoint   string              // https URL of its access point
	Signing    []*x509.Certificate // pinned; two while its certificate is rolled over
	Encryption []*x509.Certificate // chain, end entity first; nil when we never send to it
	Profile    *Profile
	Dialect    Dialect
	Legs       []Leg  // the test service is always a leg
	Holds      []byte // SHA-256 of our signing certificate that the partner has; nil: our first that fits the profile
}

// leg finds the leg of a message. The test service is part of every agreement
// (eDelivery AS4 §3.2.7).
func (p *Partner) leg(m *ebms.UserMessage) (Leg, bool) {
	if m.Test() {
		return Leg{Service: m.Service, Action: m.Action}, true
	}
	i := slices.IndexFunc(p.Legs, func(l Leg) bool { return l.matches(m) })
	if i < 0 {
		return Leg{}, false
	}
	return p.Legs[i], true
}

// SigningKey is one of our own signing keys with its certificate.
type SigningKey struct {
	Chain []*x509.Certificate // end entity first
	Key   crypto.Signer
}

// DecryptionKey is one of our own keys that partners encrypt for.
type DecryptionKey struct {
	Certificate *x509.Certificate
	Key         any // crypto.Decrypter for RSA; enc.Agreement (as *ecdh.PrivateKey) for key agreement
}

// Identity is this access point: who it is and what it signs and decrypts with.
// While keys are rolled over it holds old and new.
type Identity struct {
	Party      ebms.PartyID
	Signing    []SigningKey
	Decryption []DecryptionKey
}

// certificates lists the certificates that partners may encrypt for.
func (id *Identity) certificates() []*x509.Certificate {
	certs := make([]*x509.Certificate, len(id.Decryption))
	for i := range id.Decryption {
		certs[i] = id.Decryption[i].Certificate
	}
	return certs
}

func (id *Identity) key(cert *x509.Certificate) any {
	for i := range id.Decryption {
		if id.Decryption[i].Certificate == cert {
			return id.Decryption[i].Key
		}
	}
	return nil
}

// signerFor picks the key that the partner holds the certificate of, and
// otherwise the first whose kind the profile knows.
func (id *Identity) signerFor(p *Partner) (SigningKey, bool) {
	for _, k := range id.Signing {
		if p != nil && p.Holds != nil && slices.Equal(p.Holds, fingerprint(k.Chain[0])) {
			return k, true
		}
	}
	for _, k := range id.Signing {
		if p == nil || p.Profile.SignsWith(k.Chain[0].PublicKey) {
			return k, true
		}
	}
	return SigningKey{}, false
}

func validAt(c *x509.Certificate, now time.Time) bool {
	return !now.Before(c.NotBefore) && !now.After(c.NotAfter)
}
