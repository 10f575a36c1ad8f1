package registry

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/edm"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func isDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() > 0
}

// isText wants no control characters and not much.
func isText(s string) bool {
	return utf8.RuneCountInString(s) <= MaxTextRunes && strings.IndexFunc(s, unicode.IsControl) < 0
}

// isNonempty is a text that says something.
func isNonempty(s string) bool { return isText(s) && strings.TrimSpace(s) != "" }

func (f *Found) check(subject Subject, now time.Time) error {
	if len(f.Entries) > MaxEntries {
		return bad("limit.entries", "%d entries, more than %d: search by all attributes of the subject", len(f.Entries), MaxEntries)
	}
	handles := map[string]bool{}
	for i := range f.Entries {
		if err := f.Entries[i].check(i, subject, now); err != nil {
			return err
		}
		if handles[f.Entries[i].Handle] {
			return bad("entries.handle", "%s is that of another entry", at("entries", i, "handle"))
		}
		handles[f.Entries[i].Handle] = true
	}
	return nil
}

func (e *Entry) check(i int, subject Subject, now time.Time) error {
	switch {
	case !isNonempty(e.Handle):
		return bad("entries.handle", "%s is empty or no text of at most %d characters", at("entries", i, "handle"), MaxTextRunes)
	case !isText(e.Identifier) || !isText(e.PlaceOfBirth):
		return bad("entries.text", "entries[%d] has a text with control characters or of more than %d characters", i, MaxTextRunes)
	case subject == Legal && (!isNonempty(e.Name) || len(e.FamilyNames) > 0 || e.GivenName != "" || e.DateOfBirth != ""):
		return bad("entries.subject", "entries[%d] is no legal person: it has identifier and name", i)
	case subject != Legal && (e.Name != "" || len(e.FamilyNames) == 0 || len(e.FamilyNames) > MaxFamilyNames || !isNonempty(e.GivenName)):
		return bad("entries.subject", "entries[%d] is no natural person: it has 1 to %d familyNames, a givenName and a dateOfBirth", i, MaxFamilyNames)
	case slices.ContainsFunc(e.FamilyNames, func(s string) bool { return !isNonempty(s) }):
		return bad("entries.text", "%s has an empty name or one of more than %d characters", at("entries", i, "familyNames"), MaxTextRunes)
	case e.DateOfBirth != "" && !isDate(e.DateOfBirth):
		return bad("entries.dateOfBirth", "%s is no date: write YYYY-MM-DD, or leave it out", at("entries", i, "dateOfBirth"))
	}
	return checkWait(at("entries", i, "availableFrom"), e.AvailableFrom, now)
}

// checkWait wants a time that is ahead, if there is one, and not too far.
func checkWait(place string, t, now time.Time) error {
	if !t.IsZero() && (!t.After(now) || t.After(now.Add(MaxWait))) {
		return bad("availableFrom", "%s is in the past or more than %d days ahead: leave it out when the evidence can be had", place, int(MaxWait.Hours()/24))
	}
	return nil
}

func (e *Evidence) check(formats []string, now time.Time) error {
	if !e.AvailableFrom.IsZero() {
		if len(e.Documents) > 0 {
			return bad("availableFrom", "the answer has documents and availableFrom: give one of them")
		}
		return checkWait("availableFrom", e.AvailableFrom, now)
	}
	switch {
	case len(e.Documents) == 0:
		return bad("documents", "the answer has neither documents nor availableFrom")
	case len(e.Documents) > MaxDocuments:
		return bad("limit.documents", "%d documents, more than %d", len(e.Documents), MaxDocuments)
	case e.IssuingAuthority == nil:
		return bad("issuingAuthority", "the answer does not say who issued the documents")
	}
	if err := e.IssuingAuthority.check(); err != nil {
		return err
	}
	for i := range e.Documents {
		if err := e.Documents[i].check(i, formats); err != nil {
			return err
		}
	}
	return e.companions()
}

func (a *Authority) check() error {
	if !isNonempty(a.Identifier) || len(a.Identifier) > 255 || !isText(a.Scheme) || len(a.Name) == 0 || len(a.Name) > 32 {
		return bad("issuingAuthority", "issuingAuthority needs an identifier shorter than 256 octets and a name in 1 to 32 languages")
	}
	for lang, name := range a.Name {
		if !list("LanguageCode").Has(lang) || !isNonempty(name) {
			return bad("issuingAuthority", "issuingAuthority.name is by language code, such as {\"EN\": \"…\"}")
		}
	}
	return nil
}

// companions fills in and judges which document belongs to which, and that no identifier stands twice.
func (e *Evidence) companions() error {
	mains, seen := []string{}, map[string]bool{}
	for i := range e.Documents {
		d := &e.Documents[i]
		if seen[d.Identifier] {
			return bad("documents.identifier", "%s is that of another document", at("documents", i, "identifier"))
		}
		seen[d.Identifier] = true
		if d.Classification == edm.MainEvidence {
			mains = append(mains, d.Identifier)
		}
	}
	for i := range e.Documents {
		d := &e.Documents[i]
		if d.Classification != edm.MainEvidence && d.CompanionOf == "" && len(mains) == 1 {
			d.CompanionOf = mains[0]
		}
		if (d.Classification == edm.MainEvidence) != (d.CompanionOf == "") || d.CompanionOf != "" && !slices.Contains(mains, d.CompanionOf) {
			return bad("documents.companionOf", "%s does not name a main evidence of this answer, or stands at one", at("documents", i, "companionOf"))
		}
	}
	return nil
}
