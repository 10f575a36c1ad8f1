package world

import (
	"fmt"
	"strings"
)

// Welcome says what runs where. Its last line is READY and the portal's address.
func (w *World) Welcome() string {
	var b strings.Builder
	from, to := w.options.Names[0], w.options.Names[1]
	fmt.Fprintf(&b, "\nTwo countries run on this machine: %s asks, %s has the evidence. Nothing here is real, and nothing leaves the machine.\n\n", from, to)
	fmt.Fprintf(&b, "  sample procedure portal  %s\n", w.URL())
	for _, c := range w.options.Names {
		fmt.Fprintf(&b, "  %s  access point %s/as4, API %s, pages for people %s, sign-in %s\n", c, w.sockets.url(c+"/as4"), w.Tenants[c].API, w.Tenants[c].People, w.sockets.url(c+"/sign-in"))
	}
	fmt.Fprintf(&b, "\nThe pages for people speak https with a certificate of this world. Your browser will warn once for each country; or trust %s for the time of the test.\nCtrl-C ends it.\n\nREADY %s\n", w.options.Data+"/ca.pem", w.URL())
	return b.String()
}
