package c14n

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes documents that are rich in namespaces and in characters that
// need care.
type generator struct {
	*rand.Rand
	out      strings.Builder
	elements int
	misc     bool // comments, instructions, CDATA
}

// The namespace names leave & out: libxml2 before 2.13 writes it unescaped.
var (
	somePrefixes = []string{"", "a", "b", "c", "ab", "B", "z", "_x"}
	someURIs     = []string{"urn:1", "urn:2", "urn:10", "http://x/y#", "http://x/y?a=1;b=2", "URN:1", "urn:q'", "x+y.z-1:a"}
	someLocals   = []string{"a", "b", "B", "e-1", "ž", "xmlns1"}
	somePieces   = []string{"text", "x y", "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#13;", "&#10;", "&#9;", "\t", "\n",
		"\r\n", "\r", "\u00e9", "\u20ac", "\U0001F600", "&#x1F600;", "]]", " ", ">"}
	instructions = []string{"<?p?>", "<?p  data ?>", "<?q a=\"1\" & < > ?>", "<?p l1\r\nl2?>"}
)

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// document writes one; equal seeds give equal documents.
func document(seed uint64) (string, int) {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), misc: seed%2 == 0}
	if g.IntN(2) == 0 {
		g.out.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n")
	}
	g.outside()
	g.element(map[string]string{"": ""}, 0)
	g.outside()
	return g.out.String(), g.elements
}

func (g *generator) outside() {
	for g.misc && g.IntN(3) == 0 {
		g.out.WriteString(pick(g, []string{"\n", "<!-- c -->", pick(g, instructions)}))
	}
}

func (g *generator) element(outer map[string]string, depth int) {
	g.elements++
	scope := map[string]string{}
	for p, u := range outer {
		scope[p] = u
	}
	var items []string
	for _, p := range somePrefixes {
		if g.IntN(4) > 0 {
			continue
		}
		uri := pick(g, someURIs)
		if p == "" && g.IntN(3) == 0 {
			uri = ""
		}
		scope[p] = uri
		items = append(items, strings.TrimSuffix("xmlns:"+p, ":")+g.quoted(uri))
	}
	name := g.name(scope, true)
	items = append(items, g.attributes(scope)...)
	g.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	g.out.WriteString("<" + name)
	for _, it := range items {
		g.out.WriteString(pick(g, []string{" ", "\n", "  "}) + it)
	}
	if g.IntN(5) == 0 {
		g.out.WriteString("/>")
		return
	}
	g.out.WriteString(">")
	g.content(scope, depth)
	g.out.WriteString("</" + name + pick(g, []string{"", "", " "}) + ">")
}

func (g *generator) name(scope map[string]string, element bool) string {
	var bound []string
	for _, p := range somePrefixes {
		if scope[p] != "" && p != "" || p == "" && element {
			bound = append(bound, p)
		}
	}
	if len(bound) == 0 || g.IntN(4) == 0 {
		return pick(g, someLocals)
	}
	return strings.TrimPrefix(pick(g, bound)+":"+pick(g, someLocals), ":")
}

func (g *generator) attributes(scope map[string]string) []string {
	var items []string
	seen := map[string]bool{}
	add := func(uri, name string) {
		_, local, ok := strings.Cut(name, ":")
		if !ok {
			uri, local = "", name
		}
		if key := uri + " " + local; !seen[key] {
			seen[key] = true
			items = append(items, name+g.quoted(g.text(g.IntN(4), true)))
		}
	}
	for range g.IntN(5) {
		name := g.name(scope, false)
		prefix, _, _ := strings.Cut(name, ":")
		add(scope[prefix], name)
	}
	if g.IntN(4) == 0 {
		add("xml", pick(g, []string{"xml:lang", "xml:space", "xml:id"}))
	}
	return items
}

func (g *generator) quoted(value string) string {
	eq := pick(g, []string{"=", "=", " =\n"})
	if g.IntN(2) == 0 && !strings.Contains(value, "'") {
		return eq + "'" + value + "'"
	}
	return eq + `"` + strings.ReplaceAll(value, `"`, "&quot;") + `"`
}

func (g *generator) text(n int, value bool) string {
	var b strings.Builder
	for range n {
		p := pick(g, somePieces)
		if strings.HasSuffix(b.String(), "]]") && strings.HasPrefix(p, ">") && !value {
			p = "&gt;"
		}
		b.WriteString(p)
	}
	return b.String()
}

func (g *generator) content(scope map[string]string, depth int) {
	for range g.IntN(5) {
		switch k := g.IntN(8); {
		case k < 4 && depth < 5:
			g.element(scope, depth+1)
		case k < 6 || !g.misc:
			g.out.WriteString(g.text(g.IntN(5), false) + "<!-- keeps pieces apart -->")
		case k == 6:
			g.out.WriteString(pick(g, []string{"<![CDATA[<&>\r\n]]]]>", "<![CDATA[]]>", "<!--x-->", "<![CDATA[ ]]>"}))
		default:
			g.out.WriteString(pick(g, instructions))
		}
	}
}

// prefixList makes the PrefixList that belongs to a seed.
func prefixList(seed uint64) []string {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 8))}
	var list []string
	for _, p := range append([]string{"#default", "unbound", "xml"}, somePrefixes[1:]...) {
		if g.IntN(3) == 0 {
			list = append(list, p)
		}
	}
	return list
}

func describe(seed uint64, element int, list []string) string {
	return fmt.Sprintf("document %d, element %d, PrefixList %q", seed, element, list)
}
