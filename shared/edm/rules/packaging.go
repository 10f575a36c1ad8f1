package rules

import (
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// responsePackaging are R-EDM-RESP-S046 to S066: packages, classifications and associations of 2.0.
var responsePackaging = []Rule{
	row("R-EDM-RESP-S046", Fatal, in20, setPackages, "a package holds exactly one RegistryObjectList", "send one list", oneNestedList),
	row("R-EDM-RESP-S047", Fatal, in20, setPackages, "a package has a MainEvidence", "classify the main evidence; for nothing send an empty top list", mainEvidenceThere),
	row("R-EDM-RESP-S048", Fatal, in20, setObjects, "each object has exactly one classification in the scheme "+edm.ClassificationScheme, "classify the object once", oneClassification),
	row("R-EDM-RESP-S049", Fatal, in20, setObjects+"/rim:Classification", "classificationNode is MainEvidence, Annex, HumanReadableVersion or Translation", "send one of these", nodeKnown),
	row("R-EDM-RESP-S050", Fatal, in20, setObjects, "each companion is the sourceObject of an association", "add the association with the main evidence", companionAssociated),
	row("R-EDM-RESP-S051", Fatal, in20, setAssociations, "an association has a sourceObject", "name the companion", attrThere("sourceObject")),
	row("R-EDM-RESP-S052", Fatal, in20, setAssociations, "the source of an Annex association is classified Annex", "name the annex", sourceIs(edm.Annex)),
	row("R-EDM-RESP-S053", Fatal, in20, setAssociations, "the source of a HumanReadableVersion association is classified so", "name the human-readable version", sourceIs(edm.HumanReadableVersion)),
	row("R-EDM-RESP-S054", Fatal, in20, setAssociations, "the source of a Translation association is classified Translation", "name the translation", sourceIs(edm.Translation)),
	row("R-EDM-RESP-S055", Fatal, in20, setAssociations, "an association has a targetObject", "name the main evidence", attrThere("targetObject")),
	row("R-EDM-RESP-S056", Fatal, in20, setAssociations, "the target of an Annex association is the MainEvidence", "name the main evidence", targetIsMain(edm.Annex)),
	row("R-EDM-RESP-S057", Fatal, in20, setAssociations, "the target of a HumanReadableVersion association is the MainEvidence", "name the main evidence", targetIsMain(edm.HumanReadableVersion)),
	row("R-EDM-RESP-S058", Fatal, in20, setAssociations, "the target of a Translation association is the MainEvidence", "name the main evidence", targetIsMain(edm.Translation)),
	row("R-EDM-RESP-S059", Fatal, in20, setAssociations, "an Annex is bound to the main evidence by an Annex association", "send that type", typeOfSource(edm.Annex)),
	row("R-EDM-RESP-S060", Fatal, in20, setAssociations, "a Translation is bound to the main evidence by a Translation association", "send that type", typeOfSource(edm.Translation)),
	row("R-EDM-RESP-S061", Fatal, in20, setAssociations, "a HumanReadableVersion is bound to the main evidence by a HumanReadableVersion association", "send that type", typeOfSource(edm.HumanReadableVersion)),
	row("R-EDM-RESP-S062", Fatal, in20, setObjects, "the metadata of MainEvidence has Identifier, IssuingDate, IsAbout, IssuingAuthority, IsConformantTo and Distribution", "add what is missing", mainMetadata),
	row("R-EDM-RESP-S063", Fatal, in20, setObjects, "the metadata of a companion has none of IsAbout, IssuingAuthority, IsConformantTo, ValidityPeriod, IssuingDate and Distribution/ConformsTo", "leave it out", companionMetadata),
	row("R-EDM-RESP-S065", Fatal, in20, setObjects+"/rim:Classification", "the id of a classification is urn:uuid: and a UUID", "send such an id", requestID("id")),
	row("R-EDM-RESP-S066", Fatal, in20, "rim:RegistryObjectList/rim:RegistryObject", "the list of a response holds packages only", "put the evidence into a RegistryPackageType", typeIs(regrep.RegistryPackageType)),
}

var companions = []string{edm.Annex, edm.HumanReadableVersion, edm.Translation}

// edmClassifications are an object's classifications in the scheme of the EDM.
func edmClassifications(object *regrep.Element) []*regrep.Element {
	var out []*regrep.Element
	for _, c := range object.All(rim, "Classification") {
		if c.Value("classificationScheme") == edm.ClassificationScheme {
			out = append(out, c)
		}
	}
	return out
}

// nodeOf is what an object is classified as, "" when it is not, or not clearly.
func (m *message) nodeOf(object *regrep.Element) string {
	node, known := m.nodes[object]
	if known {
		return node
	}
	if all := edmClassifications(object); len(all) == 1 && isNode(all[0].Value("classificationNode")) {
		node = all[0].Value("classificationNode")
	}
	m.nodes[object] = node
	return node
}

func isNode(s string) bool { return s == edm.MainEvidence || isCompanion(s) }

func isCompanion(s string) bool {
	for _, c := range companions {
		if c == s {
			return true
		}
	}
	return false
}

// pack is what the rules on references need to know of a package.
type pack struct {
	objects map[string]*regrep.Element // by id, associations left out
	sources map[string]bool            // the sourceObject of every association
	// sourceless: an association lacks its sourceObject.
	// vague: an object's classification or id is wrong by itself; rules that follow references stay silent then.
	sourceless, vague bool
}

// packOf is the package that an object or association is in.
func (m *message) packOf(e *regrep.Element) *pack {
	container := e.Parent.Parent
	if p := m.packs[container]; p != nil {
		return p
	}
	p := &pack{objects: map[string]*regrep.Element{}, sources: map[string]bool{}}
	for _, o := range membersOf(container) {
		if o.Type == regrep.AssociationType {
			source, ok := o.Attr("sourceObject")
			p.sources[source] = true
			p.sourceless = p.sourceless || !ok
			continue
		}
		id := o.Value("id")
		if p.objects[id] == nil {
			p.objects[id] = o
		}
		p.vague = p.vague || m.nodeOf(o) == "" || !isURN(id)
	}
	m.packs[container] = p
	return p
}

func oneNestedList(_ *message, e *regrep.Element) *breach {
	n := len(e.All(rim, "RegistryObjectList"))
	return when(n != 1, "/rim:RegistryObjectList", countText(n))
}

func mainEvidenceThere(m *message, e *regrep.Element) *breach {
	objects := membersOf(e)
	if e.Child(rim, "RegistryObjectList") == nil {
		return nil
	}
	for _, o := range objects {
		for _, c := range o.All(rim, "Classification") {
			if c.Value("classificationNode") == edm.MainEvidence {
				return nil
			}
		}
		if o.Type != regrep.AssociationType && m.nodeOf(o) == "" {
			return nil
		}
	}
	return &breach{"/rim:RegistryObjectList", "no MainEvidence"}
}

func oneClassification(_ *message, e *regrep.Element) *breach {
	n := len(edmClassifications(e))
	return when(n != 1, "/rim:Classification", countText(n))
}

func nodeKnown(_ *message, e *regrep.Element) *breach {
	v := e.Value("classificationNode")
	return when(e.Value("classificationScheme") == edm.ClassificationScheme && !isNode(v), "/@classificationNode", v)
}

func companionAssociated(m *message, e *regrep.Element) *breach {
	node, id, p := m.nodeOf(e), e.Value("id"), m.packOf(e)
	if !isCompanion(node) || !isURN(id) || p.sourceless {
		return nil
	}
	return when(!p.sources[id], "", node+" without association")
}

// endIs judges one end of an association of one type: the object is there and classified as node.
func endIs(kind, attr, node string) test {
	return func(m *message, e *regrep.Element) *breach {
		v, ok := e.Attr(attr)
		if e.Value("type") != regrep.AssociationTypePrefix+kind || !ok || m.packOf(e).vague {
			return nil
		}
		object := m.packOf(e).objects[v]
		return when(object == nil || m.nodeOf(object) != node, "/@"+attr, v)
	}
}

func sourceIs(kind string) test     { return endIs(kind, "sourceObject", kind) }
func targetIsMain(kind string) test { return endIs(kind, "targetObject", edm.MainEvidence) }

// typeOfSource judges an association from a companion of that kind to the main evidence.
func typeOfSource(kind string) test {
	return func(m *message, e *regrep.Element) *breach {
		p := m.packOf(e)
		source, target := p.objects[e.Value("sourceObject")], p.objects[e.Value("targetObject")]
		if source == nil || target == nil || m.nodeOf(source) != kind || m.nodeOf(target) != edm.MainEvidence {
			return nil
		}
		v := e.Value("type")
		return when(v != regrep.AssociationTypePrefix+kind, "/@type", v)
	}
}

// metadataOf is an object's sdg:Evidence, nil when there is none.
func metadataOf(object *regrep.Element) *regrep.Element {
	slots := object.Slots("EvidenceMetadata")
	if len(slots) == 0 {
		return nil
	}
	return slots[0].SlotValue().Child(sdg, "Evidence")
}

func mainMetadata(m *message, e *regrep.Element) *breach {
	metadata := metadataOf(e)
	if metadata == nil || m.nodeOf(e) != edm.MainEvidence {
		return nil
	}
	for _, name := range []string{"Identifier", "IssuingDate", "IsAbout", "IssuingAuthority", "IsConformantTo", "Distribution"} {
		if metadata.Child(sdg, name) == nil {
			return &breach{"/rim:Slot[@name='EvidenceMetadata']/rim:SlotValue/sdg:Evidence/sdg:" + name, "missing"}
		}
	}
	return nil
}

func companionMetadata(m *message, e *regrep.Element) *breach {
	const place = "/rim:Slot[@name='EvidenceMetadata']/rim:SlotValue/sdg:Evidence/sdg:"
	metadata := metadataOf(e)
	if metadata == nil || !isCompanion(m.nodeOf(e)) {
		return nil
	}
	for _, name := range []string{"IsAbout", "IssuingAuthority", "IsConformantTo", "ValidityPeriod", "IssuingDate"} {
		if metadata.Child(sdg, name) != nil {
			return &breach{place + name, name}
		}
	}
	return when(metadata.Child(sdg, "Distribution").Child(sdg, "ConformsTo") != nil, place+"Distribution/sdg:ConformsTo", "ConformsTo")
}
