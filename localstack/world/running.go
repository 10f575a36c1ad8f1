package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Running is how a world is found by others on this machine, in its folder.
type Running struct {
	Portal  string          `json:"portal"`
	From    string          `json:"from"`
	To      string          `json:"to"`
	Tenants map[string]Gate `json:"tenants"`
	Data    string          `json:"-"`
}

// Gate is what a tenant of a running world is reached by.
type Gate struct {
	API    string `json:"api"`
	People string `json:"people"`
	SignIn string `json:"signIn"`
	// Stack is the file of Terraform's outputs of the stack that the tenant runs on,
	// Endpoint the emulator of AWS that has it; empty: it runs in the world's process.
	Stack    string `json:"stack,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
}

const runningFile = "running.json"

// Running says where this world is.
func (w *World) Running() *Running {
	r := &Running{Portal: w.URL(), From: w.options.Names[0], To: w.options.Names[1], Tenants: map[string]Gate{}, Data: w.options.Data}
	for c, t := range w.Tenants {
		r.Tenants[c] = Gate{API: t.API, People: t.People, SignIn: w.sockets.url(c + "/sign-in"), Stack: w.options.Stacks[c].Outputs, Endpoint: w.options.Stacks[c].Endpoint}
	}
	return r
}

// announce lets others find the world.
func (w *World) announce() error {
	octets, err := json.MarshalIndent(w.Running(), "", "  ")
	if err != nil {
		return err
	}
	return keep(filepath.Join(w.options.Data, runningFile), octets)
}

// Find reads where the world of a folder is; nil when none has been announced.
// Whether it still runs is seen by calling it.
func Find(data string) (*Running, error) {
	octets, err := os.ReadFile(filepath.Join(data, runningFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &Running{Data: data}
	if err := json.Unmarshal(octets, r); err != nil {
		return nil, fmt.Errorf("read %s: %w", runningFile, err)
	}
	return r, nil
}

// PortalKey is the file of the key with which the portals of a country prove themselves.
func (r *Running) PortalKey(country string) string {
	return filepath.Join(r.Data, "portal", strings.ToLower(country)+"-key.pem")
}

// Authority is the file of the certificate that the world's servers chain to.
func (r *Running) Authority() string { return filepath.Join(r.Data, "ca.pem") }

// Journal is the folder of a country's journal.
func (r *Running) Journal(country string) string {
	return filepath.Join(r.Data, strings.ToLower(country), "store", "objects", "journal")
}
