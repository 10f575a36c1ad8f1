package partners

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Change is one difference that a [Merge] made.
type Change struct {
	Kind  string `json:"kind"`            // added, removed, changed, kept
	Party string `json:"party,omitempty"` // id
	Field string `json:"field,omitempty"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// String is the change on one line.
func (c Change) String() string {
	mark := map[string]string{"added": "+", "removed": "-", "changed": "~", "kept": "="}[c.Kind]
	line := strings.TrimSpace(fmt.Sprintf("%s %s %s", mark, c.Party, c.Field))
	switch {
	case c.Old != "" && c.New != "":
		return line + ": " + c.Old + " -> " + c.New
	case c.Old+c.New != "":
		return line + ": " + c.Old + c.New
	}
	return line
}

// Merge takes an import into an older document. Partners that the import lacks
// are removed, those written by hand stay. What was set by hand stays: which of
// our certificates a partner holds, and an endpoint, profile or dialect that is
// not what the import before had said. With rollOver a changed signing
// certificate is pinned beside the old one, else in its place.
//
// The document is the old one, revision included, when nothing changes.
func Merge(old, imported *Document, rollOver bool) (*Document, []Change, error) {
	if old.Me.Party() != imported.Me.Party() {
		return nil, nil, fmt.Errorf("the document is of party %q of type %q, the import of %q of type %q; name us with --me ID, or write a new document with --out", old.Me.ID, old.Me.Type, imported.Me.ID, imported.Me.Type)
	}
	m := &merger{rollOver: rollOver, before: map[ebms.PartyID]*Partner{}}
	for i := range old.Partners {
		m.before[old.Partners[i].Party()] = &old.Partners[i]
	}
	d := &Document{Version: Version, Revision: old.Revision, Me: imported.Me, Sources: imported.Sources, Partners: []Partner{}}
	m.text("", "our endpoint", old.Me.Endpoint, d.Me.Endpoint)
	for _, p := range imported.Partners {
		d.Partners = append(d.Partners, m.partner(p))
		delete(m.before, p.Party())
	}
	for _, p := range old.Partners {
		switch {
		case m.before[p.Party()] == nil:
		case p.Imported == nil:
			d.Partners = append(d.Partners, p)
			m.add("kept", p.ID, "written by hand", "", "")
		default:
			m.add("removed", p.ID, "", p.Endpoint, "")
		}
	}
	d.sort()
	return m.revise(old, d)
}

// revise counts the revision when anything differs.
func (m *merger) revise(old, d *Document) (*Document, []Change, error) {
	before, err := old.Encode()
	if err != nil {
		return nil, nil, err
	}
	after, err := d.Encode()
	if err != nil {
		return nil, nil, err
	}
	if bytes.Equal(before, after) {
		return old, m.changes, nil
	}
	d.Revision++
	return d, m.changes, nil
}

type merger struct {
	rollOver bool
	before   map[ebms.PartyID]*Partner
	changes  []Change
}

func (m *merger) add(kind, party, field, old, value string) {
	m.changes = append(m.changes, Change{kind, party, field, old, value})
}

func (m *merger) text(party, field, old, value string) {
	if old != value {
		m.add("changed", party, field, old, value)
	}
}

func (m *merger) partner(p Partner) Partner {
	old := m.before[p.Party()]
	if old == nil {
		m.add("added", p.ID, "", "", p.Endpoint)
		return p
	}
	if p.Holds != old.Holds {
		m.add("kept", p.ID, "holds", short(old.Holds), "trust store has "+short(p.Holds))
	}
	p.Holds = old.Holds
	said := old.Imported
	if said == nil { // written by hand before: what it says was meant
		said = &Imported{Endpoint: old.Endpoint}
	}
	p.Endpoint = m.byHand(p.ID, "endpoint", old.Endpoint, said.Endpoint, p.Endpoint)
	p.Dialect = m.byHand(p.ID, "dialect", old.Dialect, said.Dialect, p.Dialect)
	p.Profile = m.byHand(p.ID, "profile", old.Profile, said.Profile, p.Profile)
	if legsText(old.Legs) != legsText(p.Legs) {
		m.add("changed", p.ID, "legs", legsText(old.Legs), legsText(p.Legs))
	}
	m.certificates(old, &p)
	return p
}

// byHand keeps a value that was set by hand since the last import.
func (m *merger) byHand(party, field, was, said, says string) string {
	if was == said {
		m.text(party, field, was, says)
		return says
	}
	if was != says {
		m.add("kept", party, field, was, "the import says "+says)
	}
	return was
}

func (m *merger) certificates(old, p *Partner) {
	if m.rollOver {
		p.Signing = rolled(old.Signing, p.Signing, p.Profile)
	}
	if !same(old.Signing, p.Signing) {
		m.add("changed", p.ID, "signing certificates", listed(old.Signing), listed(p.Signing))
	}
	if !same(old.Encryption, p.Encryption) {
		m.add("changed", p.ID, "encryption certificates", listed(old.Encryption), listed(p.Encryption))
	}
	p.Signing, p.Encryption = unchanged(old.Signing, p.Signing), unchanged(old.Encryption, p.Encryption)
}

// rolled pins the new certificate beside the newest of those before. One of
// another kind of key cannot stay: a partner has one profile.
func rolled(old, fresh []Certificate, profile string) []Certificate {
	p, err := as4.ProfileNamed(profile)
	if len(old) == 0 || len(fresh) != 1 || err != nil {
		return fresh
	}
	if slices.ContainsFunc(old, func(c Certificate) bool { return same([]Certificate{c}, fresh) }) {
		return old
	}
	newest := old[len(old)-1]
	if c := newest.X509(); c == nil || !signsBy(p, c) {
		return fresh
	}
	return []Certificate{newest, fresh[0]}
}

// unchanged keeps what a document says of the same certificates, in its own words.
func unchanged(old, fresh []Certificate) []Certificate {
	if same(old, fresh) {
		return old
	}
	return fresh
}

func listed(certs []Certificate) string {
	if len(certs) == 0 {
		return "none"
	}
	list := make([]string, len(certs))
	for i := range certs {
		if c := certs[i].X509(); c != nil {
			list[i] = short(Fingerprint(c)) + " until " + c.NotAfter.UTC().Format("2006-01-02")
		}
	}
	return strings.Join(list, " and ")
}

// short is enough of a fingerprint to tell two apart by eye.
func short(fingerprint string) string {
	if fingerprint == "" {
		return "none"
	}
	return fingerprint[:min(16, len(fingerprint))]
}

func legsText(legs []Leg) string {
	list := make([]string, len(legs))
	for i, l := range legs {
		list[i] = fmt.Sprintf("%s/%s", l.Service, l.Action)
		if l.Role != "" {
			list[i] += fmt.Sprintf(" (%s)", strings.TrimSuffix(l.Role+" to "+l.ToRole, " to "))
		}
		if !l.compressed() {
			list[i] += " uncompressed"
		}
	}
	return strings.Join(list, ", ")
}
