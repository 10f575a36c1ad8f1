package access

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (f *findings) hosts(path string, list []string) {
	if len(list) > MaxHosts {
		f.add(path, "", fmt.Sprintf("has %d hosts", len(list)), fmt.Sprintf("write at most %d", MaxHosts))
		return
	}
	for i, host := range list {
		if !isHost(host) {
			f.add(fmt.Sprintf("%s[%d]", path, i), host, "is no host", "write the name in lower case, with the port if it is not 443, and nothing else: portal.example.lv or portal.example.lv:8443")
		}
	}
}

// isHost tells whether a text is a host, with or without a port, as it stands
// in the URLs that it is compared with.
func isHost(s string) bool {
	u, err := url.Parse("https://" + s)
	if err != nil || u.Host != s || u.Hostname() == "" || strings.ToLower(s) != s || strings.ContainsAny(s, "* \\%") {
		return false
	}
	if strings.HasSuffix(s, ":") || !isPort(u.Port()) {
		return false
	}
	if strings.HasPrefix(s, "[") {
		_, err := netip.ParseAddr(u.Hostname())
		return err == nil
	}
	return !slices.Contains(strings.Split(u.Hostname(), "."), "") && isASCII(s)
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return s == "" || err == nil && n > 0 && n != 443 && strconv.FormatUint(n, 10) == s
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}
