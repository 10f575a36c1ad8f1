// Package tenant is the configuration of one node: one YAML document with what it
// is, whom it serves and where its keys are, and beside it the partner document
// and certificates. Documents are read anew while the node runs: what is changed is active
// within [Fresh], removal included (architecture rule 14).
package tenant

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/availability"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// Version is that of the document's format.
const Version = "1"

// MaxBytes bounds a document.
const MaxBytes = 4 << 20

// Document is everything that makes a node this node. Names of files are names
// of the source that the document came from.
type Document struct {
	Version  string       `yaml:"version"`
	Name     string       `yaml:"name"`    // of the tenant, [a-z0-9-]
	Country  string       `yaml:"country"` // code of OOTS_Country
	Party    Party        `yaml:"party"`
	Platform access.Agent `yaml:"platform"` // who runs the node: the IP agent
	Address  Address      `yaml:"address"`
	Partners string       `yaml:"partners"` // file of the partner document
	Keys     Keys         `yaml:"keys"`

	Directory  Directory           `yaml:"directory"`
	SignIn     SignIn              `yaml:"signIn"`
	Portals    []access.Portal     `yaml:"portals,omitempty"`
	Registries []registry.Registry `yaml:"registries,omitempty"`
	// Places are "host:port" that may be dialled although they are not public (rule 13).
	Places Places `yaml:"places,omitempty"`
	// Roots is a file of certificates that servers are trusted by, beside the machine's; empty: none.
	Roots string `yaml:"roots,omitempty"`
	// Speak are lines of the exchange, preferred first; none: all, the newest first.
	Speak []string `yaml:"speak,omitempty"`
	// Timers in minutes; zero: the published values.
	Timers Timers `yaml:"timers,omitempty"`
	// Maintenance are the windows that were announced: what ends in one does not tell of us.
	Maintenance []availability.Window `yaml:"maintenance,omitempty"`
	// Closed says why /as4 takes no message: it answers 503, and partners send again.
	// Empty: it is open. A restored store stays closed until it knows the ids of its
	// journal (architecture rule 15).
	Closed string `yaml:"closed,omitempty"`
}

// Party is the id of the access point on the wire.
type Party struct {
	ID   string `yaml:"id"`
	Type string `yaml:"type"`
}

// Address are the public URLs, without the last slash.
type Address struct {
	AS4    string `yaml:"as4"`
	API    string `yaml:"api"`
	People string `yaml:"people"`
}

// Keys name our own keys. While one is rolled over, lists hold old and new.
type Keys struct {
	Signing    []Key `yaml:"signing"`
	Decryption []Key `yaml:"decryption"`
	SignIn     Key   `yaml:"signIn"` // of the service provider; RSA
	Tokens     Key   `yaml:"tokens"` // of access tokens; Ed25519 or P-256, without certificate
}

// Key is a private key and its certificate, by name.
type Key struct {
	Certificate string `yaml:"certificate,omitempty"`
	Key         string `yaml:"key"`
}

// Directory is where the Common Services are.
type Directory struct {
	EvidenceBroker string   `yaml:"evidenceBroker,omitempty"` // base URL; empty: discovery
	DataServices   string   `yaml:"dataServices,omitempty"`
	Repository     string   `yaml:"repository,omitempty"`
	Roots          string   `yaml:"roots"` // file of the certificates that answers' signatures end in
	Versions       []string `yaml:"versions,omitempty"`
	Environment    string   `yaml:"environment,omitempty"` // acc or prod, for discovery
	NameServer     string   `yaml:"nameServer,omitempty"`
}

// SignIn is the national eIDAS node.
type SignIn struct {
	EntityID     string `yaml:"entityId"`
	SSO          string `yaml:"sso"`
	Certificates string `yaml:"certificates"` // file
	Level        string `yaml:"level,omitempty"`
}

// Places of each function that reaches out.
type Places struct {
	Partners   []string `yaml:"partners,omitempty"`
	Directory  []string `yaml:"directory,omitempty"`
	Registries []string `yaml:"registries,omitempty"`
}

// Timers are minutes (TDD 4.4 §4.4.3).
type Timers struct {
	Requester TimerSet `yaml:"requester,omitempty"`
	Provider  TimerSet `yaml:"provider,omitempty"`
}

// TimerSet are the minutes of one role.
type TimerSet struct {
	Link    float64 `yaml:"link,omitempty"`
	Launch  float64 `yaml:"launch,omitempty"`
	Preview float64 `yaml:"preview,omitempty"`
	Overall float64 `yaml:"overall,omitempty"`
	Keep    float64 `yaml:"keep,omitempty"`
}

// Of are the timers of a role, with the published values where none is set.
func (t *Timers) Of(role exchange.Role) exchange.Timers {
	all, set := exchange.DefaultTimers(role), t.Requester
	if role == exchange.Provider {
		set = t.Provider
	}
	for _, v := range []struct {
		to      *time.Duration
		minutes float64
	}{{&all.Link, set.Link}, {&all.Launch, set.Launch}, {&all.Preview, set.Preview}, {&all.Overall, set.Overall}, {&all.Keep, set.Keep}} {
		if v.minutes > 0 {
			*v.to = time.Duration(v.minutes * float64(time.Minute))
		}
	}
	return all
}

// Parse reads a document and judges it. The error names every field that is
// wrong and what to write.
func Parse(octets []byte) (*Document, error) {
	if len(octets) > MaxBytes {
		return nil, fmt.Errorf("tenant document has %d octets, at most %d are read", len(octets), MaxBytes)
	}
	d := new(Document)
	decoder := yaml.NewDecoder(bytes.NewReader(octets))
	decoder.KnownFields(true)
	if err := decoder.Decode(d); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read tenant document: %w", err)
	}
	if findings := d.Validate(); len(findings) > 0 {
		return nil, &Invalid{findings}
	}
	return d, nil
}
