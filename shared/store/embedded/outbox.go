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
	orderCommand = `insert into outbox (id, queue, body, not_before, written) values (?1, ?2, ?3, ?4, ?5)
		on conflict do update set written = written where queue = ?2 and body = ?3`
	clearCommand     = `delete from outbox where id = ?`
	unclearedCommand = `select id, queue, body, not_before from outbox where written <= ? order by written limit ?`
)

func order(tx *transaction, c *store.Command, now time.Time) error {
	return one(tx, store.ErrConflict, fmt.Sprintf("command %q", c.ID),
		orderCommand, c.ID, c.Queue, c.Body, millis(c.NotBefore), now.UnixMilli())
}

// Clear forgets commands that were sent.
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

// Uncleared returns what was not cleared, oldest first.
func (s *State) Uncleared(ctx context.Context, before time.Time, limit int) ([]store.Command, error) {
	rows, err := s.read.QueryContext(ctx, unclearedCommand, before.UnixMilli(), limit)
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
