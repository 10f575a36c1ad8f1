package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// State is [store.State] in SQLite.
type State struct {
	now   func() time.Time
	file  place
	write *writer
	read  *reader
}

const (
	loadRecord = `select version, body, due, expires from record where kind = ? and key = ? and (expires is null or expires > ?)`
	dueRecords = `select key, due from record where kind = ? and due <= ? and (expires is null or expires > ?) order by due limit ?`

	newVersion = `update counter set version = version + 1 returning version`
	// An expired record is as if it were not there.
	createRecord = `insert into record (kind, key, version, body, due, expires) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict do update set version = ?3, body = ?4, due = ?5, expires = ?6 where record.expires <= ?7`
	updateRecord = `update record set version = ?3, body = ?4, due = ?5, expires = ?6
		where kind = ?1 and key = ?2 and version = ?8 and (expires is null or expires > ?7)`
	deleteRecord = `delete from record where kind = ? and key = ? and version = ? and (expires is null or expires > ?)`
	sweepRecords = `delete from record where rowid in (select rowid from record where expires <= ? limit ?)`
)

// Load returns the record.
func (s *State) Load(ctx context.Context, kind, key string) (store.Record, error) {
	r := store.Record{Kind: kind, Key: key}
	var due, expires sql.NullInt64
	err := s.read.QueryRowContext(ctx, loadRecord, kind, key, s.now().UnixMilli()).Scan(&r.Version, &r.Body, &due, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Record{}, fmt.Errorf("load %s %q: %w", kind, key, err)
	}
	r.Due, r.Expires = instant(due), instant(expires)
	return r, nil
}

// Commit writes all or nothing.
func (s *State) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	now := s.now()
	if err := store.CheckCommit(changes, commands, now); err != nil {
		return 0, err
	}
	var version store.Version
	err := s.write.do(ctx, func(tx *transaction) error {
		if err := tx.QueryRow(newVersion).Scan(&version); err != nil {
			return err
		}
		for i := range changes {
			if err := apply(tx, &changes[i], version, now); err != nil {
				return err
			}
		}
		for i := range commands {
			if err := order(tx, &commands[i], now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	return version, nil
}

func apply(tx *transaction, c *store.Change, v store.Version, now time.Time) error {
	args := []any{c.Kind, c.Key, v, notNil(c.Body), millis(c.Due), millis(c.Expires), now.UnixMilli()}
	query := createRecord
	switch {
	case c.Delete:
		query, args = deleteRecord, []any{c.Kind, c.Key, c.Expect, now.UnixMilli()}
	case c.Expect != 0:
		query, args = updateRecord, append(args, c.Expect)
	}
	return one(tx, store.ErrConflict, fmt.Sprintf("record %s %q", c.Kind, c.Key), query, args...)
}

// one runs a statement that must change exactly one row, else there is a reason.
func one(tx *transaction, reason error, what, query string, args ...any) error {
	result, err := tx.Exec(query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("%s: %w", what, reason))
	}
	return nil
}

// DueBefore names what is due.
func (s *State) DueBefore(ctx context.Context, kind string, at time.Time, limit int) ([]store.Due, error) {
	rows, err := s.read.QueryContext(ctx, dueRecords, kind, at.UnixMilli(), s.now().UnixMilli(), limit)
	if err != nil {
		return nil, fmt.Errorf("look for due %s: %w", kind, err)
	}
	return collect(rows, func(rows *sql.Rows) (store.Due, error) {
		var d store.Due
		var due int64
		err := rows.Scan(&d.Key, &due)
		d.At = time.UnixMilli(due).UTC()
		return d, err
	})
}

// Sweep removes the octets of expired records, which are not found before that
// already, and of whatever was deleted: SQLite's log keeps old pages until then.
// Call it every minute or so.
func (s *State) Sweep(ctx context.Context) error {
	if err := s.deleteExpired(ctx); err != nil {
		return fmt.Errorf("sweep records: %w", err)
	}
	// While somebody reads an old page the log stays, until the next sweep.
	if _, err := s.write.db.ExecContext(ctx, "pragma wal_checkpoint(truncate)"); err != nil {
		return fmt.Errorf("empty the log: %w", err)
	}
	return nil
}

func (s *State) deleteExpired(ctx context.Context) error {
	const some = 500 // so that others get their turn
	for {
		var n int64
		err := s.write.do(ctx, func(tx *transaction) error {
			result, err := tx.Exec(sweepRecords, s.now().UnixMilli(), some)
			if err != nil {
				return err
			}
			n, err = result.RowsAffected()
			return err
		})
		if err != nil || n < some {
			return err
		}
	}
}

func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// notNil keeps an empty body from becoming null.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
