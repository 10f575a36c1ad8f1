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
}

// waits breaks several things at once: each exchange waits, a line of the log says
// for what, and when all is mended each comes to its end, once.
func (s stage) waits(t *testing.T, l *logReader, faults ...fault) {
	t.Helper()
	if t.Failed() {
		return
	}
	for _, f := range faults {
		f.take(t)
	}
	began := time.Now()
	ended := make([]chan outcome, len(faults))
	for i, f := range faults {
		ended[i] = make(chan outcome, 1)
		go func() {
			result, err := s.run(t.Context(), f.from, f.to, demo.Options{Count: 1, NoPreview: f.from == theirs, Patience: 4 * time.Minute})
			ended[i] <- outcome{result, err}
		}()
	}
	for i, f := range faults {
		t.Logf("%s: %s", f.what, l.wait(t, f.function, began, f.says))
		select {
		case o := <-ended[i]:
			t.Fatalf("%s, and the exchange does not wait: %+v, %v", f.what, o.result, o.err)
		default:
		}
	}
	for _, f := range faults {
		f.give(t)
	}
	for i, f := range faults {
		o := <-ended[i]
		if o.err != nil || o.result.Lost+o.result.Doubled+len(o.result.Errors) > 0 || o.result.Ended["confirmed"] != 1 {
			t.Fatalf("%s, is mended, and the exchange: %+v, %v", f.what, o.result, o.err)
		}
		t.Logf("%s, is mended, and the exchange is confirmed after %.0f s; by both journals nothing is lost or doubled", f.what, o.result.Seconds)
	}
}

// outcome is that of a walk.
type outcome struct {
	result *demo.Result
	err    error
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

// broken takes permissions and a queue away.
func (s stage) broken(t *testing.T, a *cloud.Applied, l *logReader) {
	t.Helper()
	if err := a.Hide(t.Context(), "outbound", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	take, give := denies(a, "kms:Sign", "as4-send")
	s.waits(t, l, fault{"as4-send may not sign", theirs, ours, take, give, "as4-send", []string{"not authorized", "kms:Sign", a.Keys["sign"][0]}})

	take, give = denies(a, "sqs:SendMessage", "exchange", "clock")
	gone, again := destroys(a, poisoned)
	s.waits(t, l,
		fault{"exchange may not send", theirs, ours, take, give, "exchange", []string{"stays in the outbox", "not authorized", "sqs:SendMessage"}},
		fault{"the queue " + poisoned + " is destroyed", ours, theirs, gone, again, "people", []string{"stays in the outbox", "queue " + poisoned}},
	)
}
