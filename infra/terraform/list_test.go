package terraform_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vienreiz/vienreiz/functions"
)

// TestEveryEntryOfTheListHasItsResources: a function that comes later is one
// entry more in functions.yaml, and nothing here.
func TestEveryEntryOfTheListHasItsResources(t *testing.T) {
	t.Parallel()
	m := tenant(t)
	for resource, list := range map[string]string{
		"aws_lambda_function function":                              "local.functions",
		"aws_iam_role function":                                     "local.functions",
		"aws_iam_role_policy function":                              "local.functions",
		"aws_cloudwatch_log_group function":                         "local.functions",
		"aws_lambda_event_source_mapping queue":                     "local.on_queue",
		"aws_cloudwatch_event_rule schedule":                        "local.on_schedule",
		"aws_cloudwatch_event_target schedule":                      "local.on_schedule",
		"aws_lambda_permission schedule":                            "local.on_schedule",
		"aws_sqs_queue queue":                                       "local.queues",
		"aws_sqs_queue dead":                                        "local.queues",
		"aws_s3_bucket bucket":                                      "local.buckets",
		"aws_s3_bucket_policy bucket":                               "local.buckets",
		"aws_s3_bucket_public_access_block bucket":                  "local.buckets",
		"aws_s3_bucket_lifecycle_configuration bucket":              "local.buckets",
		"aws_s3_bucket_server_side_encryption_configuration bucket": "local.buckets",
	} {
		found := m.blocks("resource", strings.Fields(resource)...)
		if len(found) != 1 || m.text(found[0].Body, "for_each") != list {
			t.Errorf("%s is not made once for each of %s", resource, list)
		}
	}
	for _, kind := range []string{"aws_lambda_function", "aws_sqs_queue", "aws_s3_bucket"} {
		for _, b := range m.blocks("resource", kind) {
			if m.text(b.Body, "for_each") == "" {
				t.Errorf("%s %s is not of functions.yaml", kind, b.Labels[1])
			}
		}
	}
}

func TestQueuesHideAnItemLongerThanItsFunctionMayTake(t *testing.T) {
	t.Parallel()
	list := functions.All()
	for name, f := range list.Functions {
		q, ok := list.Queues[f.Trigger.Queue]
		if f.Trigger.Queue == "" {
			continue
		}
		if !ok || q.Visibility < f.Seconds+15 || q.Receives < 2 {
			t.Errorf("%s may take %d s, its queue hides an item for %d s, %d times", name, f.Seconds, q.Visibility, q.Receives)
		}
		if f.Trigger.Concurrency < 2 || f.Trigger.Batch < 1 || f.Trigger.Batch > 10 {
			t.Errorf("%s: SQS takes a concurrency from 2 and a batch of 1 to 10 at once, not %d and %d", name, f.Trigger.Concurrency, f.Trigger.Batch)
		}
	}
	if got := list.Queues["outbound"].Visibility; got != 90 {
		t.Errorf("outbound hides an item for %d s: the push's time-out of 60 s and 30 (architecture §8)", got)
	}
	mapping := tenant(t).blocks("resource", "aws_lambda_event_source_mapping", "queue")[0].Body
	if got := literals(mapping.Attributes["function_response_types"].Expr); !slices.Equal(got, []string{"ReportBatchItemFailures"}) {
		t.Errorf("one item that fails makes its whole batch fail: %v", got)
	}
}

func TestWhatAGatewayWaitsForIsNotCutOff(t *testing.T) {
	t.Parallel()
	list := functions.All()
	for name, f := range list.Functions {
		if f.Trigger.Gateway == "" {
			continue
		}
		if f.Seconds > 29 {
			t.Errorf("%s may take %d s, a gateway waits 29", name, f.Seconds)
		}
		g, ok := list.Gateways[f.Trigger.Gateway]
		if !ok || !slices.Contains(g.Binary, "*/*") || !slices.Contains([]string{"text", "problem", "page"}, g.Refusals) {
			t.Errorf("gateway %s of %s is not whole: %+v", f.Trigger.Gateway, name, g)
		}
		for _, path := range f.Trigger.Paths {
			if n := strings.Count(path, "/"); n > 6 {
				t.Errorf("%s has %d segments; modules/gateway/resources.tf makes 6", path, n)
			}
		}
	}
	for name, g := range list.Gateways {
		if g.Contract == "" {
			continue
		}
		if _, err := os.Stat("../../functions/" + g.Contract); err != nil {
			t.Errorf("contract of %s: %v", name, err)
		}
	}
}

// words are the keys of a local of words.tf.
func words(t *testing.T, m module, name string) []string {
	t.Helper()
	for _, b := range m.blocks("locals") {
		if a := b.Body.Attributes[name]; a != nil {
			var all []string
			for _, item := range a.Expr.(*hclsyntax.ObjectConsExpr).Items {
				all = append(all, m.written(item.KeyExpr))
			}
			return all
		}
	}
	t.Fatalf("there is no local.%s", name)
	return nil
}

func TestEveryWordOfThePermissionsIsKnown(t *testing.T) {
	t.Parallel()
	m := tenant(t)
	known := func(function, local string, value any) {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, word := range list {
			if word != nil && !slices.Contains(words(t, m, local), word.(string)) {
				t.Errorf("%s: %v is not in local.%s", function, word, local)
			}
		}
	}
	for name, f := range functions.All().Functions {
		known(name, "state_words", f.Permissions.State)
		for _, w := range f.Permissions.Queues {
			known(name, "queue_words", w)
		}
		for _, w := range f.Permissions.Buckets {
			known(name, "object_words", w)
			known(name, "locked_words", w)
		}
		for _, use := range f.Permissions.Keys {
			known(name, "key_words", use)
		}
		for _, use := range f.Permissions.Secrets {
			if use != "registries" {
				t.Errorf("%s: nobody makes secrets for %s", name, use)
			}
		}
		if c := f.Permissions.Configuration; c != "" && c != "read" {
			t.Errorf("%s: configuration is read, not %s", name, c)
		}
	}
}

func TestAFunctionIsToldAllThatItReads(t *testing.T) {
	t.Parallel()
	cloud, err := os.ReadFile("../../functions/cloud/cloud.go")
	if err != nil {
		t.Fatal(err)
	}
	told := words(t, tenant(t), "environment")
	for _, name := range regexp.MustCompile(`VIENREIZ_[A-Z]+`).FindAllString(string(cloud), -1) {
		if !slices.Contains(told, name) {
			t.Errorf("functions/cloud reads %s, and nothing sets it", name)
		}
	}
}
