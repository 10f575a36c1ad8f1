//go:build interop

package phase4_test

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// judgement is what `vienreiz as4 send` prints.
type judgement struct {
	Outcome   as4.Outcome
	Reason    string
	MessageID string
	Signed    bool
	Errors    []struct{ Code, Severity, Description, Detail string }
}

// code is the first ebMS error.
func (j judgement) code() string {
	if len(j.Errors) == 0 {
		return ""
	}
	return j.Errors[0].Code
}

// push has our command send a letter to the peer, or to another URL.
func (p *pair) push(t *testing.T, url string, l letter, more ...string) judgement {
	t.Helper()
	args := append([]string{"as4", "send", "--url", url, "--to", p.them.id, "--service", ebms.QueryManager, "--action", ebms.ExecuteQueryRequest}, l.args(false)...)
	return p.judged(t, append(args, more...))
}

// keys of ours, and what we know of the partner; later flags win over these.
func (p *pair) known() []string {
	return append(p.us.own(), "--partner", p.them.id+"="+p.them.certs())
}

func (p *pair) judged(t *testing.T, args []string) judgement {
	t.Helper()
	stdout, code := output(t, p.vienreiz, args...)
	var j judgement
	if err := json.Unmarshal(stdout, &j); err != nil {
		t.Fatalf("as4 send printed %q: %v", stdout, err)
	}
	if (code == 0) != (j.Outcome == as4.Acknowledged) {
		t.Errorf("exit code %d for %s", code, j.Outcome)
	}
	return j
}

// serve starts our access point over the inbox folder, also again.
func (p *pair) serve(t *testing.T) {
	t.Helper()
	args := append([]string{"as4", "serve", "--listen", "127.0.0.1:0", "--out", p.inbox}, p.known()...)
	p.server = start(t, "vienreiz as4 serve", p.vienreiz, args...)
	p.url = p.server.ready(t)
}

// verdict is a line of `vienreiz as4 serve`: what it decided, and its values.
type verdict struct {
	word   string
	values map[string]string
}

// verdict waits for the next line about a message.
func (p *pair) verdict(t *testing.T, id string) verdict {
	t.Helper()
	for {
		if v := parseVerdict(t, p.server.line(t)); v.values["messageId"] == id {
			return v
		}
	}
}

func parseVerdict(t *testing.T, line string) verdict {
	t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	v := verdict{word, map[string]string{}}
	for rest != "" {
		name, after, ok := strings.Cut(rest, "=")
		value, err := strconv.QuotedPrefix(after)
		if err != nil {
			value, _, _ = strings.Cut(after, " ")
		}
		if !ok {
			t.Fatalf("as4 serve printed %q", line)
		}
		rest = strings.TrimPrefix(after[len(value):], " ")
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		v.values[name] = value
	}
	return v
}

// kept reads the message that our access point put into a folder, and hashes
// the parts again: the record alone could be wrong.
func kept(t *testing.T, dir string) arrived {
	t.Helper()
	var r folder.Record
	if err := json.Unmarshal(contents(t, filepath.Join(dir, "message.json")), &r); err != nil {
		t.Fatal(err)
	}
	h := r.Header
	a := arrived{
		From: h.From.ID.Value, To: h.To.ID.Value, Ref: h.RefToMessageID, Service: h.Service.Type + " " + h.Service.Value,
		Action: h.Action, Conversation: h.ConversationID, Properties: h.Properties,
	}
	if h.AgreementRef != nil {
		a.Agreement = h.AgreementRef.Value
	}
	for _, p := range r.Parts {
		got := digested(t, filepath.Join(dir, p.File), p.MimeType)
		if got.SHA256 != p.SHA256 || got.Size != p.Size {
			t.Errorf("message.json says %d octets, %s of a file with %d, %s", p.Size, p.SHA256, got.Size, got.SHA256)
		}
		a.Parts = append(a.Parts, got)
	}
	return a
}

// nothingLeft checks that refused messages left no trace among our messages.
func (p *pair) nothingLeft(t *testing.T, want int) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(p.inbox, ".quarantine", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the quarantine still has %v (%v)", left, err)
	}
	if got := p.messages(t); got != want {
		t.Errorf("there are %d messages, want %d", got, want)
	}
}

func (p *pair) messages(t *testing.T) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(p.inbox, "*", "message.json"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
