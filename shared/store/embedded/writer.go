package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxBatch is how many writes share one transaction at most.
const maxBatch = 64

var errClosed = errors.New("store is closed")

// writer is the only one that writes to the database. Writes that arrive while it
// is busy go into its next transaction together, each in a savepoint of its own:
// what one of them refuses does not touch the others.
type writer struct {
	db *sql.DB
	// prepared is set before the first job, and not changed.
	prepared prepared
	jobs     chan *job
	quit     chan struct{}
	done     chan struct{}
	once     sync.Once
}

type job struct {
	ctx  context.Context
	work func(*transaction) error
	err  error
	done chan struct{}
}

func startWriter(db *sql.DB) *writer {
	w := &writer{db: db, jobs: make(chan *job), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

// do runs work in a transaction and returns when that is durable. Once it has
// begun, ctx no longer ends it, so its outcome is always known. Work uses
// context.Background: an interrupted statement would undo the whole transaction.
func (w *writer) do(ctx context.Context, work func(*transaction) error) error {
	j := &job{ctx: ctx, work: work, done: make(chan struct{})}
	select {
	case w.jobs <- j:
		<-j.done
		return j.err
	case <-w.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case j := <-w.jobs:
			w.batch(j)
		case <-w.quit:
			return
		}
	}
}

// batch runs the job and those that wait, and answers them after the commit.
func (w *writer) batch(first *job) {
	jobs := []*job{first}
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err == nil {
		jobs, err = w.fill(&transaction{tx, w.prepared}, first)
	}
	for _, j := range jobs {
		if err != nil {
			j.err = fmt.Errorf("write to the store: %w", err)
		}
		close(j.done)
	}
}

// fill runs jobs until none waits, and commits.
func (w *writer) fill(tx *transaction, first *job) ([]*job, error) {
	jobs := []*job{first}
	for j := first; j != nil; j = w.waiting(len(jobs)) {
		if j != first {
			jobs = append(jobs, j)
		}
		if err := j.run(tx); err != nil {
			return jobs, errors.Join(err, tx.Rollback())
		}
	}
	return jobs, tx.Commit()
}

func (w *writer) waiting(n int) *job {
	if n == maxBatch {
		return nil
	}
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// run does the work in a savepoint. The error that it returns, unlike the one that
// it keeps for the caller, makes the transaction unusable.
func (j *job) run(tx *transaction) error {
	if _, err := tx.Exec("savepoint job"); err != nil {
		return err
	}
	end := "release job"
	if j.err = j.ctx.Err(); j.err == nil {
		j.err = j.work(tx)
	}
	if j.err != nil {
		end = "rollback to job; release job"
	}
	if _, err := tx.Exec(end); err != nil {
		return errors.Join(j.err, err)
	}
	return nil
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	return w.db.Close()
}
