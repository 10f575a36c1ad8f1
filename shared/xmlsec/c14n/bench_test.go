package c14n

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// soapLike has seven elements and three namespaces in about 250 octets, repeated
// up to the size.
func soapLike(size int) []byte {
	const block = `<eb:PartInfo xmlns:eb="urn:example:messaging" href="cid:part-1@example.org"><eb:Properties>` +
		`<eb:Property name="MimeType">application/xml</eb:Property><w:Id xmlns:w="urn:example:utility" w:v="1">x &amp; y</w:Id>` +
		`</eb:Properties><d:a xmlns:d="urn:example:d"><d:b/><d:c>t</d:c></d:a></eb:PartInfo>` + "\n"
	n := size/len(block) + 1
	return []byte(`<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope">` + strings.Repeat(block, n) + `</S:Envelope>`)
}

var benchLimits = xmlsafe.Limits{Bytes: 1 << 40, Elements: 1 << 40, Text: 1 << 40}

func BenchmarkC14N(b *testing.B) {
	doc := soapLike(1 << 20)
	tree, err := xmlsafe.ParseBytes(doc, benchLimits)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			h := sha256.New()
			if err := Element(h, tree.Root(), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("goxmldsig", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		c := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
		other := etree.NewDocument()
		if err := other.ReadFromBytes(doc); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			out, err := c.Canonicalize(other.Root())
			if err != nil {
				b.Fatal(err)
			}
			sha256.Sum256(out)
		}
	})
}

func BenchmarkStream(b *testing.B) {
	for name, doc := range map[string][]byte{
		"soap": soapLike(1 << 20),
		"text": []byte("<t>" + strings.Repeat("QUJD", 1<<18) + "</t>"),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Stream(sha256.New(), bytes.NewReader(doc), benchLimits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
