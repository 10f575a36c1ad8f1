package ebms_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t rapid.TB, messaging []byte) (*ebms.Content, error) {
	t.Helper()
	doc, err := xmlsafe.ParseBytes(messaging, xmlsafe.Limits{})
	if err != nil {
		t.Fatalf("what was written is refused: %v\n%s", err, messaging)
	}
	canonical, err := c14n.AppendElement(nil, doc.Root(), nil)
	if err != nil || !bytes.Equal(canonical, messaging) {
		t.Fatalf("what was written is not canonical (%v):\n%s\n%s", err, messaging, canonical)
	}
	return ebms.Read(doc.Root())
}

func text(t *rapid.T, label string) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 ._-&<>\"'ēшΩ東\U0001D11E\t\n\r;")), 1, 30, -1).Draw(t, label)
}

func userMessage(t *rapid.T) *ebms.UserMessage {
	party := func(label string) ebms.Party {
		return ebms.Party{ID: ebms.PartyID{Type: "urn:" + text(t, label+" type"), Value: text(t, label)}, Role: text(t, label+" role")}
	}
	properties := func(label string, n int) (list []ebms.Property) {
		for range rapid.IntRange(0, n).Draw(t, label) {
			list = append(list, ebms.Property{Name: text(t, "name"), Type: rapid.SampledFrom([]string{"", "urn:x"}).Draw(t, "type"), Value: text(t, "value")})
		}
		return list
	}
	m := &ebms.UserMessage{
		MPC:         rapid.SampledFrom([]string{"", ebms.DefaultMPC}).Draw(t, "mpc"),
		MessageInfo: ebms.MessageInfo{Timestamp: time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "time")).UTC(), MessageID: "id@example", RefToMessageID: rapid.SampledFrom([]string{"", "other@example"}).Draw(t, "ref")},
		From:        party("from"), To: party("to"),
		Service: ebms.Service{Type: rapid.SampledFrom([]string{"", "urn:t"}).Draw(t, "service type"), Value: text(t, "service")},
		Action:  text(t, "action"), ConversationID: text(t, "conversation"),
		Properties: properties("properties", 5),
	}
	if rapid.Bool().Draw(t, "agreement") {
		m.AgreementRef = &ebms.AgreementRef{Type: "urn:a", PMode: text(t, "pmode"), Value: text(t, "agreement ref")}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "parts") {
		m.Parts = append(m.Parts, ebms.PartInfo{Href: "cid:" + string(rune('a'+i)) + "@x", Properties: []ebms.Property{{Name: ebms.MimeType, Value: "application/xml"}, {Name: ebms.CompressionType, Value: ebms.GZIP}}})
	}
	return m
}

func TestUserMessagesReadBackAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := userMessage(t)
		content, err := read(t, ebms.AppendUserMessage(nil, "_1", m))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, content.User); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}

func TestSignalsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	info := ebms.MessageInfo{Timestamp: time.Date(2026, 11, 24, 12, 0, 0, 5e6, time.UTC), MessageID: "s@x", RefToMessageID: "m@x"}
	ref := dsig.Reference{URI: "#a", Transforms: []dsig.Transform{{Algorithm: c14n.Algorithm, Prefixes: []string{"S12"}}}, DigestMethod: dsig.SHA256, DigestValue: make([]byte, 32)}
	content, err := read(t, ebms.AppendReceipt(nil, "_1", info, [][]byte{dsig.AppendReference(nil, ref)}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&ebms.SignalMessage{MessageInfo: info, Receipt: &ebms.Receipt{References: []dsig.Reference{ref}}}, content.Signal); diff != "" {
		t.Errorf("receipt (-written +read):\n%s", diff)
	}
	for _, code := range ebms.Codes {
		e := code.Refuse("rule.id", "what & <why>", "do \"this\"")
		e.RefToMessageInError = "m@x"
		content, err := read(t, ebms.AppendErrors(nil, "_1", info, []*ebms.Error{e, e}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]*ebms.Error{e, e}, content.Signal.Errors); diff != "" {
			t.Errorf("%s (-written +read):\n%s", code.Code, diff)
		}
	}
}

func TestWrittenHeadersAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	info := ebms.MessageInfo{Timestamp: time.Date(2026, 11, 24, 12, 0, 0, 123e6, time.UTC), MessageID: "message@ap-lv-01.example"}
	m := &ebms.UserMessage{
		MPC: ebms.DefaultMPC, MessageInfo: info,
		From:    ebms.Party{ID: ebms.PartyID{Type: ebms.OOTSPartyType, Value: "AP_LV_01"}, Role: ebms.OOTSRole},
		To:      ebms.Party{ID: ebms.PartyID{Type: ebms.OOTSPartyType, Value: "AP_EE_01"}, Role: ebms.OOTSRole},
		Service: ebms.Service{Type: ebms.OOTSServiceType, Value: ebms.QueryManager}, Action: ebms.ExecuteQueryRequest,
		ConversationID: "ed58b856-0c41-4db2-9f40-24f387ccf45a",
		Properties:     []ebms.Property{{Name: ebms.OriginalSender, Type: "urn:cef.eu:names:identifier:EAS:0204", Value: "LV-PORTAL"}, {Name: ebms.FinalRecipient, Value: "EE-REGISTRY"}},
		Parts:          []ebms.PartInfo{{Href: "cid:part@ap-lv-01.example", Properties: []ebms.Property{{Name: ebms.MimeType, Value: "application/x-ebrs+xml"}}}},
	}
	signal := ebms.MessageInfo{Timestamp: info.Timestamp, MessageID: "signal@ap-ee-01.example", RefToMessageID: info.MessageID}
	golden(t, "usermessage.xml", ebms.AppendUserMessage(nil, "_1", m))
	golden(t, "receipt.xml", ebms.AppendReceipt(nil, "_1", signal, [][]byte{dsig.AppendReference(nil, dsig.Reference{URI: "#_1", DigestMethod: dsig.SHA256, DigestValue: make([]byte, 32)})}))
	golden(t, "error.xml", ebms.AppendErrors(nil, "_1", signal, []*ebms.Error{ebms.DecompressionFailure.Refuse("as4.gzip", "part \"cid:x\" is no complete gzip stream", "compress with gzip")}))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("%s (-golden +got; go test -update writes it anew):\n%s", name, diff)
	}
}

func TestTimestampsOfEveryFormAreRead(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for text, offset := range map[string]time.Duration{
		"2026-11-24T12:00:00Z": 0, "2026-11-24T12:00:00.000Z": 0, "2026-11-24T14:00:00+02:00": 0, "2026-11-24T12:00:00": 0,
		" 2026-11-24T12:00:00.5Z ": 500 * time.Millisecond, "2026-11-24T12:00:00.123456789Z": 123456789,
		"2026-11-24T12:00:00.1234567891234Z": 123456789, "2026-11-24T24:00:00Z": 12 * time.Hour, "2026-11-23T24:00:00.00-12:00": 0,
		"2026-11-24T22:00:00-14:00": 24 * time.Hour,
	} {
		m := strings.Replace(string(ebms.AppendErrors(nil, "_1", ebms.MessageInfo{Timestamp: want, MessageID: "a@b"}, []*ebms.Error{ebms.Other.Refuse("r", "w", "")})), "2026-11-24T12:00:00.000Z", text, 1)
		doc, err := xmlsafe.ParseBytes([]byte(m), xmlsafe.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := ebms.Read(doc.Root())
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := c.Signal.Timestamp; !got.Equal(want.Add(offset)) {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestTimestampsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "2026-11-24", "2026-11-24T12:00Z", "2026-11-24 12:00:00Z", "2026-11-24T12:00:00z", "2026-11-24T12:00:00,5Z", "2026-11-24T12:00:00.Z",
		"2026-02-30T12:00:00Z", "2026-11-24T24:00:01Z", "2026-11-24T24:00:00.1Z", "2026-11-24T25:00:00Z", "2026-11-24T12:60:00Z",
		"2026-11-24T12:00:00+15:00", "2026-11-24T12:00:00+14:01", "2026-11-24T12:00:00+0100", "26-11-24T12:00:00Z",
	} {
		doc, err := xmlsafe.ParseBytes([]byte(`<eb:Messaging xmlns:eb="`+ebms.Namespace+`"><eb:SignalMessage><eb:MessageInfo><eb:Timestamp>`+text+`</eb:Timestamp><eb:MessageId>a@b</eb:MessageId></eb:MessageInfo><eb:PullRequest/></eb:SignalMessage></eb:Messaging>`), xmlsafe.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ebms.Read(doc.Root()); err == nil || !strings.Contains(err.Error(), "ebms.timestamp") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnHrefNamesItsContentID(t *testing.T) {
	t.Parallel()
	for href, want := range map[string]string{
		"cid:a@b": "a@b", "cid:a%40b": "a@b", "cid:a%2Bb+c@d": "a+b+c@d", "cid:100%25@x": "100%@x", "cid:100%@x": "100%@x",
	} {
		if got := (&ebms.PartInfo{Href: href}).CID(); got != want {
			t.Errorf("%q names %q, want %q", href, got, want)
		}
	}
}

func TestErrorsExplainThemselves(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range ebms.Codes {
		if seen[c.Code] {
			t.Errorf("%s is twice in the table", c.Code)
		}
		seen[c.Code] = true
		if known, ok := ebms.Lookup(c.Code); !ok || known != c {
			t.Errorf("%s is not found", c.Code)
		}
		var e *ebms.Error
		if err := error(c.Refuse("a.rule", "the value \"x\" is wrong", "write y")); !errors.As(err, &e) || !strings.Contains(err.Error(), c.Code) || !strings.Contains(e.Detail, "rule a.rule: ") || !strings.HasSuffix(e.Detail, "; write y") {
			t.Errorf("%v", err)
		}
	}
	if _, ok := ebms.Lookup("EBMS:9999"); ok {
		t.Error("an unknown code was found")
	}
}
