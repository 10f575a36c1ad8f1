package terraform_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/availability"
	"github.com/vienreiz/vienreiz/shared/observe"
)

// TestAnAlarmLooksAtWhatFunctionsMeasure: a metric that nothing emits never raises
// one, and one that is left out with few metrics does not either.
func TestAnAlarmLooksAtWhatFunctionsMeasure(t *testing.T) {
	t.Parallel()
	m := tenant(t)
	measured := map[string]observe.Metric{}
	for _, metric := range observe.Metrics {
		measured[metric.Name] = metric
	}
	watched := map[string]bool{}
	for _, alarm := range []string{"certificates", "success", "failures", "outbox", "unsequenced"} {
		a := m.blocks("resource", "aws_cloudwatch_metric_alarm", alarm)
		if len(a) != 1 {
			t.Fatalf("there is no alarm %s", alarm)
		}
		text := string(a[0].Body.SrcRange.SliceBytes(m.source["modules/tenant/alarms-node.tf"]))
		for name, metric := range measured {
			if !strings.Contains(text, `"`+name+`"`) {
				continue
			}
			watched[name] = true
			if !metric.Alarm || len(metric.Dimensions) > 0 && !metric.Whole {
				t.Errorf("alarm %s looks at %s of the tenant, which is not always measured", alarm, name)
			}
		}
	}
	for name, metric := range measured {
		if metric.Alarm && !watched[name] {
			t.Errorf("%s is always a metric, and no alarm looks at it", name)
		}
	}
	if observe.Namespace != "Vienreiz" || !strings.Contains(string(m.source["modules/tenant/alarms-node.tf"]), `= "`+observe.Namespace+`"`) {
		t.Error("alarms look in another namespace")
	}
}

// TestEntriesThatAreNotSequencedAreAnAlarmOnceSomebodySequences: the alarm follows
// from an entry of the list whose trigger is the queue log, and takes silence for a
// failure. So that function has to measure.
func TestEntriesThatAreNotSequencedAreAnAlarmOnceSomebodySequences(t *testing.T) {
	t.Parallel()
	const name = "UnsequencedEntries"
	m := tenant(t)
	alarm := m.blocks("resource", "aws_cloudwatch_metric_alarm", "unsequenced")
	if len(alarm) != 1 || m.text(alarm[0].Body, "for_each") != "toset(local.few ? local.sequencers : [])" ||
		m.text(alarm[0].Body, "metric_name") != `"`+name+`"` || m.text(alarm[0].Body, "treat_missing_data") != `"breaching"` {
		t.Error("there is no alarm on " + name + " that follows from functions.yaml, and to which silence is a failure")
	}
	for function, f := range functions.All().Functions {
		measured := slices.ContainsFunc(observe.Metrics, func(metric observe.Metric) bool {
			return metric.Name == name && metric.Alarm && (len(metric.Dimensions) == 0 || metric.Whole)
		})
		if f.Trigger.Queue == "log" && !measured {
			t.Errorf("%s sequences entries, and shared/observe has no %s that is measured with few metrics too: its alarm will never end", function, name)
		}
	}
}

// TestTheDashboardShowsWhatIsMeasured, by the dimensions that it has.
func TestTheDashboardShowsWhatIsMeasured(t *testing.T) {
	t.Parallel()
	text := string(tenant(t).source["modules/tenant/dashboard.tf"])
	for _, metric := range observe.Metrics {
		if !strings.Contains(text, `MetricName=\"`+metric.Name+`\"`) {
			continue
		}
		names := []string{observe.Namespace, "tenant"}
		for _, d := range metric.Dimensions {
			names = append(names, d.Name)
		}
		if !strings.Contains(text, "{"+strings.Join(names, ",")+"}") {
			t.Errorf("%s is not looked for by %s", metric.Name, strings.Join(names, ","))
		}
	}
	if !strings.Contains(text, "shared/availability/query.txt") || !strings.Contains(availability.Query, availability.Message) {
		t.Error("the dashboard does not use the query of package availability")
	}
}
