package cloud_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	health "github.com/vienreiz/vienreiz/functions/health/handler"
	"github.com/vienreiz/vienreiz/localstack/provision"
)

// health takes a queue away, at the end: the function health sees that it is gone.
func (s stage) health(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	if code, h, down := s.ask(t); code != http.StatusOK || h.State != health.OK {
		t.Fatalf("all is there, and it answers %d %s: %v", code, h.State, down)
	}
	sdk, err := config.LoadDefaultConfig(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	const gone = "requests"
	for _, q := range s.d.Config.Queues {
		if q.Name == gone {
			own := cmp.Or(q.Idle, q.URL)
			if _, err := sqs.NewFromConfig(sdk).DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: &own}); err != nil {
				t.Fatal(err)
			}
		}
	}
	time.Sleep(health.Fresh)
	if code, h, down := s.ask(t); code != http.StatusServiceUnavailable || h.State != health.Down || len(down) != 1 || down[0] != "queue "+gone {
		t.Errorf("queue %s is gone, and it answers %d %s: %v", gone, code, h.State, down)
	}
}

func (s stage) ask(t *testing.T) (int, health.Health, []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.w.Tenants[ours].API+"/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var h health.Health
	if err := json.NewDecoder(answer.Body).Decode(&h); err != nil {
		t.Fatalf("%d: %v", answer.StatusCode, err)
	}
	var down []string
	for _, d := range h.Dependencies {
		if d.State != health.OK {
			down = append(down, d.Name)
		}
	}
	return answer.StatusCode, h, down
}
