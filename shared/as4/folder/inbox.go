// Package folder keeps AS4 messages in folders: what `vienreiz as4 serve` and
// `as4 open` use. A message appears whole, by one rename, or not at all.
package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Names inside a message's folder.
const (
	messageFile = "message.json"
	receiptFile = "receipt.xml"
	quarantine  = ".quarantine"
)

// Inbox is an [as4.Inbox] over one folder: a folder per message, named by the
// digest of its key, with message.json, receipt.xml and the parts. Repetitions
// are answered with the first receipt, also after a restart.
type Inbox struct {
	dir string
	mu  sync.Mutex // one rename at a time decides who is first
}

// Record is message.json.
type Record struct {
	MessageID string       `json:"messageId"`
	From      ebms.PartyID `json:"from"`
	DigestSet string       `json:"digestSet"`
	Parts     []PartRecord `json:"parts"`
	Received  time.Time    `json:"received"`
	Header    *ebms.UserMessage
}

// PartRecord is a part as it was delivered.
type PartRecord struct {
	CID      string `json:"cid"`
	MimeType string `json:"mimeType"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
	File     string `json:"file"`
}

// NewInbox makes the folder and removes what an interrupted reception left.
func NewInbox(dir string) (*Inbox, error) {
	if err := os.RemoveAll(filepath.Join(dir, quarantine)); err != nil {
		return nil, err
	}
	return &Inbox{dir: dir}, os.MkdirAll(filepath.Join(dir, quarantine), 0o700)
}

// Folder is where a message lies, or would lie.
func (b *Inbox) Folder(key as4.MessageKey) string {
	d := sha256.Sum256([]byte(key.Party.Type + "\x00" + key.Party.Value + "\x00" + key.MessageID))
	return filepath.Join(b.dir, hex.EncodeToString(d[:16]))
}

// Begin opens a quarantine of its own for this attempt.
func (b *Inbox) Begin(_ context.Context, key as4.MessageKey) (as4.Attempt, error) {
	dir, err := os.MkdirTemp(filepath.Join(b.dir, quarantine), "")
	if err != nil {
		return nil, err
	}
	return &attempt{inbox: b, dir: dir, final: b.Folder(key)}, nil
}

type attempt struct {
	inbox *Inbox
	dir   string
	final string
	parts []PartRecord
	sums  []hash.Hash
}

func (a *attempt) Part(n int, info ebms.PartInfo) (io.WriteCloser, error) {
	name := PartName(n)
	f, err := os.OpenFile(filepath.Join(a.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	for len(a.parts) <= n {
		a.parts = append(a.parts, PartRecord{})
		a.sums = append(a.sums, nil)
	}
	mime, _ := info.Property(ebms.MimeType)
	a.parts[n] = PartRecord{CID: info.CID(), MimeType: mime, File: name}
	a.sums[n] = sha256.New()
	return &partFile{File: f, sum: a.sums[n]}, nil
}

// PartName is the file name of the nth part, counted from 0.
func PartName(n int) string { return fmt.Sprintf("part-%02d", n+1) }

// partFile hashes what it writes and is on disk when closed.
type partFile struct {
	*os.File
	sum hash.Hash
}

func (p *partFile) Write(b []byte) (int, error) {
	p.sum.Write(b)
	return p.File.Write(b)
}

func (p *partFile) Close() error {
	return errors.Join(p.File.Sync(), p.File.Close())
}

// Records finishes the list of parts.
func records(m *as4.Message, parts []PartRecord, sums []hash.Hash) []PartRecord {
	for i := range m.Parts {
		parts[i].Size = m.Parts[i].Size
		parts[i].SHA256 = hex.EncodeToString(sums[i].Sum(nil))
	}
	return parts
}

func (a *attempt) Commit(_ context.Context, m *as4.Message, receipt []byte) ([]byte, error) {
	record := Record{
		MessageID: m.MessageID, From: m.From.ID, DigestSet: hex.EncodeToString(m.DigestSet[:]),
		Parts: records(m, a.parts, a.sums), Received: time.Now().UTC(), Header: m.UserMessage,
	}
	if err := a.keepNothingOfATest(m, &record); err != nil {
		return nil, err
	}
	octets, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(writeSynced(filepath.Join(a.dir, messageFile), octets), writeSynced(filepath.Join(a.dir, receiptFile), receipt)); err != nil {
		return nil, err
	}
	a.inbox.mu.Lock()
	defer a.inbox.mu.Unlock()
	if first, err := a.first(record.DigestSet); !errors.Is(err, fs.ErrNotExist) {
		return first, errors.Join(err, a.Discard())
	}
	if err := os.Rename(a.dir, a.final); err != nil {
		return nil, err
	}
	return receipt, syncFolder(a.inbox.dir)
}

// keepNothingOfATest removes the parts of a message to the test service: it is
// remembered and receipted, not delivered.
func (a *attempt) keepNothingOfATest(m *as4.Message, record *Record) error {
	if !m.Test() {
		return nil
	}
	record.Parts = nil
	for n := range a.parts {
		if err := os.Remove(filepath.Join(a.dir, PartName(n))); err != nil {
			return err
		}
	}
	return nil
}

// first returns the receipt of the message that was there before.
func (a *attempt) first(digestSet string) ([]byte, error) {
	octets, err := os.ReadFile(filepath.Join(a.final, messageFile))
	if err != nil {
		return nil, err
	}
	var record Record
	if err := json.Unmarshal(octets, &record); err != nil {
		return nil, fmt.Errorf("read %s: %w", messageFile, err)
	}
	if record.DigestSet != digestSet {
		return nil, as4.ErrConflict
	}
	return os.ReadFile(filepath.Join(a.final, receiptFile))
}

func (a *attempt) Discard() error { return os.RemoveAll(a.dir) }

func writeSynced(path string, octets []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(octets))
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
