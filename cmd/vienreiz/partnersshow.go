package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vienreiz/vienreiz/shared/partners"
)

// partnersView is what `partners show` prints.
type partnersView struct {
	Me       partners.Me       `json:"me"`
	Revision int               `json:"revision"`
	Sources  *partners.Sources `json:"sources,omitempty"`
	Partners []partnerView     `json:"partners"`
	Warnings []string          `json:"warnings"`
}

type partnerView struct {
	ID           string            `json:"id"`
	Type         string            `json:"type"`
	Endpoint     string            `json:"endpoint"`
	Profile      string            `json:"profile"`
	Dialect      string            `json:"dialect"`
	Holds        string            `json:"holds,omitempty"`
	ByHand       bool              `json:"byHand"`
	Legs         []partners.Leg    `json:"legs"`
	Certificates []certificateView `json:"certificates"`
}

type certificateView struct {
	Use       string    `json:"use"`
	Subject   string    `json:"subject"`
	SHA256    string    `json:"sha256"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	DaysLeft  int       `json:"daysLeft"`
	Left      string    `json:"left"`
}

func viewOf(doc *partners.Document, now time.Time) partnersView {
	v := partnersView{Me: doc.Me, Revision: doc.Revision, Sources: doc.Sources, Partners: []partnerView{}, Warnings: []string{}}
	expiries := doc.Expiries(now)
	for _, p := range doc.Partners {
		row := partnerView{ID: p.ID, Type: p.Type, Endpoint: p.Endpoint, Profile: p.Profile, Dialect: p.Dialect, Holds: p.Holds, ByHand: p.Imported == nil, Legs: p.Legs, Certificates: []certificateView{}}
		for _, e := range expiries {
			if e.Party == p.Party() {
				row.Certificates = append(row.Certificates, certificateViewOf(e))
			}
		}
		v.Partners = append(v.Partners, row)
	}
	for _, e := range expiries {
		if e.Expired || e.Pending || e.Days < partners.SoonDays {
			v.Warnings = append(v.Warnings, fmt.Sprintf("%s: %s certificate %s: %s", e.Party.Value, e.Use, partners.NewCertificate(e.Certificate).Subject, e))
		}
	}
	for _, f := range doc.Validate() {
		v.Warnings = append(v.Warnings, f.String())
	}
	return v
}

func certificateViewOf(e partners.Expiry) certificateView {
	c := partners.NewCertificate(e.Certificate)
	return certificateView{e.Use, c.Subject, c.SHA256, e.Certificate.NotBefore.UTC(), e.Certificate.NotAfter.UTC(), e.Days, e.String()}
}

func (v partnersView) print(w io.Writer) error {
	fmt.Fprintf(w, "%s (%s), revision %d, %d partners\n\n", v.Me.ID, cmp.Or(v.Me.Type, "no type"), v.Revision, len(v.Partners))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PARTNER\tENDPOINT\tPROFILE\tDIALECT\tLEGS\tCERTIFICATE\tUSE\tLEFT")
	for _, p := range v.Partners {
		lead := strings.Join([]string{p.ID, p.Endpoint, p.Profile, p.Dialect, legsView(p.Legs)}, "\t")
		for _, c := range p.Certificates {
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", lead, c.Subject, c.Use, c.Left)
			lead = "\t\t\t\t"
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(v.Warnings) > 0 {
		fmt.Fprintln(w)
	}
	for _, warning := range v.Warnings {
		fmt.Fprintf(w, "! %s\n", warning)
	}
	return nil
}

// legsView counts legs by service, in their order.
func legsView(legs []partners.Leg) string {
	var services []string
	count := map[string]int{}
	for _, l := range legs {
		if !slices.Contains(services, l.Service) {
			services = append(services, l.Service)
		}
		count[l.Service]++
	}
	for i, s := range services {
		services[i] = fmt.Sprintf("%s %d", s, count[s])
	}
	return cmp.Or(strings.Join(services, ", "), "test service")
}
