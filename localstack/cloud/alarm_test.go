package cloud_test

import (
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// alarm lets an item die, sees the alarm of its dead letters go off, and gives it back.
// SQS measures its queues on AWS; no emulator does, so the numbers are put here as
// SQS would put them, from the queue itself.
func (s stage) alarm(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	s.poison(t)
	s.measure(t)
	alarmed(t, "emulated-"+poisoned+"-dead-letters", types.StateValueAlarm)
	s.redrive(t)
	for _, q := range s.d.Config.Queues {
		if q.Name != poisoned {
			continue
		}
		if _, err := sqs.NewFromConfig(sdk(t)).PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: &q.Dead}); err != nil {
			t.Fatal(err)
		}
	}
}

// measure puts the metric that the alarm looks at.
func (s stage) measure(t *testing.T) {
	t.Helper()
	b, err := s.d.Store.Queues.Backlog(t.Context(), poisoned)
	if err != nil {
		t.Fatal(err)
	}
	putMetric(t, "AWS/SQS", types.MetricDatum{
		MetricName: awssdk.String("ApproximateNumberOfMessagesVisible"), Value: awssdk.Float64(float64(b.Dead)), Timestamp: awssdk.Time(time.Now()),
		Dimensions: []types.Dimension{{Name: awssdk.String("QueueName"), Value: awssdk.String("emulated-" + poisoned + "-dead")}},
	})
}
