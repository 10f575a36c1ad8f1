package aws

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

var update = flag.Bool("update", false, "write testdata/items.json anew")

// Architecture rule 15: what a release has written the next one reads. Who
// changes the form of an item sees it here.
func TestItemsHaveTheFormThatReleasesBeforeHaveWritten(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_795_000_000_123)
	record := store.Record{Kind: "exchange", Key: "a/b", Body: []byte(`{}`), Due: now.Add(time.Minute), Expires: now.Add(time.Hour)}
	bare := store.Record{Kind: "portal", Key: "p"}
	items := (&State{table: "t"}).transaction(
		[]store.Change{{Record: record}, {Record: bare, Expect: 6}, {Record: store.Record{Kind: "portal", Key: "q"}, Expect: 5, Delete: true}},
		[]store.Command{{ID: "a/sent", Queue: "outbound", Body: []byte("a"), NotBefore: now.Add(time.Second)}, {ID: "b", Queue: "notify", Body: []byte("b")}}, 7, now)
	got, err := json.MarshalIndent(items, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const path = "testdata/items.json"
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestDynamoDBNeverRemovesWhatHasNotExpired(t *testing.T) {
	t.Parallel()
	for _, ms := range []int64{1_795_000_000_000, 1_795_000_000_001, 1_795_000_000_999} {
		c := store.Change{Record: store.Record{Kind: "k", Key: "k", Expires: time.UnixMilli(ms)}}
		item := (&State{}).write(&c, 1, time.UnixMilli(0)).Put.Item
		if ttl := number(item[ttlSeconds]); ttl*1000 < ms || ttl*1000 >= ms+1000 {
			t.Errorf("what expires at %d ms has a TTL of %d s", ms, ttl)
		}
	}
}

func TestACancelledTransactionSaysWhatStoodInItsWay(t *testing.T) {
	t.Parallel()
	changes := []store.Change{{Record: store.Record{Kind: "exchange", Key: "x"}}, {Record: store.Record{Kind: "portal", Key: "p"}}}
	commands := []store.Command{{ID: "c"}}
	for name, c := range map[string]struct {
		codes    []string
		want     string
		conflict bool
		again    bool
	}{
		"another version":     {[]string{"None", "ConditionalCheckFailed", "None"}, `record portal "p"`, true, false},
		"another command":     {[]string{"None", "None", "ConditionalCheckFailed"}, `command "c"`, true, false},
		"another transaction": {[]string{"TransactionConflict", "None", "None"}, `record exchange "x" is written by another`, true, true},
		"both":                {[]string{"TransactionConflict", "None", "ConditionalCheckFailed"}, `command "c"`, true, false},
		"too much at once":    {[]string{"None", "ThrottlingError", "None"}, "ThrottlingError", false, true},
		"something unheard":   {[]string{"ValidationError", "None", "None"}, "ValidationError", false, false},
	} {
		cancelled := &types.TransactionCanceledException{Message: aws.String(fmt.Sprint(c.codes))}
		for _, code := range c.codes {
			cancelled.CancellationReasons = append(cancelled.CancellationReasons, types.CancellationReason{Code: &code})
		}
		err, again := refusal(fmt.Errorf("operation error: %w", cancelled), changes, commands)
		if !strings.Contains(err.Error(), c.want) || errors.Is(err, store.ErrConflict) != c.conflict || again != c.again {
			t.Errorf("%s: %v, again %v", name, err, again)
		}
	}
}
