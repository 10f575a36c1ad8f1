package embedded

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func newWriter(t *testing.T) *writer {
	t.Helper()
	db, err := openDB(filepath.Join(t.TempDir(), "x.db"), "_txlock=immediate", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create table n (n integer primary key, pad blob) strict"); err != nil {
		t.Fatal(err)
	}
	w := startWriter(db)
	t.Cleanup(func() { _ = w.close() })
	return w
}

func insert(n int) func(*transaction) error {
	return func(tx *transaction) error {
		_, err := tx.Exec("insert into n (n) values (?)", n)
		return err
	}
}

func (w *writer) count(t *testing.T) (n int) {
	t.Helper()
	if err := w.db.QueryRow("select count(*) from n").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// together runs jobs in one transaction: the first holds the writer until all
// others wait for it.
func together(w *writer, jobs ...func(*transaction) error) []error {
	errs := make([]error, len(jobs))
	busy, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = w.do(context.Background(), func(*transaction) error { close(busy); <-free; return nil })
	})
	<-busy
	for i, job := range jobs {
		wg.Go(func() { errs[i] = w.do(context.Background(), job) })
		time.Sleep(5 * time.Millisecond) // so that they wait, and in this order
	}
	close(free)
	wg.Wait()
	return errs
}

func TestARefusedWriteDoesNotTouchItsNeighbours(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	refusal := errors.New("refused")
	errs := together(w, insert(1), func(tx *transaction) error { return errors.Join(insert(2)(tx), refusal) }, insert(3), insert(1))
	if errs[1] == nil || !errors.Is(errs[1], refusal) || errs[2] != nil || (errs[0] == nil) == (errs[3] == nil) {
		t.Errorf("answers are %v", errs)
	}
	if n := w.count(t); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestAFullDiskFailsThoseInTheTransactionAndNoLaterOne(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	if _, err := w.db.Exec("pragma max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	fill := func(tx *transaction) error {
		_, err := tx.Exec("insert into n (pad) values (zeroblob(1000000))")
		return err
	}
	if errs := together(w, fill); errs[0] == nil {
		t.Error("a write beyond the disk is acknowledged")
	}
	if err := w.do(t.Context(), insert(7)); err != nil {
		t.Errorf("the next write: %v", err)
	}
	if n := w.count(t); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestALostTransactionIsAnsweredToAllWhoShareIt(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	lose := func(tx *transaction) error {
		_, err := tx.Exec("rollback") // as SQLite does by itself when the disk fails
		return err
	}
	errs := together(w, insert(1), lose, insert(2))
	n := w.count(t)
	acknowledged := 0
	for _, err := range []error{errs[0], errs[2]} {
		if err == nil {
			acknowledged++
		}
	}
	if errs[1] == nil || acknowledged != n {
		t.Errorf("%d rows, %d were acknowledged: %v", n, acknowledged, errs)
	}
	if err := w.do(t.Context(), insert(9)); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestAClosedWriterRefuses(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	if err := errors.Join(w.close(), w.close()); err != nil {
		t.Fatal(err)
	}
	if err := w.do(t.Context(), insert(1)); !errors.Is(err, errClosed) {
		t.Errorf("answered %v", err)
	}
}

func TestWhoHasGivenUpIsNotWritten(t *testing.T) {
	t.Parallel()
	w := newWriter(t)
	busy, free := make(chan struct{}), make(chan struct{})
	go func() { _ = w.do(context.Background(), func(*transaction) error { close(busy); <-free; return nil }) }()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() { answer <- w.do(ctx, insert(1)) }()
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("answered %v", err)
	}
	close(free)
	if err := w.do(t.Context(), insert(2)); err != nil {
		t.Error(err)
	}
	if n := w.count(t); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}
