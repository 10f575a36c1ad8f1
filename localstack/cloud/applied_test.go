package cloud_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

func TestAStackThatWasMadeWithoutTerraformIsOpenedLikeOneOfTerraforms(t *testing.T) {
	t.Parallel()
	made := &cloud.Deployed{Config: aws.Config{
		Table:   "x-state",
		Queues:  []aws.Queue{{Name: "inbound", URL: "http://127.0.0.1/inbound", Dead: "http://127.0.0.1/dead"}},
		Buckets: []aws.Bucket{{Name: "evidence", Bucket: "x-evidence"}, {Name: "journal", Bucket: "x-journal", Locked: true}},
	}}
	octets, err := made.Outputs()
	file := filepath.Join(t.TempDir(), "outputs.json")
	if err == nil {
		err = os.WriteFile(file, octets, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	a, err := cloud.Open(t.Context(), "x", file)
	if err != nil {
		t.Fatal(err)
	}
	ignored := cmp.Options{
		cmpopts.IgnoreFields(aws.Config{}, "Now"), cmpopts.IgnoreFields(aws.Queue{}, "Wait"),
		cmpopts.SortSlices(func(a, b aws.Bucket) bool { return a.Name < b.Name }),
	}
	if diff := cmp.Diff(made.Config, a.Config, ignored); diff != "" {
		t.Error(diff)
	}
}
