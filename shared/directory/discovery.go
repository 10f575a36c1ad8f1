package directory

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Environment is where the Common Services run.
type Environment string

// The environments, by the label that discovery uses.
const (
	Acceptance Environment = "acc"
	Production Environment = "prod"
)

// DiscoveryName is the name of the NAPTR record of a country's service (TDD 3.4).
func DiscoveryName(country string, s Service, v Version, env Environment) string {
	return fmt.Sprintf("%s.%s.v%s.cs.%s.oots.tech.ec.europa.eu", strings.ToLower(country), string(s), v.Major(), string(env))
}

// NAPTR is what discovery needs of a record (RFC 3403).
type NAPTR struct {
	Order, Preference uint16
	Flags, Regexp     string
}

// MaxNAPTRRecords bounds the records of one name that are looked at.
const MaxNAPTRRecords = 32

// BaseOf chooses the base URL among the records of a name: by order, then preference, the first that has the flag U and turns
// everything into an https URL. The error is a *Refusal.
func BaseOf(name string, records []NAPTR) (string, error) {
	if len(records) == 0 {
		return "", refuse("discovery.none", name, "no NAPTR record: no service is published for this country and version")
	}
	if len(records) > MaxNAPTRRecords {
		return "", refuse("discovery.limit", name, "%d NAPTR records; at most %d are looked at", len(records), MaxNAPTRRecords)
	}
	sorted := slices.SortedStableFunc(slices.Values(records), func(a, b NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	for _, r := range sorted {
		if base, ok := baseOf(r); ok {
			return base, nil
		}
	}
	return "", refuse("discovery.record", name, "no NAPTR record has the flag U and a regexp !.*!URL! with an https URL")
}

// baseOf reads one record: the whole name is replaced, so nothing of it may be asked back.
func baseOf(r NAPTR) (string, bool) {
	if !strings.EqualFold(r.Flags, "U") || len(r.Regexp) < 2 {
		return "", false
	}
	fields := strings.Split(r.Regexp[1:], r.Regexp[:1])
	if len(fields) != 3 || !slices.Contains([]string{".*", "^.*$", "^.*", ".*$"}, fields[0]) || !slices.Contains([]string{"", "i"}, fields[2]) {
		return "", false
	}
	u, err := url.Parse(fields[1])
	if err != nil || !isHTTPS(fields[1]) || u.RawQuery != "" || u.Fragment != "" || strings.Contains(fields[1], `\`) {
		return "", false
	}
	return fields[1], true
}

// DNS looks records up at one server, by UDP and, when the answer does not fit, by TCP.
type DNS struct {
	// Server is the resolver's host:port. It should validate DNSSEC.
	Server string
}

// NAPTR looks the records of a name up. A name that does not exist has none.
func (d DNS) NAPTR(ctx context.Context, name string) ([]NAPTR, error) {
	ask := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeNAPTR)
	ask.SetEdns0(1232, true)
	answer, _, err := (&dns.Client{}).ExchangeContext(ctx, ask, d.Server)
	if err == nil && answer.Truncated {
		answer, _, err = (&dns.Client{Net: "tcp"}).ExchangeContext(ctx, ask, d.Server)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("look up NAPTR of %s: %w", name, err)
	case answer.Rcode == dns.RcodeNameError:
		return nil, nil
	case answer.Rcode != dns.RcodeSuccess:
		return nil, fmt.Errorf("look up NAPTR of %s: the name server answered %s", name, dns.RcodeToString[answer.Rcode])
	}
	var all []NAPTR
	for _, rr := range answer.Answer {
		if n, ok := rr.(*dns.NAPTR); ok {
			all = append(all, NAPTR{n.Order, n.Preference, n.Flags, n.Regexp})
		}
	}
	return all, nil
}
