package runtime_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/runtime"
)

// zips are those that `make zip` has built for this machine.
var zips = filepath.Join("..", "..", "build", "zips", goruntime.GOARCH)

// TestHowLongEachFunctionTakesToItsFirstAnswer prints the times; the aim is 100
// ms. AWS refuses at once, so that its time is not counted.
func TestHowLongEachFunctionTakesToItsFirstAnswer(t *testing.T) {
	if _, err := os.Stat(zips); err != nil || goruntime.GOOS != "linux" {
		t.Skip("SKIPPED: there are no zips, or this is not Linux; `make zip` builds them")
	}
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"__type":"AccessDeniedException"}`, http.StatusForbidden)
	}))
	defer aws.Close()
	for name, f := range functions.All().Functions {
		event := firstEvent(t, name)
		code := t.TempDir()
		if err := runtime.Unpack(filepath.Join(zips, name+".zip"), code); err != nil {
			t.Error(err)
			continue
		}
		began := time.Now()
		p, err := runtime.Start(t.Context(), runtime.Function{Name: name, Code: code, Memory: f.Memory, Timeout: time.Duration(f.Seconds) * time.Second, Output: os.Stderr, Env: map[string]string{
			"AWS_ENDPOINT_URL": aws.URL, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
			"VIENREIZ_TABLE": "t", "VIENREIZ_QUEUES": "{}", "VIENREIZ_BUCKETS": `{"configuration":"c"}`,
		}})
		if err != nil {
			t.Error(err)
			continue
		}
		ready := time.Since(began)
		_, err = p.Invoke(t.Context(), event)
		t.Logf("%-12s ready after %3d ms, first answer after %3d ms (%v)", name, ready.Milliseconds(), time.Since(began).Milliseconds(), err)
		p.Close()
	}
}

// firstEvent is an event of the function.
func firstEvent(t *testing.T, name string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "events", name+"*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no event, %v", name, err)
	}
	octets, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.TrimSpace(string(octets)))
}
