package cloud_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/shared/journal"
)

// hardened sees what hardened.tfvars has beside a pilot, as far as the emulator takes it.
func (s stage) hardened(t *testing.T, a *cloud.Applied) {
	t.Helper()
	mode := ""
	if err := a.Variable("audit_lock", &mode); err != nil {
		t.Fatal(err)
	}
	if t.Failed() || mode == "" {
		return
	}
	s.locked(t, a)
	waf, names := made(t, a, "aws_wafv2_web_acl_association"), made(t, a, "aws_api_gateway_domain_name")
	if len(waf)+len(names) != 3 || len(names) != len(made(t, a, "aws_api_gateway_base_path_mapping")) {
		t.Errorf("web ACLs before %d gateways, names of their own for %d", len(waf), len(names))
	}
	t.Logf("%d gateways stand behind a web ACL, %d have a name of their own", len(waf), len(names))
	if len(names) > 0 {
		s.planned(t, a)
	}
}

func made(t *testing.T, a *cloud.Applied, kind string) []map[string]any {
	t.Helper()
	list, err := a.Resources(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// locked sees that nobody deletes an entry of the journal or unlocks it, the account's
// owner included.
func (s stage) locked(t *testing.T, a *cloud.Applied) {
	t.Helper()
	client, bucket := s3.NewFromConfig(sdk(t)), (&role{a: a}).bucket(journal.Bucket)
	list, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: bucket, MaxKeys: awssdk.Int32(1)})
	if err != nil || len(list.Versions) == 0 {
		t.Fatalf("the journal has no entry: %v", err)
	}
	key, version := list.Versions[0].Key, list.Versions[0].VersionId
	held, err := client.GetObjectRetention(t.Context(), &s3.GetObjectRetentionInput{Bucket: bucket, Key: key, VersionId: version})
	if err != nil {
		t.Fatal(err)
	}
	until, lock := *held.Retention.RetainUntilDate, time.Duration(functions.All().Buckets[journal.Bucket].Lock)*time.Hour
	if held.Retention.Mode != s3types.ObjectLockRetentionModeCompliance || time.Until(until) < lock-25*time.Hour {
		t.Errorf("an entry is locked by %s until %s", held.Retention.Mode, until)
	}
	_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key, VersionId: version, BypassGovernanceRetention: awssdk.Bool(true)})
	if !denied(err) {
		t.Errorf("the owner deletes an entry: %v", err)
	}
	_, err = client.PutObjectRetention(t.Context(), &s3.PutObjectRetentionInput{
		Bucket: bucket, Key: key, VersionId: version, BypassGovernanceRetention: awssdk.Bool(true),
		Retention: &s3types.ObjectLockRetention{Mode: s3types.ObjectLockRetentionModeGovernance, RetainUntilDate: awssdk.Time(time.Now().Add(time.Hour))},
	})
	if !denied(err) {
		t.Errorf("the owner shortens the lock of an entry: %v", err)
	}
	t.Logf("an entry of the journal is locked by %s until %s, and its owner can neither delete nor unlock it", held.Retention.Mode, until.Format(time.DateOnly))
}

// planned calls the portals' gateway with and without the key of a plan.
func (s stage) planned(t *testing.T, a *cloud.Applied) {
	t.Helper()
	to, err := a.Behind("api")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		key  string
		want int
	}{"no key": {"", http.StatusForbidden}, "another key": {"01234567890123456789", http.StatusForbidden}, "its key": {a.Portals["portal"], http.StatusOK}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to.String()+"/health", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/json")
		if c.key != "" {
			r.Header.Set("X-Api-Key", c.key)
		}
		client := http.DefaultClient
		if os.Getenv("AWS_CA_BUNDLE") != "" {
			client = browserOf(t)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("with %s the gateway answers %d, not %d", what, answer.StatusCode, c.want)
		}
	}
	t.Log("the portals' gateway takes nobody without the key of a plan")
}
