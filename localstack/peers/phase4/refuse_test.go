//go:build interop

package phase4_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// small is a message that nothing is wrong with.
func (p *pair) small(t *testing.T) letter {
	return letter{parts: []part{{file: writeFile(t, filepath.Join(p.dir, "small.xml"), []byte(document)), mime: "application/xml"}}}
}

// theyRefuse: every refusal of the peer's is understood, and so is every answer
// that is none.
func (p *pair) theyRefuse(t *testing.T) {
	good := p.small(t)
	known := func(own, signs, decrypts party) []string {
		return append(own.own(), "--me", p.us.id, "--partner", p.them.id+"="+signs.signCert+","+decrypts.encCert)
	}
	for _, c := range []struct {
		name    string
		letter  letter
		flags   []string
		outcome as4.Outcome
		code    string
		signed  bool
	}{
		{"29 parts, one more than WSS4J's 30 references allow", letter{parts: many(t, p.dir, 29)}, p.known(), as4.Refused, "EBMS:0102", true},
		{"signed by a key that no CA of theirs knows", good, known(p.selfSigned, p.them, p.them), as4.Refused, "EBMS:0102", true},
		{"encrypted for the key of another", good, known(p.us, p.them, p.sameCA), as4.Refused, "EBMS:0102", true},
		{"refused by their application", letter{parts: good.parts, properties: []ebms.Property{{Name: "peer-refuse", Value: "yes"}}}, p.known(), as4.Again, "EBMS:0004", true},
		{"a good receipt, but of a key that we have not pinned", good, known(p.us, p.sameCA, p.them), as4.Again, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := p.push(t, p.peerURL, c.letter, c.flags...)
			if j.Outcome != c.outcome || j.code() != c.code || j.Signed != c.signed {
				t.Errorf("got %s %q signed=%v, want %s %q signed=%v: %s", j.Outcome, j.code(), j.Signed, c.outcome, c.code, c.signed, j.Reason)
			}
			t.Log(j.Reason)
		})
	}
	t.Run("a receipt that was changed on the way is no proof", func(t *testing.T) {
		url := p.between(t, func(r *http.Response) error { return change(r, "@phase4</", "@phase5</") })
		j := p.push(t, url, good, p.known()...)
		if j.Outcome != as4.Again || j.Signed || !strings.Contains(j.Reason, "as4.receipt.signature") {
			t.Errorf("%s, signed=%v: %s", j.Outcome, j.Signed, j.Reason)
		}
		t.Log(j.Reason)
	})
	t.Run("a gzip answer is understood", func(t *testing.T) {
		var compressed atomic.Bool
		url := p.between(t, func(r *http.Response) error {
			compressed.Store(r.Header.Get("Content-Encoding") == "gzip")
			return nil
		})
		if j := p.push(t, url, good, p.known()...); j.Outcome != as4.Acknowledged || !compressed.Load() {
			t.Errorf("%s, answer compressed=%v: %s", j.Outcome, compressed.Load(), j.Reason)
		}
	})
}

// weRefuse: every refusal of ours reaches the peer with the right code, signed
// by us, and leaves nothing behind.
func (p *pair) weRefuse(t *testing.T) {
	good, had := p.small(t), p.messages(t)
	for _, c := range []struct {
		name  string
		flags []string
		code  string
	}{
		{"signed by a key that we have not pinned, though its CA is the same", []string{"--key", p.sameCA.signKey, "--cert", p.sameCA.signCert}, "EBMS:0101"},
		{"encrypted for the key of another", []string{"--partner", p.us.signCert + "," + p.sameCA.encCert}, "EBMS:0102"},
		{"from a party that is no partner of ours", []string{"--me", "AP_XX_99"}, "EBMS:0010"},
		{"for a party that is not us", []string{"--to", "AP_XX_99"}, "EBMS:0010"},
		{"an action that was not agreed", []string{"--action", "ExecuteEverything"}, "EBMS:0010"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := p.post(t, good, c.flags...)
			v := p.verdict(t, a.ID)
			if a.Receipt || a.code() != c.code || !a.Signed || a.Ref != a.ID {
				t.Errorf("the peer wanted %s and makes of our answer: %+v", c.code, a)
			}
			if v.word != "REFUSED" || v.values["code"] != c.code {
				t.Errorf("we say %v, want %s", v, c.code)
			}
			if slices.ContainsFunc(a.Errors, func(e struct{ Code, Severity, Short, Detail string }) bool { return e.Detail == "" || e.Short == "" }) {
				t.Errorf("an error without explanation: %+v", a.Errors)
			}
			p.nothingLeft(t, had)
		})
	}
}
