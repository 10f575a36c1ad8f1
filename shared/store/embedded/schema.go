package embedded

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations[n] leads from user_version n to n+1. They are never changed, only
// added to: testdata holds a store of each release (architecture rule 15).
//
// Instants are milliseconds since 1970, in goqite's table its own text form.
// goqite's index and trigger are left out: receiving goes by time-out, and nobody
// reads when a row was updated.
var migrations = []string{`
create table counter (version integer not null) strict;
insert into counter values (0);

create table record (
  kind text not null,
  key text not null,
  version integer not null,
  body blob not null,
  due integer,
  expires integer,
  primary key (kind, key)
) strict;
create index record_due on record (kind, due) where due is not null;
create index record_expires on record (expires) where expires is not null;

create table outbox (
  id text primary key,
  queue text not null,
  body blob not null,
  not_before integer,
  written integer not null
) strict;
create index outbox_written on outbox (written);

create table goqite (
  id text primary key default ('m_' || lower(hex(randomblob(16)))),
  created text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  updated text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  queue text not null,
  body blob not null,
  timeout text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  received integer not null default 0,
  priority integer not null default 0
) strict;
create index goqite_timeout on goqite (queue, timeout);
`, `
alter table outbox rename column written to overdue;
alter table goqite add column command text not null default '';
`}

// migrate brings the file to the schema of this release, in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	var version int
	if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("schema %d was written by a later release, this one knows up to %d: run that release", version, len(migrations))
	}
	if version == len(migrations) {
		return nil
	}
	for n := version; n < len(migrations); n++ {
		if _, err := tx.ExecContext(ctx, migrations[n]); err != nil {
			return fmt.Errorf("migrate from schema %d: %w", n, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", len(migrations))); err != nil {
		return err
	}
	return tx.Commit()
}
