package cloud_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/infra/cost"
)

// toll stands between functions and the emulator, and counts what AWS would ask
// money for.
type toll struct {
	mu      sync.Mutex
	use     cost.Use
	items   map[string]int // octets of each row of the table
	journal string         // bucket
}

func newToll(journal string) *toll {
	t := &toll{journal: journal}
	t.reset()
	return t
}

// reset begins anew, and gives what was counted.
func (t *toll) reset() cost.Use {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.use
	for _, octets := range t.items {
		was.Table += float64(octets)
	}
	t.use, t.items = cost.Use{Functions: map[string]cost.Run{}, Units: map[string]float64{}}, map[string]int{}
	return was
}

func (t *toll) add(what string, units float64) { t.use.Units[what] += units }

// proxy leads to the emulator.
func (t *toll) proxy(tb testing.TB, emulator string) http.Handler {
	tb.Helper()
	to, err := url.Parse(emulator)
	if err != nil {
		tb.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = to.Host }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the function has gone
		}
		t.count(r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	})
}

// count takes the service from the scope of the signature.
func (t *toll) count(r *http.Request, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	if len(scope) < 4 {
		return
	}
	switch scope[3] {
	case "dynamodb":
		t.table(operation, body)
	case "sqs":
		if operation != "GetQueueAttributes" { // of the clock, which package cost counts by the hour
			t.add("sqs requests", 1)
		}
	case "secretsmanager":
		t.add("secret requests", 1)
	case "kms":
		t.add("kms requests", 1)
	case "s3":
		t.bucket(r, body)
	}
}

func (t *toll) bucket(r *http.Request, body []byte) {
	switch {
	case r.Method == http.MethodPut || r.Method == http.MethodPost || r.URL.Query().Has("list-type"):
		t.add("s3 writes", 1)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		t.add("s3 reads", 1)
	}
	if r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/"+t.journal+"/") {
		t.use.Journal += float64(len(body))
	}
}

// row is what a write of the table names.
type row struct {
	Item, Key                 map[string]json.RawMessage
	ExpressionAttributeValues map[string]json.RawMessage
}

// table counts units: a kilobyte written, twice in a transaction, and once more for the
// index; a read of the newest takes one for each four kilobytes, of which rows have one.
func (t *toll) table(operation string, body []byte) {
	var in struct {
		TransactItems []map[string]row
		RequestItems  map[string][]any
	}
	_ = json.Unmarshal(body, &in) // what is no such request has neither
	switch operation {
	case "GetItem", "Query":
		t.add("dynamodb reads", 1)
	case "BatchWriteItem":
		for _, list := range in.RequestItems {
			t.add("dynamodb writes", 2*float64(len(list))) // of the outbox, which the index has
		}
	case "TransactWriteItems":
		for _, item := range in.TransactItems {
			for _, r := range item {
				t.write(r)
			}
		}
	}
}

func (t *toll) write(r row) {
	octets := 0
	for _, part := range []map[string]json.RawMessage{r.Item, r.Key, r.ExpressionAttributeValues} {
		for name, value := range part {
			octets += len(name) + len(value)*3/4 // base64
		}
	}
	t.add("dynamodb writes", 2*float64(octets/1024+1))
	if r.Item["indexLane"] != nil || r.Item == nil {
		t.add("dynamodb writes", 1)
	}
	if r.Item != nil {
		t.items[string(r.Item["pk"])] = octets
	}
}
