package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// readers is how many reads run at once; each has a page cache of its own.
const readers = 4

// Config is what a store consists of. Queues and buckets can be added at any
// time; one that is left out keeps what it has, out of reach.
type Config struct {
	Now     func() time.Time // the only clock that is read
	Queues  []Queue
	Buckets []Bucket
}

// Queue configures one queue and its dead letters.
type Queue struct {
	Name        string
	MaxReceives int // receptions before a message goes to the dead letters
}

// Store is an open folder.
type Store struct {
	State   *State
	Queues  *Queues
	Objects *Objects

	lock  *folderLock
	write *writer
	read  *reader

	once   sync.Once
	closed error
}

// Open opens the store in dir or makes it. A folder that another process has open
// is refused, and so is one that a later release has written.
func Open(ctx context.Context, dir string, c Config) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock}
	if err := s.open(ctx, dir, c); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", dir, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string, c Config) error {
	path := filepath.Join(dir, "state.db")
	db, err := openDB(path, "_txlock=immediate", 1)
	if err != nil {
		return err
	}
	s.write = startWriter(db)
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, unsentCommands); err != nil {
		return err
	}
	if s.write.prepared, err = prepare(ctx, db, written); err != nil {
		return err
	}
	if s.read, err = openReader(ctx, path); err != nil {
		return err
	}
	s.State = &State{now: c.Now, write: s.write, read: s.read}
	if s.State.file, err = placed(path); err != nil {
		return err
	}
	if s.Queues, err = newQueues(c, s.write, s.read); err != nil {
		return err
	}
	s.Objects, err = openObjects(filepath.Join(dir, "objects"), c)
	return err
}

func openReader(ctx context.Context, path string) (*reader, error) {
	db, err := openDB(path, "_pragma=query_only(1)", readers)
	if err != nil {
		return nil, err
	}
	r := &reader{DB: db}
	if r.prepared, err = prepare(ctx, db, looked); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// openDB opens the file for at most n connections. Deleted content is overwritten
// (secure_delete): the store keeps no personal data that it was told to forget.
func openDB(path, option string, n int) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: option +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=secure_delete(1)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// Close ends the store. Calls that run are finished, later ones fail.
func (s *Store) Close() error {
	s.once.Do(func() { s.closed = s.close() })
	return s.closed
}

func (s *Store) close() error {
	var errs []error
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.close())
	}
	if s.Objects != nil {
		errs = append(errs, s.Objects.root.Close())
	}
	return errors.Join(append(errs, s.lock.release())...)
}
