package as4

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/related"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// Outcome is what an answer means for the message that was sent.
type Outcome string

// The outcomes.
const (
	// Acknowledged: a receipt signed by the partner over what was sent. The message is delivered.
	Acknowledged Outcome = "acknowledged"
	// Refused: a signed error that sending again will not change.
	Refused Outcome = "refused"
	// Again: no proof of anything; send the same signed content later.
	Again Outcome = "again"
	// ProbablyDelivered: the partner says it had the message before, but the
	// receipt was lost. For an operator to look at.
	ProbablyDelivered Outcome = "probably-delivered"
)

// Judgement is what an answer was found to be.
type Judgement struct {
	Outcome Outcome
	Reason  string        // in words, naming the rule
	Receipt []byte        // the SOAP octets of the receipt or signed error, for the journal
	Errors  []*ebms.Error // what the partner says is wrong
	Signed  bool          // whether the partner signed that
	Status  int           // HTTP status; 0 when there was no answer
}

// Judge decides over an answer. Nothing but a receipt that the partner's pinned
// certificate signed, that names the message, and whose references equal the
// stored ones, is an acknowledgement (AS4 §5.1.8). Errors are taken in every
// shape that products send: signed, in a SOAP Fault, bare; unsigned ones are
// hints, never proof.
func Judge(m *SignedMessage, p *Partner, now time.Time, status int, contentType string, body []byte) *Judgement {
	j := &Judgement{Outcome: Again, Status: status}
	octets, err := answerSOAP(contentType, body)
	if err != nil {
		j.Reason = fmt.Sprintf("HTTP %d with %s", status, err)
		return j
	}
	e, err := openEnvelope(octets, MaxAnswerBytes)
	if err != nil {
		j.Reason = fmt.Sprintf("HTTP %d with SOAP that is no ebMS signal: %v%s", status, err, faultText(octets))
		return j
	}
	signal := e.content.Signal
	if signal == nil || signal.Pull {
		j.Reason = "the answer is a request, not a signal"
		return j
	}
	v, verr := e.verify(p, 0, now)
	j.Signed = verr == nil
	if signal.Receipt != nil {
		j.judgeReceipt(m, v, verr, signal, octets)
		return j
	}
	j.judgeErrors(m, signal, octets)
	return j
}

func (j *Judgement) judgeReceipt(m *SignedMessage, v *verified, verr error, signal *ebms.SignalMessage, octets []byte) {
	switch {
	case verr != nil:
		j.invalid("as4.receipt.signature", "the receipt is not signed by the partner: "+verr.Error())
	case signal.RefToMessageID != m.MessageID:
		j.invalid("as4.receipt.ref", fmt.Sprintf("the receipt is for message %q", signal.RefToMessageID))
	default:
		if err := compareReferences(m.References, signal.Receipt.References); err != nil {
			j.invalid("as4.receipt.references", err.Error())
			return
		}
		j.Outcome, j.Receipt = Acknowledged, octets
		j.Reason = fmt.Sprintf("receipt signed by %q over all %d references", v.signer.Subject.CommonName, len(m.References))
	}
}

// invalid is a receipt that proves nothing: EBMS:0302 in our own log, and the
// message is sent again.
func (j *Judgement) invalid(rule, what string) {
	refusal := ebms.InvalidReceipt.Refuse(rule, what, "the same message is sent again; if it stays so, ask the partner")
	j.Reason = refusal.Error()
}

// compareReferences wants the set of what was signed, no less and no more.
// Transforms are compared where the copy has them: the schema lets them out.
func compareReferences(sent, acknowledged []dsig.Reference) error {
	if len(sent) != len(acknowledged) {
		return fmt.Errorf("the receipt has %d references, the message %d", len(acknowledged), len(sent))
	}
	left := slices.Clone(sent)
	for _, a := range acknowledged {
		i := slices.IndexFunc(left, func(s dsig.Reference) bool { return sameReference(s, a) })
		if i < 0 {
			return fmt.Errorf("the receipt's reference %q is none of the message, or has another digest", clip(a.URI))
		}
		left = slices.Delete(left, i, i+1)
	}
	return nil
}

func sameReference(sent, copied dsig.Reference) bool {
	if sent.URI != copied.URI || sent.DigestMethod != copied.DigestMethod || !bytes.Equal(sent.DigestValue, copied.DigestValue) {
		return false
	}
	return len(copied.Transforms) == 0 || slices.EqualFunc(sent.Transforms, copied.Transforms, func(a, b dsig.Transform) bool {
		return a.Algorithm == b.Algorithm && slices.Equal(a.Prefixes, b.Prefixes)
	})
}

// final are the codes that sending again does not change.
var final = map[string]bool{
	"EBMS:0001": true, "EBMS:0003": true, "EBMS:0007": true, "EBMS:0009": true, "EBMS:0010": true, "EBMS:0011": true,
	"EBMS:0101": true, "EBMS:0102": true, "EBMS:0103": true, "EBMS:0303": true,
}

func (j *Judgement) judgeErrors(m *SignedMessage, signal *ebms.SignalMessage, octets []byte) {
	j.Errors = signal.Errors
	words := make([]string, len(signal.Errors))
	for i, e := range signal.Errors {
		words[i] = e.Error()
	}
	j.Reason = strings.Join(words, "; ")
	about := signal.RefToMessageID
	switch {
	case !j.Signed:
		j.Reason = "unsigned error, a hint only: " + j.Reason
	case about != "" && about != m.MessageID:
		j.Reason = fmt.Sprintf("signed error about another message (%q): %s", about, j.Reason)
	case slices.ContainsFunc(signal.Errors, (*ebms.Error).Duplicate):
		j.Outcome, j.Receipt = ProbablyDelivered, octets
		j.Reason = "the partner had this message before: " + j.Reason
	case slices.ContainsFunc(signal.Errors, func(e *ebms.Error) bool { return e.Severity != ebms.Warning && final[e.Code.Code] }):
		j.Outcome, j.Receipt = Refused, octets
	}
}

// answerSOAP finds the SOAP octets of an answer: plain, or the root of a
// multipart/related. The error says what stands there instead.
func answerSOAP(contentType string, body []byte) ([]byte, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("an empty body, which is no receipt")
	}
	if isSOAP(contentType) || looksLikeSOAP(contentType, body) {
		return body, nil
	}
	ct, err := related.ParseContentType(contentType)
	if err != nil {
		return nil, fmt.Errorf("Content-Type %q and no SOAP; a proxy or another server answered", clip(contentType))
	}
	root, err := related.NewReader(bytes.NewReader(body), ct, related.Limits{}).Root()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(root)
}

// looksLikeSOAP is for answers of a type that is not quite right, as text/xml.
func looksLikeSOAP(contentType string, body []byte) bool {
	t := strings.ToLower(contentType)
	xml := (t == "" || strings.Contains(t, "xml")) && !strings.HasPrefix(t, "multipart/") && !strings.Contains(t, "html")
	return xml && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}
