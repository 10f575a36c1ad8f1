//go:build interop

package phase4_test

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
)

// again: what happens when a message comes twice.
func (p *pair) again(t *testing.T) {
	t.Run("our signed message a second time is probably delivered, says their error", func(t *testing.T) {
		dir := filepath.Join(p.dir, "kept")
		first := p.push(t, p.peerURL, p.small(t), append(p.known(), "--keep", dir)...)
		if first.Outcome != as4.Acknowledged {
			t.Fatalf("first: %s: %s", first.Outcome, first.Reason)
		}
		second := p.judged(t, append([]string{"as4", "send", "--url", p.peerURL, "--to", p.them.id, "--resend", dir}, p.known()...))
		if second.Outcome != as4.ProbablyDelivered || !second.Signed || second.MessageID != first.MessageID {
			t.Errorf("second: %s, signed=%v, %s: %s", second.Outcome, second.Signed, second.MessageID, second.Reason)
		}
		t.Log(second.Reason)
	})
	l := p.small(t)
	l.id = "once@ap-xb-01.example"
	first := p.post(t, l)
	v := p.verdict(t, l.id)
	if !first.Receipt || v.word != "ACCEPTED" {
		t.Fatalf("the first message: %v, %+v", v, first)
	}
	receipt := contents(t, filepath.Join(v.values["folder"], "receipt.xml"))
	t.Run("the octets of their message a second time get the same receipt", func(t *testing.T) { p.repeated(t, first, receipt) })
	t.Run("the same MessageId with other content is refused", func(t *testing.T) {
		other, had := l, p.messages(t)
		other.parts = []part{{file: writeFile(t, filepath.Join(p.dir, "other.xml"), []byte("<other/>")), mime: "application/xml"}}
		a := p.post(t, other)
		v := p.verdict(t, l.id)
		if a.code() != "EBMS:0003" || !a.Signed || v.word != "REFUSED" {
			t.Errorf("we say %v; the peer makes of it: %+v", v, a)
		}
		p.nothingLeft(t, had)
	})
	// the last of all: the server that it starts ends with it
	t.Run("and the same receipt after a restart of ours", func(t *testing.T) {
		p.server.stop()
		p.serve(t)
		p.repeated(t, first, receipt)
	})
}

// repeated posts a dumped request again and wants a receipt octet for octet.
func (p *pair) repeated(t *testing.T, first answer, receipt []byte) {
	t.Helper()
	request, err := as4.OpenCapture(bytes.NewReader(contents(t, first.Request)))
	if err != nil {
		t.Fatal(err)
	}
	had := p.messages(t)
	resp, err := (&http.Client{Timeout: patience}).Post(p.url, request.ContentType, request.Body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, receipt) {
		t.Errorf("HTTP %d with another answer than the first receipt:\n%s", resp.StatusCode, body)
	}
	if v := p.verdict(t, first.ID); v.word != "DUPLICATE" {
		t.Errorf("we say %v", v)
	}
	p.nothingLeft(t, had)
}
