package partners

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// MEP and binding of eDelivery AS4's Common Profile (ebMS 3.0 Core §2.2).
const (
	oneWay = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/oneWay"
	push   = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/push"
)

// importedLeg is a legConfiguration within a process.
type importedLeg struct {
	leg     Leg
	family  family
	dialect string
	test    bool // the test service, which is part of every agreement
}

// agreed lists, by party name, the legs of the processes that we and the party
// stand in, on either side. Legs have no direction: both parties may push.
func (i *importer) agreed() map[string][]*importedLeg {
	agreed := map[string][]*importedLeg{}
	for _, process := range i.pmode.processes {
		initiator, responder := process.initiators[i.self.name], process.responders[i.self.name]
		if !initiator && !responder {
			continue
		}
		legs := i.processLegs(process)
		for _, party := range i.pmode.parties {
			if (initiator && process.responders[party.name]) || (responder && process.initiators[party.name]) {
				agreed[party.name] = append(agreed[party.name], legs...)
			}
		}
	}
	return agreed
}

// processLegs reads the legs of a process. OOTS exchanges by One-Way/Push alone.
func (i *importer) processLegs(p pmodeProcess) []*importedLeg {
	path := fmt.Sprintf("process[%s]", clip(printable(p.name)))
	mep, binding := i.pmode.meps[p.mep], i.pmode.meps[p.binding]
	if mep != oneWay || binding != push {
		i.warn(path, mep+" "+binding, "is not one-way and push; its legs are left out", "nothing, unless you need them: this access point speaks One-Way/Push")
		return nil
	}
	if a := i.pmode.agreements[p.agreement]; a.value != "" {
		i.warn(path+"@agreement", a.value, "is not empty; it is not kept in the document", "send it with each message (as4 send --agreement)")
	}
	role, roleOK := i.pmode.roles[p.initiatorRole]
	toRole, toOK := i.pmode.roles[p.responderRole]
	if !roleOK || !toOK {
		i.problem(path, p.initiatorRole+" "+p.responderRole, "names a role that is not defined; its legs are left out", "ask for a P-Mode that defines it")
		return nil
	}
	if toRole == role {
		toRole = ""
	}
	var legs []*importedLeg
	for _, name := range p.legs {
		if leg := i.leg(path, name); leg != nil {
			leg.leg.Role, leg.leg.ToRole = role, toRole
			legs = append(legs, leg)
		}
	}
	return legs
}

// leg resolves a legConfiguration; nil for one that cannot be used.
func (i *importer) leg(process, name string) *importedLeg {
	path := fmt.Sprintf("%s.leg[%s]", process, clip(printable(name)))
	c, defined := i.pmode.legs[name]
	service, hasService := i.pmode.services[c.service]
	action, hasAction := i.pmode.actions[c.action]
	security, hasSecurity := i.pmode.securities[c.security]
	if !defined || !hasService || !hasAction || !hasSecurity {
		i.problem(path, "", "refers to a leg, service, action or security that is not defined; it is left out", "ask for a P-Mode that defines it")
		return nil
	}
	f, err := security.family()
	if err != nil {
		i.warn(path, c.security, err.Error()+"; the leg is left out", "ask for a leg that signs and encrypts")
		return nil
	}
	compress := c.compress
	l := &importedLeg{family: f, test: service.value == ebms.TestService && action == ebms.TestAction}
	l.leg = Leg{Service: service.value, ServiceType: service.kind, Action: action, Compress: &compress}
	if !l.test {
		l.dialect = i.dialect(c.propertySet)
	}
	return l
}

// dialect tells it by the message properties of a set (TDD 4.7.1 §2.5).
func (i *importer) dialect(set string) string {
	path := fmt.Sprintf("propertySet[%s]", clip(printable(set)))
	var keys []string
	optional := false
	for _, name := range i.pmode.sets[set] {
		p := i.pmode.properties[name]
		keys = append(keys, p.key)
		optional = optional || !p.required
	}
	slices.Sort(keys)
	switch strings.Join(keys, " ") {
	case ebms.FinalRecipient + " " + ebms.OriginalSender:
		return string(as4.Dialect1)
	case ebms.ExchangeID + " " + ebms.SpecificationID + " " + ebms.FinalRecipient + " " + ebms.OriginalSender:
		if optional {
			i.add(Note, path, "", "lets properties be left out; dialect "+string(as4.Dialect2)+" is taken", "set dialect to "+string(as4.Dialect1)+" for partners that speak 1.x")
		}
		return string(as4.Dialect2)
	}
	i.add(Note, path, strings.Join(keys, " "), "are not the properties of OOTS; they will not be checked", "set dialect, if the partner speaks OOTS")
	return NoDialect
}

// partnerLegs takes the legs of the family that is used, each service and action
// once, and the dialect that they share.
func (i *importer) partnerLegs(party pmodeParty, legs []*importedLeg, used family) ([]Leg, string) {
	list, dialect := []Leg{}, ""
	seen := map[[3]string]Leg{}
	for _, l := range legs {
		if l.test || l.family != used {
			continue
		}
		key := [3]string{l.leg.Service, l.leg.ServiceType, l.leg.Action}
		if first, twice := seen[key]; twice {
			if first.Role != l.leg.Role || first.ToRole != l.leg.ToRole || *first.Compress != *l.leg.Compress {
				i.warn(partyPath(party), l.leg.Action, "stands in two processes with other roles or compression; the first is taken", "correct the leg by hand, if need be")
			}
			continue
		}
		seen[key] = l.leg
		list = append(list, l.leg)
		if dialect != "" && dialect != l.dialect {
			i.warn(partyPath(party), l.dialect, "is the dialect of "+l.leg.Action+", others have "+dialect+", which is taken", "set dialect by hand")
			continue
		}
		dialect = l.dialect
	}
	if dialect == "" {
		dialect = NoDialect
	}
	return list, dialect
}
