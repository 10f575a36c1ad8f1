package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/vienreiz/vienreiz/infra/cost"
)

var costCommand = command{"cost", "what a tenant on AWS costs a month", runCost}

// maxPlan bounds a plan and a price list, in octets.
const maxPlan = 64 << 20

// costReport is what `cost --json` prints.
type costReport struct {
	Load     cost.Load     `json:"load"`
	Prices   *cost.Prices  `json:"prices"`
	Measured string        `json:"measured"`
	Months   []*cost.Month `json:"months"`
	PerMille []float64     `json:"eurPerThousandExchanges"`
	Assumed  []string      `json:"assumed"`
}

func runCost(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz cost", "[flags]",
		"Computes euros a month from what is deployed, what the functions were measured to take, and a dated price list.\nWithout --shape and --plan it shows the three published shapes beside each other.\n\nExamples:\n  vienreiz cost --exchanges 10000 --evidence-size 500KB\n  terraform plan -out plan && terraform show -json plan | vienreiz cost --plan - --exchanges 10000", stderr)
	load := cost.Load{}
	evidence := size(300_000)
	fs.Float64Var(&load.Exchanges, "exchanges", 0, "`number` of exchanges a month; 0: idle")
	fs.Var(&evidence, "evidence-size", "`size` of one exchange's evidence, such as 300KB")
	shape := fs.String("shape", "", "`name` of a published shape: "+strings.Join(cost.Shapes(), ", "))
	plan := fs.String("plan", "", "`file` with the plan of your own stack in JSON; - reads standard input")
	list := fs.String("prices", "", "`file` with a price list of your own; empty: the one of this release")
	paid := fs.Bool("without-free", false, "count nothing as free: where the account's free amounts are spent by others")
	asJSON := fs.Bool("json", false, "print JSON")
	positional, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	load.EvidenceSize, load.Free = float64(evidence), !*paid
	switch {
	case len(positional) > 0:
		return misuse(fs, stderr, fmt.Errorf("%q is no flag", positional[0]))
	case load.Exchanges < 0:
		return misuse(fs, stderr, errors.New("--exchanges cannot be below 0"))
	case *shape != "" && *plan != "":
		return misuse(fs, stderr, errors.New("give --shape or --plan, not both"))
	}
	r, err := costs(*shape, *plan, *list, stdin, load)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if err := r.write(stdout, *asJSON); err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// costs computes each shape's month.
func costs(shape, plan, prices string, stdin io.Reader, load cost.Load) (*costReport, error) {
	seen := cost.Seen()
	r := &costReport{Load: load, Measured: seen.How, Assumed: cost.Assumed()}
	var err error
	if r.Prices, err = pricesOf(prices); err != nil {
		return nil, err
	}
	list, err := shapesOf(shape, plan, stdin)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		month, err := cost.Of(s, seen, r.Prices, load)
		if err != nil {
			return nil, err
		}
		mille, err := cost.PerThousand(s, seen, r.Prices, load.EvidenceSize)
		if err != nil {
			return nil, err
		}
		r.Months, r.PerMille = append(r.Months, month), append(r.PerMille, mille)
	}
	return r, nil
}

func pricesOf(file string) (*cost.Prices, error) {
	if file == "" {
		return cost.Listed(), nil
	}
	octets, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return cost.ReadPrices(octets)
}

func shapesOf(shape, plan string, stdin io.Reader) ([]*cost.Shape, error) {
	if plan != "" {
		octets, err := planned(plan, stdin)
		if err != nil {
			return nil, err
		}
		s, err := cost.OfPlan("plan", octets)
		return []*cost.Shape{s}, err
	}
	names := cost.Shapes()
	if shape != "" {
		names = []string{shape}
	}
	var list []*cost.Shape
	for _, name := range names {
		s, err := cost.Published(name)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func planned(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(stdin, maxPlan))
	}
	return os.ReadFile(file)
}

func (r *costReport) write(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	for _, m := range r.Months {
		if err := writeMonth(w, m, len(r.Months) == 1); err != nil {
			return err
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "SHAPE\tEUR A MONTH\tEUR PER 1,000 EXCHANGES\n")
	for i, m := range r.Months {
		fmt.Fprintf(tw, "%s\t%.2f\t%.2f\n", m.Shape, m.EUR, r.PerMille[i])
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%.0f exchanges a month with %.0f octets of evidence each; prices of %s in %s, a dollar at %.2f EUR, without tax.\n", r.Load.Exchanges, r.Load.EvidenceSize, r.Prices.AsOf.Format("2006-01-02"), r.Prices.Region, r.Prices.EURPerUSD)
	for _, assumption := range append([]string{r.Measured}, r.Assumed...) {
		fmt.Fprintf(w, "* %s\n", assumption)
	}
	return nil
}

// writeMonth prints the positions of a month, if it is the only one.
func writeMonth(w io.Writer, m *cost.Month, whole bool) error {
	if !whole {
		return nil
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "UNITS\tFREE\tEUR\t  WHAT\t")
	for _, l := range m.Lines {
		fmt.Fprintf(tw, "%.4g\t%.4g\t%.2f\t  %s\t\n", l.Units, l.Free, l.EUR, l.What)
	}
	fmt.Fprintln(tw)
	return tw.Flush()
}
