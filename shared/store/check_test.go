package store_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/store"
)

func TestARefusalNamesTheLimitAndTheValue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	record := store.Record{Kind: "exchange", Key: "x"}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"a large item":   {store.CheckItem("outbound", store.Item{Body: make([]byte, store.MaxItem+1)}, 0), []string{"4097 octets", "outbound", "4096", "store.MaxItem"}},
		"a long delay":   {store.CheckItem("outbound", store.Item{Body: []byte("x")}, time.Hour), []string{"1h0m0s", "15m0s", "store.MaxDelay"}},
		"a long key":     {store.CheckKey("key", strings.Repeat("k", store.MaxKey+1)), []string{"512", "store.MaxKey"}},
		"a control":      {store.CheckKey("command id", "a\nb"), []string{"command id", `a\nb`}},
		"a bad name":     {store.CheckName("queue", "Out bound"), []string{"queue", "Out bound"}},
		"a large body":   {store.CheckCommit([]store.Change{{Record: store.Record{Kind: "exchange", Key: "x", Body: make([]byte, store.MaxBody+1)}}}, nil, now), []string{"exchange", "358401", "store.MaxBody"}},
		"a repetition":   {store.CheckCommit([]store.Change{{Record: record}, {Record: record}}, nil, now), []string{"exchange", `"x"`, "twice"}},
		"a blind delete": {store.CheckCommit([]store.Change{{Record: record, Delete: true}}, nil, now), []string{"version"}},
		"an empty key":   {store.CheckObjectKey(""), []string{"segment"}},
		"a long link":    {store.CheckLink(time.Hour, store.Shown{MediaType: "a/b", Disposition: "inline"}), []string{"1h0m0s", "1m0s", "store.MaxLink"}},
		"a bare link":    {store.CheckLink(time.Second, store.Shown{MediaType: "text/html"}), []string{"media type", "disposition"}},
		"a traversal":    {store.CheckObjectKey("a/../b"), []string{`".."`}},
	} {
		for _, want := range c.want {
			if c.err == nil || !strings.Contains(c.err.Error(), want) {
				t.Errorf("%s: %v does not name %s", name, c.err, want)
			}
		}
	}
}

func TestADelayCountsFromNowAndIsNeverNegative(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	for want, notBefore := range map[time.Duration]time.Time{0: {}, time.Minute: now.Add(time.Minute)} {
		if got := (&store.Command{NotBefore: notBefore}).Delay(now); got != want {
			t.Errorf("delay is %s, want %s", got, want)
		}
	}
	if got := (&store.Command{NotBefore: now.Add(-time.Hour)}).Delay(now); got != 0 {
		t.Errorf("delay of the past is %s", got)
	}
}

// A key that is taken must stay itself under what folders and URLs do to paths.
func TestAnObjectKeyThatIsTakenLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringOfN(rapid.SampledFrom([]rune(`aZ0._=-/\ ~%`)), 0, 20, -1).Draw(t, "key")
		if store.CheckObjectKey(key) != nil {
			return
		}
		for segment := range strings.SplitSeq(key, "/") {
			if segment == "" || strings.HasPrefix(segment, ".") || strings.ToLower(segment) != segment || strings.ContainsAny(segment, `\ ~%`) {
				t.Fatalf("%q is taken", key)
			}
		}
	})
}
