//go:build interop

package phase4_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
)

// pair is us and the peer, in one profile, both up.
type pair struct {
	programs
	profile            string
	suite              as4test.Suite
	dir, inbox, ca     string
	us, them           party
	url, peerURL       string
	server             *process // ours
	receiver, sender   *process // the peer's
	sameCA, selfSigned party    // strangers: one that the CA knows, one that it does not
}

func TestPhase4(t *testing.T) {
	programs := build(t)
	for _, p := range []struct {
		profile string
		suite   as4test.Suite
	}{{"cef", as4test.RSA}, {"edelivery2-eddsa", as4test.EdDSA}, {"edelivery2-ecdsa", as4test.ECDSA}} {
		t.Run(p.profile, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			pair := newPair(t, programs, p.profile, p.suite)
			t.Logf("%s: both sides are up after %s", p.profile, time.Since(began).Round(time.Second))
			list := letters(t, pair.dir)
			t.Run("from us to them", func(t *testing.T) { pair.weSend(t, list) })
			t.Run("from them to us", func(t *testing.T) { pair.theySend(t, list) })
			t.Run("they refuse", pair.theyRefuse)
			t.Run("we refuse", pair.weRefuse)
			t.Run("again", pair.again)
			t.Logf("%s: over after %s", p.profile, time.Since(began).Round(time.Second))
		})
	}
}

func newPair(t *testing.T, programs programs, profile string, suite as4test.Suite) *pair {
	t.Helper()
	dir := t.TempDir()
	p := &pair{programs: programs, profile: profile, suite: suite, dir: dir, inbox: filepath.Join(dir, "inbox")}
	p.ca = writeCert(t, dir, "ca.pem", as4test.TestCA().Cert.Raw)
	p.us, p.them = newParty(t, dir, suite, "AP_XA_01"), newParty(t, dir, suite, "AP_XB_01")
	p.sameCA, p.selfSigned = newParty(t, dir, suite, "AP_XC_01"), newStranger(t, dir, suite)
	p.startPeer(t)
	p.serve(t)
	return p
}

// weSend: each message is delivered as it was sent, and we hold a receipt for it.
func (p *pair) weSend(t *testing.T, list []letter) {
	for _, l := range list {
		t.Run(l.name, func(t *testing.T) {
			j := p.push(t, p.peerURL, l, p.known()...)
			if j.Outcome != as4.Acknowledged || !j.Signed {
				t.Fatalf("%s: %s", j.Outcome, j.Reason)
			}
			d := p.delivered(t, j.MessageID)
			if !d.Signed || (len(l.parts) > 0 && !d.Decrypted) {
				t.Errorf("the peer found it signed=%v, encrypted=%v", d.Signed, d.Decrypted)
			}
			for i, part := range d.Parts {
				if part.Compressed == l.parts[i].plain {
					t.Errorf("part %d: compressed=%v on the wire", i+1, part.Compressed)
				}
			}
			if diff := cmp.Diff(l.expected(t, p.us.id, p.them.id), p.arrived(t, d)); diff != "" {
				t.Errorf("sent (-) and delivered (+):\n%s", diff)
			}
		})
	}
}

// theySend: the same in the other direction.
func (p *pair) theySend(t *testing.T, list []letter) {
	list = append(list[:len(list):len(list)], letter{name: "40 parts, more than phase4 takes itself", parts: many(t, p.dir, 40)})
	for _, l := range list {
		t.Run(l.name, func(t *testing.T) {
			a := p.post(t, l)
			if !a.Receipt || !a.Signed || a.References != "equal" || a.Ref != a.ID {
				t.Fatalf("the peer makes of our answer: %+v", a)
			}
			v := p.verdict(t, a.ID)
			if v.word != "ACCEPTED" {
				t.Fatalf("we made of its message: %v", v)
			}
			if octets := contents(t, a.Request); len(l.parts) > 0 && !bytes.Contains(octets, []byte(l.parts[0].name)) {
				t.Errorf("the peer did not send the file name %q", l.parts[0].name)
			}
			if diff := cmp.Diff(l.expected(t, p.them.id, p.us.id), kept(t, v.values["folder"])); diff != "" {
				t.Errorf("sent (-) and delivered (+):\n%s", diff)
			}
		})
	}
}
