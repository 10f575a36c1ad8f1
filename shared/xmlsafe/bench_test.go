package xmlsafe

import (
	"bytes"
	"encoding/xml"
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
