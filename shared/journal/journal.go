// Package journal writes the record of what happened in exchanges (Regulation
// (EU) 2022/1463 art. 17, TDD 4.8): one object an entry, write-once, in a bucket
// that locks what is put into it. It never holds evidence.
//
// An intent is written before its effect (architecture rule 4): when the write
// fails, the effect must not happen. Entries of one exchange, or of one message
// outside any exchange, are numbered without gaps by whoever moves it; writing
// the same entry again changes nothing, another one under its number is refused.
package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Bucket is where entries lie; it must be a locked one.
const Bucket = "journal"

// Bounds: a RegRep document, and an entry as it is stored, with the document in
// base64 and a receipt.
const (
	MaxDocumentBytes = 8 << 20
	MaxEntryBytes    = 12 << 20
)

// Kind names what happened (TDD 4.8; the words of spec and peers).
type Kind string

// Kinds of entries that the nodes write.
const (
	ExplicitRequestGiven Kind = "explicit_request_given"
	DirectoryAsked       Kind = "cs_query"
	RequestSent          Kind = "request_sent"
	RequestReceived      Kind = "request_received"
	ResponseSent         Kind = "response_sent"
	ResponseReceived     Kind = "response_received"
	ResponseRefused      Kind = "response_refused" // late, foreign, repeated
	ErrorSent            Kind = "error_sent"
	ErrorReceived        Kind = "error_received"
	ReceiptReceived      Kind = "receipt_received"
	AnswerNotSent        Kind = "answer_not_sent"
	MessageUnreadable    Kind = "message_unreadable"
	PersonMatched        Kind = "person_matched" // or not: the rule that decided
	PreviewVisited       Kind = "preview_visited"
	PreviewDecided       Kind = "preview_decided"
	PreviewLeft          Kind = "preview_left"
	ReturnToProcedure    Kind = "return_to_procedure"
	EvidenceFetched      Kind = "evidence_fetched"   // by the portal, the first time: the octets, or a link to them
	EvidenceDelivered    Kind = "evidence_delivered" // the portal confirms that it has them
	EvidenceDeleted      Kind = "evidence_deleted"
	ExchangeEnded        Kind = "exchange_ended" // the outcome, with the numbers of the entries that took effect
)

// Entry is one thing that happened. Empty fields are left out of the object.
type Entry struct {
	Subject        string    `json:"subject"`  // the exchange's id, or the message's
	Sequence       int       `json:"sequence"` // from 1, without gaps
	Kind           Kind      `json:"kind"`
	At             time.Time `json:"at"`                 // of the event: the same when it is written again
	Exchange       string    `json:"exchange,omitempty"` // the exchange's subject, in entries about its messages
	ConversationID string    `json:"conversationId,omitempty"`
	MessageID      string    `json:"messageId,omitempty"`
	Action         string    `json:"action,omitempty"`
	From           string    `json:"from,omitempty"` // party ids of the access points
	To             string    `json:"to,omitempty"`
	RequestID      string    `json:"requestId,omitempty"`
	ResponseID     string    `json:"responseId,omitempty"`
	Code           string    `json:"code,omitempty"`   // EDM or EBMS error
	Detail         string    `json:"detail,omitempty"` // rule and way out
	Parts          []Part    `json:"parts,omitempty"`
	Fields         []Field   `json:"fields,omitempty"`     // what else TDD 4.8 wants of this kind
	RegRep         []byte    `json:"regrep,omitempty"`     // the document, octet for octet
	SignedInfo     []byte    `json:"signedInfo,omitempty"` // canonical ds:SignedInfo: the digests that were signed
	Signal         []byte    `json:"signal,omitempty"`     // receipt or signed error, octet for octet
}

// Part describes a MIME part of evidence, not its content.
type Part struct {
	ContentID string `json:"contentId"`
	MimeType  string `json:"mimeType"`
	Evidence  string `json:"evidence,omitempty"` // Evidence/Identifier
	Size      int64  `json:"size"`
}

// Field is a named value.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ErrTaken is another entry under the same number: somebody else moved the
// subject first. Load it again.
var ErrTaken = errors.New("the sequence number has another entry")

type objects interface {
	Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (store.Object, error)
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
	List(ctx context.Context, bucket, prefix, after string, limit int) ([]store.Object, error)
}

// Journal writes and reads entries.
type Journal struct{ Objects objects }

// Write makes an entry durable before it returns. [ErrTaken]: the number has
// another entry.
func (j *Journal) Write(ctx context.Context, e Entry) error {
	if e.Subject == "" || e.Sequence < 1 || e.Kind == "" || e.At.IsZero() {
		return fmt.Errorf("write journal entry: subject, sequence, kind and time are needed, have %q, %d, %q, %s", e.Subject, e.Sequence, e.Kind, e.At)
	}
	e.At = e.At.UTC().Truncate(time.Millisecond)
	octets, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write journal entry: %w", err)
	}
	if len(octets) > MaxEntryBytes {
		return fmt.Errorf("write journal entry: %d octets, at most %d are taken", len(octets), MaxEntryBytes)
	}
	_, err = j.Objects.Put(ctx, Bucket, key(e.Subject, e.Sequence), bytes.NewReader(octets), store.PutOptions{Size: int64(len(octets)), Once: true})
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("write journal entry %d of %s: %w", e.Sequence, e.Subject, ErrTaken)
	}
	if err != nil {
		return fmt.Errorf("write journal entry %d of %s: %w", e.Sequence, e.Subject, err)
	}
	return nil
}

// key spreads entries over 256 folders by their subject, and begins alike for
// all entries of one: to make a folder for each would cost a disk more than the entry.
func key(subject string, sequence int) string {
	return prefix(subject) + number(sequence)
}

func number(sequence int) string { return fmt.Sprintf("%06d.json", sequence) }

func prefix(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return hex.EncodeToString(sum[:1]) + "/" + subject + "."
}

// Last is the highest number under which a subject has an entry, or after when
// none is above it: whoever meets [ErrTaken] on an unchanged subject takes the
// number behind it, however many writers died there. It lists the subject's own
// keys, up to a thousand a call. A search for the first free number by reading
// would take more calls and the same permission: without s3:ListBucket S3 answers
// 403 to what is not there, and a free number would look like a refusal.
func (j *Journal) Last(ctx context.Context, subject string, after int) (int, error) {
	for {
		list, err := j.Objects.List(ctx, Bucket, prefix(subject), key(subject, after), store.MaxList)
		if err != nil {
			return 0, fmt.Errorf("look for the last journal entry of %s: %w", subject, err)
		}
		if len(list) == 0 {
			return after, nil
		}
		last := list[len(list)-1].Key
		if after, err = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(last, prefix(subject)), ".json")); err != nil {
			return 0, fmt.Errorf("look for the last journal entry of %s: object %s has no number", subject, last)
		}
		if len(list) < store.MaxList {
			return after, nil
		}
	}
}

// maxEntries bounds the entries of one subject.
const maxEntries = store.MaxList

// Read returns the entries of a subject in order. A gap is an error: something
// was removed, or an effect happened without its intent.
func (j *Journal) Read(ctx context.Context, subject string) ([]Entry, error) {
	list, err := j.Objects.List(ctx, Bucket, prefix(subject), "", maxEntries)
	if err != nil {
		return nil, fmt.Errorf("read journal of %s: %w", subject, err)
	}
	entries := make([]Entry, 0, len(list))
	for i, o := range list {
		e, err := j.read(ctx, o.Key)
		if err != nil {
			return nil, fmt.Errorf("read journal of %s: %w", subject, err)
		}
		if e.Sequence != i+1 || e.Subject != subject {
			return nil, fmt.Errorf("read journal of %s: entry %d is missing", subject, i+1)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (j *Journal) read(ctx context.Context, key string) (Entry, error) {
	var e Entry
	r, _, err := j.Objects.Open(ctx, Bucket, key, store.Range{})
	if err != nil {
		return e, err
	}
	octets, err := io.ReadAll(io.LimitReader(r, MaxEntryBytes))
	if err := errors.Join(err, r.Close()); err != nil {
		return e, err
	}
	return e, json.Unmarshal(octets, &e)
}
