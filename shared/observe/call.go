package observe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Node is whose calls are observed. Its fields are set before the first call and
// not changed.
type Node struct {
	Tenant string
	// Metrics is where lines go, one Write each; nil: nowhere.
	Metrics io.Writer
	// Few lets only what alarms need be metrics. Everything else is in the lines all
	// the same, where a query finds it: CloudWatch charges for each series.
	Few bool
	Now func() time.Time

	mu   sync.Mutex
	warm map[string]bool // functions that were called before
}

// call is one call of a function.
type call struct {
	node     *Node
	function string

	mu       sync.Mutex
	lines    map[string]*line // by dimensions and their values
	order    []string
	errors   float64
	failures float64
}

// line is what one set of dimension values has measured.
type line struct {
	dimensions []Dimension
	values     []string
	metrics    []Metric
	numbers    map[string][]float64 // by name; counts are summed up
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// Call observes one call of a function: how long it took, whether it failed, and
// whatever is measured with its context. A call that panics has failed.
func (n *Node) Call(ctx context.Context, function string, do func(context.Context) error) error {
	if n == nil {
		return do(ctx)
	}
	c := &call{node: n, function: function, lines: map[string]*line{}}
	ctx = context.WithValue(ctx, callKey{}, c)
	began, panics := n.Now(), true
	cold := n.first(function)
	defer func() {
		if panics {
			Failed(ctx)
		}
		c.end(ctx, n.Now().Sub(began), cold)
	}()
	err := do(ctx)
	panics = false
	if err != nil {
		Failed(ctx)
	}
	return err
}

// first reports whether this process was never asked for the function before.
func (n *Node) first(function string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.warm[function] {
		return false
	}
	if n.warm == nil {
		n.warm = map[string]bool{}
	}
	n.warm[function] = true
	return true
}

// Failed counts an error of the call although it gives none: an answer of 5xx, or one
// that asks for the same again, as we could not do our part.
func Failed(ctx context.Context) { count(ctx, 1) }

// FailedItem counts an error of an item that will come again: no failure of the call,
// as the item is a dead letter where it goes on failing.
func FailedItem(ctx context.Context) { count(ctx, 0) }

func count(ctx context.Context, failures float64) {
	if c := callOf(ctx); c != nil {
		c.mu.Lock()
		c.errors++
		c.failures += failures
		c.mu.Unlock()
	}
}

// Add measures in the call of the context; outside any it does nothing. There is
// one value for each dimension of the metric.
func (m Metric) Add(ctx context.Context, number float64, values ...string) {
	c := callOf(ctx)
	if c == nil || len(values) != len(m.Dimensions) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	clean := make([]string, len(values))
	key := fmt.Sprint(m.Whole)
	for i := range m.Dimensions {
		clean[i] = m.Dimensions[i].value(values[i])
		key += "\x00" + m.Dimensions[i].Name + "\x00" + clean[i]
	}
	l := c.lines[key]
	if l == nil {
		l = &line{dimensions: m.Dimensions, values: clean, numbers: map[string][]float64{}}
		c.lines[key], c.order = l, append(c.order, key)
	}
	l.add(m, number)
}

// maxNumbers is what CloudWatch takes for one metric in one line.
const maxNumbers = 100

func (l *line) add(m Metric, number float64) {
	was := l.numbers[m.Name]
	switch {
	case len(was) == 0:
		l.metrics, l.numbers[m.Name] = append(l.metrics, m), []float64{number}
	case m.Unit == Count:
		was[0] += number
	case len(was) < maxNumbers:
		l.numbers[m.Name] = append(was, number)
	}
}

// end writes what was measured.
func (c *call) end(ctx context.Context, took time.Duration, cold bool) {
	Calls.Add(ctx, 1, c.function)
	Errors.Add(ctx, c.errors, c.function)
	Duration.Add(ctx, float64(took.Microseconds())/1000, c.function)
	if cold {
		ColdStarts.Add(ctx, 1, c.function)
	}
	if c.failures > 0 {
		Failures.Add(ctx, c.failures)
	}
	if c.node.Metrics == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range c.order {
		octets, err := json.Marshal(c.lines[key].embedded(c.node))
		if err == nil {
			_, err = c.node.Metrics.Write(append(octets, '\n'))
		}
		if err != nil {
			slog.WarnContext(ctx, "metrics were not written", slog.String("error", err.Error()))
		}
	}
}

// embedded is the line in CloudWatch's Embedded Metric Format.
func (l *line) embedded(n *Node) map[string]any {
	out := map[string]any{"tenant": n.Tenant}
	names := []string{"tenant"}
	for i, d := range l.dimensions {
		out[d.Name], names = l.values[i], append(names, d.Name)
	}
	sets := [][]string{names}
	var defined []map[string]string
	for _, m := range l.metrics {
		if numbers := l.numbers[m.Name]; len(numbers) == 1 {
			out[m.Name] = numbers[0]
		} else {
			out[m.Name] = numbers
		}
		if m.Whole && len(names) > 1 && len(sets) == 1 {
			sets = append(sets, []string{"tenant"})
		}
		if m.Alarm || !n.Few {
			defined = append(defined, map[string]string{"Name": m.Name, "Unit": m.Unit})
		}
	}
	if defined != nil {
		out["_aws"] = map[string]any{"Timestamp": n.Now().UnixMilli(), "CloudWatchMetrics": []any{map[string]any{"Namespace": Namespace, "Dimensions": sets, "Metrics": defined}}}
	}
	return out
}
