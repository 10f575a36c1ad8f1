package as4_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

func TestHostileMIMEIsRefused(t *testing.T) {
	t.Parallel()
	extra := wirePart{"Content-Type: text/plain\r\nContent-ID: <extra@ap-xa-01>\r\n", []byte("extra")}
	runAttacks(t, []attack{
		{name: "a part that no PartInfo names", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart { return append(p, extra) }}},
		{name: "a part that no PartInfo names, before the others", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart { return []wirePart{p[0], extra, p[1], p[2]} }}},
		{name: "a part missing", want: "EBMS:0011", forgery: forgery{parts: func(p []wirePart) []wirePart { return p[:2] }}},
		{name: "one Content-ID twice", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart { return append(p, p[1]) }}},
		{name: "one Content-ID twice, once escaped", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			return append(p, wirePart{strings.Replace(p[1].header, "@", "%40", 1), p[1].body})
		}}},
		{name: "a part without Content-ID", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header = "Content-Type: application/octet-stream\r\n"
			return p
		}}},
		{name: "a part with two Content-IDs", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header += "Content-ID: <other@x>\r\n"
			return p
		}}},
		{name: "a multipart inside", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header = strings.Replace(p[2].header, "application/octet-stream", `multipart/mixed; boundary="x"`, 1)
			return p
		}}},
		{name: "an unknown transfer encoding", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header = strings.Replace(p[2].header, "binary", "x-uuencode", 1)
			return p
		}}},
		{name: "a header flood", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header += strings.Repeat("X-A: b\r\n", 500)
			return p
		}}},
		{name: "one header of a megabyte", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[2].header += "X-A: " + strings.Repeat("b", 1<<20) + "\r\n"
			return p
		}}},
		{name: "more parts than 64", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			for i := range 70 {
				p = append(p, wirePart{fmt.Sprintf("Content-ID: <%d@x>\r\n", i), nil})
			}
			return p
		}}},
		{name: "the root last, behind more than the buffer", want: "EBMS:0007", forgery: forgery{
			parts: func(p []wirePart) []wirePart {
				p[1].body = append(p[1].body, make([]byte, 200<<10)...)
				return []wirePart{p[1], p[2], p[0]}
			}}},
		{name: "a root of another type", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[0].header = strings.Replace(p[0].header, "application/soap+xml", "text/xml", 1)
			return p
		}}},
		{name: "a root in another charset", want: "EBMS:0007", forgery: forgery{parts: func(p []wirePart) []wirePart {
			p[0].header = strings.Replace(p[0].header, "UTF-8", "UTF-16", 1)
			return p
		}}},
		{name: "a start that no part has", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) {
			return strings.Replace(ct, "root@", "toor@", 1), b
		}}},
		{name: "another type parameter", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) {
			return strings.Replace(ct, "application/soap+xml", "text/html", 1), b
		}}},
		{name: "no boundary", want: "EBMS:0007", forgery: forgery{http: func(_ string, b []byte) (string, []byte) { return `multipart/related; type="application/soap+xml"`, b }}},
		{name: "the wrong boundary", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) { return strings.Replace(ct, testBoundary, "=_other", 1), b }}},
		{name: "no closing boundary", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) {
			return ct, bytes.TrimSuffix(b, []byte("\r\n--"+testBoundary+"--\r\n"))
		}}},
		{name: "cut in the middle of a part", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) { return ct, b[:len(b)-500] }}},
		{name: "multipart/mixed", want: "EBMS:0007", forgery: forgery{http: func(ct string, b []byte) (string, []byte) {
			return strings.Replace(ct, "multipart/related", "multipart/mixed", 1), b
		}}},
		{name: "no MIME at all", want: "EBMS:0009", forgery: forgery{http: func(string, []byte) (string, []byte) { return "application/soap+xml", []byte("hello") }}},
		{name: "nothing", want: "EBMS:0007", forgery: forgery{http: func(ct string, _ []byte) (string, []byte) { return ct, nil }}},
		{name: "the multipart body as SOAP", want: "EBMS:0009", forgery: forgery{http: func(_ string, b []byte) (string, []byte) { return "application/soap+xml", b }}},
	})
}

func TestUnusualMIMEIsAccepted(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	cases := map[string]forgery{
		"the root last, within the buffer": {parts: func(p []wirePart) []wirePart { return []wirePart{p[1], p[2], p[0]} }},
		"parts in another order":           {parts: func(p []wirePart) []wirePart { return []wirePart{p[0], p[2], p[1]} }},
		"no start, root without an id": {
			parts: func(p []wirePart) []wirePart {
				p[0].header = "Content-Type: application/soap+xml;charset=UTF-8\r\n"
				return p
			},
			http: func(ct string, b []byte) (string, []byte) { return strings.Split(ct, "; start=")[0], b },
		},
		"an escaped Content-ID":    {message: func(m *ebms.UserMessage) { m.Parts[0].Href = strings.Replace(m.Parts[0].Href, "@", "%40", 1) }},
		"a preamble":               {http: func(ct string, b []byte) (string, []byte) { return ct, append([]byte("\r\n"), b...) }},
		"header names in any case": {parts: func(p []wirePart) []wirePart { p[1].header = strings.ToLower(p[1].header); return p }},
		"a folded content type": {http: func(ct string, b []byte) (string, []byte) {
			return strings.ReplaceAll(ct, "; ", ";\r\n\t"), b
		}},
		"a timestamp in the Security header": {envelope: func(s string) string {
			return strings.Replace(s, "</wsse:Security>", `<wsu:Timestamp wsu:Id="TS"><wsu:Created>2026-01-01T00:00:00Z</wsu:Created></wsu:Timestamp></wsse:Security>`, 1)
		}},
		"a comment before the root": {envelope: func(s string) string { return strings.Replace(s, "<env:Envelope", "<!-- dump --><env:Envelope", 1) }},
		"a header block that need not be understood": {envelope: func(s string) string {
			return strings.Replace(s, "</env:Header>", `<x:x xmlns:x="urn:x"/></env:Header>`, 1)
		}},
	}
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contentType, body := o.build(t, f)
			inbox := &as4test.Inbox{}
			a := o.b.Receiver(inbox, o.a).Receive(context.Background(), contentType, bytes.NewReader(body))
			if a.Message == nil {
				t.Fatal(a.Cause())
			}
			d := inbox.Get(a.Message.Key)
			if diff := cmp.Diff(o.payload[:], d.Parts); diff != "" {
				t.Errorf("parts (-sent +delivered):\n%s", diff)
			}
		})
	}
}

func TestBrokenHeadersAreRefused(t *testing.T) {
	t.Parallel()
	part := func(edit func(*ebms.PartInfo)) func(*ebms.UserMessage) {
		return func(m *ebms.UserMessage) { edit(&m.Parts[0]) }
	}
	drop := func(name string) func(*ebms.UserMessage) {
		return part(func(p *ebms.PartInfo) {
			var kept []ebms.Property
			for _, q := range p.Properties {
				if q.Name != name {
					kept = append(kept, q)
				}
			}
			p.Properties = kept
		})
	}
	set := func(name, value string) func(*ebms.UserMessage) {
		return part(func(p *ebms.PartInfo) {
			for i := range p.Properties {
				if p.Properties[i].Name == name {
					p.Properties[i].Value = value
				}
			}
		})
	}
	runAttacks(t, []attack{
		{name: "an external payload", want: "EBMS:0011", forgery: forgery{message: part(func(p *ebms.PartInfo) { p.Href = "http://127.0.0.1/secret" })}},
		{name: "a payload in the Body", want: "EBMS:0011", forgery: forgery{message: part(func(p *ebms.PartInfo) { p.Href = "" })}},
		{name: "two PartInfo for one part", want: "EBMS:0003", forgery: forgery{message: func(m *ebms.UserMessage) { m.Parts[1].Href = m.Parts[0].Href }}},
		{name: "no MimeType", want: "EBMS:0003", forgery: forgery{message: drop(ebms.MimeType)}},
		{name: "CharacterSet !utf*", want: "EBMS:0003", forgery: forgery{message: set(ebms.CharacterSet, "!utf*")}},
		{name: "a MimeType with a line break", want: "EBMS:0003", forgery: forgery{message: set(ebms.MimeType, "application/pdf\r\nX: y")}},
		{name: "compressed, and nothing says so", want: "EBMS:0003", forgery: forgery{message: drop(ebms.CompressionType)}},
		{name: "another compression", want: "EBMS:0003", forgery: forgery{message: set(ebms.CompressionType, "application/zip")}},
		{name: "a message property twice, with another value", want: "EBMS:0003", forgery: forgery{message: func(m *ebms.UserMessage) {
			m.Properties = append(m.Properties, ebms.Property{Name: m.Properties[0].Name, Value: "another"})
		}}},
		{name: "a part property twice", want: "EBMS:0003", forgery: forgery{message: part(func(p *ebms.PartInfo) { p.Properties = append(p.Properties, p.Properties[0]) })}},
		{name: "no PartyId", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string { return strings.Replace(s, between(t, s, "<eb:PartyId", "</eb:PartyId>"), "", 1) }}},
		{name: "two PartyIds", want: "EBMS:0010", forgery: forgery{messaging: func(s string) string {
			id := between(t, s, "<eb:PartyId", "</eb:PartyId>")
			return strings.Replace(s, id, id+id, 1)
		}}},
		{name: "a PartyId that is no URI and has no type", want: "EBMS:0003", forgery: forgery{message: func(m *ebms.UserMessage) { m.To.ID.Type = "" }}},
		{name: "a MessageId without @", want: "EBMS:0003", forgery: forgery{message: func(m *ebms.UserMessage) { m.MessageID = "no-at" }}},
		{name: "a MessageId in brackets", want: "EBMS:0003", forgery: forgery{message: func(m *ebms.UserMessage) { m.MessageID = "<a@b>" }}},
		{name: "no MessageId", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:MessageId>", "</eb:MessageId>"), "", 1)
		}}},
		{name: "no timestamp", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:Timestamp>", "</eb:Timestamp>"), "", 1)
		}}},
		{name: "a timestamp that is none", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:Timestamp>", "</eb:Timestamp>"), "<eb:Timestamp>yesterday</eb:Timestamp>", 1)
		}}},
		{name: "elements out of order", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string {
			id := between(t, s, "<eb:MessageId>", "</eb:MessageId>")
			return strings.Replace(strings.Replace(s, id, "", 1), "<eb:Timestamp>", id+"<eb:Timestamp>", 1)
		}}},
		{name: "two user messages", want: "EBMS:0009", forgery: forgery{messaging: func(s string) string {
			m := between(t, s, "<eb:UserMessage", "</eb:UserMessage>")
			return strings.Replace(s, m, m+m, 1)
		}}},
		{name: "a user message and a signal", want: "EBMS:0009", forgery: forgery{messaging: replace(t, "</eb:Messaging>", "<eb:SignalMessage/></eb:Messaging>")}},
		{name: "text between elements", want: "EBMS:0009", forgery: forgery{messaging: replace(t, "<eb:PartyInfo>", "text<eb:PartyInfo>")}},
		{name: "text before the user message", want: "EBMS:0009", forgery: forgery{messaging: replace(t, "<eb:UserMessage", "text<eb:UserMessage")}},
		{name: "more properties than are taken", want: "EBMS:0009", forgery: forgery{message: func(m *ebms.UserMessage) {
			m.Properties = append(m.Properties, make([]ebms.Property, ebms.MaxProperties)...)
			for i := range m.Properties {
				m.Properties[i].Name = fmt.Sprint("p", i)
			}
		}}},
		{name: "an unknown service", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.Service.Value = "Other" }}},
		{name: "a service of another type", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.Service.Type = "urn:other" }}},
		{name: "an unknown action", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.Action = "Other" }}},
		{name: "another role", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.From.Role = "urn:role" }}},
		{name: "another channel", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.MPC = "urn:mpc" }}},
		{name: "a receipt as a request", want: "EBMS:0010", forgery: forgery{messaging: func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:UserMessage", "</eb:UserMessage>"), `<eb:SignalMessage><eb:MessageInfo><eb:Timestamp>2026-01-01T00:00:00Z</eb:Timestamp><eb:MessageId>a@b</eb:MessageId></eb:MessageInfo><eb:Receipt/></eb:SignalMessage>`, 1)
		}}},
		{name: "a pull request", want: "EBMS:0010", forgery: forgery{messaging: func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:UserMessage", "</eb:UserMessage>"), `<eb:SignalMessage><eb:MessageInfo><eb:Timestamp>2026-01-01T00:00:00Z</eb:Timestamp><eb:MessageId>a@b</eb:MessageId></eb:MessageInfo><eb:PullRequest/></eb:SignalMessage>`, 1)
		}}},
	})
}

// What goes wrong in decryption must look the same from outside, whichever
// step it was (spec §11.1, key-transport oracle).
func TestDecryptionFailuresCannotBeToldApart(t *testing.T) {
	t.Parallel()
	for _, suite := range as4test.Suites {
		o := newOriginal(suite)
		flip := func(s string) string {
			v := between(t, s, "<xenc:CipherValue>", "</xenc:CipherValue>")
			swapped := strings.Replace(v, v[20:24], "AAAA", 1)
			return strings.Replace(s, v, swapped, 1)
		}
		cases := map[string]forgery{
			"content key": {encryption: flip},
			"tag":         {parts: func(p []wirePart) []wirePart { p[1].body[len(p[1].body)-1] ^= 1; return p }},
			"ciphertext":  {parts: func(p []wirePart) []wirePart { p[1].body[14] ^= 1; return p }},
			"short part":  {parts: func(p []wirePart) []wirePart { p[1].body = p[1].body[:5]; return p }},
		}
		answers := map[string]string{}
		for name, f := range cases {
			contentType, body := o.build(t, f)
			a := o.b.Receiver(&as4test.Inbox{}, o.a).Receive(context.Background(), contentType, bytes.NewReader(body))
			if code(a) != "EBMS:0102" {
				t.Errorf("%s, %s: answered %q (%v)", suite, name, code(a), a.Cause())
				continue
			}
			answers[fmt.Sprint(a.Refusal.Description, a.Refusal.Detail, a.Status)] = name
		}
		if len(answers) != 1 {
			t.Errorf("%s: %d different answers: %v", suite, len(answers), answers)
		}
	}
}

func TestHTTPIsGuarded(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	contentType, body := o.build(t, forgery{})
	receiver := o.b.Receiver(&as4test.Inbox{}, o.a)
	receiver.Limits.Message = 1 << 20
	handler := &as4.Handler{Receiver: receiver}
	cases := []struct {
		name   string
		method string
		edit   func(*http.Request)
		want   int
	}{
		{"a message is answered with 200", "POST", nil, 200},
		{"GET is not taken", "GET", nil, 405},
		{"another media type is not taken", "POST", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415},
		{"no media type is not taken", "POST", func(r *http.Request) { r.Header.Del("Content-Type") }, 415},
		{"a content encoding is not taken", "POST", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415},
		{"too long a message is refused before it is read", "POST", func(r *http.Request) { r.ContentLength = 2 << 20 }, 413},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/as4", bytes.NewReader(body))
			r.Header.Set("Content-Type", contentType)
			if c.edit != nil {
				c.edit(r)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
		})
	}
}

// A sender of a large message must get to read why it was refused, although the
// refusal came before its parts were read.
func TestALargeRefusedMessageIsReadToTheEnd(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	contentType, body := o.build(t, forgery{envelope: replace(t, ">C1<", ">C9<"), parts: func(p []wirePart) []wirePart {
		p[2].body = append(p[2].body, make([]byte, 8<<20)...)
		return p
	}})
	server := httptest.NewServer(&as4.Handler{Receiver: o.b.Receiver(&as4test.Inbox{}, o.a)})
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", contentType, len(body))
	if _, err := c.Write(body); err != nil {
		t.Fatalf("the connection broke while sending: %v", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if !bytes.Contains(answer, []byte("EBMS:0101")) {
		t.Errorf("answered %s", answer)
	}
}
