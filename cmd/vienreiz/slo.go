package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/vienreiz/vienreiz/shared/availability"
)

var sloCommand = command{"slo", "how much of what was asked was served, against 98 %, from a node's log", runSLO}

func runSLO(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz slo", "[flags] LOGFILE…",
		"Counts the exchanges that a node's log of JSON lines says have ended: served, failed by our fault, failed by others' (which\ncounts neither way), or during maintenance (left out). The share of served must be 98 % (Reg. (EU) 2022/1463 art. 27).\nA LOGFILE of - is standard input. Lines come from vienreiz node --log json, or from the log of the function exchange.\n\nExit 0: the share is reached, or nothing was counted; 1: it is not, or a file cannot be read; 2: wrong usage.", stderr)
	from := fs.String("from", "", "`time` of the first end that counts, such as 2026-11-01 or 2026-11-01T00:00:00Z; empty: the beginning")
	to := fs.String("to", "", "`time` before which ends count; empty: now")
	maintenance := fs.String("maintenance", "", "YAML `file` with a list maintenance of {from, to, what}, such as the tenant document; empty: what each line says")
	asJSON := fs.Bool("json", false, "write JSON")
	query := fs.Bool("query", false, "print the same computation for CloudWatch Logs Insights and end")
	files, code, done := parse(fs, args, stdout, stderr)
	switch {
	case done:
		return code
	case *query:
		fmt.Fprint(stdout, availability.Query)
		return exitRight
	case len(files) == 0:
		return misuse(fs, stderr, errors.New("name at least one LOGFILE, or - for standard input"))
	}
	begin, err := instant(*from, time.Time{})
	end, endErr := instant(*to, time.Now())
	if err := errors.Join(err, endErr); err != nil {
		return misuse(fs, stderr, err)
	}
	if !begin.Before(end) {
		return misuse(fs, stderr, fmt.Errorf("--from %s is not before --to %s", begin.Format(time.RFC3339), end.Format(time.RFC3339)))
	}
	windows, err := windowsOf(*maintenance)
	if err != nil {
		return refused(fs, stderr, err)
	}
	var all []availability.Exchange
	for _, name := range files {
		list, err := endedIn(name, stdin)
		if err != nil {
			return refused(fs, stderr, err)
		}
		all = append(all, list...)
	}
	report := availability.Compute(all, windows, begin, end)
	if *asJSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		_ = e.Encode(report) // stdout is gone: nobody to tell
	} else {
		showShares(stdout, report)
	}
	if report.Met != nil && !*report.Met {
		return exitRefused
	}
	return exitRight
}

// instant reads a day or a time of UTC.
func instant(s string, none time.Time) (time.Time, error) {
	if s == "" {
		return none, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return none, fmt.Errorf("%q is no time; write 2026-11-01 or 2026-11-01T00:00:00Z", s)
}

// windowsOf gives no nil for a file: an empty list there says that nothing was announced.
func windowsOf(name string) ([]availability.Window, error) {
	if name == "" {
		return nil, nil
	}
	octets, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	list, err := availability.Windows(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return append([]availability.Window{}, list...), nil
}

func endedIn(name string, stdin io.Reader) ([]availability.Exchange, error) {
	if name == "-" {
		return availability.Read(stdin)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	list, err := availability.Read(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

func showShares(w io.Writer, r *availability.Report) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "role\tserved\tfailed\tpercent\tnot ours\tmaintenance")
	for _, s := range append(r.Roles, r.All) {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%s\t%d\t%d\n", s.Role, s.Served, s.Failed, percent(s.Percent), s.NotOurs, s.Maintenance)
	}
	_ = tw.Flush() // stdout is gone: nobody to tell
	for _, e := range r.Failures {
		fmt.Fprintf(w, "failed: %s %s %s, %s\n", e.Key, e.State, e.Code, e.Ended.UTC().Format(time.RFC3339))
	}
	switch {
	case r.Met == nil:
		fmt.Fprintln(w, "nothing was counted")
	case *r.Met:
		fmt.Fprintf(w, "%.0f %% is reached\n", r.Target)
	default:
		fmt.Fprintf(w, "%.0f %% is not reached\n", r.Target)
	}
}

func percent(p *float64) string {
	if p == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *p)
}
