package as4_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// testdata is the folder of captured messages, which the project may not copy.
func testdata(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set; captured messages of other products were not judged")
	}
	return filepath.Join(dir, "as4")
}

// station is who a recorded message is for, and from whom.
type station struct {
	partyType   string
	me, from    string
	key, cert   string // what answers are signed with
	decryptKey  string // what parts are encrypted for
	decryptCert string
	senderCert  string
}

const (
	unregistered = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"
	composed     = "composed/keys/"
	live         = "phase4-live/keys/"
)

var stations = map[string]station{
	"composed XB":  {ebms.OOTSPartyType, "AP_XB_01", "AP_XA_01", composed + "AP_XB_01.key.pem", composed + "AP_XB_01.cert.pem", composed + "AP_XB_01.key.pem", composed + "AP_XB_01.cert.pem", composed + "AP_XA_01.cert.pem"},
	"composed XA":  {ebms.OOTSPartyType, "AP_XA_01", "AP_XB_01", composed + "AP_XA_01.key.pem", composed + "AP_XA_01.cert.pem", composed + "AP_XA_01.key.pem", composed + "AP_XA_01.cert.pem", composed + "AP_XB_01.cert.pem"},
	"composed 2.0": {ebms.OOTSPartyType, "AP_XB_01", "AP_XA_01", composed + "AP_XB_01.ed25519-sign.key.pem", composed + "AP_XB_01.ed25519-sign.cert.pem", composed + "AP_XB_01.x25519-keyagreement.key.pem", composed + "AP_XB_01.x25519-keyagreement.cert.pem", composed + "AP_XA_01.ed25519-sign.cert.pem"},
	"live 1":       {unregistered, "red", "blue", live + "red.key", live + "red.pem", live + "red.key", live + "red.pem", live + "blue.pem"},
	"live 2":       {unregistered, "red", "blue", "", "", live + "red2-dec.key", live + "red2-dec.pem", live + "blue2-sign.pem"},
	"live 3":       {unregistered, "red", "blue", live + "red3.key", live + "red3.pem", live + "red3.key", live + "red3.pem", live + "blue3.pem"},
	"live 1 oots":  {ebms.OOTSPartyType, "red", "blue", live + "red.key", live + "red.pem", live + "red.key", live + "red.pem", live + "blue.pem"},
	"live 2 oots":  {ebms.OOTSPartyType, "red", "blue", "", "", live + "red2-dec.key", live + "red2-dec.pem", live + "blue2-sign.pem"},
	"live 3 oots":  {ebms.OOTSPartyType, "red", "blue", live + "red3.key", live + "red3.pem", live + "red3.key", live + "red3.pem", live + "blue3.pem"},
}

// recorded is every request with its verdict; "" is accepted.
var recorded = []struct{ file, station, want string }{
	{"composed/01-request/message.mime", "composed XB", ""},
	{"composed/02-response/message.mime", "composed XA", ""},
	{"composed/03-test-service/message.mime", "composed XB", ""},
	{"composed/05-request-as4-2.0/message.mime", "composed 2.0", ""},
	{"phase4-live/1-rsa-two-compressed.request.http", "live 1 oots", ""},
	{"phase4-live/1-rsa-two-plain.request.http", "live 1 oots", ""},
	{"phase4-live/1-rsa-test-service.request.http", "live 1", ""},
	{"phase4-live/1-rsa-ref-and-agreement.request.http", "live 1", ""},
	{"phase4-live/1-rsa-utf16.request.http", "live 1", ""},
	{"phase4-live/1-rsa-duplicate-first.request.http", "live 1", ""},
	{"phase4-live/1-rsa-duplicate-again.request.http", "live 1", ""},               // right as a message; the inbox decides over repetitions
	{"phase4-live/1-rsa-tampered-header.request.http", "live 1 oots", "EBMS:0010"}, // the changed Action is no leg; with that leg agreed, below, EBMS:0101
	{"phase4-live/2-eddsa-two-compressed.request.http", "live 2 oots", ""},
	{"phase4-live/2-eddsa-text-plain.request.http", "live 2", ""},
	{"phase4-live/2-eddsa-test-service.request.http", "live 2", ""},
	{"phase4-live/2-eddsa-non-ascii.request.http", "live 2", ""},
	{"phase4-live/2-eddsa-gzip-answer.request.http", "live 2", ""},
	{"phase4-live/2-eddsa-rejected.request.http", "live 2", ""},           // the application refuses, not the access point
	{"phase4-live/2-eddsa-no-final-recipient.request.http", "live 2", ""}, // a business rule (R-EDM-ebMS-018), answered by the data service
	{"phase4-live/3-ecdsa-two-plain.request.http", "live 3 oots", ""},
	{"phase4-live/3-ecdsa-test-service-with-part.request.http", "live 3 oots", ""},
	{"phase4-live/3-ecdsa-non-ascii.request.http", "live 3", ""},
	{"phase4-live/3-ecdsa-utf16.request.http", "live 3", ""},
	{"phase4-live/3-ecdsa-duplicate-first.request.http", "live 3", ""},
	{"phase4-live/3-ecdsa-duplicate-again.request.http", "live 3", ""},
	{"phase4-live/3-ecdsa-tampered-cipher.request.http", "live 3 oots", "EBMS:0102"},
}

func pemFile(t *testing.T, path string) []byte {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func certificatesOf(t *testing.T, path string) []*x509.Certificate {
	t.Helper()
	certs, err := file.Certificates(pemFile(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return certs
}

func privateKey(t *testing.T, path string) any {
	t.Helper()
	key, err := file.PrivateKey(pemFile(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (s station) receiver(t *testing.T, dir string, inbox as4.Inbox, legs ...as4.Leg) *as4.Receiver {
	t.Helper()
	id := as4.Identity{Party: ebms.PartyID{Type: s.partyType, Value: s.me}}
	id.Decryption = []as4.DecryptionKey{{Certificate: certificatesOf(t, dir+"/"+s.decryptCert)[0], Key: privateKey(t, dir+"/"+s.decryptKey)}}
	if s.key == "" { // the recording has no key to sign answers with
		id.Signing = as4test.NewParty(as4test.EdDSA, s.me).Identity().Signing
	} else {
		id.Signing = []as4.SigningKey{{Chain: certificatesOf(t, dir+"/"+s.cert), Key: privateKey(t, dir+"/"+s.key).(crypto.Signer)}}
	}
	return &as4.Receiver{Identity: id, Partners: as4test.Partners{s.partner(t, dir, legs)}, Inbox: inbox, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, "test")}
}

func (s station) partner(t *testing.T, dir string, legs []as4.Leg) *as4.Partner {
	t.Helper()
	certs := certificatesOf(t, dir+"/"+s.senderCert)
	profile, err := as4.ProfileFor(certs[0])
	if err != nil {
		t.Fatal(err)
	}
	return &as4.Partner{ID: ebms.PartyID{Type: s.partyType, Value: s.from}, Signing: certs, Profile: profile, Legs: legs}
}

var liveLeg = as4.Leg{Service: ebms.Service{Value: "urn:interop:service"}, AnyType: true, Action: "submit"}

func TestRecordedMessagesAreJudgedAsTheirSourcesSay(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	listed := map[string]bool{}
	for _, r := range recorded {
		listed[r.file] = true
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			s := stations[r.station]
			if got := open(t, dir, r.file, s.receiver(t, dir, &as4test.Inbox{}, append(as4.OOTSLegs, liveLeg)...)); code(got) != r.want {
				t.Errorf("judged %q (%v), want %q", code(got), got.Cause(), r.want)
			}
		})
	}
	for _, pattern := range []string{"composed/0*/message.mime", "phase4-live/*.request.http"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("no file for %s (%v)", pattern, err)
		}
		for _, f := range files {
			if rel, _ := filepath.Rel(dir, f); !listed[rel] {
				t.Errorf("%s is in no list", rel)
			}
		}
	}
}

func TestATamperedHeaderFailsAuthentication(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	s := stations["live 1 oots"]
	leg := as4.Leg{Service: ebms.Service{Value: ebms.QueryManager}, AnyType: true, Action: "ExecuteQueryRequesT"}
	if got := open(t, dir, "phase4-live/1-rsa-tampered-header.request.http", s.receiver(t, dir, &as4test.Inbox{}, leg)); code(got) != "EBMS:0101" {
		t.Errorf("judged %q (%v)", code(got), got.Cause())
	}
}

func open(t *testing.T, dir, name string, r *as4.Receiver) *as4.Answer {
	t.Helper()
	c, err := as4.OpenCapture(bytes.NewReader(pemFile(t, filepath.Join(dir, name))))
	if err != nil {
		t.Fatal(err)
	}
	return r.Receive(context.Background(), c.ContentType, c.Body)
}

func TestRecordedAnswersAreJudgedAsTheirSourcesSay(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	red := map[byte]string{'1': "red.pem", '2': "red2-sign.pem", '3': "red3.pem"}
	outcomes := map[string]as4.Outcome{
		"1-rsa-duplicate-again": as4.ProbablyDelivered, "3-ecdsa-duplicate-again": as4.ProbablyDelivered,
		"1-rsa-tampered-header": as4.Refused, "3-ecdsa-tampered-cipher": as4.Refused, "2-eddsa-no-final-recipient": as4.Refused,
		"2-eddsa-rejected": as4.Again,
	}
	files, _ := filepath.Glob(filepath.Join(dir, "phase4-live/*.response.http"))
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".response.http")
		want := outcomes[name]
		if want == "" {
			want = as4.Acknowledged
		}
		judgeRecorded(t, dir, "phase4-live/"+name+".request.http", "phase4-live/"+name+".response.http", live+red[name[0]], want, time.Now())
	}
	for _, c := range []struct{ request, answer, cert string }{
		{"composed/01-request", "receipt.mime", "AP_XB_01.cert.pem"}, {"composed/02-response", "receipt.mime", "AP_XA_01.cert.pem"},
		{"composed/03-test-service", "receipt.mime", "AP_XB_01.cert.pem"}, {"composed/05-request-as4-2.0", "receipt.mime", "AP_XB_01.ed25519-sign.cert.pem"},
	} {
		judgeRecorded(t, dir, c.request+"/message.mime", c.request+"/"+c.answer, composed+c.cert, as4.Acknowledged, time.Now())
	}
	for _, name := range []string{"error-signed-0303.mime", "error-signed-0010.mime"} {
		judgeRecorded(t, dir, "composed/01-request/message.mime", "composed/04-errors/"+name, composed+"AP_XB_01.cert.pem", as4.Refused, time.Now())
	}
	judgeRecorded(t, dir, "composed/01-request/message.mime", "composed/04-errors/soapfault-unsigned-0101.mime", composed+"AP_XB_01.cert.pem", as4.Again, time.Now())
}

func judgeRecorded(t *testing.T, dir, request, answer, cert string, want as4.Outcome, now time.Time) {
	t.Helper()
	judgeWith(t, dir, request, answer, certificatesOf(t, dir+"/"+cert), want, now)
}

func judgeWith(t *testing.T, dir, request, answer string, pinned []*x509.Certificate, want as4.Outcome, now time.Time) {
	t.Helper()
	sent, err := as4.OpenCapture(bytes.NewReader(pemFile(t, filepath.Join(dir, request))))
	if err != nil {
		t.Fatal(err)
	}
	m, err := as4.ReadSent(sent)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	c, err := as4.OpenCapture(bytes.NewReader(pemFile(t, filepath.Join(dir, answer))))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(c.Body); err != nil {
		t.Fatal(err)
	}
	profile, err := as4.ProfileFor(pinned[0])
	if err != nil {
		t.Fatal(err)
	}
	j := as4.Judge(m, &as4.Partner{Signing: pinned, Profile: profile}, now, 200, c.ContentType, body.Bytes())
	if j.Outcome != want {
		t.Errorf("%s: %s (%s), want %s", answer, j.Outcome, j.Reason, want)
	}
}

// Two pairs of real Domibus envelopes of 2023: the receipts prove what was sent.
func TestReceiptsOfTheProjectathonVerify(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	store := string(pemFile(t, dir+"/slovak-egov+oots-poc/gateway_truststore-2023-10.certs.txt"))
	for _, c := range []struct {
		folder string
		when   time.Time
	}{{"11c67378", time.Date(2023, 4, 21, 10, 0, 0, 0, time.UTC)}, {"62de54f3", time.Date(2023, 10, 19, 8, 0, 0, 0, time.UTC)}} {
		base := "slovak-egov+oots-poc/envelopes/" + c.folder
		judgeWith(t, dir, base+"/user_message_envelope.xml", base+"/signal_message_envelope.xml", pinnedSigner(t, dir, base+"/signal_message_envelope.xml", store), as4.Acknowledged, c.when)
	}
}

var token = regexp.MustCompile(`<wsse:BinarySecurityToken[^>]*wsu:Id="X509[^>]*>([^<]*)<`)

// pinnedSigner is the signer's certificate as its token has it. The store of
// October 2023 no longer has every certificate of April, so it is looked for
// there, and its absence is logged.
func pinnedSigner(t *testing.T, dir, name, store string) []*x509.Certificate {
	t.Helper()
	m := token.FindSubmatch(pemFile(t, filepath.Join(dir, name)))
	if m == nil {
		t.Fatalf("%s has no token", name)
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(strings.ReplaceAll(string(m[1]), "&#13;", "")), ""))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if store != "" && !strings.Contains(strings.ReplaceAll(store, "\r", ""), strings.TrimSpace(text)) {
		t.Logf("%s: the signer %s is not in the published store", name, cert.Subject.CommonName)
	}
	return []*x509.Certificate{cert}
}

// Four receipts of Holodeck, Governikus and phase4: one was changed after signing.
func TestReceiptsOfOtherProductsVerify(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	when := time.Date(2022, 3, 7, 18, 0, 0, 0, time.UTC)
	for name, want := range map[string]as4.Outcome{
		"dataport1-mustunderstand.as4in": as4.Acknowledged, "governikus.as4in": as4.Acknowledged, "helger.as4in": as4.Acknowledged, "dataport1.as4in": as4.Again,
	} {
		file := "phax+phase4/wire-receipts/" + name
		sent := &as4.SignedMessage{}
		c, err := as4.OpenCapture(bytes.NewReader(pemFile(t, filepath.Join(dir, file))))
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(c.Body); err != nil {
			t.Fatal(err)
		}
		// The messages were not recorded: the receipt's own list stands for theirs.
		sent.MessageID, sent.References = as4.ReferencesOfReceipt(body.Bytes())
		j := as4.Judge(sent, &as4.Partner{Signing: pinnedSigner(t, dir, file, ""), Profile: as4.EDelivery115}, when, 200, c.ContentType, body.Bytes())
		if j.Outcome != want {
			t.Errorf("%s: %s (%s), want %s", name, j.Outcome, j.Reason, want)
		}
	}
}

// Everything else that lies in the folders.
func TestForeignMessagesAreJudgedWithAReason(t *testing.T) {
	t.Parallel()
	dir := testdata(t)
	for _, c := range foreign {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, c.file)
			message := capture(t, path)
			a := generous(t, dir, capture(t, path)).Receive(context.Background(), message.ContentType, message.Body)
			if code(a) != c.want || a.Refusal != nil && !strings.HasPrefix(a.Refusal.Detail, c.reason) {
				t.Errorf("judged %q (%v), want %s with %q", code(a), a.Cause(), c.want, c.reason)
			}
		})
	}
}

func capture(t *testing.T, path string) *as4.Capture {
	t.Helper()
	c, err := as4.OpenCapture(bytes.NewReader(pemFile(t, path)))
	if err != nil {
		return &as4.Capture{ContentType: "text/plain", Body: strings.NewReader(err.Error())}
	}
	return c
}

// generous is a receiver that has agreed to whatever the message says, in its
// own time, with the certificates that it brings and the oldest algorithms: so
// that the reason of a refusal is the message's own.
func generous(t *testing.T, dir string, c *as4.Capture) *as4.Receiver {
	t.Helper()
	r := stations["composed XB"].receiver(t, dir, &as4test.Inbox{})
	soap, err := as4.RootOf(c)
	if err != nil {
		return r
	}
	m := as4.HeaderOf(soap)
	if m == nil {
		return r
	}
	r.Identity.Party = m.To.ID
	r.Now = func() time.Time { return m.Timestamp }
	p := &as4.Partner{ID: m.From.ID, Profile: as4.EDeliveryOld, Legs: []as4.Leg{{Service: m.Service, Action: m.Action}}}
	for _, match := range regexp.MustCompile(`BinarySecurityToken[^>]*>([^<]*)<`).FindAllSubmatch(soap, -1) {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(strings.ReplaceAll(string(match[1]), "&#13;", "")), ""))
		if cert, cerr := x509.ParseCertificate(der); err == nil && cerr == nil {
			p.Signing = append(p.Signing, cert)
		}
	}
	for _, name := range []string{"AccessPointA.cer", "AccessPointB.cer"} {
		p.Signing = append(p.Signing, certificatesOf(t, dir+"/thomsonreuters+eessi-as4.net/messages/"+name)...)
	}
	r.Partners = as4test.Partners{p}
	return r
}
