package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/journal"
)

// Count is what the journals of both countries say of the exchanges since a time.
type Count struct {
	Exchanges int            `json:"exchanges"`
	Lost      int            `json:"lost"`
	Doubled   int            `json:"doubled"`
	Ended     map[string]int `json:"ended"`
	Why       []string       `json:"why,omitempty"` // of what was lost or doubled, at most [maxWhy]
}

const maxWhy = 20

func (c *Count) lost(format string, args ...any) {
	c.Lost++
	c.because("lost: "+format, args...)
}

func (c *Count) doubled(format string, args ...any) {
	c.Doubled++
	c.because("doubled: "+format, args...)
}

func (c *Count) because(format string, args ...any) {
	if len(c.Why) < maxWhy {
		c.Why = append(c.Why, fmt.Sprintf(format, args...))
	}
}

// readJournal reads the entries of a journal's folder, as the embedded store
// lays it out: a folder a subject, a file an entry.
func readJournal(dir string, since time.Time) (map[string][]journal.Entry, error) {
	all := map[string][]journal.Entry{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		octets, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var e journal.Entry
		if err := json.Unmarshal(octets, &e); err != nil {
			return fmt.Errorf("read %s: %w", filepath.Base(path), err)
		}
		if !e.At.Before(since.Truncate(time.Millisecond)) {
			all[e.Subject] = append(all[e.Subject], e)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	return all, err
}

// count compares the two journals: what one says it sent, the other must have,
// once, and every exchange that began must have ended, once.
func count(from, to map[string][]journal.Entry) *Count {
	c := &Count{Ended: map[string]int{}}
	for subject, entries := range from {
		if strings.HasPrefix(subject, "requester-") && of(entries, journal.ExplicitRequestGiven) > 0 {
			c.Exchanges++
			c.exchange(subject, entries)
		}
	}
	c.carried("requests", sent(from, journal.RequestSent), received(to, journal.RequestReceived))
	c.carried("responses", sent(to, journal.ResponseSent), received(from, journal.ResponseReceived))
	c.carried("errors", sent(to, journal.ErrorSent), received(from, journal.ErrorReceived))
	return c
}

func (c *Count) exchange(subject string, entries []journal.Entry) {
	switch n := of(entries, journal.ExchangeEnded); {
	case n == 0:
		c.lost("%s has no outcome", subject)
	case n > 1:
		c.doubled("%s has %d outcomes", subject, n)
	}
	for _, e := range entries {
		if e.Kind != journal.ExchangeEnded {
			continue
		}
		c.Ended[field(e, "state")]++
		if n := effective(entries, e); n > 1 {
			c.doubled("%s was delivered %d times", subject, n)
		}
	}
}

// effective counts the deliveries that took effect: of an intent whose writer
// died before the commit, the outcome knows that it did not.
func effective(entries []journal.Entry, outcome journal.Entry) int {
	n, took := 0, strings.Fields(field(outcome, "effective"))
	for _, e := range entries {
		if e.Kind == journal.EvidenceDelivered && slices.Contains(took, strconv.Itoa(e.Sequence)) {
			n++
		}
	}
	return n
}

func field(e journal.Entry, name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func of(entries []journal.Entry, kind journal.Kind) int {
	n := 0
	for i := range entries {
		if entries[i].Kind == kind {
			n++
		}
	}
	return n
}

// sent are the MessageIds that one side says it has sent and got a receipt for.
func sent(all map[string][]journal.Entry, kind journal.Kind) map[string]int {
	ids := map[string]int{}
	for _, entries := range all {
		if of(entries, kind) > 0 && of(entries, journal.ReceiptReceived) > 0 {
			ids[entries[0].MessageID]++
		}
	}
	return ids
}

func received(all map[string][]journal.Entry, kind journal.Kind) map[string]int {
	ids := map[string]int{}
	for _, entries := range all {
		for i := range entries {
			if entries[i].Kind == kind {
				ids[entries[i].MessageID]++
			}
		}
	}
	return ids
}

// carried compares what was sent with what was received.
func (c *Count) carried(what string, sent, received map[string]int) {
	for id := range sent {
		switch n := received[id]; {
		case n == 0:
			c.lost("%s: %s has a receipt and never arrived", what, id)
		case n > 1:
			c.doubled("%s: %s arrived %d times", what, id, n)
		}
	}
}
