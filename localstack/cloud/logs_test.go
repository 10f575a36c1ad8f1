package cloud_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/provision"
)

// logReader reads what functions that the emulator runs have written.
type logReader struct {
	client *cloudwatchlogs.Client
	names  map[string]string // in Lambda
}

// reader reads the logs of a stack, and shows what went wrong in them when the test fails.
func reader(t *testing.T, a *cloud.Applied) *logReader {
	t.Helper()
	sdk, err := config.LoadDefaultConfig(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	l := &logReader{cloudwatchlogs.NewFromConfig(sdk), a.Functions}
	began := time.Now()
	t.Cleanup(func() {
		if t.Failed() {
			l.show(t, began)
		}
	})
	return l
}

// wrong is a line of what went wrong, in each form that the runtime may choose.
var wrong = regexp.MustCompile(`level"?[=:]"?(WARN|ERROR)|panic|Task timed out`)

// show logs the warnings and errors of all functions since a time, the last of each.
func (l *logReader) show(t *testing.T, since time.Time) {
	for function := range l.names {
		var bad []string
		for _, line := range l.lines(t, function, since) {
			if wrong.MatchString(line) {
				bad = append(bad, strings.TrimSpace(line))
			}
		}
		t.Logf("%s: %d lines of what went wrong, the last: %s", function, len(bad), strings.Join(bad[max(0, len(bad)-3):], "\n"))
	}
}

// lines are those that a function has written since a time.
func (l *logReader) lines(t *testing.T, function string, since time.Time) []string {
	t.Helper()
	group, from := "/aws/lambda/"+l.names[function], since.Add(-time.Second).UnixMilli()
	var all []string
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group, StartTime: &from}
	for range 100 {
		out, err := l.client.FilterLogEvents(context.WithoutCancel(t.Context()), in)
		if err != nil {
			t.Logf("the log of %s cannot be read: %v", function, err)
			return all
		}
		for _, e := range out.Events {
			all = append(all, strings.Split(*e.Message, "\n")...)
		}
		if out.NextToken == nil {
			return all
		}
		in.NextToken = out.NextToken
	}
	return all
}
