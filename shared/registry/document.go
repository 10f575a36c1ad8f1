package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// classifications are the codes of EvidenceClassification (TDD 4.5.2).
var classifications = []string{edm.MainEvidence, edm.HumanReadableVersion, edm.Annex, edm.Translation}

func (d *Document) check(i int, formats []string) error {
	if d.Classification == "" {
		d.Classification = edm.MainEvidence
	}
	structured, known := list("OOTSMediaTypes").Find(d.MediaType)
	isStructured := structured.Structure == "structured"
	switch {
	case !uuid.MatchString(d.Identifier):
		return bad("documents.identifier", "%s is no lower-case UUID", at("documents", i, "identifier"))
	case !isNonempty(d.Title):
		return bad("documents.title", "%s is empty or no text of at most %d characters", at("documents", i, "title"), MaxTextRunes)
	case !known:
		return bad("documents.mediaType", "%s is not of the list OOTSMediaTypes", at("documents", i, "mediaType"))
	case d.Classification == edm.MainEvidence && len(formats) > 0 && !slices.Contains(formats, d.MediaType):
		return bad("documents.mediaType", "%s is none of the formats asked for", at("documents", i, "mediaType"))
	case d.Language != "" && !list("LanguageCode").Has(d.Language):
		return bad("documents.language", "%s is no language: write two capital letters", at("documents", i, "language"))
	case !slices.Contains(classifications, d.Classification):
		return bad("documents.classification", "%s is none of %s", at("documents", i, "classification"), strings.Join(classifications, ", "))
	case isStructured != (d.ConformsTo != "") || d.ConformsTo != "" && !isModel(d.ConformsTo):
		return bad("documents.conformsTo", "%s is the https address of the data model for XML and JSON (R-EDM-RESP-C044), and is left out for the rest (R-EDM-RESP-C050)", at("documents", i, "conformsTo"))
	}
	if err := d.checkDates(i); err != nil {
		return err
	}
	return d.checkContent(i)
}

func isModel(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && isText(s)
}

func (d *Document) checkDates(i int) error {
	if !isDate(d.IssuingDate) {
		return bad("documents.issuingDate", "%s is no date: write YYYY-MM-DD", at("documents", i, "issuingDate"))
	}
	for _, v := range []string{d.ValidFrom, d.ValidUntil} {
		if v != "" && !isDate(v) {
			return bad("documents.valid", "documents[%d].validFrom or validUntil is no date: write YYYY-MM-DD", i)
		}
	}
	if d.ValidFrom != "" && d.ValidUntil != "" && d.ValidUntil < d.ValidFrom {
		return bad("documents.valid", "documents[%d] ends before it begins", i)
	}
	return nil
}

// beginnings are the first octets of media types.
var beginnings = map[string]string{"application/pdf": "%PDF-", "image/png": "\x89PNG\r\n\x1a\n", "image/jpeg": "\xff\xd8\xff"}

// checkContent wants a file that is what its media type says.
func (d *Document) checkContent(i int) error {
	switch {
	case len(d.Content) == 0:
		return bad("documents.content", "%s is empty", at("documents", i, "content"))
	case len(d.Content) > MaxDocumentBytes:
		return bad("limit.document", "%s has more than %d octets", at("documents", i, "content"), MaxDocumentBytes)
	case !bytes.HasPrefix(d.Content, []byte(beginnings[d.MediaType])):
		return bad("documents.content", "%s does not begin as %s", at("documents", i, "content"), d.MediaType)
	case d.MediaType == "application/json" && !json.Valid(d.Content):
		return bad("documents.content", "%s is no JSON", at("documents", i, "content"))
	case d.MediaType == "application/xml" || d.MediaType == "image/svg+xml":
		return checkXML(at("documents", i, "content"), d.Content)
	}
	return nil
}

// checkXML reads evidence in XML by the rules for foreign XML. It quotes nothing of it.
func checkXML(place string, content []byte) error {
	s := xmlsafe.NewScanner(bytes.NewReader(content), xmlsafe.Limits{Bytes: MaxDocumentBytes, Elements: 1 << 20, Text: MaxDocumentBytes, Value: 1 << 20, Comments: true})
	for {
		_, err := s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if x, ok := errors.AsType[*xmlsafe.Error](err); ok {
			return bad("documents.xml", "%s is refused by %s at line %d", place, x.Rule, x.Line)
		}
		if err != nil {
			return bad("documents.xml", "%s cannot be read as XML", place)
		}
	}
}
