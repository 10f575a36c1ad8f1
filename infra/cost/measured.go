package cost

import (
	_ "embed"
	"encoding/json"
	"time"
)

// Use is what something takes.
type Use struct {
	Functions map[string]Run `json:"functions"`
	// Units are requests and the like, by the name of their price.
	Units map[string]float64 `json:"units"`
	// Octets that stay: in the journal for a year, in the table for a month, in the log.
	Journal float64 `json:"journal"`
	Table   float64 `json:"table"`
	Log     float64 `json:"log"`
	// Evidence is how often the octets of an evidence leave for the internet.
	Evidence float64 `json:"evidence"`
}

// Run is a function's calls, and how long they take together.
type Run struct {
	Calls        float64 `json:"calls"`
	Milliseconds float64 `json:"milliseconds"`
}

// Measured is what the functions were seen to take.
type Measured struct {
	Date time.Time `json:"date"`
	How  string    `json:"how"`
	// Exchange is one with a preview, the mean of what a tenant takes as requester and as provider.
	Exchange Use `json:"exchange"`
	// Minute is one in which nothing happens.
	Minute Use `json:"minute"`
}

//go:embed measured.json
var measurements []byte

// Seen is the measurement that came with this release.
func Seen() *Measured {
	m := new(Measured)
	if err := json.Unmarshal(measurements, m); err != nil {
		panic(err) // it is part of the program
	}
	return m
}
