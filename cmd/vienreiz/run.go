package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/observe"
)

var runCommand = command{"run", "run two whole countries on this machine, to click through in a browser", runRun}

// defaultPort is the first of a world's ports.
const defaultPort = 8440

func runRun(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz run", "[flags]",
		"Runs two countries, each a complete node with access point, keys and store, and around them simulated Common Services,\nregistries, a national sign-in and a sample procedure portal. Nothing leaves this machine.\n\nThe last line of the welcome is READY and the portal's address. Ctrl-C ends it; the next start goes on where this one stopped.\n\nExit 0: ended by Ctrl-C; 1: something could not be started or broke; 2: wrong usage.", stderr)
	o := worldOptions(fs)
	h := hostedFlags(fs)
	verbose := fs.Bool("verbose", false, "log every message and call, not only what goes wrong")
	positional, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(positional) > 0 {
		return misuse(fs, stderr, fmt.Errorf("%q is too much; everything is a flag", positional[0]))
	}
	logTo(stderr, *verbose)
	options := o.options(stderr)
	work, err := h.put(ctx, &options, stderr)
	if err != nil {
		return refused(fs, stderr, err)
	}
	defer func() { _ = os.RemoveAll(work) }() // a folder of the system's
	w, err := world.Open(ctx, options)
	if err != nil {
		return refused(fs, stderr, err)
	}
	fmt.Fprint(stdout, w.Welcome())
	select {
	case <-ctx.Done():
	case <-w.Broken():
	}
	fmt.Fprintln(stderr, "ending: what runs is finished, the data is kept in "+o.data)
	if err := w.Close(); err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// worldFlags are the flags of commands that open a world.
type worldFlags struct {
	data     string
	fresh    bool
	port     int
	from, to string
	edm      string
	scan     size
}

func worldOptions(fs *flag.FlagSet) *worldFlags {
	f := &worldFlags{}
	fs.StringVar(&f.data, "data", defaultData(), "`folder` of keys, state and journal of both countries")
	fs.BoolVar(&f.fresh, "fresh", false, "forget what the folder holds and start over")
	fs.IntVar(&f.port, "port", defaultPort, "first `port`, of the portal; the others follow; 0 takes free ones")
	fs.StringVar(&f.from, "from", "LT", "`country` that asks, whose portal it is")
	fs.StringVar(&f.to, "to", "LV", "`country` that has the evidence")
	fs.StringVar(&f.edm, "edm", "", "`line` of the exchange data model that the asking country prefers, such as v1.2; empty takes the newest that both speak")
	fs.Var(&f.scan, "scan", "`size` of a scan that the registries attach to each PDF, as 25MB; empty: none")
	return f
}

// defaultData is a folder of the user's own.
func defaultData() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "vienreiz", "world")
}

func (f *worldFlags) options(progress io.Writer) world.Options {
	return world.Options{
		Data: f.data, Fresh: f.fresh, Port: f.port, Names: []string{strings.ToUpper(f.from), strings.ToUpper(f.to)}, Speak: f.edm, Scan: int(f.scan),
		Progress: func(what string) { fmt.Fprintln(progress, "starting:", what) },
	}
}

// logTo sends the log there as text: everything, or what goes wrong.
func logTo(w io.Writer, verbose bool) {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	slog.SetDefault(slog.New(observe.Log(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))))
}
