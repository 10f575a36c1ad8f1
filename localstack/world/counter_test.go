package world_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	handler "github.com/vienreiz/vienreiz/functions/portal/handler"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// counter is the way from a portal to the API of a node that may die.
type counter struct{ node **mortal }

// RoundTrip asks the API.
func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	return brought(r, handler.Of((*c.node).Assembly))
}

// brought is a handler's answer, as a transport brings it; none of who is dead.
func brought(r *http.Request, by http.Handler) (*http.Response, error) {
	in, answer := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body), httptest.NewRecorder()
	in.Header = r.Header
	by.ServeHTTP(answer, in)
	if gone(r.Context()) {
		return nil, errLine
	}
	given := answer.Result()
	given.Request = r
	return given, nil
}

// counter is the portal that authenticates people itself, without an access token yet.
func (r *round) counter() *client.Client {
	r.t.Helper()
	octets, err := os.ReadFile(r.w.Running().PortalKey("LT"))
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := client.New(client.Options{API: r.lt.API, Portal: world.DirectID, KeyID: "portal-1", Key: key.(ed25519.PrivateKey), Transport: &counter{&r.lt}, Now: r.time.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// order asks for Anna's diploma, with a preview.
func (r *round) order() client.Order {
	anna := r.w.Residents.Persons["anna"].Person("LT", "Substantial")
	return client.Order{
		Procedure: "T3", Requirement: r.w.Published().RequirementURL("tertiary-qualification"), Country: "LV", Language: "EN", ReturnUrl: strings.Replace(r.w.URL(), "http:", "https:", 1) + "/return",
		Subject: &api.Subject{NaturalPerson: &api.NaturalPerson{
			LevelOfAssurance: "Substantial", PersonIdentifier: anna.Identifier.Value, FamilyName: anna.FamilyName.Value, FirstName: anna.GivenName.Value, DateOfBirth: anna.DateOfBirth,
		}},
		ExplicitRequest: &api.ExplicitRequest{At: r.time.Now(), Language: "EN", Text: "I ask for it."},
	}
}

// fetch reads every document, as a portal does.
func (r *round) fetch(ctx context.Context, portal *client.Client) error {
	v, err := portal.View(ctx, r.id)
	if err != nil {
		return err
	}
	r.fetched = map[int]string{}
	for _, d := range v.Documents {
		e, err := portal.Fetch(ctx, r.id, d.Number)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, e)
		e.Close()
		if err != nil {
			return err
		}
		r.fetched[d.Number] = hex.EncodeToString(sum.Sum(nil))
	}
	return nil
}
