package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

type sendFlags struct {
	as4Flags
	url, to, service, action, conversation, messageID, ref, agreement, role string
	dialect, keep, resend, dump                                             string
	parts, properties                                                       list
	test                                                                    bool
}

func (f *sendFlags) register(fs interface {
	StringVar(*string, string, string, string)
}) {
	fs.StringVar(&f.url, "url", "", "the partner's endpoint `URL`; without it that of the partners document")
	fs.StringVar(&f.to, "to", "", "party `ID` of the partner")
	fs.StringVar(&f.service, "service", "", "`S[;type=T]`; the type of an OOTS service may be left out")
	fs.StringVar(&f.action, "action", "", "eb:Action `A`")
	fs.StringVar(&f.conversation, "conversation", "", "eb:ConversationId (default: a new UUID)")
	fs.StringVar(&f.messageID, "message-id", "", "eb:MessageId (default: a new one)")
	fs.StringVar(&f.ref, "ref", "", "eb:RefToMessageId")
	fs.StringVar(&f.agreement, "agreement", "", "eb:AgreementRef")
	fs.StringVar(&f.role, "role", "", "eb:Role `URI` of both sides (default: that of the leg, else the OOTS role)")
	fs.StringVar(&f.dialect, "dialect", "", "check the message properties: oots-1 (exactly 2) or oots-2 (exactly 4)")
	fs.StringVar(&f.keep, "keep", "", "keep the signed message in the empty folder `DIR`, to be sent again")
	fs.StringVar(&f.dump, "dump", "", "write the HTTP request as it goes over the wire to `FILE`, and the answer to FILE.answer")
	fs.StringVar(&f.resend, "resend", "", "send the signed message that --keep left in `DIR` once more")
}

func runSend(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var f sendFlags
	fs := flagSet("vienreiz as4 send", "--url U --to ID --service S --action A [flags]", "Signs, encrypts and pushes one message and judges what comes back; prints the judgement as JSON.\nExit 0: a receipt signed by the partner over everything that was sent; 1: anything else.", stderr)
	f.as4Flags.register(fs)
	f.register(fs)
	fs.Var(&f.parts, "part", "a payload, `FILE;type=MIME[;charset=C][;compress=yes|no]`; repeatable, in reading order")
	fs.Var(&f.properties, "property", "a message property, `NAME=VALUE[;type=T]`; repeatable")
	fs.BoolVar(&f.test, "test", false, "use the test service and action")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 {
		return misuse(fs, stderr, fmt.Errorf("unexpected argument %q", rest[0]))
	}
	sender, partner, out, err := f.build()
	if err != nil {
		return misuse(fs, stderr, err)
	}
	judgement, messageID, err := f.send(ctx, sender, partner, out)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if err := printJSON(stdout, describeJudgement(messageID, judgement)); err != nil {
		return refused(fs, stderr, err)
	}
	if judgement.Outcome != as4.Acknowledged {
		return refused(fs, stderr, errors.New(judgement.Reason))
	}
	return exitRight
}

func (f *sendFlags) build() (*as4.Sender, *as4.Partner, as4.Outgoing, error) {
	var out as4.Outgoing
	identity, err := f.identity()
	if err != nil {
		return nil, nil, out, err
	}
	book, err := f.book()
	if err != nil {
		return nil, nil, out, err
	}
	partner := book.named(f.to)
	if partner == nil {
		return nil, nil, out, fmt.Errorf("--to %q is no partner; name it with --partner ID=SIGN.pem or --partners", f.to)
	}
	if f.url != "" {
		partner.Endpoint = f.url
	}
	if partner.Endpoint == "" {
		return nil, nil, out, errors.New("--url is needed")
	}
	if f.dialect != "" {
		partner.Dialect = as4.Dialect(f.dialect)
	}
	if partner.Dialect != as4.DialectAny && partner.Dialect != as4.Dialect1 && partner.Dialect != as4.Dialect2 {
		return nil, nil, out, fmt.Errorf("--dialect %q: use %s or %s", f.dialect, as4.Dialect1, as4.Dialect2)
	}
	sender := &as4.Sender{Identity: identity, Client: pushClient(f.dump), Now: time.Now, Rand: rand.Reader, NewID: f.newIDs(), Limits: f.limits()}
	if f.resend == "" {
		out, err = f.message(partner)
	}
	return sender, partner, out, err
}

// pushClient follows no redirects: a partner has one registered address.
func pushClient(dump string) *http.Client {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if dump != "" {
		client.Transport = &dumper{next: http.DefaultTransport, file: dump}
	}
	return client
}

// named finds a partner by its id alone: the type is one for all flags.
func (b partnerBook) named(id string) *as4.Partner {
	for _, p := range b {
		if p.ID.Value == id {
			return p
		}
	}
	return nil
}

func (f *sendFlags) message(p *as4.Partner) (as4.Outgoing, error) {
	out := as4.Outgoing{UserMessage: ebms.UserMessage{Action: f.action, ConversationID: f.conversation}}
	out.MessageID, out.RefToMessageID = f.messageID, f.ref
	out.From.Role, out.To.Role = f.role, f.role
	if f.agreement != "" {
		out.AgreementRef = &ebms.AgreementRef{Value: f.agreement}
	}
	out.Service = f.serviceOf(p)
	if f.test {
		out.Service, out.Action = ebms.Service{Value: ebms.TestService}, ebms.TestAction
	}
	if out.Service.Value == "" || out.Action == "" {
		return out, errors.New("--service and --action are needed (or --test)")
	}
	if out.ConversationID == "" {
		out.ConversationID = as4.NewUUID(rand.Reader)
	}
	for _, v := range f.properties {
		p, err := property(v)
		if err != nil {
			return out, err
		}
		out.Properties = append(out.Properties, p)
	}
	for _, v := range f.parts {
		c, err := content(v)
		if err != nil {
			return out, err
		}
		out.Contents = append(out.Contents, c)
	}
	return out, nil
}

// serviceOf reads S[;type=T]; a leg of the partner's fills in a type left out.
func (f *sendFlags) serviceOf(p *as4.Partner) ebms.Service {
	value, typ, typed := cutLast(f.service, ";type=")
	s := ebms.Service{Value: value, Type: typ}
	for _, l := range p.Legs {
		if !typed && l.Service.Value == value {
			s.Type = l.Service.Type
		}
	}
	return s
}

func property(v string) (ebms.Property, error) {
	v, typ, _ := cutLast(v, ";type=")
	name, value, ok := strings.Cut(v, "=")
	if !ok || name == "" {
		return ebms.Property{}, fmt.Errorf("--property %q: write NAME=VALUE[;type=T]", v)
	}
	return ebms.Property{Name: name, Type: typ, Value: value}, nil
}

func content(v string) (as4.Content, error) {
	path, options, _ := strings.Cut(v, ";")
	c := as4.Content{Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	for _, option := range strings.Split(options, ";") {
		name, value, _ := strings.Cut(option, "=")
		switch {
		case name == "type":
			c.MimeType = value
		case name == "charset":
			c.CharacterSet = value
		case name == "compress" && value == "yes":
			c.Compression = as4.CompressAlways
		case name == "compress" && value == "no":
			c.Compression = as4.CompressNever
		default:
			return c, fmt.Errorf("--part %q: %q is unknown; write FILE;type=MIME[;charset=C][;compress=yes|no]", v, option)
		}
	}
	if c.MimeType == "" {
		return c, fmt.Errorf("--part %q: write its ;type=MIME", v)
	}
	if _, err := os.Stat(path); err != nil {
		return c, fmt.Errorf("--part: %w", err)
	}
	return c, nil
}

// send signs into a folder and makes one attempt.
func (f *sendFlags) send(ctx context.Context, s *as4.Sender, p *as4.Partner, out as4.Outgoing) (*as4.Judgement, string, error) {
	dir := f.resend
	if dir == "" {
		dir = f.keep
	}
	if dir == "" {
		temp, err := os.MkdirTemp("", "vienreiz-send-")
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		dir = temp
	}
	box := folder.NewOutbox(dir)
	signed, err := f.signed(ctx, s, p, out, box, dir)
	if err != nil {
		return nil, "", err
	}
	j, err := s.Push(ctx, p, signed, box)
	return j, signed.MessageID, err
}

func (f *sendFlags) signed(ctx context.Context, s *as4.Sender, p *as4.Partner, out as4.Outgoing, box *folder.Outbox, dir string) (*as4.SignedMessage, error) {
	if f.resend != "" {
		return box.Load()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return s.Sign(ctx, p, out, box)
}

// judgement is what `as4 send` and `as4 receipt` print.
type judgement struct {
	Outcome   as4.Outcome   `json:"outcome"`
	Accepted  bool          `json:"accepted"`
	Reason    string        `json:"reason"`
	MessageID string        `json:"messageId"`
	Status    int           `json:"httpStatus,omitempty"`
	Signed    bool          `json:"signed"`
	Errors    []signalError `json:"errors"`
}

func describeJudgement(messageID string, j *as4.Judgement) judgement {
	return judgement{j.Outcome, j.Outcome == as4.Acknowledged, j.Reason, messageID, j.Status, j.Signed, signalErrors(j.Errors...)}
}
