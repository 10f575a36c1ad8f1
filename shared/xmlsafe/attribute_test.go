package xmlsafe

import "testing"

func TestAttributesAreFoundByNamespace(t *testing.T) {
	t.Parallel()
	doc, err := ParseBytes([]byte(`<r xmlns:p="urn:p" xmlns:q="urn:q"><e xmlns:a="urn:p" p:Id="first" Id="plain" q:Id="last"/></r>`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	el := doc.Root().ChildElements()[0]
	for namespace, want := range map[string]string{"": "plain", "urn:p": "first", "urn:q": "last", "urn:x": ""} {
		if got, ok := Attribute(el, namespace, "Id"); got != want || ok != (want != "") {
			t.Errorf("in %q: %q, %v; want %q", namespace, got, ok, want)
		}
	}
	if got := PlainAttribute(el, "Id"); got != "plain" {
		t.Errorf("PlainAttribute gives %q", got)
	}
	if got := PlainAttribute(el, "a"); got != "" {
		t.Errorf("a namespace declaration was taken for an attribute: %q", got)
	}
}
