package observe

import "slices"

// Namespace is that of all metrics in CloudWatch.
const Namespace = "Vienreiz"

// Other stands for a value that its dimension does not know.
const Other = "other"

// Dimension is one by which a metric is told apart.
type Dimension struct {
	Name string
	// Values are all that it can have, beside [Other]; nil: the values are of the
	// configuration, so that there are as many as somebody has configured.
	Values []string
}

func (d *Dimension) value(v string) string {
	if d.Values != nil && !slices.Contains(d.Values, v) {
		return Other
	}
	return v
}

// The units of CloudWatch that are used.
const (
	Count        = "Count"
	Milliseconds = "Milliseconds"
	Seconds      = "Seconds"
	None         = "None"
)

// Metric is one series for each combination of its dimensions' values; all have
// the dimension tenant, too.
type Metric struct {
	Name, Unit string
	Dimensions []Dimension
	// Whole are metrics that also have a series of the tenant alone.
	Whole bool
	// Alarm are metrics that an alarm looks at; with [Node.Few] no other is one in
	// CloudWatch.
	Alarm bool
}
