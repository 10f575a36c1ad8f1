package access

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm/codelist"
)

// SystemCheck is the procedure by which a node tests itself: it may stay in one country.
const SystemCheck = "00"

// MaxURL is the length of a return URL, in octets.
const MaxURL = 2048

// Wish is what an order is judged by.
type Wish struct {
	Procedure string
	Country   string // where the evidence is
	ReturnURL string
	Subject   bool // the portal names the person
	Explicit  bool // the portal says that the person asked
}

// Node is what is judged against.
type Node struct {
	Country  string // its own
	Loopback bool   // a laptop world: persons may return to http at this machine
}

// Refused is a wish that is not granted.
type Refused struct {
	Rule      string // stable, as "portal.identity"
	Field     string // of the order, as "returnUrl"
	Detail    string // what is wrong; never a personal datum
	Do        string // what to do next
	Forbidden bool   // other portals may; otherwise nobody
}

// Error gives rule, reason and the way out.
func (r *Refused) Error() string { return r.Rule + ": " + r.Detail + "; " + r.Do }

// Judge says whether the portal may order this; nil: it may. It judges rights
// before it looks at what cannot be right for anybody.
func (p *Portal) Judge(w Wish, n Node) *Refused {
	for _, judge := range []func(Wish, Node) *Refused{p.judgeIdentity, p.judgeProcedure, judgeCountry, p.judgeReturn} {
		if r := judge(w, n); r != nil {
			return r
		}
	}
	return nil
}

// judgeIdentity is rule 12: a portal's word is not a citizen's identity.
func (p *Portal) judgeIdentity(w Wish, _ Node) *Refused {
	switch {
	case (w.Subject || w.Explicit) && !p.AuthenticatesItself:
		return &Refused{"portal.identity", "subject", "this portal is not registered as authenticating people itself", "leave subject and explicitRequest out and send the person to personUrl, or ask the node's operator", true}
	case w.Subject && !w.Explicit:
		return &Refused{"order.explicitRequest", "explicitRequest", "a subject needs the person's explicit request (Regulation 2018/1724 article 14(4))", "write explicitRequest with when, in which language and what the person agreed to", false}
	case w.Explicit && !w.Subject:
		return &Refused{"order.subject", "subject", "an explicit request needs its subject", "write subject, or leave both out and send the person to personUrl", false}
	}
	return nil
}

func (p *Portal) judgeProcedure(w Wish, _ Node) *Refused {
	switch {
	case !codelist.Of("Procedures", "2.0").Has(w.Procedure):
		return &Refused{"order.procedure", "procedure", fmt.Sprintf("%q is no code of the list Procedures", clip(w.Procedure)), "write a code of the list, as T3", false}
	case !slices.Contains(p.Procedures, w.Procedure):
		return &Refused{"portal.procedure", "procedure", fmt.Sprintf("this portal is not registered for procedure %s", w.Procedure), "ask for one of " + strings.Join(p.Procedures, ", ") + ", or ask the node's operator", true}
	}
	return nil
}

func judgeCountry(w Wish, n Node) *Refused {
	switch {
	case !codelist.Of("OOTSCountry", "2.0").Has(w.Country):
		return &Refused{"order.country", "country", fmt.Sprintf("%q is no country of the Once-Only Technical System", clip(w.Country)), "write a code of OOTSCountry, as EE; Greece is EL", false}
	case w.Country == n.Country && w.Procedure != SystemCheck:
		return &Refused{"order.ownCountry", "country", "evidence of the own country does not travel through the Once-Only Technical System", "name another country, or use the national way", false}
	}
	return nil
}

func (p *Portal) judgeReturn(w Wish, n Node) *Refused {
	u, err := url.Parse(w.ReturnURL)
	if err != nil || len(w.ReturnURL) > MaxURL || u.Opaque != "" || u.User != nil || u.Fragment != "" || !plainURL(w.ReturnURL) ||
		u.Scheme != "https" && (u.Scheme != "http" || !n.Loopback || !isLoopback(u.Hostname())) {
		return &Refused{"order.returnUrl", "returnUrl", "it is no https address of a page", fmt.Sprintf("write https://host/path of at most %d octets, without a user or a fragment", MaxURL), false}
	}
	if !slices.Contains(p.ReturnHosts, strings.TrimSuffix(strings.ToLower(u.Host), ":443")) {
		return &Refused{"portal.returnHost", "returnUrl", fmt.Sprintf("this portal is not registered with the host %q", clip(u.Host)), "return to one of " + strings.Join(p.ReturnHosts, ", ") + ", or ask the node's operator", true}
	}
	return nil
}

// plainURL refuses what browsers read otherwise than net/url does.
func plainURL(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) < 0
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
