package main

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"vienreiz": main})
}

// TestScripts runs testdata/script/*.txtar: each is what somebody types.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ADDR", freeAddress(t))
			return writeKeys(filepath.Join(env.WorkDir, "keys"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfor": waitFor,
		},
	})
}

// writeKeys makes a.key, a.pem (and b, c; a2 and b2 of AS4 2.0 with a2-enc.*).
func writeKeys(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, keys := range map[string]as4test.Keys{
		"a": as4test.KeysOf(as4test.ECDSA, "AP_XA_01"), "b": as4test.KeysOf(as4test.ECDSA, "AP_XB_01"), "c": as4test.KeysOf(as4test.ECDSA, "AP_XC_01"),
		"r":  as4test.KeysOf(as4test.RSA, "AP_XA_01"),
		"a2": as4test.KeysOf(as4test.EdDSA, "AP_XA_01"), "b2": as4test.KeysOf(as4test.EdDSA, "AP_XB_01"),
	} {
		if err := writePair(dir, name, keys.Sign, keys.SignCert); err != nil {
			return err
		}
		if err := writePair(dir, name+"-enc", keys.Agree, keys.EncCert); err != nil {
			return err
		}
	}
	return nil
}

func writePair(dir, name string, key any, cert *x509.Certificate) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), 0o600)
}

// freeAddress is a loopback address where nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor waits until somebody listens at an address.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 200 {
		if c, err := net.Dial("tcp", args[0]); err == nil {
			c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("nobody listens at %s", args[0])
}
