package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/shared/observe"
)

var nodeCommand = command{"node", "run one real node on this machine, without cloud and without any simulated part", runNode}

func runNode(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz node", "--tenant FILE [flags]",
		"Runs one node: its functions, a store in a folder, and an HTTP server for each gateway. TLS is spoken where a certificate is\ngiven; otherwise a server in front must speak it.\n\nThe last line of what it prints is READY and the address of /as4. Ctrl-C lets what runs finish.\n\nExit 0: ended by Ctrl-C; 1: something could not be started or broke; 2: wrong usage.", stderr)
	var listen, only list
	tenantFile := fs.String("tenant", "", "`file` of the tenant document; the files that it names lie beside it")
	data := fs.String("data", "", "`folder` of the store; empty: data, beside the tenant document")
	fs.Var(&listen, "listen", "`GATEWAY=HOST:PORT` to serve a gateway (as4, api, people) at; may be repeated; default as4=127.0.0.1:8441, api=127.0.0.1:8442, people=127.0.0.1:8443")
	fs.Var(&only, "only", "`FUNCTION` to run, such as as4-receive; may be repeated; default all")
	cert := fs.String("tls-certificate", "", "PEM `file` of the servers' certificate chain")
	key := fs.String("tls-key", "", "PEM `file` of its private key")
	verbose := fs.Bool("verbose", false, "log every message and call, not only what goes wrong")
	format := fs.String("log", "text", "`form` of the log: text, or json for log collectors and vienreiz slo, where every line is written")
	metrics := fs.String("metrics", "", "`file` to append metrics to, a line of CloudWatch's Embedded Metric Format for each; empty: none")
	positional, code, done := parse(fs, args, stdout, stderr)
	switch {
	case done:
		return code
	case len(positional) > 0:
		return misuse(fs, stderr, fmt.Errorf("%q is too much; everything is a flag", positional[0]))
	case *tenantFile == "":
		return misuse(fs, stderr, errNoTenant)
	}
	switch *format {
	case "text":
		logTo(stderr, *verbose)
	case "json": // whole, as what reads it counts lines
		slog.SetDefault(slog.New(observe.Log(slog.NewJSONHandler(stderr, nil))))
	default:
		return misuse(fs, stderr, fmt.Errorf("--log %q: write text or json", *format))
	}
	if *data == "" {
		*data = filepath.Join(filepath.Dir(*tenantFile), "data")
	}
	n := &node.Node{Only: only}
	if err := n.Check(); err != nil {
		return misuse(fs, stderr, err)
	}
	if err := listenTo(n, listen, *cert, *key); err != nil {
		return refused(fs, stderr, err)
	}
	local := node.Local{Tenant: *tenantFile, Data: *data, Now: time.Now}
	closeMetrics, err := appendTo(&local, *metrics)
	if err != nil {
		return refused(fs, stderr, err)
	}
	defer closeMetrics()
	opened, err := local.Open(ctx)
	if err != nil {
		return refused(fs, stderr, err)
	}
	n.Assembly, n.Queues = opened.Assembly, opened.Store.Queues
	for gateway, l := range n.Listen {
		fmt.Fprintf(stdout, "%s at %s\n", gateway, l.Addr())
	}
	if l := n.Listen["as4"]; l != nil {
		fmt.Fprintf(stdout, "READY %s\n", l.Addr())
	}
	sweeping, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { opened.Sweep(sweeping); close(ended) }()
	err = n.Run(ctx)
	stop()
	<-ended
	if err := errors.Join(err, opened.Close()); err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// listenTo opens the listeners of the gateways.
func listenTo(n *node.Node, listen []string, cert, key string) error {
	if len(listen) == 0 {
		listen = []string{"as4=127.0.0.1:8441", "api=127.0.0.1:8442", "people=127.0.0.1:8443"}
	}
	n.Listen, n.TLS = map[string]net.Listener{}, map[string]*tls.Config{}
	var secure *tls.Config
	if cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("load the servers' certificate: %w", err)
		}
		secure = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	}
	for _, l := range listen {
		gateway, address, ok := strings.Cut(l, "=")
		if !ok || !slices.Contains([]string{"as4", "api", "people"}, gateway) {
			return fmt.Errorf("--listen %q: write GATEWAY=HOST:PORT with as4, api or people", l)
		}
		opened, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("listen for %s: %w", gateway, err)
		}
		n.Listen[gateway] = opened
		if secure != nil {
			n.TLS[gateway] = secure
		}
	}
	return nil
}

// appendTo opens the file of the metrics, if there is one.
func appendTo(local *node.Local, metrics string) (end func(), err error) {
	if metrics == "" {
		return func() {}, nil
	}
	file, err := os.OpenFile(metrics, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the file of the metrics: %w", err)
	}
	local.Metrics = file
	return func() { _ = file.Close() }, nil // each line was written when it was measured
}
