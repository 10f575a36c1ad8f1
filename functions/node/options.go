package node

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/functions"
)

// Options are what an operator may say about a node over any store.
type Options struct {
	Only             []string // functions; empty: all
	Listen           []string // GATEWAY=HOST:PORT
	Certificate, Key string   // PEM files of the servers' TLS; empty: none
	Grace            time.Duration
	AtOnce           int
}

// Flags defines a flag for each. listen are the sockets where none is named.
func (o *Options) Flags(fs *flag.FlagSet, listen ...string) {
	o.Listen = listen
	named := false
	fs.Func("listen", "`GATEWAY=HOST:PORT` to serve a gateway (as4, api, people) at; may be repeated; default "+strings.Join(listen, ", "), func(v string) error {
		if !named {
			o.Listen, named = nil, true
		}
		o.Listen = append(o.Listen, v)
		return nil
	})
	fs.Func("only", "`FUNCTION` to run, such as as4-receive; may be repeated; default all", func(v string) error {
		o.Only = append(o.Only, v)
		return nil
	})
	fs.StringVar(&o.Certificate, "tls-certificate", "", "PEM `file` of the servers' certificate chain")
	fs.StringVar(&o.Key, "tls-key", "", "PEM `file` of its private key")
	fs.DurationVar(&o.Grace, "grace", shutdown, "how long requests that run may take to end when the node is told to stop")
	fs.IntVar(&o.AtOnce, "at-once", 0, "`number` of messages that are received at once, each of which takes up to 24 MiB; others wait, and after 20 s are told to come again; 0: as many as come")
}

// Check refuses what cannot be meant.
func (o *Options) Check() error {
	for _, l := range o.Listen {
		if gateway, _, ok := strings.Cut(l, "="); !ok || functions.All().Gateways[gateway].Refusals == "" {
			return fmt.Errorf("--listen %q: write GATEWAY=HOST:PORT with as4, api or people", l)
		}
	}
	if o.Grace < 0 || o.AtOnce < 0 {
		return fmt.Errorf("--grace %s and --at-once %d: neither can be below 0", o.Grace, o.AtOnce)
	}
	return (&Node{Only: o.Only}).Check()
}

// Open opens the listeners.
func (o *Options) Open() (*Node, error) {
	n := &Node{Only: o.Only, Grace: o.Grace, AtOnce: o.AtOnce, Listen: map[string]net.Listener{}, TLS: map[string]*tls.Config{}}
	var secure *tls.Config
	if o.Certificate != "" || o.Key != "" {
		pair, err := tls.LoadX509KeyPair(o.Certificate, o.Key)
		if err != nil {
			return nil, fmt.Errorf("load the servers' certificate: %w", err)
		}
		secure = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	}
	for _, l := range o.Listen {
		gateway, address, _ := strings.Cut(l, "=")
		opened, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("listen for %s: %w", gateway, err)
		}
		n.Listen[gateway] = opened
		if secure != nil {
			n.TLS[gateway] = secure
		}
	}
	return n, nil
}

// Announce tells where the gateways are that a function of the node answers at. The
// last line is READY and the address of as4, where there is one.
func (n *Node) Announce(to io.Writer) {
	ready := "READY"
	for _, gateway := range slices.Sorted(maps.Keys(n.Listen)) {
		if !n.answers(gateway) {
			continue
		}
		fmt.Fprintf(to, "%s at %s\n", gateway, n.Listen[gateway].Addr())
		if gateway == "as4" {
			ready += " " + n.Listen[gateway].Addr().String()
		}
	}
	fmt.Fprintln(to, ready)
}

func (n *Node) answers(gateway string) bool {
	for name, f := range functions.All().Functions {
		if f.Trigger.Gateway == gateway && n.runs(name) {
			return true
		}
	}
	return false
}
