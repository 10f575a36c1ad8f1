package world_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// account is what the journals of both countries say of one exchange: of each what
// took effect, and how its messages fared.
type account struct {
	Requester, Provider []journal.Kind // entries that took effect, in order
	LT, LV              []string       // subjects of messages with their entries
}

// judge sees that an exchange left behind what it must, and nothing else.
func (r *round) judge() {
	r.t.Helper()
	for _, m := range []*mortal{r.lt, r.lv} {
		r.left(m)
		r.emptied(m)
		for _, f := range m.plan.failed {
			r.t.Errorf("%s: failed although nobody died: %s", m.Country, f)
		}
	}
	lt, lv := r.entries(r.lt), r.entries(r.lv)
	now := &account{LT: messages(lt), LV: messages(lv)}
	now.Requester = r.effective(lt[conduct.Key(exchange.Requester, r.id)], exchange.Confirmed)
	now.Provider = r.effective(lv[r.provider], exchange.Answered)
	if r.untouched == nil {
		r.untouched = now
	}
	if diff := cmp.Diff(r.untouched, now); diff != "" {
		r.t.Errorf("the journals say otherwise than without a death (-without +with):\n%s", diff)
	}
	r.arrived(lt, lv)
	r.arrived(lv, lt)
	if got := slices.Sorted(maps.Values(r.fetched)); len(got) == 0 || !slices.Equal(got, slices.Sorted(slices.Values(r.shown))) {
		r.t.Errorf("the portal fetched %v, the person accepted %v", got, r.shown)
	}
	if r.t.Failed() {
		r.t.Log(r.trail())
	}
}

// left sees that no item and no command is left. Items whose time has not come,
// which are of tries that were not needed, do not count.
func (r *round) left(m *mortal) {
	r.t.Helper()
	ctx := context.Background()
	for _, q := range queues {
		if b, err := m.queues.Backlog(ctx, q); err != nil || b.Waiting+b.Dead > 0 {
			r.t.Errorf("%s: queue %s holds %+v, %v", m.Country, q, b, err)
		}
	}
	if list, err := m.state.Uncleared(ctx, r.time.Now().Add(2*store.Buried), 10); err != nil || len(list) > 0 {
		r.t.Errorf("%s: commands are left: %v, %v", m.Country, list, err)
	}
}

// emptied sees that no object is left but what a killed attempt may leave for
// the bucket's lifecycle: parts that nothing names.
func (r *round) emptied(m *mortal) {
	r.t.Helper()
	ctx := context.Background()
	for _, bucket := range []string{"evidence", "outbox"} {
		list, err := m.objects.List(ctx, bucket, "", "", store.MaxList)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, o := range list {
			if r.died() == 0 || !strings.HasPrefix(o.Key, "in/") && !strings.HasPrefix(o.Key, "out/") {
				r.t.Errorf("%s still has %s in %s", m.Country, o.Key, bucket)
			}
			_ = m.objects.Delete(ctx, bucket, o.Key)
		}
	}
}

// entries are those that the journal got since it was read last, by subject. Each
// subject's have no gap.
func (r *round) entries(m *mortal) map[string][]journal.Entry {
	r.t.Helper()
	ctx := context.Background()
	all := map[string][]journal.Entry{}
	for after, more := "", true; more; {
		list, err := m.objects.List(ctx, journal.Bucket, "", after, store.MaxList)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, o := range list {
			if after = o.Key; !r.seen[m.Country+o.Key] {
				r.seen[m.Country+o.Key] = true
				e := r.entry(m, o.Key)
				all[e.Subject] = append(all[e.Subject], e)
			}
		}
		more = len(list) == store.MaxList
	}
	for subject, list := range all {
		for i, e := range list {
			if e.Sequence != i+1 {
				r.t.Errorf("%s: entry %d of %s is missing", m.Country, i+1, subject)
			}
		}
	}
	return all
}

func (r *round) entry(m *mortal, key string) journal.Entry {
	r.t.Helper()
	body, _, err := m.objects.Open(context.Background(), journal.Bucket, key, store.Range{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer body.Close()
	octets, err := io.ReadAll(body)
	if err != nil {
		r.t.Fatal(err)
	}
	var e journal.Entry
	if err := json.Unmarshal(octets, &e); err != nil {
		r.t.Fatal(err)
	}
	return e
}

// effective are the kinds of an exchange's entries that took effect, as its one
// outcome names them.
func (r *round) effective(list []journal.Entry, state exchange.State) []journal.Kind {
	r.t.Helper()
	var kinds []journal.Kind
	for i, e := range list {
		if e.Kind != journal.ExchangeEnded {
			continue
		}
		if i != len(list)-1 || field(e, "state") != string(state) {
			r.t.Errorf("outcome %d of %d entries is %s", i+1, len(list), field(e, "state"))
		}
		for _, text := range strings.Fields(field(e, "effective")) {
			if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(list) {
				kinds = append(kinds, list[n-1].Kind)
			}
		}
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func field(e journal.Entry, name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// messages describes the subjects that are messages, sorted.
func messages(all map[string][]journal.Entry) []string {
	var list []string
	for subject, entries := range all {
		what, _, _ := strings.Cut(subject, "-")
		if what != "outgoing" && what != "message" {
			continue
		}
		for _, e := range entries {
			what += " " + string(e.Kind)
		}
		list = append(list, what)
	}
	slices.Sort(list)
	return list
}

// arrived sees that what one country sent is what the other received, with one
// receipt each.
func (r *round) arrived(from, to map[string][]journal.Entry) {
	r.t.Helper()
	sent, received := map[string]string{}, map[string]string{}
	for subject, list := range from {
		if strings.HasPrefix(subject, "outgoing-") {
			sent[list[0].MessageID] = string(list[len(list)-1].Signal)
		}
	}
	for subject, list := range to {
		if strings.HasPrefix(subject, "message-") {
			received[list[0].MessageID] = string(list[0].Signal)
		}
	}
	if diff := cmp.Diff(sent, received); diff != "" {
		r.t.Errorf("sent and received differ (-sent +received):\n%s", diff)
	}
}
