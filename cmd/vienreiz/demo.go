package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
)

var demoCommand = command{"demo", "walk the seven steps without a browser, once or under load", runDemo}

func runDemo(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz demo", "[flags]",
		"Walks the seven steps of the Once-Only Technical System: as the person's browser and the procedure portal, through real nodes,\nand prints each step with its time and the ids that travelled. Uses the world that runs in --data, else starts one of its own.\n\nWith --count it is a load test; what was lost or doubled is counted from the journals of both countries.\n\nExit 0: every exchange came to the end that was asked for, nothing lost, nothing doubled; 1: not so; 2: wrong usage.", stderr)
	f := worldOptions(fs)
	o := demo.Options{}
	fs.BoolVar(&o.NoPreview, "no-preview", false, "ask for evidence that may go without a preview")
	fs.BoolVar(&o.Decline, "decline", false, "the person sends nothing")
	fs.BoolVar(&o.Look, "look", false, "the person opens every document of the preview")
	fs.StringVar(&o.Resident, "resident", "", "`key` of who signs in (localstack/residents); empty takes one who has the evidence")
	fs.IntVar(&o.Count, "count", 1, "`number` of exchanges")
	fs.IntVar(&o.Parallel, "parallel", 1, "`number` of exchanges at once")
	asJSON := fs.Bool("json", false, "print the result as JSON")
	dump := fs.String("dump", "", "`folder` for every wire message of both sides; needs a world of its own")
	verbose := fs.Bool("verbose", false, "log every message and call")
	positional, code, done := parse(fs, args, stdout, stderr)
	switch {
	case done:
		return code
	case len(positional) > 0:
		return misuse(fs, stderr, fmt.Errorf("%q is too much; everything is a flag", positional[0]))
	case o.Count < 1 || o.Parallel < 1:
		return misuse(fs, stderr, errors.New("--count and --parallel are at least 1"))
	}
	logTo(stderr, *verbose)
	given := false
	fs.Visit(func(x *flag.Flag) { given = given || x.Name == "data" })
	r, end, err := f.find(ctx, given, *dump, stderr)
	if err != nil {
		return refused(fs, stderr, err)
	}
	o.Progress = progress(stderr, o.Count)
	if o.Journals, err = elsewhere(ctx, r); err != nil {
		return refused(fs, stderr, errors.Join(err, end()))
	}
	d, err := demo.New(r, o)
	if err == nil {
		var result *demo.Result
		if result, err = d.Run(ctx); err == nil {
			code = report(stdout, result, &o, *asJSON)
		}
	}
	if err := errors.Join(err, end()); err != nil {
		return refused(fs, stderr, err)
	}
	return code
}

// find gives the world that runs in the folder, or one of its own: in the folder
// that was named, or in one that is removed at the end.
func (f *worldFlags) find(ctx context.Context, given bool, dump string, stderr io.Writer) (*world.Running, func() error, error) {
	r, err := world.Find(f.data)
	if err != nil {
		return nil, nil, err
	}
	if r != nil && demo.Answers(ctx, r) {
		if dump != "" {
			return nil, nil, errors.New("--dump records in the nodes, so it needs a world of its own: end the one that runs, or name another --data")
		}
		return r, func() error { return nil }, nil
	}
	remove := func() error { return nil }
	if !given {
		if f.data, err = os.MkdirTemp("", "vienreiz-demo-"); err != nil {
			return nil, nil, err
		}
		remove = func() error { return os.RemoveAll(f.data) }
	}
	o := f.options(stderr)
	o.Port = 0
	if dump != "" {
		recorder, err := demo.NewRecorder(dump)
		if err != nil {
			return nil, nil, errors.Join(err, remove())
		}
		o.Wire = recorder.Of
	}
	w, err := world.Open(ctx, o)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return w.Running(), func() error { return errors.Join(w.Close(), remove()) }, nil
}

// progress tells how many of many are done, now and then.
func progress(w io.Writer, count int) func(int) {
	if count < 20 {
		return nil
	}
	return func(done int) {
		if done%max(count/20, 1) == 0 || done == count {
			fmt.Fprintf(w, "%d of %d exchanges\n", done, count)
		}
	}
}

// report prints the result and says whether it is what was asked for.
func report(w io.Writer, r *demo.Result, o *demo.Options, asJSON bool) int {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		_ = e.Encode(r) // stdout is gone: nobody to tell
	} else {
		printResult(w, r)
	}
	want := "confirmed"
	if o.Decline {
		want = "declined"
	}
	if r.Lost > 0 || r.Doubled > 0 || len(r.Errors) > 0 || r.Ended[want] != o.Count {
		return exitRefused
	}
	return exitRight
}

func printResult(w io.Writer, r *demo.Result) {
	if r.Walk != nil {
		for _, s := range r.Walk.Steps {
			fmt.Fprintf(w, "%d  %-24s %7.0f ms\n", s.Number, s.Name, s.Seconds*1000)
			for _, id := range s.IDs {
				fmt.Fprintf(w, "   %s\n", id)
			}
		}
	} else {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(tw, "step\tp50 ms\tp95 ms\tp99 ms\t")
		for _, s := range r.Steps {
			fmt.Fprintf(tw, "%d %s\t%.0f\t%.0f\t%.0f\t\n", s.Number, s.Name, s.P50*1000, s.P95*1000, s.P99*1000)
		}
		_ = tw.Flush() // stdout is gone: nobody to tell
	}
	fmt.Fprintf(w, "\n%d exchanges in %.1f s, %.1f a second; from both journals: %d lost, %d doubled; ended", r.Exchanges, r.Seconds, r.PerSecond, r.Lost, r.Doubled)
	var states []string
	for s := range r.Ended {
		states = append(states, s)
	}
	slices.Sort(states)
	for _, s := range states {
		fmt.Fprintf(w, " %s %d", s, r.Ended[s])
	}
	fmt.Fprintln(w)
	for _, why := range r.Why {
		fmt.Fprintln(w, why)
	}
	for text, n := range r.Errors {
		fmt.Fprintf(w, "%d × %s\n", n, text)
	}
}
