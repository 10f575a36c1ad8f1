package reception

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

type entries interface {
	First(ctx context.Context, begins string, since time.Time, visit func(journal.Entry) error) error
}

// Seed gives a restored store the ids of received messages back that it has
// forgotten, from the journal (architecture rule 15): their digests and first
// receipts, so that a repetition is answered as ever and delivered no second time.
// Their parts are gone, and nothing takes them further.
type Seed struct {
	Journal entries
	State   states
	Now     func() time.Time
	// Since is the instant to which the store was restored, or a little before it; what was
	// journalled earlier is not read. Zero: everything is.
	Since time.Time
	// Progress, where set, is told after each message.
	Progress func(Seeded)
}

// Seeded is what became of messages in the journal.
type Seeded struct {
	Known     int      // the store has them
	Given     int      // it has them again
	Forgotten int      // older than [Retention]
	Unusable  []string // ids of entries that lack what is needed; an old release wrote them, or nobody of ours
}

// Run may be broken off and repeated. The error is of a journal that cannot be
// read or a store that cannot be written; what was done until then stays.
func (s *Seed) Run(ctx context.Context) (Seeded, error) {
	var done Seeded
	err := s.Journal.First(ctx, Kind+"-", s.Since, func(e journal.Entry) error {
		if err := s.give(ctx, &e, &done); err != nil {
			return err
		}
		if s.Progress != nil {
			s.Progress(done)
		}
		return ctx.Err()
	})
	return done, err
}

func (s *Seed) give(ctx context.Context, e *journal.Entry, done *Seeded) error {
	key := strings.TrimPrefix(e.Subject, Kind+"-")
	expires := e.At.Add(Retention)
	if !expires.After(s.Now()) {
		done.Forgotten++
		return nil
	}
	m, err := journalled(e)
	if err != nil {
		done.Unusable = append(done.Unusable, e.Subject)
		return nil //nolint:nilerr // it is told among the others
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	_, err = s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: Kind, Key: key, Body: body, Expires: expires}}}, nil)
	switch {
	case errors.Is(err, store.ErrConflict):
		done.Known++
	case err != nil:
		return fmt.Errorf("give message %s back: %w", e.MessageID, err)
	default:
		done.Given++
	}
	return nil
}

// journalled is the record of a message as far as the journal has it.
func journalled(e *journal.Entry) (*Message, error) {
	if len(e.Signal) == 0 || e.MessageID == "" {
		return nil, errors.New("no receipt or no MessageId")
	}
	digests, err := as4.DigestSet(e.SignedInfo)
	if err != nil {
		return nil, err
	}
	h := new(ebms.UserMessage)
	h.MessageID, h.ConversationID, h.Action, h.From.ID.Value, h.To.ID.Value = e.MessageID, e.ConversationID, e.Action, e.From, e.To
	return &Message{Header: h, Digests: digests, Receipt: e.Signal, SignedInfo: e.SignedInfo, Received: e.At}, nil
}
