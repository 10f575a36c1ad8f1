package embedded

import (
	"context"
	"database/sql"
	"fmt"
)

// Statements of daily work. SQLite parses each once for a connection: that was a
// sixth of what an exchange costs.
var (
	written = []string{
		"savepoint job", "release job", newVersion, createRecord, updateRecord, deleteRecord, orderCommand, clearCommand,
		completeItem, readyMessages, holdMessage, extendMessage,
	}
	looked = []string{loadRecord, dueRecords, unclearedCommand}
)

// prepared are statements by their text.
type prepared map[string]*sql.Stmt

// prepare parses statements; they end with the database.
func prepare(ctx context.Context, db *sql.DB, queries []string) (prepared, error) {
	p := prepared{}
	for _, query := range queries {
		statement, err := db.PrepareContext(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("prepare %q: %w", query, err)
		}
		p[query] = statement
	}
	return p, nil
}

// reader reads the database, beside the writer.
type reader struct {
	*sql.DB
	prepared prepared
}

// QueryContext runs a query, the prepared one if there is.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := r.prepared[query]; s != nil {
		return s.QueryContext(ctx, args...)
	}
	return r.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query, the prepared one if there is.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := r.prepared[query]; s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return r.DB.QueryRowContext(ctx, query, args...)
}

// transaction is the writer's.
type transaction struct {
	*sql.Tx
	prepared prepared
}

// Exec runs a statement, the prepared one if there is.
func (t *transaction) Exec(query string, args ...any) (sql.Result, error) {
	if s := t.prepared[query]; s != nil {
		return t.Stmt(s).Exec(args...)
	}
	return t.Tx.Exec(query, args...)
}

// Query runs a query, the prepared one if there is.
func (t *transaction) Query(query string, args ...any) (*sql.Rows, error) {
	if s := t.prepared[query]; s != nil {
		return t.Stmt(s).Query(args...)
	}
	return t.Tx.Query(query, args...)
}

// QueryRow runs a query, the prepared one if there is.
func (t *transaction) QueryRow(query string, args ...any) *sql.Row {
	if s := t.prepared[query]; s != nil {
		return t.Stmt(s).QueryRow(args...)
	}
	return t.Tx.QueryRow(query, args...)
}
