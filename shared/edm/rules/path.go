package rules

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// path selects elements from the root down. Paths of the same text share one entry, so that a message is walked once for them all.
type path struct {
	id    int
	start string // "", "//" or one of the sets below
	steps []step
}

// step is a child's name, and the name of the slot when it is one.
type step struct {
	name regrep.Name
	slot string
}

// Sets that a path may start with instead of the root.
const (
	setObjects      = "@objects"      // extrinsic objects: of the list before 2.0, of the packages in 2.0
	setAnyObjects   = "@any"          // registry objects of every level and type
	setPackages     = "@packages"     // 2.0: packages of the list
	setAssociations = "@associations" // 2.0: associations in packages
	setTexts        = "@texts"        // sdg elements that are free text
	setTranslated   = "@translated"   // elements with lang or xml:lang
)

var paths = map[string]*path{}

// pathOf compiles "rim:Slot=EvidenceProvider/rim:SlotValue/sdg:Agent", "//rim:Slot", "@objects/rim:RepositoryItemRef" or "" for the root.
func pathOf(s string) *path {
	if p := paths[s]; p != nil {
		return p
	}
	p := &path{id: len(paths)}
	paths[s] = p
	rest := s
	switch {
	case strings.HasPrefix(s, "//"):
		p.start, rest = "//", s[2:]
	case strings.HasPrefix(s, "@"):
		p.start, rest, _ = strings.Cut(s, "/")
	}
	for part := range strings.SplitSeq(rest, "/") {
		if part != "" {
			p.steps = append(p.steps, stepOf(part))
		}
	}
	return p
}

func stepOf(s string) step {
	s, slot, _ := strings.Cut(s, "=")
	prefix, local, _ := strings.Cut(s, ":")
	return step{regrep.Name{Space: spaces[prefix], Local: local}, slot}
}

var spaces = map[string]string{
	"query": regrep.NamespaceQuery, "rim": regrep.NamespaceRIM, "rs": regrep.NamespaceRS, "sdg": regrep.NamespaceSDG, "eb": regrep.NamespaceEBMS,
}

func (s step) matches(e *regrep.Element) bool {
	return e.Name == s.name && (s.slot == "" || e.Value("name") == s.slot)
}

// find returns what a path selects in the message.
func (m *message) find(p *path) []*regrep.Element {
	if p.id < len(m.found) && m.found[p.id] != nil {
		return *m.found[p.id]
	}
	for len(m.found) <= p.id {
		m.found = append(m.found, nil)
	}
	result := m.walk(p)
	m.found[p.id] = &result
	return result
}

func (m *message) walk(p *path) []*regrep.Element {
	var current []*regrep.Element
	steps := p.steps
	switch p.start {
	case "":
		current = []*regrep.Element{m.root}
	case "//":
		current, steps = m.named[steps[0].name], steps[1:]
	default:
		current = m.sets[p.start]
	}
	for _, s := range steps {
		var next []*regrep.Element
		for _, e := range current {
			for _, c := range e.Children {
				if s.matches(c) {
					next = append(next, c)
				}
			}
		}
		current = next
	}
	return current
}
