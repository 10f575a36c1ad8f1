package terraform_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestVariablesAndOutputsExplainThemselves(t *testing.T) {
	t.Parallel()
	for _, m := range append(modules(t), read(t, "tenant")) {
		for _, b := range m.blocks("variable") {
			if m.text(b.Body, "type") == "" || m.text(b.Body, "description") == "" {
				t.Errorf("%s: variable %s has no type or no description", m.name, b.Labels[0])
			}
		}
		for _, b := range m.blocks("output") {
			if m.text(b.Body, "description") == "" {
				t.Errorf("%s: output %s has no description", m.name, b.Labels[0])
			}
		}
	}
}

// TestARefusalSaysWhatToWrite: a sentence, and what to do.
func TestARefusalSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	says := regexp.MustCompile(`(?i)\bwrite\b|\brun \x60make`)
	for _, m := range modules(t) {
		for _, kind := range [][]string{{"variable"}, {"resource", "terraform_data"}} {
			for _, b := range m.blocks(kind[0], kind[1:]...) {
				inner := b.Body.Blocks
				for _, i := range b.Body.Blocks {
					inner = append(inner, i.Body.Blocks...)
				}
				for _, rule := range inner {
					if rule.Type != "validation" && rule.Type != "precondition" {
						continue
					}
					text := m.text(rule.Body, "error_message")
					if !says.MatchString(text) || !strings.HasSuffix(text, `."`) && !strings.HasSuffix(text, "\n") {
						t.Errorf("%s %v: %s", m.name, b.Labels, text)
					}
				}
			}
		}
	}
}

// TestEveryVariableOfTheModuleIsOneOfTheRoot, by the same type, and handed on.
func TestEveryVariableOfTheModuleIsOneOfTheRoot(t *testing.T) {
	t.Parallel()
	m, root := tenant(t), read(t, "tenant")
	call := root.blocks("module", "tenant")[0].Body
	notOfTheRoot := []string{"functions", "tenant_document"} // those of the release and of every tenant
	for _, b := range m.blocks("variable") {
		name := b.Labels[0]
		if slices.Contains(notOfTheRoot, name) {
			continue
		}
		there := root.blocks("variable", name)
		if len(there) != 1 || root.text(there[0].Body, "type") != m.text(b.Body, "type") || root.text(call, name) != "var."+name {
			t.Errorf("variable %s is not one of the root", name)
		}
		if d := m.text(b.Body, "default"); d != "" && d != "null" && m.text(b.Body, "nullable") != "false" {
			t.Errorf("variable %s: null from the root would be null, not %s", name, d)
		}
	}
	for _, b := range m.blocks("output") {
		there := root.blocks("output", b.Labels[0])
		if len(there) != 1 || root.text(there[0].Body, "value") != "module.tenant."+b.Labels[0] {
			t.Errorf("output %s is not one of the root", b.Labels[0])
		}
	}
}
