package terraform_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/store"
)

// computed are locals of folded.tf, as Terraform would compute them of a list with
// few queues polled.
type computed struct {
	Folded map[string]string   // queue → that in which its items travel
	Taker  map[string]string   // queue → function
	Guests map[string][]string // function → queues
	Waits  map[string]int      // function → seconds
	Queues map[string]struct{ Visibility, Receives int }
}

// compute evaluates the HCL; document is a functions.yaml.
func compute(t *testing.T, document []byte) *computed {
	t.Helper()
	m, locals := tenant(t), map[string]cty.Value{"list": value(t, document)}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{"queues": cty.StringVal("few")})},
		Functions: map[string]function.Function{"can": tryfunc.CanFunc, "try": tryfunc.TryFunc, "max": stdlib.MaxFunc, "length": stdlib.LengthFunc},
	}
	for _, name := range []string{"folded", "taker", "guests", "waits", "queues"} {
		scope.Variables["local"] = cty.ObjectVal(locals)
		for _, b := range m.blocks("locals") {
			if a := b.Body.Attributes[name]; a != nil {
				v, diagnostics := a.Expr.Value(scope)
				if diagnostics.HasErrors() {
					t.Fatal(diagnostics)
				}
				locals[name] = v
			}
		}
	}
	octets, err := ctyjson.Marshal(cty.ObjectVal(locals), cty.ObjectVal(locals).Type())
	c := new(computed)
	if err == nil {
		err = json.Unmarshal(octets, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// value is a YAML document as yamldecode has it.
func value(t *testing.T, document []byte) cty.Value {
	t.Helper()
	var any map[string]any
	err := yaml.Unmarshal(document, &any)
	octets, err2 := json.Marshal(any)
	kind, err3 := ctyjson.ImpliedType(octets)
	v, err4 := ctyjson.Unmarshal(octets, kind)
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func list(t *testing.T) []byte {
	t.Helper()
	octets, err := os.ReadFile("../../functions/functions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// A call of whoever hands items on ends by itself after whom it waits for, is ended by
// Lambda after that, and then only its item comes again: it is one.
func TestWhoHandsItemsOnHasLongerThanWhomItWaitsFor(t *testing.T) {
	t.Parallel()
	all, c := functions.All(), compute(t, list(t))
	for queue, q := range all.Queues {
		host, folded := c.Folded[queue]
		if folded != (q.Fold != "") || host != q.Fold || c.Taker[queue] != all.Taker(queue) {
			t.Errorf("queue %s is folded into %q by functions.yaml, and into %q by Terraform, where %s takes from it", queue, q.Fold, host, c.Taker[queue])
		}
		taker := all.Functions[all.Taker(queue)]
		seconds := max(taker.Seconds, c.Waits[all.Taker(queue)])
		if got := c.Queues[queue]; got.Visibility < seconds+15 || got.Visibility < q.Visibility || got.Receives != q.Receives {
			t.Errorf("with few queues %s has %+v, its function %d s", queue, got, seconds)
		}
		if got := c.Queues[queue]; float64(got.Visibility) > store.Patience.Seconds() || float64(q.Visibility*q.Receives) > store.Retried.Seconds() {
			t.Errorf("with few queues %s has %+v, and the outbox would send its items again while they come again by themselves", queue, got)
		}
		if !folded {
			continue
		}
		if !slices.Contains(c.Guests[all.Taker(host)], queue) || c.Waits[all.Taker(host)] < taker.Seconds+15 {
			t.Errorf("%s waits %d s for %s, which may take %d s", all.Taker(host), c.Waits[all.Taker(host)], all.Taker(queue), taker.Seconds)
		}
	}
	text := string(tenant(t).source["modules/tenant/list.tf"])
	for _, line := range []string{"= max(f.seconds, local.waits[name])", "= length(local.guests[name]) > 0 ? 1 :"} {
		if !strings.Contains(text, line) {
			t.Errorf("list.tf does not say %q", line)
		}
	}
}

// A queue that comes later is folded by its entry alone.
func TestAQueueThatComesLaterIsFoldedByItsEntry(t *testing.T) {
	t.Parallel()
	later := strings.NewReplacer(
		"\nfunctions:\n", "\nfunctions:\n  notify: {trigger: {queue: notify, batch: 1, concurrency: 2}, memory: 256, seconds: 130}\n",
		"\nqueues:\n", "\nqueues:\n  notify: {visibility: 145, receives: 4, fold: inbound}\n",
	).Replace(string(list(t)))
	c := compute(t, []byte(later))
	if c.Folded["notify"] != "inbound" || c.Waits["exchange"] != 145 || c.Queues["inbound"].Visibility != 160 || c.Queues["outbound"].Visibility != 90 || c.Queues["notify"].Visibility != 145 {
		t.Errorf("%+v", c)
	}
}

// What lies in a queue that nobody polls is given on by one function that runs all the time.
func TestEveryQueueThatMayBeFoldedIsSwept(t *testing.T) {
	t.Parallel()
	for queue, q := range functions.All().Queues {
		var sweepers []string
		for name, f := range functions.All().Functions {
			words, _ := f.Permissions.Queues[queue].([]any)
			if slices.Contains(words, any("sweep")) {
				sweepers = append(sweepers, name)
			}
			if slices.Contains(words, any("sweep")) && (f.Trigger.Schedule == "" || !slices.Contains(words, any("send"))) {
				t.Errorf("%s sweeps queue %s, and is not woken by itself, or may not send on", name, queue)
			}
		}
		if want := min(len(q.Fold), 1); len(sweepers) != want {
			t.Errorf("queue %s is folded into %q, and swept by %v", queue, q.Fold, sweepers)
		}
	}
}
