// Package outward makes HTTP clients that call named places only (architecture,
// section 5, rule 13): the address that a name resolved to is judged when
// dialling, so that no foreign name or URL leads into the own network, and no
// redirect is followed. It also holds the TLS profile of the Common Services
// (TDD 3.7).
package outward

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Bounds of a call. The time-out of a whole call is its context's.
const (
	// DialTimeout bounds the connection and the TLS handshake, each.
	DialTimeout = 10 * time.Second
	// MaxResponseHeaderBytes bounds the header of a response. A signature with its chain is 8 KB.
	MaxResponseHeaderBytes = 64 << 10
	// IdleTimeout closes connections that nobody uses.
	IdleTimeout = 90 * time.Second
	// IdleConns is how many connections to one host are kept for the next call.
	IdleConns = 32
)

// Refusal is an address that is not dialled. It matches with errors.As.
type Refusal struct {
	// Address is what was about to be dialled, with its port.
	Address string
	// Why names the kind of address.
	Why string
}

// Error says why, and what to do.
func (r *Refusal) Error() string {
	return fmt.Sprintf("refuse to dial %s: %s; list host and port if this place is meant (outward.address)", r.Address, r.Why)
}

// Places are the hosts with ports that may be dialled whatever their address is, such as "localhost:8443".
type Places map[string]bool

// ListPlaces makes Places of "host:port" entries. The host is compared without case.
func ListPlaces(hostPorts ...string) (Places, error) {
	p := Places{}
	for _, hp := range hostPorts {
		host, port, err := net.SplitHostPort(hp)
		if err != nil || host == "" || port == "" {
			return nil, fmt.Errorf("list place %q: write host:port", hp)
		}
		p[strings.ToLower(hp)] = true
	}
	return p, nil
}

// PlaceOf is the "host:port" of an http or https URL, with the scheme's own port where it names none.
func PlaceOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// DialContext dials a TCP address: a listed place as it is, any other only at an address that Judge lets pass.
func (p Places) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: DialTimeout}
	if !p[strings.ToLower(address)] {
		if err := judgeLiteral(address); err != nil {
			return nil, err
		}
		d.ControlContext = judgeConnection
	}
	return d.DialContext(ctx, network, address)
}

// judgeLiteral judges an address that stands in the URL itself, before the dialer turns a mapped one into a plain one.
func judgeLiteral(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &Refusal{address, "no host and port"}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil //nolint:nilerr // a name: judged when it is resolved
	}
	if why := Judge(ip); why != "" {
		return &Refusal{address, why}
	}
	return nil
}

func judgeConnection(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Refusal{address, "no address and port"}
	}
	if why := Judge(ap.Addr()); why != "" {
		return &Refusal{address, why}
	}
	return nil
}

// NewClient makes a client that dials by these places, speaks TLS by the
// configuration, goes through no proxy, follows no redirect (the redirecting
// response is returned) and unpacks nothing, so that digests fit what is read.
func NewClient(places Places, config *tls.Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            places.DialContext,
			TLSClientConfig:        config,
			TLSHandshakeTimeout:    DialTimeout,
			MaxResponseHeaderBytes: MaxResponseHeaderBytes,
			IdleConnTimeout:        IdleTimeout,
			MaxIdleConnsPerHost:    IdleConns,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// TLSProfile is the client side of the TLS profile of TDD 3.7: TLS 1.2 with
// ECDHE and AES-GCM, or TLS 1.3. With roots (nil: those of the machine) only servers that chain to them are
// spoken to.
func TLSProfile(roots *x509.CertPool) *tls.Config {
	return &tls.Config{
		RootCAs:    roots,
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		},
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
	}
}
