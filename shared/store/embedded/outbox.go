package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

const (
	// The same command again changes nothing; another one under its id is refused.
	orderCommand = `insert into outbox (id, queue, body, not_before, overdue) values (?1, ?2, ?3, ?4, ?5)
		on conflict do update set overdue = overdue where queue = ?2 and body = ?3`
	clearCommand  = `delete from outbox where id = ?`
	putOffCommand = `update outbox set overdue = ?2 where id = ?1`
	// unsentCommands are those of no item: whoever should have sent them has ended, as
	// the store was closed.
	unsentCommands   = `update outbox set overdue = coalesce(not_before, 0) where id not in (select command from goqite)`
	unclearedCommand = `select id, queue, body, not_before from outbox where overdue <= ? order by overdue limit ?`
)

func order(tx *transaction, c *store.Command, now time.Time) error {
	return one(tx, store.ErrConflict, fmt.Sprintf("command %q", c.ID),
		orderCommand, c.ID, c.Queue, c.Body, c.From(now).UnixMilli(), c.Overdue(now).UnixMilli())
}

// Clear forgets commands that were carried out.
func (s *State) Clear(ctx context.Context, ids ...string) error {
	err := s.write.do(ctx, func(tx *transaction) error {
		for _, id := range ids {
			if _, err := tx.Exec(clearCommand, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("clear commands: %w", err)
	}
	return nil
}

// PutOff sets the time of a command.
func (s *State) PutOff(ctx context.Context, id string, until time.Time) error {
	err := s.write.do(ctx, func(tx *transaction) error {
		_, err := tx.Exec(putOffCommand, id, until.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("put command %q off: %w", id, err)
	}
	return nil
}

// Uncleared returns what was not cleared in time.
func (s *State) Uncleared(ctx context.Context, until time.Time, limit int) ([]store.Command, error) {
	rows, err := s.read.QueryContext(ctx, unclearedCommand, until.UnixMilli(), limit)
	if err != nil {
		return nil, fmt.Errorf("look for uncleared commands: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (store.Command, error) {
		var c store.Command
		var notBefore sql.NullInt64
		err := rows.Scan(&c.ID, &c.Queue, &c.Body, &notBefore)
		c.NotBefore = instant(notBefore)
		return c, err
	})
}
