package registries

import (
	_ "embed"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

//go:embed certificate.yaml
var certificateYAML []byte

// Namespace and Model are those of the certificates in XML.
const (
	Namespace = "urn:vienreiz:certificate:1.0.0"
	Model     = "vienreiz-certificate-1.0.0"
)

// wording is what certificates say.
type wording struct {
	Titles, Headings map[string]commonservices.Text
	Fields           []map[string]string
}

func loadWording() (*wording, error) {
	w := &wording{}
	if err := yaml.Unmarshal(certificateYAML, w); err != nil {
		return nil, fmt.Errorf("read the wording of certificates: %w", err)
	}
	return w, nil
}

// field is a line of a certificate.
type field struct{ name, label, value string }

// certificate is one document before it has a form.
type certificate struct {
	id, kind, language string
	title, authority   string
	authorityID        string
	headings           map[string]string
	subject, content   []field
	issued, validUntil string // YYYY-MM-DD
	asOf               time.Time
	scan               int // octets of the original, attached to the PDF
}

// in takes a text in a language, or in English.
func in(t commonservices.Text, language string) string {
	if s := t[language]; s != "" {
		return s
	}
	return t["EN"]
}

// language is the first wished one that there are headings in; English is spoken always.
func (w *wording) language(wished []string) string {
	for _, l := range wished {
		if w.Headings["notice"][l] != "" {
			return l
		}
	}
	return "EN"
}

func (w *wording) headings(language string) map[string]string {
	all := map[string]string{}
	for name, t := range w.Headings {
		all[name] = in(t, language)
	}
	return all
}

// fields are the values that are there, labelled and in order.
func (w *wording) fields(values map[string]string, language string) []field {
	var list []field
	for _, f := range w.Fields {
		if v := values[f["name"]]; v != "" {
			list = append(list, field{f["name"], in(f, language), v})
		}
	}
	return list
}

// title is the type's in that language: of the world, or of the wording, or the world's English one.
func (w *wording) title(kind string, world commonservices.Text, language string) string {
	for _, s := range []string{world[language], w.Titles[kind][language], world["EN"]} {
		if s != "" {
			return s
		}
	}
	return kind
}

// xml writes the certificate by the vocabulary of [Model].
func (c *certificate) xml() ([]byte, error) {
	w := &regrep.Writer{}
	w.Start("certificate", "xmlns", Namespace, "id", c.id, "kind", c.kind, "xml:lang", tag(c.language))
	w.Leaf("notice", c.headings["notice"])
	w.Leaf("title", c.title)
	w.Leaf("issuingAuthority", c.authority, "id", c.authorityID)
	w.Leaf("issued", c.issued)
	w.Leaf("validUntil", c.validUntil)
	w.Leaf("asOf", c.asOf.Format(time.RFC3339))
	for _, part := range []struct {
		name   string
		fields []field
	}{{"subject", c.subject}, {"content", c.content}} {
		w.Start(part.name)
		for _, f := range part.fields {
			w.Leaf("field", f.value, "name", f.name, "label", f.label)
		}
		w.End()
	}
	w.End()
	body, err := w.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write a certificate: %w", err)
	}
	return append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`), body...), nil
}
