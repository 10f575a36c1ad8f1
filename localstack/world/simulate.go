package world

import (
	"context"
	"fmt"
	"net/http"

	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// simulate starts the registries and the national sign-in of each country.
func (w *World) simulate(ctx context.Context) error {
	people, err := residents.Default()
	if err != nil {
		return err
	}
	w.Residents = people
	for _, c := range w.countries {
		if err := w.simulateRegistries(ctx, c); err != nil {
			return err
		}
		if err := w.simulateSignIn(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) simulateRegistries(ctx context.Context, c *country) error {
	base := w.sockets.url(c.code + "/registries")
	make := w.options.Registries
	if make == nil {
		make = w.registries
	}
	var err error
	if c.registries, c.backend, err = make(c.code, base); err != nil {
		return fmt.Errorf("registries of %s: %w", c.code, err)
	}
	w.serve(ctx, c.code+"/registries", c.backend)
	return nil
}

func (w *World) registries(code, base string) ([]registry.Registry, http.Handler, error) {
	s, err := registries.New(w.published, w.Residents, code, w.options.Now)
	if err != nil {
		return nil, nil, err
	}
	return s.Registries(base), s, nil
}

func (w *World) simulateSignIn(_ context.Context, c *country) error {
	_, cert, err := samltest.NewKey(c.code, w.options.Now())
	c.idp = cert
	return err
}
