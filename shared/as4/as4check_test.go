package as4_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// as4check finds the independent checker (libxml2 and OpenSSL) and a python3
// that can run it, or skips.
func as4check(t *testing.T) func(args ...string) (string, error) {
	t.Helper()
	data := os.Getenv("VIENREIZ_TESTDATA")
	script := filepath.Join(data, "..", "tools", "as4check.py")
	if _, err := os.Stat(script); data == "" || err != nil {
		t.Skip("SKIPPED: as4check.py is not beside VIENREIZ_TESTDATA; our messages were not judged by libxml2 and OpenSSL")
	}
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import lxml, cryptography").Run() == nil {
			return func(args ...string) (string, error) {
				out, err := exec.Command(python, append([]string{script}, args...)...).CombinedOutput()
				return string(out), err
			}
		}
	}
	t.Skip("SKIPPED: no python3 with lxml and cryptography; our messages were not judged by libxml2 and OpenSSL")
	return nil
}

func TestOurMessagesAreRightUnderAs4check(t *testing.T) {
	t.Parallel()
	check := as4check(t)
	for _, suite := range as4test.Suites {
		a, b := as4test.NewParty(suite, "AP_XA_01"), as4test.NewParty(suite, "AP_XB_01")
		dir := t.TempDir()
		key := writeKey(t, dir, b.Keys.Agree)
		signer, answerer := writeCert(t, dir, "a.pem", a.Keys.SignCert), writeCert(t, dir, "b.pem", b.Keys.SignCert)
		test := as4test.Request()
		test.Service, test.Action = ebms.Service{Value: ebms.TestService}, ebms.TestAction
		response := as4test.Request(
			as4test.Octets("application/x-ebrs+xml", as4.CompressNever, []byte(regrep)),
			as4test.Octets("application/pdf", as4.CompressNever, bytes.Repeat([]byte("%PDF"), 50_000)),
			as4test.Octets("text/plain", as4.CompressNever, []byte("a\nb\r\nc\rd")))
		response.Action = ebms.ExecuteQueryResponse
		messages := map[string]as4.Outgoing{
			"request":      as4test.Request(as4test.Octets("application/x-ebrs+xml", as4.CompressAlways, []byte(regrep)), as4test.Octets("application/pdf", as4.CompressAlways, []byte("%PDF"))),
			"response":     response,
			"test service": test,
		}
		for name, out := range messages {
			t.Run(fmt.Sprintf("%s %s and its receipt", suite, name), func(t *testing.T) {
				contentType, body, _ := a.Wire(b, out)
				file := dump(t, dir, suite+"-"+as4test.Suite(name), contentType, body)
				if out, err := check("verify", "--strict", "--trust", signer, "--cert", writeCert(t, dir, "e.pem", b.Keys.EncCert), "--key", key, file); err != nil {
					t.Errorf("the message is wrong: %s", out)
				}
				answer := b.Receiver(&as4test.Inbox{}, a).Receive(context.Background(), contentType, bytes.NewReader(body))
				receipt := dump(t, dir, suite+"-receipt-"+as4test.Suite(name), answer.ContentType, answer.Body)
				if out, err := check("verify", "--strict", "--trust", answerer, "--request", file, receipt); err != nil {
					t.Errorf("the receipt is wrong: %s", out)
				}
			})
		}
		t.Run(fmt.Sprintf("%s error", suite), func(t *testing.T) {
			out := as4test.Request()
			contentType, body, _ := a.Wire(b, out)
			answer := b.Receiver(&as4test.Inbox{}, a).Receive(context.Background(), contentType, bytes.NewReader(bytes.Replace(body, []byte("ExecuteQuery"), []byte("ExecuteQuerY"), 1)))
			if answer.Refusal == nil {
				t.Fatal("a changed message was accepted")
			}
			file := dump(t, dir, suite+"-error", answer.ContentType, answer.Body)
			if out, err := check("verify", "--strict", "--trust", answerer, file); err != nil {
				t.Errorf("the error is wrong: %s", out)
			}
		})
	}
}

func dump(t *testing.T, dir string, name as4test.Suite, contentType string, body []byte) string {
	t.Helper()
	path := filepath.Join(dir, string(name))
	octets := append([]byte("Content-Type: "+contentType+"\r\n\r\n"), body...)
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeCert(t *testing.T, dir, name string, c *x509.Certificate) string {
	t.Helper()
	return writePEM(t, filepath.Join(dir, name), "CERTIFICATE", c.Raw)
}

func writeKey(t *testing.T, dir string, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, filepath.Join(dir, "key.pem"), "PRIVATE KEY", der)
}

func writePEM(t *testing.T, path, kind string, der []byte) string {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
