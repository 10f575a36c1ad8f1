package access

import (
	"strings"
	"testing"
)

func TestAnOrderIsJudgedByWhatThePortalMay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wish      func(*Wish)
		rule      string // empty: it may
		forbidden bool
	}{
		"an order of its own procedure":        {func(*Wish) {}, "", false},
		"a procedure of no list":               {func(w *Wish) { w.Procedure = "T9" }, "order.procedure", false},
		"another portal's procedure":           {func(w *Wish) { w.Procedure = "S1" }, "portal.procedure", true},
		"a country of no list":                 {func(w *Wish) { w.Country = "XX" }, "order.country", false},
		"a country that is no member":          {func(w *Wish) { w.Country = "US" }, "order.country", false},
		"Greece in another list's spelling":    {func(w *Wish) { w.Country = "GR" }, "order.country", false},
		"the own country":                      {func(w *Wish) { w.Country = "LV" }, "order.ownCountry", false},
		"the own country for the system check": {func(w *Wish) { w.Country, w.Procedure = "LV", "00" }, "", false},
		"no return":                            {func(w *Wish) { w.ReturnURL = "" }, "order.returnUrl", false},
		"a return over http":                   {func(w *Wish) { w.ReturnURL = "http://portal.example.lv/back" }, "order.returnUrl", false},
		"a return to http on this machine":     {func(w *Wish) { w.ReturnURL = "http://localhost:8080/back" }, "order.returnUrl", false},
		"a return to a script":                 {func(w *Wish) { w.ReturnURL = "javascript:alert(1)" }, "order.returnUrl", false},
		"a return with a user":                 {func(w *Wish) { w.ReturnURL = "https://portal.example.lv@evil.example/" }, "order.returnUrl", false},
		"a return with a backslash":            {func(w *Wish) { w.ReturnURL = `https://evil.example\@portal.example.lv/` }, "order.returnUrl", false},
		"a return with a fragment":             {func(w *Wish) { w.ReturnURL = "https://portal.example.lv/#x" }, "order.returnUrl", false},
		"a return with a line break":           {func(w *Wish) { w.ReturnURL = "https://portal.example.lv/\r\nX: y" }, "order.returnUrl", false},
		"a long return":                        {func(w *Wish) { w.ReturnURL += strings.Repeat("a", MaxURL) }, "order.returnUrl", false},
		"a return to another host":             {func(w *Wish) { w.ReturnURL = "https://evil.example/" }, "portal.returnHost", true},
		"a return to another port":             {func(w *Wish) { w.ReturnURL = "https://portal.example.lv:8443/" }, "portal.returnHost", true},
		"a return to a host below":             {func(w *Wish) { w.ReturnURL = "https://x.portal.example.lv/" }, "portal.returnHost", true},
		"a return with the port of https":      {func(w *Wish) { w.ReturnURL = "https://Portal.example.lv:443/back?a=b" }, "", false},
		"a person by the portal's word":        {func(w *Wish) { w.Subject, w.Explicit = true, true }, "portal.identity", true},
		"an explicit request by its word":      {func(w *Wish) { w.Explicit = true }, "portal.identity", true},
		"identity is judged before the rest":   {func(w *Wish) { *w = Wish{Subject: true} }, "portal.identity", true},
	} {
		p := student(t)
		p.Procedures = append(p.Procedures, "00")
		w := Wish{Procedure: "T3", Country: "EE", ReturnURL: "https://portal.example.lv/back"}
		c.wish(&w)
		expect(t, name, p.Judge(w, Node{Country: "LV"}), c.rule, c.forbidden)
	}
}

func expect(t *testing.T, name string, got *Refused, rule string, forbidden bool) {
	t.Helper()
	switch {
	case got == nil && rule == "":
	case got == nil || got.Rule != rule || got.Forbidden != forbidden || got.Do == "" || got.Field == "":
		t.Errorf("%s: %+v, want %q, forbidden %v", name, got, rule, forbidden)
	}
}

func TestAPortalThatAuthenticatesItselfNamesThePersonWithTheirClick(t *testing.T) {
	t.Parallel()
	p := student(t)
	p.AuthenticatesItself = true
	for name, c := range map[string]struct {
		subject, explicit bool
		rule              string
	}{
		"both":           {true, true, ""},
		"neither":        {false, false, ""},
		"no click":       {true, false, "order.explicitRequest"},
		"nobody's click": {false, true, "order.subject"},
	} {
		w := Wish{Procedure: "T3", Country: "EE", ReturnURL: "https://portal.example.lv/", Subject: c.subject, Explicit: c.explicit}
		expect(t, name, p.Judge(w, Node{Country: "LV"}), c.rule, false)
	}
}

func TestOnALaptopAPersonMayReturnToHTTPAtThisMachineOnly(t *testing.T) {
	t.Parallel()
	p := student(t)
	p.ReturnHosts = []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "portal.example.lv"}
	for url, rule := range map[string]string{
		"http://localhost:8080/back": "",
		"http://127.0.0.1:8080/":     "",
		"http://[::1]:8080/":         "",
		"http://portal.example.lv/":  "order.returnUrl",
		"http://localhost:8081/":     "portal.returnHost",
		"ftp://localhost:8080/":      "order.returnUrl",
	} {
		w := Wish{Procedure: "T3", Country: "EE", ReturnURL: url}
		expect(t, url, p.Judge(w, Node{Country: "LV", Loopback: true}), rule, rule == "portal.returnHost")
	}
}
