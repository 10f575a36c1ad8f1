package as4

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// PushTimeout bounds one attempt, answer included (architecture §6).
const PushTimeout = 60 * time.Second

// smallBody is up to which size a body is made before it is sent; larger ones
// are encrypted while they are sent.
const smallBody = 1 << 20

// Push makes one attempt: encrypts the signed message, posts it, judges the
// answer. What fails on the way is a Judgement too; the error is only for what
// could not be tried (no certificate, an unreadable outbox, a bad URL).
func (s *Sender) Push(ctx context.Context, p *Partner, m *SignedMessage, box Outbox) (*Judgement, error) {
	pkg, err := Pack(s.Rand, m, p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, PushTimeout+time.Duration(pkg.Length/slowestRate)*time.Second)
	defer cancel()
	body, err := pkg.reader(box)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Endpoint, body)
	if err != nil {
		return nil, fmt.Errorf("push to partner %q: %w", p.ID.Value, err)
	}
	req.ContentLength = pkg.Length
	req.Header.Set("Content-Type", pkg.ContentType)
	resp, err := s.Client.Do(req)
	if err != nil {
		return &Judgement{Outcome: Again, Reason: fmt.Sprintf("no answer from %s: %v", p.Endpoint, err)}, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswerBytes+1))
	if err != nil || len(answer) > MaxAnswerBytes {
		return &Judgement{Outcome: Again, Status: resp.StatusCode, Reason: fmt.Sprintf("HTTP %d with an answer that breaks off or has more than %d octets", resp.StatusCode, MaxAnswerBytes)}, nil
	}
	return Judge(m, p, s.Now(), resp.StatusCode, resp.Header.Get("Content-Type"), answer), nil
}

// slowestRate is what a partner's line must carry for a large message to get
// through within its time: octets a second.
const slowestRate = 1 << 20

// reader gives the body to an HTTP client.
func (pkg *Package) reader(box Outbox) (io.ReadCloser, error) {
	if pkg.Length <= smallBody {
		buf := bytes.NewBuffer(make([]byte, 0, pkg.Length))
		err := pkg.Write(buf, box)
		return io.NopCloser(buf), err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(pkg.Write(w, box)) }()
	return r, nil
}
