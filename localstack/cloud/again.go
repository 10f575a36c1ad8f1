package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
)

// Repair lets Terraform look at what is there, and make again what is missing.
func (a *Applied) Repair(ctx context.Context) error { return a.apply(ctx) }

// Change applies the stack with other values of variables, and stays with them. What is
// named by its address in Terraform is made before all else.
func (a *Applied) Change(ctx context.Context, settings map[string]any, first ...string) error {
	maps.Copy(a.settings, settings)
	if len(first) > 0 {
		var targets []string
		for _, address := range first {
			targets = append(targets, "-target="+address)
		}
		if err := a.apply(ctx, targets...); err != nil {
			return err
		}
	}
	if err := a.apply(ctx); err != nil {
		return err
	}
	told, err := a.terraform(ctx, "output", "-json", "-no-color")
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.file, told, 0o600); err != nil {
		return err
	}
	o, err := outputsOf(a.file)
	if err == nil {
		a.take(o)
	}
	return err
}

// apply applies the stack again, with the keys for the roles.
func (a *Applied) apply(ctx context.Context, arguments ...string) error {
	settings := maps.Clone(a.settings)
	if a.Keys != nil {
		settings["keys"] = a.Keys
	}
	for name, value := range settings {
		text, plain := value.(string)
		if !plain {
			octets, err := json.Marshal(value)
			if err != nil {
				return err
			}
			text = string(octets)
		}
		arguments = append(arguments, "-var", name+"="+text)
	}
	_, err := a.script(ctx, "apply", arguments)
	return err
}

func (a *Applied) terraform(ctx context.Context, arguments ...string) ([]byte, error) {
	return a.script(ctx, "terraform", arguments)
}

// script runs what localstack/stack.sh has left beside the outputs.
func (a *Applied) script(ctx context.Context, name string, arguments []string) ([]byte, error) {
	var said bytes.Buffer
	c := exec.CommandContext(ctx, filepath.Join(filepath.Dir(a.file), name), arguments...)
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		why := append(out, said.Bytes()...)
		return nil, fmt.Errorf("%s of the stack: %w: %s", name, err, why[max(0, len(why)-4<<10):])
	}
	return out, nil
}

// Variable is what the file beside the stack, made by HARDENED of localstack/stack.sh, sets
// a variable to; nothing where it does not.
func (a *Applied) Variable(name string, into any) error {
	octets, err := os.ReadFile(filepath.Join(filepath.Dir(a.file), "hardened.tfvars.json"))
	if err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(octets, &all); err != nil || all[name] == nil {
		return err
	}
	return json.Unmarshal(all[name], into)
}
