package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// openedMessage is what `as4 open` prints.
type openedMessage struct {
	Accepted       bool                `json:"accepted"`
	Errors         []signalError       `json:"errors"`
	MessageID      string              `json:"messageId"`
	RefToMessageID string              `json:"refToMessageId,omitempty"`
	Timestamp      string              `json:"timestamp,omitempty"`
	From           string              `json:"from"`
	FromType       string              `json:"fromType"`
	To             string              `json:"to"`
	ToType         string              `json:"toType"`
	Service        string              `json:"service"`
	ServiceType    string              `json:"serviceType"`
	Action         string              `json:"action"`
	ConversationID string              `json:"conversationId"`
	Properties     map[string]string   `json:"properties"`
	PropertyTypes  map[string]string   `json:"propertyTypes,omitempty"`
	Parts          []folder.PartRecord `json:"parts"`
	Signer         string              `json:"signer,omitempty"`
}

// signalError is an ebMS error in JSON.
type signalError struct {
	Code        string `json:"code"`
	Severity    string `json:"severity"`
	Short       string `json:"shortDescription"`
	Description string `json:"description"`
	Detail      string `json:"detail"`
}

func signalErrors(errs ...*ebms.Error) []signalError {
	list := []signalError{}
	for _, e := range errs {
		if e != nil {
			list = append(list, signalError{e.Code.Code, string(e.Severity), e.ShortDescription, e.Description, e.Detail})
		}
	}
	return list
}

func runOpen(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var common as4Flags
	fs := flagSet("vienreiz as4 open", "[flags] MESSAGE", "Judges a captured message (with or without HTTP start line and headers, or bare SOAP; - is\nstandard input) exactly as the receiver would, and prints one JSON object. Exit 0: accepted; 1: refused.", stderr)
	common.register(fs)
	answerFile := fs.String("answer", "", "write the receipt or error that would be answered to `FILE`")
	out := fs.String("out", "", "write the opened parts to `DIR`; nothing is left there of a message that is refused")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) != 1 {
		return misuse(fs, stderr, errors.New("name one MESSAGE"))
	}
	receiver, err := common.receiver()
	if err != nil {
		return misuse(fs, stderr, err)
	}
	opened := &folder.Opened{Dir: *out}
	receiver.Inbox = opened
	capture, closer, err := openCapture(files[0], stdin)
	if err != nil {
		return refusedCapture(fs.Name(), stdout, stderr, err)
	}
	defer closer.Close()
	answer := receiver.Receive(ctx, capture.ContentType, capture.Body)
	if *answerFile != "" {
		if err := os.WriteFile(*answerFile, answer.Body, 0o600); err != nil {
			return refused(fs, stderr, err)
		}
	}
	if err := printJSON(stdout, describe(answer, opened.Parts)); err != nil {
		return refused(fs, stderr, err)
	}
	if answer.Message == nil {
		return refused(fs, stderr, answer.Cause())
	}
	return exitRight
}

// refusedCapture is for a file that is no message at all: refused like any
// other, with the rule, in the same JSON.
func refusedCapture(name string, stdout, stderr io.Writer, err error) int {
	var missing *os.PathError
	if errors.As(err, &missing) {
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		return exitUsage
	}
	e := ebms.MimeInconsistency.Refuse("capture", err.Error(), "give a captured HTTP request, its body, or a SOAP envelope")
	_ = printJSON(stdout, openedMessage{Errors: signalErrors(e), Properties: map[string]string{}, Parts: []folder.PartRecord{}})
	return exitRefused
}

func describe(a *as4.Answer, parts []folder.PartRecord) openedMessage {
	o := openedMessage{Accepted: a.Message != nil, Errors: signalErrors(a.Refusal), Properties: map[string]string{}, Parts: []folder.PartRecord{}}
	if m := a.Header; m != nil {
		o.MessageID, o.RefToMessageID, o.Timestamp = m.MessageID, m.RefToMessageID, m.Timestamp.Format(time.RFC3339Nano)
		o.From, o.FromType, o.To, o.ToType = m.From.ID.Value, m.From.ID.Type, m.To.ID.Value, m.To.ID.Type
		o.Service, o.ServiceType, o.Action, o.ConversationID = m.Service.Value, m.Service.Type, m.Action, m.ConversationID
		o.properties(m.Properties)
	}
	if a.Message != nil {
		o.Parts = append(o.Parts, parts...)
		o.Signer = a.Message.Signer.Subject.String()
	}
	return o
}

func (o *openedMessage) properties(list []ebms.Property) {
	for _, p := range list {
		if _, ok := o.Properties[p.Name]; ok {
			continue // the first counts, as for every reader in here
		}
		o.Properties[p.Name] = p.Value
		if p.Type == "" {
			continue
		}
		if o.PropertyTypes == nil {
			o.PropertyTypes = map[string]string{}
		}
		o.PropertyTypes[p.Name] = p.Type
	}
}

// receiver builds a Receiver without an inbox from the common flags.
func (f *as4Flags) receiver() (*as4.Receiver, error) {
	identity, err := f.identity()
	if err != nil {
		return nil, err
	}
	book, err := f.book()
	if err != nil {
		return nil, err
	}
	return &as4.Receiver{Identity: identity, Partners: book, Limits: f.limits(), Now: time.Now, Rand: rand.Reader, NewID: f.newIDs()}, nil
}

func openCapture(path string, stdin io.Reader) (*as4.Capture, io.Closer, error) {
	if path == "-" {
		c, err := as4.OpenCapture(stdin)
		return c, io.NopCloser(nil), err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := as4.OpenCapture(f)
	return c, f, err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
