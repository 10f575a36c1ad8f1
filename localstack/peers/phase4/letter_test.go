//go:build interop

package phase4_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// letter is a message to be sent by either side.
type letter struct {
	name                         string
	parts                        []part
	properties                   []ebms.Property
	id, ref, agreement, exchange string
	test                         bool
}

// part is a payload in a file.
type part struct {
	file, mime, charset string
	plain               bool   // not compressed
	name                string // in Content-Disposition, which we read over and never write
}

// arrived is what a message looks like to the one who reads it.
type arrived struct {
	From, To, Ref, Agreement, Service, Action, Conversation string
	Properties                                              []ebms.Property
	Parts                                                   []arrivedPart
}

type arrivedPart struct {
	MimeType string
	Size     int64
	SHA256   string
}

const eas = "urn:cef.eu:names:identifier:EAS:0204"

var corners = []ebms.Property{{Name: ebms.OriginalSender, Type: eas, Value: "C1"}, {Name: ebms.FinalRecipient, Type: eas, Value: "C4"}}

// args are the flags for it: the same words for both programs, but that only
// the peer names files.
func (l letter) args(names bool) []string {
	args := []string{"--conversation", l.conversation()}
	for _, p := range l.parts {
		args = append(args, "--part", p.spec(names))
	}
	for _, p := range l.allProperties() {
		spec := p.Name + "=" + p.Value
		if p.Type != "" {
			spec += ";type=" + p.Type
		}
		args = append(args, "--property", spec)
	}
	for flag, value := range map[string]string{"--message-id": l.id, "--ref": l.ref, "--agreement": l.agreement} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	if l.test {
		return append(args, "--test")
	}
	return args
}

func (p part) spec(named bool) string {
	spec := p.file + ";type=" + p.mime + ";compress=yes"
	if p.plain {
		spec = p.file + ";type=" + p.mime + ";compress=no"
	}
	if p.charset != "" {
		spec += ";charset=" + p.charset
	}
	if named && p.name != "" {
		spec += ";name=" + p.name
	}
	return spec
}

func (l letter) conversation() string {
	if l.exchange != "" {
		return l.exchange
	}
	return "conversation-1"
}

func (l letter) allProperties() []ebms.Property { return append(corners[:2:2], l.properties...) }

// expected is what the other side must find.
func (l letter) expected(t *testing.T, from, to string) arrived {
	t.Helper()
	a := arrived{
		From: from, To: to, Ref: l.ref, Agreement: l.agreement, Conversation: l.conversation(), Properties: l.allProperties(),
		Service: ebms.OOTSServiceType + " " + ebms.QueryManager, Action: ebms.ExecuteQueryRequest,
	}
	if l.test {
		a.Service, a.Action = " "+ebms.TestService, ebms.TestAction
	}
	for _, p := range l.parts {
		a.Parts = append(a.Parts, digested(t, p.file, p.mime))
	}
	return a
}

func digested(t *testing.T, file, mime string) arrivedPart {
	t.Helper()
	octets := contents(t, file)
	sum := sha256.Sum256(octets)
	return arrivedPart{mime, int64(len(octets)), hex.EncodeToString(sum[:])}
}

const document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- before -->\n<?pi  x ?>\n<q:Query  xmlns:q=\"urn:q\" xmlns:unused='urn:u'\r\n  b = \"2\" a=\"&#9;1 &amp; ē\">" +
	"<![CDATA[<x> & ]]>\r\n<!-- within --><e   /><f xmlns=\"urn:f\"><g xmlns=\"\"/></f>Ģērbonis 東京 \U0001D11E &#13;</q:Query>\n<!-- after -->\n"

const text = "one\ntwo\r\nthree\rfour\r\r\nfive\n\n"

// letters are what both sides must get through in both directions; the largest
// comes last.
func letters(t *testing.T, dir string) []letter {
	t.Helper()
	file := func(name string, octets []byte) string { return writeFile(t, filepath.Join(dir, name), octets) }
	xml, pdf := file("query.xml", []byte(document)), file("scan.pdf", noise(70_000))
	list := []letter{
		{name: "two parts, compressed", parts: []part{{file: xml, mime: "application/x-ebrs+xml"}, {file: pdf, mime: "application/pdf"}}},
		{name: "two parts, not compressed, XML with comments and CDATA", parts: []part{{file: xml, mime: "application/x-ebrs+xml", plain: true}, {file: pdf, mime: "application/pdf", plain: true}}},
		{name: "one part compressed, one not", parts: []part{{file: pdf, mime: "application/pdf"}, {file: xml, mime: "application/xml", plain: true}}},
		{name: "plain text with every kind of line end, not compressed", parts: []part{{file: file("mixed.txt", []byte(text)), mime: "text/plain", plain: true}}},
		{name: "XML in UTF-16, compressed, with its CharacterSet", parts: []part{{file: file("wide.xml", utf16LE(document)), mime: "application/xml", charset: "UTF-16"}}},
		{name: "no part, to the test service", test: true},
		{name: "RefToMessageId, AgreementRef and ConversationId", ref: "earlier.1@partner.example", agreement: "urn:agreement:7", exchange: "7e0c5b9e-0c1f-4d55-9b39-3a1d3b0f8a11", parts: []part{{file: xml, mime: "application/xml"}}},
		{name: "a file name and properties beyond ASCII", parts: []part{{file: xml, mime: "application/xml", name: "Izziņa – ģērbonis 東京.xml"}}, properties: []ebms.Property{
			{Name: "nosaukums", Value: "Izziņa „Ģērbonis” & <東京> \U0001D11E"}, {Name: "īpašība", Type: "urn:x-š", Value: "ü"}}},
		{name: "28 parts, the most that phase4 takes", parts: many(t, dir, 28)},
	}
	return append(list, letter{name: "a part of 30 MB", parts: []part{{file: file("big.bin", noise(30_000_000)), mime: "application/octet-stream", plain: true}}})
}

// many makes small parts, every second one compressed.
func many(t *testing.T, dir string, n int) []part {
	t.Helper()
	var parts []part
	for i := range n {
		path := writeFile(t, filepath.Join(dir, fmt.Sprintf("part-%d.txt", i)), fmt.Appendf(nil, "this is part %d\n", i+1))
		parts = append(parts, part{file: path, mime: "text/plain", plain: i%2 == 0})
	}
	return parts
}

// noise does not compress, and is the same again.
func noise(n int) []byte {
	octets := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{'o', 'n', 'c', 'e'}).Read(octets)
	return octets
}

// utf16LE is text with a byte order mark, low octet first.
func utf16LE(s string) []byte {
	octets := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(s)) {
		octets = binary.LittleEndian.AppendUint16(octets, unit)
	}
	return octets
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func writeFile(t *testing.T, path string, octets []byte) string {
	t.Helper()
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
