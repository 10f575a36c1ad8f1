package cost

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed prices.yaml
var listed []byte

// Prices is a price list of one region, of one day.
type Prices struct {
	AsOf      time.Time        `yaml:"asOf"`
	Region    string           `yaml:"region"`
	EURPerUSD float64          `yaml:"eurPerUSD"`
	Prices    map[string]Price `yaml:"prices"`
}

// Price is what one unit costs, and how many a month are free.
type Price struct {
	USD  float64 `yaml:"usd"`
	Free float64 `yaml:"free"`
}

// Listed is the list that came with this release.
func Listed() *Prices {
	p, err := ReadPrices(listed)
	if err != nil {
		panic(err) // it is part of the program
	}
	return p
}

// ReadPrices reads a list of one's own; every price that the release's list has
// must be in it.
func ReadPrices(octets []byte) (*Prices, error) {
	p := new(Prices)
	decoder := yaml.NewDecoder(bytes.NewReader(octets))
	decoder.KnownFields(true)
	if err := decoder.Decode(p); err != nil {
		return nil, fmt.Errorf("price list: %w", err)
	}
	return p, p.check()
}

func (p *Prices) check() error {
	var errs []error
	if p.AsOf.IsZero() || p.Region == "" {
		errs = append(errs, errors.New("price list: write asOf, its date, and its region"))
	}
	if p.EURPerUSD <= 0 {
		errs = append(errs, fmt.Errorf("price list: eurPerUSD is %v; write what a dollar is in euros", p.EURPerUSD))
	}
	for name, price := range p.Prices {
		if price.USD < 0 || price.Free < 0 {
			errs = append(errs, fmt.Errorf("price list: %q costs %v with %v free; neither can be below 0", name, price.USD, price.Free))
		}
	}
	return errors.Join(errs...)
}
