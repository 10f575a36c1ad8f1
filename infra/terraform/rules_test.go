package terraform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// wide are the actions and resources with a * that somebody has looked at.
var wide = map[string]string{
	`key.tf Action kms:*`:           "the account's administrators: without it nobody can ever change the key's policy",
	`key.tf Resource *`:             "in a key's policy that is the key itself",
	`queues.tf Action sqs:*`:        "a refusal",
	`buckets-policy.tf Action s3:*`: "a refusal",
	`buckets-policy.tf Resource /*`: "the objects of one bucket, and refusals",
	`statements.tf Resource :*`:     "the streams of one log group",
	`statements.tf Resource /*`:     "the objects of one bucket",
	`statements.tf Resource *`:      "X-Ray knows no resources",
	`network.tf Resource *`:         "network interfaces have no names before they are made; the function itself is refused them",
	`roles.tf Resource :*`:          "the streams of one log group",
	`roles.tf Resource *`:           "the token for Amazon ECR is of the account; the statement before it names the repository",
	`api.tf Resource /*`:            "the methods of one REST API",
	`methods.tf source_arn /*/*`:    "the stages and methods of one REST API",
	`stage.tf method_path */*`:      "the settings of every method of one stage",
	`buckets-policy.tf Principal *`: "refusals are for everybody",
	`queues.tf Principal *`:         "refusals are for everybody",
	`api.tf Principal *`:            "callers have addresses, not principals",
}

func TestEveryStarHasBeenLookedAt(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, m := range modules(t) {
		m.walk(func(file, key string, value hclsyntax.Expression) {
			if !slices.Contains([]string{"Action", "NotAction", "Resource", "NotResource", "Principal", "source_arn", "method_path"}, key) {
				return
			}
			for _, s := range literals(value) {
				if !strings.Contains(s, "*") {
					continue
				}
				entry := fmt.Sprintf("%s %s %s", file, key, s)
				used[entry] = true
				if wide[entry] == "" {
					t.Errorf("%s: %s: name what is meant, or say in this test why not", m.name, entry)
				}
			}
		})
	}
	for entry := range wide {
		if !used[entry] {
			t.Errorf("%s is nowhere any more", entry)
		}
	}
}

func TestTheWordsOfRolesHaveNoStar(t *testing.T) {
	t.Parallel()
	for name, octets := range tenant(t).source {
		if strings.HasSuffix(name, "words.tf") && strings.Contains(string(octets), "*") {
			t.Errorf("%s allows more than it names", name)
		}
	}
}

func TestFunctionsAreForARM(t *testing.T) {
	t.Parallel()
	m := tenant(t)
	f := m.blocks("resource", "aws_lambda_function", "function")[0].Body
	if m.text(f, "architectures") != "[var.architecture]" || m.text(f, "runtime") != `"provided.al2023"` {
		t.Error("functions are not provided.al2023 on var.architecture")
	}
	if v := m.blocks("variable", "architecture")[0].Body; m.text(v, "default") != `"arm64"` {
		t.Error("the default is not arm64")
	}
}

func TestNoLogIsKeptForEver(t *testing.T) {
	t.Parallel()
	for _, m := range modules(t) {
		for _, b := range m.blocks("resource", "aws_cloudwatch_log_group") {
			if m.text(b.Body, "retention_in_days") != "var.log_days" {
				t.Errorf("%s: %s has no retention", m.name, b.Labels[1])
			}
		}
	}
}

func TestTheLockIsForPilotsUntilSomebodyConfirmsIt(t *testing.T) {
	t.Parallel()
	m := tenant(t)
	if got := m.text(m.blocks("variable", "audit_lock")[0].Body, "default"); got != `"GOVERNANCE"` {
		t.Errorf("the default is %s", got)
	}
	lock := m.blocks("resource", "aws_s3_bucket_object_lock_configuration", "bucket")
	if len(lock) != 1 || !strings.Contains(m.text(lock[0].Body, "for_each"), "b.lock != null") {
		t.Error("a bucket that functions.yaml locks is not locked")
	}
	for _, name := range []string{"buckets.tf", "buckets-lock.tf"} {
		if strings.Contains(string(m.source["modules/tenant/"+name]), "prevent_destroy = false") {
			t.Errorf("%s lets the journal be destroyed", name)
		}
	}
	if got := m.text(m.blocks("resource", "aws_s3_bucket", "bucket")[0].Body, "force_destroy"); got != "var.disposable && each.value.lock == null" {
		t.Errorf("force_destroy = %s", got)
	}
}

func TestModulesAreWithoutProviders(t *testing.T) {
	t.Parallel()
	for _, m := range append(modules(t), read(t, "tenant"), read(t, "examples/two-tenants")) {
		if n := len(m.blocks("provider")); strings.HasPrefix(m.name, "modules/") == (n > 0) {
			t.Errorf("%s has %d provider blocks", m.name, n)
		}
		demand := m.blocks("terraform")
		if len(demand) != 1 || m.text(demand[0].Body, "required_version") != `">= 1.6"` {
			t.Errorf("%s does not say which Terraform it needs", m.name)
		}
		if !strings.Contains(m.written(demand[0].Body.Blocks[0].Body.Attributes["aws"].Expr), `">= 5.100, < 7.0"`) {
			t.Errorf("%s does not say which provider it needs", m.name)
		}
	}
}
