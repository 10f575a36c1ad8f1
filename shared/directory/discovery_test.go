package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestDiscoveryNamesAndRecords(t *testing.T) {
	t.Parallel()
	if got := directory.DiscoveryName("LV", directory.DataServiceDirectory, directory.V12, directory.Production); got != "lv.dsd.v1.cs.prod.oots.tech.ec.europa.eu" {
		t.Error(got)
	}
	if got := directory.DiscoveryName("EL", directory.EvidenceBroker, directory.V20, directory.Acceptance); got != "el.eb.v2.cs.acc.oots.tech.ec.europa.eu" {
		t.Error(got)
	}
	const good = "!.*!https://query.example/eb/!"
	for what, c := range map[string]struct {
		records []directory.NAPTR
		want    string // a base, or a rule
	}{
		"one record":                  {[]directory.NAPTR{{1, 1, "U", good}}, "https://query.example/eb/"},
		"anchors":                     {[]directory.NAPTR{{1, 1, "u", "!^.*$!https://query.example/eb/!i"}}, "https://query.example/eb/"},
		"another delimiter":           {[]directory.NAPTR{{1, 1, "U", "#.*#https://query.example/eb/#"}}, "https://query.example/eb/"},
		"order before preference":     {[]directory.NAPTR{{2, 1, "U", good}, {1, 9, "U", "!.*!https://first.example/!"}, {1, 10, "U", good}}, "https://first.example/"},
		"unusable ones are passed by": {[]directory.NAPTR{{1, 1, "S", good}, {1, 2, "U", "!.*!http://plain.example/!"}, {1, 3, "U", good}}, "https://query.example/eb/"},
		"none":                        {nil, "discovery.none"},
		"too many":                    {make([]directory.NAPTR, directory.MaxNAPTRRecords+1), "discovery.limit"},
		"http":                        {[]directory.NAPTR{{1, 1, "U", "!.*!http://query.example/!"}}, "discovery.record"},
		"a reference back":            {[]directory.NAPTR{{1, 1, "U", `!^(.*)$!https://\1/!`}}, "discovery.record"},
		"a user in the URL":           {[]directory.NAPTR{{1, 1, "U", "!.*!https://a@query.example/!"}}, "discovery.record"},
		"a query in the URL":          {[]directory.NAPTR{{1, 1, "U", "!.*!https://query.example/?a=b!"}}, "discovery.record"},
		"no host":                     {[]directory.NAPTR{{1, 1, "U", "!.*!https:///eb!"}}, "discovery.record"},
		"an empty regexp":             {[]directory.NAPTR{{1, 1, "U", ""}}, "discovery.record"},
		"half a regexp":               {[]directory.NAPTR{{1, 1, "U", "!.*!https://query.example/"}}, "discovery.record"},
	} {
		base, err := directory.BaseOf("name.example", c.records)
		if base != c.want && !breaks(err, c.want) {
			t.Errorf("%s: got %q, %v; want %s", what, base, err, c.want)
		}
	}
}

// nameServer answers NAPTR questions at a loopback address, by UDP and TCP; what does not fit is truncated by UDP.
func nameServer(t *testing.T) string {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	streams, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Skipf("SKIPPED: the port is taken for TCP: %v", err)
	}
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		name := q.Question[0].Name
		_, udp := w.RemoteAddr().(*net.UDPAddr)
		switch {
		case strings.HasPrefix(name, "xx."):
			m.Rcode = dns.RcodeNameError
		case strings.HasPrefix(name, "zz."):
			m.Rcode = dns.RcodeServerFailure
		case strings.HasPrefix(name, "fi.") && udp:
			m.Truncated = true
		default:
			rr, err := dns.NewRR(fmt.Sprintf(`%s 60 IN NAPTR 1 1 "U" "oots" "!.*!https://%s.example/!" .`, name, name[:2]))
			if err == nil {
				m.Answer = append(m.Answer, rr)
			}
		}
		_ = w.WriteMsg(m)
	})
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: streams, Handler: handler}} {
		go func() { _ = s.ActivateAndServe() }()
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return packets.LocalAddr().String()
}

func TestServicesAreFoundInTheDNSUnlessTheirAddressIsSet(t *testing.T) {
	t.Parallel()
	c := &clock{t: today}
	l := &directory.Locator{
		Fixed:  map[directory.Service]map[string]string{directory.EvidenceBroker: {"EE": "https://own.example/eb"}},
		Lookup: directory.DNS{Server: nameServer(t)}, Environment: directory.Acceptance, Now: c.now,
	}
	for what, k := range map[string]struct {
		country string
		service directory.Service
		want    string
	}{
		"in the DNS":             {"LV", directory.EvidenceBroker, "https://lv.example/"},
		"by TCP":                 {"FI", directory.EvidenceBroker, "https://fi.example/"},
		"by its set address":     {"EE", directory.EvidenceBroker, "https://own.example/eb"},
		"the other one's is not": {"EE", directory.DataServiceDirectory, "https://ee.example/"},
	} {
		if base, err := l.Base(context.Background(), k.country, k.service, directory.V20); err != nil || base != k.want {
			t.Errorf("%s: %q, %v", what, base, err)
		}
	}
	for what, country := range map[string]string{"no country": "", "no member": "US", "a name of one's own": "lv.evil"} {
		if _, err := l.Base(context.Background(), country, directory.EvidenceBroker, directory.V20); !breaks(err, "discovery.country") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if all, err := l.Lookup.(directory.DNS).NAPTR(context.Background(), "xx.example"); err != nil || len(all) > 0 {
		t.Errorf("a name that does not exist: %v, %v", all, err)
	}
	if _, err := l.Lookup.(directory.DNS).NAPTR(context.Background(), "zz.example"); err == nil {
		t.Error("a name server that fails is not believed")
	}
	if _, err := (&directory.Locator{}).Base(context.Background(), "LV", directory.EvidenceBroker, directory.V20); !breaks(err, "discovery.none") {
		t.Errorf("without a name server: %v", err)
	}
}

// lookups counts and answers, or fails.
type lookups struct {
	n   int
	err error
}

func (l *lookups) NAPTR(context.Context, string) ([]directory.NAPTR, error) {
	l.n++
	return []directory.NAPTR{{1, 1, "U", "!.*!https://cs.example/!"}}, l.err
}

func TestDiscoveredAddressesAreKeptForAnHour(t *testing.T) {
	t.Parallel()
	c, n := &clock{t: today}, &lookups{}
	l := &directory.Locator{Lookup: n, Environment: directory.Production, Now: c.now}
	ask := func() error {
		_, err := l.Base(context.Background(), "LV", directory.EvidenceBroker, directory.V20)
		return err
	}
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	if n.n != 1 {
		t.Errorf("looked up %d times", n.n)
	}
	c.forward(directory.DiscoveryFresh + time.Second)
	n.err = errors.New("no network")
	if err := ask(); err == nil || n.n != 2 {
		t.Errorf("after an hour: %v, %d look-ups", err, n.n)
	}
}
