package saml

import (
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// read judges a decrypted assertion and takes the subject out of it.
func (sp *ServiceProvider) read(a *etree.Element, login Login) (*Subject, error) {
	if a.Tag != "Assertion" || a.NamespaceURI() != Assertions {
		return nil, refuse("assertion", "what was encrypted is %s", a.Tag)
	}
	if xmlsafe.PlainAttribute(a, "Version") != "2.0" || !sp.isProvider(a) {
		return nil, refuse("assertion.issuer", "the assertion is of another version or issuer")
	}
	if err := sp.confirmed(a, login); err != nil {
		return nil, err
	}
	if err := sp.conditions(a); err != nil {
		return nil, err
	}
	level, err := levelIn(a, login)
	if err != nil {
		return nil, err
	}
	all, err := readAttributes(a)
	if err != nil {
		return nil, err
	}
	return subjectOf(all, level)
}

// confirmed wants a bearer confirmation for us, now, in answer to our request
// (SAML Profiles §4.1.4.2).
func (sp *ServiceProvider) confirmed(a *etree.Element, login Login) error {
	subjects := children(a, Assertions, "Subject")
	if len(subjects) != 1 {
		return refuse("subject", "%d subjects", len(subjects))
	}
	for _, c := range children(subjects[0], Assertions, "SubjectConfirmation") {
		data := children(c, Assertions, "SubjectConfirmationData")
		if xmlsafe.PlainAttribute(c, "Method") != bearer || len(data) != 1 {
			continue
		}
		attr := func(name string) string { return xmlsafe.PlainAttribute(data[0], name) }
		if attr("Recipient") == sp.ACS && attr("InResponseTo") == login.ID && attr("NotBefore") == "" && attr("NotOnOrAfter") != "" && sp.within("", attr("NotOnOrAfter")) {
			return nil
		}
	}
	return refuse("confirmation", "no bearer confirmation is for this address, this sign-in and this time")
}

func (sp *ServiceProvider) conditions(a *etree.Element) error {
	list := children(a, Assertions, "Conditions")
	if len(list) != 1 {
		return refuse("conditions", "%d Conditions", len(list))
	}
	if !sp.within(xmlsafe.PlainAttribute(list[0], "NotBefore"), xmlsafe.PlainAttribute(list[0], "NotOnOrAfter")) {
		return refuse("conditions.time", "the assertion is not valid now")
	}
	restrictions := children(list[0], Assertions, "AudienceRestriction")
	if len(restrictions) == 0 {
		return refuse("audience", "the assertion is for no audience")
	}
	for _, r := range restrictions {
		if !sp.inAudience(r) {
			return refuse("audience", "the assertion is for another audience")
		}
	}
	return nil
}

func (sp *ServiceProvider) inAudience(restriction *etree.Element) bool {
	for _, audience := range children(restriction, Assertions, "Audience") {
		if strings.TrimSpace(audience.Text()) == sp.EntityID {
			return true
		}
	}
	return false
}

// within judges a window of time; an absent limit limits nothing.
func (sp *ServiceProvider) within(notBefore, notOnOrAfter string) bool {
	now, skew := sp.Now(), MaxSkew*time.Second
	if notBefore != "" {
		if t, err := time.Parse(time.RFC3339, notBefore); err != nil || now.Add(skew).Before(t) {
			return false
		}
	}
	if notOnOrAfter != "" {
		if t, err := time.Parse(time.RFC3339, notOnOrAfter); err != nil || !now.Add(-skew).Before(t) {
			return false
		}
	}
	return true
}

func levelIn(a *etree.Element, login Login) (Level, error) {
	statements := children(a, Assertions, "AuthnStatement")
	if len(statements) != 1 {
		return "", refuse("level", "%d authentication statements", len(statements))
	}
	contexts := children(statements[0], Assertions, "AuthnContext")
	if len(contexts) != 1 || len(children(contexts[0], Assertions, "AuthnContextClassRef")) != 1 {
		return "", refuse("level", "no AuthnContextClassRef")
	}
	level, ok := levelOf(strings.TrimSpace(children(contexts[0], Assertions, "AuthnContextClassRef")[0].Text()))
	if !ok || !level.AtLeast(login.Level) {
		return "", refuse("level", "the sign-in has level %q, at least %s was asked for", level, login.Level)
	}
	return level, nil
}

// subjectOf takes a natural or a legal person, and who acts for it.
func subjectOf(all attributes, level Level) (*Subject, error) {
	s := &Subject{Level: level}
	var err error
	switch isNatural, isLegal := all.has(natural), all.has(legal); {
	case isNatural && isLegal:
		return nil, refuse("attributes.subject", "a natural and a legal person at once")
	case isLegal:
		s.LegalPerson, err = all.legalPerson(legal, level)
	default:
		s.Person, err = all.person(natural, level)
	}
	if err == nil && all.has(natural+acting) {
		s.Representative, err = all.person(natural+acting, level)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}
