package cloud_test

import (
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
)

// elsewhere lets a process of its own take from inbound in the place of the function
// exchange, with its environment and its role: where few queues are polled it hands
// what is of the others on to Lambda.
func (s stage) elsewhere(t *testing.T, a *cloud.Applied) {
	t.Helper()
	const function = "exchange"
	built, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c, err := lambda.NewFromConfig(sdk(t)).GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: awssdk.String(a.Functions[function])})
	if err != nil {
		t.Fatal(err)
	}
	said := new(listener)
	p := &cloud.Process{Deployed: a.Deployed, Program: built, Only: []string{function}, Output: said, Environment: environment(t, c.Environment.Variables, a.Functions[function])}
	taking(t, a, function, false)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stops(t, p)
	s.walk(t, "exchange runs in a process, and the cloud has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "exchange runs in a process, and the cloud asks", ours, theirs, demo.Options{Count: 1})
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	taking(t, a, function, true)
	said.silent(t, `"queue":"requests"`, `"queue":"provide"`, `"queue":"inbound"`)
}
