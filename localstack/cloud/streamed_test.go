package cloud_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
)

// TestTheLaneOfAStackOfTerraformTakesAllThatOOTSAllows: the stack goes from the gateway to
// the lane, whose container is not run by any emulator. Its program is run here as the task
// definition says, with the credentials of the task's role.
func TestTheLaneOfAStackOfTerraformTakesAllThatOOTSAllows(t *testing.T) {
	needEmulator(t)
	made := os.Getenv(stackOfTerraform)
	if made == "" || !enforced() {
		t.Skip("SKIPPED: no emulator has load balancers and enforces roles here; `make e2e-ministack` starts one where Terraform is")
	}
	a, err := cloud.Open(t.Context(), "emulated", made)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Change(t.Context(), theLane(t, a), "module.tenant.module.network", "module.tenant.aws_security_group.calling"); err != nil {
		t.Fatal(err)
	}
	inside(t, a)
	said := new(listener)
	task := laneOf(t, a, said)
	s := stage{a.Deployed, open(t, a.Host)}
	s.walk(t, "the lane has the evidence", theirs, ours, demo.Options{Count: 1})
	s.large(t, asLargeAsAllowed)
	said.silent(t, "message received")
	s.tries(t, assumed(t, a, task.Role), "the task of the lane", trials["as4-receive"])
	rests(t) // of what was broken before
}

// inside sees that whoever calls out does so from the network, and nobody else.
func inside(t *testing.T, a *cloud.Applied) {
	t.Helper()
	for _, f := range made(t, a, "aws_lambda_function") {
		name, _ := f["function_name"].(string)
		network, _ := f["vpc_config"].([]any)
		if calls := functions.All().Functions[strings.TrimPrefix(name, "emulated-")].Calls != ""; calls != (len(network) == 1) {
			t.Errorf("%s is in the network by %v", name, network)
		}
	}
}

// theLane is what a tenant file says of one, with the settings that the gateways have.
func theLane(t *testing.T, a *cloud.Applied) map[string]any {
	t.Helper()
	gateways := map[string]any{}
	if err := a.Variable("gateways", &gateways); err != nil {
		t.Fatal(err)
	}
	gateways["as4"] = map[string]any{"domain": map[string]any{"name": "as4.interior.example", "certificate_arn": "arn:aws:acm:eu-central-1:000000000000:certificate/11111111-1111-4111-8111-111111111111"}}
	return map[string]any{
		"gateways": gateways,
		"network":  map[string]any{"zones": []string{"a", "b"}, "nat": "one"},
		"lane":     map[string]any{"image": "registry.example/node@sha256:" + strings.Repeat("0", 64), "tasks": map[string]int{"min": 1, "max": 1}},
	}
}

// laneOf lets the lane run as its task says, at another address.
func laneOf(t *testing.T, a *cloud.Applied, said *listener) *cloud.Task {
	t.Helper()
	task, err := a.Task(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	built, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &cloud.Process{Deployed: a.Deployed, Program: built, Output: said, Environment: environment(t, task.Environment, task.Role)}
	for i := 0; i+1 < len(task.Command); i += 2 {
		if task.Command[i] != "--listen" {
			p.Args = append(p.Args, task.Command[i], task.Command[i+1])
		}
	}
	t.Logf("the task %v as role %s", task.Command, task.Role)
	a.Lane = p
	return task
}

// environment is that of a process with the credentials of a role.
func environment(t *testing.T, variables map[string]string, role string) map[string]string {
	t.Helper()
	c, err := credentials(t, role).Retrieve(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	env := maps.Clone(variables)
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"} {
		env[name] = os.Getenv(name)
	}
	env["AWS_REGION"] = "eu-central-1"
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = c.AccessKeyID, c.SecretAccessKey, c.SessionToken
	return env
}

// silent sees that the process did something, as each of the texts in its log says, and
// that nothing was denied to it.
func (l *listener) silent(t *testing.T, says ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	did := map[string]int{}
	for line := range bytes.Lines(l.heard.Bytes()) {
		if bytes.Contains(line, []byte("AccessDenied")) || bytes.Contains(line, []byte("not authorized")) {
			t.Errorf("the role of the process lacks a permission: %s", line)
		}
		for _, text := range says {
			if bytes.Contains(line, []byte(text)) {
				did[text]++
			}
		}
	}
	for _, text := range says {
		if did[text] == 0 {
			t.Errorf("the process never says %q: %s", text, l.heard.Bytes())
		}
	}
	t.Logf("the process says %v, and nothing was denied to it", did)
}
