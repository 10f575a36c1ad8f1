package functions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/store"
)

const folder = "../events"

// read reads an event of the folder events.
func read[E any](t *testing.T, name string) E {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e E
	if err := json.Unmarshal(octets, &e); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

// ofFunction is the function that an event's name begins with.
func ofFunction(event string) string {
	longest := ""
	for name := range functions.All().Functions {
		if (event == name || strings.HasPrefix(event, name+"-")) && len(name) > len(longest) {
			longest = name
		}
	}
	return longest
}

// eventsOf are the names of the events by function.
func eventsOf(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, f := range files {
		name, ok := strings.CutSuffix(filepath.Base(f), ".json")
		function := ofFunction(name)
		if !ok || function == "" {
			t.Errorf("%s is no event of a function", f)
			continue
		}
		all[function] = append(all[function], name)
	}
	return all
}

func TestEveryFunctionOfTheListHasItsFolderAndAnEvent(t *testing.T) {
	t.Parallel()
	all := eventsOf(t)
	for name := range functions.All().Functions {
		for _, file := range []string{"main.go", "handler/handler.go"} {
			if _, err := os.Stat(filepath.Join(name, file)); err != nil {
				t.Errorf("function %s: %v", name, err)
			}
		}
		if len(all[name]) == 0 {
			t.Errorf("function %s has no event in %s", name, folder)
		}
	}
}

func TestEveryFolderWithAHandlerIsInTheList(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"*/main.go", "*/handler"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if _, ok := functions.All().Functions[strings.Split(path, "/")[0]]; !ok {
				t.Errorf("%s is there, and functions.yaml has no such function", path)
			}
		}
	}
}

func TestEveryEventIsOneOfItsFunctionsTrigger(t *testing.T) {
	t.Parallel()
	for function, names := range eventsOf(t) {
		trigger := functions.All().Functions[function].Trigger
		for _, name := range names {
			switch {
			case trigger.Gateway != "":
				e := read[events.APIGatewayProxyRequest](t, name)
				if !slices.Contains(trigger.Paths, e.Resource) || !leads(e.Resource, e.Path) || e.HTTPMethod == "" {
					t.Errorf("%s: %s %s of %s; the function has %v", name, e.HTTPMethod, e.Path, e.Resource, trigger.Paths)
				}
			case trigger.Queue != "":
				e := read[events.SQSEvent](t, name)
				if len(e.Records) == 0 || len(e.Records) > trigger.Batch {
					t.Errorf("%s has %d items, a batch has %d at most", name, len(e.Records), trigger.Batch)
				}
				for _, r := range e.Records {
					if r.EventSource != "aws:sqs" || !strings.HasSuffix(r.EventSourceARN, "-"+trigger.Queue) || r.Attributes["ApproximateReceiveCount"] == "" {
						t.Errorf("%s: an item of %s, not of queue %s", name, r.EventSourceARN, trigger.Queue)
					}
				}
			default:
				e := read[events.CloudWatchEvent](t, name)
				if e.Source != "aws.events" || e.DetailType != "Scheduled Event" || trigger.Schedule == "" {
					t.Errorf("%s is no scheduled event: %+v", name, e)
				}
			}
		}
	}
}

// leads reports whether the gateway leads a path to a resource.
func leads(resource, path string) bool {
	if before, ok := strings.CutSuffix(resource, "{proxy+}"); ok {
		return strings.HasPrefix(path, before) && path != before
	}
	return resource == path
}

func TestTheQueuesAndBucketsOfTheListAreWhole(t *testing.T) {
	t.Parallel()
	list := functions.All()
	read := map[string]string{}
	for name, f := range list.Functions {
		if q := f.Trigger.Queue; q != "" {
			if read[q] != "" {
				t.Errorf("%s and %s both take from queue %s", name, read[q], q)
			}
			read[q] = name
			hidden := list.Queues[q].Hidden()
			if again := hidden * time.Duration(list.Queues[q].Receives); hidden > store.Patience || again > store.Retried {
				t.Errorf("queue %s hides an item for %s, %s in all; the outbox sends it again after %s and, where it failed, after %s", q, hidden, again, store.Patience, store.Retried)
			}
			if list.Queues[q].Visibility < f.Seconds+15 {
				t.Errorf("queue %s hides an item for %d s, its function may take %d s", q, list.Queues[q].Visibility, f.Seconds)
			}
		}
		for q := range f.Permissions.Queues {
			if _, ok := list.Queues[q]; !ok {
				t.Errorf("%s may use queue %s, which is not there", name, q)
			}
		}
		for b := range f.Permissions.Buckets {
			if _, ok := list.Buckets[b]; !ok {
				t.Errorf("%s may use bucket %s, which is not there", name, b)
			}
		}
	}
	for q := range list.Queues {
		if read[q] == "" {
			t.Errorf("nobody takes from queue %s", q)
		}
	}
}
