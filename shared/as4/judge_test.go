package as4_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

const soapXML = "application/soap+xml; charset=UTF-8"

// signedSignal makes a signal of p with any content of eb:Messaging.
func signedSignal(t *testing.T, p *as4test.Party, messaging func(id string) []byte) []byte {
	t.Helper()
	env, err := as4.SignEnvelope(rand.Reader, p.Identity().Signing[0], "signal@example", messaging, nil)
	if err != nil {
		t.Fatal(err)
	}
	return env.SOAP(nil)
}

func errorSignal(ref string, e *ebms.Error) func(string) []byte {
	return func(id string) []byte {
		info := ebms.MessageInfo{Timestamp: time.Now(), MessageID: "signal@example", RefToMessageID: ref}
		return ebms.AppendErrors(nil, id, info, []*ebms.Error{e})
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	stranger := as4test.NewParty(as4test.ECDSA, "AP_XC_01")
	answer, _, sent := received(t, a, b, as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("x"))))
	other, _, _ := received(t, a, b, as4test.Request())
	receipt := string(answer.Body)
	if answer.Message == nil {
		t.Fatal(answer.Cause())
	}
	resigned := func(edit func(string) string) string {
		messaging := between(t, receipt, "<eb:Messaging ", "</eb:Messaging>")
		return string(signedSignal(t, b, func(id string) []byte {
			old := strings.Split(messaging[strings.Index(messaging, `wsu:Id="`)+8:], `"`)[0]
			return []byte(edit(strings.Replace(messaging, old, id, 1)))
		}))
	}
	unsigned := func(soap string) string {
		return strings.Replace(soap, between(t, soap, "<wsse:Security ", "</wsse:Security>"), "", 1)
	}
	duplicate := ebms.Other.Refuse("x", "a duplicate message", "")
	cases := []struct {
		name        string
		contentType string
		body        string
		status      int
		want        as4.Outcome
		reason      string
	}{
		{"the receipt", soapXML, receipt, 200, as4.Acknowledged, "all 3 references"},
		{"the receipt as a multipart", `multipart/related; boundary="b"`, "--b\r\nContent-Type: application/soap+xml\r\n\r\n" + receipt + "\r\n--b--", 200, as4.Acknowledged, ""},
		{"the receipt with status 202 and another xml type", "text/xml", receipt, 202, as4.Acknowledged, ""},
		{"references in another order", soapXML, resigned(func(s string) string {
			r := between(t, s, "<ebbp:MessagePartNRInformation>", "</ebbp:MessagePartNRInformation>")
			return strings.Replace(strings.Replace(s, r, "", 1), "</ebbp:NonRepudiationInformation>", r+"</ebbp:NonRepudiationInformation>", 1)
		}), 200, as4.Acknowledged, ""},
		{"references without transforms", soapXML, resigned(func(s string) string {
			for strings.Contains(s, "<ds:Transforms>") {
				s = strings.Replace(s, between(t, s, "<ds:Transforms>", "</ds:Transforms>"), "", 1)
			}
			return s
		}), 200, as4.Acknowledged, ""},
		{"a second child of eb:Receipt", soapXML, resigned(replace(t, "</eb:Receipt>", `<x:phase4 xmlns:x="urn:fdc:com.helger.phase4:ns:info">4.4.1</x:phase4></eb:Receipt>`)), 200, as4.Acknowledged, ""},
		{"a receipt that is not signed", soapXML, unsigned(receipt), 200, as4.Again, "not signed"},
		{"a receipt of a stranger", soapXML, string(signedSignal(t, stranger, func(id string) []byte {
			m := between(t, receipt, "<eb:Messaging ", "</eb:Messaging>")
			old := strings.Split(m[strings.Index(m, `wsu:Id="`)+8:], `"`)[0]
			return []byte(strings.Replace(m, old, id, 1))
		})), 200, as4.Again, "not one pinned"},
		{"a receipt that was changed", soapXML, strings.Replace(receipt, "<eb:SignalMessage>", "<eb:SignalMessage> ", 1), 200, as4.Again, "digest"},
		{"a receipt for another message", soapXML, string(other.Body), 200, as4.Again, "for message"},
		{"a reference missing", soapXML, resigned(func(s string) string {
			return strings.Replace(s, between(t, s, "<ebbp:MessagePartNRInformation>", "</ebbp:MessagePartNRInformation>"), "", 1)
		}), 200, as4.Again, "2 references, the message 3"},
		{"a reference twice in the place of another", soapXML, resigned(func(s string) string {
			r := between(t, s, "<ebbp:MessagePartNRInformation>", "</ebbp:MessagePartNRInformation>")
			rest := strings.Replace(s, r, "", 1)
			next := between(t, rest, "<ebbp:MessagePartNRInformation>", "</ebbp:MessagePartNRInformation>")
			return strings.Replace(rest, next, next+next, 1)
		}), 200, as4.Again, "none of the message"},
		{"another digest", soapXML, resigned(func(s string) string {
			d := between(t, s, "<ds:DigestValue>", "</ds:DigestValue>")
			return strings.Replace(s, d, strings.Replace(d, d[17:21], "AAAA", 1), 1)
		}), 200, as4.Again, "another digest"},
		{"no references at all", soapXML, resigned(func(s string) string {
			return strings.Replace(s, between(t, s, "<eb:Receipt>", "</eb:Receipt>"), "<eb:Receipt></eb:Receipt>", 1)
		}), 200, as4.Again, "0 references"},
		{"a signed error that is final", soapXML, string(signedSignal(t, b, errorSignal(sent.MessageID, ebms.ProcessingModeMismatch.Refuse("r", "no", "")))), 200, as4.Refused, "EBMS:0010"},
		{"a signed error that will pass", soapXML, string(signedSignal(t, b, errorSignal(sent.MessageID, ebms.DeliveryFailure.Refuse("r", "later", "")))), 200, as4.Again, "EBMS:0202"},
		{"a signed error about another message", soapXML, string(signedSignal(t, b, errorSignal("other@example", ebms.ProcessingModeMismatch.Refuse("r", "no", "")))), 200, as4.Again, "another message"},
		{"a signed error without a reference", soapXML, string(signedSignal(t, b, errorSignal("", ebms.InvalidHeader.Refuse("r", "no", "")))), 200, as4.Refused, "EBMS:0009"},
		{"an unsigned final error", soapXML, unsigned(string(signedSignal(t, b, errorSignal(sent.MessageID, ebms.ProcessingModeMismatch.Refuse("r", "no", ""))))), 400, as4.Again, "a hint only"},
		{"an error of a stranger", soapXML, string(signedSignal(t, stranger, errorSignal(sent.MessageID, ebms.ProcessingModeMismatch.Refuse("r", "no", "")))), 200, as4.Again, "a hint only"},
		{"Domibus' unsigned error in a SOAP Fault", soapXML, strings.Replace(unsigned(string(signedSignal(t, b, errorSignal(sent.MessageID, ebms.FailedAuthentication.Refuse("r", "no", ""))))), "></env:Body>", "><env:Fault><env:Code><env:Value>env:Receiver</env:Value></env:Code><env:Reason><env:Text xml:lang=\"en\">no</env:Text></env:Reason></env:Fault></env:Body>", 1), 500, as4.Again, "EBMS:0101"},
		{"phase4's duplicate", soapXML, string(signedSignal(t, b, errorSignal(sent.MessageID, duplicate))), 200, as4.ProbablyDelivered, "duplicate"},
		{"phase4's duplicate from 4.5.0 on", soapXML, string(signedSignal(t, b, errorSignal(sent.MessageID, &ebms.Error{Code: ebms.Code{Code: "EBMS:4001", ShortDescription: "DuplicateDetected", Severity: ebms.Failure}}))), 200, as4.ProbablyDelivered, ""},
		{"a proxy's page", "text/html", "<html><body>502 Bad Gateway</body></html>", 502, as4.Again, "HTTP 502"},
		{"an empty 200", soapXML, "", 200, as4.Again, "empty body"},
		{"an empty 204 without a type", "", "", 204, as4.Again, "HTTP 204"},
		{"a SOAP Fault without ebMS", soapXML, `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Header/><env:Body><env:Fault/></env:Body></env:Envelope>`, 500, as4.Again, "no ebMS signal"},
		{"a SOAP Fault without a Header", soapXML, `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body><env:Fault><env:Code><env:Value>env:Sender</env:Value></env:Code><env:Reason><env:Text xml:lang="en"> no policy &amp; no leg </env:Text></env:Reason></env:Fault></env:Body></env:Envelope>`, 500, as4.Again, `the SOAP Fault says "no policy & no leg"`},
		{"a Fault of SOAP 1.1", "text/xml", `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>no endpoint</faultstring></e:Fault></e:Body></e:Envelope>`, 500, as4.Again, `the SOAP Fault says "no endpoint"`},
		{"a DOCTYPE", soapXML, "<!DOCTYPE x>" + receipt, 200, as4.Again, "xml"},
		{"our own message back", soapXML, func() string {
			_, body, _ := a.Wire(b, func() as4.Outgoing { o := as4test.Request(); o.Contents = nil; return o }())
			return string(body)
		}(), 200, as4.Again, "not a signal"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j := as4.Judge(sent, b.Agreement(), time.Now(), c.status, c.contentType, []byte(c.body))
			if j.Outcome != c.want || !strings.Contains(j.Reason, c.reason) {
				t.Errorf("%s (%s), want %s with %q", j.Outcome, j.Reason, c.want, c.reason)
			}
			if j.Outcome == as4.Acknowledged != (j.Receipt != nil && j.Errors == nil) {
				t.Errorf("receipt octets kept: %v, errors: %v", j.Receipt != nil, j.Errors)
			}
		})
	}
}

// A resend carries the same signed octets, encrypted afresh.
func TestAResendSendsTheSameSignedContent(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.EdDSA, "AP_XA_01"), as4test.NewParty(as4test.EdDSA, "AP_XB_01")
	receiver := b.Receiver(&as4test.Inbox{}, a)
	var bodies [][]byte
	var down atomic.Int32
	down.Store(2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, body)
		if r.ContentLength != int64(len(body)) || len(r.TransferEncoding) > 0 {
			t.Errorf("length %d announced, %d sent, encoding %v", r.ContentLength, len(body), r.TransferEncoding)
		}
		if down.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		(&as4.Handler{Receiver: receiver}).ServeHTTP(w, r)
	}))
	defer server.Close()
	partner := b.Agreement()
	partner.Endpoint = server.URL
	box := &as4.MemoryOutbox{}
	sender := a.Sender()
	large := bytes.Repeat([]byte("large enough to be encrypted while it is sent. "), 60_000)
	signed, err := sender.Sign(context.Background(), partner, as4test.Request(as4test.Octets("application/pdf", as4.CompressNever, large)), box)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := ""
	for range 4 {
		j, err := sender.Push(context.Background(), partner, signed, box)
		if err != nil {
			t.Fatal(err)
		}
		outcomes += fmt.Sprint(j.Outcome, " ")
	}
	if want := "again again acknowledged acknowledged "; outcomes != want {
		t.Errorf("outcomes %q, want %q", outcomes, want)
	}
	info := between(t, string(bodies[0]), "<ds:SignedInfo ", "</ds:SignedInfo>")
	for i, body := range bodies[1:] {
		if !strings.Contains(string(body), info) {
			t.Errorf("attempt %d has another ds:SignedInfo", i+2)
		}
		if bytes.Equal(body, bodies[0]) {
			t.Errorf("attempt %d has the same content key", i+2)
		}
	}
}

func TestAPartnerThatIsDownIsAnOutcomeNotAnError(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	server := httptest.NewServer(nil)
	server.Close()
	partner := b.Agreement()
	partner.Endpoint = server.URL
	box := &as4.MemoryOutbox{}
	signed, err := a.Sender().Sign(context.Background(), partner, as4test.Request(), box)
	if err != nil {
		t.Fatal(err)
	}
	j, err := a.Sender().Push(context.Background(), partner, signed, box)
	if err != nil || j.Outcome != as4.Again || j.Status != 0 {
		t.Errorf("got %+v, %v", j, err)
	}
}

func TestMessagesThatThePartnerWouldRefuseAreNotSigned(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	two := func(o *as4.Outgoing) {}
	cases := []struct {
		name    string
		dialect as4.Dialect
		edit    func(*as4.Outgoing)
		want    string
	}{
		{"two properties in dialect 1", as4.Dialect1, two, ""},
		{"two properties in dialect 2", as4.Dialect2, two, "ExchangeId is missing"},
		{"four properties in dialect 2", as4.Dialect2, func(o *as4.Outgoing) {
			o.Properties = append(o.Properties, ebms.Property{Name: ebms.ExchangeID, Value: "7020f336-a728-4c6b-956d-0fd54e485d74"}, ebms.Property{Name: ebms.SpecificationID, Value: "oots-edm:v2.0"})
		}, ""},
		{"three properties in dialect 1", as4.Dialect1, func(o *as4.Outgoing) { o.Properties = append(o.Properties, ebms.Property{Name: "x", Value: "y"}) }, "exactly"},
		{"no final recipient", as4.Dialect1, func(o *as4.Outgoing) { o.Properties = o.Properties[:1] }, "finalRecipient is missing"},
		{"the test service in any dialect", as4.Dialect2, func(o *as4.Outgoing) {
			o.Service, o.Action, o.Properties = ebms.Service{Value: ebms.TestService}, ebms.TestAction, nil
		}, ""},
		{"an action that is not agreed", as4.DialectAny, func(o *as4.Outgoing) { o.Action = "Other" }, "not agreed"},
		{"a MessageId that is none", as4.DialectAny, func(o *as4.Outgoing) { o.MessageID = "x" }, "MessageId"},
		{"XML that is none, uncompressed", as4.DialectAny, func(o *as4.Outgoing) {
			o.Contents = []as4.Content{as4test.Octets("application/xml", as4.CompressNever, []byte("<x>"))}
		}, "canonicalise"},
		{"XML by a type with +xml inside, uncompressed", as4.DialectAny, func(o *as4.Outgoing) {
			o.Contents = []as4.Content{as4test.Octets("image/x+xml-fragment", as4.CompressNever, []byte("<x>"))}
		}, "canonicalise"},
		{"a control character in a property", as4.DialectAny, func(o *as4.Outgoing) { o.Properties[0].Value = "a\x01b" }, "no XML character"},
		{"a property that is no UTF-8", as4.DialectAny, func(o *as4.Outgoing) { o.Properties[0].Value = "a\xffb" }, "no XML character"},
		{"a noncharacter in the ConversationId", as4.DialectAny, func(o *as4.Outgoing) { o.ConversationID = "\uffff" }, "no XML character"},
		{"every character that XML has", as4.DialectAny, func(o *as4.Outgoing) { o.Properties[0].Value = "\t\n\r <&\"\ufffd\U0001f600" }, ""},
		{"a MIME type without a slash", as4.DialectAny, func(o *as4.Outgoing) { o.Contents = []as4.Content{as4test.Octets("zzz", as4.CompressAlways, nil)} }, "no MIME type"},
		{"a MIME type with a line end", as4.DialectAny, func(o *as4.Outgoing) {
			o.Contents = []as4.Content{as4test.Octets("a/b\r\nX: y", as4.CompressAlways, nil)}
		}, "no MIME type"},
		{"a CharacterSet that is none", as4.DialectAny, func(o *as4.Outgoing) {
			o.Contents = []as4.Content{as4test.Octets("application/xml", as4.CompressAlways, nil)}
			o.Contents[0].CharacterSet = "!utf8"
		}, "CharacterSet"},
		{"65 parts", as4.DialectAny, func(o *as4.Outgoing) { o.Contents = make([]as4.Content, 65) }, "at most 64"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			partner := b.Agreement()
			partner.Dialect = c.dialect
			out := as4test.Request()
			c.edit(&out)
			_, err := a.Sender().Sign(context.Background(), partner, out, &as4.MemoryOutbox{})
			if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
