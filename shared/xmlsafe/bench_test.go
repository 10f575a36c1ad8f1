package xmlsafe

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/beevik/etree"
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

// envelope is about 12 KB: a header of small elements and two base64 texts.
func envelope() []byte {
	return bytes.Replace(soapLike(4<<10), []byte("</S:Envelope>"),
		[]byte("<t>"+strings.Repeat("QUJD", 1<<10)+"</t><t>"+strings.Repeat("QUJD", 1<<10)+"</t></S:Envelope>"), 1)
}

var benchLimits = Limits{Bytes: 1 << 40, Elements: 1 << 40, Text: 1 << 40}

func BenchmarkScan(b *testing.B) {
	for name, doc := range map[string][]byte{
		"soap":  soapLike(1 << 20),
		"text":  []byte("<t>" + strings.Repeat("QUJD", 1<<18) + "</t>"),
		"greek": []byte("<t>" + strings.Repeat("αβγδ ", 1<<17) + "</t>"),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				s := NewScanner(bytes.NewReader(doc), benchLimits)
				for {
					if _, err := s.Next(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkHostile scans floods: none may be much slower than honest documents.
func BenchmarkHostile(b *testing.B) {
	var spread, attributes, depth strings.Builder
	for i := range DefaultNamespaces {
		fmt.Fprintf(&spread, " xmlns:p%d='urn:same:namespace'", i)
		fmt.Fprintf(&attributes, " p%d:a%d=''", i, i)
	}
	for range DefaultDepth - 2 {
		depth.WriteString("<a" + spread.String() + ">")
	}
	deep := depth.String()
	for name, doc := range map[string]string{
		"attributes": "<r" + spread.String() + ">" + strings.Repeat("<b"+attributes.String()+"/>", 1000),
		"namespaces": deep + strings.Repeat("<b"+attributes.String()+"/>", 1000),
		"shadowing":  "<r>" + strings.Repeat("<b"+spread.String()+"/>", 500),
		"references": "<r>" + strings.Repeat("&amp;", 200_000),
		"returns":    "<r>" + strings.Repeat("\r", 1_000_000),
		"brackets":   "<r><![CDATA[" + strings.Repeat("]", 1_000_000),
		"empty":      "<r>" + strings.Repeat("<b/>", 250_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				s := NewScanner(strings.NewReader(doc), benchLimits)
				var err error
				for err == nil {
					_, err = s.Next()
				}
				if e, ok := err.(*Error); !ok || e.Rule != RuleTruncated {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, doc := range map[string][]byte{"12KB": envelope(), "1MB": soapLike(1 << 20)} {
		b.Run(name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseBytes(doc, benchLimits); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/etree", func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if err := etree.NewDocument().ReadFromBytes(doc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScan_encoding_xml(b *testing.B) {
	doc := soapLike(1 << 20)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			if _, err := d.RawToken(); err != nil {
				break
			}
		}
	}
}
