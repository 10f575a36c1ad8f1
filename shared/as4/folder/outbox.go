package folder

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/vienreiz/vienreiz/shared/as4"
)

const signedFile = "signed.json"

// Outbox is an [as4.Outbox] over a folder for one message: signed.json and the
// signed octets of each part.
type Outbox struct{ dir string }

// NewOutbox uses an empty folder.
func NewOutbox(dir string) *Outbox { return &Outbox{dir: dir} }

// Create makes the file of part n.
func (b *Outbox) Create(n int) (io.WriteCloser, error) {
	return os.OpenFile(filepath.Join(b.dir, PartName(n)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// Open reads it.
func (b *Outbox) Open(n int) (io.ReadCloser, error) {
	return os.Open(filepath.Join(b.dir, PartName(n)))
}

// Store writes signed.json.
func (b *Outbox) Store(m *as4.SignedMessage) error {
	octets, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(b.dir, signedFile), octets)
}

// Load reads signed.json again, for another attempt.
func (b *Outbox) Load() (*as4.SignedMessage, error) {
	octets, err := os.ReadFile(filepath.Join(b.dir, signedFile))
	if err != nil {
		return nil, err
	}
	m := new(as4.SignedMessage)
	return m, json.Unmarshal(octets, m)
}
