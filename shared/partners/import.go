package partners

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Trusted is one certificate of a trust store, under its alias.
type Trusted struct {
	Alias       string
	Certificate *x509.Certificate
	Err         error // why it cannot be read; Certificate is nil then
}

// Options of an [Import].
type Options struct {
	Me      string // our party id or name; empty: the party whose file the P-Mode is
	Sources Sources
	Now     time.Time // certificates are judged by it; their dates leave nobody out
}

// Import makes a document of a P-Mode and a trust store: every party that we
// share a process with, pinned to the certificate whose alias is its id. What
// cannot be taken over is a finding, and the rest is imported; the error is for
// what leaves no partner at all.
func Import(p *PMode, store []Trusted, o Options) (*Document, []Finding, error) {
	self, err := p.self(o.Me)
	if err != nil {
		return nil, nil, err
	}
	i := &importer{pmode: p, self: p.parties[self], now: o.Now}
	i.book = i.newBook(store)
	d := &Document{Version: Version, Revision: 1, Sources: &o.Sources, Partners: []Partner{}}
	d.Me = i.me()
	agreed := i.agreed()
	for n, party := range p.parties {
		if n == self {
			continue
		}
		if partner, ok := i.partner(party, agreed[party.name]); ok {
			d.Partners = append(d.Partners, partner)
		}
	}
	i.unused()
	d.sort()
	if err := i.validated(d); err != nil {
		return nil, i.list, err
	}
	if len(d.Partners) == 0 {
		return nil, i.list, fmt.Errorf("no partner can be imported: of %d parties, %q is ourselves and the others lack a certificate or a leg that we can use; is it the right trust store?", len(p.parties), clip(i.self.name))
	}
	return d, i.list, nil
}

// importer is one import under way.
type importer struct {
	findings
	pmode *PMode
	self  pmodeParty
	book  *book
	now   time.Time
}

func partyPath(p pmodeParty) string { return fmt.Sprintf("party[%s]", clip(printable(p.name))) }

func (i *importer) me() Me {
	id, _ := i.identifier(i.self)
	me := Me{ID: id.value, Type: id.kind, Endpoint: i.endpoint(i.self)}
	for _, f := range []family{familyRSA, familyECC} {
		for _, purpose := range []string{"sign", "encrypt"} {
			if c := i.book.find(i.self, id.value, f, purpose); c != nil {
				i.dates("our own", c)
			}
		}
	}
	return me
}

// identifier resolves a party's first id. Its type is named by a partyIdType, or
// is a URI itself, as in some of Domibus' own samples.
func (i *importer) identifier(p pmodeParty) (pmodeValue, bool) {
	if len(p.ids) == 0 {
		i.problem(partyPath(p), "", "has no identifier", "ask for a P-Mode with one")
		return pmodeValue{}, false
	}
	if len(p.ids) > 1 {
		i.warn(partyPath(p), p.ids[1].value, fmt.Sprintf("is one of %d identifiers; the first is imported", len(p.ids)), "write a partner by hand for others that are used")
	}
	id := p.ids[0]
	kind, named := i.pmode.types[id.kind]
	switch {
	case named:
		id.kind = kind
	case id.kind != "" && !strings.Contains(id.kind, ":"):
		i.problem(partyPath(p), id.kind, "names no partyIdType", "ask for a P-Mode that defines it")
		return id, false
	}
	return id, true
}

// endpoint trims what published files have behind some addresses.
func (i *importer) endpoint(p pmodeParty) string {
	trimmed := strings.TrimSpace(p.endpoint)
	if trimmed != p.endpoint {
		i.warn(partyPath(p)+"@endpoint", p.endpoint, "begins or ends with blanks, which were left out", "nothing, or tell who published it")
	}
	return trimmed
}

// partner makes a partner of a party and the legs agreed with it.
func (i *importer) partner(party pmodeParty, legs []*importedLeg) (Partner, bool) {
	id, ok := i.identifier(party)
	if !ok {
		return Partner{}, false
	}
	if len(legs) == 0 {
		i.warn(partyPath(party), id.value, "shares no process with us that we can use; it is left out", "nothing, unless you exchange with it")
		return Partner{}, false
	}
	p := Partner{ID: id.value, Type: id.kind, Endpoint: i.endpoint(party)}
	used, ok := i.certify(&p, party, legs)
	if !ok {
		return Partner{}, false
	}
	p.Holds = i.holds(used)
	p.Legs, p.Dialect = i.partnerLegs(party, legs, used)
	p.Imported = &Imported{Endpoint: p.Endpoint, Profile: p.Profile, Dialect: p.Dialect}
	return p, true
}

// certify pins the certificates of the first family of the party's legs that the
// trust store has certificates for.
func (i *importer) certify(p *Partner, party pmodeParty, legs []*importedLeg) (family, bool) {
	var tried []family
	missing := true
	for _, leg := range legs {
		f := leg.family
		if slices.Contains(tried, f) {
			continue
		}
		tried = append(tried, f)
		c := i.book.find(party, p.ID, f, "sign")
		if c == nil {
			continue
		}
		profile, err := f.profile(c)
		if err == nil {
			i.pin(p, profile, c, i.book.find(party, p.ID, f, "encrypt"))
			return f, true
		}
		missing = false
		i.problem(partyPath(party), p.ID, err.Error()+"; it is left out", "ask the partner which it uses")
	}
	if missing {
		i.warn(partyPath(party), p.ID, "has no certificate in the trust store; it is left out", "ask for a trust store with alias "+clip(strings.ToLower(p.ID)))
	}
	return "", false
}

func (i *importer) pin(p *Partner, profile *as4.Profile, signing, encryption *x509.Certificate) {
	p.Profile, p.Signing, p.Encryption = profile.Name, newCertificates(signing), []Certificate{}
	i.dates(p.ID, signing)
	if encryption == nil || !encryptsBy(profile, encryption) {
		return // Validate warns of it
	}
	p.Encryption = newCertificates(encryption)
	if !encryption.Equal(signing) {
		i.dates(p.ID, encryption)
	}
}

// holds is the certificate of ours that everybody has in the trust store.
func (i *importer) holds(f family) string {
	if len(i.self.ids) == 0 {
		return ""
	}
	if c := i.book.find(i.self, i.self.ids[0].value, f, "sign"); c != nil {
		return Fingerprint(c)
	}
	return ""
}

// dates reports a certificate that is out of date or soon will be.
func (i *importer) dates(whose string, c *x509.Certificate) {
	e := newExpiry(ebms.PartyID{}, "", "", c, i.now)
	if e.Expired || e.Pending || e.Days < SoonDays {
		i.warn("trust store["+printable(whose)+"]", subject(c), e.String(), "ask for the new certificate")
	}
}

// validated takes out partners that the document's own rules refuse. What they
// refuse of ourselves is an error.
func (i *importer) validated(d *Document) error {
	bad := map[int]bool{}
	var ours []Finding
	for _, f := range d.Validate() {
		n, place, ok := ofPartner(f.Path)
		switch {
		case ok && n < len(d.Partners):
			bad[n] = bad[n] || f.Severity == Problem
			f.Path = "partner[" + clip(printable(d.Partners[n].ID)) + "]" + place
		case f.Severity == Problem:
			ours = append(ours, f)
		}
		i.add(f.Severity, f.Path, f.Value, f.Detail, f.Do)
	}
	good := []Partner{}
	for n, p := range d.Partners {
		if !bad[n] {
			good = append(good, p)
		}
	}
	d.Partners = good
	if len(ours) > 0 {
		return &Invalid{ours}
	}
	return nil
}

// ofPartner cuts partners[n] off a path.
func ofPartner(path string) (n int, place string, ok bool) {
	rest, ok := strings.CutPrefix(path, "partners[")
	number, place, closed := strings.Cut(rest, "]")
	n, err := strconv.Atoi(number)
	return n, place, ok && closed && err == nil
}
