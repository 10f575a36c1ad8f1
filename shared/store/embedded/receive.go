package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Receive takes messages and hides them.
func (q *Queues) Receive(ctx context.Context, name string, limit int, visibility time.Duration) ([]store.Message, error) {
	from, err := q.queue(name)
	if err != nil {
		return nil, err
	}
	if err := store.CheckReceive(limit, visibility); err != nil {
		return nil, err
	}
	var taken []store.Message
	err = q.write.do(ctx, func(tx *transaction) error {
		taken, err = from.take(tx, limit, q.now(), visibility)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("receive from queue %s: %w", name, err)
	}
	return taken, nil
}

// take holds up to limit messages, and buries on the way those that have come as
// often as they may.
func (q *queue) take(tx *transaction, limit int, now time.Time, visibility time.Duration) ([]store.Message, error) {
	var taken []store.Message
	for len(taken) < limit {
		ready, err := q.ready(tx, limit-len(taken), now)
		if err != nil || len(ready) == 0 {
			return taken, err
		}
		for _, m := range ready {
			if m.Receives >= q.maxReceives {
				_, err = tx.Exec(buryMessage, m.Handle, q.dead)
			} else {
				_, err = tx.Exec(holdMessage, m.Handle, text(now.Add(visibility)))
				m.Receives++
				m.Handle = makeHandle(m.Handle, m.Receives)
				taken = append(taken, m)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return taken, nil
}

// ready reads messages whose time-out has passed; their Handle is still the id.
func (q *queue) ready(tx *transaction, limit int, now time.Time) ([]store.Message, error) {
	rows, err := tx.Query(readyMessages, q.name, text(now), limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(rows *sql.Rows) (store.Message, error) {
		var m store.Message
		var created string
		if err := rows.Scan(&m.Handle, &m.Body, &m.Command, &m.Receives, &created); err != nil {
			return m, err
		}
		m.Sent, err = time.Parse(timeForm, created)
		return m, err
	})
}

// Backlog counts a queue. Its cost grows with the queue.
func (q *Queues) Backlog(ctx context.Context, name string) (store.Backlog, error) {
	var b store.Backlog
	of, err := q.queue(name)
	if err != nil {
		return b, err
	}
	now := text(q.now())
	var waiting, dead sql.NullString
	err = errors.Join(
		q.read.QueryRowContext(ctx, countMessages, of.name, now).Scan(&b.Waiting, &waiting),
		q.read.QueryRowContext(ctx, countHidden, of.name, now).Scan(&b.Hidden),
		q.read.QueryRowContext(ctx, countMessages, of.dead, forever).Scan(&b.Dead, &dead),
	)
	if err != nil {
		return b, fmt.Errorf("count queue %s: %w", name, err)
	}
	b.OldestWaiting, b.OldestDead = parseText(waiting), parseText(dead)
	return b, nil
}

// Reach looks at a queue, and changes nothing. The error says why it cannot be
// looked at.
func (q *Queues) Reach(ctx context.Context, name string) error {
	of, err := q.queue(name)
	if err != nil {
		return err
	}
	var n int
	var oldest sql.NullString
	return q.read.QueryRowContext(ctx, countMessages, of.name, text(q.now())).Scan(&n, &oldest)
}

const forever = "9999" // sorts after every instant

func parseText(s sql.NullString) time.Time {
	t, _ := time.Parse(timeForm, s.String) // null: the zero time
	return t
}

// Redrive gives dead letters back.
func (q *Queues) Redrive(ctx context.Context, name string, limit int) (int, error) {
	to, err := q.queue(name)
	if err != nil {
		return 0, err
	}
	var n int64
	err = q.write.do(ctx, func(tx *transaction) error {
		result, err := tx.Exec(redriveMessage, to.name, to.dead, text(q.now()), limit)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("redrive queue %s: %w", name, err)
	}
	to.wake()
	return int(n), nil
}
