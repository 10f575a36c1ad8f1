package cloud_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/provision"
)

// fault breaks something of a stack that a walk needs, and mends it.
type fault struct {
	what     string
	from, to string
	take     func(t *testing.T)
	give     func(t *testing.T)
	function string   // whose log tells of it
	says     []string // words of one line
	fails    string   // the function whose failures raise the alarm, where it is not the dead letters that would
	strike   func()   // lets the clock strike, where that is what is waited for
}

// hurry lets the clock strike, for what nobody waits a minute here.
func (f *fault) hurry() {
	if f.strike != nil {
		f.strike()
	}
}

// waits breaks one thing after the other: each exchange waits, a line of the log says
// for what, and it is mended.
func (s stage) waits(t *testing.T, l *logReader, faults ...fault) []*waiter {
	t.Helper()
	var waiting []*waiter
	for _, f := range faults {
		if !t.Failed() {
			waiting = append(waiting, s.breaks(t, l, f))
		}
	}
	return waiting
}

// end waits until each has come to its end, once: a partner sends again after minutes.
func end(t *testing.T, waiting []*waiter) {
	t.Helper()
	for _, w := range waiting {
		for !w.ends(5 * time.Second) {
			w.fault.hurry()
		}
	}
	for _, w := range waiting {
		w.whole(t)
	}
}

// waiter is somebody whose exchange waits.
type waiter struct {
	fault  fault
	demo   *demo.Demo
	began  time.Time
	done   chan struct{}
	result *demo.Result
	err    error
}

// ends waits for the end, at most for so long.
func (w *waiter) ends(most time.Duration) bool {
	select {
	case <-w.done:
		return true
	case <-time.After(most):
		return false
	}
}

// breaks breaks one thing, sees an exchange wait and the log and the alarm tell of it,
// and mends it.
func (s stage) breaks(t *testing.T, l *logReader, f fault) *waiter {
	t.Helper()
	f.take(t)
	w := s.begin(t, f)
	t.Logf("%s: %s", f.what, l.wait(t, f.function, w.began, f.says))
	if f.fails != "" {
		l.raises(t, &f, w.began)
	}
	w.waits(t)
	f.give(t)
	return w
}

// begin lets somebody begin an exchange.
func (s stage) begin(t *testing.T, f fault) *waiter {
	t.Helper()
	d, err := s.walker(f.from, f.to, demo.Options{Count: 1, NoPreview: f.from == theirs, Patience: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	w := &waiter{fault: f, demo: d, began: time.Now(), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.result, w.err = d.Run(t.Context())
	}()
	return w
}

// waits sees that the exchange waits.
func (w *waiter) waits(t *testing.T) {
	t.Helper()
	if w.ends(0) {
		t.Fatalf("%s, and the exchange does not wait: %+v, %v", w.fault.what, w.result, w.err)
	}
}

// whole sees that the exchange was confirmed, and that nothing is lost or doubled of all
// that went on meanwhile.
func (w *waiter) whole(t *testing.T) {
	t.Helper()
	what := w.fault.what
	if w.err != nil || len(w.result.Errors) > 0 || w.result.Ended["confirmed"] == 0 {
		t.Fatalf("%s, is mended, and the exchange: %+v, %v", what, w.result, w.err)
	}
	c, err := w.demo.Count(t.Context(), w.began)
	if err != nil || c.Lost+c.Doubled > 0 {
		t.Fatalf("%s, is mended, and the journals say: %+v, %v", what, c, err)
	}
	t.Logf("%s, is mended, and the exchange is confirmed after %.0f s; by both journals nothing is lost or doubled", what, w.result.Seconds)
}

// wait waits for a line with all of these words, at most for two rounds of the clock.
func (l *logReader) wait(t *testing.T, function string, since time.Time, words []string) string {
	t.Helper()
	for range 130 {
		for _, line := range l.lines(t, function, since) {
			if has(line, words) {
				return line
			}
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("no line of %s says %q", function, words)
	return ""
}

func has(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

// denies takes one permission away from the roles of functions, and gives it back.
func denies(a *cloud.Applied, action string, functions ...string) (take, give func(*testing.T)) {
	const name = "taken-away"
	take = func(t *testing.T) {
		t.Helper()
		policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Deny", "Action": action, "Resource": "*"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range functions {
			if _, err := roles(t).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: awssdk.String(a.Functions[f]), PolicyName: awssdk.String(name), PolicyDocument: awssdk.String(string(policy))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	give = func(t *testing.T) {
		t.Helper()
		for _, f := range functions {
			if _, err := roles(t).DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: awssdk.String(a.Functions[f]), PolicyName: awssdk.String(name)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return take, give
}

func roles(t *testing.T) *iam.Client {
	t.Helper()
	return iam.NewFromConfig(sdk(t))
}

// sdk is the SDK as the account's owner uses it.
func sdk(t *testing.T) awssdk.Config {
	t.Helper()
	c, err := config.LoadDefaultConfig(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// destroys takes a queue away; Terraform makes it again.
func destroys(a *cloud.Applied, queue string) (take, give func(*testing.T)) {
	take = func(t *testing.T) {
		t.Helper()
		for _, q := range a.Config.Queues {
			if q.Name != queue {
				continue
			}
			if _, err := sqs.NewFromConfig(sdk(t)).DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: &q.URL}); err != nil {
				t.Fatal(err)
			}
		}
	}
	give = func(t *testing.T) {
		t.Helper()
		if err := a.Repair(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	return take, give
}

// unlocked takes keys away from the access point: it takes no message that it cannot
// read, or whose receipt it cannot sign.
func (s stage) unlocked(t *testing.T, a *cloud.Applied, l *logReader) []*waiter {
	t.Helper()
	reads, answers := lacks(t, a, "as4-receive", "kms:Decrypt", "decrypt"), lacks(t, a, "as4-receive", "kms:Sign", "sign")
	reads.fails, answers.fails = "as4-receive", "as4-receive"
	return s.waits(t, l, reads, answers)
}

// lacks is a function without its key.
func lacks(t *testing.T, a *cloud.Applied, function, action, use string) fault {
	t.Helper()
	take, give := denies(a, action, function)
	key := a.Keys[use][0]
	return fault{what: function + " may not " + action, from: theirs, to: ours, take: take, give: give, function: function, says: []string{"not authorized", action, key, "give this role " + action + " on " + key}}
}

// stuck takes sending and a queue away.
func (s stage) stuck(t *testing.T, a *cloud.Applied, l *logReader) {
	t.Helper()
	if err := a.Hide(t.Context(), "outbound", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	clock := func() { _ = strike(t, a) } // what breaks is in its log
	take, give := denies(a, "sqs:SendMessage", "exchange", "clock")
	end(t, s.waits(t, l,
		lacks(t, a, "as4-send", "kms:Sign", "sign"),
		fault{what: "exchange may not send", from: theirs, to: ours, take: take, give: give, strike: clock, function: "exchange", says: []string{"stays in the outbox", "not authorized", "give this role sqs:SendMessage"}},
	))
	rests(t)
	gone, again := destroys(a, poisoned)
	end(t, s.waits(t, l, fault{what: "the queue " + poisoned + " is destroyed", from: ours, to: theirs, take: gone, give: again, strike: clock, function: "people", fails: "clock",
		says: []string{"stays in the outbox", "queue emulated-" + poisoned + " is gone", "apply the tenant's Terraform"}}))
}
