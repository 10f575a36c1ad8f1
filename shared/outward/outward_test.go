package outward_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/outward"
)

func TestOnlyPublicUnicastAddressesMayBeDialled(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"8.8.8.8":               "",
		"2a00:1450:4001:80b::1": "",
		"127.0.0.1":             "a loopback address",
		"127.255.0.9":           "a loopback address",
		"::1":                   "a loopback address",
		"0.0.0.0":               "the unspecified address",
		"::":                    "the unspecified address",
		"0.1.2.3":               "this network",
		"10.1.2.3":              "a private address",
		"172.31.255.255":        "a private address",
		"172.32.0.1":            "",
		"192.168.0.1":           "a private address",
		"fd00::1":               "a private address",
		"169.254.169.254":       "a link-local address",
		"fe80::1":               "a link-local address",
		"fe80::1%eth0":          "an address with a zone",
		"100.64.0.1":            "a shared address of a carrier",
		"224.0.0.1":             "a multicast address",
		"ff02::1":               "a multicast address",
		"255.255.255.255":       "a reserved address",
		"::ffff:8.8.8.8":        "an IPv4-mapped address",
		"::ffff:127.0.0.1":      "an IPv4-mapped address",
		"::127.0.0.1":           "an IPv4-compatible address",
		"64:ff9b::7f00:1":       "a NAT64 address",
		"64:ff9b:1::a00:1":      "a local NAT64 address",
		"2002:7f00:1::":         "a 6to4 address",
		"2001:0:7f00:1::":       "a protocol assignment",
		"2001:db8::1":           "a documentation address",
		"fec0::1":               "a site-local address",
	} {
		if got := outward.Judge(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	if outward.Judge(netip.Addr{}) == "" {
		t.Error("no address may be dialled")
	}
}

func TestRule13OutwardCallsGoToNamedPlaces(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := outward.ListPlaces(outward.PlaceOf(u))
	if err != nil {
		t.Fatal(err)
	}
	otherPort, _ := outward.ListPlaces("127.0.0.1:1")
	for name, c := range map[string]struct {
		places  outward.Places
		url     string
		refused bool
	}{
		"a listed place":                   {listed, server.URL, false},
		"an unlisted place":                {nil, server.URL, true},
		"a listed host with another port":  {otherPort, server.URL, true},
		"a name that resolves to loopback": {listed, "http://localhost:" + u.Port(), true},
		"a mapped address in the URL":      {nil, "http://[::ffff:127.0.0.1]:" + u.Port(), true},
		"a NAT64 address in the URL":       {nil, "http://[64:ff9b::7f00:1]:" + u.Port(), true},
	} {
		resp, err := outward.NewClient(c.places, nil).Get(c.url)
		if err == nil {
			resp.Body.Close()
		}
		var refusal *outward.Refusal
		if errors.As(err, &refusal) != c.refused || (err != nil) != c.refused {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	followed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed = followed || r.URL.Path == "/elsewhere"
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	places, _ := outward.ListPlaces(strings.TrimPrefix(server.URL, "http://"))
	resp, err := outward.NewClient(places, nil).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusFound || followed {
		t.Errorf("status %d, followed %v", resp.StatusCode, followed)
	}
}

func TestTheTLSProfileRefusesOldVersionsAndForeignRoots(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	server.StartTLS()
	t.Cleanup(server.Close)
	modern := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(modern.Close)
	roots := x509.NewCertPool()
	roots.AddCert(modern.Certificate())
	for name, c := range map[string]struct {
		url     string
		roots   *x509.CertPool
		refused bool
	}{
		"TLS 1.3 with the pinned root": {modern.URL, roots, false},
		"TLS 1.3 with another root":    {modern.URL, x509.NewCertPool(), true},
		"TLS 1.1":                      {server.URL, roots, true},
	} {
		u, _ := url.Parse(c.url)
		places, _ := outward.ListPlaces(outward.PlaceOf(u))
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, c.url, nil)
		resp, err := outward.NewClient(places, outward.TLSProfile(c.roots)).Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if (err != nil) != c.refused {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAPlaceNeedsHostAndPort(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "localhost", ":80", "localhost:", "http://localhost:80"} {
		if _, err := outward.ListPlaces(wrong); err == nil {
			t.Errorf("%q is listed", wrong)
		}
	}
}
