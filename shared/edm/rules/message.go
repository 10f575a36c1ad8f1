package rules

import (
	"cmp"
	"slices"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// message is a document under judgement in one line.
type message struct {
	root    *regrep.Element
	version edm.Version
	line    string
	named   map[regrep.Name][]*regrep.Element
	sets    map[string][]*regrep.Element
	found   []*[]*regrep.Element

	// What is looked up for many elements is computed once, so that a large message costs linear time.
	packs     map[*regrep.Element]*pack
	nodes     map[*regrep.Element]string
	chosen    map[*regrep.Element]*regrep.Element
	languages map[languageKey]*regrep.Element
}

// languageKey is what siblings must not share.
type languageKey struct {
	parent      *regrep.Element
	local, lang string
}

func newMessage(root *regrep.Element, v edm.Version) *message {
	m := &message{
		root: root, version: v, line: v.Line(), named: map[regrep.Name][]*regrep.Element{}, packs: map[*regrep.Element]*pack{},
		nodes: map[*regrep.Element]string{}, chosen: map[*regrep.Element]*regrep.Element{}, languages: map[languageKey]*regrep.Element{},
	}
	m.sets = objectSets(root, v)
	root.Walk(m.index)
	return m
}

// index files an element under its name and in the sets that depend on the element alone.
func (m *message) index(e *regrep.Element) {
	m.named[e.Name] = append(m.named[e.Name], e)
	if _, ok := shortestTexts[e.Local]; ok && e.Space == sdg {
		m.sets[setTexts] = append(m.sets[setTexts], e)
	}
	if lang := langOf(e); lang != "" {
		m.sets[setTranslated] = append(m.sets[setTranslated], e)
		if key := (languageKey{e.Parent, e.Local, lang}); m.languages[key] == nil {
			m.languages[key] = e
		}
	}
}

// langOf is the language of an element: lang in business content, xml:lang in RegRep's.
func langOf(e *regrep.Element) string {
	if v, ok := e.Attr("lang"); ok {
		return v
	}
	v, _ := e.AttrNS(regrep.NamespaceXML, "lang")
	return v
}

func objectSets(root *regrep.Element, v edm.Version) map[string][]*regrep.Element {
	top := root.Child(regrep.NamespaceRIM, "RegistryObjectList").All(regrep.NamespaceRIM, "RegistryObject")
	sets := map[string][]*regrep.Element{setAnyObjects: top}
	if v != edm.V20 {
		sets[setObjects] = top
		return sets
	}
	for _, p := range top {
		if p.Type != regrep.RegistryPackageType {
			continue
		}
		sets[setPackages] = append(sets[setPackages], p)
		for _, o := range membersOf(p) {
			set := setObjects
			if o.Type == regrep.AssociationType {
				set = setAssociations
			}
			sets[set] = append(sets[set], o)
		}
	}
	sets[setAnyObjects] = slices.Concat(top, sets[setObjects], sets[setAssociations])
	return sets
}

// membersOf returns the objects of all lists in a package.
func membersOf(pack *regrep.Element) []*regrep.Element {
	var out []*regrep.Element
	for _, l := range pack.All(regrep.NamespaceRIM, "RegistryObjectList") {
		out = append(out, l.All(regrep.NamespaceRIM, "RegistryObject")...)
	}
	return out
}

// list returns the edition of a code list for the message's line.
func (m *message) list(name string) *codelist.List { return codelist.Of(name, m.line) }

// Check judges a parsed document by every rule of its kind and line, in the order of the tables. A document that names no known line is judged by the
// line that it breaks least, the newest of equals; hint, when known, decides instead (the header's SpecificationId).
func Check(d *edm.Document, hint edm.Version) []Finding {
	if d.RootError != nil {
		return []Finding{rootFinding(d)}
	}
	if d.Version.Known() {
		return judge(d, d.Version)
	}
	if hint.Known() {
		return judge(d, hint)
	}
	var best []Finding
	versions := edm.Versions()
	for i, v := range slices.Backward(versions) {
		found := judge(d, v)
		if i == len(versions)-1 || weight(found) < weight(best) {
			best = found
		}
	}
	return best
}

// weight counts the fatal findings.
func weight(all []Finding) int {
	n := 0
	for _, f := range all {
		if f.Level == Fatal {
			n++
		}
	}
	return n
}

func judge(d *edm.Document, v edm.Version) []Finding {
	return run(newMessage(d.Root, v), tables[d.Kind])
}

// FindingsLimit is the number of findings after which a document is judged no further: it is wrong enough, and each costs time.
const FindingsLimit = 500

func run(m *message, table []Rule) []Finding {
	var out []Finding
	for i := range table {
		r := &table[i]
		if r.test == nil || !r.In.Has(m.version) {
			continue
		}
		for _, e := range m.find(r.at) {
			if b := r.test(m, e); b != nil {
				out = append(out, r.finding(e, b))
			}
			if len(out) == FindingsLimit {
				return out
			}
		}
	}
	return out
}

// rootFinding reports the root rule that edm.NewDocument judged.
func rootFinding(d *edm.Document) Finding {
	table := tables[cmp.Or(d.Kind, edm.KindRequest)]
	for i := range table {
		if r := &table[i]; r.ID == d.RootError.Rule {
			return Finding{r.ID, r.Level, d.RootError.Place, regrep.Excerpt(d.Root.Name.String()), r.Text, r.Fix}
		}
	}
	return Finding{d.RootError.Rule, Fatal, d.RootError.Place, regrep.Excerpt(d.Root.Name.String()), d.RootError.Detail, "send an EDM message"}
}
