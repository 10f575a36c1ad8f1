//go:build mutants

package as4_test

import (
	"testing"

	"github.com/vienreiz/vienreiz/localstack/mutants"
)

// list are mistakes that must not go unseen: each breaks one defence in one
// place and names the test that tells. `make mutants` runs them.
var list = []mutants.Mutant{
	mutants.Of("coverage of the Body is skipped", "verify.go", `if !seen[v.body] {`, `if false {`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"),
	mutants.Of("coverage of Messaging is skipped", "verify.go", `if !seen[v.messaging] {`, `if false {`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"),
	mutants.Of("coverage of the parts is skipped", "parts.go", `case part.reference == nil:`, `case part.reference == nil && false:`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"),
	mutants.Of("parts may come unencrypted", "parts.go", `case part.data == nil:`, `case part.data == nil && len(encrypted) > 5:`, ".", "TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused"),
	mutants.Of("the digest of a part is not compared", "parts.go", `if subtle.ConstantTimeCompare(digest, planned.reference.DigestValue) != 1 {`, `if false && subtle.ConstantTimeCompare(digest, planned.reference.DigestValue) != 1 {`, ".", "TestTamperingIsRefused"),
	mutants.Of("the digests of Messaging and Body are not compared", "verify.go", `if !bytes.Equal(d.Sum(nil), ref.DigestValue) {`, `if false && !bytes.Equal(d.Sum(nil), ref.DigestValue) {`, ".", "TestTamperingIsRefused"),
	mutants.Of("the signature value is not verified", "verify.go", `.Method, octets, v.header.Signature.Value) != nil {`, `.Method, octets, v.header.Signature.Value) != nil && false {`, ".", "TestRule05DenyByDefaultSignersThatAreNotTheSenderAreRefused"),
	mutants.Of("any certificate of the message signs", "verify.go", `if cert == nil {`, `if cert == nil { cert = p.Signing[0] }; if false {`, ".", "TestRule05DenyByDefaultSignersThatAreNotTheSenderAreRefused"),
	mutants.Of("expired certificates sign", "verify.go", `if !validAt(cert, now) {`, `if false {`, ".", "TestAnExpiredCertificateIsRefused"),
	mutants.Of("what was read before the tag is released", "parts.go", `	if err := drain(in); err != nil {
		return 0, rc.partError(err)
	}`, `	_ = drain(in)`, ".", "TestTamperingIsRefused"),
	mutants.Of("an unsigned receipt is believed", "judge.go", `case verr != nil:
		j.invalid(`, `case verr != nil && false:
		j.invalid(`, ".", "TestAnswersAreJudged"),
	mutants.Of("a receipt's references are not compared", "judge.go", `if i < 0 {
			return fmt.Errorf("the receipt's reference`, `if false {
			return fmt.Errorf("the receipt's reference`, ".", "TestAnswersAreJudged"),
	mutants.Of("a receipt for any message is taken", "judge.go", `case signal.RefToMessageID != m.MessageID:`, `case false:`, ".", "TestAnswersAreJudged"),
	mutants.Of("a second Messaging is overlooked", "envelope.go", `if t.Tag == "Messaging" && t != e.messaging`, `if false && t.Tag == "Messaging" && t != e.messaging`, ".", "TestSignatureWrappingIsRefused"),
	mutants.Of("comments in the envelope are overlooked", "envelope.go", `case *etree.Comment, *etree.ProcInst:
			return`, `case *etree.Comment, *etree.ProcInst:
			continue
			return`, ".", "TestTamperingIsRefused"),
	mutants.Of("algorithms of another profile are taken", "profile.go", `if m := h.Signature.Method; !slices.Contains(p.Signatures, m) {`, `if m := h.Signature.Method; false {`, ".", "TestOtherProfilesAreRefused"),
	mutants.Of("decompression has no ratio", "content.go", `out.n+int64(n) > MaxRatio*in.n`, `out.n+int64(n) > 1<<40*in.n`, ".", "TestRule08EveryForeignByteHasALimitHostileCompressionIsRefused"),
	mutants.Of("parts that nobody declared are passed over", "parts.go", `if planned == nil || planned.seen {
			return`, `if planned == nil || planned.seen {
			continue
			return`, ".", "TestHostileMIMEIsRefused"),
	mutants.Of("a failed attempt is not discarded", "receive.go", `if discard := attempt.Discard(); discard != nil {`, `if discard := error(nil); discard != nil {`, ".", "TestTamperingIsRefused"),
	mutants.Of("duplicate Ids are overlooked", "../wssec/ids.go", `twice && was != el`, `twice && was == nil`, ".", "TestSignatureWrappingIsRefused"),
	mutants.Of("the tag of GCM is not compared", "../xmlsec/enc/gcmreader.go", `subtle.ConstantTimeCompare(g.mac.sum(), g.buf[g.lo:g.hi]) != 1`, `subtle.ConstantTimeCompare(g.mac.sum(), g.buf[g.lo:g.hi]) > 1`, "../xmlsec/enc", "TestGCM"),
}

func TestEveryMutantIsCaught(t *testing.T) { mutants.Run(t, list) }
