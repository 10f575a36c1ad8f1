package world

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/portal"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/as4"
)

// startPortal runs the sample portal of the country that asks.
func (w *World) startPortal(ctx context.Context, c *country) error {
	key, ok := c.portal.(ed25519.PrivateKey)
	if !ok {
		return fmt.Errorf("the sample portal's key is a %T, not one of Ed25519", c.portal)
	}
	api, err := client.New(client.Options{API: w.sockets.url(c.code + "/api"), Portal: PortalID, KeyID: portalKeyID, Key: key, Now: w.options.Now})
	if err != nil {
		return err
	}
	h, err := portal.New(portal.Options{
		Name: portal.Text(portalName(c.code)), Country: c.code, Others: slices.DeleteFunc(slices.Sorted(maps.Keys(w.published.States)), func(s string) bool { return s == c.code }),
		Reachable: w.options.Names[1:], Procedures: w.procedures(), Requirements: w.requirements(),
		Client: api, BaseURL: w.URL(), Now: w.options.Now, NewID: func() string { return as4.NewUUID(rand.Reader) },
	})
	if err != nil {
		return err
	}
	w.serve(ctx, "portal", h)
	return nil
}

// portalKeyID is the kid of the sample portals' keys.
const portalKeyID = "portal-1"

// portalName is what a sample portal is registered as.
func portalName(country string) map[string]string {
	return map[string]string{"EN": "Sample procedure portal of " + country, "LV": "Procedūru portāla paraugs, " + country}
}

// procedures are those of Annex II in its order, and the system check.
func (w *World) procedures() []portal.Procedure {
	var list []portal.Procedure
	for _, code := range slices.Sorted(maps.Keys(w.published.Procedures)) {
		list = append(list, portal.Procedure{Code: code, Name: portal.Text{"EN": w.published.Procedures[code]}})
	}
	slices.SortStableFunc(list, func(a, b portal.Procedure) int { return strings.Compare(annex(a.Code), annex(b.Code)) })
	return list
}

// annex sorts what is no code of the annex behind it.
func annex(code string) string {
	if code == access.SystemCheck {
		return "~"
	}
	return code
}

func (w *World) requirements() []portal.Requirement {
	var list []portal.Requirement
	for _, key := range slices.Sorted(maps.Keys(w.published.Requirements)) {
		x := w.published.Requirements[key]
		list = append(list, portal.Requirement{URL: w.published.RequirementURL(key), Name: portal.Text(x.Name), Procedures: x.Procedures, Countries: w.proving(key)})
	}
	return list
}

// proving are the countries that published evidence for a requirement.
func (w *World) proving(requirement string) []string {
	var list []string
	for _, code := range slices.Sorted(maps.Keys(w.published.States)) {
		if slices.ContainsFunc(w.published.States[code].Proves[requirement], func(l commonservices.List) bool { return len(l.Types) > 0 }) {
			list = append(list, code)
		}
	}
	return list
}
