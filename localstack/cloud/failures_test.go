package cloud_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/vienreiz/vienreiz/shared/observe"
)

// failures is the alarm that also a pilot has.
const failures = "emulated-failures"

// embedded is a line of the log from which CloudWatch takes metrics.
type embedded struct {
	AWS struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	} `json:"_aws"`
}

// publish puts a metric as a function has logged it since a time, as CloudWatch does of
// itself and no emulator, and returns the sum of what was logged.
func (l *logReader) publish(t *testing.T, metric observe.Metric, function string, since time.Time) float64 {
	t.Helper()
	sum := 0.0
	for _, text := range l.lines(t, function, since) {
		var line embedded
		var values map[string]any
		if json.Unmarshal([]byte(text), &line) != nil || json.Unmarshal([]byte(text), &values) != nil {
			continue // is for people
		}
		for _, m := range line.AWS.CloudWatchMetrics {
			for _, is := range m.Metrics {
				if is.Name != metric.Name {
					continue
				}
				number, _ := values[is.Name].(float64)
				sum += number
				for _, names := range m.Dimensions {
					putMetric(t, m.Namespace, types.MetricDatum{
						MetricName: &is.Name, Unit: types.StandardUnit(is.Unit), Value: &number,
						Timestamp: awssdk.Time(time.UnixMilli(line.AWS.Timestamp)), Dimensions: dimensions(names, values),
					})
				}
			}
		}
	}
	return sum
}

func dimensions(names []string, values map[string]any) []types.Dimension {
	var list []types.Dimension
	for _, name := range names {
		value, _ := values[name].(string)
		list = append(list, types.Dimension{Name: &name, Value: &value})
	}
	return list
}

func putMetric(t *testing.T, namespace string, datum types.MetricDatum) {
	t.Helper()
	in := &cloudwatch.PutMetricDataInput{Namespace: &namespace, MetricData: []types.MetricDatum{datum}}
	if _, err := cloudwatch.NewFromConfig(sdk(t)).PutMetricData(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// raises waits until a function has measured that it failed, and sees the alarm go off.
func (l *logReader) raises(t *testing.T, f *fault, since time.Time) {
	t.Helper()
	for range 30 {
		if n := l.publish(t, observe.Failures, f.fails, since); n > 0 {
			t.Logf("%s measures %v failures", f.fails, n)
			alarmed(t, failures, types.StateValueAlarm)
			return
		}
		time.Sleep(3 * time.Second)
		f.hurry()
	}
	t.Fatalf("%s measures no failure", f.fails)
}

// rests waits until the alarm goes back, as nothing fails any more. That nothing is
// measured is nothing to MiniStack, whatever the alarm says of it: a 0 stands for it.
func rests(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	zero := types.MetricDatum{MetricName: &observe.Failures.Name, Value: awssdk.Float64(0), Dimensions: dimensions([]string{"tenant"}, map[string]any{"tenant": "emulated"})}
	for range 50 {
		putMetric(t, observe.Namespace, zero)
		if alarmIs(t, failures) == types.StateValueOk {
			t.Logf("alarm %s is back in state OK", failures)
			return
		}
		time.Sleep(5 * time.Second)
	}
	t.Fatalf("alarm %s does not go back", failures)
}

// alarmed waits until an alarm is in a state.
func alarmed(t *testing.T, name string, want types.StateValue) {
	t.Helper()
	var last types.StateValue
	for range 90 {
		if last = alarmIs(t, name); last == want {
			t.Logf("alarm %s is in state %s", name, want)
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("alarm %s is %q, not %s", name, last, want)
}

// alarmIs is the state of an alarm.
func alarmIs(t *testing.T, name string) types.StateValue {
	t.Helper()
	client := cloudwatch.NewFromConfig(sdk(t))
	out, err := client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
	if err == nil && len(out.MetricAlarms) == 1 {
		return out.MetricAlarms[0].StateValue
	}
	// LocalStack answers 500 as soon as an alarm has tags, and tells of the past all the same.
	past, historyErr := client.DescribeAlarmHistory(t.Context(), &cloudwatch.DescribeAlarmHistoryInput{AlarmName: &name, HistoryItemType: types.HistoryItemTypeStateUpdate})
	if historyErr != nil {
		t.Fatalf("alarm %s: %v, %v", name, err, historyErr)
	}
	last := types.StateValueInsufficientData
	slices.SortStableFunc(past.AlarmHistoryItems, func(a, b types.AlarmHistoryItem) int { return a.Timestamp.Compare(*b.Timestamp) })
	for _, item := range past.AlarmHistoryItems {
		if _, to, ok := strings.Cut(*item.HistorySummary, " to "); ok {
			last = types.StateValue(to)
		}
	}
	return last
}
