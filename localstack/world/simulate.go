package world

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"path/filepath"

	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/localstack/signin"
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
	s.Scan(w.options.Scan)
	return s.Registries(base), s, nil
}

// simulateSignIn runs a country's eIDAS node, whose key stays with the data, and
// registers the country's pages for people there.
func (w *World) simulateSignIn(ctx context.Context, c *country) error {
	dir, now := filepath.Join(c.dir, "eidas-node"), w.options.Now()
	signer, err := openKey(filepath.Join(dir, "key.pem"), newRSA)
	if err != nil {
		return err
	}
	key, ok := signer.(*rsa.PrivateKey)
	if !ok {
		return fmt.Errorf("the key in %s is not one of RSA", dir)
	}
	if c.idp, err = w.authority.party(filepath.Join(dir, "certificate.pem"), "eIDAS node of "+c.code, key, now); err != nil {
		return err
	}
	n, err := signin.New(signin.Options{
		EntityID: w.idpEntity(c), BaseURL: w.sockets.url(c.code + "/sign-in"), Country: c.code, Residents: w.Residents, Now: w.options.Now,
		Key: key, Certificate: c.idp,
	})
	if err != nil {
		return err
	}
	people := w.people(c.code)
	err = n.Register(signin.ServiceProvider{
		EntityID: people + "/sign-in/metadata", ACS: people + "/sign-in/acs", Name: c.state.AccessPoint.Name, Certificate: c.spCert,
	})
	if err != nil {
		return err
	}
	w.serve(ctx, c.code+"/sign-in", n)
	return nil
}

// Fault lets a country's registries go wrong from now on; the zero Fault lets
// them be right again.
func (w *World) Fault(code string, f registries.Fault) {
	if s, ok := w.countries[code].backend.(*registries.Simulator); ok {
		s.Set(f)
	}
}

// Scan lets a country's registries attach a scan of so many octets to each PDF from
// now on.
func (w *World) Scan(code string, octets int) {
	if s, ok := w.countries[code].backend.(*registries.Simulator); ok {
		s.Scan(octets)
	}
}

// Speak lets a country's node prefer a line of the exchange from now on.
func (w *World) Speak(code, line string) error {
	w.options.Speak = line
	names := w.options.Names
	other := names[0]
	if other == code {
		other = names[1]
	}
	return w.configure(w.countries[code], w.countries[other])
}
