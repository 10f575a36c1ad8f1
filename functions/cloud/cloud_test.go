package cloud

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// whole is an environment in which everything is set.
func whole() map[string]string {
	return map[string]string{
		"VIENREIZ_TABLE":   "lv-state",
		"VIENREIZ_QUEUES":  `{"inbound": {"url": "https://sqs.example/inbound", "dead": "https://sqs.example/inbound-dead"}}`,
		"VIENREIZ_BUCKETS": `{"evidence": "lv-evidence", "journal": "lv-journal"}`,
	}
}

func of(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func TestTheEnvironmentSaysWhereTheStoreIs(t *testing.T) {
	t.Parallel()
	c, _, err := configuration(of(whole()))
	if err != nil || c.Table != "lv-state" || len(c.Queues) != 1 || len(c.Buckets) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if q := c.Queues[0]; q != (aws.Queue{Name: "inbound", URL: "https://sqs.example/inbound", Dead: "https://sqs.example/inbound-dead"}) {
		t.Errorf("%+v", q)
	}
	for _, b := range c.Buckets {
		if b.Bucket != "lv-"+b.Name || b.Locked != (b.Name == "journal") {
			t.Errorf("%+v", b)
		}
	}
}

func TestAFoldedQueueIsToldWithItsFunction(t *testing.T) {
	t.Parallel()
	env := whole()
	env["VIENREIZ_QUEUES"] = `{"inbound": {"url": "in", "dead": "in-dead"}, "requests": {"url": "in", "dead": "requests-dead", "idle": "requests", "function": "lv-resolve"}}`
	c, to, err := configuration(of(env))
	if err != nil || len(to) != 1 || to["requests"] != "lv-resolve" {
		t.Fatalf("%v, %v", to, err)
	}
	for _, q := range c.Queues {
		if q.URL != "in" || q.Name == "requests" && q.Idle != "requests" || q.Name == "inbound" && q.Idle != "" {
			t.Errorf("%+v", q)
		}
	}
}

func TestEveryVariableThatIsMissingOrWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  map[string]string
		says []string
	}{
		"nothing is set":             {map[string]string{"VIENREIZ_TABLE": "", "VIENREIZ_QUEUES": "", "VIENREIZ_BUCKETS": ""}, []string{"VIENREIZ_TABLE is not set", "VIENREIZ_QUEUES is not set", "VIENREIZ_BUCKETS is not set"}},
		"the table is missing":       {map[string]string{"VIENREIZ_TABLE": ""}, []string{"VIENREIZ_TABLE is not set"}},
		"queues are no JSON":         {map[string]string{"VIENREIZ_QUEUES": "inbound"}, []string{"VIENREIZ_QUEUES is not the JSON that is expected"}},
		"queues are of another form": {map[string]string{"VIENREIZ_QUEUES": `{"inbound": "https://sqs.example"}`}, []string{"VIENREIZ_QUEUES is not the JSON"}},
		"both lists are wrong":       {map[string]string{"VIENREIZ_QUEUES": "[]", "VIENREIZ_BUCKETS": "[]"}, []string{"VIENREIZ_QUEUES is not the JSON", "VIENREIZ_BUCKETS is not the JSON"}},
		"lists are null":             {map[string]string{"VIENREIZ_QUEUES": "null", "VIENREIZ_BUCKETS": "null"}, []string{"VIENREIZ_QUEUES names none", "VIENREIZ_BUCKETS names none"}},
		"a queue is half folded":     {map[string]string{"VIENREIZ_QUEUES": `{"requests": {"url": "u", "dead": "d", "idle": "i"}}`}, []string{`queue "requests" has one of idle and function`}},
		"a queue has no address":     {map[string]string{"VIENREIZ_QUEUES": `{"inbound": {}}`}, []string{`VIENREIZ_QUEUES: queue "inbound" has no url`}},
	} {
		env := whole()
		for variable, value := range c.set {
			env[variable] = value
		}
		_, err := Assemble(t.Context(), of(env))
		for _, words := range c.says {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v does not say %q", name, err, words)
			}
		}
	}
}
