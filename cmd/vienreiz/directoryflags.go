package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/outward"
)

// directoryFlags are the flags of every directory command.
type directoryFlags struct {
	sr, environment, dns, versions      string
	eb, dsd                             list
	trust, signers, tlsRoots, languages list
	maxAge                              time.Duration
	unsigned, asJSON, explain           bool
}

func (f *directoryFlags) register(fs *flag.FlagSet) {
	fs.Var(&f.eb, "eb", "base `URL` of the Evidence Broker, or CC=URL for one country's (may be repeated); without it the country's is looked up in the DNS")
	fs.Var(&f.dsd, "dsd", "base `URL` of the Data Service Directory, or CC=URL for one country's (may be repeated); without it the country's is looked up in the DNS")
	fs.StringVar(&f.sr, "sr", "", "base `URL` that stands in for the Semantic Repository's hosts, for a rehearsal")
	fs.Var(&f.trust, "trust", "PEM `file` of the root that signatures must chain to (may be repeated)")
	fs.Var(&f.signers, "signer", "common `name` that the signing certificate must have (may be repeated; default any under the root)")
	fs.DurationVar(&f.maxAge, "max-age", directory.DefaultMaxAge, "how old a signature may be")
	fs.BoolVar(&f.unsigned, "unsigned", false, "verify no signature: for rehearsals with services that do not sign")
	fs.Var(&f.tlsRoots, "tls-root", "PEM `file` of the root that TLS servers must chain to (may be repeated; default those of this machine)")
	fs.StringVar(&f.versions, "accept-version", "v2.0", "`lines` of the interface to accept, newest first, such as v2.0,v1.2; v1.0 alone sends none")
	fs.StringVar(&f.environment, "environment", string(directory.Acceptance), "where to look services up: acc or prod")
	fs.StringVar(&f.dns, "dns", "", "name server `host:port` for looking services up (default the first of /etc/resolv.conf)")
	fs.Var(&f.languages, "language", "`code` of the language of texts, such as LV (may be repeated; English follows)")
	fs.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	fs.BoolVar(&f.explain, "explain", false, "tell where the answer comes from, each choice, and why each other was dropped")
}

// check judges the flags; an error is a wrong usage.
func (f *directoryFlags) check() (places outward.Places, versions []directory.Version, err error) {
	switch env := directory.Environment(f.environment); {
	case len(f.trust) == 0 && !f.unsigned:
		return nil, nil, errors.New("give --trust ROOT.pem, the pinned root of the signatures (or --unsigned, to verify none)")
	case len(f.trust) > 0 && f.unsigned:
		return nil, nil, errors.New("--trust and --unsigned exclude each other")
	case env != directory.Acceptance && env != directory.Production:
		return nil, nil, fmt.Errorf("--environment: %q is neither acc nor prod", f.environment)
	case f.maxAge <= 0:
		return nil, nil, errors.New("--max-age: give a duration above zero, such as 24h")
	}
	if versions, err = parseVersions(f.versions); err != nil {
		return nil, nil, err
	}
	places, err = f.places()
	return places, versions, err
}

// open makes the client that the flags describe.
func (f *directoryFlags) open(places outward.Places, versions []directory.Version) (*directory.Client, error) {
	roots, err := readRoots(f.trust)
	if err != nil {
		return nil, err
	}
	tlsRoots, err := f.pool()
	if err != nil {
		return nil, err
	}
	return directory.NewClient(directory.Options{
		HTTP: outward.NewClient(places, outward.TLSProfile(tlsRoots)), Locate: f.locator(), Versions: versions,
		Trust: directory.Trust{Roots: roots, Signers: f.signers, MaxAge: f.maxAge}, Unsigned: f.unsigned, Repository: f.sr,
		Now: time.Now, Sleep: sleep,
	})
}

func parseVersions(s string) ([]directory.Version, error) {
	var all []directory.Version
	for _, text := range strings.Split(s, ",") {
		v, ok := directory.ParseVersion(strings.TrimSpace(text))
		if !ok {
			return nil, fmt.Errorf("--accept-version: %q is none of %v", text, directory.Versions())
		}
		all = append(all, v)
	}
	return all, nil
}

func readRoots(files []string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	for _, name := range files {
		b, err := file.Read(name)
		if err != nil {
			return nil, err
		}
		certs, err := file.Certificates(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, certs...)
	}
	return all, nil
}

func (f *directoryFlags) pool() (*x509.CertPool, error) {
	if len(f.tlsRoots) == 0 {
		return nil, nil
	}
	certs, err := readRoots(f.tlsRoots)
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool, err
}

// bases reads "URL" and "CC=URL".
func bases(all []string) map[string]string {
	found := map[string]string{}
	for _, text := range all {
		where, base := "", text
		if len(text) > 3 && text[2] == '=' {
			where, base = country(text[:2]), text[3:]
		}
		found[where] = base
	}
	return found
}

// places are what the operator names: they may be dialled wherever they are.
func (f *directoryFlags) places() (outward.Places, error) {
	var named []string
	for name, all := range map[string]map[string]string{"eb": bases(f.eb), "dsd": bases(f.dsd), "sr": {"": f.sr}} {
		for _, base := range all {
			if base == "" && name == "sr" {
				continue
			}
			place, err := placeOf(base)
			if err != nil {
				return nil, fmt.Errorf("--%s: %w", name, err)
			}
			named = append(named, place)
		}
	}
	return outward.ListPlaces(named...)
}

func placeOf(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("%q is no base URL", base)
	}
	if u.Scheme == "http" && !onThisMachine(u.Hostname()) {
		return "", errors.New("give an https URL; http is for this machine only")
	}
	return outward.PlaceOf(u), nil
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (f *directoryFlags) locator() *directory.Locator {
	l := &directory.Locator{Environment: directory.Environment(f.environment), Now: time.Now, Fixed: map[directory.Service]map[string]string{
		directory.EvidenceBroker: bases(f.eb), directory.DataServiceDirectory: bases(f.dsd),
	}}
	server := f.dns
	if server == "" && (bases(f.eb)[""] == "" || bases(f.dsd)[""] == "") {
		if c, err := dns.ClientConfigFromFile("/etc/resolv.conf"); err == nil && len(c.Servers) > 0 {
			server = net.JoinHostPort(c.Servers[0], c.Port)
		}
	}
	if server != "" {
		l.Lookup = directory.DNS{Server: server}
	}
	return l
}

// sleep waits, unless the command is stopped.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// country reads a country's code in either case.
func country(s string) string { return strings.ToUpper(s) }
