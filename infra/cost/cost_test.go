package cost_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/infra/cost"
)

func planned(t *testing.T) *cost.Shape {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join("testdata", "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := cost.OfPlan("plan", octets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPlanTellsTheShape(t *testing.T) {
	t.Parallel()
	want := &cost.Shape{
		Name: "plan", Architecture: "arm64", Recovery: true, Memory: map[string]int{"as4-receive": 1024, "clock": 256},
		Keys: 2, Rules: 3, Metrics: 10,
		Lane: &cost.Lane{Count: 2, VCPU: 0.5, GB: 1, Architecture: "ARM64"},
		Resources: map[string]int{
			"aws_lambda_function": 2, "aws_kms_key": 1, "aws_cloudwatch_metric_alarm": 1, "aws_lambda_event_source_mapping": 1, "aws_dynamodb_table": 1,
			"aws_nat_gateway": 1, "aws_eip": 1, "aws_lb": 1, "aws_ecs_task_definition": 1, "aws_ecs_service": 1, "aws_wafv2_web_acl": 1,
		},
	}
	if diff := cmp.Diff(want, planned(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAPlanTellsWhichQueuesAreNotPolled(t *testing.T) {
	t.Parallel()
	plan := `{"planned_values":{"root_module":{"resources":[%s
		{"mode":"managed","type":"aws_lambda_function","index":"exchange","values":{"memory_size":512}},
		{"mode":"managed","type":"aws_lambda_function","index":"resolve","values":{"memory_size":512}},
		{"mode":"managed","type":"aws_lambda_function","index":"clock","values":{"memory_size":256}},
		{"mode":"managed","type":"aws_lambda_event_source_mapping","index":"exchange","values":{}}]}}}`
	for polled, want := range map[string]map[string]string{
		"": {"resolve": "exchange"},
		`{"mode":"managed","type":"aws_lambda_event_source_mapping","index":"resolve","values":{}},`: nil,
	} {
		s, err := cost.OfPlan("x", fmt.Appendf(nil, plan, polled))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.Folded); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatIsNoPlanIsRefusedWithTheCommandThatMakesOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", "Terraform will perform", `{"planned_values":{"root_module":{}}}`} {
		if _, err := cost.OfPlan("x", []byte(text)); err == nil || !strings.Contains(err.Error(), "terraform") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// one is a measurement that can be computed in the head.
var one = &cost.Measured{
	Exchange: cost.Use{
		Functions: map[string]cost.Run{"as4-receive": {Calls: 2, Milliseconds: 1000}, "clock": {Calls: 1, Milliseconds: 4000}},
		Units:     map[string]float64{"s3 writes": 10, "gateway calls": 5}, Journal: 1e6, Evidence: 1,
	},
	Minute: cost.Use{Functions: map[string]cost.Run{"clock": {Calls: 1, Milliseconds: 100}}},
}

// units of a month by what they are.
func units(t *testing.T, s *cost.Shape, l cost.Load) map[string]float64 {
	t.Helper()
	month, err := cost.Of(s, one, cost.Listed(), l)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, line := range month.Lines {
		all[line.What] = math.Round(line.Units*1000) / 1000
	}
	return all
}

func TestAMonthCountsWhatStandsWhatTicksAndWhatExchangesTake(t *testing.T) {
	t.Parallel()
	s := planned(t)
	s.Lane = nil
	got := units(t, s, cost.Load{Exchanges: 1000, EvidenceSize: 1e6})
	for what, want := range map[string]float64{
		"lambda calls": 2*1000 + 1000 + 43800, "lambda GB-seconds arm64": 1000 + 1000 + 1095,
		"sqs requests": 15 * 43800, "s3 writes": 10_000, "gateway calls": 5000, "s3 GB-months": 12 + 0.033, "transfer GB": 1, "nat GB": 1, "nat hours": 730, "address hours": 730, "kms keys": 3, "alarms": 1,
	} {
		if got[what] != want {
			t.Errorf("%v %s, want %v", got[what], what, want)
		}
	}
}

// What a function hands on it waits for, and the clock looks after the queue that nobody polls.
func TestAQueueThatIsNotPolledCostsAWaitingFunction(t *testing.T) {
	t.Parallel()
	s := planned(t)
	s.Lane = nil
	s.Folded = map[string]string{"as4-receive": "clock"}
	got := units(t, s, cost.Load{Exchanges: 1000})
	for what, want := range map[string]float64{"lambda calls": 2*2*1000 + 1000 + 43800, "lambda GB-seconds arm64": 1000 + 250 + 1000 + 1095, "sqs requests": 16 * 43800} {
		if got[what] != want {
			t.Errorf("%v %s, want %v", got[what], what, want)
		}
	}
}

func TestTheStreamingLaneTakesTheReceiversCalls(t *testing.T) {
	t.Parallel()
	got := units(t, planned(t), cost.Load{Exchanges: 1000, EvidenceSize: 1e6})
	for what, want := range map[string]float64{"lambda calls": 1000 + 43800, "fargate vCPU-hours ARM64": 730, "fargate GB-hours ARM64": 1460, "balancer hours": 730, "balancer units": 1, "gateway calls": 3000} {
		if got[what] != want {
			t.Errorf("%v %s, want %v", got[what], what, want)
		}
	}
}

func TestFreeAmountsCountOnceAndOnlyWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	paid, err := cost.Of(planned(t), one, cost.Listed(), cost.Load{})
	if err != nil {
		t.Fatal(err)
	}
	free, err := cost.Of(planned(t), one, cost.Listed(), cost.Load{Free: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range free.Lines {
		if l := free.Lines[i]; l.What == "alarms" && (l.Free != 1 || l.USD != 0) {
			t.Errorf("%+v", l)
		}
	}
	if !(free.USD < paid.USD) || math.Abs(paid.EUR-paid.USD*cost.Listed().EURPerUSD) > 1e-9 {
		t.Errorf("%v USD, %v without what is free, %v EUR", free.USD, paid.USD, paid.EUR)
	}
}

func TestAPriceThatIsNotListedIsNamed(t *testing.T) {
	t.Parallel()
	list := *cost.Listed()
	list.Prices = map[string]cost.Price{"alarms": {USD: 1}}
	if _, err := cost.Of(planned(t), one, &list, cost.Load{}); err == nil || !strings.Contains(err.Error(), "kms keys") {
		t.Errorf("%v", err)
	}
}

func TestAPriceListThatIsWrongIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"prices: {alarms: {usd: -1}}\nasOf: 2026-01-01\nregion: x\neurPerUSD: 1": "alarms",
		"asOf: 2026-01-01\nregion: x":                                            "eurPerUSD",
		"eurPerUSD: 1":                                                           "asOf",
		"asOf: 2026-01-01\nregion: x\nrate: 1":                                   "rate",
	} {
		if _, err := cost.ReadPrices([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
