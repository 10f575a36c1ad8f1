package partners

import (
	"errors"
	"fmt"
	"slices"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Limits of a P-Mode. The published ones, of 32 parties, have 18 KB.
const (
	MaxPModeBytes    = 4 << 20 // octets
	MaxPModeElements = 200_000
	MaxProcesses     = 64 // processes, and legs of one process
)

// pmodeNamespace is that of db:configuration; its descendants have none.
const pmodeNamespace = "http://domibus.eu/configuration"

// PMode is what a Domibus configuration says of parties and legs.
type PMode struct {
	Party string // name of the party whose file it is

	parties    []pmodeParty
	roles      map[string]string
	types      map[string]string // partyIdTypes
	services   map[string]pmodeValue
	actions    map[string]string
	agreements map[string]pmodeValue
	properties map[string]pmodeProperty
	sets       map[string][]string // property sets: names of properties
	securities map[string]pmodeSecurity
	meps       map[string]string // MEPs and bindings
	legs       map[string]pmodeLeg
	processes  []pmodeProcess
}

type pmodeParty struct {
	name, endpoint string
	ids            []pmodeValue // type and value
}

type pmodeValue struct{ kind, value string }

type pmodeProperty struct {
	key      string
	required bool
}

type pmodeSecurity struct{ policy, signatureMethod, profile string }

type pmodeLeg struct {
	service, action, security, propertySet string
	compress                               bool
}

type pmodeProcess struct {
	name, agreement, mep, binding string
	initiatorRole, responderRole  string
	initiators, responders        map[string]bool
	legs                          []string
}

// ReadPMode reads db:configuration. What refers to nothing is found when it is
// used: see [Import].
func ReadPMode(octets []byte) (*PMode, error) {
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: MaxPModeBytes, Elements: MaxPModeElements, Comments: true})
	if err != nil {
		return nil, fmt.Errorf("read P-Mode: %w", err)
	}
	root := doc.Root()
	if root.Tag != "configuration" || root.NamespaceURI() != pmodeNamespace {
		return nil, fmt.Errorf("read P-Mode: the root is {%s}%s, not {%s}configuration; give the file that Domibus loads", clip(printable(root.NamespaceURI())), clip(root.Tag), pmodeNamespace)
	}
	r := &pmodeReader{}
	p := r.pmode(root)
	if r.err != nil {
		return nil, fmt.Errorf("read P-Mode: %w", r.err)
	}
	return p, nil
}

// pmodeReader keeps the first thing that is wrong.
type pmodeReader struct{ err error }

func (r *pmodeReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *pmodeReader) pmode(root *etree.Element) *PMode {
	processes := r.one(root, "businessProcesses")
	if processes == nil {
		r.fail("businessProcesses is missing, or in a namespace; write it without one, as Domibus does")
		return nil
	}
	section := func(name, element string) []*etree.Element { return children(r.one(processes, name), element) }
	p := &PMode{
		Party:      attribute(root, "party"),
		roles:      named(r, section("roles", "role"), attr("value")),
		services:   named(r, section("services", "service"), valueOf),
		actions:    named(r, section("actions", "action"), attr("value")),
		agreements: named(r, section("agreements", "agreement"), valueOf),
		securities: named(r, section("securities", "security"), securityOf),
		properties: named(r, section("properties", "property"), propertyOf),
		sets:       named(r, section("properties", "propertySet"), refs("propertyRef", "property")),
		legs:       named(r, section("legConfigurations", "legConfiguration"), legOf),
		meps:       named(r, append(section("meps", "mep"), section("meps", "binding")...), attr("value")),
	}
	p.types = map[string]string{}
	for _, list := range section("parties", "partyIdTypes") {
		for name, value := range named(r, children(list, "partyIdType"), attr("value")) {
			p.types[name] = value
		}
	}
	for _, el := range section("parties", "party") {
		p.parties = append(p.parties, partyOf(el))
	}
	for _, el := range children(processes, "process") {
		p.processes = append(p.processes, r.process(el))
	}
	r.bounds(p)
	return p
}

func (r *pmodeReader) bounds(p *PMode) {
	seen := map[string]bool{}
	for _, party := range p.parties {
		if seen[party.name] {
			r.fail("two parties are named %q; names are unique", clip(party.name))
		}
		seen[party.name] = true
	}
	if len(p.parties) > MaxPartners {
		r.fail("%d parties are more than %d (limit.partners)", len(p.parties), MaxPartners)
	}
	if len(p.processes) > MaxProcesses {
		r.fail("%d processes are more than %d", len(p.processes), MaxProcesses)
	}
}

func (r *pmodeReader) process(el *etree.Element) pmodeProcess {
	p := pmodeProcess{
		name: attribute(el, "name"), agreement: attribute(el, "agreement"),
		mep: attribute(el, "mep"), binding: attribute(el, "binding"),
		initiatorRole: attribute(el, "initiatorRole"), responderRole: attribute(el, "responderRole"),
		initiators: r.members(el, "initiatorParties", "initiatorParty"),
		responders: r.members(el, "responderParties", "responderParty"),
	}
	for _, leg := range children(r.one(el, "legs"), "leg") {
		p.legs = append(p.legs, attribute(leg, "name"))
	}
	if len(p.legs) > MaxProcesses {
		r.fail("process %q has %d legs, more than %d", clip(p.name), len(p.legs), MaxProcesses)
	}
	return p
}

func (r *pmodeReader) members(el *etree.Element, list, member string) map[string]bool {
	names := map[string]bool{}
	for _, m := range children(r.one(el, list), member) {
		names[attribute(m, "name")] = true
	}
	return names
}

// one returns the only child of that name, or nil.
func (r *pmodeReader) one(el *etree.Element, name string) *etree.Element {
	list := children(el, name)
	if len(list) > 1 {
		r.fail("%s stands there %d times; write it once", name, len(list))
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// children returns the children of that name in no namespace.
func children(el *etree.Element, name string) []*etree.Element {
	if el == nil {
		return nil
	}
	var list []*etree.Element
	for _, c := range el.ChildElements() {
		if c.Tag == name && c.NamespaceURI() == "" {
			list = append(list, c)
		}
	}
	return list
}

// attribute returns the value of an attribute in no namespace.
func attribute(el *etree.Element, name string) string {
	for i := range el.Attr {
		if el.Attr[i].Space == "" && el.Attr[i].Key == name {
			return el.Attr[i].Value
		}
	}
	return ""
}

// named maps the name of each element to what it defines; names are unique in a list.
func named[T any](r *pmodeReader, list []*etree.Element, read func(*etree.Element) T) map[string]T {
	m := make(map[string]T, len(list))
	for _, el := range list {
		name := attribute(el, "name")
		if _, twice := m[name]; twice {
			r.fail("two %s are named %q; names are unique", clip(el.Tag), clip(name))
		}
		m[name] = read(el)
	}
	return m
}

// self finds our party: by the id that was asked for, else by name, else the one
// that the file names.
func (p *PMode) self(me string) (int, error) {
	if me == "" && p.Party == "" {
		return 0, errors.New("the P-Mode does not say whose it is; say who we are with --me ID")
	}
	find := func(is func(pmodeParty) bool) int { return slices.IndexFunc(p.parties, is) }
	if me == "" {
		if i := find(func(x pmodeParty) bool { return x.name == p.Party }); i >= 0 {
			return i, nil
		}
		return 0, fmt.Errorf("the P-Mode says that it is of party %q, and has no such party; say who we are with --me ID", clip(p.Party))
	}
	hasID := func(x pmodeParty) bool {
		return slices.ContainsFunc(x.ids, func(id pmodeValue) bool { return id.value == me })
	}
	if i := find(hasID); i >= 0 {
		return i, nil
	}
	if i := find(func(x pmodeParty) bool { return x.name == me }); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("the P-Mode has no party %q; ids are case-sensitive", clip(me))
}
