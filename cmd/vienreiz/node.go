package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/functions/node/stack"
	"github.com/vienreiz/vienreiz/shared/observe"
)

var nodeCommand = command{"node", "run one real node on this machine, without any simulated part: without cloud, or over a stack on AWS", runNode}

func runNode(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz node", "--tenant FILE [flags], or vienreiz node --aws [flags]",
		"Runs one node: its functions, a store, and an HTTP server for each gateway. With --tenant the store is a folder. With --aws it\nis the stack that VIENREIZ_TABLE, VIENREIZ_QUEUES, VIENREIZ_BUCKETS, VIENREIZ_TENANT and VIENREIZ_NAME name, as functions on AWS read\nthem; what runs here should not run there too. TLS is spoken where a certificate is given; otherwise a server in front must speak it.\nGET /alive answers while it serves, and 503 when a part of its folder is missing.\n\nThe last line of what it prints is READY and the address of /as4. Ctrl-C lets what runs finish.\n\nExit 0: ended by Ctrl-C; 1: something could not be started or broke; 2: wrong usage.", stderr)
	var o node.Options
	tenantFile := fs.String("tenant", "", "`file` of the tenant document; the files that it names lie beside it")
	data := fs.String("data", "", "`folder` of the store; empty: data, beside the tenant document")
	aws := fs.Bool("aws", false, "run over a stack on AWS, in place of --tenant and --data")
	o.Flags(fs, "as4=127.0.0.1:8441", "api=127.0.0.1:8442", "people=127.0.0.1:8443")
	verbose := fs.Bool("verbose", false, "log every message and call, not only what goes wrong")
	format := fs.String("log", "text", "`form` of the log: text, or json for log collectors and vienreiz slo, where every line is written")
	metrics := fs.String("metrics", "", "`file` to append metrics to, a line of CloudWatch's Embedded Metric Format for each; empty: none")
	positional, code, done := parse(fs, args, stdout, stderr)
	switch {
	case done:
		return code
	case len(positional) > 0:
		return misuse(fs, stderr, fmt.Errorf("%q is too much; everything is a flag", positional[0]))
	case *aws && *tenantFile+*data != "":
		return misuse(fs, stderr, errors.New("--aws and --tenant or --data are two stores; name one: on AWS the tenant document is in the bucket of the configuration"))
	case *tenantFile == "" && !*aws:
		return misuse(fs, stderr, errors.New("--tenant FILE or --aws says where the node's configuration and store are"))
	}
	switch *format {
	case "text":
		logTo(stderr, *verbose)
	case "json": // whole, as what reads it counts lines
		slog.SetDefault(slog.New(observe.Log(slog.NewJSONHandler(stderr, nil))))
	default:
		return misuse(fs, stderr, fmt.Errorf("--log %q: write text or json", *format))
	}
	if err := o.Check(); err != nil {
		return misuse(fs, stderr, err)
	}
	measured, closeMetrics, err := appendTo(*metrics)
	if err != nil {
		return refused(fs, stderr, err)
	}
	defer closeMetrics()
	if *aws {
		err = stack.Stack{Environment: os.Getenv, Metrics: measured, Ready: stdout}.Run(ctx, &o)
	} else {
		l := local.Node{Tenant: *tenantFile, Data: *data, Now: time.Now, Metrics: measured}
		if *data == "" {
			l.Data = filepath.Join(filepath.Dir(*tenantFile), "data")
		}
		err = runLocal(ctx, l, &o, stdout)
	}
	if err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// runLocal runs a node over the embedded store.
func runLocal(ctx context.Context, l local.Node, o *node.Options, ready io.Writer) error {
	n, err := o.Open()
	if err != nil {
		return err
	}
	opened, err := l.Open(ctx)
	if err != nil {
		return err
	}
	n.Assembly, n.Queues, n.Intact = opened.Assembly, opened.Store.Queues, opened.Store.Intact
	n.Announce(ready)
	sweeping, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { opened.Sweep(sweeping); close(ended) }()
	err = n.Run(ctx)
	stop()
	<-ended
	return errors.Join(err, opened.Close())
}

// appendTo opens the file of the metrics, if there is one.
func appendTo(metrics string) (to io.Writer, end func(), err error) {
	if metrics == "" {
		return nil, func() {}, nil
	}
	file, err := os.OpenFile(metrics, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the file of the metrics: %w", err)
	}
	return file, func() { _ = file.Close() }, nil // each line was written when it was measured
}
