// Package terraform_test holds the Terraform to what must always be true of it,
// without Terraform: it reads the HCL. What a provider must say is in the *.tftest.hcl.
package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// module is the HCL of one folder.
type module struct {
	name   string
	files  map[string]*hclsyntax.Body
	source map[string][]byte
}

func read(t *testing.T, folder string) module {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s holds no Terraform: %v", folder, err)
	}
	m := module{name: folder, files: map[string]*hclsyntax.Body{}, source: map[string][]byte{}}
	parser := hclparse.NewParser()
	for _, name := range names {
		octets, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, diagnostics := parser.ParseHCL(octets, name)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		m.files[name], m.source[name] = f.Body.(*hclsyntax.Body), octets
	}
	return m
}

func tenant(t *testing.T) module { t.Helper(); return read(t, "modules/tenant") }

func modules(t *testing.T) []module {
	t.Helper()
	return []module{tenant(t), read(t, "modules/gateway"), read(t, "modules/account"), read(t, "modules/network"), read(t, "modules/lane")}
}

// blocks are those whose type and first labels are as given.
func (m module) blocks(kind string, labels ...string) []*hclsyntax.Block {
	var found []*hclsyntax.Block
	for _, body := range m.files {
		for _, b := range body.Blocks {
			if b.Type == kind && len(b.Labels) >= len(labels) && strings.Join(b.Labels[:len(labels)], " ") == strings.Join(labels, " ") {
				found = append(found, b)
			}
		}
	}
	return found
}

// text is an attribute as it is written; "" where there is none.
func (m module) text(b *hclsyntax.Body, attribute string) string {
	a := b.Attributes[attribute]
	if a == nil {
		return ""
	}
	return m.written(a.Expr)
}

func (m module) written(e hclsyntax.Expression) string {
	r := e.Range()
	return string(r.SliceBytes(m.source[r.Filename]))
}

// walk shows every key of an object or attribute with what it is given.
func (m module) walk(visit func(file, key string, value hclsyntax.Expression)) {
	for name, body := range m.files {
		_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
			switch n := n.(type) {
			case *hclsyntax.ObjectConsExpr:
				for _, item := range n.Items {
					visit(filepath.Base(name), strings.Trim(m.written(item.KeyExpr), `"`), item.ValueExpr)
				}
			case *hclsyntax.Attribute:
				visit(filepath.Base(name), n.Name, n.Expr)
			}
			return nil
		})
	}
}

// literals are the literal parts of an expression, wherever they stand in it.
func literals(e hclsyntax.Expression) []string {
	var all []string
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		if l, ok := n.(*hclsyntax.LiteralValueExpr); ok && l.Val.Type().FriendlyName() == "string" {
			all = append(all, l.Val.AsString())
		}
		return nil
	})
	return all
}
