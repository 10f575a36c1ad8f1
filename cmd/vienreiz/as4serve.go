package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
)

// Times of the HTTP server. A message of the largest size needs a while.
const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 10 * time.Minute
	shutdownTimeout = 20 * time.Second
	maxHeaderBytes  = 64 << 10
)

func runServe(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var common as4Flags
	fs := flagSet("vienreiz as4 serve", "--listen 127.0.0.1:PORT --out DIR [flags]", "Receives messages on any path, answers receipts and errors, and keeps what was accepted in DIR:\na folder per message with message.json, receipt.xml and the parts. Repetitions get the same receipt,\nalso after a restart. Prints READY URL, then a line per message. Ctrl-C ends it.", stderr)
	common.register(fs)
	listen := fs.String("listen", "127.0.0.1:0", "`ADDRESS:PORT`; port 0 picks a free one")
	out := fs.String("out", "", "`DIR` for the messages")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if *out == "" || len(rest) > 0 {
		return misuse(fs, stderr, errors.New("--out is needed, and no arguments"))
	}
	receiver, err := common.receiver()
	if err != nil {
		return misuse(fs, stderr, err)
	}
	inbox, err := folder.NewInbox(*out)
	if err != nil {
		return refused(fs, stderr, err)
	}
	receiver.Inbox = inbox
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return refused(fs, stderr, err)
	}
	fmt.Fprintf(stdout, "READY http://%s/as4\n", l.Addr())
	log := &messageLog{w: stdout, inbox: inbox}
	if err := serveHTTP(ctx, l, &as4.Handler{Receiver: receiver, Observe: log.line}); err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// serveHTTP serves until ctx ends, then lets running requests finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: bodyTimeout, MaxHeaderBytes: maxHeaderBytes}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return server.Shutdown(ctx)
}

// messageLog prints a line per message: what was decided, never content.
type messageLog struct {
	mu    sync.Mutex
	w     io.Writer
	inbox *folder.Inbox
}

func (l *messageLog) line(_ *http.Request, a *as4.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id, from := "-", "-"
	if a.Header != nil {
		id, from = a.Header.MessageID, a.Header.From.ID.Value
	}
	switch {
	case a.Message == nil:
		fmt.Fprintf(l.w, "REFUSED messageId=%q from=%q code=%s detail=%q\n", id, from, a.Refusal.Code.Code, a.Refusal.Detail)
	case a.Duplicate:
		fmt.Fprintf(l.w, "DUPLICATE messageId=%q from=%q\n", id, from)
	default:
		fmt.Fprintf(l.w, "ACCEPTED messageId=%q from=%q service=%q action=%q parts=%d folder=%q\n", id, from, a.Message.Service.Value, a.Message.Action, len(a.Message.Parts), l.inbox.Folder(a.Message.Key))
	}
}
