//go:build mutants

package as4_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutants are mistakes that must not go unseen: each breaks one defence in one
// place and names the test that tells. `make mutants` runs them.
var mutants = []struct{ name, file, old, new, pkg, test string }{
	{"coverage of the Body is skipped", "verify.go", `if !seen[v.body] {`, `if false {`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"},
	{"coverage of Messaging is skipped", "verify.go", `if !seen[v.messaging] {`, `if false {`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"},
	{"coverage of the parts is skipped", "parts.go", `case part.reference == nil:`, `case part.reference == nil && false:`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"},
	{"parts may come unencrypted", "parts.go", `case part.data == nil:`, `case part.data == nil && len(encrypted) > 5:`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"},
	{"the digest of a part is not compared", "parts.go", `if subtle.ConstantTimeCompare(digest, planned.reference.DigestValue) != 1 {`, `if false && subtle.ConstantTimeCompare(digest, planned.reference.DigestValue) != 1 {`, ".", "TestTamperingIsRefused"},
	{"the digests of Messaging and Body are not compared", "verify.go", `if !bytes.Equal(d.Sum(nil), ref.DigestValue) {`, `if false && !bytes.Equal(d.Sum(nil), ref.DigestValue) {`, ".", "TestTamperingIsRefused"},
	{"the signature value is not verified", "verify.go", `.Method, octets, v.header.Signature.Value) != nil {`, `.Method, octets, v.header.Signature.Value) != nil && false {`, ".", "TestRule05DenyByDefaultSignersThatAreNotTheSenderAreRefused"},
	{"any certificate of the message signs", "verify.go", `if cert == nil {`, `if cert == nil { cert = p.Signing[0] }; if false {`, ".", "TestRule05DenyByDefaultSignersThatAreNotTheSenderAreRefused"},
	{"expired certificates sign", "verify.go", `if !validAt(cert, now) {`, `if false {`, ".", "TestAnExpiredCertificateIsRefused"},
	{"what was read before the tag is released", "parts.go", `	if err := drain(in); err != nil {
		return 0, rc.partError(err)
	}`, `	_ = drain(in)`, ".", "TestTamperingIsRefused"},
	{"an unsigned receipt is believed", "judge.go", `case verr != nil:
		j.invalid(`, `case verr != nil && false:
		j.invalid(`, ".", "TestAnswersAreJudged"},
	{"a receipt's references are not compared", "judge.go", `if i < 0 {
			return fmt.Errorf("the receipt's reference`, `if false {
			return fmt.Errorf("the receipt's reference`, ".", "TestAnswersAreJudged"},
	{"a receipt for any message is taken", "judge.go", `case signal.RefToMessageID != m.MessageID:`, `case false:`, ".", "TestAnswersAreJudged"},
	{"a second Messaging is overlooked", "envelope.go", `if t.Tag == "Messaging" && t != e.messaging`, `if false && t.Tag == "Messaging" && t != e.messaging`, ".", "TestSignatureWrappingIsRefused"},
	{"comments in the envelope are overlooked", "envelope.go", `case *etree.Comment, *etree.ProcInst:
			return`, `case *etree.Comment, *etree.ProcInst:
			continue
			return`, ".", "TestTamperingIsRefused"},
	{"algorithms of another profile are taken", "profile.go", `if m := h.Signature.Method; !slices.Contains(p.Signatures, m) {`, `if m := h.Signature.Method; false {`, ".", "TestOtherProfilesAreRefused"},
	{"decompression has no ratio", "content.go", `out.n+int64(n) > MaxRatio*in.n`, `out.n+int64(n) > 1<<40*in.n`, ".", "TestRule08EveryForeignByteHasALimitHostileCompressionIsRefused"},
	{"parts that nobody declared are passed over", "parts.go", `if planned == nil || planned.seen {
			return`, `if planned == nil || planned.seen {
			continue
			return`, ".", "TestHostileMIMEIsRefused"},
	{"a failed attempt is not discarded", "receive.go", `if discard := attempt.Discard(); discard != nil {`, `if discard := error(nil); discard != nil {`, ".", "TestTamperingIsRefused"},
	{"duplicate Ids are overlooked", "../wssec/ids.go", `twice && was != el`, `twice && was == nil`, ".", "TestSignatureWrappingIsRefused"},
	{"the tag of GCM is not compared", "../xmlsec/enc/gcmreader.go", `subtle.ConstantTimeCompare(g.mac.sum(), g.buf[g.lo:g.hi]) != 1`, `subtle.ConstantTimeCompare(g.mac.sum(), g.buf[g.lo:g.hi]) > 1`, "../xmlsec/enc", "TestGCM"},
}

func TestEveryMutantIsCaught(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			original, err := filepath.Abs(m.file)
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(original)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%s has the original %d times; the mutant must be written anew", m.file, n)
			}
			mutated := filepath.Join(t.TempDir(), "mutant.go")
			write(t, mutated, []byte(strings.Replace(string(source), m.old, m.new, 1)))
			overlay := filepath.Join(t.TempDir(), "overlay.json")
			rules, err := json.Marshal(map[string]any{"Replace": map[string]string{original: mutated}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, overlay, rules)
			out, err := exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-run", "^"+m.test, m.pkg).CombinedOutput()
			switch {
			case err == nil:
				t.Errorf("%s does not notice", m.test)
			case !strings.Contains(string(out), "--- FAIL: "+m.test):
				t.Errorf("the mutant does not build, or fails elsewhere:\n%s", out)
			}
		})
	}
}

func write(t *testing.T, path string, octets []byte) {
	t.Helper()
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
}
