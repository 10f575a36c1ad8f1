// Package cost computes what a deployed tenant costs a month: from the shape
// that Terraform plans, what the functions were measured to take, and a dated
// price list (architecture §8 "cost of a tenant").
package cost

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// A month as AWS counts it.
const (
	hours   = 730
	minutes = hours * 60
	days    = 30
)

// Polls is how often a minute Lambda asks an idle queue of a mapping: it begins
// with five pollers, each waiting 20 s.
const Polls = 15

// Looks is how often an hour the clock looks whether a queue is there.
const Looks = 4

// For how many months what stays is paid for.
const (
	journalMonths = 12 // the lock of COMPLIANCE
	tableMonths   = 1  // conduct.Keep
	giga          = 1e9
)

// Load is what a month brings.
type Load struct {
	Exchanges    float64
	EvidenceSize float64 // octets of one exchange's evidence
	Free         bool    // count what AWS gives every account free
}

// Line is one position of a month.
type Line struct {
	What  string  `json:"what"`  // the price's name
	Units float64 `json:"units"` // before what is free
	Free  float64 `json:"free"`  // units that cost nothing
	USD   float64 `json:"usd"`
	EUR   float64 `json:"eur"`
}

// Month is what a tenant costs.
type Month struct {
	Shape string  `json:"shape"`
	Lines []Line  `json:"lines"`
	EUR   float64 `json:"eur"`
	USD   float64 `json:"usd"`
}

// Of computes a month in which the journal has as many exchanges of each of
// twelve months as this one. The error names prices that the list has not.
func Of(s *Shape, m *Measured, p *Prices, l Load) (*Month, error) {
	units := stands(s)
	used(units, s, m, l)
	month := &Month{Shape: s.Name}
	var missing []string
	for what, n := range units {
		price, known := p.Prices[what]
		if !known {
			missing = append(missing, what)
			continue
		}
		if n > 0 {
			month.add(what, n, price, p.EURPerUSD, l.Free)
		}
	}
	if len(missing) > 0 {
		sort.Strings(missing)
		return nil, fmt.Errorf("the price list of %s %s has no price of: %s", p.Region, p.AsOf.Format("2006-01-02"), strings.Join(missing, ", "))
	}
	sort.Slice(month.Lines, func(i, j int) bool {
		a, b := month.Lines[i], month.Lines[j]
		return a.USD > b.USD || a.USD == b.USD && a.What < b.What
	})
	return month, nil
}

func (m *Month) add(what string, units float64, price Price, eur float64, free bool) {
	line := Line{What: what, Units: units}
	if free {
		line.Free = math.Min(units, price.Free)
	}
	line.USD = (units - line.Free) * price.USD
	line.EUR = line.USD * eur
	m.Lines, m.USD, m.EUR = append(m.Lines, line), m.USD+line.USD, m.EUR+line.EUR
}

// counted are the resources that cost by being there.
var counted = map[string]string{
	"aws_kms_key":                 "kms keys",
	"aws_kms_external_key":        "kms keys",
	"aws_secretsmanager_secret":   "secrets",
	"aws_ssm_parameter":           "parameters",
	"aws_cloudwatch_metric_alarm": "alarms",
	"aws_cloudwatch_dashboard":    "dashboards",
	"aws_wafv2_web_acl":           "waf lists",
}

// byTheHour are those that cost by the hour.
var byTheHour = map[string]string{"aws_nat_gateway": "nat hours", "aws_eip": "address hours", "aws_lb": "balancer hours"}

// stands is what a month costs by what is there.
func stands(s *Shape) map[string]float64 {
	units := map[string]float64{}
	for kind, n := range s.Resources {
		if what := counted[kind]; what != "" {
			units[what] += float64(n)
		}
		if what := byTheHour[kind]; what != "" {
			units[what] += float64(n) * hours
		}
	}
	units["sqs requests"] += float64(s.Resources["aws_lambda_event_source_mapping"]) * Polls * minutes
	units["sqs requests"] += float64(len(s.Folded)) * minutes                          // the clock looks whether something lies there
	units["sqs requests"] += float64(s.Resources["aws_sqs_queue"]) / 2 * Looks * hours // the other half are dead letters
	units["metrics"] += float64(s.Metrics)
	units["kms keys"] += float64(s.Keys)
	units["waf rules"] += float64(s.Rules)
	if l := s.Lane; l != nil {
		units["fargate vCPU-hours "+l.Architecture] += float64(l.Count) * l.VCPU * hours
		units["fargate GB-hours "+l.Architecture] += float64(l.Count) * l.GB * hours
	}
	return units
}

// used adds what its minutes and exchanges take.
func used(units map[string]float64, s *Shape, m *Measured, l Load) {
	m.Minute.times(minutes, units, s)
	m.Exchange.times(l.Exchanges, units, s)
	sent := l.EvidenceSize * m.Exchange.Evidence * l.Exchanges
	units["transfer GB"] += sent / giga
	units["s3 GB-months"] += (m.Exchange.Journal*journalMonths*l.Exchanges + l.EvidenceSize*l.Exchanges/days) / giga
	table := (m.Exchange.Table*l.Exchanges*tableMonths + m.Exchange.Table) / giga
	units["dynamodb GB-months"] += table
	if s.Recovery {
		units["dynamodb recovery GB-months"] += table
	}
	if s.Resources["aws_nat_gateway"] > 0 {
		units["nat GB"] += sent / giga
	}
	if s.Lane != nil {
		units["balancer units"] += l.EvidenceSize * l.Exchanges / giga // a unit is a gigabyte in an hour
	}
	if s.Rules > 0 {
		units["waf requests"] += units["gateway calls"]
	}
}

// times adds n of a use.
func (u Use) times(n float64, units map[string]float64, s *Shape) {
	for function, run := range u.Functions {
		if s.Lane != nil && function == laneFunction {
			units["gateway calls"] -= n * run.Calls
			continue // the container takes them, behind no gateway
		}
		units["lambda calls"] += n * run.Calls
		units["lambda GB-seconds "+s.Architecture] += n * run.Milliseconds / 1000 * float64(s.Memory[function]) / 1024
		if waiting := s.Folded[function]; waiting != "" {
			units["lambda calls"] += n * run.Calls
			units["lambda GB-seconds "+s.Architecture] += n * run.Milliseconds / 1000 * float64(s.Memory[waiting]) / 1024
		}
	}
	for what, each := range u.Units {
		units[what] += n * each
	}
	units["log GB"] += n * u.Log / giga
}

// laneFunction is what the streaming lane's container runs (architecture §3).
const laneFunction = "as4-receive"

// PerThousand is what a thousand exchanges more cost, in euros, when nothing of
// them is free any more.
func PerThousand(s *Shape, m *Measured, p *Prices, evidenceSize float64) (float64, error) {
	idle, err := Of(s, m, p, Load{})
	if err != nil {
		return 0, err
	}
	busy, err := Of(s, m, p, Load{Exchanges: 1000, EvidenceSize: evidenceSize})
	if err != nil {
		return 0, err
	}
	return busy.EUR - idle.EUR, nil
}

// Assumed says what no measurement and no plan tells.
func Assumed() []string {
	return []string{
		"Half of the exchanges are asked by this tenant's portals, half are answered by it.",
		"Lambda asks each idle queue that is polled 15 times a minute; the journal is kept twelve months and has as many exchanges of each.",
		"A pilot publishes 9 series of metrics, others up to 90, each at its price for a whole month.",
		"Free amounts are the account's: another tenant or system in it may have spent them.",
		"Not counted: certificates' authorities, DNS, support, tax, people.",
	}
}
