package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// deletions are queues that note what is deleted.
type deletions struct{ handles []string }

func (*deletions) Receive(context.Context, string, int, time.Duration) ([]store.Message, error) {
	return nil, nil
}

func (d *deletions) Delete(_ context.Context, _, handle string) error {
	d.handles = append(d.handles, handle)
	return nil
}

func (*deletions) Arrived(string) (<-chan struct{}, error) { return nil, nil }

func TestOnlyWhatWasDoneIsDeleted(t *testing.T) {
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })
	for name, c := range map[string]struct {
		handle handler
		want   []string
	}{
		"all items": {func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
			return events.SQSEventResponse{}, nil
		}, []string{"a", "b"}},
		"one of two": {func(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
			return events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{{ItemIdentifier: e.Records[0].MessageId}}}, nil
		}, []string{"b"}},
		"none, when the batch failed": {func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
			return events.SQSEventResponse{}, errors.New("disk")
		}, nil},
		"none, when the handler broke": {func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
			panic("Peeters, 1990-05-17")
		}, nil},
	} {
		d := new(deletions)
		(&consumer{queues: d, queue: "inbound", handle: c.handle}).work(t.Context(), []store.Message{{Handle: "a", Item: store.Item{Body: []byte("1")}}, {Handle: "b", Item: store.Item{Body: []byte("2")}}})
		if diff := cmp.Diff(c.want, d.handles); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if !strings.Contains(log.String(), "a handler broke") || strings.Contains(log.String(), "Peeters") {
		t.Errorf("the log says %s", log.String())
	}
}

func TestAnEventSaysHowOftenItsItemWasReceivedAndWhatOrderedIt(t *testing.T) {
	t.Parallel()
	e := event([]store.Message{{Handle: "h", Item: store.Item{Body: []byte("resolve/1"), Command: "x/1"}, Receives: 3}})
	if r := e.Records[0]; *r.MessageAttributes[store.CommandAttribute].StringValue != "x/1" || r.Body != "resolve/1" || r.ReceiptHandle != "h" || r.Attributes["ApproximateReceiveCount"] != "3" {
		t.Errorf("%+v", r)
	}
}
