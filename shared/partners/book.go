package partners

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// book finds certificates by alias, and remembers which were asked for.
type book struct {
	certs  map[string]*x509.Certificate
	owners map[string]int // how many parties have an id, in lower case
	used   map[string]bool
}

// newBook opens a trust store. An alias in two spellings with two certificates
// belongs to nobody.
func (i *importer) newBook(store []Trusted) *book {
	b := &book{certs: map[string]*x509.Certificate{}, owners: map[string]int{}, used: map[string]bool{}}
	for _, t := range store {
		alias := strings.ToLower(t.Alias)
		path := fmt.Sprintf("trust store[%s]", clip(printable(alias)))
		first, twice := b.certs[alias]
		switch {
		case t.Err != nil || t.Certificate == nil:
			i.problem(path, "", fmt.Sprintf("cannot be read: %v", t.Err), "ask for another certificate")
		case alias == "":
			i.warn(path, subject(t.Certificate), "has no alias; nobody is pinned to it", "import it with keytool -alias PARTY")
		case twice && (first == nil || !first.Equal(t.Certificate)):
			i.problem(path, "", "stands there twice, with two certificates; nobody is pinned to it", "ask which is right")
			b.certs[alias] = nil
		default:
			b.certs[alias] = t.Certificate
		}
	}
	i.own(b)
	return b
}

// own counts the parties of each id: an alias in lower case must not serve two.
func (i *importer) own(b *book) {
	for _, p := range i.pmode.parties {
		var mine []string
		for _, id := range p.ids {
			if l := strings.ToLower(id.value); !slices.Contains(mine, l) {
				mine = append(mine, l)
				b.owners[l]++
			}
		}
	}
	for id, n := range b.owners {
		if n > 1 && b.certs[id] != nil {
			i.problem(fmt.Sprintf("trust store[%s]", clip(printable(id))), "", fmt.Sprintf("is the alias of %d parties; nobody is pinned to it", n), "ask for party ids that differ by more than case")
			b.certs[id] = nil
		}
	}
}

// find looks for a party's certificate. An alias that is another party's id is
// that party's, whatever this one is named.
func (b *book) find(p pmodeParty, id string, f family, purpose string) *x509.Certificate {
	for _, alias := range f.aliases(p, id, purpose) {
		mine := slices.ContainsFunc(p.ids, func(v pmodeValue) bool { return strings.ToLower(v.value) == alias })
		if !mine && b.owners[alias] > 0 {
			continue
		}
		if c := b.certs[alias]; c != nil {
			b.used[alias] = true
			return c
		}
	}
	return nil
}

// unused reports certificates that no party was pinned to.
func (i *importer) unused() {
	var left []string
	for alias, c := range i.book.certs {
		if c != nil && !i.book.used[alias] {
			left = append(left, alias)
		}
	}
	slices.Sort(left)
	for _, alias := range left {
		i.warn(fmt.Sprintf("trust store[%s]", clip(printable(alias))), subject(i.book.certs[alias]), "belongs to no partner in the P-Mode", "nothing, or ask for the P-Mode of the same day")
	}
}
