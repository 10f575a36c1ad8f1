package tenant

import (
	"context"
	"errors"
	"time"
)

// Standing is how the configuration stands: when it was last right, and what the
// last reading found wrong.
type Standing struct {
	Read      time.Time // zero: never
	Documents error     // nil: they are right
	Keys      error     // nil: each can be opened and fits its certificate
}

// keyError is what is wrong with keys of ours.
type keyError struct{ error }

func (e *keyError) Unwrap() error { return e.error }

func ofKeys(err error) error {
	if err == nil {
		return nil
	}
	return &keyError{err}
}

// Standing reads the documents, if it is time to, and says how they stand.
func (l *Live) Standing(ctx context.Context) Standing {
	_, err := l.Configuration(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Standing{Read: l.right}
	if l.wrong != nil {
		err = l.wrong
	}
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	} else if err != nil {
		all = []error{err}
	}
	for _, e := range all {
		if k := (*keyError)(nil); errors.As(e, &k) {
			s.Keys = errors.Join(s.Keys, e)
			continue
		}
		s.Documents = errors.Join(s.Documents, e)
	}
	return s
}
