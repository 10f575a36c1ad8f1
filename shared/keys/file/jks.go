package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
)

// MaxEntries bounds the entries of a trust store.
const MaxEntries = 10_000

var (
	jksMagic   = []byte{0xfe, 0xed, 0xfe, 0xed}
	jceksMagic = []byte{0xce, 0xce, 0xce, 0xce}
)

// jks reads a Java key store. Of an entry with a private key it returns the end
// entity's certificate; the key stays closed.
func jks(octets []byte, password string) ([]Trusted, error) {
	if err := checkJKS(octets); err != nil {
		return nil, fmt.Errorf("open JKS: %w", err)
	}
	store := keystore.New()
	if err := store.Load(bytes.NewReader(octets), []byte(password)); err != nil {
		return nil, fmt.Errorf("open JKS: %w; is the password right?", err)
	}
	var list []Trusted
	for _, alias := range store.Aliases() {
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			list = append(list, trusted(alias, entry.Certificate.Content))
		} else if chain, err := store.GetPrivateKeyEntryCertificateChain(alias); err == nil && len(chain) > 0 {
			list = append(list, trusted(alias, chain[0].Content))
		}
	}
	return list, nil
}

// checkJKS walks the lengths of a store: the library believes each of them, up
// to four gigabytes, before it looks whether so many octets follow.
func checkJKS(octets []byte) error {
	w := &jksWalk{rest: octets[len(jksMagic):]}
	w.version = w.uint32()
	if w.err == nil && w.version != 1 && w.version != 2 {
		return fmt.Errorf("version %d is not known; convert the store with keytool -importkeystore", w.version)
	}
	n := w.uint32()
	if n > MaxEntries {
		return fmt.Errorf("it says that it has %d entries, more than %d", n, MaxEntries)
	}
	for range n {
		w.entry()
	}
	const digest = 20 // SHA-1
	w.skip(digest)
	if w.err == nil && len(w.rest) > 0 {
		return errors.New("something follows its digest")
	}
	return w.err
}

// jksWalk is a position in a store; after an error it stays where it is.
type jksWalk struct {
	rest    []byte
	version uint32
	err     error
}

func (w *jksWalk) skip(n uint32) []byte {
	if w.err == nil && uint64(n) > uint64(len(w.rest)) {
		w.err = fmt.Errorf("a length of %d octets passes the end of the file; is it whole?", n)
	}
	if w.err != nil {
		return nil
	}
	skipped := w.rest[:n]
	w.rest = w.rest[n:]
	return skipped
}

func (w *jksWalk) uint32() uint32 {
	if b := w.skip(4); w.err == nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (w *jksWalk) text() {
	if b := w.skip(2); w.err == nil {
		w.skip(uint32(binary.BigEndian.Uint16(b)))
	}
}

func (w *jksWalk) entry() {
	const privateKey, creation = 1, 8
	tag := w.uint32()
	w.text()
	w.skip(creation)
	certificates := uint32(1)
	if tag == privateKey {
		w.skip(w.uint32())
		certificates = w.uint32()
	}
	if certificates > MaxEntries && w.err == nil {
		w.err = fmt.Errorf("a chain says that it has %d certificates", certificates)
	}
	for i := uint32(0); i < certificates && w.err == nil; i++ {
		if w.version == 2 {
			w.text()
		}
		w.skip(w.uint32())
	}
}
