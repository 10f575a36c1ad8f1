package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
)

// hosted are the flags that put the node of one country on an emulator of AWS.
type hosted struct{ stack, zips string }

func hostedFlags(fs *flag.FlagSet) *hosted {
	h := &hosted{}
	fs.StringVar(&h.stack, "stack", "", "`file` of terraform output -json: the node of --to runs on that stack, on the emulator that AWS_ENDPOINT_URL names")
	fs.StringVar(&h.zips, "zips", "", "`folder` of zips that make zip built: the node of --to runs as those, started here, over the emulator that AWS_ENDPOINT_URL names")
	return h
}

// endpoint is where the emulator of AWS answers.
const endpoint = "AWS_ENDPOINT_URL"

// put says where the node of a country runs. The folder that it returns is for
// what is unpacked, and removed by the caller.
func (h *hosted) put(ctx context.Context, o *world.Options, log io.Writer) (work string, err error) {
	if h.stack == "" && h.zips == "" {
		return "", nil
	}
	if h.stack != "" && h.zips != "" {
		return "", errors.New("give --stack or --zips, not both")
	}
	if os.Getenv(endpoint) == "" {
		return "", errors.New(endpoint + " is not set: it names the emulator of AWS; make localstack starts one and does all this")
	}
	if work, err = os.MkdirTemp("", "vienreiz-run-"); err != nil {
		return "", err
	}
	var host world.Host
	file := h.stack
	if file != "" {
		host, err = applied(ctx, file)
	} else {
		file = filepath.Join(work, "outputs.json")
		host, err = provisioned(ctx, h.zips, file, log)
	}
	if err == nil {
		file, err = filepath.Abs(file)
	}
	country := o.Names[1]
	o.Hosts = map[string]world.Host{country: host}
	o.Stacks = map[string]world.Stack{country: {Outputs: file, Endpoint: os.Getenv(endpoint)}}
	return work, err
}

// applied is the host of a stack that Terraform has made.
func applied(ctx context.Context, file string) (world.Host, error) {
	a, err := cloud.Open(ctx, stackName, file)
	if err != nil {
		return nil, err
	}
	return a.Host, nil
}

// provisioned makes a stack without Terraform, and leaves what it made in file.
func provisioned(ctx context.Context, zips, file string, log io.Writer) (world.Host, error) {
	made, err := cloud.Make(ctx, "run"+strings.ToLower(rand.Text()[:8]))
	if err != nil {
		return nil, err
	}
	octets, err := made.Outputs()
	if err == nil {
		err = os.WriteFile(file, octets, 0o600)
	}
	r := &cloud.Runner{Deployed: made, Zips: zips, Work: filepath.Dir(file), Output: log, Every: time.Second}
	return r.Host, err
}

// stackName is what infra/terraform/tenant/emulator.tfvars calls the tenant.
const stackName = "emulated"

// elsewhere are readers of the journals that are no folders of a running world.
func elsewhere(ctx context.Context, r *world.Running) (map[string]demo.Journal, error) {
	all := map[string]demo.Journal{}
	for country, gate := range r.Tenants {
		if gate.Stack == "" {
			continue
		}
		if err := os.Setenv(endpoint, gate.Endpoint); err != nil {
			return nil, err
		}
		a, err := cloud.Open(ctx, stackName, gate.Stack)
		if err != nil {
			return nil, err
		}
		all[country] = a.Journal
	}
	return all, nil
}
