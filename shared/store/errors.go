package store

import "errors"

// What a caller branches on. Implementations wrap these with the name of what
// was asked for.
var (
	// ErrNotFound: there is no such record or object, or it has expired.
	ErrNotFound = errors.New("not found")
	// ErrConflict: a record has another version than expected, or the id of a
	// command is taken by another command. Load again and decide anew.
	ErrConflict = errors.New("changed by someone else")
	// ErrExists: a write-once object exists with other octets.
	ErrExists = errors.New("exists with other content")
	// ErrLocked: the object is under retention.
	ErrLocked = errors.New("locked until its retention ends")
	// ErrGone: the message is no longer held under this handle.
	ErrGone = errors.New("message is not held any more")
)
