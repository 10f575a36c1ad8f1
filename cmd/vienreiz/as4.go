package main

import (
	"context"
	"io"
)

var as4Command = command{"as4", "open, send, serve and check AS4 messages by hand", runAS4}

var as4Commands = []command{
	{"open", "judge a captured message as the receiver would", runOpen},
	{"send", "sign, encrypt and push a message, and judge the answer", runSend},
	{"serve", "receive messages into a folder", runServe},
	{"receipt", "check a receipt against the message it answers", runReceipt},
}

func runAS4(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return dispatch(ctx, "vienreiz as4", as4Commands, args, stdin, stdout, stderr)
}
