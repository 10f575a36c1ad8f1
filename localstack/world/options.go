// Package world is a whole world on one machine: two tenants, each a complete
// node with access point, keys and store, and around them simulated Common
// Services, registries, a national sign-in in each country, and a procedure
// portal. Between the two goes real AS4 over HTTP on loopback.
//
// Keys are made at the first start and kept with the data; they are throw-away.
package world

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Options say what world to open.
type Options struct {
	Data  string   // folder, made when it is not there
	Fresh bool     // forget what the folder holds
	Port  int      // first of the ports; 0: free ones
	Names []string // two countries, such as LV and LT: the first has the sample portal
	Speak string   // line of the exchange that both prefer, such as "v1.2"; empty: the newest
	Now   func() time.Time
	// Registries stand in for the simulated ones of a country; nil: those of package registries.
	Registries func(country, base string) ([]registry.Registry, http.Handler, error)
	// Scan is how many octets of a scan the simulated registries attach to each PDF, at most [registries.MaxScan].
	Scan int
	// Wire, where set, goes around a tenant's AS4 client and server: a recorder.
	Wire func(country string) Wire
	// Hosts run the nodes of countries elsewhere; a country without one runs in this process.
	Hosts map[string]Host
	// Stacks tell others on what the hosted countries run.
	Stacks map[string]Stack
	// Timers in place of the published ones, in minutes.
	Timers tenant.Timers
	// Still leaves the nodes standing: whoever opened the world moves every item, for model checks.
	Still bool
	// Stage is a path that stands in front of those of the pages for people, as at a
	// gateway on AWS without a name of its own; empty: none.
	Stage string
	// Metrics is where the nodes' metrics go; nil: nowhere.
	Metrics io.Writer
	// Progress is told what is being done; nil: nobody.
	Progress func(string)
}

// Stack is one on an emulator of AWS.
type Stack struct{ Outputs, Endpoint string }

// Wire records what a tenant sends and receives over AS4.
type Wire interface {
	Client(http.RoundTripper) http.RoundTripper
	Server(http.Handler) http.Handler
}

// Countries are those that the simulated Common Services know.
func Countries() ([]string, error) {
	w, err := commonservices.DefaultWorld()
	if err != nil {
		return nil, err
	}
	var list []string
	for c := range w.States {
		list = append(list, c)
	}
	slices.Sort(list)
	return list, nil
}

func (o *Options) check() error {
	known, err := Countries()
	if err != nil {
		return err
	}
	if len(o.Names) != 2 || o.Names[0] == o.Names[1] {
		return fmt.Errorf("a world has two different countries, not %s", strings.Join(o.Names, " and "))
	}
	for _, c := range o.Names {
		if !slices.Contains(known, c) {
			return fmt.Errorf("the simulated world has no country %q; it has %s", c, strings.Join(known, ", "))
		}
	}
	if o.Scan < 0 || o.Scan > registries.MaxScan {
		return fmt.Errorf("a scan of %d octets makes a document larger than OOTS allows; at most %d are taken (registries.MaxScan)", o.Scan, registries.MaxScan)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return nil
}

// sockets are the listeners of a world by name, all on loopback.
type sockets map[string]net.Listener

// gates are what each tenant serves, in the order of its ports.
var gates = []string{"as4", "api", "people", "sign-in", "registries"}

// listen takes every port that a world needs, or none.
func (o *Options) listen() (sockets, error) {
	names := []string{"portal", "common-services"}
	for _, c := range o.Names {
		for _, g := range gates {
			names = append(names, c+"/"+g)
		}
	}
	all := sockets{}
	for i, name := range names {
		port := 0
		if o.Port != 0 {
			port = o.Port + i
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			all.close()
			return nil, fmt.Errorf("take port %d for %s: %w; choose another with --port, or --port 0 for free ones", port, name, err)
		}
		all[name] = l
	}
	return all, nil
}

func (s sockets) close() {
	for _, l := range s {
		_ = l.Close()
	}
}

// place is the host:port of a socket.
func (s sockets) place(name string) string { return s[name].Addr().String() }

// url is its address.
func (s sockets) url(name string) string {
	scheme := "http"
	if strings.HasSuffix(name, "/people") {
		scheme = "https" // the rules want https of preview links and return addresses (R-EDM-REQ-C005, C120)
	}
	return scheme + "://" + s.place(name)
}
