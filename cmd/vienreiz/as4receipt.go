package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
)

func runReceipt(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var common as4Flags
	fs := flagSet("vienreiz as4 receipt", "--partner ID=SIGN.pem --request MESSAGE [flags] RECEIPT", "Checks a captured receipt (with or without HTTP headers) against the captured message that it\nanswers: signed by the pinned certificate of the party that the message went to, and over the same\nreferences. Exit 0 only then.", stderr)
	common.register(fs)
	request := fs.String("request", "", "the `MESSAGE` that was sent")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) != 1 || *request == "" {
		return misuse(fs, stderr, errors.New("name --request MESSAGE and one RECEIPT"))
	}
	book, err := common.book()
	if err != nil {
		return misuse(fs, stderr, err)
	}
	j, id, err := judgeReceipt(book, *request, files[0], stdin)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if err := printJSON(stdout, describeJudgement(id, j)); err != nil {
		return refused(fs, stderr, err)
	}
	if j.Outcome != as4.Acknowledged {
		return refused(fs, stderr, errors.New(j.Reason))
	}
	return exitRight
}

func judgeReceipt(book partnerBook, request, receipt string, stdin io.Reader) (*as4.Judgement, string, error) {
	sent, closer, err := openCapture(request, stdin)
	if err != nil {
		return nil, "", err
	}
	defer closer.Close()
	m, err := as4.ReadSent(sent)
	if err != nil {
		return nil, "", err
	}
	partner := book[m.To]
	if partner == nil {
		return nil, m.MessageID, errors.New("the message went to a party that is no --partner (check --party-type): " + m.To.Value)
	}
	answer, closer, err := openCapture(receipt, stdin)
	if err != nil {
		return nil, m.MessageID, err
	}
	defer closer.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, as4.MaxAnswerBytes))
	if err != nil {
		return nil, m.MessageID, err
	}
	return as4.Judge(m, partner, time.Now(), 0, answer.ContentType, body), m.MessageID, nil
}
