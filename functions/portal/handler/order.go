package handler

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/functions/portal/strict"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// Limits of an order, beside those of its whole body; characters of texts.
const (
	MaxAnswers      = 32   // to the directory's questions
	MaxAnswer       = 1024 // one of them
	MaxFormats      = 16
	MaxLanguages    = 32
	MaxIdentifier   = 255 // of a provider (R-EDM-REQ-C018)
	MaxAddress      = 2048
	MaxExplicitText = 4000        // what the person agreed to
	MaxAhead        = time.Minute // of a click on the node's clock
)

var webAddress = regexp.MustCompile(`^https?://[!-~]+$`)

// orderOf is the order of a body whose shape is right, within its limits. The
// error is a [*strict.Fault].
func orderOf(b *api.Order, now time.Time) (*requester.Order, error) {
	var c checks
	c.address("requirement", b.Requirement)
	c.address("evidenceType", b.EvidenceType)
	c.text("provider", b.Provider, 1, MaxIdentifier)
	c.answers(b.Answers)
	c.codes("formats", b.Formats, "OOTSMediaTypes", MaxFormats)
	c.codes("languages", b.Languages, "LanguageCode", MaxLanguages)
	c.language("language", b.Language)
	o := &requester.Order{
		Procedure: b.Procedure, Requirement: b.Requirement, Country: b.Country, EvidenceType: b.EvidenceType, Provider: b.Provider,
		Answers: b.Answers, Formats: b.Formats, Languages: b.Languages, Language: b.Language, ReturnURL: b.ReturnUrl, NoPreview: b.NoPreview,
		Subject: c.subject(b.Subject), ExplicitRequest: c.explicit(b.ExplicitRequest, now),
	}
	if c.fault != nil {
		return nil, c.fault
	}
	return o, nil
}

func (c *checks) answers(answers map[string]string) {
	c.unless(len(answers) <= MaxAnswers, "answers", fmt.Sprintf("has more than %d entries (handler.MaxAnswers)", MaxAnswers), "answer what was asked")
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		c.text("answers", id, 1, MaxIdentifier)
		c.text("answers", answers[id], 1, MaxAnswer)
	}
}

func (c *checks) explicit(e *api.ExplicitRequest, now time.Time) *requester.ExplicitRequest {
	if e == nil {
		return nil
	}
	c.unless(!e.At.After(now.Add(MaxAhead)), "explicitRequest.at", "is a time to come", "write when the person asked, and set the clock")
	c.language("explicitRequest.language", e.Language)
	n := utf8.RuneCountInString(e.Text)
	c.unless(n <= MaxExplicitText && strings.TrimSpace(e.Text) != "", "explicitRequest.text", fmt.Sprintf("has no words, or more than %d characters", MaxExplicitText), "write what the person agreed to")
	return &requester.ExplicitRequest{At: e.At, Language: e.Language, Text: e.Text}
}

// checks keeps the first fault. An empty value was left out: package strict refuses others.
type checks struct{ fault *strict.Fault }

func (c *checks) unless(right bool, field, detail, do string) {
	if c.fault == nil && !right {
		c.fault = &strict.Fault{Field: field, Detail: detail, Do: do}
	}
}

// text holds a text to its length, and to what can be printed.
func (c *checks) text(field, s string, least, most int) {
	if s == "" {
		return
	}
	n := utf8.RuneCountInString(s)
	c.unless(n >= least && n <= most, field, fmt.Sprintf("has %d characters", n), fmt.Sprintf("write %d to %d", least, most))
	c.unless(!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }), field, "holds characters that cannot be printed", "leave them out")
}

func (c *checks) address(field, s string) {
	c.unless(s == "" || len(s) <= MaxAddress && webAddress.MatchString(s), field, fmt.Sprintf("is no URL of at most %d octets", MaxAddress), "write the URL that the directory has")
}

func (c *checks) language(field, s string) {
	c.unless(len(s) == 2 && codelist.Of("LanguageCode", "2.0").Has(s), field, "is no ISO 639-1 code in upper case", "write it as LV")
}

func (c *checks) country(field, s string) {
	c.unless(s == "" || codelist.Of("CountryIdentificationCode", "2.0").Has(s), field, "is no code of CountryIdentificationCode", "write it as LV")
}

func (c *checks) codes(field string, list []string, name string, most int) {
	c.unless(len(list) <= most, field, fmt.Sprintf("has more than %d entries", most), "write fewer")
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		if name == "LanguageCode" {
			c.language(at, s)
		}
		c.unless(codelist.Of(name, "2.0").Has(s), at, "is no code of "+name, "write one of the list")
	}
}
