package partners

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Version is the version of the document's format that this package reads and writes.
const Version = "1"

// Limits of a document. What is beyond is refused with the limit's name.
const (
	MaxBytes    = 4 << 20  // limit.bytes: octets of a document
	MaxPartners = 500      // limit.partners
	MaxLegs     = 64       // limit.legs: legs of one partner
	MaxSigning  = 2        // limit.signing: pinned signing certificates, old and new
	MaxChain    = 8        // limit.chain: certificates of an encryption chain
	MaxPEM      = 16 << 10 // limit.pem: octets of one certificate
	MaxText     = 1024     // limit.text: octets of any other text
)

// Document is everything that one access point has agreed.
type Document struct {
	Version  string    `json:"version"`  // of the format
	Revision int       `json:"revision"` // of the content: 1, and one more at each change
	Me       Me        `json:"me"`
	Sources  *Sources  `json:"sources,omitempty"`
	Partners []Partner `json:"partners"`
}

// Me is our own party.
type Me struct {
	ID       string `json:"id"`
	Type     string `json:"type,omitempty"`
	Endpoint string `json:"endpoint,omitempty"` // what partners were told
}

// Party is our id on the wire.
func (m Me) Party() ebms.PartyID { return ebms.PartyID{Type: m.Type, Value: m.ID} }

// Sources says which published files a document was imported from.
type Sources struct {
	PMode      Source `json:"pmode"`
	TrustStore Source `json:"trustStore"`
}

// Source is one published file.
type Source struct {
	File   string `json:"file"`   // its name, without folders
	SHA256 string `json:"sha256"` // of its octets, in hex
}

// Partner is what has been agreed with one other access point.
type Partner struct {
	ID       string `json:"id"`
	Type     string `json:"type,omitempty"`
	Endpoint string `json:"endpoint"`
	Profile  string `json:"profile"`         // name of an as4.Profile
	Dialect  string `json:"dialect"`         // oots-1, oots-2 or none
	Holds    string `json:"holds,omitempty"` // SHA-256, in hex, of our signing certificate that the partner has

	Legs       []Leg         `json:"legs"`       // without the test service, which is always agreed
	Signing    []Certificate `json:"signing"`    // pinned; two during roll-over, the old one first
	Encryption []Certificate `json:"encryption"` // chain, end entity first

	// Imported is what the last import said; nil for a partner written by hand.
	// A field above that differs was set by hand: the next import leaves it alone.
	Imported *Imported `json:"imported,omitempty"`
}

// Party is the partner's id on the wire.
func (p Partner) Party() ebms.PartyID { return ebms.PartyID{Type: p.Type, Value: p.ID} }

// Imported holds the fields of a partner that may be overridden by hand.
type Imported struct {
	Endpoint string `json:"endpoint"`
	Profile  string `json:"profile"`
	Dialect  string `json:"dialect"`
}

// NoDialect stands for message properties that are not checked.
const NoDialect = "none"

// Leg is a service and action with its roles.
type Leg struct {
	Service     string `json:"service"`
	ServiceType string `json:"serviceType,omitempty"`
	Action      string `json:"action"`
	Role        string `json:"role,omitempty"`   // of both sides; empty takes any
	ToRole      string `json:"toRole,omitempty"` // of eb:To, when it is another
	Compress    *bool  `json:"compress,omitempty"`
}

// compressed is the default of Compress: payloads are, except formats that hardly shrink.
func (l Leg) compressed() bool { return l.Compress == nil || *l.Compress }

// Encode writes a document: two blanks of indent, fields in their order. The
// same document gives the same octets.
func (d *Document) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d.withLists()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// withLists is the document with empty lists where there are none: null is no list.
func (d *Document) withLists() *Document {
	whole := *d
	whole.Partners = append([]Partner{}, d.Partners...)
	for i := range whole.Partners {
		p := &whole.Partners[i]
		p.Legs = append([]Leg{}, p.Legs...)
		p.Signing = append([]Certificate{}, p.Signing...)
		p.Encryption = append([]Certificate{}, p.Encryption...)
	}
	return &whole
}

// sort puts partners in the order of their ids, so that two revisions compare by line.
func (d *Document) sort() {
	slices.SortFunc(d.Partners, func(a, b Partner) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Type, b.Type))
	})
}
