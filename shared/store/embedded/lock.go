package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrInUse says that another process has the store open.
var ErrInUse = errors.New("store is in use by another process; stop it or use another folder")

// folderLock is an exclusive transaction on an empty database: SQLite knows how
// to lock a file on every system, and the system releases it with the process.
type folderLock struct {
	db   *sql.DB
	conn *sql.Conn
}

func lockFolder(ctx context.Context, dir string) (*folderLock, error) {
	path := filepath.ToSlash(filepath.Join(dir, "lock"))
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	l := &folderLock{db: db, conn: conn}
	if _, err := conn.ExecContext(ctx, "begin exclusive"); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, inUse(err)), l.release())
	}
	return l, nil
}

func inUse(err error) error {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) && e.Code() == sqlite3.SQLITE_BUSY {
		return ErrInUse
	}
	return err
}

func (l *folderLock) release() error { return errors.Join(l.conn.Close(), l.db.Close()) }
