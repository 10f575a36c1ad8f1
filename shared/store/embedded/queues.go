package embedded

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"maragu.dev/goqite"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Queues is [store.Queue] and [store.DeadLetters] on goqite's table.
type Queues struct {
	now   func() time.Time
	write *writer
	read  *reader
	named map[string]*queue
}

type queue struct {
	*goqite.Queue
	name, dead  string // as they stand in the table
	maxReceives int
	arrived     chan struct{}
}

const (
	timeForm = "2006-01-02T15:04:05.000Z07:00" // goqite's; sorts as text

	completeItem   = `update goqite set created = ?2, timeout = ?3, command = ?4 where id = ?1`
	readyMessages  = `select id, body, command, received, created from goqite where queue = ? and timeout <= ? order by timeout limit ?`
	holdMessage    = `update goqite set timeout = ?2, received = received + 1 where id = ?1`
	buryMessage    = `update goqite set queue = ?2 where id = ?1`
	extendMessage  = `update goqite set timeout = ? where id = ? and queue = ? and received = ?`
	redriveMessage = `update goqite set queue = ?1, received = 0, timeout = ?3 where id in (select id from goqite where queue = ?2 order by timeout limit ?4)`
	countMessages  = `select count(*), min(created) from goqite where queue = ? and timeout <= ?`
	countHidden    = `select count(*) from goqite where queue = ? and timeout > ?`
)

func newQueues(c Config, w *writer, read *reader) (*Queues, error) {
	q := &Queues{now: c.Now, write: w, read: read, named: make(map[string]*queue)}
	for _, conf := range c.Queues {
		if err := store.CheckName("queue", conf.Name); err != nil {
			return nil, err
		}
		if conf.MaxReceives < 1 || q.named[conf.Name] != nil {
			return nil, fmt.Errorf("queue %s is configured twice or without a number of receptions", conf.Name)
		}
		q.named[conf.Name] = &queue{
			Queue: goqite.New(goqite.NewOpts{DB: w.db, Name: conf.Name, MaxReceive: conf.MaxReceives}),
			name:  conf.Name, dead: conf.Name + "/dead", maxReceives: conf.MaxReceives,
			arrived: make(chan struct{}, 1),
		}
	}
	return q, nil
}

func (q *Queues) queue(name string) (*queue, error) {
	if found := q.named[name]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("queue %q is not configured in this store", name)
}

// Arrived is signalled after items were sent to the queue, so that a consumer
// needs not poll for them; it wakes one of those who wait. What comes back after a
// delay or a visibility time is not signalled.
func (q *Queues) Arrived(name string) (<-chan struct{}, error) {
	to, err := q.queue(name)
	if err != nil {
		return nil, err
	}
	return to.arrived, nil
}

func (q *queue) wake() {
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// Send puts an item into the queue.
func (q *Queues) Send(ctx context.Context, name string, item store.Item, delay time.Duration) error {
	to, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckItem(name, item, delay); err != nil {
		return err
	}
	now := q.now()
	err = q.write.do(ctx, func(tx *transaction) error {
		id, err := to.SendAndGetIDTx(context.Background(), tx.Tx, goqite.Message{Body: item.Body})
		if err != nil {
			return err
		}
		_, err = tx.Exec(completeItem, id, text(now), text(now.Add(delay)), item.Command) // goqite takes the machine's time
		return err
	})
	if err != nil {
		return fmt.Errorf("send to queue %s: %w", name, err)
	}
	to.wake()
	return nil
}

// Extend hides a message longer, or gives it back.
func (q *Queues) Extend(ctx context.Context, name, handle string, visibility time.Duration) error {
	from, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckVisibility(visibility); err != nil {
		return err
	}
	id, received := parseHandle(handle)
	return q.write.do(ctx, func(tx *transaction) error {
		return one(tx, store.ErrGone, "extend message of queue "+name, extendMessage, text(q.now().Add(visibility)), id, from.name, received)
	})
}

// Delete ends an item. It does so also for a holder whose time ran out: the work
// is done.
func (q *Queues) Delete(ctx context.Context, name, handle string) error {
	from, err := q.queue(name)
	if err != nil {
		return err
	}
	id, _ := parseHandle(handle)
	return q.write.do(ctx, func(tx *transaction) error {
		return from.DeleteTx(context.Background(), tx.Tx, goqite.ID(id))
	})
}

// A handle is the id of a message and the number of the reception.
func makeHandle(id string, received int) string { return id + "/" + strconv.Itoa(received) }

func parseHandle(handle string) (id, received string) {
	id, received, _ = strings.Cut(handle, "/")
	return id, received
}

func text(t time.Time) string { return t.UTC().Format(timeForm) }
