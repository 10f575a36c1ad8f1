//go:build interop

package phase4_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// delivered is the line that the peer prints for a message.
type delivered struct {
	Event, ID, Ref, Agreement, From, To, Service, ServiceType, Action, Conversation string
	Properties                                                                      []ebms.Property
	Parts                                                                           []struct {
		MimeType, SHA256, File string
		Size                   int64
		Compressed             bool
	}
	Signed, Decrypted bool
	Signer            string
	Code, Detail      string // of the event "refused"
}

// answer is the line that the peer prints about our answer.
type answer struct {
	ID, Ref, Request, Result, References, Exception string
	Receipt, Signed                                 bool
	Errors                                          []struct{ Code, Severity, Short, Detail string }
}

func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Code
}

// startPeer starts both halves of the peer: it receives and it sends.
func (p *pair) startPeer(t *testing.T) {
	t.Helper()
	common := []string{"-cp", p.classPath, "peer.Main"}
	with := func(command string, more ...string) []string {
		args := append(common[:3:3], command, "--profile", p.profile, "--trust", p.ca, "--dump", filepath.Join(p.dir, command))
		return append(append(args, p.them.own()...), more...)
	}
	p.receiver = start(t, "peer serve", p.java, with("serve", "--until-eof")...)
	p.sender = start(t, "peer send", p.java, with("send", "--stdin", "--to", p.us.id, "--partner", p.us.certs())...)
	p.peerURL = p.receiver.ready(t)
}

// post has the peer send a letter to us. More flags win over those it started with.
func (p *pair) post(t *testing.T, l letter, more ...string) answer {
	t.Helper()
	words := append(append([]string{"--url", p.url}, l.args(true)...), more...)
	if _, err := fmt.Fprintln(p.sender.stdin, strings.Join(words, "\t")); err != nil {
		t.Fatalf("peer send: %v: %s", err, p.sender.stderr.String())
	}
	var a answer
	read(t, p.sender.line(t), &a)
	return a
}

// delivered waits until the peer has printed the message with an id.
func (p *pair) delivered(t *testing.T, id string) delivered {
	t.Helper()
	for {
		var d delivered
		read(t, p.receiver.line(t), &d)
		if d.Event == "message" && d.ID == id {
			return d
		}
	}
}

// arrived takes the peer's word for the header; the parts are hashed here too.
func (p *pair) arrived(t *testing.T, d delivered) arrived {
	t.Helper()
	a := arrived{From: d.From, To: d.To, Ref: d.Ref, Agreement: d.Agreement, Service: d.ServiceType + " " + d.Service, Action: d.Action, Conversation: d.Conversation, Properties: d.Properties}
	for _, part := range d.Parts {
		got := digested(t, filepath.Join(p.dir, "serve", "parts", part.File), part.MimeType)
		if got.SHA256 != part.SHA256 {
			t.Errorf("the peer says %s of a part with %s", part.SHA256, got.SHA256)
		}
		a.Parts = append(a.Parts, got)
	}
	return a
}

func read(t *testing.T, line string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), into); err != nil {
		t.Fatalf("the peer printed %q: %v", line, err)
	}
}
