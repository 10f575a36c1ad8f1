package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pavlo-v-chernykh/keystore-go/v4"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/partners"
)

// typed runs the command as it would be typed.
func typed(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = dispatch(context.Background(), "vienreiz", commands, args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// publication writes a P-Mode of two parties and a trust store as published.
type publication struct {
	dir, pmode, store string
}

const pmodeText = `<db:configuration xmlns:db="http://domibus.eu/configuration" party="AP_XA_01"><businessProcesses>
<roles><role name="gw" value="http://sdg.europa.eu/edelivery/gateway"/></roles>
<parties><partyIdTypes><partyIdType name="urn" value="urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"/></partyIdTypes>
<party name="AP_XA_01" endpoint="%[1]s "><identifier partyId="AP_XA_01" partyIdType="urn"/></party>
<party name="AP_XB_01" endpoint="%[1]s "><identifier partyId="AP_XB_01" partyIdType="urn"/></party></parties>
<meps><mep name="oneway" value="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/oneWay"/><binding name="push" value="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/push"/></meps>
<properties><property name="s" key="originalSender" required="true"/><property name="r" key="finalRecipient" required="true"/>
<propertySet name="set"><propertyRef property="s"/><propertyRef property="r"/></propertySet></properties>
<securities><security name="as4" policy="eDeliveryAS4Policy_BST.xml" %[2]s/></securities>
<services><service name="query" value="QueryManager" type="urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0"/></services>
<actions><action name="request" value="ExecuteQueryRequest"/><action name="response" value="ExecuteQueryResponse"/></actions>
<legConfigurations><legConfiguration name="l1" security="as4" service="query" action="request" propertySet="set" compressPayloads="true"/>
<legConfiguration name="l2" security="as4" service="query" action="response" propertySet="set" compressPayloads="false"/></legConfigurations>
<process name="p" mep="oneway" binding="push" initiatorRole="gw" responderRole="gw">
<initiatorParties><initiatorParty name="AP_XA_01"/><initiatorParty name="AP_XB_01"/></initiatorParties>
<responderParties><responderParty name="AP_XA_01"/><responderParty name="AP_XB_01"/></responderParties>
<legs><leg name="l1"/><leg name="l2"/></legs></process></businessProcesses></db:configuration>`

func publish(t *testing.T, suite as4test.Suite, endpoint string) publication {
	t.Helper()
	p := publication{dir: t.TempDir()}
	p.pmode, p.store = filepath.Join(p.dir, "AP_XA_01.xml"), filepath.Join(p.dir, "gateway_truststore.jks")
	security := `signatureMethod="RSA_SHA256"`
	if suite != as4test.RSA {
		security = `profile="ECC"`
	}
	p.write(t, p.pmode, fmt.Appendf(nil, pmodeText, endpoint, security))
	p.trust(t, map[string]as4test.Keys{"AP_XA_01": as4test.KeysOf(suite, "AP_XA_01"), "AP_XB_01": as4test.KeysOf(suite, "AP_XB_01")})
	return p
}

func (p publication) write(t *testing.T, path string, octets []byte) {
	t.Helper()
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
}

// trust writes the trust store: the certificate of an RSA party under its id,
// those of the others by purpose.
func (p publication) trust(t *testing.T, parties map[string]as4test.Keys) {
	t.Helper()
	store := keystore.New()
	set := func(alias string, der []byte) {
		if err := store.SetTrustedCertificateEntry(alias, keystore.TrustedCertificateEntry{CreationTime: time.Unix(1e9, 0), Certificate: keystore.Certificate{Type: "X509", Content: der}}); err != nil {
			t.Fatal(err)
		}
	}
	for id, keys := range parties {
		if keys.SignCert.Equal(keys.EncCert) {
			set(id, keys.SignCert.Raw)
			continue
		}
		set(id+"_ecc_sign", keys.SignCert.Raw)
		set(id+"_ecc_encrypt", keys.EncCert.Raw)
	}
	var b bytes.Buffer
	if err := store.Store(&b, []byte("test123")); err != nil {
		t.Fatal(err)
	}
	p.write(t, p.store, b.Bytes())
}

// imports makes the document of a party.
func (p publication) imports(t *testing.T, me string) string {
	t.Helper()
	path := filepath.Join(p.dir, me+".json")
	code, stdout, stderr := typed(t, "partners", "import", "--pmode", p.pmode, "--truststore", p.store, "--me", me, "--out", path)
	if code != exitRight || !strings.Contains(stdout, "1 partners of "+me+", revision 1") || !strings.Contains(stderr, "blanks") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	return path
}

func TestImportedDocumentsServeAndSend(t *testing.T) {
	t.Parallel()
	for _, suite := range as4test.Suites {
		t.Run(string(suite), func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			p := publish(t, suite, "http://"+address+"/as4")
			flags := func(me string) []string {
				keys := as4test.KeysOf(suite, me)
				if err := writePair(p.dir, me, keys.Sign, keys.SignCert); err != nil {
					t.Fatal(err)
				}
				if err := writePair(p.dir, me+"-enc", keys.Agree, keys.EncCert); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(p.dir, me)
				return []string{"--me", me, "--key", file + ".key", "--cert", file + ".pem", "--agree-key", file + "-enc.key", "--agree-cert", file + "-enc.pem", "--partners", p.imports(t, me)}
			}
			inbox := filepath.Join(p.dir, "inbox")
			serving(t, append([]string{"as4", "serve", "--listen", address, "--out", inbox}, flags("AP_XB_01")...))

			query := filepath.Join(p.dir, "query.xml")
			p.write(t, query, []byte("<query/>"))
			send := append([]string{"as4", "send", "--to", "AP_XB_01", "--service", "QueryManager", "--part", query + ";type=application/x-ebrs+xml"}, flags("AP_XA_01")...)
			both := []string{"--property", "originalSender=C1", "--property", "finalRecipient=C4"}
			for _, action := range []string{"ExecuteQueryRequest", "ExecuteQueryResponse"} {
				if code, stdout, stderr := typed(t, append(append(send, "--action", action), both...)...); code != exitRight || !strings.Contains(stdout, `"accepted": true`) {
					t.Errorf("%s: exit %d: %s%s", action, code, stdout, stderr)
				}
			}
			if got := delivered(t, inbox); got != 2 {
				t.Errorf("%d queries were delivered", got)
			}
			if code, _, stderr := typed(t, append(append(send, "--action", "ExecuteQueryRequest"), both[:2]...)...); code != exitRefused || !strings.Contains(stderr, "oots-1") {
				t.Errorf("one property: exit %d: %s", code, stderr)
			}
			if code, _, stderr := typed(t, append(append(send, "--action", "SubmitObjectsRequest"), both...)...); code != exitRefused || !strings.Contains(stderr, "not agreed") {
				t.Errorf("another leg: exit %d: %s", code, stderr)
			}
		})
	}
}

// serving runs as4 serve until the test ends.
func serving(t *testing.T, args []string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		ended <- dispatch(ctx, "vienreiz", commands, args, nil, w, &stderr)
		w.Close()
	}()
	lines := bufio.NewReader(r)
	if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "READY ") {
		t.Fatalf("got %q, %v: %s", line, err, stderr.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != exitRight {
			t.Errorf("serve: exit %d", code)
		}
	})
}

// delivered counts parts with the query's octets below a folder.
func delivered(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		octets, err := os.ReadFile(path)
		if string(octets) == "<query/>" {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestImportIntoADocumentTellsChangesAndKeepsHands(t *testing.T) {
	t.Parallel()
	p := publish(t, as4test.ECDSA, "https://one.example.org/as4")
	path := p.imports(t, "AP_XA_01")
	into := func(more ...string) string {
		t.Helper()
		code, stdout, stderr := typed(t, append([]string{"partners", "import", "--pmode", p.pmode, "--truststore", p.store, "--into", path}, more...)...)
		if code != exitRight {
			t.Fatalf("exit %d: %s%s", code, stdout, stderr)
		}
		return stdout
	}
	before := read(t, path)
	if out := into(); !strings.Contains(out, "nothing changed, revision 1") || !bytes.Equal(before, read(t, path)) {
		t.Errorf("the same import: %s", out)
	}
	p.write(t, path, bytes.Replace(before, []byte(`"dialect": "oots-1"`), []byte(`"dialect": "oots-2"`), 1))
	p.write(t, p.pmode, bytes.ReplaceAll(read(t, p.pmode), []byte("one.example.org"), []byte("two.example.org")))
	p.trust(t, map[string]as4test.Keys{"AP_XA_01": as4test.KeysOf(as4test.ECDSA, "AP_XA_01"), "AP_XB_01": as4test.KeysOf(as4test.ECDSA, "AP_XB_01 new")})
	out := into("--roll-over")
	for _, want := range []string{"~ AP_XB_01 endpoint: https://one.example.org/as4 -> https://two.example.org/as4", "= AP_XB_01 dialect: oots-2", "~ AP_XB_01 signing certificates: ", "revision 1 -> 2"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	doc, err := partners.Parse(read(t, path))
	if err != nil {
		t.Fatal(err)
	}
	if b := doc.Partners[0]; len(b.Signing) != 2 || b.Dialect != "oots-2" || !b.Encryption[0].X509().Equal(as4test.KeysOf(as4test.ECDSA, "AP_XB_01 new").EncCert) {
		t.Errorf("got %+v", b)
	}
	if left, _ := filepath.Glob(filepath.Join(p.dir, "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func TestPartnersRefusalsHaveTheirExitCode(t *testing.T) {
	t.Parallel()
	p := publish(t, as4test.ECDSA, "https://one.example.org/as4")
	path := p.imports(t, "AP_XA_01")
	broken := filepath.Join(p.dir, "broken.json")
	p.write(t, broken, bytes.Replace(read(t, path), []byte(`"dialect": "oots-1"`), []byte(`"dialect": "oots-3"`), 1))
	importing := func(more ...string) []string {
		return append([]string{"partners", "import", "--pmode", p.pmode, "--truststore", p.store}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no command":                   {[]string{"partners"}, exitUsage, "import"},
		"help":                         {[]string{"partners", "--help"}, exitRight, "check"},
		"help of import":               {[]string{"partners", "import", "--help"}, exitRight, "--pmode FILE --truststore FILE"},
		"help of show":                 {[]string{"partners", "show", "--help"}, exitRight, "Usage: vienreiz partners show"},
		"help of check":                {[]string{"partners", "check", "--help"}, exitRight, "-days"},
		"import of nothing":            {[]string{"partners", "import"}, exitUsage, "--pmode and --truststore"},
		"import with an argument":      {importing("x"), exitUsage, `"x"`},
		"both --out and --into":        {importing("--out", "a", "--into", "b"), exitUsage, "exclude"},
		"--roll-over without --into":   {importing("--roll-over"), exitUsage, "--into"},
		"a wrong password":             {importing("--password", "wrong"), exitRefused, "password"},
		"a stranger":                   {importing("--me", "AP_XZ_01"), exitRefused, `"AP_XZ_01"`},
		"findings with --strict":       {importing("--strict", "--out", filepath.Join(p.dir, "strict.json")), exitRefused, "--strict"},
		"into no file":                 {importing("--into", filepath.Join(p.dir, "none.json")), exitRefused, "none.json"},
		"into a broken document":       {importing("--into", broken), exitRefused, "oots-3"},
		"into another party's":         {importing("--me", "AP_XB_01", "--into", path), exitRefused, "AP_XA_01"},
		"no P-Mode":                    {[]string{"partners", "import", "--pmode", p.store, "--truststore", p.store}, exitRefused, "xml."},
		"no trust store":               {[]string{"partners", "import", "--pmode", p.pmode, "--truststore", p.pmode}, exitRefused, "neither JKS nor PKCS#12"},
		"to standard output":           {importing(), exitRight, `"version": "1"`},
		"show of nothing":              {[]string{"partners", "show"}, exitUsage, "FILE"},
		"show of a broken document":    {[]string{"partners", "show", broken}, exitRefused, "oots-3"},
		"check of a broken document":   {[]string{"partners", "check", broken}, exitRefused, "partners[0].dialect"},
		"check of what is no document": {[]string{"partners", "check", p.pmode}, exitRefused, "no JSON"},
		"check of a missing file":      {[]string{"partners", "check", "none.json"}, exitRefused, "none.json"},
		"check of negative days":       {[]string{"partners", "check", "--days", "-1", path}, exitUsage, "--days"},
		"check":                        {[]string{"partners", "check", path}, exitRight, "right"},
		"check far ahead":              {[]string{"partners", "check", path, "--days", "400"}, exitRefused, fmt.Sprintf("%d days left", daysLeft(as4test.ECDSA))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := typed(t, c.args...)
			if code != c.code || !strings.Contains(stdout+stderr, c.want) {
				t.Errorf("exit %d, want %d; %q in\n%s%s", code, c.code, c.want, stdout, stderr)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(p.dir, "strict.json")); err == nil {
		t.Error("--strict wrote a document")
	}
}

// daysLeft is what a certificate of as4test has now.
func daysLeft(suite as4test.Suite) int {
	return int(time.Until(as4test.KeysOf(suite, "AP_XB_01").SignCert.NotAfter).Hours() / 24)
}

func TestShowAndCheckAsTableAndJSON(t *testing.T) {
	t.Parallel()
	days := daysLeft(as4test.EdDSA)
	p := publish(t, as4test.EdDSA, "http://one.example.org/as4")
	path := p.imports(t, "AP_XA_01")
	_, table, _ := typed(t, "partners", "show", path)
	for _, want := range []string{"AP_XA_01 (urn:oasis", "AP_XB_01", "http://one.example.org/as4", "edelivery-as4-2.0", "oots-1", "QueryManager 2", "CN=AP_XB_01 enc", "encryption", fmt.Sprintf("%d days left", days), "! warning"} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is not in\n%s", want, table)
		}
	}
	_, text, _ := typed(t, "partners", "show", path, "--json")
	var view partnersView
	if err := json.Unmarshal([]byte(text), &view); err != nil {
		t.Fatal(err)
	}
	if c := view.Partners[0].Certificates; len(c) != 2 || c[0].DaysLeft != days || c[0].SHA256 == "" || len(view.Partners[0].Legs) != 2 || len(view.Warnings) == 0 {
		t.Errorf("got %+v", view)
	}
	code, text, _ := typed(t, "partners", "check", "--json", path)
	var verdict partnersVerdict
	if err := json.Unmarshal([]byte(text), &verdict); err != nil || code != exitRight || !verdict.Right || len(verdict.Findings) == 0 {
		t.Errorf("exit %d, %v, %+v", code, err, verdict)
	}
}

func TestShowTellsWhatHasExpiredInWords(t *testing.T) {
	t.Parallel()
	p := publish(t, as4test.RSA, "https://one.example.org/as4")
	keys := as4test.KeysOf(as4test.RSA, "AP_XB_01")
	now := time.Now()
	for want, until := range map[string]time.Time{"expired 3 days ago": now.Add(-73 * time.Hour), "10 days left": now.Add(241 * time.Hour)} {
		keys.SignCert = as4test.IssueUntil("AP_XB_01", keys.Sign.Public(), now.AddDate(-1, 0, 0), until)
		keys.EncCert = keys.SignCert
		p.trust(t, map[string]as4test.Keys{"AP_XB_01": keys})
		path := p.imports(t, "AP_XA_01")
		if code, table, _ := typed(t, "partners", "show", path); code != exitRight || !strings.Contains(table, "! AP_XB_01: signing+encryption certificate CN=AP_XB_01") || strings.Count(table, want) != 2 {
			t.Errorf("%s: exit %d\n%s", want, code, table)
		}
		if code, lines, _ := typed(t, "partners", "check", path); code != exitRefused || !strings.Contains(lines, want) {
			t.Errorf("%s: exit %d\n%s", want, code, lines)
		}
	}
}
